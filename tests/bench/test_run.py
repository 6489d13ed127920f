"""Headless episodes: what is told, what is recorded, and what an agent's failure does to a run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import make_agent
from noc_tui.bench import run
from noc_tui.bench.run import AgentFailed, EpisodeResult, EpisodeStarted, Notice, play_episode, result_of, run_many
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import HUMAN, StepRecord
from noc_tui.episode.verify import verify
from noc_tui.sim.actions import ActionType
from noc_tui.sim.reward import run_score
from tests.agents.samples import ClosingAgent, SampleAgent, install, wait
from tests.factories import bundled_incident, make_incident

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from noc_tui.agents.base import Agent
    from noc_tui.bench.run import RunEvent
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision
    from noc_tui.sim.incident import Incident

BAD = {"cpu_usage": 0.80}
"""Never resolves by itself."""


async def play(agent: Agent, **incident: object) -> tuple[Episode, EpisodeResult]:
    episode = Episode(make_incident(**incident), 1)
    return episode, await play_episode(agent, episode)


async def events_of(agent: str, *incidents: Incident, seeds: int = 1, record: Path | None = None) -> list[RunEvent]:
    return [event async for event in run_many(agent, incidents, range(seeds), record=record)]


def read_all(folder: Path) -> list[SessionFile]:
    """The sessions of a folder, by their seeds."""
    return sorted((SessionFile.open(path) for path in folder.iterdir()), key=lambda session: session.header.seed)


def use(monkeypatch: pytest.MonkeyPatch, agent: Agent) -> None:
    """Make every agent of a run this one."""
    monkeypatch.setattr(run, "agent_factory", lambda _, **__: lambda _: agent)


def failing_at(step: int) -> SampleAgent:
    def answer(observation: Observation) -> Decision:
        if observation.step == step:
            raise ConnectionError("refused\x07\nby the host")
        return wait()

    return SampleAgent(answer)


async def test_an_agent_plays_an_episode_to_its_end() -> None:
    episode, result = await play(make_agent("wait", seed=1))
    assert (result.outcome, result.steps, result.agent, result.seed) == ("resolved", 3, "wait", 1)
    assert result.rewards == tuple(episode.rewards)
    assert result.total_reward == result.rewards[0] + result.rewards[1] + result.rewards[2]
    assert result.score == run_score(result.rewards)
    assert result.success
    assert result.error is None
    assert result.session == episode.header.session


@pytest.mark.parametrize(
    ("initial", "max_steps", "outcome"),
    [(BAD, 4, "truncated"), ({"cpu_usage": 0.97}, 30, "crashed")],
)
async def test_the_outcome_is_that_of_the_episode(initial: dict[str, float], max_steps: int, outcome: str) -> None:
    drift = {"cpu_usage": 0.03} if outcome == "crashed" else {}
    _, result = await play(make_agent("wait", seed=1), initial=initial, max_steps=max_steps, drift=drift)
    assert result.outcome == outcome
    assert not result.success


async def test_control_passes_to_the_agent_where_somebody_else_had_it() -> None:
    episode, _ = await play(make_agent("rules", seed=1))
    assert [(control.giver, control.taker) for control in episode.controls] == [(HUMAN, "rules")]
    assert episode.record(1).decision.driver == "rules"


async def test_a_failure_of_the_agent_takes_no_step_and_makes_the_episode_void() -> None:
    episode, result = await play(failing_at(2), initial=BAD)
    assert [episode.record(step).decision.action for step in (1, 2)] == [ActionType.DO_NOTHING] * 2
    assert (result.outcome, result.steps) == ("void", 2)
    assert not result.success
    control = episode.controls[-1]
    assert (control.step, control.giver, control.taker, control.reason) == (2, "sample", HUMAN, "agent_error")
    assert control.error == result.error == "agent sample failed: ConnectionError: refused by the host"
    assert control.usage.latency_ms is not None


async def test_an_agent_that_exceeds_its_time_limit_makes_the_episode_void() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    result = await play_episode(SampleAgent(lambda _: hang()), Episode(make_incident(), 1), time_limit=0.01)
    assert (result.outcome, result.steps) == ("void", 0)
    assert result.error == "agent sample did not answer within 0.01 s"


def test_an_episode_that_goes_on_has_no_result() -> None:
    with pytest.raises(ValueError, match="has not ended"):
        result_of(Episode(make_incident(), 1), "wait")


async def test_a_run_tells_each_episode_as_it_goes() -> None:
    events = await events_of("wait", make_incident(), make_incident(id="other", max_steps=2), seeds=2)
    kinds = {"EpisodeStarted": "[", "StepRecord": ".", "EpisodeResult": "]"}
    assert "".join(kinds[type(event).__name__] for event in events) == "[...][...][..][..]"
    started = [(event.incident, event.seed, event.agent) for event in events if isinstance(event, EpisodeStarted)]
    assert started == [("sample", 0, "wait"), ("sample", 1, "wait"), ("other", 0, "wait"), ("other", 1, "wait")]
    results = [event for event in events if isinstance(event, EpisodeResult)]
    assert [(result.incident, result.seed) for result in results] == [(name, seed) for name, seed, _ in started]


async def test_an_episode_of_a_run_is_cut_after_thirty_steps() -> None:
    events = await events_of("wait", make_incident(initial=BAD, max_steps=60))
    assert isinstance(events[-1], EpisodeResult)
    assert (events[-1].outcome, events[-1].steps) == ("truncated", 30)


async def test_the_same_run_comes_out_the_same() -> None:
    def figures(events: list[RunEvent]) -> list[tuple[object, ...]]:
        return [(e.seed, e.outcome, e.rewards) for e in events if isinstance(e, EpisodeResult)]

    incidents = [bundled_incident("cpu_overload"), bundled_incident("retry_storm")]
    first = figures(await events_of("random", *incidents, seeds=4))
    assert first == figures(await events_of("random", *incidents, seeds=4))
    assert len(set(first)) == 8


async def test_a_run_records_a_session_for_each_episode(tmp_path: Path) -> None:
    events = await events_of("rules", bundled_incident("cpu_overload"), seeds=3, record=tmp_path)
    results = [event for event in events if isinstance(event, EpisodeResult)]
    sessions = read_all(tmp_path)
    assert [session.header.session for session in sessions] == [result.session for result in results]
    assert [session.header.seed for session in sessions] == [0, 1, 2]
    for session in sessions:
        assert verify(session).ok
        assert (session.state, session.header.driver) == ("ended", "rules")


async def test_a_run_that_records_nothing_names_no_session() -> None:
    assert [
        event.session for event in await events_of("wait", make_incident()) if isinstance(event, EpisodeResult)
    ] == [None]


async def test_a_failure_is_told_and_recorded_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, failing_at(1))
    events = await events_of("sample", make_incident(), seeds=2, record=tmp_path)
    failures = [event for event in events if isinstance(event, AgentFailed)]
    told = "agent sample failed: ConnectionError: refused by the host"
    assert failures == [AgentFailed(step=2, error=told, final=final) for final in (False, False, True)] * 2
    sessions = read_all(tmp_path)
    assert len(sessions) == 2
    for session in sessions:
        assert session.end is not None
        assert (session.end.outcome, session.steps) == ("void", 1)
        assert session.controls[-1].reason == "agent_error"
        assert verify(session).ok


async def test_a_run_of_an_agent_that_there_is_not_plays_nothing() -> None:
    with pytest.raises(AgentError, match="did you mean rules"):
        await events_of("ruels", make_incident())


async def test_an_agent_that_cannot_be_closed_is_told_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise OSError("gone")

    use(monkeypatch, ClosingAgent(fail))
    events = await events_of("sample", make_incident(), seeds=2)
    assert events.count(Notice("agent sample failed to close: OSError: gone")) == 2
    assert sum(isinstance(event, EpisodeResult) for event in events) == 2


async def test_what_is_not_being_saved_is_told_once_an_episode_and_the_run_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "a file, no folder"
    folder.write_text("")
    events = await events_of("wait", make_incident(), record=folder)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith("This session is not being saved: ")
    assert isinstance(events[-1], EpisodeResult)
    assert events[-1].outcome == "resolved"


async def interrupted(run: AsyncGenerator[RunEvent, None], after: int) -> int:
    """Cancel the run, as Ctrl-C does, once so many steps have been told; how many were told in all."""
    steps = 0

    async def consume() -> None:
        nonlocal steps
        async for event in run:
            steps += isinstance(event, StepRecord)
            if steps == after:
                consumer.cancel()

    consumer = asyncio.create_task(consume())
    with pytest.raises(asyncio.CancelledError):
        await consumer
    return steps


async def test_a_run_of_an_agent_that_answers_at_once_can_be_interrupted(tmp_path: Path) -> None:
    incident = make_incident(initial=BAD, max_steps=30)
    steps = await interrupted(run_many("wait", [incident], range(50), record=tmp_path), after=5)
    assert steps == 5
    (session,) = read_all(tmp_path)
    assert (session.state, session.steps, session.torn) == ("interrupted", 5, False)
    assert verify(session).ok


async def test_interrupting_a_thinking_agent_keeps_its_session_and_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = asyncio.Event()
    thinking = asyncio.Event()

    async def answer(observation: Observation) -> Decision:
        if observation.step == 2:
            thinking.set()
            await asyncio.Event().wait()
        return wait()

    async def close() -> None:
        closed.set()

    agent = SampleAgent(answer)
    agent.close = close  # type: ignore[attr-defined]
    use(monkeypatch, agent)

    async def consume() -> None:
        async for _ in run_many("sample", [make_incident(initial=BAD)], [1], record=tmp_path):
            pass

    consumer = asyncio.create_task(consume())
    await thinking.wait()
    consumer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert closed.is_set()
    (session,) = read_all(tmp_path)
    assert (session.state, session.steps) == ("interrupted", 2)


async def test_an_installed_agent_is_made_anew_with_the_seed_of_each_episode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
from noc_tui.episode.records import Decision

class Counting:
    def __init__(self, argument, seed):
        self.seed, self.asked = seed, 0

    async def decide(self, observation):
        self.asked += 1
        return Decision(action="do_nothing", driver="x", rationale=f"{self.seed}: {self.asked}")
"""
    install(tmp_path, "counting = counting_agent_of_a_test:Counting", code=code, module="counting_agent_of_a_test")
    monkeypatch.syspath_prepend(tmp_path)
    events = await events_of("counting", make_incident(), seeds=2)
    said = [event.decision.rationale for event in events if isinstance(event, StepRecord)]
    assert said == ["0: 1", "0: 2", "0: 3", "1: 1", "1: 2", "1: 3"]
