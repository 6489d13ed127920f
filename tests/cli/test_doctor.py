"""`noc-tui doctor`: what it finds, and that looking changes nothing."""

from __future__ import annotations

import importlib.metadata
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from tests.cli.shell import Result, noc

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = ["noc-tui", "terminal", "settings", "data", "sessions", "incidents", "agents"]


def about(done: Result, subject: str) -> list[str]:
    """The lines about a subject, glyph first."""
    return [line for line in done.lines if line[2:].startswith(subject)]


def test_where_all_is_well_there_is_a_line_for_each_subject_and_no_folder_is_made() -> None:
    done = noc("doctor")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[1] for line in done.lines] == SUBJECTS
    assert not any(line.startswith("!") for line in done.lines)
    assert not paths.data_dir().exists()
    assert not paths.config_file().exists()


def test_the_terminal_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((120, 40)))
    done = noc("doctor", terminal=True)
    assert about(done, "terminal") == ["✓ terminal   120x40, TERM=xterm-256color"]
    assert about(done, "encoding") == ["✓ encoding   UTF-8"]
    assert about(done, "colours") == ["✓ colours    256; set COLORTERM=truecolor if the terminal can do more"]


@pytest.mark.parametrize(
    ("env", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "16 million"),
        ({"TERM": "linux", "COLORTERM": ""}, "16;"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none, as NO_COLOR asks"),
    ],
)
def test_colours_are_those_that_the_program_will_use(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], colours: str
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert about(noc("doctor", terminal=True), "colours")[0].startswith(f"✓ colours    {colours}")


def test_a_small_terminal_is_a_note_and_one_that_cannot_draw_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((60, 20)))
    monkeypatch.setenv("TERM", "xterm")
    small = noc("doctor", terminal=True)
    assert about(small, "terminal")[0].startswith("· terminal   60x20")
    assert small.code == 0
    monkeypatch.setenv("TERM", "dumb")
    dumb = noc("doctor", terminal=True)
    assert about(dumb, "terminal")[0].startswith("! terminal   TERM=dumb")
    assert dumb.code == 1


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("theme = ", "is no valid TOML"),
        ("pace = 'warp'", "pace: input should be 'turn' or 'live'"),
        ("theme = 'nope'", "theme: there is no 'nope'"),
        ("agent = 'nope'", "agent: no agent 'nope'"),
        ("[keys]\n'act.scale_up' = '1'", "keys.act.scale_up: 1 is taken by"),
        ("[keys]\n'act.scale_upp' = 'x'", "keys.act.scale_upp: no such action"),
    ],
)
def test_settings_that_are_wrong_are_named(settings: str, problem: str) -> None:
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text(settings)
    done = noc("doctor")
    assert done.code == 1
    (line,) = about(done, "settings")
    assert line.startswith("! ")
    assert problem in line


@pytest.mark.parametrize("settings", ["theme = 'noc-light'", "theme = 'nord'", "[keys]\nmark = 'M'", "agent = 'wait'"])
def test_settings_that_are_right_are_fine(settings: str) -> None:
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text(settings)
    done = noc("doctor")
    assert done.code == 0
    assert about(done, "settings") == [f"✓ settings   {paths.config_file()}"]


def test_sessions_that_cannot_be_read_are_wrong_and_many_of_them_are_counted(recorded: Path) -> None:
    for number in range(15):
        (recorded.parent / f"{number}\x1b[31m.jsonl").touch()
    done = noc("doctor")
    assert done.code == 1
    lines = about(done, "sessions")
    assert lines[0] == "✓ sessions   1 recorded"
    assert len(lines) == 12
    assert lines[-1] == "! sessions   and 5 more like these"
    assert "\x1b" not in done.out


def test_a_folder_that_cannot_be_written_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "/dev/null/here")
    done = noc("doctor")
    assert done.code == 1
    assert about(done, "data")[0].startswith("! data       /dev/null/here/sessions: cannot be written")


def test_a_full_disk_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=3 * 2**20))
    done = noc("doctor")
    assert done.code == 1
    assert "only 3 MiB are free" in about(done, "data")[0]


def test_incident_files_that_cannot_be_used_are_wrong() -> None:
    paths.user_incidents_dir().mkdir(parents=True)
    (paths.user_incidents_dir() / "mine.toml").write_text("id = ")
    done = noc("doctor")
    assert done.code == 1
    assert "mine.toml" in about(done, "incidents")[1]


def test_a_check_that_breaks_is_told_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("noc_tui.sim.catalog.default_catalog", broken)
    done = noc("doctor")
    assert done.code == 1
    assert about(done, "incidents")[0].startswith("! incidents  cannot be checked: PermissionError")
    assert about(done, "agents")[0].startswith("✓")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version

    def without(name: str) -> str:
        if name == "openai":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without)
    done = noc("doctor")
    assert done.code == 1
    assert "! noc-tui    openai is not installed" in done.lines[0]
