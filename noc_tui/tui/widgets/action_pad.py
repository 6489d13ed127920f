"""The six actions: their keys, what they are called, what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual.message import Message
from textual.reactive import reactive

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import fit, wrap
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.geometry import Size

    from noc_tui.tui.inks import Inks

TITLE: Final = "Actions"
_MOST_COLUMNS: Final = 3
FLASH_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class PadItem:
    """One action on the pad."""

    keys: tuple[str, ...]
    """The keys that choose it, as they are shown: `("1", "w")`."""
    label: str
    note: str = ""
    """What is known of it: `2×, due in 1`, `down 1 step`; without its last parts where there is no room."""
    enabled: bool = True
    chosen: bool = False
    """Whether it was the last action chosen."""


class ActionPad(Painted):
    """The actions, to read and to click: a row each under a title, or in columns when `compact`."""

    INKS: ClassVar[Inks] = {
        "title": "foreground bold",
        "key": "accent bold",
        "label": "foreground",
        "chosen": "foreground bold",
        "chosen-key": "accent bold reverse",
        "muted": "muted",
        "reason": "breach",
        "hover": "panel",
        "flash": "background bold",
        "flash-ground": "accent",
    }
    DEFAULT_CSS = """
    ActionPad {
        height: auto;
        padding: 0 1;
        background: $surface;
        &.-compact { background: $background; }
    }
    """

    items: reactive[tuple[PadItem, ...]] = reactive(())
    title: reactive[str] = reactive(TITLE)
    """What is to be chosen; shown above the rows."""
    compact: reactive[bool] = reactive(False, layout=True, toggle_class="-compact")
    disabled_reason: reactive[str] = reactive("", layout=True)
    """Why no action can be taken now; empty when one can."""
    _hovered: reactive[int | None] = reactive(None)
    _lit: reactive[int | None] = reactive(None)

    class Chosen(Message):
        """An action was clicked."""

        def __init__(self, pad: ActionPad, index: int) -> None:
            super().__init__()
            self.pad = pad
            self.index = index
            """Its place in `items`."""

        @property
        def control(self) -> ActionPad:
            return self.pad

    def flash(self, index: int) -> None:
        """Lights the action up for a moment, unless animations are off."""
        if self.app.animation_level != "none":
            self._lit = index
            self.set_timer(FLASH_SECONDS, self._unlight)

    def _unlight(self) -> None:
        self._lit = None

    def watch_items(self, before: tuple[PadItem, ...], after: tuple[PadItem, ...]) -> None:
        if len(before) != len(after):
            self.refresh(layout=True)

    def index_at(self, x: int, y: int) -> int | None:
        """The action at that place of the content, if one stands there."""
        if not self.compact:
            row = y - self._has_title(self.size.height)
            return row if 0 <= row < len(self.items) else None
        if self.disabled_reason:
            return None
        columns = _columns(self.items, self.size.width).number
        column = x * columns // max(self.size.width, 1)
        index = y * columns + column
        return index if index < len(self.items) else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's signature)
        if self.compact:
            return compact_rows(self.items, width)
        return 1 + len(self.items) + len(self._reason(width))

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:
        if self.compact:
            yield from self._paint_off(width, height) if self.disabled_reason else self._paint_columns(width)
        else:
            yield from self._paint_rows(width, height)

    def _reason(self, width: int) -> list[str]:
        """The reason why the actions are off, in rows of that width."""
        text = clean(self.disabled_reason)
        return [text[start:end] for start, end in wrap(text, width, width)] if text and width > 0 else []

    def _has_title(self, height: int) -> bool:
        """Whether the title stands above the rows: of a title and an action it is the one to go."""
        return height > len(self.items) or bool(self.disabled_reason)

    def _paint_rows(self, width: int, height: int) -> Iterator[list[Run]]:
        reason = self._reason(width)
        if reason and len(reason) > height - 1 - len(self.items):
            yield self._title_with_reason(width)
            reason = []
        elif self._has_title(height):
            yield [Run(fit(self.title, width - 4), "title"), Run(" off" if reason else "", "reason")]
        keys = max((len(" ".join(item.keys)) for item in self.items), default=0)
        labels = max((len(item.label) for item in self.items), default=0)
        for index, item in enumerate(self.items):
            head = [Run("  "), Run(item.label.ljust(labels), self._ink(item)), Run("  ")]
            note = _shorten(clean(item.note), width - keys - labels - 4)
            yield self._lay([self._keys(item, keys), *head, Run(note, "muted")], index, width)
        for row in reason:
            yield [Run(row, "reason")]

    def _paint_columns(self, width: int) -> Iterator[list[Run]]:
        columns, all_keys = _columns(self.items, width)
        edges = [-(-column * width // columns) for column in range(columns + 1)]
        for first in range(0, len(self.items), columns):
            line: list[Run] = []
            for column, item in enumerate(self.items[first : first + columns]):
                room = edges[column + 1] - edges[column]
                head = [self._keys(item, 0, all_keys=all_keys), Run(" "), Run(item.label, self._ink(item)), Run(" ")]
                note = _shorten(clean(item.note), room - cells_of(head) - 1)
                line += self._lay([*head, Run(note, "muted")], first + column, room)
            yield line

    def _paint_off(self, width: int, height: int) -> Iterator[list[Run]]:
        yield self._title_with_reason(width)
        labels, room = ", ".join(item.label for item in self.items), max(width, 1)
        spans = wrap(labels, room, room)
        for row, (start, end) in enumerate(spans[: height - 1], 2):
            yield [Run(labels[start:end] if row < height else fit(labels[start:], room), "muted")]

    def _title_with_reason(self, width: int) -> list[Run]:
        reason = f"off: {clean(self.disabled_reason)}"
        return [Run(f"{TITLE} ", "title"), Run(fit(reason, width - len(TITLE) - 1), "reason")]

    def _keys(self, item: PadItem, width: int, *, all_keys: bool = True) -> Run:
        usable = item.enabled and not self.disabled_reason
        ink = ("chosen-key" if item.chosen else "key") if usable else "muted"
        return Run(_key_text(item, all_keys=all_keys).ljust(width), ink)

    def _ink(self, item: PadItem) -> str:
        if not item.enabled or self.disabled_reason:
            return "muted"
        return "chosen" if item.chosen else "label"

    def _lay(self, runs: list[Run], index: int, width: int) -> list[Run]:
        """The runs of an action, filled or cut to `width`, in the colours of a row that is hovered or lit up."""
        left = width - cells_of(runs)
        if left < 0:
            runs = [Run(fit("".join(run.text for run in runs), width), runs[0].ink)]
        else:
            runs = [*runs, Run(" " * left)]
        if index == self._lit:
            return [Run(run.text, "flash", "flash-ground") for run in runs]
        if index == self._hovered and self._is_usable(index):
            return [run._replace(ground="hover") for run in runs]
        return runs

    def _is_usable(self, index: int) -> bool:
        return not self.disabled_reason and self.items[index].enabled

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        index = None if offset is None else self.index_at(*offset)
        if index is not None and self._is_usable(index):
            self.post_message(self.Chosen(self, index))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        offset = event.get_content_offset(self)
        self._hovered = None if offset is None else self.index_at(*offset)

    def on_leave(self) -> None:
        self._hovered = None


def compact_rows(items: Sequence[PadItem], width: int) -> int:
    """How many rows the compact form takes on `width` cells to show all of the items."""
    return -(-len(items) // _columns(items, width).number)


class _Columns(NamedTuple):
    number: int
    """From 1 to 3."""
    all_keys: bool
    """Whether each action shows all of its keys, or only the first."""


def _columns(items: Sequence[PadItem], width: int) -> _Columns:
    """As many columns as hold every label, a blank between them; rather more columns than second keys."""
    for number in range(_MOST_COLUMNS, 0, -1):
        for all_keys in (True, False):
            widest = max((cell_len(f"{_key_text(item, all_keys=all_keys)} {item.label}") for item in items), default=0)
            if (widest + 1) * number - 1 <= width:
                return _Columns(number, all_keys)
    return _Columns(1, all_keys=False)


def _key_text(item: PadItem, *, all_keys: bool) -> str:
    return " ".join(item.keys if all_keys else item.keys[:1])


def _shorten(note: str, room: int) -> str:
    """The note without its last parts (`2×, due in 1`: `2×`), as fits; a part is never cut, for it would lie."""
    parts = note.split(", ")
    leading = (", ".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((text for text in leading if cell_len(text) <= room), "")
