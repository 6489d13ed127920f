"""From costs to words: the verdict on a move, and when a position is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.review.beam import PRICE
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import WAIT_INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOD_FROM: Final = 0.2
"""Steps of regret; below it a move is best."""
INACCURACY_FROM: Final = 0.8
MISTAKE_FROM: Final = 1.6
BLUNDER_FROM: Final = 3.5

LOST_SHARE: Final = 0.9
"""A position is lost when even best play is expected to cost this share of the steps that are left."""
LOST_ABOVE: Final = 6
"""Not with so few steps left: every cost is near to them then."""


def is_lost(cost: float, left: int) -> bool:
    """Whether a position of that least cost, with `left` steps to go, cannot be won any more."""
    return left > LOST_ABOVE and cost >= LOST_SHARE * left


def throws_away(costs: Sequence[float], action: int, left: int) -> bool:
    """Whether the action makes a lost position of one that was not, though another would not have.

    `costs` are the six of the position before the move, with `left` steps to go.
    """
    least = min(costs)
    after = costs[action] - 1.0 - PRICE * (action != WAIT_INDEX)
    return not is_lost(least, left) and is_lost(after, left - 1) and costs[action] - least >= INACCURACY_FROM


def verdict_on(costs: Sequence[float], action: int, left: int) -> Verdict:
    """The verdict on an action whose alternatives cost `costs`, with `left` steps to go before the move."""
    if is_lost(min(costs), left):
        return Verdict.NONE
    regret = costs[action] - min(costs)
    if regret >= BLUNDER_FROM or throws_away(costs, action, left):
        return Verdict.BLUNDER
    if regret >= MISTAKE_FROM:
        return Verdict.MISTAKE
    if regret >= INACCURACY_FROM:
        return Verdict.INACCURACY
    if regret < GOOD_FROM:
        return Verdict.BEST
    return Verdict.NEEDLESS if action != WAIT_INDEX and costs[WAIT_INDEX] <= costs[action] else Verdict.GOOD
