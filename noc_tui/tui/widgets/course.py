"""The episode at a glance: the health after each step, what was done in it, and how many steps are left."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.reactive import reactive

from noc_tui.tui.inks import LEVEL_INKS, PLAIN_LEVEL_INKS
from noc_tui.tui.widgets.blocks import BLOCKS, EIGHTHS, SHADE
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.levels import Level, health_level
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.events import Resize

    from noc_tui.tui.inks import Inks

TITLE: Final = "Health by step"
TO_COME: Final = "·"
_WIDEST: Final = 3
"""Cells of a step, at most."""
_AROUND: Final = 2
"""Rows of the title, and of what was done."""


class CourseView(NamedTuple):
    """What is drawn."""

    health: tuple[float, ...] = ()
    """Health scores in [0, 1]: before the first of `done`, then after each of them."""
    done: tuple[str, ...] = ()
    """A character for what was done in each step: the key of the action."""
    left: int = 0
    """How many more steps there is time for."""
    over: bool = False
    """Whether none of them will be taken."""


class Course(Painted):
    """A column for each step, all as wide, so that the room up to the edge is the time that is left."""

    INKS: ClassVar[Inks] = {
        "title": "foreground bold",
        "key": "accent bold",
        "muted": "muted",
        **LEVEL_INKS,
    }
    PLAIN_INKS: ClassVar[Inks] = PLAIN_LEVEL_INKS
    DEFAULT_CSS = """
    Course {
        padding: 0 1;
        background: $surface;
        &.-low { background: $background; }
    }
    """

    view: reactive[CourseView] = reactive(CourseView())

    def on_resize(self, event: Resize) -> None:
        """Where there is no room for columns, there is no card either."""
        self.set_class(event.size.height <= _AROUND, "-low")

    def paint(self, width: int, height: int) -> Iterator[Iterable[Run]]:
        """The title, the columns, and below them what was done; nothing where there is no room for columns."""
        rows, view = height - _AROUND, self.view
        if rows < 1 or width < 1:
            return
        yield [Run(fit(TITLE, width), "title")]
        cells = min(max(width // max(len(view.done) + view.left + 1, 1), 1), _WIDEST)
        first = max(0, len(view.health) - width // cells)
        for row in range(rows):
            yield self._bars(view.health[first:], cells, rows, (rows - 1 - row) * EIGHTHS)
        yield _done(view, first, cells, width)

    def _bars(self, health: Sequence[float], cells: int, rows: int, floor: int) -> Iterable[Run]:
        """One row of the columns, `floor` eighths above the lowest; neighbours alike are joined."""
        drawn = ((min(max(round(each * rows * EIGHTHS) - floor, 0), EIGHTHS), health_level(each)) for each in health)
        for (eighths, level), same in groupby(drawn):
            count = cells * len(list(same))
            if eighths < EIGHTHS:
                yield Run(BLOCKS[eighths] * count, level.ink)
            elif self.app.no_color:
                yield Run((SHADE if level is Level.CALM else BLOCKS[EIGHTHS]) * count, level.ink)
            else:
                yield Run(" " * count, "", level.ink)  # full blocks leave a seam between rows in many fonts


def _done(view: CourseView, first: int, cells: int, width: int) -> Iterator[Run]:
    """What was done, below the columns that came of it, and a dot for each step to come."""
    blanks = " " * (cells - 1)
    if not first:
        yield Run(" " + blanks)
    done = view.done[max(0, first - 1) :]
    for each in done:
        yield Run(each + blanks, "key")
    room = width // cells - len(done) - (not first)
    if not view.over:
        yield Run((TO_COME + blanks) * min(view.left, max(room, 0)), "muted")
