"""The course of the health score over an episode, on a fixed scale."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.reactive import reactive

from noc_tui.tui.widgets.blocks import BLOCKS, EIGHTHS, SHADE
from noc_tui.tui.widgets.levels import Level, health_level
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from noc_tui.tui.inks import Inks

_LABEL: Final = 6
"""Cells of `100 % `."""


class CurveView(NamedTuple):
    """What is drawn."""

    values: tuple[float, ...] = ()
    """Health scores in [0, 1]: at the page, then after each step."""
    start: str = ""
    """What stands below the first of them, and below the last."""
    end: str = ""


class Curve(Painted):
    """Columns from 0 % at the bottom to 100 % at the top, over the whole width; each as loud as the health is bad."""

    INKS: ClassVar[Inks] = {
        "axis": "muted",
        "calm": "calm",
        "breach": "breach",
        "critical": "critical",
    }
    PLAIN_INKS: ClassVar[Inks] = {
        "calm": "muted",
        "breach": "foreground",
        "critical": "foreground",
    }
    DEFAULT_CSS = """
    Curve {
        height: 6;
    }
    """

    view: reactive[CurveView] = reactive(CurveView())

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:
        """The rows from top to bottom, the scale at the left, the words below the ends."""
        view, room, rows = self.view, max(1, width - _LABEL), max(1, height - 1)
        columns = [(round(value * rows * EIGHTHS), health_level(value)) for value in spread(view.values, room)]
        for row in range(rows):
            floor = (rows - 1 - row) * EIGHTHS
            yield [Run(_label(row, rows), "axis"), *self._bars(columns, floor)]
        if height > 1:
            between = " " * max(1, room - len(view.start) - len(view.end))
            yield [Run(" " * _LABEL + view.start + between + view.end, "axis")]

    def _bars(self, columns: Sequence[tuple[int, Level]], floor: int) -> Iterable[Run]:
        """One row of the columns, of which each stands so many eighths high; neighbours alike are joined."""
        for (eighths, level), cells in groupby((min(max(height - floor, 0), EIGHTHS), lvl) for height, lvl in columns):
            count = len(list(cells))
            if eighths < EIGHTHS:
                yield Run(BLOCKS[eighths] * count, level.ink)
            elif self.app.no_color:
                yield Run((SHADE if level is Level.CALM else BLOCKS[EIGHTHS]) * count, level.ink)
            else:
                # Coloured blanks: in many fonts full blocks leave a seam between rows.
                yield Run(" " * count, "", level.ink)


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
