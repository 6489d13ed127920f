"""What an answer is worth to the schedule: again, hard, good or easy. The rules are in `docs/drills.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.review.model import Verdict
from noc_tui.store.cards import AGAIN, EASY, GOOD, HARD

if TYPE_CHECKING:
    from noc_tui.review.model import Grade
    from noc_tui.store.cards import Answer

TIME_LIMIT: Final = 10.0
"""Seconds for a spot position, unless the player has set another limit."""
QUICK_SHARE: Final = 0.4
"""An answer within this share of the limit is quick."""


def rating_of_spot(verdict: Verdict | None, named: bool | None, seconds: float, limit: float | None) -> Answer:
    """The rating of a spot answer.

    `verdict` is that on the action, None where none was chosen in time. `named` says whether the incident was named
    rightly, None where it was not asked. `limit` is in seconds; without one, quick is what is quick for the usual one.
    """
    if verdict in {None, Verdict.MISTAKE, Verdict.BLUNDER}:
        return AGAIN
    if verdict in {Verdict.INACCURACY, Verdict.NONE} or named is False:
        return HARD
    quick = seconds <= QUICK_SHARE * (TIME_LIMIT if limit is None else limit)
    return EASY if quick and verdict is Verdict.BEST else GOOD


def rating_of_episode(grade: Grade | None, diagnosed: bool | None) -> Answer | None:
    """The rating of a whole incident; None where it says nothing about the player (no grade: void, or unwinnable).

    Who named another incident than it was has not recognised it, however well it went: hard at best.
    """
    if grade is None:
        return None
    rating = _GRADED[grade]
    return min(rating, HARD) if diagnosed is False else rating


_GRADED: Final[dict[Grade, Answer]] = {"S": EASY, "A": GOOD, "B": GOOD, "C": HARD, "D": HARD, "F": AGAIN}
