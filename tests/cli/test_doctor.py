"""`noc-tui doctor`: what it finds, and that looking changes nothing."""

from __future__ import annotations

import importlib.metadata
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.store.queue import Queue
from tests.cli.shell import Result, noc
from tests.llm_server import LLMServer, Turn, failure
from tests.store.builders import session

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-canary-5Zr8wT1qLx0vNc7h"
SUBJECTS = ["noc-tui", "terminal", "settings", "data", "sessions", "database", "incidents", "agents", "models"]


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


# --- the database


def test_the_database_is_named_and_what_it_holds(recorded: Path) -> None:
    assert noc("progress", "import", str(recorded)).code == 0
    assert about(noc("doctor"), "database") == [f"✓ database   {paths.progress_file()}, 1 session"]


def test_a_database_that_does_not_open_is_wrong_and_what_waits_for_it_is_counted() -> None:
    paths.progress_file().mkdir(parents=True)
    Queue(paths.queue_dir()).put([session("S1")])
    done = noc("doctor")
    assert done.code == 1
    wrong, waiting = about(done, "database")
    assert wrong == f"! database   {paths.progress_file()}: cannot be used: it is a folder"
    assert waiting == f"· database   1 file of results waits in {paths.queue_dir()} to be taken in"


def test_offline_no_database_server_is_asked_and_its_password_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", "postgresql://ana:canary@127.0.0.1:1/noc")
    (offline,) = about(noc("doctor", "--offline"), "database")
    assert offline == "· database   postgresql://ana:***@127.0.0.1:1/noc was not asked, as --offline wants it"
    (asked,) = about(noc("doctor"), "database")
    assert asked.startswith("! database   postgresql://ana:***@127.0.0.1:1/noc: cannot be used")
    assert "canary" not in asked


# --- models


def name_models(monkeypatch: pytest.MonkeyPatch, **urls: str) -> None:
    """Set profiles of these names, with a key, to be asked at these URLs."""
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    tables = [
        f'[llm.{name}]\nbase_url = "{url}"\nmodel = "sample-1"\napi_key = "{KEY}"\nretries = 0\n'
        for name, url in urls.items()
    ]
    paths.config_file().write_text("\n".join(tables))
    monkeypatch.delenv("MODEL_NAME", raising=False)


def test_where_no_model_is_set_nobody_is_asked_and_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(profile: object) -> None:
        raise AssertionError(profile)

    monkeypatch.setattr("noc_tui.agents.llm.checking.check_connection", ask)
    done = noc("doctor")
    assert done.code == 0
    assert about(done, "models")[0].startswith("· models     none is set; ")


def test_each_model_is_asked_once_and_what_is_wrong_is_told_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with LLMServer() as good, LLMServer(policy=lambda _: failure(401, f"Incorrect API key: {KEY}")) as bad:
        name_models(monkeypatch, good=good.url, bad=bad.url, gone="http://127.0.0.1:9/v1")
        done = noc("doctor")
    assert done.code == 1
    right, wrong, gone = about(done, "models")
    assert right.startswith(f"✓ models     llm:good: sample-1 at {good.host} answers by tool call in ")
    assert wrong == f"! models     llm:bad: {bad.host} does not accept the API key (401)"
    assert gone.startswith("! models     llm:gone: no connection to 127.0.0.1:9: ")
    assert (len(good.received), len(bad.received)) == (1, 1)
    assert KEY not in done.out + done.err


def test_a_model_that_does_not_answer_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.cli.doctor._MODEL_SECONDS", 0.2)
    with LLMServer(policy=lambda _: Turn(hold_after=0)) as server:
        name_models(monkeypatch, slow=server.url)
        done = noc("doctor")
    assert done.code == 1
    assert "did not answer" in about(done, "models")[0]


def test_offline_no_model_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with LLMServer() as server:
        name_models(monkeypatch, good=server.url)
        done = noc("doctor", "--offline")
        assert server.received == []
    assert done.code == 0
    assert about(done, "models") == [f"· models     llm:good: {server.host} was not asked, as --offline wants it"]


def test_a_profile_that_cannot_be_used_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    name_models(monkeypatch, odd="no URL at all")
    done = noc("doctor", "--offline")
    assert done.code == 1
    assert "llm.odd: base_url: should be a URL" in about(done, "models")[0]


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
