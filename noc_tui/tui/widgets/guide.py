"""What the tutorial says, below the dashboard."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

ROWS = 5
"""Its height: three lines of text at 80 cells, with a blank one above and below."""


class Guide(Static):
    """A few sentences, with how far one has come."""

    DEFAULT_CSS = """
    Guide {
        height: 5;
        padding: 1 2;
        background: $panel;
        border-left: thick $accent;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, text: Content, number: int, of: int) -> None:
        """Say this, the `number`th thing of so many."""
        self.update(Content.assemble((f"{number}/{of}  ", "$muted"), text))
