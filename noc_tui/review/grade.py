"""Accuracy, grade, and the sum of the steps. The reasons for the figures are in `docs/review.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.review.model import Grade, Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.episode.records import Outcome

REGRET_LIMIT: Final = 6.0
"""Steps of regret beyond which a move counts as no worse."""
HALVED_BY: Final = 2.0
"""Steps of regret that halve the accuracy of a move."""

GRADE_LIMITS: Final[tuple[tuple[Grade, float, float], ...]] = (
    ("S", 1.5, 95.0),
    ("A", 3.0, 85.0),
    ("B", 6.0, 70.0),
    ("C", 10.0, 50.0),
)
"""Of a resolved incident: the grade, the steps over par that it allows at most, the precision that it asks for."""


def move_accuracy(regret: float) -> float:
    """The accuracy of one move, 12.5 to 100."""
    return float(100.0 * 0.5 ** (min(max(regret, 0.0), REGRET_LIMIT) / HALVED_BY))


def accuracy(regrets: Sequence[float]) -> float | None:
    """The mean over the moves that were judged; None when none was."""
    return sum(map(move_accuracy, regrets)) / len(regrets) if regrets else None


def precision(regrets: Sequence[float], par: float) -> float:
    """What the grade goes by: 100 less what the moves fell short of it in total, spread over par.

    Spread over the moves, as accuracy is, a mistake would weigh the less the longer one dawdles. Can be below 0.
    """
    return 100.0 - sum(100.0 - move_accuracy(regret) for regret in regrets) / max(par, 1.0)


def grade(outcome: Outcome, *, steps: int, par: float, luck: float, regrets: Sequence[float]) -> Grade | None:
    """The grade of an episode that has ended; None for a void one.

    Steps over par that bad luck (`luck` above 0) cost are not held against anybody.
    """
    if outcome == "void":
        return None
    if outcome != "resolved":
        return "F"
    over, reached = steps - par - max(luck, 0.0), precision(regrets, par)
    return next((name for name, most, least in GRADE_LIMITS if over <= most and reached >= least), "D")


def ledger(steps: int, ahead: float, par: float, lost: float, why_ahead: str) -> Ledger:
    """The sum in tenths. Luck is what is left, and takes what rounding leaves too."""
    tenths = round(ahead * 10), round(par * 10), round(lost * 10)
    luck = steps * 10 + tenths[0] - tenths[1] - tenths[2]
    return Ledger(steps, tenths[0] / 10, tenths[1] / 10, tenths[2] / 10, luck / 10, why_ahead if tenths[0] else "")
