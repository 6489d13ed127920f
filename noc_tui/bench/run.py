"""Headless episodes: an agent plays, one episode after another, and everything that happens is told as it happens."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from noc_tui.agents.asking import NAME_LIMIT, about_of, ask, close_agent, driver_name
from noc_tui.agents.base import AgentError
from noc_tui.agents.planner import show_episode
from noc_tui.agents.registry import agent_factory
from noc_tui.episode.episode import Episode
from noc_tui.episode.records import HUMAN, Outcome, StepRecord
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.reward import RUN_SCORE_STEPS, RUN_SCORE_SUCCESS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable
    from pathlib import Path

    from noc_tui.agents.base import Agent
    from noc_tui.episode.playable import Playable
    from noc_tui.episode.records import Header
    from noc_tui.episode.writer import Recorder
    from noc_tui.sim.incident import Incident

TIME_LIMIT: Final = 30.0
"""Seconds that an agent has for one decision, where nothing else is said."""
MAX_FAILURES: Final = 3
"""Failures of an agent with which an episode becomes void, where nothing else is said."""
BLIND_TASK: Final = "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeStarted:
    """An episode begins."""

    incident: str
    """`BLIND_TASK` where the incident is kept secret until the end."""
    seed: int
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFailed:
    """The agent did not decide on step `step`, which therefore was not taken."""

    step: int
    error: str
    final: bool = True
    """Whether the episode is void with it; the agent is asked again otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeResult:
    """What came out of an episode."""

    incident: str
    seed: int
    agent: str
    outcome: Outcome
    steps: int
    total_reward: float
    """Rewards added in order."""
    score: float
    """The run score over the first 30 steps, in [0, 1]."""
    rewards: tuple[float, ...]
    session: str | None
    """The id of the recording; None where nothing was recorded."""
    error: str | None
    """Why the episode is void."""

    @property
    def success(self) -> bool:
        """Whether the run score says success. A void episode is none, whatever its score."""
        return self.outcome != "void" and self.score >= RUN_SCORE_SUCCESS


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know and that changes no result."""

    text: str


RunEvent = EpisodeStarted | StepRecord | AgentFailed | EpisodeResult | Notice


def step_limit(incident: Incident) -> int:
    """How many steps a headless episode may have: those that the run score is about."""
    return min(incident.max_steps, RUN_SCORE_STEPS)


def begin_episode(
    incident: Incident, seed: int, agent: Agent, *, blind: bool, record: Callable[[Header], Recorder] | None
) -> Episode:
    """The episode of that seed, which the agent is to play from its start."""
    return Episode(
        incident,
        seed,
        max_steps=step_limit(incident),
        blind=blind,
        driver=driver_name(agent),
        agent=about_of(agent),
        record=record,
    )


async def play_episode(
    agent: Agent, episode: Playable, *, time_limit: float = TIME_LIMIT, max_failures: int = MAX_FAILURES
) -> EpisodeResult:
    """Let the agent play the episode to its end."""
    async with aclosing(drive(agent, episode, time_limit=time_limit, max_failures=max_failures)) as events:
        async for _ in events:
            pass
    return result_of(episode, driver_name(agent))


async def drive(
    agent: Agent, episode: Playable, *, time_limit: float = TIME_LIMIT, max_failures: int = MAX_FAILURES
) -> AsyncGenerator[StepRecord | AgentFailed, None]:
    """Let the agent play the episode to its end, telling each step.

    Where the agent fails, it is asked again; with `max_failures` failures in all, control is handed back with the error
    and the episode ends void. No step is taken that the agent has not decided.
    """
    show_episode(agent, episode)
    if episode.driver != driver_name(agent):
        episode.hand_over(driver_name(agent), "hand_over", agent=about_of(agent))
    failures = 0
    while not episode.done:
        try:
            decision = await ask(agent, episode.observation, time_limit)
        except AgentError as error:
            failures += 1
            final = failures >= max_failures
            taker = HUMAN if final else driver_name(agent)
            episode.hand_over(taker, "agent_error", error=str(error), usage=error.usage)
            if final:
                episode.void()
            yield AgentFailed(step=episode.steps + 1, error=str(error), final=final)
            continue
        yield episode.step(decision)
        await asyncio.sleep(0)  # an agent that answers at once never waits: this is where Ctrl-C gets through


def result_of(episode: Playable, agent: str) -> EpisodeResult:
    """The result of an episode that has ended. Raises `ValueError` while it goes on."""
    end = episode.end
    if end is None:
        raise ValueError(f"session {episode.header.session} has not ended")
    return EpisodeResult(
        incident=str(episode.header.incident["id"]),
        seed=episode.header.seed,
        agent=agent,
        outcome=end.outcome,
        steps=end.steps,
        total_reward=end.total_reward,
        score=end.score,
        rewards=tuple(episode.rewards),
        session=episode.header.session or None,
        error=episode.controls[-1].error if end.outcome == "void" and episode.controls else None,
    )


async def run_many(
    agent_spec: str,
    incidents: Iterable[Incident],
    seeds: Iterable[int],
    *,
    record: Path | None,
    max_failures: int = MAX_FAILURES,
    hints: bool = False,
    blind: bool = False,
    time_limit: float = TIME_LIMIT,
) -> AsyncGenerator[RunEvent, None]:
    """Play every incident with every seed, each episode with a new agent, and tell what happens.

    An episode is cut after the 30 steps that the run score is about. `blind` keeps the incident's name and hidden state
    from the agent, and the name from the events up to the result. With `record` each becomes a session in that
    folder, complete up to the last step whenever the run is interrupted. Raises `AgentError` when there is no such
    agent, or it cannot be loaded.
    """
    seeds = tuple(seeds)
    recorder = None if record is None else partial(SessionWriter.create, record)
    begin = partial(begin_episode, blind=blind, record=recorder)
    cases = ((seed, partial(begin, incident, seed)) for incident in incidents for seed in seeds)
    played = run_cases(
        agent_spec, cases, recorded=record is not None, max_failures=max_failures, hints=hints, time_limit=time_limit
    )
    async with aclosing(played) as events:
        async for event in events:
            yield event


async def run_cases(
    agent_spec: str,
    cases: Iterable[tuple[int, Callable[[Agent], Playable]]],
    *,
    recorded: bool = True,
    max_failures: int = MAX_FAILURES,
    hints: bool = False,
    time_limit: float = TIME_LIMIT,
) -> AsyncGenerator[RunEvent, None]:
    """Play the episodes that these begin, wherever they are simulated, and tell what happens; see `run_many`.

    The number beside each is the seed of its agent. Whether they are `recorded` says whether results name a session.
    """
    factory = agent_factory(agent_spec, hints=hints)
    for seed, begin in cases:
        agent = factory(seed)
        try:
            playing = _play_one(agent, begin, time_limit, max_failures=max_failures, recorded=recorded)
            async with aclosing(playing) as events:
                async for event in events:
                    yield event
        finally:
            notice = await _close(agent)
        if notice:
            yield notice


def _model_or_agent(agent: Agent) -> str:
    """What `model=` says: the model, where the agent asks one."""
    return clean(getattr(agent, "model", ""), NAME_LIMIT) or driver_name(agent)


async def _close(agent: Agent) -> Notice | None:
    """Close the agent. A failure to is told, and no reason to stop: the agent's episode is over."""
    try:
        await close_agent(agent)
    except AgentError as error:
        return Notice(str(error))
    return None


async def _play_one(
    agent: Agent, begin: Callable[[Agent], Playable], time_limit: float, *, max_failures: int, recorded: bool
) -> AsyncGenerator[RunEvent, None]:
    episode = begin(agent)
    header = episode.header
    task = BLIND_TASK if header.blind else str(header.incident["id"])
    told: str | None = None
    try:
        yield EpisodeStarted(incident=task, seed=header.seed, agent=_model_or_agent(agent))
        async with aclosing(drive(agent, episode, time_limit=time_limit, max_failures=max_failures)) as events:
            async for event in events:
                yield event
                if (problem := episode.recording_problem) and problem != told:
                    yield Notice(problem)
                told = problem
    finally:
        episode.close()
    result = result_of(episode, driver_name(agent))
    yield result if recorded and episode.recording_problem is None else replace(result, session=None)
