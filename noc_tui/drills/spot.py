"""The drill `spot`: what would you do, and what is it? Ten to twenty positions a round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ulid import ULID

from noc_tui.drills.answers import TIME_LIMIT, rating_of_spot
from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError
from noc_tui.drills.lookalikes import Name, look_alikes
from noc_tui.drills.positions import SpotPosition, build_position
from noc_tui.drills.stages import SPOT_STAGES
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import ReviewEntry, moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.drills.schedule import Deck, Key
    from noc_tui.review.model import Verdict
    from noc_tui.review.planner import Planner
    from noc_tui.sim.incident import Incident
    from noc_tui.store.cards import Answer

FEWEST: Final = 10
MOST: Final = 20
USUAL: Final = 12


@dataclass(frozen=True, slots=True)
class SpotQuestion:
    """A position, and the names to choose from after it."""

    number: int
    """From 1."""
    position: SpotPosition
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class SpotAnswer:
    """What somebody made of a position."""

    key: Key
    title: str
    """What it was."""
    action: ActionType | None
    """None: nothing was chosen in time."""
    verdict: Verdict | None
    best: ActionType
    why: str
    """What was better and why, in a line."""
    lost: float
    """Steps that the action would have cost, at least 0."""
    named: bool | None
    """Whether it was named rightly; None: it was not asked, or not answered."""
    seconds: float
    """To the action, or to the end of the limit."""
    rating: Answer

    @property
    def right(self) -> bool:
        """Whether the action was one of the fine ones."""
        return self.verdict is not None and self.verdict.category == "fine"


@dataclass(frozen=True, slots=True)
class SpotRound:
    """A round: what was answered so far, and where the schedule stands with it. Values: each answer makes a new one."""

    deck: Deck
    seed: int
    size: int = USUAL
    limit: float | None = TIME_LIMIT
    """Seconds for the action; None: as long as one likes."""
    answers: tuple[SpotAnswer, ...] = ()

    def __post_init__(self) -> None:
        if not FEWEST <= self.size <= MOST:
            raise DrillError(f"a round has {FEWEST} to {MOST} positions, not {self.size}")

    @property
    def done(self) -> bool:
        return len(self.answers) >= self.size

    @property
    def right(self) -> int:
        """How many actions were fine."""
        return sum(answer.right for answer in self.answers)

    @property
    def named(self) -> int:
        """How many were named rightly."""
        return sum(answer.named is True for answer in self.answers)

    def next_key(self, now: int) -> Key | None:
        """The card that is asked next; None at the end of the round, or where there is no incident at all."""
        if self.done:
            return None
        return self.deck.next(now, SPOT_STAGES, [answer.key for answer in self.answers])

    def question(self, key: Key, incidents: Mapping[str, Incident], planner: Planner | None = None) -> SpotQuestion:
        """The next position, for a card of `next_key`. Takes some tens of milliseconds: for a worker.

        Raises `DrillError` for an incident that there is not, or that can hardly ever be resolved.
        """
        incident = incidents.get(key.incident)
        if incident is None:
            raise DrillError(f"there is no incident {key.incident} any more")
        number = len(self.answers) + 1
        draws = Draws("round", self.seed, number)
        position = build_position(incident, key, draws.seed(), planner=planner)
        names = look_alikes(incident, list(incidents.values()), position.episode.header.initial, draws)
        return SpotQuestion(number, position, names)

    def judge(
        self, question: SpotQuestion, action: ActionType | None, seconds: float, name: str | None = None
    ) -> SpotAnswer:
        """What an answer is worth: the action (None: nothing in time), then the incident that was named, if any."""
        position = question.position
        chosen = None if action is None else position.choice(action)
        named = None if name is None else name == position.key.incident
        verdict = chosen.verdict if chosen else None
        return SpotAnswer(
            key=position.key,
            title=position.title,
            action=action,
            verdict=verdict,
            best=position.best,
            why=chosen.line if chosen else _what_was_right(position),
            lost=chosen.lost if chosen else 0.0,
            named=named,
            seconds=max(0.0, seconds),
            rating=rating_of_spot(verdict, named, seconds, self.limit),
        )

    def answered(self, answer: SpotAnswer, now: int) -> SpotRound:
        """The round after an answer."""
        deck = self.deck.answered(answer.key, answer.rating, now)
        return replace(self, deck=deck, answers=(*self.answers, answer))


def _what_was_right(position: SpotPosition) -> str:
    best = position.best
    name = "Waiting" if best is ActionType.DO_NOTHING else best.label
    return position.choice(best).line.replace("Right", f"{name} was right", 1)


def review_of(answer: SpotAnswer, player: str, now: int) -> ReviewEntry:
    """What the store remembers of an answer given at a moment (UTC, in milliseconds since 1970)."""
    return ReviewEntry(
        review=str(ULID.from_datetime(moment_of(now))),
        player=player,
        incident=answer.key.incident,
        stage=str(answer.key.stage),
        rating=answer.rating,
        at=now,
        seconds=answer.seconds,
        verdict=answer.verdict,
        named=answer.named,
    )
