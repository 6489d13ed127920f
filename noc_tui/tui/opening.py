"""Turning a launch into an episode: fresh, resumed, or forked from a recording. Heavy; imported after first paint."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.bench.selection import blind_incident
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import HUMAN
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.catalog import CLASSIC, catalog_of
from noc_tui.sim.reward import RUN_SCORE_STEPS
from noc_tui.sim.simulator import SEED_LIMIT

if TYPE_CHECKING:
    from noc_tui.preferences import Preferences
    from noc_tui.tui.launch import Launch


def open_episode(launch: Launch, preferences: Preferences, *, driver: str = HUMAN) -> Episode:
    """The episode that a launch asks for, recorded in the user's sessions folder.

    Raises `IncidentError` or `SessionError` with a sentence when it cannot be.
    """
    record = partial(SessionWriter.create, paths.sessions_dir())
    if launch.session is not None:
        session = SessionFile.open(launch.session, salvage=True)
        try:
            if launch.step is not None:
                return Episode.fork(session, launch.step, driver=driver, record=record)
            if session.damage is not None:
                raise session.damage
            writer = SessionWriter.reopen(launch.session, session.whole_bytes)
            try:
                return Episode.resume(session, writer, driver=driver)
            except BaseException:
                writer.close()
                raise
        finally:
            session.close()
    catalog, seed, blind = catalog_of(launch.incident_folders), launch.seed, launch.is_blind(preferences)
    chosen_by_seed = blind and launch.incident is None
    if chosen_by_seed:
        seed = secrets.randbelow(SEED_LIMIT) if seed is None else seed
        incident = catalog.load(blind_incident(seed, catalog))
    else:
        incident = catalog.load(launch.incident or secrets.choice(CLASSIC))
    return Episode(
        incident,
        seed,
        # The longer limit of the classic incidents would tell them from the others.
        max_steps=min(incident.max_steps, RUN_SCORE_STEPS) if chosen_by_seed else None,
        pace=launch.pace or preferences.pace,
        blind=blind,
        driver=driver,
        record=record,
    )
