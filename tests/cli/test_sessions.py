"""`noc-tui sessions list`, `show`, `export`: on no, many, damaged, foreign, live and hostile recordings."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.cli.sessions import broken
from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.sim.actions import ActionType
from tests.cli.shell import noc
from tests.episode.builders import eventful, into, play, read_lines, write_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m[red]x[/red]\u202e\u200b\x7f"


def folder() -> Path:
    return paths.sessions_dir()


def edit(path: Path, line: int, **changes: Any) -> None:
    """Change keys of one line of a session."""
    lines = read_lines(path)
    lines[line] |= changes
    write_lines(path, lines)


def blind_and_over(named: str) -> None:
    """Record a blind retry storm that has ended, and was taken for this."""
    clock = FrozenClock(datetime.now(UTC) + timedelta(minutes=1))  # later than what was recorded before
    episode = Episode(bundled_incident("retry_storm"), 7, blind=True, max_steps=2, record=into(folder()), clock=clock)
    episode.diagnose(named)
    play(episode, [ActionType.DO_NOTHING] * 2)
    episode.close()


def harmless(text: str) -> bool:
    """Whether nothing in it steers a terminal: printable characters, spaces and line ends."""
    return all(character.isprintable() or character == "\n" for character in text)


def test_an_empty_list_says_so_beside_the_output_and_makes_no_folder() -> None:
    done = noc("sessions")
    assert (done.code, done.out) == (0, "")
    assert "no sessions in" in done.err
    assert noc("sessions", "list", "--format", "json") == type(done)(0, "", "")
    assert not paths.data_dir().exists()


def test_a_line_of_the_list_names_a_session_so_that_it_can_be_typed(recorded: Path) -> None:
    done = noc("sessions", "list")
    name, _, _, incident, seed, driver, *status = done.out.split()
    assert recorded.stem.endswith(name)
    assert (incident, seed, driver, status) == ("cpu_overload", "0", "rules", ["resolved", "in", "4"])
    assert noc("sessions", "show", name).code == 0


def test_the_list_is_in_columns_and_no_wider_than_a_terminal_of_80() -> None:
    noc("run", "--agent", "random", "--incident", "pack", "--seeds", "123456:123457")
    noc("run", "--agent", "rules", "--incident", "cpu_overload", "--seeds", "7:8")
    lines = noc("sessions", "list").lines
    assert len(lines) > 2
    for words in (("random", "rules"), ("resolved", "crashed", "out of steps")):
        places = {line.find(word) for line in lines for word in words if word in line}
        assert len(places) == 1
    assert max(map(len, lines)) <= 80


def test_a_session_under_another_name_is_listed_by_the_name_that_finds_it(recorded: Path) -> None:
    recorded.rename(recorded.with_name("best-run.jsonl"))
    name = noc("sessions", "list").out.split()[0]
    assert noc("sessions", "show", name).code == 0


def test_the_newest_come_first_and_a_limit_cuts_the_rest() -> None:
    noc("run", "--agent", "rules", "--incident", "cpu_overload", "--seeds", "5")
    assert [line.split()[4] for line in noc("sessions", "list", "--limit", "2").lines] == ["4", "3"]


def test_the_list_as_json_is_an_object_a_line(recorded: Path) -> None:
    (line,) = noc("sessions", "list", "--format", "json").lines
    values = json.loads(line)
    assert values["path"] == str(recorded)
    assert values["session"] == recorded.stem
    assert values["status"] == "resolved"


def test_what_is_being_recorded_is_listed_as_that() -> None:
    episode = Episode(bundled_incident("memory_leak"), 1, record=into(folder()))
    episode.act(ActionType.CLEAR_CACHE)
    assert noc("sessions").out.rstrip().endswith("you  live, at 1")
    assert noc("sessions", "show", "last").lines[-1] == "live at step 1"
    episode.close()
    assert noc("sessions").out.rstrip().endswith("you  interrupted at 1")


def test_foreign_and_damaged_files_are_named_and_hide_no_session(recorded: Path) -> None:
    (folder() / "notes.jsonl").write_text('{"hello": 1}\n')
    (folder() / "empty.jsonl").touch()
    (folder() / "binary.jsonl").write_bytes(bytes(range(256)) * 40)
    (folder() / "folder.jsonl").mkdir()
    (folder() / f"{EVIL.replace('/', '')}.jsonl").write_text("\n")
    done = noc("sessions", "list")
    assert done.code == 0
    assert len(done.lines) == 1
    assert len(done.err.splitlines()) == 5
    assert harmless(done.err)


def test_a_folder_that_cannot_be_listed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "/dev/null")
    done = noc("sessions", "list")
    assert (done.code, done.out) == (1, "")
    assert "/dev/null/sessions: cannot be listed" in done.err


@pytest.mark.parametrize("started", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_at_the_edge_of_the_calendar_is_listed(
    recorded: Path, started: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(recorded, 0, started=started)
    done = noc("sessions", "list")
    assert done.code == 0
    assert started[:4] in done.out


@pytest.mark.parametrize("command", [("list",), ("list", "--format", "json"), ("show", "last"), ("export", "last")])
def test_nothing_that_stands_in_a_file_steers_the_terminal(recorded: Path, command: tuple[str, ...]) -> None:
    header, first, *rest = read_lines(recorded)
    header["incident"] |= {"title": EVIL, "id": EVIL}
    header |= {"driver": EVIL, "versions": dict.fromkeys(header["versions"], EVIL)}
    first["explanation"] = first["decision"]["driver"] = EVIL
    aside = {"step": 0, "at": first["at"], "elapsed": 0.0, "inherited": False}
    mark = aside | {"event": "mark", "text": EVIL}
    control = aside | {"event": "control", "giver": EVIL, "taker": EVIL, "reason": "agent_error", "error": EVIL}
    write_lines(recorded, [header, mark, control, first, *rest])
    done = noc("sessions", *command)
    assert done.out
    assert harmless(done.out.replace("\r\n", "\n"))
    assert harmless(done.err)


def test_the_recording_itself_is_exported_in_characters_that_steer_no_terminal(recorded: Path) -> None:
    edit(recorded, 1, explanation=EVIL)
    recorded.write_text(recorded.read_text().replace(r"\u202e", "\u202e").replace(r"\u200b", "😀"))
    recorded.write_bytes(recorded.read_bytes().replace(b'"step": 1,', b'\t"step":\r1,').replace(b"\n", b"\r\n"))
    done = noc("sessions", "export", "last", "--format", "jsonl")
    assert done.out.isascii()
    assert harmless(done.out)
    assert [json.loads(line) for line in done.lines] == [
        json.loads(line) for line in recorded.read_bytes().split(b"\n") if line
    ]


def test_a_session_is_shown_with_its_marks_and_changes_of_control() -> None:
    eventful(folder())
    lines = noc("sessions", "show", "last").lines
    assert lines[0] == "Retry storm (retry_storm), seed 7, turn pace"
    text = "\n".join(lines)
    assert "mark: before the autopilot" in text
    assert "human -> rules (hand over)" in text
    assert "rules -> human (agent error): it broke" in text
    assert lines[-1] == "interrupted at step 4"
    assert [line.split()[0] for line in lines if line[:4].strip().isdecimal()] == ["1", "2", "3", "4"]


def test_in_a_terminal_an_explanation_goes_on_below_its_beginning() -> None:
    eventful(folder())
    lines = noc("sessions", "show", "last").lines
    assert [row for line in lines for row in broken(line, 0)] == lines
    for line in lines:
        first, *more = broken(line, 80)
        assert " ".join([first, *map(str.strip, more)]).split() == line.split()
        assert max(map(len, [first, *more])) <= 80
        if line[:4].strip().isdecimal():
            assert all(row[:28] == " " * 28 and row[28] != " " for row in more)
    assert any(len(broken(line, 80)) > 1 for line in lines)


def test_a_session_with_an_incident_that_has_no_title_is_shown(recorded: Path) -> None:
    edit(recorded, 0, incident={})
    assert noc("sessions", "show", "last").lines[0].startswith("? (?), seed 0")


def test_while_a_blind_episode_can_be_gone_on_with_its_incident_is_not_named() -> None:
    path = eventful(folder(), blind=True)
    assert "  blind incident  7  you " in noc("sessions", "list").out
    assert json.loads(noc("sessions", "list", "--format", "json").out)["incident"] is None
    shown = noc("sessions", "show", "last").out
    assert shown.startswith("Blind incident, seed 7, turn pace\n")
    assert "you diagnosed: dns_failure" in shown
    for command in (("list",), ("list", "--format", "json"), ("show", "last"), ("prune", "--keep", "0", "--dry-run")):
        done = noc("sessions", *command)
        assert "retry" not in f"{done.out}{done.err}".lower()
        assert "wrong" not in done.out
    assert "retry" not in noc("replay", str(path), "--verify").out.lower()


def test_the_recording_of_a_blind_episode_is_exported_once_it_has_ended() -> None:
    eventful(folder(), blind=True)
    refused = noc("sessions", "export", "last", "--format", "jsonl")
    assert (refused.code, refused.out) == (1, "")
    assert "is a blind episode that has not ended" in refused.err
    blind_and_over("retry_storm")
    done = noc("sessions", "export", "last", "--format", "jsonl")
    assert (done.code, done.err) == (0, "")
    assert '"event":"diagnosis"' in done.out


@pytest.mark.parametrize(
    ("named", "verdict"),
    [("retry_storm", "right; first named at step 0, after 0.0 s"), ("syn_flood", "wrong; never named the right one")],
)
def test_after_the_end_of_a_blind_episode_its_diagnosis_is_judged(named: str, verdict: str) -> None:
    blind_and_over(named)
    lines = noc("sessions", "show", "last").lines
    assert lines[0] == "Retry storm (retry_storm), seed 7, turn pace, blind"
    assert f"      you diagnosed: {named}" in lines
    assert lines[-2] == f"diagnosis {named}: {verdict}"
    assert "retry_storm" in noc("sessions", "list").out


def test_no_hidden_figure_of_a_blind_episode_is_told_by_a_failed_verification() -> None:
    path = eventful(folder(), blind=True)
    edit(path, 1, pressure=0.123456)
    done = noc("replay", str(path), "--verify")
    assert (done.code, done.err.strip()) == (1, f"noc-tui: {path.name} differs after 0 equal steps")


def test_a_damaged_session_is_shown_up_to_the_damage_and_not_exported(recorded: Path) -> None:
    lines = recorded.read_text().splitlines(keepends=True)
    recorded.write_text("".join([*lines[:3], "{damaged\n", *lines[4:]]))
    shown = noc("sessions", "show", "last")
    assert shown.code == 0
    assert shown.lines[-1] == "interrupted at step 2"
    assert "line 4 is damaged" in shown.err
    exported = noc("sessions", "export", "last", "--out", "run.csv")
    assert exported.code == 1
    assert "line 4 is damaged" in exported.err


def test_a_torn_line_is_left_out_of_an_export_with_a_notice(recorded: Path) -> None:
    whole = recorded.read_text().splitlines(keepends=True)[:3]
    recorded.write_text("".join(whole) + '{"event": "st')
    done = noc("sessions", "export", "last", "--format", "jsonl")
    assert done.lines == [line.rstrip() for line in whole]
    assert "torn" in done.err


def test_the_csv_has_every_figure_exactly(recorded: Path) -> None:
    done = noc("sessions", "export", "last")
    assert all(line.endswith("\r\n") for line in done.out.splitlines(keepends=True))
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    with SessionFile.open(recorded) as session:
        assert len(rows) == session.steps + 1
        for row, record in zip(rows[1:], session.records(), strict=True):
            for name, value in record.after._asdict().items():
                assert float(row[name]) == value
            assert float(row["reward"]) == record.reward
            assert row["explanation"] == record.explanation


def test_an_export_to_a_file_says_so_beside_the_output(recorded: Path, tmp_path: Path) -> None:
    done = noc("sessions", "export", "last", "--out", "run.csv")
    assert (done.code, done.out) == (0, "")
    assert "run.csv: written" in done.err
    written = (tmp_path / "here" / "run.csv").read_bytes()
    assert written.decode() == noc("sessions", "export", "last").out


def test_an_exported_recording_is_one(recorded: Path, tmp_path: Path) -> None:
    assert noc("sessions", "export", "last", "--format", "jsonl", "--out", "copy.jsonl").code == 0
    assert (tmp_path / "here" / "copy.jsonl").read_bytes() == recorded.read_bytes()
    assert noc("replay", "copy.jsonl", "--verify").code == 0


def test_a_session_is_not_overwritten_by_its_own_export(recorded: Path, tmp_path: Path) -> None:
    before = recorded.read_bytes()
    link = tmp_path / "here" / "link.csv"
    link.symlink_to(recorded)
    for target in (recorded, link):
        done = noc("sessions", "export", "last", "--out", str(target))
        assert done.code == 2
        assert "is the session itself" in done.err
    assert recorded.read_bytes() == before


@pytest.mark.parametrize("target", ["nowhere/run.csv", ".", "/dev/null"])
def test_an_export_that_cannot_be_written_names_the_file(recorded: Path, target: str) -> None:
    done = noc("sessions", "export", "last", "--out", target)
    assert done.code == 1
    assert done.err.startswith(f"noc-tui: {target}: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("command", [("sessions", "show"), ("sessions", "export"), ("replay",)])
@pytest.mark.parametrize("name", ["nope", "last", "", "nowhere.jsonl", "~nobody/x.jsonl"])
def test_a_session_that_is_not_there_is_wrong_use(command: tuple[str, ...], name: str) -> None:
    done = noc(*command, name)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
