"""Glicko-2: a player against an incident, in rating periods of a day.

A session is a game between the player and the incident: the score follows from the grade, and what the player gets the
incident does not. All games of a day (UTC) are rated together, from where both stood when the day began, so that their
order within it makes no difference; a day without games lets the uncertainty grow. The formulas are those of Mark
Glickman, Example of the Glicko-2 system, 2012, as the package `glicko2-py` has them.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.review.model import Grade

START: Final = 1500.0
MOST_DEVIATION: Final = 350.0
"""How little is known of a newcomer; nobody is ever less certain."""
START_VOLATILITY: Final = 0.06
TAU: Final = 0.5
"""How quickly the volatility follows."""
SCALE: Final = 173.7178
"""From the formulas' own scale to the one that is shown."""
TOP: Final = 6000.0
"""No rating lies farther from 0; beyond it the formulas would divide by nothing."""

SCORES: Final[dict[Grade, float]] = {"S": 1.0, "A": 0.9, "B": 0.75, "C": 0.6, "D": 0.5, "F": 0.0}
"""What a grade is worth to the player. A resolved incident is never less than a draw."""


class Standing(NamedTuple):
    """How strong a player is, or an incident."""

    rating: float = START
    deviation: float = MOST_DEVIATION
    """The standard deviation of the rating: how uncertain it is."""
    volatility: float = START_VOLATILITY
    games: int = 0

    @property
    def text(self) -> str:
        """With its uncertainty: `1612 ± 84`, which holds two times in three; a question mark where it says little."""
        return f"{self.rating:.0f} ± {self.deviation:.0f}{'?' if self.is_provisional else ''}"

    @property
    def is_provisional(self) -> bool:
        """Whether it is too uncertain to compare anybody by."""
        return self.deviation > 110.0


class Game(NamedTuple):
    """A game as one side sees it."""

    opponent: Standing
    """Where the other stood when the day began."""
    score: float
    """0 (lost) to 1 (won)."""


def idle(standing: Standing, days: int) -> Standing:
    """After so many days without a game: as strong, and less certain."""
    phi, sigma = standing.deviation / SCALE, standing.volatility
    deviation = SCALE * sqrt(phi * phi + max(0, days) * sigma * sigma)
    return standing._replace(deviation=min(MOST_DEVIATION, deviation))


def rated(standing: Standing, games: Sequence[Game]) -> Standing:
    """After the games of a day; `standing` is where the side stood when the day began."""
    if not games:
        return idle(standing, 1)
    from glicko2.math import update_rating  # noqa: PLC0415  (who reads ratings does not need it)

    opponents = [((g.opponent.rating - START) / SCALE, g.opponent.deviation / SCALE, g.score) for g in games]
    mu, phi, sigma = update_rating(
        (standing.rating - START) / SCALE, standing.deviation / SCALE, standing.volatility, opponents, TAU
    )
    return Standing(
        rating=min(TOP, max(-TOP, mu * SCALE + START)),
        deviation=min(MOST_DEVIATION, phi * SCALE),
        volatility=sigma,
        games=standing.games + len(games),
    )
