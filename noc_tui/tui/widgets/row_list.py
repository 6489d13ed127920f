"""A list of rows with a cursor: draws the rows in sight and no others, so that thousands cost what a dozen does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noc_tui.tui.inks import LEVEL_INKS, Inks, ink_style
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.painted import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events

T = TypeVar("T")

CURSOR: Final = "▸ "
MARGIN: Final = len(CURSOR)
"""Cells that the cursor takes, to the left of every row."""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text`, cut with an ellipsis or filled up with blanks (at the left, for `right`) to `width` (>= 1) cells."""
    text = fit(text, width)
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


class RowList(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """Rows of which one is under the cursor. `paint` draws a row in so many cells, in the inks of this class.

    It takes the keys that move the cursor and leaves `enter` to the screen, where it can be remapped. A click moves
    the cursor; a double click chooses, or a single one where `one_click` says so.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]
    INKS: ClassVar[Inks] = {
        "cursor": "muted",
        "cursor-focused": "accent bold",
        "key": "accent bold",
        "label": "foreground",
        "soft": "soft",
        "muted": "muted",
        "heading": "foreground bold",
        **LEVEL_INKS,
        "at": "panel",
        "hover": "surface",
    }
    PLAIN_INKS: ClassVar[Inks] = {
        "breach": "foreground",
        "critical": "foreground bold",
    }
    DEFAULT_CSS = """
    RowList {
        background: $background;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size: 0 1;
        scrollbar-color: $calm-dim;
        scrollbar-color-hover: $muted;
        scrollbar-color-active: $muted;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    highlighted: reactive[int | None] = reactive(None, init=False)
    """The row under the cursor; None where no row can be chosen."""
    _hovered: reactive[int | None] = reactive(None, init=False)

    class Highlighted(Message):
        """The cursor stands at another row, or the rows are others."""

        def __init__(self, control: RowList[Any]) -> None:
            super().__init__()
            self._control = control

        @property
        def control(self) -> RowList[Any]:
            return self._control

    class Chosen(Highlighted):
        """The row under the cursor was clicked, to do with it what the screen does."""

    def __init__(
        self,
        paint: Callable[[T, int], Sequence[Run]],
        *,
        selectable: Callable[[T], bool] = lambda _: True,
        one_click: bool = False,
        id: str | None = None,  # noqa: A002  (as Textual has it)
    ) -> None:
        super().__init__(id=id)
        self._paint = paint
        self._selectable = selectable
        self._one_click = one_click
        self._rows: tuple[T, ...] = ()
        self._strips: LRUCache[tuple[int, bool, bool, bool], Strip] = LRUCache(512)

    # --- rows and cursor

    @property
    def rows(self) -> tuple[T, ...]:
        """What is listed."""
        return self._rows

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    def show(self, rows: Sequence[T], at: int = 0) -> None:
        """List these, with the cursor at row `at`, or at the nearest that can be chosen."""
        self._rows = tuple(rows)
        self._forget()
        self._measure()
        before, self._hovered = self.highlighted, None
        self.highlighted = self._nearest(at, 1)
        if self.highlighted == before:  # else the watcher has said so
            self.post_message(self.Highlighted(self))
        self._keep_in_sight()

    def action_move(self, rows: int) -> None:
        """Move the cursor to the next row that can be chosen."""
        if self.highlighted is not None:
            self._go_to(self.highlighted + rows, rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is in sight."""
        if self.highlighted is not None:
            self._go_to(self.highlighted + pages * max(1, self.size.height - 1), pages)

    def action_end(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go_to(0 if direction < 0 else len(self._rows) - 1, direction)

    def _go_to(self, index: int, direction: int) -> None:
        self.highlighted = self._nearest(index, direction)
        self._keep_in_sight()

    def _nearest(self, index: int, direction: int) -> int | None:
        """The nearest row that can be chosen: in that direction (1 or -1) if there is one, else in the other."""
        last = len(self._rows) - 1
        start = max(min(index, last), 0)
        ways = (range(start, last + 1), range(min(start, last), -1, -1))
        candidates = (each for way in ways[::direction] for each in way)
        return next((each for each in candidates if self._selectable(self._rows[each])), None)

    def watch_highlighted(self) -> None:
        self.refresh()
        self.post_message(self.Highlighted(self))

    def _keep_in_sight(self) -> None:
        if self.highlighted is None or not self.size:
            return
        top, height = self.scroll_offset.y, max(1, self.size.height)
        # What stands above the first row that can be chosen is never out of reach.
        row = 0 if self.highlighted == self._nearest(0, 1) else self.highlighted
        if row < top or row >= top + height:
            # Forced, for as long as the scrollbar is not there yet Textual would not scroll.
            self.scroll_to(y=row if row < top else row - height + 1, animate=False, force=True)

    # --- the mouse

    def _index_at(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        index = offset.y + self.scroll_offset.y
        return index if index < len(self._rows) and self._selectable(self._rows[index]) else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._hovered = self._index_at(event)

    def on_leave(self) -> None:
        self._hovered = None

    def on_click(self, event: events.Click) -> None:
        index = self._index_at(event)
        if index is None:
            return
        event.stop()
        self.highlighted = index
        if self._one_click or event.chain == 2:
            self.post_message(self.Chosen(self))

    # --- drawing

    def on_resize(self) -> None:
        self._measure()
        self._keep_in_sight()

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))

    def _forget(self) -> None:
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if index >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        at_cursor, hovered = index == self.highlighted, index == self._hovered
        key = (index, at_cursor, hovered, self.has_focus)
        strip = self._strips.get(key)
        if strip is None or strip.cell_length != width:
            strip = self._strips[key] = self._draw(index, at_cursor, hovered, width)
        return strip.adjust_cell_length(self.size.width, self.rich_style)

    def _draw(self, index: int, at_cursor: bool, hovered: bool, width: int) -> Strip:
        runs = [Run(CURSOR if at_cursor else " " * MARGIN, "cursor"), *self._paint(self._rows[index], width - MARGIN)]
        ground = self._colour("at") if at_cursor else self._colour("hover") if hovered else Style.null()
        base = self.rich_style + ground
        segments = [Segment(run.text, self._ink(run.ink, at_cursor=at_cursor) + ground) for run in runs if run.text]
        return Strip(segments).adjust_cell_length(width, base)

    def _ink(self, ink: str, *, at_cursor: bool) -> Style:
        if not ink:
            return self.rich_style
        style = self.rich_style + self._style_of("cursor-focused" if ink == "cursor" and self.has_focus else ink)
        # Where there is no colour, weight is all that tells the row under the cursor from the others.
        return style + Style(bold=True) if at_cursor and ink == "label" else style

    def _colour(self, ink: str) -> Style:
        return Style(bgcolor=self._style_of(ink).color)

    def _style_of(self, ink: str) -> Style:
        plain = self.PLAIN_INKS.get(ink) if self.app.no_color else None
        return ink_style(plain or self.INKS[ink], self.app.theme_variables)
