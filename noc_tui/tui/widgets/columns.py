"""Columns of a table: which of them fit into the width, and how a row looks in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.painted import Painted, Run
from noc_tui.tui.widgets.row_list import MARGIN, pad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from noc_tui.tui.inks import Inks

T = TypeVar("T")

_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column of a table of `T`."""

    title: str
    text: Callable[[T], str]
    width: int
    rank: int
    """The columns of the highest rank are left out first where there is no room."""
    most: int = 0
    """How far it may grow; 0: not at all."""
    right: bool = False
    ink: Callable[[T], str] = lambda _: "soft"
    cut: Callable[[str, int], str] = fit
    """Shortens a text that is too long for the width."""


@dataclass(frozen=True, slots=True)
class Layout(Generic[T]):
    """The columns that fit, each with its width."""

    columns: tuple[tuple[Column[T], int], ...]

    @classmethod
    def of(cls, columns: Sequence[Column[T]], width: int) -> Layout[T]:
        """As many of the columns as fit into `width` cells; the room that is left goes to those that may grow."""
        shown = list(columns)
        while len(shown) > 1 and _needed(shown) > width:
            shown.remove(max(shown, key=lambda column: column.rank))
        left = width - _needed(shown)
        widths = []
        for column in shown:
            more = min(max(left, 0), max(column.most - column.width, 0))
            left -= more
            widths.append((column, column.width + more))
        return cls(tuple(widths))

    def head(self) -> list[Run]:
        """The titles."""
        return [run for column, width in self.columns for run in _cell(column.title, width, column.right, "muted")]

    def row(self, row: T) -> list[Run]:
        """One row."""
        return [
            run
            for column, width in self.columns
            for run in _cell(column.cut(column.text(row), width), width, column.right, column.ink(row))
        ]


def _cell(text: str, width: int, right: bool, ink: str) -> tuple[Run, Run]:
    return Run(pad(text, width, right=right), ink), Run(" " * _GAP)


def _needed(columns: Sequence[Column[T]]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)


class ColumnTitles(Painted, Generic[T]):
    """The titles of the columns, over a `RowList` of the same width."""

    INKS: ClassVar[Inks] = {"muted": "muted"}
    DEFAULT_CSS = """
    ColumnTitles {
        height: 1;
    }
    """

    def __init__(self, columns: Sequence[Column[T]], *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._columns = tuple(columns)

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:  # noqa: ARG002  (it has one line)
        yield [Run(" " * MARGIN), *Layout.of(self._columns, width - MARGIN).head()]
