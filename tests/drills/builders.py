"""The program's own incidents, decks, and learners that are simulated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from noc_tui.drills.daily import bundled_catalog
from noc_tui.drills.schedule import Deck

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident

NOW = 1_796_000_000_000
"""UTC, in milliseconds since 1970."""
SECOND = 1000
DAY = 86_400_000


@cache
def incidents() -> dict[str, Incident]:
    """The program's own, by id."""
    loaded, errors = bundled_catalog().load_all()
    assert errors == []
    return {incident.id: incident for incident in loaded}


def new_deck() -> Deck:
    """The deck of who has never practised."""
    return Deck.of(incidents().values(), {})
