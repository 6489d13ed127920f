"""How things stand with the drills: what the choice of drills says of each. Heavy; for a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.drills.daily import daily_date
from noc_tui.drills.errors import DrillError
from noc_tui.drills.shift_file import load_shift
from noc_tui.drills.standing import daily_standing
from noc_tui.drills.wording import EPISODES, interruption, schedule_note
from noc_tui.store.errors import StoreError
from noc_tui.tui.practice import load_practice, now_millis

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
    daily, days = _dailies(remembering)
    notes = {
        "spot": schedule_note(practice.deck, now),
        "incident": schedule_note(practice.deck, now, EPISODES),
        "shift": _shift(remembering.player),
        "daily": daily,
    }
    return Overview(notes, days, practice.notices)


def _dailies(remembering: Remembering) -> tuple[str, int]:
    """How it stands with that of today, and the streak."""
    today = daily_date(datetime.now(UTC))
    if remembering.is_empty:
        return _TO_COME, 0
    try:
        with remembering.store.reading() as connection:
            standing = daily_standing(connection, remembering.player, today, today)
    except (StoreError, DrillError):  # which the notices of the deck have told
        return _TO_COME, 0
    if standing.unfinished:
        return "today's is not finished: it goes on where it was", standing.streak
    return _TO_COME if standing.counts else "done today; it can be tried again", standing.streak


def _shift(player: str) -> str:
    """Whether a shift is to be continued."""
    try:
        shift = load_shift(paths.shift_file())
    except DrillError:  # which is told when it is opened
        return ""
    if shift is None or shift.player != player or shift.is_over:
        return ""
    return interruption(shift)
