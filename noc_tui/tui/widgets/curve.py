"""The course of the health score over an episode, on a fixed scale."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.reactive import reactive

from noc_tui.tui.inks import LEVEL_INKS, PLAIN_LEVEL_INKS
from noc_tui.tui.widgets.blocks import BLOCKS, EIGHTHS, SHADE
from noc_tui.tui.widgets.levels import Level, health_level
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from noc_tui.tui.inks import Inks

DOT: Final = "•"
_LABEL: Final = 6
"""Cells of `100 % `."""
_ROOM_FOR_WORDS: Final = 6
"""Rows from which on the words have one beside the marks."""


class Mark(NamedTuple):
    """A glyph under a column."""

    glyph: str
    ink: str
    weight: int = 0
    """Where several columns share a cell, the mark of the greatest weight is shown."""


class CurveView(NamedTuple):
    """What is drawn."""

    values: tuple[float, ...] = ()
    """Health scores in [0, 1]: at the page, then after each step."""
    start: str = ""
    """What stands below the first of them, and below the last."""
    end: str = ""
    ghost: tuple[float, ...] = ()
    """The same of the run that is compared with, value for value beside `values`."""
    marks: tuple[Mark, ...] = ()
    """A glyph for each value after the first, on a row of their own below the columns."""
    at: int | None = None
    """Which value after the first (from 1) the reader looks at: its mark is pointed out."""


class Curve(Painted):
    """Columns from 0 % at the bottom to 100 % at the top, over the whole width; each as loud as the health is bad."""

    INKS: ClassVar[Inks] = {
        "axis": "muted",
        **LEVEL_INKS,
        "muted": "muted",
        "ghost": "ghost bold",
        "at": "background bold",
    }
    PLAIN_INKS: ClassVar[Inks] = PLAIN_LEVEL_INKS
    DEFAULT_CSS = """
    Curve {
        height: 6;
    }
    """

    view: reactive[CurveView] = reactive(CurveView())

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:
        """The rows from top to bottom, the scale at the left, the words below the ends."""
        view, room = self.view, max(1, width - _LABEL)
        marked = bool(view.marks) and height > 2
        worded = height > 1 and (not marked or height >= _ROOM_FOR_WORDS)
        rows = max(1, height - marked - worded)
        columns = self._columns(room, rows)
        for row in range(rows):
            floor = (rows - 1 - row) * EIGHTHS
            yield [Run(_label(row, rows), "axis"), *self._bars(columns, floor)]
        if marked:
            yield [Run(" " * _LABEL), *mark_runs(view, room)]
        if worded:
            between = " " * max(1, room - len(view.start) - len(view.end))
            yield [Run(" " * _LABEL + view.start + between + view.end, "axis")]

    def _columns(self, room: int, rows: int) -> list[_Drawn]:
        view = self.view
        ghost = view.ghost[: len(view.values)]
        ghost += ghost[-1:] * (len(view.values) - len(ghost)) if ghost else ()
        dots: Sequence[float | None] = spread(ghost, room) or [None] * room
        return [
            _Drawn(
                round(value * rows * EIGHTHS),
                health_level(value),
                None if dot is None else min(int(dot * rows), rows - 1) * EIGHTHS,
            )
            for value, dot in zip(spread(view.values, room), dots, strict=False)
        ]

    def _bars(self, columns: Sequence[_Drawn], floor: int) -> Iterable[Run]:
        """One row of the columns, of which each stands so many eighths high; neighbours alike are joined."""
        cells = (
            (min(max(column.eighths - floor, 0), EIGHTHS), column.level, column.dot == floor) for column in columns
        )
        for (eighths, level, dotted), same in groupby(cells):
            count = len(list(same))
            if dotted:
                yield Run(DOT * count, "ghost", level.ink if eighths == EIGHTHS and not self.app.no_color else "")
            elif eighths < EIGHTHS:
                yield Run(BLOCKS[eighths] * count, level.ink)
            elif self.app.no_color:
                yield Run((SHADE if level is Level.CALM else BLOCKS[EIGHTHS]) * count, level.ink)
            else:
                # Coloured blanks: in many fonts full blocks leave a seam between rows.
                yield Run(" " * count, "", level.ink)


class _Drawn(NamedTuple):
    """A column of the curve."""

    eighths: int
    level: Level
    dot: int | None
    """In which row the ghost stands: the eighths below it."""


def mark_runs(view: CurveView, width: int) -> Iterable[Run]:
    """The marks below the middle of their columns; of those that share a cell the weightiest, or the one looked at."""
    cells: dict[int, tuple[int, Mark]] = {}
    for number, mark in enumerate(view.marks, 1):
        cell = _middle(number, len(view.marks) + 1, width)
        if number == view.at or cell not in cells or _outweighs(mark, cells[cell], view.at):
            cells[cell] = (number, mark)
    at = 0
    for cell, (number, mark) in sorted(cells.items()):
        if at <= cell < width:
            yield Run(" " * (cell - at))
            yield Run(mark.glyph, "at", mark.ink) if number == view.at else Run(mark.glyph, mark.ink)
            at = cell + 1


def _outweighs(mark: Mark, other: tuple[int, Mark], at: int | None) -> bool:
    return other[0] != at and mark.weight > other[1].weight


def _middle(value: int, values: int, width: int) -> int:
    """The middle cell of a value's column, as `spread` lays them."""
    if values > width:
        return round(value * (width - 1) / (values - 1))
    first, after = -(-value * width // values), -(-(value + 1) * width // values)
    return (first + after - 1) // 2


def _label(row: int, rows: int) -> str:
    """The scale: both ends, and the middle where a row begins there."""
    if row == 0:
        return "100 % "
    if row == rows - 1:
        return "  0 % "
    return " 50 % " if row * 2 == rows else " " * _LABEL


def spread(values: Sequence[float], width: int) -> list[float]:
    """The values over `width` (>= 1) columns: as wide as there is room for, or thinned out evenly, ends included."""
    count = len(values)
    if count <= width:
        return [values[column * count // width] for column in range(width)] if values else []
    if width == 1:
        return [values[-1]]
    return [values[round(column * (count - 1) / (width - 1))] for column in range(width)]
