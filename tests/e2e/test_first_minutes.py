"""From the first start on, as somebody new has it: the tutorial, an incident, and that it is remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from noc_tui.store.claims import Claims
from noc_tui.store.store import Store
from tests.e2e.terminal import Terminal
from tests.store.asking import recent_sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

RESOLVING = ("3", "t", "1", "w")
"""Resolves cpu_overload with seed 3. Two keys for each action, so that none is taken for one that is held."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    """The database that the program leaves behind."""
    with Store(f"sqlite:///{data}/progress.sqlite3", queue=data / "queue") as opened:
        yield opened


def remembered(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        return [(row.player, row.incident, row.outcome) for row in recent_sessions(connection)]


def do(terminal: Terminal, *keys: str) -> None:
    """Act step by step."""
    for number, key in enumerate(keys, 1):
        terminal.press(key)
        terminal.see(f"step {number}/")


def test_the_tutorial_from_the_first_start_to_the_end(data: Path) -> None:
    with Terminal(data=data, size=(80, 24)) as terminal:
        terminal.see("new here? two minutes")
        terminal.press("enter")
        terminal.see("1/11")
        terminal.see("pager")
        terminal.press("enter")
        terminal.see("2/11")
        terminal.press("enter")
        terminal.see("3/11")
        do(terminal, "2", "r")
        terminal.see("CRASHED")
        terminal.press("enter")
        terminal.see("6/11")
        terminal.see("Better")
        terminal.press("s")
        terminal.see("7/11")
        terminal.see("step 0/")
        do(terminal, *RESOLVING)
        terminal.see("Resolved in four steps")
        terminal.press("enter")
        terminal.see("▸ p  Play")
        terminal.press("q")
        assert terminal.wait() == 0
    assert not (data / "sessions").exists()


def test_an_incident_that_was_played_stands_in_the_progress(data: Path, store: Store) -> None:
    environment = {"NOC_TUI_PLAYER": "Ana"}
    with Terminal("play", "cpu_overload", "--seed", "3", data=data, size=(80, 24), env=environment) as terminal:
        terminal.see("YOU IN CONTROL")
        do(terminal, *RESOLVING)
        terminal.see("RESOLVED")
        terminal.press("q")
        terminal.see("Last played")
        terminal.press("g")
        text = terminal.see(lambda screen: "1 session" in screen and "CPU overload" in screen)
        assert re.search(r"CPU overload +1 +100 %", text)
        terminal.press("ctrl+c")
        terminal.wait()
    assert remembered(store) == [("Ana", "cpu_overload", "resolved")]
    with Terminal("progress", data=data, size=(80, 24), env=environment) as terminal:
        terminal.see(lambda screen: "Progress  Ana" in screen and "CPU overload" in screen)
        terminal.press("q")
        terminal.see("Play")
        terminal.press("q")
        assert terminal.wait() == 0


def test_sessions_are_taken_in_though_the_program_ended_right_after_their_last_step(data: Path, store: Store) -> None:
    environment = {"NOC_TUI_PLAYER": "Ana"}
    for end in (Terminal.kill, interrupt):
        with Terminal("play", "cpu_overload", "--seed", "3", data=data, env=environment) as terminal:
            terminal.see("YOU IN CONTROL")
            do(terminal, *RESOLVING)
            end(terminal)
    claims = Claims(data / "queue")
    with Terminal("progress", data=data, size=(80, 24), env=environment | {"NOC_TUI_PLAYER": "Ben"}) as terminal:
        terminal.see("Progress")
        terminal.press("q")
        terminal.see(lambda _: not claims.files())
        terminal.press("q")
        terminal.wait()
    assert remembered(store) == [("Ana", "cpu_overload", "resolved")] * 2


def interrupt(terminal: Terminal) -> None:
    """End the program as Ctrl+C does."""
    terminal.press("ctrl+c")
    terminal.wait()
