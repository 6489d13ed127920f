"""Turning a launch into an episode: fresh, resumed, or forked from a recording. Heavy; imported after first paint."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.agents.asking import about_of, driver_name
from noc_tui.bench.selection import blind_incident
from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import DifferenceError, SessionError
from noc_tui.episode.figures import recorded_incident
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import HUMAN
from noc_tui.episode.track import is_secret
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.catalog import CLASSIC, catalog_of
from noc_tui.sim.reward import RUN_SCORE_STEPS
from noc_tui.tui.remembering import TUTORIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.records import Header, Pace
    from noc_tui.preferences import Preferences
    from noc_tui.sim.incident import Incident
    from noc_tui.tui.launch import Launch

SEEDS: Final = 1_000_000
"""Seeds that are drawn here are less: six digits can be told to a colleague."""
_SERVER_SECONDS: Final = 5.0
"""How long a server may take for a step, while the screen waits."""


def open_episode(launch: Launch, preferences: Preferences, *, agent: Agent | None = None) -> Episode:
    """The episode that a launch asks for, recorded in the user's sessions folder; `agent` drives, else a person.

    Raises `IncidentError` or `SessionError` with a sentence when it cannot be.
    """
    driver, about = (HUMAN, None) if agent is None else (driver_name(agent), about_of(agent))
    # What the tutorial plays is no session of anybody's.
    record = None if launch.drill == TUTORIAL else partial(SessionWriter.create, paths.sessions_dir())
    if launch.session is not None:
        session = SessionFile.open(launch.session, salvage=True)
        try:
            if launch.step is not None:
                return Episode.fork(session, launch.step, driver=driver, agent=about, record=record)
            if session.damage is not None:
                raise session.damage
            writer = SessionWriter.reopen(launch.session, session.whole_bytes)
            try:
                return Episode.resume(session, writer, driver=driver, agent=about)
            except BaseException:
                writer.close()
                raise
        finally:
            session.close()
    if isinstance(launch.ghost, Path):
        return _against(launch.ghost, launch, preferences, agent)
    catalog, blind = catalog_of(launch.incident_folders), launch.is_blind(preferences)
    seed = secrets.randbelow(SEEDS) if launch.seed is None else launch.seed
    chosen_unseen = blind and (launch.incident is None or launch.drill is not None)
    if blind and launch.incident is None:
        incident = catalog.load(blind_incident(seed, catalog))
    else:
        incident = catalog.load(launch.incident or secrets.choice(CLASSIC))
    return _beginning(launch)(
        incident,
        seed,
        # The longer limit of the classic incidents would tell them from the others.
        max_steps=min(incident.max_steps, RUN_SCORE_STEPS) if chosen_unseen else None,
        pace=launch.pace or preferences.pace,
        blind=blind,
        driver=driver,
        agent=about,
        record=record,
    )


def _beginning(launch: Launch) -> Callable[..., Episode]:
    """What makes a new episode: here, or on a server as well. Raises `SessionError`."""
    if launch.server is None:
        return Episode
    from noc_tui.remote.episode import Connection  # noqa: PLC0415  (loads OpenEnv)
    from noc_tui.remote.mirror import MirroredEpisode  # noqa: PLC0415  (likewise)

    return partial(MirroredEpisode, Connection(launch.server, launch.token, seconds=_SERVER_SECONDS))


def _against(recording: Path, launch: Launch, preferences: Preferences, agent: Agent | None) -> Episode:
    """An episode that begins as the recording does. What is still secret of that stays so."""
    with SessionFile.open(recording) as session:
        header, secret = session.header, is_secret(session)
    try:
        incident = recorded_incident(header)
    except DifferenceError as difference:
        raise SessionError(f"session {header.session} cannot be played against: {difference}") from difference
    # Where it is secret, only the person who has chosen another incident may be told that it is another.
    if launch.incident not in {None, incident.id}:
        raise SessionError(f"session {header.session} plays another incident than {launch.incident}")
    if launch.seed not in {None, header.seed}:
        raise SessionError(f"session {header.session} plays seed {header.seed}, not {launch.seed}")
    blind = secret or launch.is_blind(preferences)
    return open_beside(header, incident, agent, blind=blind, pace=launch.pace or preferences.pace)


def open_beside(
    header: Header, incident: Incident, agent: Agent | None, *, blind: bool, pace: Pace = "turn"
) -> Episode:
    """An episode that begins as another one did, with the same future, recorded in the user's sessions folder."""
    return Episode(
        incident,
        header.seed,
        draws=header.draws,
        max_steps=header.max_steps,
        pace=pace,
        blind=blind,
        driver=HUMAN if agent is None else driver_name(agent),
        agent=None if agent is None else about_of(agent),
        record=partial(SessionWriter.create, paths.sessions_dir()),
    )
