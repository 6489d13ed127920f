"""`noc-tui progress`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.preferences import load_preferences
from noc_tui.store.claims import Claim
from noc_tui.store.entries import PlayerEntry, millis
from noc_tui.store.queries import deck_of
from noc_tui.store.queue import Queue
from noc_tui.store.store import Store
from tests.cli.shell import noc
from tests.store.asking import recent_sessions
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
    assert lines[0].split()[2:8] == ["sessions", "resolved", "incidents", "accuracy", "answers", "dailies"]
    assert lines[1].split()[:9] == ["ana", "person", "2", "1", "1", "90", "%", "1", "0"]
    assert json.loads(noc("progress", "--team", "--format", "json").out)["team"][0]["player"] == "ana"
    assert "| ana | person | 2 | 1 | 1 | 90 % | 1 | 0 |" in noc("progress", "--team", "--format", "md").out


@pytest.mark.usefixtures("waiting")
def test_a_database_that_is_named_before_a_command_is_that_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", "")
    opened: list[str] = []

    def run_app(_: object) -> int:
        opened.append(load_preferences().store)
        return 0

    monkeypatch.setattr("noc_tui.tui.app.run_app", run_app)
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    assert "2 sessions" in noc("--store", url, "progress", "--player", "ana", "--format", "text").out
    assert (tmp_path / "other.sqlite3").exists()
    assert not paths.progress_file().exists()
    assert noc("--store", url, "play", "cpu_overload", terminal=True).code == 0
    assert opened == [url]
    done = noc("--store", "mysql://ana:secret@db/x", "play")
    assert (done.code, "secret" in done.err) == (2, False)
    assert "--store: expected postgresql://" in done.err


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


def test_rebuild_does_not_forget_what_waited_for_a_database_that_was_damaged(recorded: Path) -> None:
    paths.progress_file().write_text("nonsense " * 1000)
    played = recorded.read_text().replace('"driver":"rules"', '"driver":"human"')
    first, second = (recorded.with_name(f"{name}.jsonl") for name in ("01FIRST", "01SECOND"))
    for path in (first, second):
        path.write_text(played.replace(recorded.stem, path.stem))
    recorded.unlink()
    with (
        Store() as store
    ):  # as it is after a shift: one session is told to have been put off, one is still to be reviewed
        store.queue.put([session(first.stem, player="ben", drill="shift"), review("R1", player="ben")])
        store.claims.put(Claim(second.stem, "carl", "incident"))
    done = noc("progress", "rebuild", "--player", "ana")
    assert done.code == 0
    with Store() as store, store.reading() as connection:
        assert {(row.player, row.drill) for row in recent_sessions(connection)} == {
            ("ben", "shift"),
            ("carl", "incident"),
        }
        assert len(deck_of(connection, "ben")) == len(deck_of(connection, "carl")) == 1


def test_what_has_ended_is_taken_in_though_something_in_the_queue_cannot_be_read(recorded: Path) -> None:
    with Store() as store:
        (store.queue.folder / "0.jsonl").mkdir(parents=True)
        store.claims.put(Claim(recorded.stem, "ana"))
    done = noc("progress", "--player", "rules")
    assert "0.jsonl: cannot be read" in done.err
    assert done.out.startswith("rules: 1 session")


def test_a_session_of_a_colleague_counts_for_whoever_played_it(recorded: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(recorded.read_text().replace('"driver":"rules"', '"driver":"human"'))
    done = noc("progress", "import", str(theirs), "--player", "ben")
    assert done.out == "1 session, 0 answers, 0 dailies new, of 1 entry\n"
    assert "ben: 1 session" in noc("progress", "--player", "ben").out
    assert noc("progress", "import", str(theirs), "--player", "ben").out.startswith("0 sessions")


def test_what_a_file_holds_is_told_by_its_beginning_and_not_by_its_name(recorded: Path, tmp_path: Path) -> None:
    theirs, moved = tmp_path / "theirs.json", tmp_path / "progress.jsonl"
    theirs.write_text(recorded.read_text())
    assert noc("progress", "import", str(theirs)).out.startswith("1 session,")
    noc("progress", "export", str(moved))
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    assert noc("progress", "import", str(moved), "--store", other).out.startswith("1 session,")
    for name, sentence in (("a.json", "a.json: is no JSON"), ("a.jsonl", "a.jsonl: is no noc-tui session")):
        (tmp_path / name).write_text("neither\n")
        done = noc("progress", "import", str(tmp_path / name))
        assert (done.code, sentence in done.err) == (1, True)


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
