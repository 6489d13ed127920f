"""Drawing with block characters on a fixed scale: the same height always means the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.tui.widgets.levels import Level, level_of
from noc_tui.tui.widgets.painted import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.sim.metrics import MetricSpec

EIGHTHS: Final = 8
"""A row of the terminal holds this many heights."""

# Only characters that every monospace font has: braille, for one, is missing from some.
BLOCKS: Final = " ▁▂▃▄▅▆▇█"
SHADE: Final = "▒"
"""A full cell of a calm column where there is no colour."""
DOWN: Final = "▒"
DOWN_PLAIN: Final = "╳"
CAPPED: Final = "▲"
THRESHOLD: Final = "…"
GHOST: Final = "...··˙˙˙"
"""A dot in the lowest to the highest eighth of a row."""


_BLANK: Final = Run(" ")
_LINE: Final = Run(THRESHOLD, "threshold")


class Sample(NamedTuple):
    """One value to draw."""

    value: float
    dim: bool = False
    """Whether it is from before the page."""
    ghost: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a metric over `rows` rows (>= 1). The threshold lies on the edge between two rows."""

    spec: MetricSpec
    rows: int
    top: int = field(init=False)
    """The greatest height in eighths. In a single row one eighth stays free, to part it from the row above."""
    threshold_row: int = field(init=False)
    """How many rows lie below the threshold: at least one, and one above it. 0 where there is no such edge.

    There is none in a single row, and none for the service, which is healthy at the full height only.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "top", self.rows * EIGHTHS if self.rows > 1 else EIGHTHS - 1)
        edge = 0
        if self.rows > 1 and self.spec.higher_is_worse:
            edge = min(max(round(self.spec.healthy_below / self.spec.full_scale * self.rows), 1), self.rows - 1)
        object.__setattr__(self, "threshold_row", edge)

    def eighths(self, value: float) -> int:
        """The height of a column in eighths of a row, from 1 to `top`; 0 for a service that is down.

        Straight from 0 to the threshold and from there to the full scale, so that no healthy value reaches over the
        threshold's edge and each value over the threshold does.
        """
        top, edge, limit = self.top, self.threshold_row * EIGHTHS, self.spec.healthy_below
        if not self.spec.higher_is_worse:
            return top if self.spec.is_healthy(value) else min(max(round(value * top), int(value > 0.0)), top - 1)
        if not edge:
            return min(max(round(value / self.spec.full_scale * top), 1), top)
        if value < limit:
            return min(max(round(value / limit * edge), 1), edge)
        over = (value - limit) / (self.spec.full_scale - limit)
        return min(max(edge + ceil(over * (top - edge)), edge + 1), top)

    def is_capped(self, value: float) -> bool:
        """Whether the value lies beyond the full scale."""
        return value > self.spec.full_scale


def draw_column(scale: Scale, sample: Sample, *, plain: bool = False) -> list[Run]:
    """The cells of a sample from top to bottom, one per row of the scale.

    `plain` is for terminals without colour: there full cells are shaded where calm and solid where loud.
    """
    value, dim, ghost = sample
    level, height, edge = level_of(scale.spec, value), scale.eighths(value), scale.threshold_row
    loud = level.ink + ("-dim" if dim else "")
    if not height:
        return [Run(DOWN_PLAIN if plain else DOWN, loud)] * scale.rows
    under = loud if level is Level.CALM else "calm-dim" if dim else "calm-under"
    full, rest = divmod(height, EIGHTHS)
    cells = [_full_cell(under, plain=plain)] * min(full, edge) + [_full_cell(loud, plain=plain)] * max(full - edge, 0)
    if rest:
        cells.append(Run(BLOCKS[rest], under if full < edge else loud))
    used = len(cells)
    cells += [_BLANK] * (scale.rows - used)
    if used <= edge > 0:
        cells[edge] = _LINE
    if scale.is_capped(value):
        cells[-1] = Run(CAPPED, "mark", loud)
    elif ghost is not None and scale.rows > 1:
        _add_ghost(cells, scale.eighths(ghost))
    cells.reverse()
    return cells


def _full_cell(ink: str, *, plain: bool) -> Run:
    if plain:
        return Run(SHADE if ink.startswith("calm") else BLOCKS[EIGHTHS], ink)
    # A coloured blank: in many fonts full blocks leave a seam between rows.
    return Run(" ", "", ink)


def ghost_mark(scale: Scale, value: float) -> str:
    """A dot at the height of the value, for a scale of a single row."""
    return GHOST[max(scale.eighths(value), 1) - 1]


def _add_ghost(cells: list[Run], height: int) -> None:
    """Puts a dot at that height into a column, whose first cell is the lowest; where its tip is, the tip stays."""
    row, fill = divmod(max(height, 1) - 1, EIGHTHS)
    cell = cells[row]
    if cell.ground:
        cells[row] = Run(GHOST[fill], "mark", cell.ground)
    elif cell.ink in {"", "threshold"}:
        cells[row] = Run(GHOST[fill], "ghost")


class Spacing(NamedTuple):
    """How many columns of the terminal one sample takes."""

    step: int
    before: int


def spacing(width: int) -> Spacing:
    """The spacing in a graph of that width: it depends on the room alone, so that a running strip never changes it."""
    if width >= 90:
        return Spacing(3, 2)
    return Spacing(2, 1) if width >= 32 else Spacing(1, 1)


def lay_out(
    width: int, values: Sequence[float], before: Sequence[float], ghost: Sequence[float | None] = ()
) -> list[tuple[Sample, int]]:
    """The samples that have room in `width` columns, from left to right, each with the columns it takes.

    The newest stands at the right; what has no room falls off at the left.
    """
    step, early = spacing(width)
    placed: list[tuple[Sample, int]] = []
    room = width
    for index in range(len(values) - 1, -1, -1):
        if room <= 0:
            break
        other = ghost[index] if index < len(ghost) else None
        placed.append((Sample(values[index], ghost=other), min(step, room)))
        room -= step
    for value in reversed(before):
        if room <= 0:
            break
        placed.append((Sample(value, dim=True), min(early, room)))
        room -= early
    placed.reverse()
    return placed


def draw(scale: Scale, width: int, samples: Sequence[tuple[Sample, int]], *, plain: bool = False) -> list[list[Run]]:
    """The rows of a graph from top to bottom, right-aligned in `width`; neighbours in the same inks are joined."""
    columns = [(draw_column(scale, sample, plain=plain), span) for sample, span in samples]
    blank = width - sum(span for _, span in columns)
    # A single row has no full cells to shade.
    striped = plain and scale.rows == 1
    rows = []
    for row in range(scale.rows):
        joined = [Run(" " * blank)]
        for cells, span in columns:
            glyph, ink, ground = cells[row]
            text = glyph + " " * (span - 1) if striped and ink.startswith("calm") else glyph * span
            last = joined[-1]
            if last.ink == ink and last.ground == ground:
                joined[-1] = Run(last.text + text, ink, ground)
            else:
                joined.append(Run(text, ink, ground))
        rows.append(joined)
    return rows
