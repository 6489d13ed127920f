"""FSRS: how well a card is remembered, and when it is due. Pure: the time of an answer is given, nothing is drawn."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from noc_tui.store.entries import millis, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fsrs import Scheduler

Answer = Literal[1, 2, 3, 4]
AGAIN: Final = 1
HARD: Final = 2
GOOD: Final = 3
EASY: Final = 4

LEARNING: Final = 1
REVIEW: Final = 2
RELEARNING: Final = 3

RETENTION: Final = 0.9
"""How likely a card should be remembered still when it falls due."""
LEARNING_STEPS: Final = (timedelta(minutes=1), timedelta(minutes=10))
"""After which a new card comes again, until it has been answered well twice."""
RELEARNING_STEPS: Final = (timedelta(minutes=10),)
LONGEST: Final = 365
"""Days that a card may wait at most: who is on call meets it once a year."""


class Card(NamedTuple):
    """Where one card stands in the schedule. Moments are UTC in milliseconds since 1970."""

    state: int
    """`LEARNING`, `REVIEW` or `RELEARNING`."""
    step: int | None
    """Which learning step; None in `REVIEW`."""
    stability: float
    """Days after which it is remembered with a probability of 0.9."""
    difficulty: float
    """1 to 10."""
    due: int
    last: int
    """When it was answered last."""
    last_rating: int
    reviews: int
    lapses: int
    """How often it had been known, and was not."""

    @property
    def holds(self) -> bool:
        """Whether it has been learned, and was known the last time."""
        return self.state == REVIEW and self.last_rating >= GOOD


def answered(card: Card | None, rating: int, at: int) -> Card:
    """The card after an answer (1 again, 2 hard, 3 good, 4 easy) at a moment; None is a card never seen."""
    from fsrs import Card as FsrsCard  # noqa: PLC0415  (who looks at a schedule does not need it)
    from fsrs import Rating, State  # noqa: PLC0415  (see above)

    # An answer of before the last one (a clock that was put back) counts as one at the same moment.
    moment = moment_of(at if card is None else max(at, card.last))
    if card is None:
        before = FsrsCard(card_id=0, due=moment)
    else:
        before = FsrsCard(
            card_id=0,
            state=State(card.state),
            step=card.step,
            stability=card.stability,
            difficulty=card.difficulty,
            due=moment_of(card.due),
            last_review=moment_of(card.last),
        )
    after, _ = _scheduler().review_card(before, Rating(rating), moment)
    lapsed = card is not None and card.state == REVIEW and rating == AGAIN
    return Card(
        state=int(after.state),
        step=after.step,
        stability=float(after.stability or 0.0),
        difficulty=float(after.difficulty or 0.0),
        due=millis(after.due),
        last=millis(moment),
        last_rating=rating,
        reviews=(card.reviews if card else 0) + 1,
        lapses=(card.lapses if card else 0) + lapsed,
    )


def after_all(answers: Iterable[tuple[int, int]]) -> Card | None:
    """The card after these answers, each a rating and its moment, oldest first; None where there are none."""
    card: Card | None = None
    for rating, at in answers:
        card = answered(card, rating, at)
    return card


def recall(card: Card, now: int) -> float:
    """How likely the card is remembered now, 0 to 1, by FSRS's forgetting curve."""
    scheduler = _scheduler()
    decay = -scheduler.parameters[20]
    factor = 0.9 ** (1 / decay) - 1
    days = max(0.0, (now - card.last) / 86_400_000)
    return float((1 + factor * days / card.stability) ** decay)


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    from fsrs import Scheduler  # noqa: PLC0415  (see above)

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=LEARNING_STEPS,
        relearning_steps=RELEARNING_STEPS,
        maximum_interval=LONGEST,
        enable_fuzzing=False,  # it draws from a stream that nobody seeds
    )
