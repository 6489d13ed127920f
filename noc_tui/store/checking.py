"""Looking at a database without changing it: for who wants to know where results go, and whether they arrive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import update

from noc_tui.store.migrations import MIGRATIONS, version_of
from noc_tui.store.place import PATIENCE, connect, reading, writing
from noc_tui.store.queries import count_sessions
from noc_tui.store.schema import meta

if TYPE_CHECKING:
    from noc_tui.store.place import Place


def state_of(place: Place, patience: float = PATIENCE) -> str:
    """What a database holds, as a clause: `4 sessions`. It can be read, and it could be written.

    Neither file nor tables are made where there are none, and none of an older version brought up to date. Raises
    `StoreError` for a database that cannot be used.
    """
    if place.file is not None and not os.path.lexists(place.file):
        return "not there yet, for nothing has been remembered"
    engine = connect(place, patience)
    try:
        with reading(engine, place) as connection:
            version = version_of(connection, place)
            if version is None:
                held = "empty"
            elif version <= len(MIGRATIONS):
                held = f"of version {version}, brought up to date when it is used"
            else:
                count = count_sessions(connection)
                held = f"{count} session{'' if count == 1 else 's'}"
        with writing(engine, place) as connection:
            if version is not None:  # to begin is allowed where nothing may be written
                connection.execute(update(meta).values(value=meta.c.value))
                connection.rollback()
        return held
    finally:
        engine.dispose()
