"""The program as a process: signals, pipes that close, streams that are full or not there, what debug adds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from tests.cli.shell import PROGRAM, noc, program, started
from tests.e2e.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.episode.library import SessionSummary

pytestmark = pytest.mark.e2e

ENDLESS = ("run", "--agent", "random", "--incident", "slow_leak", "--seeds", "100000")


@pytest.mark.parametrize("output", ["log", "json"])
def test_ctrl_c_ends_a_run_with_130_and_leaves_whole_sessions(
    output: str, sessions: Callable[[], list[SessionSummary]]
) -> None:
    with started(*ENDLESS, "--format", output) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    found = sessions()
    assert found
    assert {summary.status for summary in found} <= {"resolved", "crashed", "truncated", "interrupted"}
    for summary in (found[0], found[-1]):
        with SessionFile.open(summary.path) as session:
            assert not session.torn
            assert verify(session).ok


def test_ctrl_c_while_an_agent_thinks_ends_the_run_at_once(tmp_path: Path) -> None:
    package = tmp_path / "acme-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[noc_tui.agents]\nhung = acme:Hung\n")
    (tmp_path / "acme.py").write_text(
        "import time\n"
        "class Hung:\n"
        "    def __init__(self, argument, seed): pass\n"
        "    async def decide(self, observation):\n"
        "        print('thinking', flush=True)\n"
        "        time.sleep(600)\n"
    )
    with started("run", "--agent", "hung", env={"PYTHONPATH": str(tmp_path)}) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "thinking\n":
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")


def test_ctrl_c_while_the_program_is_being_loaded_shows_no_traceback() -> None:
    code = (
        "import builtins, noc_tui.cli\n"
        "def interrupted(*_, **__): raise KeyboardInterrupt\n"
        "builtins.__import__ = interrupted\n"
        "noc_tui.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "")


def test_ctrl_c_is_no_answer_and_deletes_nothing(recorded: Path) -> None:
    with Terminal("sessions", "delete", "last", data=paths.data_dir()) as terminal:
        terminal.see("Delete 1 session? [y/N]")
        terminal.let_go()  # the prompt stands a moment before Python reads, and a signal in between waits for a key
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
        assert "Traceback" not in terminal.text
    assert recorded.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("incidents",),
        ("doctor",),
        ("sessions", "list", "--format", "json"),
        ("sessions", "show", "last"),
        ("sessions", "export", "last"),
        ("sessions", "export", "last", "--format", "jsonl"),
        ENDLESS,
        (*ENDLESS, "--format", "json"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("recorded")
def test_a_reader_that_goes_away_is_no_reason_to_complain(command: tuple[str, ...]) -> None:
    with started(*command) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


def test_what_a_closed_pipe_cut_off_is_whole_up_to_the_last_step(
    sessions: Callable[[], list[SessionSummary]],
) -> None:
    with started(*ENDLESS) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 1
    for summary in sessions():
        with SessionFile.open(summary.path) as session:
            assert not session.torn
            assert verify(session).ok


@pytest.mark.parametrize("command", [("incidents",), ("sessions", "export", "last"), ("run", "--agent", "rules")])
@pytest.mark.usefixtures("recorded")
def test_output_that_cannot_be_written_is_one_sentence(command: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123  (a device)
        done = program(*command, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "noc-tui: No space left on device\n")


@pytest.mark.parametrize("command", ["sessions list", "sessions export last", "doctor"])
@pytest.mark.usefixtures("recorded")
def test_without_any_standard_output_a_command_still_works(command: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{PROGRAM}' {command} >&-"], check=False, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_the_locale_cannot_write_does_not_end_the_program(recorded: Path) -> None:
    latin = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    shown = program("sessions", "show", "last", env=latin)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert r"latency \u2212" in shown.stdout
    exported = program("sessions", "export", "last", env=latin, encoding="utf-8")
    assert "latency −" in exported.stdout


def test_results_and_everything_else_go_to_streams_of_their_own() -> None:
    done = program(
        "run", "--agent", "rules", "--incident", "cpu_overload", "--format", "json", env={"NOC_TUI_PACE": "x"}
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["outcome"] == "resolved"
    assert done.stderr.startswith("noc-tui: environment: NOC_TUI_PACE: ")


def test_only_debug_shows_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("what\x1b[31m")

    monkeypatch.setattr("noc_tui.sim.catalog.Catalog.load_all", broken)
    plain = noc("incidents")
    assert plain.code == 1
    (line,) = plain.err.splitlines()
    assert line == "noc-tui: unexpected KeyError: 'what\\x1b[31m' (noc-tui --debug COMMAND shows where)"
    debugged = noc("--debug", "incidents")
    assert debugged.code == 1
    assert "Traceback (most recent call last)" in debugged.err
    assert debugged.err.splitlines()[-1] == line


@pytest.mark.parametrize("arguments", [("play", "nope"), ("replay", "nope"), ("run", "--agent", "nope")])
def test_debug_shows_where_a_refusal_came_from(arguments: tuple[str, ...]) -> None:
    assert "Traceback" not in noc(*arguments).err
    assert "Traceback" in noc("--debug", *arguments).err
    assert "Traceback" not in noc(*arguments).err


def test_the_module_is_the_program(recorded: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noc_tui", "replay", "--nope"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: noc-tui replay ")
