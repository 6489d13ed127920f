"""Following a session that another program is still writing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import SessionDamagedError
from noc_tui.episode.reader import SessionFile
from tests.episode.builders import WAIT, ended, endless, eventful, into, path_of, play

if TYPE_CHECKING:
    from pathlib import Path


def test_a_follower_sees_each_event_once_it_is_written(tmp_path: Path) -> None:
    episode = Episode(endless(4), 1, record=into(tmp_path))
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.refresh() is False
        episode.act(WAIT)
        assert session.refresh() is True
        assert session.record(1) == episode.record(1)
        episode.mark("here")
        play(episode, [WAIT] * 2)
        states = [session.state]
        assert session.refresh() is True
        assert (session.steps, session.marks) == (3, episode.marks)
        episode.act(WAIT)
        episode.close()
        assert session.refresh() is True
        states.append(session.state)
        assert session.end == episode.end
        assert session.refresh() is False
    assert states == ["live", "ended"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    path = ended(tmp_path_factory.mktemp("whole"))
    return path, path.read_bytes()


@given(st.data())
def test_however_the_file_grows_the_follower_ends_up_with_the_whole(
    whole: tuple[Path, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path, content = whole
    growing = tmp_path_factory.mktemp("follow") / "growing.jsonl"
    header = content.index(b"\n") + 1
    cuts = sorted(data.draw(st.lists(st.integers(header, len(content)), max_size=12)))
    growing.write_bytes(content[:header])
    with SessionFile.open(growing) as session, SessionFile.open(path) as expected, growing.open("ab") as file:
        for start, stop in pairwise([header, *cuts, len(content)]):
            file.write(content[start:stop])
            file.flush()
            assert session.refresh() is (b"\n" in content[start:stop])
            assert session.torn is (content[stop - 1 : stop] != b"\n")
            assert session.steps <= expected.steps
        assert list(session.records()) == list(expected.records())
        assert session.end == expected.end
        assert session.whole_bytes == len(content)


def test_a_line_that_is_completed_later_was_not_damaged(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with SessionFile.open(path) as session, path.open("ab") as file:
        assert (session.steps, session.torn) == (3, True)
        file.write(b"\n")
        file.flush()
        assert session.refresh() is True
        assert (session.steps, session.torn) == (4, False)


def test_damage_that_is_appended_is_told_each_time_and_what_stood_before_stays(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session, path.open("ab") as file:
        file.write(b"{}\n")
        file.flush()
        for _ in range(2):
            with pytest.raises(SessionDamagedError, match="line 10 is damaged: event: is missing"):
                session.refresh()
        assert session.steps == 4
        assert session.record(4).step == 4
