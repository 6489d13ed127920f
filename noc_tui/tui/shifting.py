"""A shift as time passes: the quiet before a page, the page, the quiet after it. Knows no widget and no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from noc_tui.tui.pacer import Pacer

if TYPE_CHECKING:
    from noc_tui.drills.shift_file import Shift
    from noc_tui.drills.whole import ShiftPage
    from noc_tui.store.entries import SessionEntry

Phase = Literal["ready", "quiet", "page", "reviewing", "over"]


class ShiftRun:
    """The phases of a shift. What depends on time takes the reading of the monotonic clock."""

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        played = shift.next_page is None and shift.open_session is None
        self.phase: Phase = "over" if shift.is_over else "reviewing" if played else "ready"
        self._pacer = Pacer(1.0)
        self._since: float | None = None

    @property
    def number(self) -> int:
        """The page that is in play, or comes next, from 1."""
        return min(len(self.shift.answered) + (self.shift.open_session is None), len(self.shift.pages))

    @property
    def page(self) -> ShiftPage:
        """The page that is in play, or comes next."""
        return self.shift.pages[self.number - 1]

    def watch(self, now: float) -> None:
        """Be on call: wait for the next page."""
        if self.shift.next_page is not None:
            self.phase = "quiet"
            self._pacer = Pacer(float(self.page.pause))
            self._pacer.restart(now)

    def quiet_for(self, now: float) -> float:
        """Seconds of quiet so far. How many are left, nobody on call knows."""
        return self._pacer.interval - self._pacer.remaining(now) if self.phase == "quiet" else 0.0

    def cover(self, now: float) -> None:
        """Something lies over the shift: the time stands still."""
        self._pacer.pause(now)

    def uncover(self, now: float) -> None:
        """The shift is in sight again."""
        self._pacer.resume(now)

    def tick(self, now: float) -> bool:
        """Time has passed; True if the page comes."""
        return self.phase == "quiet" and self._pacer.due(now)

    def paged(self) -> None:
        """The page has come."""
        self.phase = "page"

    def begun(self, session: str) -> None:
        """The page is being answered, in this session."""
        if self.shift.open_session != session:
            self.shift = self.shift.begun(session)

    def left(self, *, ended: bool, kept: bool, now: float) -> None:
        """The screen of the page has been left: its episode has `ended`, or is `kept` to go on with, or is gone."""
        if not ended:
            if not kept:
                self.shift = self.shift.dropped()
            self.phase = "ready"
            return
        if self.shift.open_session is not None:
            self.shift = self.shift.played()
        if self.shift.next_page is not None:
            self.watch(now)
        else:
            self.phase = "over" if self.shift.is_over else "reviewing"

    def ended(self, entry: SessionEntry) -> None:
        """It is known what came of a session."""
        self.shift = self.shift.ended(entry)
        if self.phase == "reviewing" and self.shift.is_over:
            self.phase = "over"
