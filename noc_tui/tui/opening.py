"""Turning a launch into an episode: fresh, resumed, or forked from a recording. Heavy; imported after first paint."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import HUMAN
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.catalog import CLASSIC, catalog_of

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
    incident = catalog_of(launch.incident_folders).load(launch.incident or secrets.choice(CLASSIC))
    return Episode(incident, launch.seed, pace=launch.pace or preferences.pace, driver=driver, record=record)
