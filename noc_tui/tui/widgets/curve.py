"""A small curve of a figure from 0 to 1 over the steps of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LABEL = 6


class Curve(Painted):
    """Blocks on a fixed scale, 0 % at the bottom and 100 % at the top; a long course is drawn at even distances."""

    INKS = "curve--"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"curve--bar", "curve--axis"}
    DEFAULT_CSS = """
    Curve {
        height: 5;
        .curve--bar { color: $calm; }
        .curve--axis { color: $muted; }
    }
    """

    def __init__(self, values: Sequence[float]) -> None:
        super().__init__()
        self._values = tuple(values)

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:
        """The rows from top to bottom, with the scale at the left."""
        heights = [round(value * height * 8) for value in spread(self._values, max(1, width - _LABEL))]
        for row in range(height):
            floor = (height - 1 - row) * 8
            label = "100 % " if row == 0 else "  0 % " if row == height - 1 else " " * _LABEL
            bars = "".join(_EIGHTHS[min(8, max(0, eighths - floor))] for eighths in heights)
            yield (Run(label, "axis"), Run(bars, "bar"))


def spread(values: Sequence[float], width: int) -> list[float]:
    """The values over at most `width` columns: each as wide as there is room for, or thinned out evenly."""
    if not values:
        return []
    if len(values) <= width:
        each = min(width // len(values), 4)
        return [value for value in values for _ in range(each)]
    return [values[index * (len(values) - 1) // max(1, width - 1)] for index in range(width)]
