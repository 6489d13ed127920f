"""A position on the dashboard in which one action is asked for: what the drills spot and retry are built on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical

from noc_tui.tui.frame import log_entries, pad_items
from noc_tui.tui.pacer import HeldKey
from noc_tui.tui.screens.dashboard import DashboardScreen
from noc_tui.tui.widgets.action_pad import TITLE, ActionPad, compact_rows
from noc_tui.tui.widgets.answer_panel import FEW_ROWS, ROWS, AnswerPanel
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key
    from textual.types import CSSPathType

    from noc_tui.episode.track import Track
    from noc_tui.tui.widgets.action_pad import PadItem

TICK_SECONDS: Final = 0.05
_LOW: Final = 20
"""Rows of a window in which there is no room for reasons."""


class PositionScreen(DashboardScreen):
    """Strips, log and actions of an episode that stands still, and below them what is asked and answered."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dashboard.tcss", "drill_position.tcss"]

    HELD: ClassVar[tuple[str, ...]] = ("act.", "naming.")
    """The ids of keys that count once while they are held begin with these."""

    def __init__(self) -> None:
        super().__init__()
        self._held = HeldKey()

    def compose_timeline(self) -> ComposeResult:
        """What is asked, in the place of a recording's timeline."""
        with Vertical(id="asked"):
            yield AnswerPanel()

    def lay_out(self, width: int, height: int) -> None:
        """Keep room for what is asked."""
        rows = FEW_ROWS if height < _LOW else ROWS
        self.query_one("#asked").styles.height = rows + self.spacious
        super().lay_out(width, height - rows)

    def show_position(self, track: Track) -> None:
        """Show an episode as it stands."""
        self.query_one(LogPanel).show(log_entries(track, track.steps))
        self.show_metrics(track, track.steps, enabled=True)
        self.show_pad(TITLE, pad_items(track, track.steps, self._shown_keys(), enabled=True))

    def show_pad(self, title: str, items: tuple[PadItem, ...]) -> None:
        """Show what can be chosen now."""
        pad = self.query_one(ActionPad)
        before = compact_rows(pad.items, self.size.width - 2)
        pad.title, pad.items = title, items
        if compact_rows(items, self.size.width - 2) != before:
            self.lay_out(*self.size)

    def on_key(self, event: Key) -> None:
        """A key that is held down counts once, and not as the answer to the next question either."""
        keys = {key for action_id, key in self.noc.keys.items() if action_id.startswith(self.HELD)}
        if event.key in keys and self._held.is_repeat(event.key, self.noc.monotonic()):
            event.stop()
            event.prevent_default()
