"""An agent that makes suggestions to the person in control: asked, accepted, refused, late, failed."""

from __future__ import annotations

import asyncio

import pytest

from noc_tui.episode.verify import verify
from tests.llm_server import LLMServer, Turn, failure
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.model import KEY, held, logged, panel, recorded
from tests.tui.test_blind import assert_secret

PLAY = playing("cpu_overload")


def asked(server: LLMServer, *turns: Turn) -> None:
    """What the server answers, and for good the last of them."""
    server.turns.clear()
    server.then(*turns[:-1])
    server.policy = lambda _: turns[-1]


def events(pit: Cockpit) -> list[tuple[int, str | None, bool]]:
    """The suggestions in the file: after which step, what, and whether it was followed."""
    with recorded(pit) as session:
        assert verify(session).ok
        return [(each.step, each.action, each.followed) for each in session.suggestions]


async def test_i_asks_and_enter_does_it(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu", rationale="CPU first."))
    async with cockpit(PLAY) as pit:
        await pit.press("i")
        assert pit.episode.steps == 0
        assert "suggests Throttle CPU" in panel(pit)
        assert "CPU first." in panel(pit)
        assert "enter do it" in panel(pit)
        await pit.press("enter")
        assert pit.episode.record(1).decision.action == "throttle_cpu"
        assert pit.episode.record(1).decision.driver == "human"
        assert "suggests" not in panel(pit)
        assert "llm: suggested throttle cpu, followed: CPU first." in logged(pit)
        assert events(pit) == [(0, "throttle_cpu", True)]
        (suggestion,) = pit.episode.suggestions
        assert (suggestion.driver, suggestion.answer_format) == ("llm", "tool call")
        assert (suggestion.usage.tokens_in, suggestion.usage.tokens_out) == (400, 30)
        await pit.press("enter")
        assert pit.episode.steps == 1


async def test_an_action_of_ones_own_refuses(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu", rationale="CPU first."))
    async with cockpit(PLAY) as pit:
        await pit.press("i", "6")
        assert pit.episode.record(1).decision.action == "scale_up"
        assert events(pit) == [(0, "throttle_cpu", False)]
        assert "suggested throttle cpu, not followed" in logged(pit)


async def test_escape_dismisses_and_does_not_leave(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(PLAY) as pit:
        await pit.press("i", "escape")
        assert pit.play.run.copilot.state == "idle"
        assert pit.episode.steps == 0
        assert events(pit) == [(0, "throttle_cpu", False)]
        await pit.press("enter")
        assert pit.episode.steps == 0


async def test_a_suggestion_that_was_not_waited_for_is_dropped_and_its_cost_recorded(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu", hold_after=3))
    async with cockpit() as pit:
        pit.app.open(PLAY)
        await pit.settle()
        await pit.pilot.press("i")
        await held(pit, server)
        assert "thinking" in panel(pit)
        pit.now[0] += 2.0
        await pit.pilot.press("6")
        await pit.settle()
        assert await asyncio.to_thread(server.gone.wait, 30)
        assert pit.episode.record(1).decision.action == "scale_up"
        assert "suggests" not in panel(pit)
        (suggestion,) = pit.episode.suggestions
        assert (suggestion.step, suggestion.action, suggestion.followed) == (0, None, False)
        assert suggestion.usage.latency_ms == 2000.0
        assert events(pit) == [(0, None, False)]


async def test_a_failure_is_told_and_recorded_and_play_goes_on(server: LLMServer) -> None:
    asked(server, failure(401, f"Incorrect API key: {KEY}"), Turn(action="throttle_cpu"))
    async with cockpit(PLAY) as pit:
        await pit.press("i")
        assert "does not accept the API key (401)" in panel(pit)
        assert "i ask again" in panel(pit)
        assert "llm: was asked, and failed: " in logged(pit)
        assert pit.play.run.human
        await pit.press("i")
        assert "suggests Throttle CPU" in panel(pit)
        await pit.press("enter")
        assert events(pit) == [(0, None, False), (0, "throttle_cpu", True)]
        assert KEY not in pit.text() + logged(pit)


async def test_unasked_at_each_step_where_the_settings_say_so(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"), Turn(action="do_nothing"))
    async with cockpit(PLAY, copilot=True) as pit:
        await pit.settle()
        assert "suggests Throttle CPU" in panel(pit)
        await pit.press("enter")
        await pit.settle()
        assert "suggests Wait" in panel(pit)
        await pit.press("3")
        await pit.settle()
        assert events(pit) == [(0, "throttle_cpu", True), (1, "do_nothing", False)]
        assert len(server.received) == 3


async def test_it_knows_what_it_suggested_and_what_was_done_instead(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(PLAY) as pit:
        await pit.press("i", "6", "i")
        assert "step 1, scale_up (the operator, where you wanted throttle_cpu)" in server.received[-1].prompt


async def test_the_totals_count_suggestions(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(PLAY) as pit:
        await pit.press("i", "6", "i")
        assert "in all 1 call, 400 in 30 out" in panel(pit)


async def test_the_rationale_is_shown_while_it_is_written(server: LLMServer) -> None:
    asked(server, Turn(rationale="The load is high and has to go somewhere else.", hold_after=6))
    async with cockpit() as pit:
        pit.app.open(PLAY)
        await pit.settle()
        await pit.pilot.press("i")
        await held(pit, server)
        assert "The load is" in panel(pit)
        server.release()
        await pit.settle()
        assert "somewhere else" in panel(pit)


async def test_without_a_model_the_agent_that_takes_over_is_asked(alone: None) -> None:
    async with cockpit(PLAY) as pit:
        await pit.press("i")
        assert "rules  suggests Throttle CPU" in panel(pit)
        await pit.press("enter")
        assert events(pit) == [(0, "throttle_cpu", True)]


async def test_leaving_records_what_was_suggested(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit() as pit:
        pit.app.open(PLAY)
        await pit.settle()
        await pit.press("i")
        episode = pit.episode
        await pit.press("q")
        assert [each.followed for each in episode.suggestions] == [False]


async def test_the_clock_refuses_too(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(playing("cpu_overload", pace="live"), pace_seconds=4.0) as pit:
        await pit.press("i")
        assert "next step in" in panel(pit)
        await pit.pass_time(4.1)
        assert pit.episode.steps == 1
        assert events(pit) == [(0, "throttle_cpu", False)]


async def test_handing_over_refuses_too(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(PLAY) as pit:
        await pit.press("i", "a")
        assert [aside.event for aside in pit.episode.asides] == ["suggestion", "control"]


# --- blind


async def test_in_a_blind_episode_the_model_is_told_only_what_is_visible(server: LLMServer) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(playing("retry_storm", blind=True)) as pit:
        await pit.press("i")
        assert "suggests Throttle CPU" in panel(pit)
        assert_secret(pit, "retry_storm")
        prompt = server.received[-1].prompt.lower()
        assert "retry storm" not in prompt
        assert "retry_storm" not in prompt
        assert "pressure" not in prompt


async def test_the_planner_makes_no_suggestions_in_a_blind_episode(alone: None) -> None:
    async with cockpit(playing("retry_storm", blind=True, agent="planner")) as pit:
        await pit.press("i")
        assert "planner sees what is hidden" in panel(pit)
        await pit.press("3")
        assert pit.episode.suggestions == []


@pytest.mark.parametrize("size", [(80, 24), (40, 14)])
async def test_in_a_small_window_what_is_suggested_is_in_sight(server: LLMServer, size: tuple[int, int]) -> None:
    asked(server, Turn(action="throttle_cpu"))
    async with cockpit(PLAY, size=size) as pit:
        await pit.press("i")
        assert "Throttle" in panel(pit)
