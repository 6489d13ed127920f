"""How things stand with the drills: what the choice of drills says of each. Heavy; for a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.drills.daily import daily_date
from noc_tui.drills.errors import DrillError
from noc_tui.drills.shift_file import load_shift
from noc_tui.drills.wording import EPISODES, interruption, schedule_note
from noc_tui.tui.practice import load_daily, load_practice, now_millis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from noc_tui.tui.remembering import Remembering

_TO_COME: Final = "today's is to come"


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand."""

    notes: Mapping[str, str]
    """A clause for a drill, by its name."""
    streak: int
    notices: tuple[str, ...] = ()
    """What the user should know, in sentences."""


def overview_of(remembering: Remembering, folders: Sequence[Path] = ()) -> Overview:
    """How things stand for the player now."""
    practice, now = load_practice(remembering, folders), now_millis()
    daily, days, problems = _dailies(remembering)
    notes = {
        "spot": schedule_note(practice.deck, now),
        "incident": schedule_note(practice.deck, now, EPISODES),
        "shift": _shift(remembering.player),
        "daily": daily,
    }
    return Overview(notes, days, (*practice.notices, *problems))


def _dailies(remembering: Remembering) -> tuple[str, int, tuple[str, ...]]:
    """How it stands with that of today, the streak, and what the user should know."""
    today = daily_date(datetime.now(UTC))
    try:
        standing, _, problems = load_daily(remembering, today, today)  # the deck has told why nothing could be asked
    except DrillError:
        return _TO_COME, 0, ()
    note = _TO_COME if standing.counts else "done today; it can be tried again"
    if standing.unfinished:
        note = "today's is not finished: it goes on where it was"
    return note, standing.streak, problems


def _shift(player: str) -> str:
    """Whether a shift is to be continued."""
    try:
        shift = load_shift(paths.shift_file())
    except DrillError:  # which is told when it is opened
        return ""
    if shift is None or shift.player != player or shift.is_over:
        return ""
    return interruption(shift)
