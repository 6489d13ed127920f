"""What the tutorial says, below the dashboard."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

from noc_tui.tui.widgets.cells import wrap

ROWS: Final = 5
"""Its usual height: three lines of text at 80 cells, with a blank one above and below."""
_LOW: Final = 20
"""Rows of a window in which there is no room for blank ones."""
_AROUND: Final = 5
"""Cells beside the text: the edge, and blanks."""


class Guide(Static):
    """A few sentences, with how far one has come."""

    DEFAULT_CSS = """
    Guide {
        height: 5;
        padding: 1 2;
        background: $panel;
        border-left: thick $accent;
        &.-tight { padding: 0 2; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._text = ""

    def say(self, text: Content, number: int, of: int) -> None:
        """Say this, the `number`th thing of so many."""
        told = Content.assemble((f"{number}/{of}  ", "$muted"), text)
        self._text = told.plain
        self.update(told)

    def lay_out(self, width: int, height: int) -> int:
        """Take as many rows as the text needs in a window of that size, up to half of it; how many these are."""
        room = max(1, width - _AROUND)
        needed = len(wrap(self._text, room, room))
        tight = needed > ROWS - 2 or height < _LOW
        self.set_class(tight, "-tight")
        rows = max(1, min(needed, height // 2)) if tight else ROWS
        self.styles.height = rows
        return rows
