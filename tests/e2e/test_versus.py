"""Two drivers side by side, and a person against a ghost, in the installed program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.verify import verify
from tests.e2e.terminal import Terminal
from tests.e2e.test_program import ready, sessions, steps_shown

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_two_agents_are_watched_to_the_end_then_an_agent_and_a_person_play_against_the_recording_of_one(
    data: Path,
) -> None:
    with Terminal(
        "watch", "cpu_overload", "--agent", "planner", "--versus", "rules", "--seed", "3", data=data, size=(120, 40)
    ) as terminal:
        terminal.see("SIDE BY SIDE")
        for _ in range(4):
            terminal.press("+")
        terminal.see("both resolved it in 4 steps")
        terminal.press("enter")
        terminal.see("MTTR")
        terminal.press("q", "q")
        terminal.see("Last played")
        terminal.press("q")
        assert terminal.wait() == 0
    found = sessions(data)
    assert [session.header.driver for session in found] == ["planner", "rules"]
    for session in found:
        assert session.end is not None
        assert session.end.outcome == "resolved"
        assert verify(session).ok
    file = str(found[1].path)
    with Terminal("watch", "--agent", "wait", "--versus", file, data=data, size=(80, 24)) as terminal:
        terminal.see("1 of 2: o shows rules")
        terminal.press("+", "+", "+", "+", "o")
        terminal.see("2 of 2: o shows wait")
        terminal.see("wait crashed at step")
        terminal.press("q")
        terminal.see("Last played")
    assert [session.header.driver for session in sessions(data)] == ["planner", "rules", "wait"]
    with Terminal("play", "--versus", file, data=data, size=(120, 40)) as terminal:
        ready(terminal)
        terminal.see("level with the ghost")
        for step, key in enumerate("3311", 1):
            terminal.press(key)
            terminal.see(lambda text, step=step: steps_shown(text) == step)  # type: ignore[misc]
            terminal.let_go()
        terminal.see("both of you resolved it in 4 steps")
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
    *_, mine = sessions(data)
    assert mine.header.incident_hash == found[1].header.incident_hash
    assert [record.after for record in mine.records()] == [record.after for record in found[1].records()]
