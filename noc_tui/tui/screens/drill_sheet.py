"""The result sheet of a drill: the result in a line, a table, and what there is to say of the row under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.columns import Column, ColumnTitles, Layout
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.result_line import ResultLine
from noc_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content
    from textual.types import CSSPathType

    from noc_tui.tui.widgets.painted import Run
    from noc_tui.tui.widgets.result_line import ResultView

_HEIGHTS = [(0, "-low"), (32, "-high")]


class SheetScreen(NocScreen):
    """Rows in columns, told about one by one."""

    CSS_PATH: ClassVar[CSSPathType | None] = "drill_sheet.tcss"
    COLUMNS: ClassVar[tuple[Column[Any], ...]] = ()
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def compose(self) -> ComposeResult:
        yield Banner()
        yield ResultLine()
        with Vertical(id="sheet"):
            yield Static(id="sheet-row", markup=False)
            yield ColumnTitles(self.COLUMNS)
            rows: RowList[Any] = RowList(self._paint, id="sheet-rows")
            yield rows
            yield Static(id="sheet-why", markup=False)
        yield KeyBar()

    @property
    def rows(self) -> RowList[Any]:
        """The table."""
        return self.query_one("#sheet-rows", RowList)

    def show_sheet(self, result: ResultView, line: Content | str, rows: Sequence[object]) -> None:
        """Show all of it, with the cursor on the first row."""
        self.query_one(ResultLine).view = result
        self.query_one("#sheet-row", Static).update(line)
        self.rows.styles.max_height = len(rows)  # so that what is told of a row stands right below a short table
        self.rows.show(rows)
        self.rows.focus()

    def about(self, row: Any) -> Content | str:
        """What there is to say of a row."""
        raise NotImplementedError

    def on_row_list_highlighted(self) -> None:
        """Tell about the row under the cursor."""
        row = self.rows.current
        self.query_one("#sheet-why", Static).update("" if row is None else self.about(row))

    def _paint(self, row: Any, width: int) -> list[Run]:
        return Layout.of(self.COLUMNS, width).row(row)
