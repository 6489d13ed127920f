"""The installed program as a user has it: a terminal, keys, signals, files."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from tests.e2e.terminal import PROGRAM, Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def sessions(data: Path) -> list[SessionFile]:
    return [SessionFile.open(path) for path in sorted((data / "sessions").glob("*.jsonl"))]


def steps_shown(text: str) -> int:
    """The step that the banner shows; 0 while it shows none."""
    match = re.search(r"step (\d+)/", text)
    return int(match[1]) if match else 0


def ready(terminal: Terminal) -> None:
    terminal.see("YOU IN CONTROL")


def left_as_it_was(terminal: Terminal) -> bool:
    """Whether the program has left the alternate screen, shown the cursor and let go of the mouse."""
    after = terminal.raw
    return all(
        after.rfind(off) > after.rfind(on)
        for on, off in (
            (b"\x1b[?1049h", b"\x1b[?1049l"),
            (b"\x1b[?25l", b"\x1b[?25h"),
            (b"\x1b[?1003h", b"\x1b[?1003l"),
        )
    )


def run(*arguments: str, data: Path, **options: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NOC_TUI_DATA": str(data), "NOC_TUI_CONFIG": str(data / "config.toml")}
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_play_to_resolved_then_debrief_then_out(data: Path) -> None:
    with Terminal("play", "cpu_overload", "--seed", "3", data=data) as terminal:
        ready(terminal)
        for step, key in enumerate("3311", 1):
            terminal.press(key)
            terminal.see(f"step {step}/60")
            terminal.let_go()
        terminal.see("RESOLVED")
        terminal.press("enter")
        terminal.see("MTTR")
        terminal.press("q", "q", "q")
        assert terminal.wait() == 0
        assert left_as_it_was(terminal)
    (session,) = sessions(data)
    assert session.end is not None
    assert (session.end.outcome, session.end.steps) == ("resolved", 4)
    assert verify(session).ok


def test_play_to_crash(data: Path) -> None:
    with Terminal("play", "tls_expiry", "--seed", "1", data=data, size=(80, 24)) as terminal:
        ready(terminal)
        step = 0
        while "CRASHED" not in terminal.text:
            step += 1
            terminal.press("3")
            terminal.see(lambda text, step=step: f"step {step}/30" in text or "CRASHED" in text)  # type: ignore[misc]
            terminal.let_go()
        terminal.press("q")
        terminal.see("Play")
        terminal.press("q")
        assert terminal.wait() == 0
    (session,) = sessions(data)
    assert session.end is not None
    assert session.end.outcome == "crashed"
    assert verify(session).ok


def test_watch_take_over_and_hand_back(data: Path) -> None:
    with Terminal(
        "watch", "network_congestion", "--agent", "rules", "--seed", "1", data=data, size=(120, 40)
    ) as terminal:
        terminal.see("rules DRIVES")
        terminal.see(lambda text: steps_shown(text) >= 2)
        terminal.press("5")
        ready(terminal)
        terminal.let_go()
        terminal.press("5")
        terminal.see("Reroute traffic")
        terminal.press("a")
        terminal.see("rules DRIVES")
        terminal.press("+", "+", "+")
        terminal.see("RESOLVED")
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
    (session,) = sessions(data)
    assert {"take_over", "hand_over"} <= {control.reason for control in session.controls}
    assert {record.decision.driver for record in session.records()} == {"rules", "human"}
    assert verify(session).ok


def test_replay_and_fork(data: Path) -> None:
    played = run(
        "run", "--agent", "rules", "--incident", "network_congestion", "--seeds", "1", "--format", "json", data=data
    )
    name = json.loads(played.stdout)["session"]
    with Terminal("replay", "last", data=data) as terminal:
        terminal.see("REPLAY")
        terminal.press("right", "right", "right")
        terminal.see("step 3/")
        terminal.press("f")
        ready(terminal)
        terminal.press("5")
        terminal.see("step 4/30")
        terminal.press("q")
        terminal.see("REPLAY")
        terminal.press("ctrl+c")
        terminal.wait()
    parent, fork = sessions(data)
    assert parent.header.session == name
    assert fork.header.parent is not None
    assert (fork.header.parent.session, fork.header.parent.step) == (name, 3)
    assert verify(fork).ok


def test_a_storm_of_resizes_harms_nothing(data: Path) -> None:
    chance = random.Random(5)
    with Terminal("play", "memory_leak", "--seed", "2", "--pace", "live", data=data) as terminal:
        ready(terminal)
        for _ in range(40):
            terminal.resize(chance.randint(10, 220), chance.randint(3, 70))
            terminal.press(chance.choice(["1", "space", "?", "escape", "v", "down"]))
        terminal.resize(100, 32)
        terminal.press("escape", "ctrl+c")
        assert terminal.wait() == 130
        assert left_as_it_was(terminal)
    assert all(verify(session).ok for session in sessions(data))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was_and_the_session_whole(data: Path, number: signal.Signals) -> None:
    with Terminal("play", "memory_leak", "--seed", "2", data=data) as terminal:
        ready(terminal)
        terminal.press("1")
        terminal.see("step 1/60")
        os.kill(terminal.process.pid, number)
        assert terminal.wait() == 128 + number
        assert left_as_it_was(terminal)
    (session,) = sessions(data)
    assert (session.steps, session.state) == (1, "interrupted")
    assert verify(session).ok


def test_a_program_that_was_stopped_and_continued_still_ends(data: Path) -> None:
    with Terminal("play", "memory_leak", "--seed", "2", data=data) as terminal:
        ready(terminal)
        os.kill(terminal.process.pid, signal.SIGSTOP)
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.press("1")
        terminal.see("step 1/60")
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert left_as_it_was(terminal)


def test_ctrl_c_copies_a_selection_once_and_then_quits(data: Path) -> None:
    with Terminal("play", "memory_leak", "--seed", "2", data=data, size=(120, 40)) as terminal:
        terminal.see("pager")
        row = next(number for number, line in enumerate(terminal.text.splitlines(), 1) if "pager" in line)
        terminal.press(f"\x1b[<0;25;{row}M", f"\x1b[<32;45;{row}M", f"\x1b[<0;45;{row}m", "ctrl+c")
        terminal.see("Copied")
        terminal.press("ctrl+c")
        assert terminal.wait() == 130


def test_kills_at_random_moments_leave_sessions_that_open_and_verify(data: Path) -> None:
    # Twenty of them are killed in tests/episode/test_kill.py, without a screen.
    chance = random.Random(11)
    for _ in range(6):
        with Terminal("watch", "network_congestion", "--seed", "4", data=data) as terminal:
            terminal.see("rules DRIVES")
            terminal.press("+", "+", "+", "+")
            wanted = chance.randint(1, 4)
            terminal.see(lambda text, wanted=wanted: steps_shown(text) >= wanted)  # type: ignore[misc]
            terminal.pump(chance.random() * 0.1)
            terminal.kill()
    found = sessions(data)
    assert len(found) == 6
    for session in found:
        assert session.steps >= 1
        assert verify(session).ok


def test_a_killed_session_is_continued_from_home(data: Path) -> None:
    with Terminal("play", "memory_leak", "--seed", "2", data=data) as terminal:
        ready(terminal)
        terminal.press("1")
        terminal.see("step 1/60")
        terminal.kill()
    with Terminal(data=data) as terminal:
        terminal.see("Continue")
        terminal.press("c")
        terminal.see("step 1/60")
        terminal.press("4")
        terminal.see("step 2/60")
        terminal.press("ctrl+c")
        terminal.wait()
    (session,) = sessions(data)
    assert session.steps == 2
    assert verify(session).ok


@pytest.mark.parametrize("command", [("play", "cpu_overload"), ("watch", "cpu_overload"), ("replay",), ()])
def test_without_a_terminal_an_interactive_command_says_so_and_names_the_headless_one(
    data: Path, command: tuple[str, ...]
) -> None:
    done = run(*command, data=data)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "needs a terminal" in done.stderr
    assert "noc-tui " in done.stderr.split("use", 1)[1]


def test_a_live_session_of_another_process_can_be_followed(data: Path) -> None:
    with Terminal("play", "memory_leak", "--seed", "2", data=data) as player:
        ready(player)
        player.press("1")
        player.see("step 1/60")
        with Terminal("replay", "last", "--follow", data=data) as follower:
            follower.see("step 1/60")
            player.press("4")
            player.see("step 2/60")
            follower.see("step 2/60")
            follower.press("ctrl+c")
            follower.wait()
        player.press("ctrl+c")
        player.wait()


def test_no_colour_means_no_colour(data: Path) -> None:
    with Terminal("play", "cpu_overload", "--seed", "3", data=data, env={"NO_COLOR": "1"}) as terminal:
        ready(terminal)
        terminal.see("over 65")
        colours = {
            (cell.fg, cell.bg) for row in terminal.screen.buffer.values() for cell in row.values() if cell.data.strip()
        }
        for pair in colours:
            for colour in pair:
                assert colour == "default" or len({colour[0:2], colour[2:4], colour[4:6]}) == 1, colour
        terminal.press("ctrl+c")
        terminal.wait()
