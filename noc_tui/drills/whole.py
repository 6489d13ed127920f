"""The drills that are whole incidents: one that the schedule chooses, and a night on call with five."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.drills.answers import rating_of_episode
from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError, NoPracticeError
from noc_tui.drills.schedule import Key
from noc_tui.drills.seeds import winnable_seed
from noc_tui.drills.stages import Stage
from noc_tui.store.entries import ReviewEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from noc_tui.drills.schedule import Deck
    from noc_tui.episode.records import Outcome, Pace
    from noc_tui.review.model import Grade
    from noc_tui.sim.incident import Incident
    from noc_tui.store.entries import SessionEntry

PAGES: Final = 5
SHORTEST_PAUSE: Final = 5
LONGEST_PAUSE: Final = 45
"""Seconds of quiet before a page."""
CONTROL: Final = "control"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One blind incident to be played in live pace, then the debrief."""

    incident: str
    seed: int
    pace: Pace = "live"
    blind: bool = True


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """A page of a shift."""

    assignment: Assignment
    pause: int
    """Seconds of quiet before it."""


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """What came of a page."""

    incident: str
    outcome: Outcome
    steps: int
    par: float | None
    grade: Grade | None
    accuracy: float | None
    diagnosed: bool | None
    needless: bool
    """It was the control, and something was pressed that did harm."""


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """The result sheet of a shift."""

    lines: tuple[ShiftLine, ...]
    resolved: int
    over_par: float | None
    """Steps over par in all that were resolved; None where none was."""
    accuracy: float | None
    """Mean over the incidents."""
    left_alone: bool | None
    """Whether the control was left alone; None while it has not been played."""


def next_incident(
    deck: Deck, incidents: Mapping[str, Incident], now: int, seed: int, recent: Sequence[str] = ()
) -> Assignment:
    """The incident that the schedule chooses, and a seed from which it can be won.

    The last two of the `recent` ones do not come again while there is another. What can hardly ever be won is passed
    over. Raises `DrillError` where there is no incident.
    """
    key = deck.next(now, (Stage.EPISODE,), [Key(name, Stage.EPISODE) for name in recent])
    if key is None or key.incident not in incidents:
        raise DrillError("there is no incident to practise")
    try:
        seed_of_it = winnable_seed(incidents[key.incident], Draws("incident", key.incident, seed))
    except NoPracticeError as error:
        return next_incident(deck.without(error.incident), incidents, now, seed, recent)
    return Assignment(key.incident, seed_of_it)


def plan_shift(deck: Deck, incidents: Mapping[str, Incident], now: int, seed: int) -> tuple[ShiftPage, ...]:
    """Five different incidents in an order that is drawn, a control among them, each after a pause of its own.

    What is due comes first, the rest is drawn; what can hardly ever be won is passed over. Raises `DrillError` where
    there is no control, or too few others.
    """
    try:
        return _planned(deck, incidents, now, seed)
    except NoPracticeError as error:
        others = {name: incident for name, incident in incidents.items() if name != error.incident}
        return plan_shift(deck, others, now, seed)


def _planned(deck: Deck, incidents: Mapping[str, Incident], now: int, seed: int) -> tuple[ShiftPage, ...]:
    draws = Draws("shift", seed)
    controls = sorted(name for name, incident in incidents.items() if incident.difficulty == CONTROL)
    others = sorted(name for name in incidents if name not in controls)
    if not controls:
        raise DrillError("a shift needs the control (an incident without a fault), and there is none")
    if len(others) < PAGES - 1:
        raise DrillError(f"a shift needs {PAGES} different incidents, and there are {len(incidents)}")
    due = [key.incident for key in deck.due(now, (Stage.EPISODE,)) if key.incident in others]
    drawn = [name for name in draws.shuffled(others) if name not in due]
    chosen = draws.shuffled([draws.choice(controls), *[*due, *drawn][: PAGES - 1]])
    return tuple(
        ShiftPage(
            Assignment(name, winnable_seed(incidents[name], draws)),
            SHORTEST_PAUSE + draws.below(LONGEST_PAUSE - SHORTEST_PAUSE + 1),
        )
        for name in chosen
    )


def shift_result(played: Sequence[SessionEntry], incidents: Mapping[str, Incident]) -> ShiftResult:
    """The result sheet of what has been played of a shift, in the order in which it was."""
    lines = tuple(_line(entry, is_control=_is_control(entry, incidents)) for entry in played)
    over = [line.steps - line.par for line in lines if line.outcome == "resolved" and line.par is not None]
    accuracies = [line.accuracy for line in lines if line.accuracy is not None]
    controls = [line for line, entry in zip(lines, played, strict=True) if _is_control(entry, incidents)]
    return ShiftResult(
        lines=lines,
        resolved=sum(line.outcome == "resolved" for line in lines),
        over_par=sum(over) if over else None,
        accuracy=sum(accuracies) / len(accuracies) if accuracies else None,
        left_alone=not any(line.needless for line in controls) if controls else None,
    )


def _is_control(entry: SessionEntry, incidents: Mapping[str, Incident]) -> bool:
    incident = incidents.get(entry.incident)
    return incident is not None and incident.difficulty == CONTROL


def _line(entry: SessionEntry, *, is_control: bool) -> ShiftLine:
    return ShiftLine(
        incident=entry.incident,
        outcome=entry.outcome,
        steps=entry.steps,
        par=entry.par,
        grade=entry.grade,
        accuracy=entry.accuracy,
        diagnosed=entry.diagnosis,
        needless=is_control and bool(entry.harmful),
    )


def review_of_session(entry: SessionEntry, now: int) -> ReviewEntry | None:
    """What the schedule learns from a whole incident; None where it learns nothing.

    That is so for what had no grade, what somebody else helped with, and what was gone on with from a fork.
    """
    rating = rating_of_episode(entry.grade, entry.diagnosis)
    if rating is None or entry.assisted or entry.parent is not None or entry.kind != "person":
        return None
    return ReviewEntry(
        review=entry.session,  # so that the same session is one answer, however often it is looked at
        player=entry.player,
        incident=entry.incident,
        stage=str(Stage.EPISODE),
        rating=rating,
        at=now,
        seconds=entry.seconds,
        named=entry.diagnosis,
        session=entry.session,
    )
