"""Playing and reviewing the episodes of an evaluation: functions that any process, or machine, can be given."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from noc_tui.agents.asking import close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import agent_factory
from noc_tui.bench.outcomes import Row, measure
from noc_tui.bench.run import MAX_FAILURES, AgentFailed, begin_episode, drive
from noc_tui.episode.errors import SessionError
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import EndRecord
from noc_tui.episode.writer import SessionWriter
from noc_tui.review.session import review_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from noc_tui.agents.base import Agent
    from noc_tui.agents.registry import AgentFactory
    from noc_tui.bench.budget import Budget
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import Event, Header
    from noc_tui.sim.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for every episode of an evaluation."""

    sessions: Path
    """The folder of the recordings."""
    blind: bool
    review: bool
    time_limit: float
    """Seconds that an agent has for one decision."""
    max_failures: int = MAX_FAILURES
    """Failures of an agent with which an episode becomes void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Episodes of one agent in one incident."""

    agent: str
    """As it is asked for on the command line."""
    incident: Incident
    seeds: tuple[int, ...]


class Played(NamedTuple):
    """What came of some episodes."""

    rows: tuple[Row, ...]
    """Those that are finished."""
    notices: tuple[str, ...] = ()
    """What the user should know, in sentences."""


class RecordingError(Exception):
    """An episode that cannot be recorded. The message is one sentence that can be shown as it is."""


class _WriteAtEnd:
    """Records an episode in one piece when it has ended, which takes a third of the time.

    For play that costs nothing and takes milliseconds: nobody follows it, and where it is broken off it is played anew.
    """

    def __init__(self, folder: Path, header: Header) -> None:
        self._writer = SessionWriter.create(folder, header)
        self._events: list[Event] = []

    @property
    def problem(self) -> str | None:
        return self._writer.problem

    def record(self, *events: Event) -> None:
        self._events += events
        if isinstance(events[-1], EndRecord):
            self._writer.record(*self._events)

    def close(self) -> None:
        self._writer.close()

    def discard(self) -> None:
        self._writer.discard()


factory_of = lru_cache(maxsize=32)(agent_factory)
"""What makes the agent of that name; its code or file is read once in a process."""


def play_chunk(chunk: Chunk, terms: Terms) -> Played:
    """Play episodes one after another, and review them. Must not be called where an event loop is running."""
    return asyncio.run(_play_each(chunk, terms))


async def _play_each(chunk: Chunk, terms: Terms) -> Played:
    factory = factory_of(chunk.agent)
    rows: list[Row] = []
    notices: list[str] = []
    for seed in chunk.seeds:
        played = await play(factory, chunk.incident, seed, terms)
        rows += played.rows
        notices += played.notices
    return Played(tuple(rows), tuple(notices))


async def play(
    factory: AgentFactory, incident: Incident, seed: int, terms: Terms, budget: Budget | None = None
) -> Played:
    """Let a new agent play one episode, and record it; without a budget, once it has ended.

    No row where the budget was used up before the end: the recording is left interrupted then. Raises `RecordingError`
    when what happens is not being saved, `AgentError` when there is no agent.
    """
    agent = factory(seed)
    notices: list[str] = []
    try:
        record = partial(_WriteAtEnd if budget is None else SessionWriter.create, terms.sessions)
        episode = begin_episode(incident, seed, agent, blind=terms.blind, record=record)
        try:
            await _drive(agent, episode, terms, budget)
            row = _row(episode, notices, review=terms.review)
        finally:
            episode.close()
        if episode.recording_problem:
            raise RecordingError(episode.recording_problem)
    finally:
        try:
            await close_agent(agent)
        except AgentError as error:
            notices.append(str(error))
    return Played((row,) if row.outcome else (), tuple(notices))


async def _drive(agent: Agent, episode: Episode, terms: Terms, budget: Budget | None) -> None:
    """Drive the episode to its end, or until nothing more may be spent."""
    driving = drive(agent, episode, time_limit=terms.time_limit, max_failures=terms.max_failures)
    async with aclosing(driving) as events:
        async for event in events:
            if episode.recording_problem:
                raise RecordingError(episode.recording_problem)
            if budget is None:
                continue
            if isinstance(event, AgentFailed):
                budget.spend(episode.controls[-1].usage, asked=False)
            else:
                budget.spend(event.decision.usage, asked=event.decision.answer_format is not None)
            if budget.problem:
                return


def _row(episode: Episode, notices: list[str], *, review: bool) -> Row:
    row = measure(episode)
    if not review or row.outcome is None:
        return row
    try:
        return row.with_review(review_session(episode))
    except SessionError as error:
        notices.append(str(error))
        return row


def review_chunk(recordings: Sequence[Path]) -> Played:
    """Measure and review recordings. One that cannot be is left out, with a notice."""
    rows: list[Row] = []
    notices: list[str] = []
    for path in recordings:
        try:
            with SessionFile.open(path) as session:
                rows.append(measure(session).with_review(review_session(session)))
        except SessionError as error:
            notices.append(str(error))
    return Played(tuple(rows), tuple(notices))
