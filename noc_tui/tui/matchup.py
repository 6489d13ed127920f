"""Turning a launch into two sides: agents are made, episodes opened and recorded, a recording checked. Heavy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from noc_tui.agents.asking import close_agent
from noc_tui.agents.making import make_agent_aside
from noc_tui.episode.reader import SessionFile
from noc_tui.review.positions import Shadow
from noc_tui.tui.chase import check_length, name_of
from noc_tui.tui.duel import Duel
from noc_tui.tui.live import LiveRun
from noc_tui.tui.opening import open_beside, open_episode
from noc_tui.tui.sides import GhostSide, LiveSide

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.episode import Episode
    from noc_tui.preferences import Preferences
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.sides import Side


async def make_duel(launch: Launch, preferences: Preferences, monotonic: Callable[[], float]) -> Duel:
    """The agent of the launch on the left, its ghost on the right, at the same start.

    Raises `AgentError`, `IncidentError` or `SessionError` with a sentence where there cannot be one; nothing is left
    open then.
    """
    spec = launch.agent or preferences.agent
    agent = await _agent(spec, launch.seed or 0, launch, preferences)
    left = _live(open_episode(launch, preferences, agent=agent), agent, spec, preferences, monotonic)
    try:
        right = await _second(left, launch, preferences, monotonic)
    except BaseException:
        left.track.close()
        await close_agent(agent)
        raise
    return Duel(left, right, speed=preferences.watch_speed)


async def bring_back(side: LiveSide, launch: Launch, preferences: Preferences) -> Agent:
    """The agent of a side that has lost control: the one that knows the episode, else a new one.

    Raises `AgentError` where there is none.
    """
    return side.run.agent_at_hand or await _agent(side.spec, side.track.header.seed, launch, preferences)


async def _agent(spec: str, seed: int, launch: Launch, preferences: Preferences) -> Agent:
    return await make_agent_aside(spec, seed=seed, time_limit=preferences.agent_seconds, hints=launch.hints)


async def _second(left: LiveSide, launch: Launch, preferences: Preferences, monotonic: Callable[[], float]) -> Side:
    if isinstance(launch.ghost, Path):
        return await _ghost(launch.ghost, preferences, monotonic)
    spec, header = launch.ghost or preferences.agent, left.track.header
    agent = await _agent(spec, header.seed, launch, preferences)
    episode = open_beside(header, left.track.incident, agent, blind=header.blind)
    return _live(episode, agent, spec, preferences, monotonic)


def _live(
    episode: Episode, agent: Agent, spec: str, preferences: Preferences, monotonic: Callable[[], float]
) -> LiveSide:
    now = monotonic()
    pace, speed = preferences.pace_seconds, preferences.watch_speed
    run = LiveRun(episode, agent=spec, pace_seconds=pace, speed=speed, now=now)
    run.start_agent(agent, now)
    return LiveSide(run, spec)


async def _ghost(path: Path, preferences: Preferences, monotonic: Callable[[], float]) -> GhostSide:
    """The recording, once it is known that it comes out the same when simulated again."""
    session = SessionFile.open(path, salvage=True)
    try:
        check_length(session)
        await asyncio.to_thread(lambda: Shadow(session).at(session.steps))
    except BaseException:
        session.close()
        raise
    return GhostSide(session, name_of(session), speed=preferences.watch_speed, now=monotonic())
