"""The footer: the keys that count here, as many as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual.message import Message
from textual.reactive import reactive

from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events

    from noc_tui.tui.inks import Inks

_GAPS: Final = (3, 2)
_KEPT: Final = 2
"""So many hints at the end are never dropped: help and leave."""


class KeyHint(NamedTuple):
    """A key as the user reads it ("1-6", "space", "?") and what it does, in a word or two."""

    key: str
    label: str

    @property
    def width(self) -> int:
        """Cells that it takes."""
        return cell_len(self.key) + (1 + cell_len(self.label) if self.label else 0)


class Placed(NamedTuple):
    """A hint and the cells that it covers: from `start` up to `end`."""

    hint: KeyHint
    start: int
    end: int


def place(hints: Sequence[KeyHint], width: int) -> list[Placed]:
    """Where each hint stands in `width` cells. What does not fit is left out whole, from the third last one backwards.

    Where not even the last two fit, their keys alone are shown.
    """
    for gap in _GAPS:
        if _width(hints, gap) <= width:
            return _in_a_row(hints, gap)
    gap, last = _GAPS[-1], list(hints[-_KEPT:])
    for count in range(len(hints) - _KEPT - 1, -1, -1):
        shown = [*hints[:count], *last]
        if _width(shown, gap) <= width:
            return _in_a_row(shown, gap)
    return _in_a_row([KeyHint(hint.key, "") for hint in last], 1)


def _width(hints: Sequence[KeyHint], gap: int) -> int:
    return sum(hint.width for hint in hints) + gap * max(0, len(hints) - 1)


def _in_a_row(hints: Sequence[KeyHint], gap: int) -> list[Placed]:
    placed, start = [], 0
    for hint in hints:
        placed.append(Placed(hint, start, start + hint.width))
        start += hint.width + gap
    return placed


class KeyBar(Painted):
    """One line of key hints, most important first, help and leave last. A click on one posts `Pressed`."""

    INKS: ClassVar[Inks] = {
        "key": "accent bold",
        "label": "muted",
        "hovered": "foreground underline",
    }
    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        padding: 0 1;
        background: $panel;
    }
    """

    hints: reactive[tuple[KeyHint, ...]] = reactive(())
    """What is offered."""
    hovered: reactive[KeyHint | None] = reactive(None)
    """What the mouse points at."""

    class Pressed(Message):
        """A hint was clicked; `key` is the key as the hint gives it."""

        def __init__(self, key_bar: KeyBar, key: str) -> None:
            super().__init__()
            self.key_bar = key_bar
            self.key = key

        @property
        def control(self) -> KeyBar:
            """The bar."""
            return self.key_bar

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:  # noqa: ARG002  (it has one line)
        """The hints."""
        line, at = [], 0
        for hint, start, end in place(self.hints, width):
            label = f" {hint.label}" if hint.label else ""
            line += [
                Run(" " * (start - at)),
                Run(hint.key, "key"),
                Run(label, "hovered" if hint == self.hovered else "label"),
            ]
            at = end
        return [line]

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would press."""
        self.hovered = self._hint_at(event)

    def on_leave(self) -> None:
        """Nothing is pointed at."""
        self.hovered = None

    def on_click(self, event: events.Click) -> None:
        """Press the key."""
        if (hint := self._hint_at(event)) is not None:
            event.stop()
            self.post_message(self.Pressed(self, hint.key))

    def _hint_at(self, event: events.MouseEvent) -> KeyHint | None:
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        placed = place(self.hints, self.size.width)
        return next((hint for hint, start, end in placed if start <= offset.x < end), None)
