"""Cue stages: at which point of an incident somebody is asked what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """The moment that a card is about. A card is an incident and a stage."""

    PAGE = "page"
    """The page has just come in."""
    UNDER_WAY = "under_way"
    """Some sensible steps have been taken."""
    ASTRAY = "astray"
    """Some wrong steps have been taken, and it can still be won."""
    EPISODE = "episode"
    """The whole incident, from the page to the end."""


SPOT_STAGES: Final = (Stage.PAGE, Stage.UNDER_WAY, Stage.ASTRAY)
"""Those that are a single position, in the order in which they are introduced."""
