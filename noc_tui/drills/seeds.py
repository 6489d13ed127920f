"""Seeds that a drill may ask for: those whose start can be won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.drills.errors import NoPracticeError
from noc_tui.review.positions import unwinnable_start

if TYPE_CHECKING:
    from noc_tui.drills.draws import Draws
    from noc_tui.sim.incident import Incident

_MOST_TRIES: Final = 200
"""An incident that cannot be won from one of so many seeds is none to practise."""


def winnable_seed(incident: Incident, draws: Draws, *, max_steps: int | None = None) -> int:
    """The first seed drawn from which the incident can be resolved.

    Raises `NoPracticeError` for an incident that hardly ever can be.
    """
    for _ in range(_MOST_TRIES):
        seed = draws.seed()
        if not unwinnable_start(incident, seed, max_steps=max_steps):
            return seed
    raise NoPracticeError(incident.id)
