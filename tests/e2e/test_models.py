"""A language model in the installed program: watched, taken over from, lost and found again, and as a co-pilot."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.verify import verify
from tests.e2e.terminal import Terminal
from tests.e2e.test_program import ready, sessions, steps_shown
from tests.llm_server import LLMServer, Turn

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

KEY = "sk-canary-5Zr8wT1qLx0vNc7h"
WON = ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing")
"""Resolves the CPU overload with seed 3."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def settings(server: LLMServer) -> dict[str, str]:
    """The environment in which `llm` is this server."""
    return {"API_BASE_URL": server.url, "MODEL_NAME": "sample-1", "API_KEY": KEY, "NOC_TUI_LLM_RETRIES": "0"}


def by_step(*actions: str) -> LLMServer:
    """A server that answers by the step that it is asked about, and waits from then on."""

    def answer(body: dict[str, object]) -> Turn:
        asked = str(body["messages"])
        step = next((number for number in range(len(actions), 0, -1) if f"Step {number} of" in asked), 0)
        return Turn(action=actions[step - 1] if step else "do_nothing", rationale=f"Because of step {step}.")

    return LLMServer(policy=answer, key=KEY)


def test_a_model_is_watched_to_resolution_and_its_key_is_nowhere(data: Path) -> None:
    with (
        by_step(*WON) as server,
        Terminal(
            "watch", "cpu_overload", "--agent", "llm", "--seed", "3",
            data=data, size=(120, 40), env=settings(server),
        ) as terminal,
    ):  # fmt: skip
        terminal.see("llm DRIVES")
        terminal.see("sample-1 · 400 in 30 out · cost unknown")
        terminal.see("Because of step")
        terminal.see("enter debrief")
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
        assert KEY.encode() not in terminal.raw
    (session,) = sessions(data)
    assert session.end is not None
    assert (session.end.outcome, session.end.steps) == ("resolved", 4)
    assert {record.decision.driver for record in session.records()} == {"llm"}
    assert verify(session).ok
    assert all(KEY not in path.read_text() for path in data.rglob("*") if path.is_file())


def test_a_person_takes_over_from_a_model_and_hands_back(data: Path) -> None:
    with (
        by_step() as server,
        Terminal(
            "watch", "network_congestion", "--agent", "llm", "--seed", "1", data=data, env=settings(server)
        ) as terminal,
    ):
        terminal.see("llm DRIVES")
        terminal.see(lambda text: steps_shown(text) >= 1)
        terminal.press("5")
        ready(terminal)
        terminal.let_go()
        terminal.press("5")
        terminal.see("Reroute traffic: ")
        before = steps_shown(terminal.text)
        terminal.press("a")
        terminal.see("llm DRIVES")
        terminal.see(lambda text: steps_shown(text) > before)
        terminal.press("ctrl+c")
        terminal.wait()
        assert "reroute_traffic (the operator" in server.received[-1].prompt
    (session,) = sessions(data)
    assert [control.reason for control in session.controls[:2]] == ["take_over", "hand_over"]
    assert verify(session).ok


def test_a_server_that_dies_in_the_middle_and_comes_back_is_asked_again(data: Path) -> None:
    with ExitStack() as running:
        first = running.enter_context(by_step())
        with Terminal(
            "watch", "network_congestion", "--agent", "llm", "--seed", "1",
            data=data, size=(80, 24), env=settings(first),
        ) as terminal:  # fmt: skip
            terminal.see(lambda text: steps_shown(text) >= 1)
            running.close()
            terminal.see("AGENT FAILED · YOU")
            before = steps_shown(terminal.text)
            with first.again():
                terminal.press("a")
                terminal.see("llm DRIVES")
                terminal.see(lambda text: steps_shown(text) > before)
                terminal.press("ctrl+c")
                terminal.wait()
    (session,) = sessions(data)
    assert "agent_error" in {control.reason for control in session.controls}
    assert verify(session).ok


def test_suggestions_are_accepted_and_refused(data: Path) -> None:
    with (
        by_step("throttle_cpu", "scale_up") as server,
        Terminal("play", "cpu_overload", "--seed", "3", data=data, env=settings(server)) as terminal,
    ):
        ready(terminal)
        terminal.press("i")
        terminal.see("suggests Throttle CPU")
        terminal.see("Because of step 1.")
        terminal.press("enter")
        terminal.see("step 1/60")
        terminal.press("i")
        terminal.see("suggests Scale up")
        terminal.press("3")
        terminal.see("step 2/60")
        terminal.press("ctrl+c")
        terminal.wait()
    (session,) = sessions(data)
    found = [(each.step, each.action, each.followed) for each in session.suggestions]
    assert found == [(0, "throttle_cpu", True), (1, "scale_up", False)]
    assert [record.decision.action for record in session.records()] == ["throttle_cpu", "throttle_cpu"]
    assert verify(session).ok
