"""What is due and when, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.drills.schedule import Key
from noc_tui.drills.stages import SPOT_STAGES, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.drills.schedule import Deck
    from noc_tui.drills.shift_file import Shift
    from noc_tui.store.entries import ReviewEntry, SessionEntry

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_OUTCOMES: Final = {
    "resolved": "resolved in {}",
    "crashed": "crashed after {}",
    "truncated": "not resolved in {}",
    "void": "void after {}",
}
_RATINGS: Final = {1: "again", 2: "hard", 3: "good", 4: "easy"}
EPISODES: Final = (Stage.EPISODE,)


def span(milliseconds: int) -> str:
    """A span of time in its largest unit, rounded: `3 d`, `10 min`, `1 s`."""
    seconds = max(1, round(milliseconds / 1000))
    # 59.6 minutes are an hour, not 60 minutes.
    size, unit = next((size, unit) for size, unit in _UNITS if round(seconds / size, 2) >= 1 or size == 1)
    return f"{round(seconds / size)} {unit}"


def until(due: int, now: int) -> str:
    """When that is: `now`, `in 10 min`. Both are UTC, in milliseconds since 1970."""
    return "now" if due <= now else f"in {span(due - now)}"


def schedule_note(deck: Deck, now: int, stages: Sequence[Stage] = SPOT_STAGES) -> str:
    """What the schedule holds for one kind of drill: what is due, or when the next is, and what is new.

    Which incidents they are is not told: it would give the answers away.
    """
    what = ("position", "positions") if tuple(stages) == SPOT_STAGES else ("incident", "incidents")
    due, next_due, new = len(deck.due(now, stages)), deck.next_due(stages), deck.new(stages)
    if due:
        return f"{due} {what[due != 1]} due" + (", and something new" if new else "")
    if next_due is None:
        return "nothing practised yet: begin with the easy ones" if new else "there is nothing to practise"
    return f"nothing due; the next {until(next_due, now)}" + (", something new at once" if new else "")


def interruption(shift: Shift) -> str:
    """Where a shift was interrupted: `interrupted in page 2 of 5`."""
    where = "in" if shift.open_session else "after"
    return f"interrupted {where} page {len(shift.answered)} of {len(shift.pages)}"


def came_to(entry: SessionEntry, title: str) -> str:
    """What a session came to, in a clause: `Retry storm: resolved in 9 steps, par 6.3, grade B, named rightly`."""
    steps = f"{entry.steps} step{'' if entry.steps == 1 else 's'}"
    parts = [f"{title}: {_OUTCOMES[entry.outcome].format(steps)}"]
    if entry.par is not None:
        parts.append(f"par {entry.par:.1f}")
    if entry.grade is not None:
        parts.append(f"grade {entry.grade}")
    if entry.diagnosis is not None:
        parts.append("named rightly" if entry.diagnosis else "taken for another")
    return ", ".join(parts)


def comes_back(answer: ReviewEntry | None, deck: Deck) -> str:
    """What an answer to a card was worth, and when the card comes back: `rated good, comes back in 3 d`.

    None is what says nothing about the player: somebody helped, or it could not be won.
    """
    if answer is None:
        return "not rated"
    key = Key(answer.incident, Stage(answer.stage))
    card = deck.answered(key, answer.rating, answer.at).cards[key]
    return f"rated {_RATINGS[answer.rating]}, comes back {until(card.due, answer.at)}"
