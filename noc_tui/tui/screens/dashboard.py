"""The one dashboard that play, watch and replay share: what stands where, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from noc_tui.sim.metrics import METRICS
from noc_tui.tui.frame import clock_text, first_pad_items, health_view, pad_items, strip_views
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.health_bar import HealthBar
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.log_panel import LogPanel
from noc_tui.tui.widgets.metric_strip import MetricInks, MetricStrip

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.types import CSSPathType

    from noc_tui.episode.track import Track

CARD_COLUMNS = 100
CARD_ROWS = 30
"""From this size on the metrics are cards; below it they are strips of one line."""

PAD_COLUMNS = 66
"""From this width on the six actions stand in three columns."""


class DashboardScreen(NocScreen):
    """The layout and what it shows of a track; who drives is up to the screens built on it."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dashboard.tcss"

    PAD_ROWS: ClassVar[int] = 7
    """Title and six actions."""

    compact = reactive(False, toggle_class="-compact", init=False)

    def compose(self) -> ComposeResult:
        # In its form from the start: a class that changes after mounting styles everything once more.
        compact = self._is_compact(*self.app.size)
        self.set_reactive(DashboardScreen.compact, compact)
        self.set_class(compact, "-compact")
        yield MetricInks()
        yield Banner()
        with Vertical(id="stage"):
            with Horizontal(id="vitals"):
                for spec in METRICS:
                    strip = MetricStrip(spec, id=spec.name)
                    strip.compact = compact
                    yield strip
            yield HealthBar()
            yield DriverPanel()
            with Horizontal(id="bottom"):
                yield LogPanel(compact=compact)
                pad = ActionPad()
                pad.compact = compact
                pad.items = first_pad_items(self._shown_keys())
                yield pad
        yield from self.compose_timeline()
        yield Static(id="hidden", markup=False)
        yield KeyBar()

    def compose_timeline(self) -> ComposeResult:
        """Nothing, unless there is a recording to move about in."""
        yield from ()

    # --- size

    def on_resize(self, event: Resize) -> None:
        """Choose cards or strips, and say what a small window hides."""
        width, height = event.size
        self.compact = self._is_compact(width, height)
        self.lay_out(width, height)

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
        self.query_one(ActionPad).styles.height = (
            self.PAD_ROWS if not self.compact else 2 if width >= PAD_COLUMNS else 3
        )
        hidden = []
        for name, selector, rows in (
            ("log", "LogPanel", 15),
            ("health", "HealthBar", 12),
            ("actions", "ActionPad", 11),
        ):
            shown = height >= rows
            self.query_one(selector).display = shown
            if not shown:
                hidden.append(name)
        notice = self.query_one("#hidden", Static)
        notice.display = bool(hidden) and height >= 9
        notice.update(f"Too low for: {', '.join(hidden)}. All keys work.")

    # --- what is shown

    def show_metrics(self, track: Track, step: int, *, enabled: bool, extras: tuple[tuple[str, str], ...] = ()) -> None:
        """Show strips, health and action pad as they stood after `step` steps."""
        for spec, view in zip(METRICS, strip_views(track, step), strict=True):
            self.query_one(f"#{spec.name}", MetricStrip).view = view
        self.query_one(HealthBar).view = health_view(track, step, extras)
        self.query_one(ActionPad).items = pad_items(track, step, self._shown_keys(), enabled=enabled)

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
