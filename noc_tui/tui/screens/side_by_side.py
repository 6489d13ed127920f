"""What two runs side by side look like: columns, or one of them in turn, and the comparison above."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container
from textual.reactive import reactive
from textual.widgets import Static

from noc_tui.text import clean
from noc_tui.tui.frame import clock_text, health_view, strip_views, subtitle_of, title_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.sides import LiveSide
from noc_tui.tui.siding import driver_view_of, head_view
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.side_column import SideColumn

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.types import CSSPathType

    from noc_tui.tui.actions import Scope
    from noc_tui.tui.duel import Duel

SIDE_BY_SIDE: Final = 110
"""From this width on there is room for both."""
_CARD_ROWS: Final = 36
"""From this height on the metrics are cards."""
_BROAD: Final = 190
"""From this width on there are three cards in a row of a column."""


class SideBySideScreen(NocScreen):
    """Two columns and what is shown in them; who drives is up to the screen built on it."""

    SCOPE: ClassVar[Scope] = "versus"
    CSS_PATH: ClassVar[CSSPathType | None] = "versus.tcss"

    alternating = reactive(False, toggle_class="-one", init=False)
    """Whether there is room for one side only."""
    broad = reactive(False, toggle_class="-broad", init=False)

    def __init__(self) -> None:
        super().__init__()
        self._duel: Duel | None = None
        self._chosen = 0
        """The side that the keys of the log and the debrief are about, and that is shown where there is one."""
        self._warned: set[str] = set()

    @property
    def duel(self) -> Duel:
        """The two sides. Only asked for once they have begun."""
        if self._duel is None:
            raise RuntimeError("they have not begun")
        return self._duel

    def compose(self) -> ComposeResult:
        width, height = self.app.size
        self.set_reactive(SideBySideScreen.alternating, width < SIDE_BY_SIDE)
        self.set_class(width < SIDE_BY_SIDE, "-one")
        self.set_reactive(SideBySideScreen.broad, width >= _BROAD)
        self.set_class(width >= _BROAD, "-broad")
        yield Banner()
        yield Static(id="compared", markup=False)
        with Container(id="columns"):
            key = display(self.noc.keys["log.filter"])
            for index in (0, 1):
                yield SideColumn(id=f"side-{index}", compact=self._is_compact(width, height), filter_key=key)
        yield KeyBar()

    @staticmethod
    def _is_compact(width: int, height: int) -> bool:
        return width < SIDE_BY_SIDE or height < _CARD_ROWS

    def on_resize(self, event: Resize) -> None:
        """Both sides or one, cards or strips."""
        width, height = event.size
        self.alternating = width < SIDE_BY_SIDE
        self.broad = width >= _BROAD
        for column in self.query(SideColumn):
            column.compact = self._is_compact(width, height)
        if self._duel is not None:
            self._show_all()

    def column(self, index: int) -> SideColumn:
        return self.query_one(f"#side-{index}", SideColumn)

    # --- keys of a column

    def action_other(self) -> None:
        """The other side: show it, or let the keys be about it."""
        self._choose(1 - self._chosen)
        self._show_all()

    def _choose(self, index: int) -> None:
        self._chosen = index
        for each in (0, 1):
            self.column(each).set_class(each == index, "-chosen")

    def action_filter_log(self) -> None:
        self.column(self._chosen).log_panel.open_filter()

    def action_severity(self) -> None:
        self.column(self._chosen).log_panel.cycle_severity()

    def action_scroll_log(self, lines: int) -> None:
        self.column(self._chosen).log_panel.incident_log.scroll_lines(lines)

    def action_close(self) -> None:
        """Close the filter of the log, if it is open; else leave."""
        panel = self.column(self._chosen).log_panel
        if panel.wanted.text:
            panel.close_filter()
        else:
            self.action_leave()

    # --- showing

    def _show_all(self) -> None:
        for index in (0, 1):
            self._show_side(index)
        self._show_comparison()
        self.refresh_keys()

    def _show_side(self, index: int) -> None:
        duel, column = self.duel, self.column(index)
        side = duel.sides[index]
        strips = strip_views(side.track, side.step, duel.metrics(1 - index))
        column.show_vitals(strips, health_view(side.track, side.step))
        self._show_driver(index)
        if isinstance(side, LiveSide) and (problem := side.track.recording_problem):
            self._warn_once(problem)

    def _show_driver(self, index: int) -> None:
        duel, column = self.duel, self.column(index)
        side, key = duel.sides[index], display(self.noc.keys["versus.other"])
        other = duel.sides[1 - index].name if self.alternating else ""
        chosen = index == self._chosen and not self.alternating
        column.show_head(head_view(side, chosen=chosen, turn=f"{index + 1} of 2: {key} shows {other}" if other else ""))
        column.show_driver(driver_view_of(side, duel.speed, self.noc.monotonic(), self.noc.keys))

    def _show_comparison(self) -> None:
        duel = self.duel
        track = duel.sides[0].track
        badge, kind = ("PAUSED", "paused") if duel.paused else ("SIDE BY SIDE", "agent")
        if duel.stands:
            badge, kind = ("ENDED", "ended") if duel.over else ("STOPPED", "error")
        self.query_one(Banner).view = BannerView(
            title=title_of(track),
            subtitle=subtitle_of(track),
            step=duel.step,
            max_steps=track.header.max_steps,
            clock=clock_text(duel.step * 30),
            badge=badge,
            badge_kind=kind,  # type: ignore[arg-type]  # one of the two literals above
        )
        key = display(self.noc.keys["versus.retry"])
        failed = [f"{side.name} has failed: {key} tries again" for side in duel.sides if side.failed]
        # Of one that is left behind nobody could say how far it is ahead, or behind.
        now = "" if duel.stands else "; ".join(failed) or duel.lead_in_words()
        words = [part for part in (duel.result_in_words(), duel.health_in_words(), now) if part]
        self.query_one("#compared", Static).update(clean(" · ".join(words), 400))

    def _warn_once(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self.noc.warn(text)
