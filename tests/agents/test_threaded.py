"""Agents of other people, which may block, crash or never come back, and stop nobody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.threaded import ThreadedAgent
from noc_tui.sim.actions import ActionType
from tests.agents.samples import ClosingAgent, SampleAgent, observe, wait

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision

AMPLE = 30.0
"""Seconds: a limit that nothing in these tests comes near."""
SHORT = 0.02


class Threads:
    """Makes threaded agents, lets go of what they hang on at the end, and closes them."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        self._agents: list[ThreadedAgent] = []

    def make(self, answer: Callable[[Observation], Any], **options: Any) -> ThreadedAgent:
        def told(observation: Observation) -> Any:
            self._loop.call_soon_threadsafe(self._asked.set)
            return answer(observation)

        self._agents.append(ThreadedAgent(SampleAgent(told), "theirs", **options))
        return self._agents[-1]

    async def ask_and_give_up(self, agent: ThreadedAgent) -> None:
        """Cancel a question that the agent is thinking about."""
        self._asked.clear()
        question = asyncio.create_task(ask(agent, observe(), AMPLE))
        await self._asked.wait()
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question

    async def close(self) -> None:
        self.released.set()
        for agent in self._agents:
            await close_agent(agent)


@pytest.fixture
async def threads() -> AsyncIterator[Threads]:
    made = Threads()
    yield made
    await made.close()


async def failure(agent: ThreadedAgent, time_limit: float = AMPLE) -> AgentError:
    with pytest.raises(AgentError) as caught:
        await ask(agent, observe(), time_limit)
    return caught.value


async def test_the_agent_decides_in_a_thread_of_its_own(threads: Threads) -> None:
    where: list[threading.Thread] = []

    async def answer() -> Decision:
        where.append(threading.current_thread())
        await asyncio.sleep(0)
        return wait(action=ActionType.CLEAR_CACHE)

    agent = threads.make(lambda _: answer())
    decisions = [await ask(agent, observe(), AMPLE) for _ in range(3)]
    assert [decision.action for decision in decisions] == [ActionType.CLEAR_CACHE] * 3
    assert {decision.driver for decision in decisions} == {"theirs"}
    assert len(set(where)) == 1
    assert where[0] is not threading.current_thread()
    assert where[0].daemon


async def test_what_it_raises_is_raised_here(threads: Threads) -> None:
    error = LookupError("no model")

    def answer(_: Observation) -> None:
        raise error

    raised = await failure(threads.make(answer))
    assert str(raised) == "agent theirs failed: LookupError: no model"
    assert raised.__cause__ is error


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
async def test_an_agent_that_ends_the_program_ends_nothing(threads: Threads, kind: type[BaseException]) -> None:
    answers: list[Callable[[], Decision]] = [wait]

    def leave() -> Decision:
        raise kind

    answers.append(leave)
    agent = threads.make(lambda _: answers.pop()())
    assert f"it tried to end the program ({kind.__name__})" in str(await failure(agent))
    assert (await ask(agent, observe(), AMPLE)).action is ActionType.DO_NOTHING


async def test_an_agent_that_cancels_itself_has_failed_and_may_go_on(threads: Threads) -> None:
    answers: list[Any] = [wait()]

    async def answer() -> Decision:
        if len(answers) == 1:
            answers.append(None)
            raise asyncio.CancelledError
        return wait()

    agent = threads.make(lambda _: answer())
    assert "it cancelled its own work" in str(await failure(agent))
    assert (await ask(agent, observe(), AMPLE)).action is ActionType.DO_NOTHING


def block(threads: Threads) -> Callable[[Observation], Any]:
    return lambda _: threads.released.wait(AMPLE)


def spin(threads: Threads) -> Callable[[Observation], None]:
    def answer(_: Observation) -> None:
        while not threads.released.is_set():
            pass

    return answer


def sleep(_: Threads) -> Callable[[Observation], Any]:
    async def answer() -> None:
        await asyncio.Event().wait()

    return lambda _: answer()


@pytest.mark.parametrize("hang", [block, spin, sleep])
async def test_an_agent_that_hangs_has_failed_at_its_time_limit(
    threads: Threads, hang: Callable[[Threads], Callable[[Observation], Any]]
) -> None:
    raised = await failure(threads.make(hang(threads), grace=SHORT), SHORT)
    assert str(raised) == f"agent theirs did not answer within {SHORT} s"
    assert raised.usage.latency_ms is not None


async def test_an_agent_that_hangs_asleep_is_cancelled_and_can_be_asked_again(threads: Threads) -> None:
    cancelled = threading.Event()

    async def answer(observation: Observation) -> Decision:
        if observation.step == 0:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
        return wait()

    agent = threads.make(answer, grace=AMPLE)
    await threads.ask_and_give_up(agent)
    assert (await ask(agent, observe(step=1), AMPLE)).action is ActionType.DO_NOTHING
    assert cancelled.is_set()


@pytest.mark.parametrize("hang", [block, spin])
async def test_an_agent_that_blocks_freezes_nobody_and_counts_as_hung(
    threads: Threads, hang: Callable[[Threads], Callable[[Observation], Any]]
) -> None:
    agent = threads.make(hang(threads), grace=SHORT)
    await threads.ask_and_give_up(agent)
    for _ in range(2):
        assert str(await failure(agent)).startswith("agent theirs hangs: it has not come back from a question")


async def test_an_agent_that_comes_back_can_be_asked_again_and_its_late_answer_goes_nowhere(threads: Threads) -> None:
    def answer(observation: Observation) -> Decision:
        if observation.step == 0:
            threads.released.wait(AMPLE)
            return wait(action=ActionType.RESTART_SERVICE)
        return wait(action=ActionType.SCALE_UP)

    agent = threads.make(answer, grace=AMPLE)
    await threads.ask_and_give_up(agent)
    threads.released.set()
    assert (await ask(agent, observe(step=1), AMPLE)).action is ActionType.SCALE_UP


async def test_closing_runs_the_agents_own_close_in_its_thread_and_ends_the_thread() -> None:
    decided: list[threading.Thread] = []
    closed: list[threading.Thread] = []

    class Theirs:
        async def decide(self, _: Observation) -> Decision:
            decided.append(threading.current_thread())
            return wait()

        async def close(self) -> None:
            closed.append(threading.current_thread())

    agent = ThreadedAgent(Theirs(), "theirs")
    await ask(agent, observe(), AMPLE)
    await close_agent(agent)
    assert closed == decided
    decided[0].join(AMPLE)
    assert not decided[0].is_alive()


async def test_closing_an_agent_that_was_never_asked_closes_it_too() -> None:
    closed = threading.Event()

    async def close() -> None:
        closed.set()

    await close_agent(ThreadedAgent(ClosingAgent(close), "theirs"))
    assert closed.is_set()


async def test_an_agent_that_hangs_is_left_behind_when_it_is_closed(threads: Threads) -> None:
    agent = threads.make(block(threads), grace=SHORT)
    await threads.ask_and_give_up(agent)
    await close_agent(agent)
    assert not threads.released.is_set()


@pytest.mark.parametrize("hang", ["forever.wait()", "await asyncio.to_thread(forever.wait)"])
def test_the_program_ends_though_an_agent_hangs(hang: str) -> None:
    program = f"""
import asyncio, threading
from noc_tui.agents.asking import ask
from noc_tui.agents.threaded import ThreadedAgent
from tests.agents.samples import observe

asked, forever = threading.Event(), threading.Event()

class Hanging:
    async def decide(self, observation):
        asked.set()
        {hang}

async def main():
    question = asyncio.create_task(ask(ThreadedAgent(Hanging(), "theirs"), observe(), {AMPLE}))
    await asyncio.to_thread(asked.wait)
    question.cancel()

asyncio.run(main())
print("over")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")
