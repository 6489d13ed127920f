"""The incident log: a line API widget that follows, filters, rewraps and lets its text be selected.

`IncidentLog` is the list alone; `LogPanel` adds the title row with filter and follow state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.cache import LRUCache
from textual.geometry import Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noc_tui.tui.inks import Inks, ink_style
from noc_tui.tui.widgets.log_lines import LogEntry, LogFilter, LogLevel, LogLines, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual.selection import Selection

_INK_OF_LEVEL: dict[LogLevel, str] = {
    "debug": "muted",
    "info": "soft",
    "warning": "warning",
    "error": "warning",
    "critical": "critical",
    "action": "action",
    "resolved": "resolved",
}

_FEWEST_ROWS_KEPT = 16


class IncidentLog(ScrollView, can_focus=False):
    """Lines of the log, newest last. Follows until the reader scrolls up.

    It takes no keys, so that the screen keeps arrows, `home` and `end`; the screen's keys call `scroll_lines`,
    `scroll_pages`, `jump_to_start` and `jump_to_end`.
    """

    ALLOW_SELECT = True
    INKS: ClassVar[Inks] = {
        "muted": "muted",
        "soft": "soft",
        "warning": "breach",
        "critical": "critical bold",
        "action": "accent",
        "resolved": "calm",
        "match": "foreground bold underline",
        "selected": "background on accent",
    }
    DEFAULT_CSS = """
    IncidentLog {
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size: 0 1;
        scrollbar-color: $calm-dim;
        scrollbar-color-hover: $muted;
        scrollbar-color-active: $muted;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
    }
    """

    compact: var[bool] = var(False)
    """Lines of the lowest level have one row, cut with an ellipsis, instead of being wrapped."""
    following: var[bool] = var(True)
    """Whether the newest line is kept in sight. Changed by scrolling."""
    unread: var[int] = var(0)
    """How many new lines stand below what has been in sight; 0 while following."""
    counts: var[tuple[int, int]] = var((0, 0))
    """How many lines are shown, of how many."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, classes=classes)
        self._lines = LogLines()
        self._strips: LRUCache[int, Strip] = LRUCache(_FEWEST_ROWS_KEPT)
        # Entries before this one have been in sight.
        self._seen = 0

    def show(self, entries: Sequence[LogEntry]) -> None:
        """Make these the lines, as when a replay jumps. Quick where they begin like the lines before."""
        if not self._lines.show(entries):
            self._forget_rows()
        self._seen = min(self._seen, self._lines.total)
        self._update_rows()

    def append(self, entries: Sequence[LogEntry]) -> None:
        """Add lines. Costs what is added; of very many lines the oldest go."""
        self._lay_out(lambda: not self._lines.append(entries))

    def weave(self, entries: Sequence[LogEntry]) -> None:
        """Add lines that come late, each behind the action of the same clock."""
        self._lay_out(lambda: self._lines.weave(entries))

    def filter_by(self, wanted: LogFilter) -> None:
        """Show only these lines; the uppermost line in sight stays where it is, if it still is one."""
        self._lay_out(lambda: self._lines.filter_by(wanted))

    @property
    def filter(self) -> LogFilter:
        """What is shown."""
        return self._lines.filter

    def scroll_lines(self, lines: int) -> None:
        """Scroll by rows, down if positive."""
        self._go_to(self.scroll_target_y + lines)

    def scroll_pages(self, pages: int) -> None:
        """Scroll by what is in sight, less a row to find one's place by."""
        self.scroll_lines(pages * max(1, self.size.height - 1))

    def jump_to_start(self) -> None:
        """Scroll to the oldest line."""
        self._go_to(0)

    def jump_to_end(self) -> None:
        """Scroll to the newest line, and follow."""
        self._go_to(self.max_scroll_y)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The selected text, unwrapped, and what ends it."""
        start = selection.start.transpose if selection.start else (0, 0)
        end = selection.end.transpose if selection.end else (self._lines.rows, 0)
        return self._lines.copy(start, end), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002  (Textual's signature)
        """Draw the selection."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw anew in another theme."""
        super().notify_style_update()
        self._strips.clear()

    def watch_compact(self) -> None:
        """Wrap, or cut."""
        self._resize()

    def watch_following(self) -> None:
        """Forget what was unread."""
        self._count()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow from the end on, and not from anywhere else."""
        super().watch_scroll_y(old_value, new_value)
        self.following = round(new_value) >= self.max_scroll_y
        self._count()

    def on_resize(self) -> None:
        """Wrap for the new width; keep as many drawn rows as two windows show, for each is a kilobyte or more."""
        self._strips = LRUCache(max(_FEWEST_ROWS_KEPT, 2 * self.size.height))
        self._resize()

    def render_line(self, y: int) -> Strip:
        """A row of the screen."""
        number, width = self.scroll_offset.y + y, self.size.width
        if number >= self._lines.rows:
            return self._draw_nothing(y).crop_extend(0, width, self.rich_style)
        if (strip := self._strips.get(number)) is None:
            strip = self._strips[number] = self._draw(number).crop_extend(0, width, self.rich_style)
        return strip.apply_offsets(0, number)

    def _draw(self, number: int) -> Strip:
        row = self._lines.row(number)
        text = self._styled(row)
        if self.text_selection is not None and (span := self.text_selection.get_span(number)) is not None:
            start, end = span
            # Not Textual's `screen--selection`: its text is transparent, which Rich takes for the colour behind it.
            selected = self._ink("selected")
            text.stylize(selected, start, len(text) if end == -1 else end)
        # Rich ends with an empty segment that has no style, and Textual's filter for NO_COLOR stumbles over it.
        return Strip([segment for segment in text.render(self.app.console) if segment.text])

    def _draw_nothing(self, y: int) -> Strip:
        if self._lines.rows or y:
            return Strip([])
        style = self._ink("muted")
        return Strip([Segment("no line matches" if self._lines.total else "nothing logged yet", style)])

    def _styled(self, row: Row) -> Text:
        text = Text(row.head + row.text, no_wrap=True, end="")
        # As a span, for Rich leaves the style of a text out where it has no spans.
        text.stylize(self.rich_style)
        clock = self._lines.columns.clock if row.first else 0
        if row.first:
            text.stylize(self._ink("muted"), 0, clock)
            text.stylize(self._ink(_INK_OF_LEVEL[row.entry.level]), clock, len(row.head))
        if row.entry.level == "debug":
            text.stylize(self._ink("soft"), len(row.head))
        if (pattern := self._lines.filter.pattern) is not None:
            matching = self._ink("match")
            for match in pattern.finditer(text.plain, clock):
                text.stylize(matching, *match.span())
        return text

    def _ink(self, ink: str) -> Style:
        return self.rich_style + ink_style(self.INKS[ink], self.app.theme_variables)

    def _resize(self) -> None:
        if self.size:
            # Not `size`, which has the column of the scrollbar in it.
            width = max(1, self.scrollable_size.width)
            self._lay_out(lambda: self._lines.resize(width, compact=self.compact))

    def _lay_out(self, change: Callable[[], bool]) -> None:
        """Change the lines, with the reader staying at the same line if `change` says that they lie differently."""
        place = None if self.following else self._lines.entry_at(self.scroll_offset.y)
        if change():
            self._forget_rows()
            self._update_rows(place)
        else:
            self._update_rows()

    def _forget_rows(self) -> None:
        self._strips.clear()
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()

    def _update_rows(self, place: int | None = None) -> None:
        """Scroll over as many rows as there are now: at the end, at the entry `place`, or where the reader is."""
        if not self.size:
            return
        following = self.following
        self.virtual_size = Size(self.scrollable_size.width, self._lines.rows)
        if following:
            self.jump_to_end()
        else:
            self._go_to(self.scroll_y if place is None else self._lines.row_of(place))
        self._count()
        self.refresh()

    def _go_to(self, row: float) -> None:
        # Forced, for as long as the scrollbar is not there yet Textual would not scroll.
        self.scroll_to(y=row, animate=False, force=True)
        self.following = self.scroll_offset.y >= self.max_scroll_y

    def _count(self) -> None:
        below = self._lines.rows if self.following else self.scroll_offset.y + self.size.height
        self._seen = max(self._seen, self._lines.entry_at(below))
        self.unread = self._lines.shown_from(self._seen)
        self.counts = (self._lines.shown, self._lines.total)
