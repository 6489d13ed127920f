"""Where somebody stands with the daily of a date: whether the next try counts, and what came of the one that did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from noc_tui.drills.daily import Daily, daily_of, is_scored
from noc_tui.store.progress import streak
from noc_tui.store.queries import daily_dates, daily_entry

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from noc_tui.store.entries import DailyEntry


@dataclass(frozen=True, slots=True)
class DailyStanding:
    """A daily, and what a player has made of it."""

    daily: Daily
    today: date
    """In UTC, as all dates of dailies."""
    scored: DailyEntry | None = None
    """The try that counts, from when it was begun."""
    finished: tuple[str, ...] = ()
    """The dates whose dailies have been finished."""

    @classmethod
    def unknown(cls, day: date, today: date) -> DailyStanding:
        """That of who has not played it. Raises `DrillError` where the program has no incidents."""
        return cls(daily_of(day), today)

    @property
    def counts(self) -> bool:
        """Whether a try that is begun now counts: the first one does, on the date itself."""
        return self.scored is None and self.daily.date == self.today

    @property
    def unfinished(self) -> str | None:
        """The session of the try that counts, where it has not come to an end."""
        return self.scored.session if self.scored is not None and self.scored.outcome is None else None

    @property
    def streak(self) -> int:
        """Dailies on so many days in a row, up to today, or to yesterday while today's is to come."""
        return streak(self.finished, self.today)

    def with_try(self, entry: DailyEntry) -> DailyStanding:
        """After a try has been begun or finished. Only the one of this date that was begun first changes anything."""
        date = self.daily.date
        if date != self.today or entry.date != date.isoformat() or not is_scored(self.scored, entry.session):
            return self
        if self.scored is not None and entry.outcome is None:
            return self  # that it was begun is known; it may have been finished since
        done = {*self.finished, entry.date} if entry.outcome is not None else self.finished
        return replace(self, scored=entry, finished=tuple(sorted(done)))


def daily_standing(connection: Connection, player: str, day: date, today: date) -> DailyStanding:
    """Where a player stands with the daily of a day, by the database."""
    standing = DailyStanding.unknown(day, today)
    known = daily_entry(connection, player, day.isoformat())
    return replace(standing, scored=known, finished=tuple(daily_dates(connection, player)))
