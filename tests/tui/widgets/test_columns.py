"""Columns of a table: which fit, how wide, and their titles above them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from noc_tui.tui.widgets.columns import Column, ColumnTitles, Layout
from noc_tui.tui.widgets.painted import cells_of
from noc_tui.tui.widgets.row_list import RowList
from tests.tui.widgets.hosting import hosted, shown

COLUMNS: tuple[Column[str], ...] = (
    Column("Name", lambda row: row, 6, rank=0, most=20),
    Column("Size", lambda row: str(len(row)), 4, rank=1, right=True),
    Column("Note", lambda row: row * 3, 10, rank=2, most=12),
)


def widths(width: int) -> dict[str, int]:
    return {column.title: cells for column, cells in Layout.of(COLUMNS, width).columns}


def test_what_is_left_goes_to_the_columns_that_may_grow_from_the_left() -> None:
    assert widths(24) == {"Name": 6, "Size": 4, "Note": 10}
    assert widths(30) == {"Name": 12, "Size": 4, "Note": 10}
    assert widths(99) == {"Name": 20, "Size": 4, "Note": 12}


def test_the_last_column_stays_though_it_does_not_fit() -> None:
    assert widths(13) == {"Name": 7, "Size": 4}
    assert widths(1) == {"Name": 6}


def test_numbers_stand_at_the_right_below_their_title() -> None:
    layout = Layout.of(COLUMNS, 24)
    assert layout.head()[2].text == "Size"
    assert layout.row("abc")[2].text == "   3"


def test_a_column_may_have_its_own_way_of_cutting() -> None:
    column: Column[str] = Column("Name", str, 4, rank=0, cut=lambda text, width: text[-width:])
    assert Layout.of([column], 4).row("abcdef")[0].text == "cdef"


@given(st.integers(6, 80), st.text(max_size=40))
def test_a_row_is_as_wide_as_the_titles(width: int, row: str) -> None:
    layout = Layout.of(COLUMNS, width)
    assert cells_of(layout.row(row)) == cells_of(layout.head())
    assert sum(cell_len(run.text) for run in layout.head()) <= width + 2


async def test_the_titles_stand_over_the_cells_of_the_list_below() -> None:
    titles = ColumnTitles(COLUMNS)
    rows: RowList[str] = RowList(lambda row, width: Layout.of(COLUMNS, width).row(row))
    async with hosted(titles, (40, 1)):
        head = shown(titles)[0]
    async with hosted(rows, (40, 5)):
        rows.show(["abc"])
        row = shown(rows)[0]
    assert row.index("abc") == head.index("Name")
    assert row.index("3") == head.index("Size") + 3
    assert row.index("abcabcabc") == head.index("Note")
