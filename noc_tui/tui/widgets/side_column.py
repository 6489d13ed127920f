"""One side of a comparison: who it is, its strips, its health, what its driver thinks, its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.reactive import reactive

from noc_tui.sim.metrics import METRICS
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.health_bar import HealthBar
from noc_tui.tui.widgets.log_panel import LogPanel
from noc_tui.tui.widgets.metric_strip import MetricStrip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from noc_tui.tui.widgets.banner import BannerView
    from noc_tui.tui.widgets.driver_panel import DriverView
    from noc_tui.tui.widgets.health_bar import HealthView
    from noc_tui.tui.widgets.metric_strip import StripView


class SideColumn(Vertical):
    """The widgets of the dashboard in one column; what they show is given to it."""

    compact = reactive(True, toggle_class="-compact", init=False)
    """Strips of one line, and a driver in one or two."""

    def __init__(self, *, id: str, compact: bool, filter_key: str) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._filter_key = filter_key
        self.set_reactive(SideColumn.compact, compact)
        self.set_class(compact, "-compact")

    def compose(self) -> ComposeResult:
        yield Banner(classes="side-head")
        with Container(classes="side-vitals"):
            for spec in METRICS:
                strip = MetricStrip(spec, classes=spec.name)
                strip.compact = self.compact
                yield strip
        yield HealthBar()
        driver = DriverPanel()
        driver.compact = self.compact
        yield driver
        yield LogPanel(compact=True, filter_key=self._filter_key)

    def watch_compact(self, compact: bool) -> None:
        for strip in self.query(MetricStrip):
            strip.compact = compact
        self.query_one(DriverPanel).compact = compact

    @property
    def log_panel(self) -> LogPanel:
        return self.query_one(LogPanel)

    def show_head(self, view: BannerView) -> None:
        """Who it is, how far, and what it is doing."""
        self.query_one(Banner).view = view

    def show_vitals(self, strips: Sequence[StripView], health: HealthView) -> None:
        """The metrics, in the order of `METRICS`, and the health line."""
        for strip, view in zip(self.query(MetricStrip), strips, strict=True):
            strip.view = view
        self.query_one(HealthBar).view = health

    def show_driver(self, view: DriverView | None) -> None:
        """What the driver is doing; None where there is none any more."""
        self.query_one(DriverPanel).view = view
