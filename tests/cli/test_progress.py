"""`noc-tui progress`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.store.entries import PlayerEntry, millis
from noc_tui.store.queue import Queue
from tests.cli.shell import noc
from tests.store.builders import review, session

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def waiting() -> None:
    """Two sessions and an answer that have not been taken in yet."""
    Queue(paths.data_dir() / "queue").put([session("S1"), session("S2", grade="F", outcome="crashed"), review("R1")])


def test_who_has_not_played_is_told_what_to_do() -> None:
    done = noc("progress", "--player", "ana")
    assert done.code == 0
    assert (
        done.out
        == "ana has played nothing yet; noc-tui drill begins, noc-tui progress rebuild takes in old recordings\n"
    )


@pytest.mark.usefixtures("waiting")
def test_the_summary_says_how_one_fares_in_each_incident() -> None:
    lines = noc("progress", "--player", "ana").out.splitlines()
    assert lines[0].startswith("ana: 2 sessions, rating 1")
    assert lines[1] == "dailies: 0 days in a row; that of today is not played yet"
    assert lines[2] == "cards: 1 due"
    assert lines[3] == "commonest mistake: Scale up in cpu_overload, 2 times; better was Throttle CPU"
    assert lines[5].startswith("incident      played  resolved  grades  over par")
    cells = lines[6].split("  ")
    assert cells[0] == "cpu_overload"
    assert {"2", "50 %", "+1.5", "90 %", "▇▇", "1, 4 s"} <= {cell.strip() for cell in cells}


def test_the_accuracy_of_the_last_weeks_is_told() -> None:
    now = datetime.now(UTC)
    ended = [millis(now - timedelta(days=ago)) for ago in (0, 7)]
    Queue(paths.data_dir() / "queue").put(
        [session("S1", at=ended[0], accuracy=100.0), session("S2", at=ended[1], accuracy=50.0)]
    )
    assert "accuracy in the last 12 weeks: ··········▄█ 100 %" in noc("progress", "--player", "ana").lines


@pytest.mark.usefixtures("waiting")
def test_json_is_one_object_with_every_figure() -> None:
    values = json.loads(noc("progress", "--player", "ana", "--format", "json").out)
    assert values["home"]["sessions"] == 2
    assert values["incidents"][0]["incident"] == "cpu_overload"
    assert values["incidents"][0]["standing"]["games"] == 2
    assert values["mistake"]["times"] == 2
    assert values["calendar"] == []


@pytest.mark.usefixtures("waiting")
def test_markdown_is_a_table() -> None:
    out = noc("progress", "--player", "ana", "--format", "md").out
    assert out.startswith("# Progress of ana\n\n- ana: 2 sessions")
    assert "| cpu\\_overload | 2 | 50 % |" in out


@pytest.mark.usefixtures("waiting")
def test_a_team_is_listed_by_who_played_last() -> None:
    lines = noc("progress", "--team").out.splitlines()
    assert lines[1].split()[:5] == ["ana", "person", "2", "1", "1"]
    assert json.loads(noc("progress", "--team", "--format", "json").out)["team"][0]["player"] == "ana"
    assert "| ana | person | 2 |" in noc("progress", "--team", "--format", "md").out


@pytest.mark.usefixtures("waiting")
def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    assert noc("progress", "export", str(file)).out == f"4 entries written to {file}\n"
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    done = noc("progress", "import", str(file), "--store", other)
    assert done.out == "2 sessions, 1 answer, 0 dailies new, of 4 entries\n"
    assert noc("progress", "import", str(file), "--store", other).out.startswith("0 sessions, 0 answers")
    assert "2 sessions" in noc("progress", "--player", "ana", "--store", other).out


def test_rebuild_takes_the_recordings_in(recorded: Path) -> None:
    done = noc("progress", "rebuild", "--player", "ana")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"1 session, 0 answers, 0 dailies from 1 file in {recorded.parent}\n"
    assert noc("progress", "--player", "rules").out.startswith("rules: 1 session, rating 1")


def test_a_session_of_a_colleague_counts_for_whoever_played_it(recorded: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(recorded.read_text().replace('"driver":"rules"', '"driver":"human"'))
    done = noc("progress", "import", str(theirs), "--player", "ben")
    assert done.out == "1 session, 0 answers, 0 dailies new, of 1 entry\n"
    assert "ben: 1 session" in noc("progress", "--player", "ben").out
    assert noc("progress", "import", str(theirs), "--player", "ben").out.startswith("0 sessions")


def test_a_session_that_does_not_verify_is_not_imported(recorded: Path) -> None:
    lines = recorded.read_text().splitlines()
    recorded.write_text(
        "\n".join([*lines[:2], lines[2].replace('"cpu_usage":0.', '"cpu_usage":0.1'), *lines[3:]]) + "\n"
    )
    done = noc("progress", "import", "last")
    assert done.code == 1
    assert "cannot be reviewed" in done.err
    assert "has played nothing yet" in noc("progress", "--player", "rules").out


def test_of_several_sessions_one_that_is_refused_costs_no_other(recorded: Path, tmp_path: Path) -> None:
    lines = recorded.read_text().splitlines()
    torn = tmp_path / "torn.jsonl"
    torn.write_text("\n".join(lines[:-1]) + "\n")
    done = noc("progress", "import", str(torn), str(recorded))
    assert (done.code, done.out) == (1, "1 session, 0 answers, 0 dailies new, of 1 entry\n")
    assert done.err == "noc-tui: torn.jsonl: has not ended; it can be imported once it has\n"
    assert noc("progress", "import", str(torn), str(torn)).err.count("has not ended") == 2


def test_a_session_that_has_not_ended_is_not_imported(recorded: Path) -> None:
    lines = recorded.read_text().splitlines()
    recorded.write_text("\n".join(lines[:-1]) + "\n")
    done = noc("progress", "import", "last")
    assert (done.code, done.out) == (1, "")
    assert "has not ended" in done.err


def test_a_damaged_database_is_told_and_can_be_rebuilt(recorded: Path) -> None:
    file = paths.data_dir() / "progress.sqlite3"
    file.write_text("nonsense " * 1000)
    done = noc("progress")
    assert done.code == 1
    assert done.err.startswith(f"noc-tui: {file}: is damaged")
    done = noc("progress", "rebuild")
    assert done.code == 0
    assert f"lies in {file}.damaged-1 now" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--store", "mysql://ana:secret@host/x"], 2, "is neither PostgreSQL nor a file of SQLite"),
        (["--player", ""], 2, "--player: a player needs a name"),
        (["import", "nothing.jsonl"], 2, "nothing.jsonl"),
        (["import", "nothing"], 2, "no session 'nothing'"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], code: int, sentence: str) -> None:
    done = noc("progress", *arguments)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert "secret" not in done.err


def test_a_name_of_somebody_else_cannot_steer_the_terminal() -> None:
    Queue(paths.data_dir() / "queue").put([PlayerEntry(name="\u202eevil", kind="person", since=0)])
    Queue(paths.data_dir() / "queue").put([session("S1", player="\u202eevil")])
    assert "\u202e" not in noc("progress", "--team").out
