"""The head of the home screen: the name, and an incident as the dashboard would draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from noc_tui.sim.metrics import METRICS
from noc_tui.tui.inks import PLAIN_LEVEL_INKS, STRIP_INKS
from noc_tui.tui.widgets.blocks import Scale, draw, lay_out
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.tui.inks import Inks

NAME: Final = "noc-tui"
TAGLINE: Final = "a flight simulator for on-call"
_INDENT: Final = 2
"""As far in as the rows of the menu below."""
_GAP: Final = 4
_LEAST_GRAPH: Final = 16

# Normal life, an onset, the page, and the way back: percent of CPU.
_BEFORE: Final = (40, 39, 41, 40, 42, 41, 40, 41, 43, 42, 40, 41, 41, 42, 41, 43, 44, 47, 51, 56, 62, 68, 74, 79)
_COURSE: Final = (88, 93, 94, 92, 84, 77, 70, 66, 60, 55, 51, 49)


class Masthead(Painted):
    """Name and tagline at the left, the graph at the right where there is room for it."""

    INKS: ClassVar[Inks] = {
        "name": "accent bold",
        "tagline": "soft",
        **STRIP_INKS,
    }
    PLAIN_INKS: ClassVar[Inks] = {**PLAIN_LEVEL_INKS, "calm-under": "muted"}
    DEFAULT_CSS = """
    Masthead {
        height: 3;
    }
    """

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:
        words = {height // 2: Run(NAME, "name"), height // 2 + 1: Run(TAGLINE, "tagline")}
        if height == 1:
            words = {0: Run(NAME, "name")}
        left = _INDENT + len(TAGLINE)
        graph = self._graph(width - left - _GAP, height)
        for y in range(height):
            run = words.get(y, Run(""))
            head = [Run(" " * _INDENT), run, Run(" " * (left + _GAP - _INDENT - len(run.text)))]
            yield [*head, *graph[y]] if graph else head

    def _graph(self, width: int, height: int) -> list[list[Run]]:
        if width < _LEAST_GRAPH or height < 2:
            return []
        course, before = ([percent / 100 for percent in part] for part in (_COURSE, _BEFORE))
        return draw(Scale(METRICS[0], height), width, lay_out(width, course, before), plain=self.app.no_color)
