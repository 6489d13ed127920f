"""What the widgets that draw their own lines have in common: named inks, and lines kept until something changes."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from noc_tui.tui.inks import Inks, ink_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Region


class Run(NamedTuple):
    """Text in one ink, by the name that the widget has for it; the empty one is the widget's own style."""

    text: str
    ink: str = ""
    ground: str = ""
    """The ink whose colour stands behind the text; empty for the widget's own background."""


def cells_of(runs: Iterable[Run]) -> int:
    """How many cells the runs take together."""
    return sum(cell_len(run.text) for run in runs)


class Painted(Widget):
    """A widget that paints its lines whole, from its state and size, and keeps them until one of those changes."""

    ALLOW_SELECT = False
    INKS: ClassVar[Inks] = {}
    PLAIN_INKS: ClassVar[Inks] = {}
    """What stands instead where there are no colours (NO_COLOR)."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (as Textual has it)
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []
        self._lines_size = Size(0, 0)
        self._styles: LRUCache[tuple[str, str], Style] = LRUCache(64)

    @abstractmethod
    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:
        """The lines from top to bottom, each at most `width` cells; missing ones are blank."""

    def render_line(self, y: int) -> Strip:
        if not self._lines or self._lines_size != self.size:
            self._lines_size = self.size
            self._lines = [self._strip(line) for line in self.paint(*self.size)]
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self._style())

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Painted:
        self._lines = []
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lines = []
        self._styles.clear()

    def _strip(self, line: Iterable[Run]) -> Strip:
        segments = [Segment(run.text, self._style(run.ink, run.ground)) for run in line if run.text]
        return Strip(segments).adjust_cell_length(self.size.width, self._style())

    def _style(self, ink: str = "", ground: str = "") -> Style:
        style = self._styles.get((ink, ground))
        if style is None:
            style = self.rich_style
            if ink:
                style += self._ink_style(ink)
            if ground:
                style += Style(bgcolor=self._ink_style(ground).color)
            self._styles[ink, ground] = style
        return style

    def _ink_style(self, ink: str) -> Style:
        plain = self.PLAIN_INKS.get(ink) if self.app.no_color else None
        return ink_style(plain or self.INKS[ink], self.app.theme_variables)
