"""The one dashboard that play, watch and replay share: what stands where, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from noc_tui.sim.metrics import METRICS
from noc_tui.tui.frame import clock_text, course_view, first_pad_items, health_view, pad_items, strip_views
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.action_pad import ActionPad, compact_rows
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.course import Course
from noc_tui.tui.widgets.driver_panel import DriverPanel, rows_wanted
from noc_tui.tui.widgets.health_bar import HealthBar
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.log_panel import LogPanel
from noc_tui.tui.widgets.metric_strip import MetricStrip
from noc_tui.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.types import CSSPathType

    from noc_tui.episode.track import Track
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.tui.widgets.driver_panel import DriverView

CARD_COLUMNS = 100
CARD_ROWS = 30
"""From this size on the metrics are cards; below it they are strips of one line."""

SPACIOUS_ROWS = 36
"""From this height on the cards have blank rows around them."""

TELLING_ROWS = 24
"""From this height on there is a row for what a driver says."""

_LEAST_LOG = 3
"""Rows of a log that is worth its place: its title and two lines."""


def left_out(wanted: Mapping[str, int], room: int) -> tuple[str, ...]:
    """What of `wanted` (rows by name, the most important first) does not fit into `room` rows, in the same order.

    If anything does not, a row is kept free for saying so.
    """
    if sum(wanted.values()) <= room:
        return ()
    room -= 1
    hidden = []
    for name, rows in wanted.items():
        if rows <= room:
            room -= rows
        else:
            hidden.append(name)
    return tuple(hidden)


def notice_of(hidden: Sequence[str], width: int) -> str:
    """What is hidden, in as many words as `width` cells have room for."""
    names = ", ".join(hidden)
    sentences = (f"Hidden here: {names}. All keys work.", f"Hidden here: {names}.", f"Hidden: {names}")
    return next((text for text in sentences if len(text) <= width), fit(f"No {names}", max(width, 1)))


class DashboardScreen(NocScreen):
    """The layout and what it shows of a track; who drives is up to the screens built on it."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dashboard.tcss"

    PAD_ROWS: ClassVar[int] = 7
    """Title and six actions."""

    TELLS: ClassVar[bool] = False
    """Whether what a driver says has a row of its own among strips of one line, where there is room for it."""

    HAS_COURSE: ClassVar[bool] = False
    """Whether the health by step stands below the actions, where there is room for it."""

    compact = reactive(False, toggle_class="-compact", init=False)
    spacious = reactive(True, toggle_class="-spacious", init=False)

    def compose(self) -> ComposeResult:
        # In its form from the start: a class that changes after mounting styles everything once more.
        compact = self._is_compact(*self.app.size)
        self.set_reactive(DashboardScreen.compact, compact)
        self.set_class(compact, "-compact")
        spacious = self.app.size.height >= SPACIOUS_ROWS
        self.set_reactive(DashboardScreen.spacious, spacious)
        self.set_class(spacious, "-spacious")
        self._make_room_for_course()
        yield Banner()
        with Vertical(id="stage"):
            with Horizontal(id="vitals"):
                for spec in METRICS:
                    strip = MetricStrip(spec, id=spec.name)
                    strip.compact = compact
                    yield strip
            yield HealthBar()
            driver = DriverPanel()
            driver.compact, driver.told = compact, self._tells(self.app.size.height)
            yield driver
            with Horizontal(id="bottom"):
                yield LogPanel(compact=compact, filter_key=display(self.noc.keys["log.filter"]))
                pad = ActionPad()
                pad.compact = compact
                pad.items = first_pad_items(self._shown_keys())
                yield pad
                if self.HAS_COURSE:
                    yield Course()
        yield from self.compose_timeline()
        yield Static(id="hidden", markup=False)
        yield KeyBar()

    def compose_timeline(self) -> ComposeResult:
        """Nothing, unless there is a recording to move about in."""
        yield from ()

    # --- size

    def on_mount(self) -> None:
        """Make room for whoever drives, and use it when nobody has to be shown."""
        self.watch(self.query_one(DriverPanel), "view", self._driver_changed, init=False)

    def _driver_changed(self, before: DriverView | None, view: DriverView | None) -> None:
        told = self.query_one(DriverPanel).told
        if rows_wanted(before, told=told) != rows_wanted(view, told=told):
            self.lay_out(*self.size)

    def on_resize(self, event: Resize) -> None:
        """Choose cards or strips, and say what a small window hides."""
        width, height = event.size
        self.compact = self._is_compact(width, height)
        self.spacious = height >= SPACIOUS_ROWS
        self._make_room_for_course()
        self.query_one(DriverPanel).told = self._tells(height)
        self.lay_out(width, height)

    def _tells(self, height: int) -> bool:
        return self.TELLS and height >= TELLING_ROWS

    def _make_room_for_course(self) -> None:
        self.set_class(self.HAS_COURSE and self.spacious and not self.compact, "-coursed")

    @staticmethod
    def _is_compact(width: int, height: int) -> bool:
        return width < CARD_COLUMNS or height < CARD_ROWS

    def watch_compact(self, compact: bool) -> None:
        for strip in self.query(MetricStrip):
            strip.compact = compact
        self.query_one(ActionPad).compact = compact
        self.query_one(LogPanel).compact = compact
        self.query_one(DriverPanel).compact = compact

    def lay_out(self, width: int, height: int) -> None:
        """Hide what there is no room for, the least important first, and say so."""
        pad = self.query_one(ActionPad)
        rows = compact_rows(pad.items, width - 2) if self.compact else self.PAD_ROWS
        pad.styles.height = rows
        hidden: tuple[str, ...] = ()
        if self.compact:
            driver = self.query_one(DriverPanel)
            taken = 2 + len(METRICS) + rows_wanted(driver.view, told=driver.told) + 2 * len(self.query(Timeline))
            hidden = left_out({"actions": rows, "health": 1, "log": _LEAST_LOG}, height - taken)
        pad.display = "actions" not in hidden
        self.query_one(HealthBar).display = "health" not in hidden
        self.query_one(LogPanel).display = "log" not in hidden
        notice = self.query_one("#hidden", Static)
        notice.display = bool(hidden) and height > 2 + len(METRICS)
        notice.update(notice_of(hidden, width - 2))

    # --- what is shown

    def show_metrics(self, track: Track, step: int, *, enabled: bool, extras: tuple[tuple[str, str], ...] = ()) -> None:
        """Show strips, health and action pad as they stood after `step` steps."""
        for spec, view in zip(METRICS, strip_views(track, step, self.ghost_metrics()), strict=True):
            self.query_one(f"#{spec.name}", MetricStrip).view = view
        self.query_one(HealthBar).view = health_view(track, step, extras)
        keys = self._shown_keys()
        self.query_one(ActionPad).items = pad_items(track, step, keys, enabled=enabled)
        for course in self.query(Course):
            course.view = course_view(track, step, keys)

    def ghost_metrics(self) -> tuple[SystemMetrics, ...]:
        """The run that this one is compared with: its metrics at the page and after each step; nothing without one."""
        return ()

    def _shown_keys(self) -> dict[str, str]:
        return {action_id: display(key) for action_id, key in self.noc.keys.items()}

    @staticmethod
    def clock_at(step: int) -> str:
        """The incident clock after `step` steps."""
        return clock_text(step * 30)

    # --- keys of the log

    def action_filter_log(self) -> None:
        self.query_one(LogPanel).open_filter()

    def action_severity(self) -> None:
        self.query_one(LogPanel).cycle_severity()

    def action_scroll_log(self, lines: int) -> None:
        self.query_one(LogPanel).incident_log.scroll_lines(lines)

    def action_close(self) -> None:
        """Close the filter of the log, if it is open; else leave."""
        panel = self.query_one(LogPanel)
        if panel.wanted.text:
            panel.close_filter()
        else:
            self.action_leave()
