"""The folder of an evaluation: what it holds, what survives a kill, and folders put together."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from noc_tui.bench.folder import ROWS, SESSIONS, Contents, FolderError, MergeError, RowList, merged, read_folder
from noc_tui.bench.outcomes import Row, dump_row, measure
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from tests.bench.rows import crashed, make_row, reviewed
from tests.factories import make_incident


def record(folder: Path, seed: int = 1, *, steps: int = 3) -> Row:
    """Record an episode of waiting, which is resolved after 3 steps."""
    episode = Episode(make_incident(), seed, driver="wait", record=partial(SessionWriter.create, folder))
    for _ in range(steps):
        episode.act("do_nothing")
    episode.close()
    return measure(episode)


def contents(folder: str, *rows: Row) -> Contents:
    return Contents(Path(folder), rows, (), (), ())


def test_an_evaluations_folder_is_read_from_its_recordings_alone(tmp_path: Path) -> None:
    rows = [record(tmp_path / SESSIONS, seed) for seed in range(3)]
    found = read_folder(tmp_path)
    assert found.rows == found.unlisted == tuple(rows)
    assert (found.interrupted, found.problems) == ((), ())
    assert [found.path(row).is_file() for row in found.rows] == [True] * 3


def test_any_folder_of_sessions_can_be_read(tmp_path: Path) -> None:
    row = record(tmp_path)
    assert read_folder(tmp_path).rows == (row,)


def test_what_is_listed_is_not_measured_again(tmp_path: Path) -> None:
    from dataclasses import replace

    row = replace(record(tmp_path / SESSIONS), reviewed=reviewed(accuracy=12.5))
    with RowList(tmp_path) as rows:
        rows.append([row])
    found = read_folder(tmp_path)
    assert (found.rows, found.unlisted) == ((row,), ())


def test_a_row_without_its_recording_does_not_count(tmp_path: Path) -> None:
    row = record(tmp_path / SESSIONS)
    with RowList(tmp_path) as rows:
        rows.append([row, make_row()])
    assert read_folder(tmp_path).rows == (row,)


def test_an_interrupted_episode_is_set_apart(tmp_path: Path) -> None:
    record(tmp_path / SESSIONS, steps=1)
    found = read_folder(tmp_path)
    assert found.rows == ()
    assert [row.keys for row in found.interrupted] == ["W"]


def test_a_torn_row_is_left_out_and_cut_off_before_the_next_is_written(tmp_path: Path) -> None:
    first, second = record(tmp_path / SESSIONS, 1), record(tmp_path / SESSIONS, 2)
    (tmp_path / ROWS).write_bytes(dump_row(first) + dump_row(second)[:40])
    assert read_folder(tmp_path).unlisted == (second,)
    with RowList(tmp_path) as rows:
        rows.append([second])
    assert (tmp_path / ROWS).read_bytes() == dump_row(first) + dump_row(second)


def test_a_damaged_row_is_told_and_its_recording_measured_again(tmp_path: Path) -> None:
    row = record(tmp_path / SESSIONS)
    (tmp_path / ROWS).write_bytes(dump_row(row).replace(b'"steps":3', b'"steps":-3'))
    found = read_folder(tmp_path)
    assert found.rows == (row,)
    assert found.problems[0].startswith(f"{tmp_path / ROWS}: line 1: steps: ")


def test_what_is_no_session_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    row = record(tmp_path / SESSIONS)
    (tmp_path / SESSIONS / "notes.jsonl").write_text("hello\n")
    found = read_folder(tmp_path)
    assert found.rows == (row,)
    assert len(found.problems) == 1
    assert "is no noc-tui session" in found.problems[0]


def test_a_copied_recording_under_another_name_does_not_count_twice(tmp_path: Path) -> None:
    row = record(tmp_path)
    (tmp_path / "copy.jsonl").write_bytes((tmp_path / f"{row.session}.jsonl").read_bytes())
    found = read_folder(tmp_path)
    assert found.rows == (row,)
    assert "not counted under another name" in found.problems[0]


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="nowhere: cannot be listed: No such file"):
        read_folder(tmp_path / "nowhere")


def test_two_programs_do_not_play_into_one_folder(tmp_path: Path) -> None:
    with RowList(tmp_path), pytest.raises(FolderError, match="another program is playing into this folder"):
        RowList(tmp_path)
    RowList(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"file.*cannot be written"):
        RowList(tmp_path / "file" / "inside")


def test_folders_of_several_machines_go_together(tmp_path: Path) -> None:
    rows, twice = merged([contents("a", make_row(seed=0), make_row(seed=1)), contents("b", make_row(seed=2))])
    assert ([row.seed for row in rows], twice) == ([0, 1, 2], 0)


def test_an_episode_that_was_played_the_same_twice_counts_once() -> None:
    other = make_row(session="elsewhere", latencies_ms=(1.0,))
    rows, twice = merged([contents("a", make_row()), contents("b", other)])
    assert (rows, twice) == ([make_row()], 1)


def test_of_the_same_episodes_the_one_with_a_review_is_kept() -> None:
    with_review = make_row(session="elsewhere", reviewed=reviewed())
    assert merged([contents("a", make_row()), contents("b", with_review)])[0] == [with_review]


@pytest.mark.parametrize("other", [crashed(session="x"), make_row(session="x", keys="WWWWS")])
def test_an_episode_that_was_played_differently_names_both_recordings(other: Row) -> None:
    with pytest.raises(MergeError, match=r"one played sample, seed 0, twice .* a/one-sample-0\.jsonl and b/x\.jsonl"):
        merged([contents("a", make_row()), contents("b", other)])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"incident_hash": "sha256:other"}, "with two definitions"),
        ({"blind": False}, "once blind and once not"),
        ({"max_steps": 60}, "with 30 and with 60 steps at most"),
        ({"draws": 5}, "from different places of the random stream"),
    ],
)
def test_what_was_played_on_other_terms_is_not_compared(change: dict[str, Any], problem: str) -> None:
    other = make_row("two", session="x", **change)
    with pytest.raises(MergeError, match=rf"sample was played {problem}: a/one-sample-0\.jsonl and b/x\.jsonl"):
        merged([contents("a", make_row()), contents("b", other)])
