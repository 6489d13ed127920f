"""`noc_tui.files`: the old file or the new one, and never more than is sensible."""

from __future__ import annotations

import os
import resource
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.files import read_small, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def half_of_it() -> Iterator[str]:
    yield "new"
    raise ValueError("no more of it")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_text_is_written_as_it_stands(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("files") / "file"
    write_whole(path, text)
    assert path.read_bytes() == text.encode()


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"\xff\r\n\x00")
    assert (tmp_path / "file").read_bytes() == b"\xff\r\n\x00"


def test_pieces_are_written_one_after_another(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", iter(["a\r\n", "", "b"]))
    assert (tmp_path / "file").read_bytes() == b"a\r\nb"


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_whole(tmp_path / "file", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.filename == str(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(ValueError, match="no more"):
        write_whole(path, half_of_it())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def pieces() -> Iterator[str]:
        yield "new" * 100_000
        assert path.read_text() == "old"

    write_whole(path, pieces())
    assert path.read_text().startswith("new")


def test_a_file_that_is_replaced_passes_its_permissions_on(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    for wanted in (0o600, 0o664, 0o666):
        path.chmod(wanted)
        write_whole(path, "new")
        assert mode(path) == wanted


def test_a_new_file_has_the_permissions_that_the_user_wants_for_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "file", "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == 0o640


def test_a_link_stays_one_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to(target)
    for text in ("first", "second"):  # the target is not there, then it is
        write_whole(link, text)
        assert link.is_symlink()
        assert target.read_text() == text


@pytest.mark.parametrize("name", ["x" * 255, "\U0001f525" * 63])
def test_a_name_may_be_as_long_as_a_name_can_be(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_whole(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("target", [".", "fifo", "/dev/null"])
def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path, target: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    before = os.stat(tmp_path / target).st_mode  # noqa: PTH116  (an absolute target wins)
    with pytest.raises(OSError, match="no regular file"):
        write_whole(tmp_path / target, "new")
    assert os.stat(tmp_path / target).st_mode == before  # noqa: PTH116


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "nowhere" / "file", "new")
    assert caught.value.filename == str(tmp_path / "nowhere" / "file")


def test_a_small_file_is_read_up_to_the_limit_and_not_beyond(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(2048))
    assert read_small(path, 2048) == bytes(2048)
    with pytest.raises(OSError, match="larger than 1 KiB"):
        read_small(path, 2047)


@pytest.mark.parametrize("name", [".", "fifo", "/dev/zero"])
def test_what_might_never_end_is_not_read(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="no regular file"):
        read_small(tmp_path / name, 1024)
