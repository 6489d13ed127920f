"""Asking an agent: a sound decision, or an `AgentError` that says what went wrong, and nothing in between."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.episode.records import Decision, Usage
from noc_tui.sim.actions import ActionType
from noc_tui.text import FORBIDDEN
from tests.agents.samples import ClosingAgent, SampleAgent, observe, wait

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation

AMPLE = 30.0
"""Seconds: a limit that no sound agent of these tests comes near."""


def raising(error: BaseException) -> SampleAgent:
    def answer(_: Observation) -> None:
        raise error

    return SampleAgent(answer)


async def failure(agent: SampleAgent, time_limit: float = AMPLE) -> AgentError:
    with pytest.raises(AgentError) as caught:
        await ask(agent, observe(), time_limit)
    return caught.value


async def test_the_decision_stands_in_the_name_of_the_agent() -> None:
    agent = SampleAgent(lambda _: wait(driver="somebody else"), name="mine")
    assert (await ask(agent, observe(), AMPLE)).driver == "mine"


async def test_the_agent_sees_the_observation() -> None:
    seen: list[Observation] = []

    def answer(observation: Observation) -> Decision:
        seen.append(observation)
        return wait(action=ActionType.SCALE_UP)

    decision = await ask(SampleAgent(answer), observation := observe(), AMPLE)
    assert seen == [observation]
    assert decision.action is ActionType.SCALE_UP


async def test_latency_is_measured_where_the_agent_gives_none() -> None:
    told = Usage(tokens_in=7, tokens_out=3, cost=0.25)
    usage = (await ask(SampleAgent(lambda _: wait(usage=told)), observe(), AMPLE)).usage
    assert usage.latency_ms is not None
    assert (usage.tokens_in, usage.tokens_out, usage.cost) == (7, 3, 0.25)


async def test_the_latency_that_the_agent_gives_is_kept() -> None:
    agent = SampleAgent(lambda _: wait(usage=Usage(latency_ms=1234.5)))
    assert (await ask(agent, observe(), AMPLE)).usage.latency_ms == 1234.5


async def test_a_rationale_is_cleaned_and_bounded_and_keeps_its_lines() -> None:
    agent = SampleAgent(lambda _: wait(rationale="one\x1b[31m\ntwo\x07 " + "x" * 10_000))
    rationale = (await ask(agent, observe(), AMPLE)).rationale
    assert rationale is not None
    assert rationale.startswith("one\ntwo x")
    assert len(rationale) == 4_000


@pytest.mark.parametrize("empty", [None, "", " \n ", "\x1b[31m"])
async def test_a_rationale_that_says_nothing_is_none(empty: str | None) -> None:
    assert (await ask(SampleAgent(lambda _: wait(rationale=empty)), observe(), AMPLE)).rationale is None


async def test_an_answer_of_a_subclass_is_recorded_as_a_plain_decision() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Thought(Decision):
        mood: str = "gloomy"

    decision = await ask(SampleAgent(lambda _: Thought(action="scale_up", driver="x")), observe(), AMPLE)  # type: ignore[arg-type]
    assert type(decision) is Decision
    assert decision.action is ActionType.SCALE_UP


class PanicDecision(Decision):
    """Claims an action that does not exist."""

    def __getattribute__(self, name: str) -> Any:
        return "panic" if name == "action" else super().__getattribute__(name)


class BrokenDecision(Decision):
    """Cannot be read."""

    def __getattribute__(self, name: str) -> Any:
        if name == "action":
            raise KeyError("nowhere")
        return super().__getattribute__(name)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: None, "agent sample answered with None where a Decision was expected"),
        (lambda: "scale_up", "agent sample answered with 'scale_up' where a Decision was expected"),
        (lambda: ActionType.SCALE_UP, "where a Decision was expected"),
        (lambda: "\x1b]0;owned\x07" * 100, "where a Decision was expected"),
        (lambda: wait(action="panic"), "agent sample failed: action: input should be 'do_nothing', 'restart_service'"),
        (lambda: PanicDecision(action="scale_up", driver="x"), "is no sound decision: action: input should be"),  # type: ignore[arg-type]
        (lambda: BrokenDecision(action="scale_up", driver="x"), "is no sound decision: KeyError: 'nowhere'"),  # type: ignore[arg-type]
        (lambda: wait(usage=Usage(cost=-1.0)), "agent sample failed: cost: input should be greater than or equal to 0"),
    ],
)
async def test_anything_but_a_sound_decision_is_an_error(answer: Any, says: str) -> None:
    message = str(await failure(SampleAgent(lambda _: answer())))
    assert says in message
    assert message.isprintable()


async def test_an_answer_whose_repr_fails_is_told_by_its_type() -> None:
    class Sulking:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert "answered with a Sulking where" in str(await failure(SampleAgent(lambda _: Sulking())))


async def test_what_the_agent_raises_is_told_in_one_clean_line_and_chained() -> None:
    error = ValueError("bad\x1b[2J news\r\nin\u202e two lines " + "x" * 5_000)
    raised = await failure(raising(error))
    assert str(raised).startswith("agent sample failed: ValueError: bad news in two lines xxx")
    assert len(str(raised)) < 400
    assert str(raised).isprintable()
    assert raised.__cause__ is error


async def test_an_exception_that_cannot_be_written_is_told_by_its_kind() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert str(await failure(raising(MuteError()))) == "agent sample failed: MuteError"


async def test_the_sentence_of_an_agent_error_is_kept_with_what_the_call_cost() -> None:
    raised = await failure(raising(AgentError("the model\x07 refused", usage=Usage(tokens_in=900, cost=0.5))))
    assert str(raised) == "the model refused"
    assert (raised.usage.tokens_in, raised.usage.cost) == (900, 0.5)
    assert raised.usage.latency_ms is not None


async def test_an_agent_that_hangs_is_cancelled_at_its_time_limit() -> None:
    cancelled = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    raised = await failure(SampleAgent(lambda _: hang()), time_limit=0.01)
    assert str(raised) == "agent sample did not answer within 0.01 s"
    assert isinstance(raised.__cause__, TimeoutError)
    assert cancelled.is_set()


async def test_an_answer_after_the_time_limit_does_not_count() -> None:
    async def stubborn() -> Decision:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return wait()
        raise AssertionError

    assert "did not answer within" in str(await failure(SampleAgent(lambda _: stubborn()), time_limit=0.01))


async def test_what_an_agent_with_a_limit_of_its_own_has_to_load_first_is_not_held_against_it() -> None:
    loop = asyncio.get_running_loop()
    real, passed = loop.time, 0.0
    loop.time = lambda: real() + passed  # type: ignore[method-assign]

    class Slow(SampleAgent):
        time_limit = 30.0

    async def load(seconds: float) -> Decision:
        nonlocal passed
        passed += seconds
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return wait()

    assert (await ask(Slow(lambda _: load(45.0)), observe(), 5.0)).driver == "sample"
    assert "did not answer within 50 s" in str(await failure(Slow(lambda _: load(55.0)), 5.0))


async def test_a_timeout_of_the_agents_own_is_not_taken_for_the_time_limit() -> None:
    raised = await failure(raising(TimeoutError("the model is slow")))
    assert str(raised) == "agent sample failed: TimeoutError: the model is slow"


async def test_an_agent_that_cancels_itself_has_failed() -> None:
    assert str(await failure(raising(asyncio.CancelledError()))) == "agent sample gave up: it cancelled its own work"


@pytest.mark.parametrize("stubborn", [False, True])
async def test_cancelling_the_question_cancels_the_agent_and_brings_no_decision(stubborn: bool) -> None:
    asked, cancelled = asyncio.Event(), asyncio.Event()

    async def think() -> Decision:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            if not stubborn:
                raise
        return wait()

    question = asyncio.create_task(ask(SampleAgent(lambda _: think()), observe(), AMPLE))
    await asked.wait()
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert cancelled.is_set()


async def test_no_message_about_an_agent_carries_its_control_codes() -> None:
    agent = SampleAgent(lambda _: None, name="ev\x1b[31mil\n\u202eagent" + "x" * 500)
    message = str(await failure(agent))
    assert message.startswith("agent evil agentxxx")
    assert not {unicodedata.category(character) for character in message} & FORBIDDEN
    assert len(message) <= 400


async def test_an_agent_without_close_needs_none() -> None:
    await close_agent(SampleAgent(lambda _: wait()))


async def test_closing_reaches_the_agent() -> None:
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    await close_agent(ClosingAgent(close))
    assert closed.is_set()


async def test_an_agent_that_cannot_be_closed_is_told() -> None:
    async def fail() -> None:
        raise OSError("gone")

    async def hang() -> None:
        await asyncio.Event().wait()

    with pytest.raises(AgentError, match="agent sample failed to close: OSError: gone"):
        await close_agent(ClosingAgent(fail))
    with pytest.raises(AgentError, match=r"agent sample was not closed within 0\.01 s"):
        await close_agent(ClosingAgent(hang), time_limit=0.01)


async def test_a_diagnosis_goes_along_with_the_decision() -> None:
    decision = await ask(SampleAgent(lambda _: wait(diagnosis="retry_storm")), observe(), AMPLE)
    assert decision.diagnosis == "retry_storm"
