"""One line on how the server does as a whole: health, healthy streak, outcome, what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.reactive import reactive

from noc_tui.text import ELLIPSIS, clean
from noc_tui.tui.widgets.levels import Level, health_level
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.tui.inks import Inks

WIDE: Final = 100
"""From this width on there is room for long words and wide gaps."""
BAR_WIDTH: Final = 28
LEAST_BAR: Final = 8
LEFT_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"

OUTCOMES: Final[dict[str, tuple[Level, str]]] = {
    "resolved": (Level.CALM, "RESOLVED"),
    "crashed": (Level.CRITICAL, "CRASHED"),
    "truncated": (Level.BREACH, "OUT OF STEPS"),
}


@dataclass(frozen=True, slots=True)
class HealthView:
    """What the bar shows."""

    health: float | None = None
    """Health score in [0, 1]; None: not known yet."""
    streak: int = 0
    """Healthy steps in a row, from 0 to `needed`."""
    needed: int = 3
    """Healthy steps in a row that resolve the incident."""
    outcome: str | None = None
    """`resolved`, `crashed` or `truncated` once the episode has ended."""
    extras: tuple[tuple[str, str], ...] = ()
    """Label and value of what else stands on the line, most important first: `("Par", "8")`."""


class HealthBar(Painted):
    """The health line."""

    INKS: ClassVar[Inks] = {
        "title": "foreground bold",
        "muted": "muted",
        "value": "foreground",
        "rest": "threshold",
        "badge": "background bold",
        "calm": "calm bold",
        "breach": "breach bold",
        "critical": "critical bold",
        "streak": "calm",
    }
    PLAIN_INKS: ClassVar[Inks] = {
        "breach": "foreground bold",
        "critical": "foreground bold",
    }
    DEFAULT_CSS = """
    HealthBar {
        height: 1;
        padding: 0 1;
        background: $background;
    }
    """

    view: reactive[HealthView] = reactive(HealthView())

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:  # noqa: ARG002  (one line, however high)
        health, title = self.view.health, Run("Health ", "title")
        if health is None:
            yield [title]
            return
        wide = width >= WIDE
        gap = Run(" " * (5 if wide else 2))
        figure = Run(f" {health * 100:.0f} %", health_level(health).ink)
        parts = [self._progress(wide=wide), *self._extras()]
        room = width - cells_of([title, figure])
        tail: list[Run] = []
        for index, part in enumerate(parts):
            more = [gap, *part]
            rest = 2 if index < len(parts) - 1 else 0
            if cells_of(tail) + cells_of(more) + LEAST_BAR + rest > room:
                tail.append(Run(f" {ELLIPSIS}", "muted"))
                break
            tail += more
        yield [title, *_bar(health, min(BAR_WIDTH, room - cells_of(tail))), figure, *tail]

    def _progress(self, *, wide: bool) -> list[Run]:
        """The streak, or how it ended."""
        view = self.view
        if view.outcome is not None:
            level, words = OUTCOMES.get(view.outcome, (Level.BREACH, clean(view.outcome, 20).upper()))
            return [Run(f" {level.glyph} {words} ", "badge", level.ink)]
        return [
            Run("Healthy streak " if wide else "Streak ", "muted"),
            Run("●" * view.streak, "streak"),
            Run("○" * (view.needed - view.streak), "muted"),
        ]

    def _extras(self) -> Iterator[list[Run]]:
        for label, value in self.view.extras:
            yield [Run(f"{clean(label, 40)} ", "muted"), Run(clean(value, 40), "value")]


def _bar(score: float, width: int) -> list[Run]:
    health = min(max(score, 0.0), 1.0)
    full, eighth = divmod(round(health * max(width, 0) * 8), 8)
    filled = "█" * full + (LEFT_EIGHTHS[eighth] if eighth else "")
    return [Run(filled, health_level(health).ink), Run("░" * (width - len(filled)), "rest")]
