"""One metric: its name, its value, its course on a fixed scale, and in words where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.reactive import reactive

from noc_tui.tui.inks import PLAIN_LEVEL_INKS, STRIP_INKS
from noc_tui.tui.widgets.blocks import Scale, draw, ghost_mark, lay_out
from noc_tui.tui.widgets.levels import Level, exact, level_of, standing, trend
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.sim.metrics import MetricSpec
    from noc_tui.tui.inks import Inks

LABEL_WIDTH: Final = 8
VALUE_WIDTH: Final = 8
WORDS_WIDTH: Final = 18
"""The room of label, value and words in the one-line form."""
LEAST_GRAPH: Final = 12
"""Where a graph would get narrower than this, the words shrink to their glyph."""


@dataclass(frozen=True, slots=True)
class StripView:
    """What a strip shows. Only the last values that have room are drawn: a tail will do for a long episode."""

    values: tuple[float, ...] = ()
    """The metric at the page and after each step since, as fractions of 1."""
    before: tuple[float, ...] = ()
    """The samples before the page."""
    ghost: tuple[float | None, ...] = ()
    """The run that is compared with, index for index beside `values`; None where it has no value.

    A card shows its course; a single row has room for where it stands now, as a dot behind the newest column.
    """

    @property
    def value(self) -> float | None:
        """The newest value."""
        return self.values[-1] if self.values else self.before[-1] if self.before else None

    @property
    def previous(self) -> float | None:
        """The value one step earlier."""
        last_two = self.before[-2:] + self.values[-2:]
        return last_two[-2] if len(last_two) > 1 else None


class MetricStrip(Painted):
    """One metric as a card, or as one line when `compact`."""

    INKS: ClassVar[Inks] = {
        "title": "foreground bold",
        "muted": "muted",
        "track": "surface",
        "mark": "surface bold",
        "ghost": "ghost bold",
        "value-calm": "calm bold",
        "value-breach": "breach bold",
        "value-critical": "critical bold",
        **STRIP_INKS,
    }
    PLAIN_INKS: ClassVar[Inks] = {
        **PLAIN_LEVEL_INKS,
        "calm-under": "muted",
        "value-calm": "muted",
        "value-breach": "foreground bold",
        "value-critical": "foreground bold reverse",
    }
    DEFAULT_CSS = """
    MetricStrip {
        height: 8;
        padding: 0 1;
        background: $surface;
        &.-compact { height: 1; background: $background; }
    }
    """

    view: reactive[StripView] = reactive(StripView())
    compact: reactive[bool] = reactive(False, layout=True, toggle_class="-compact")

    def __init__(self, spec: MetricSpec, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (as Textual has it)
        super().__init__(id=id, classes=classes)
        self.spec = spec

    def watch_view(self, view: StripView) -> None:
        self.tooltip = None if view.value is None else exact(self.spec, view.value, view.previous)

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:
        if self.compact or height < 2:
            yield self._line(width)
            return
        yield self._heading(width)
        if height > 2:
            yield from self._graph(width, height - 2)
        yield self._words(width, brief=False)

    def _figures(self) -> tuple[str, str, str]:
        """Value, arrow, and their ink."""
        value = self.view.value
        if value is None:
            return "", " ", "muted"
        ink = f"value-{level_of(self.spec, value).ink}"
        return self.spec.text(value), trend(self.view.previous, value), ink

    def _heading(self, width: int) -> list[Run]:
        text, arrow, ink = self._figures()
        right = f"{text} {arrow}"
        title = self.spec.label[: max(width - len(right) - 1, 0)]
        gap = " " * max(width - len(title) - len(right), 0)
        return [Run(title, "title"), Run(gap), Run(right, ink)]

    def _line(self, width: int) -> list[Run]:
        text, arrow, ink = self._figures()
        head = [Run(self.spec.short.ljust(LABEL_WIDTH), "title"), Run(f"{text:>{VALUE_WIDTH}} {arrow} ", ink)]
        room = width - LABEL_WIDTH - VALUE_WIDTH - 3
        words = WORDS_WIDTH if room - WORDS_WIDTH - 1 >= LEAST_GRAPH else 1
        ghost = self._ghost_now()
        graph = max(room - words - 1 - len(ghost), 0)
        drawn = self._graph(graph, 1)[0] if graph else []
        return [
            *head,
            *(run._replace(ground=run.ground or "track") for run in [*drawn, *ghost]),
            Run(" "),
            *self._words(words, brief=True),
        ]

    def _ghost_now(self) -> list[Run]:
        """Where the ghost stands, in the cell beside the newest value: blank after its end, nothing without a ghost."""
        ghost, at = self.view.ghost, len(self.view.values) - 1
        if not ghost:
            return []
        value = ghost[at] if at < len(ghost) else None
        return [Run(" ") if value is None else Run(ghost_mark(Scale(self.spec, 1), value), "ghost")]

    def _words(self, room: int, *, brief: bool) -> list[Run]:
        value = self.view.value
        if value is None:
            return []
        level = level_of(self.spec, value)
        return [Run(standing(self.spec, value, room, brief=brief), "muted" if level is Level.CALM else level.ink)]

    def _graph(self, width: int, rows: int) -> list[list[Run]]:
        view = self.view
        samples = lay_out(width, view.values, view.before, view.ghost)
        return draw(Scale(self.spec, rows), width, samples, plain=self.app.no_color)
