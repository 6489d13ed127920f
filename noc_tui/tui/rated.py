"""How player and incident are rated, for who has seen an episode end. Heavy; for a worker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from noc_tui.store.entries import day_of, millis
from noc_tui.store.errors import StoreError
from noc_tui.store.rerating import INCIDENT, PLAYER, standings_on
from noc_tui.store.summary import whose
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.episode.track import Track
    from noc_tui.tui.remembering import Remembering

_NAME: Final = 12
"""Characters of a name, as wide as the names of figures are."""


def ratings_of(track: Track, remembering: Remembering) -> list[tuple[str, str]]:
    """Who played and the incident, each with its rating today; nothing of an episode that goes on.

    Left out is who has none yet, and all where the database cannot be read: whoever remembers results tells that.
    """
    if track.end is None:
        return []
    who, today = whose(track, remembering.player), day_of(millis(datetime.now(UTC)))
    name = "You" if who.kind == "person" else clean(who.player, _NAME)
    sides = {name: (PLAYER, who.player), "The incident": (INCIDENT, str(track.header.incident.get("id")))}
    try:
        with remembering.store.reading() as connection:
            found = {shown: standings_on(connection, today, *side).get(side) for shown, side in sides.items()}
    except StoreError:
        return []
    return [(shown, standing.text) for shown, standing in found.items() if standing is not None]
