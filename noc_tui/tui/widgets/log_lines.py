"""The incident log without a terminal: lines filtered, wrapped into rows, and copied back out of them.

Widths and offsets are terminal cells where they are called width, characters elsewhere. Rows count from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from rich.cells import cell_len, set_cell_size

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import NARROW, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LogLevel = Literal["debug", "info", "warning", "error", "critical", "action", "resolved"]
Severity = Literal["all", "warnings+", "alerts", "actions"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
GLYPHS: Final[dict[LogLevel, str]] = {
    "debug": ".",
    "info": "·",
    "warning": "!",
    "error": "!",
    "critical": "‼",
    "action": ">",
    "resolved": "✓",
}
ALERT_SOURCES: Final = frozenset({"alert", "pager"})
"""The sources of the lines that say which alert fires, which is resolved, and who was paged."""

LINE_LIMIT: Final = 1_000
"""Characters of a line that are kept."""
LINES_KEPT: Final = 4_000
"""Newest lines that are always kept; up to a quarter more are, so that dropping the older ones costs little."""
_MOST_LINES: Final = LINES_KEPT * 5 // 4

_CLOCK_WIDTHS: Final = (5, 9)
_SOURCE_WIDTHS: Final = (6, 12)
_COMPACT_SOURCE_WIDTH: Final = 8
_WIDTH_FOR_CLOCK: Final = 36
_WIDTH_FOR_SOURCE: Final = 24
# A column narrower than this is worse to read than rows that begin further left.
_WIDTH_FOR_HANGING_INDENT: Final = 32
_SHORT_INDENT: Final = 2


class LogEntry(NamedTuple):
    """A line of the log. `clock` is the incident clock ("00:22"), `glyph` one cell wide."""

    clock: str
    glyph: str
    level: LogLevel
    source: str
    text: str


class LogFilter(NamedTuple):
    """Which lines are shown: those with `text` in source or text (letter case is ignored) and of this severity."""

    text: str = ""
    severity: Severity = "all"

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds `text` in a line; None when every line has it."""
        return re.compile(re.escape(self.text), re.IGNORECASE) if self.text else None

    @property
    def matches(self) -> Callable[[LogEntry], bool]:
        """A predicate, made once for many lines."""
        wanted, pattern = _OF_SEVERITY[self.severity], self.pattern
        if pattern is None:
            return wanted
        search = pattern.search
        return lambda entry: wanted(entry) and bool(search(entry.text) or search(entry.source))


_OF_SEVERITY: Final[dict[Severity, Callable[[LogEntry], bool]]] = {
    "all": lambda _: True,
    "warnings+": lambda entry: entry.level in {"warning", "error", "critical"},
    "alerts": lambda entry: entry.source in ALERT_SOURCES,
    "actions": lambda entry: entry.level == "action",
}


class Columns(NamedTuple):
    """Widths of the columns before the text; 0 where there is no room for one."""

    clock: int
    source: int

    @property
    def head(self) -> int:
        """Width of all that stands before the text."""
        return (self.clock + 1 if self.clock else 0) + 2 + (self.source + 1 if self.source else 0)


class Row(NamedTuple):
    """One row on the screen: `head` (the columns, or the indent of a row that goes on) and a part of the text."""

    entry: LogEntry
    first: bool
    head: str
    text: str
    cut: bool = False
    """The text ends in an ellipsis that stands for its rest."""
    joint: str = ""
    """What stood between the text of the row before and this one: blanks, or nothing inside a long word."""


def clean_entry(entry: LogEntry) -> LogEntry:
    """The entry with nothing in it that could steer the terminal; the same object if there was nothing."""
    clock, glyph, level, source, text = entry
    cleaned = LogEntry(
        _clean_often(clock, _CLOCK_WIDTHS[1]),
        _clean_often(glyph, 1),
        level,
        _clean_often(source, LINE_LIMIT),
        clean(text, LINE_LIMIT),
    )
    return entry if cleaned == entry else cleaned


# The same few clocks and sources stand on very many lines.
_clean_often = lru_cache(maxsize=1024)(clean)


def _is_action_at(entry: LogEntry, clock: str) -> bool:
    return entry.level == "action" and entry.clock == clock


def older_lines(count: int, clock: str) -> LogEntry:
    """What stands first where `count` older lines have been dropped."""
    return LogEntry(clock, GLYPHS["debug"], "debug", "noc-tui", f"{count:,} older lines are no longer listed here")


class LogLines:
    """The log at a width: which lines are shown, in how many rows each. Appending costs what is appended.

    `show` is quick where the new lines begin like the old ones, as when a replay jumps. Of very many lines the oldest
    are dropped; indices of entries count those too, so that an index stays good. Where some are dropped the last of
    them is replaced by a line that says how many.
    """

    def __init__(self) -> None:
        self._given: list[LogEntry] = []
        self._entries: list[LogEntry] = []
        self._dropped = 0
        self._filter = LogFilter()
        self._width = 80
        self._compact = False
        self._widest_clock, self._widest_source = _CLOCK_WIDTHS[0], _SOURCE_WIDTHS[0]
        self._columns = self._choose_columns()
        # Of the entries that are shown: their index, and the number of rows up to the end of each.
        self._shown: list[int] = []
        self._ends: list[int] = []

    @property
    def total(self) -> int:
        """Number of entries, the dropped ones included."""
        return self._first + len(self._entries)

    @property
    def shown(self) -> int:
        """Number of entries that the filter lets through."""
        return len(self._shown)

    @property
    def rows(self) -> int:
        """Number of rows of the entries that are shown."""
        return self._ends[-1] if self._ends else 0

    @property
    def columns(self) -> Columns:
        """The columns in front of the text."""
        return self._columns

    @property
    def filter(self) -> LogFilter:
        """What is let through."""
        return self._filter

    def show(self, entries: Sequence[LogEntry]) -> bool:
        """Make these the entries. True if all rows that had been there are still where they were."""
        left = len(entries) - self._dropped
        if left > _MOST_LINES or (self._dropped and left < LINES_KEPT):
            self._dropped = max(0, len(entries) - LINES_KEPT)
        if self._dropped:
            last = entries[self._dropped - 1]
            entries = [older_lines(self._dropped, last.clock), *entries[self._dropped :]]
        before = len(self._given)
        kept = min(len(entries), before)
        if self._given[:kept] != list(entries[:kept]):
            kept = 0
        self._truncate(kept)
        return self.append(entries[kept:]) and kept == before

    def append(self, entries: Sequence[LogEntry]) -> bool:
        """Add entries. True if all rows that had been there are still where they were.

        They are not where a column had to grow, or old entries had to go.
        """
        first = len(self._entries)
        self._given.extend(entries)
        self._entries.extend(map(clean_entry, entries))
        added = self._entries[first:]
        self._widest_clock = max(self._widest_clock, *map(cell_len, {entry.clock for entry in added} | {""}))
        self._widest_source = max(self._widest_source, *map(cell_len, {entry.source for entry in added} | {""}))
        crowded = self.total - self._dropped > _MOST_LINES
        if crowded:
            self._drop(self.total - LINES_KEPT)
        if crowded or self._choose_columns() != self._columns:
            self._lay_out()
            return False
        self._add(range(first, len(self._entries)))
        return True

    def weave(self, entries: Sequence[LogEntry]) -> bool:
        """Put each entry behind the action of the same clock, or at the end where there is none. Whether rows moved."""
        woven = list(self._given)
        for entry in entries:
            behind = (at for at in reversed(range(len(woven))) if _is_action_at(woven[at], entry.clock))
            woven.insert(next(behind, len(woven) - 1) + 1, entry)
        self._truncate(0)
        self.append(woven)
        return bool(entries)

    def filter_by(self, wanted: LogFilter) -> bool:
        """Show only these entries. Whether anything changed."""
        if wanted == self._filter:
            return False
        self._filter = wanted
        self._lay_out()
        return True

    def resize(self, width: int, *, compact: bool) -> bool:
        """Lay the rows out for `width` (>= 1) cells; compact: one row for an entry of the lowest level.

        Whether anything changed.
        """
        if (width, compact) == (self._width, self._compact):
            return False
        self._width, self._compact = width, compact
        self._lay_out()
        return True

    def row(self, number: int) -> Row:
        """A row. IndexError outside of 0 <= number < `rows`."""
        position, part = self.locate(number)
        return self._rows_of(self._entries[self._shown[position]])[part]

    def locate(self, number: int) -> tuple[int, int]:
        """Position among the shown entries, and which of its rows this one is."""
        if not 0 <= number < self.rows:
            raise IndexError(f"row {number} of {self.rows}")
        position = bisect_right(self._ends, number)
        return position, number - self._start(position)

    def entry_at(self, number: int) -> int:
        """Index, among all entries, of the entry on this row; the number of entries for a row after the last."""
        return self._first + self._shown[self.locate(number)[0]] if number < self.rows else self.total

    def row_of(self, entry: int) -> int:
        """First row of the entry with this index; of the next one that is shown where the filter hides it."""
        return self._start(bisect_right(self._shown, entry - self._first - 1))

    def shown_from(self, entry: int) -> int:
        """Number of shown entries from this index on."""
        return len(self._shown) - bisect_right(self._shown, entry - self._first - 1)

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from `start` (row, character) up to `end`, one line an entry, as if nothing had been wrapped.

        The ellipsis of a compact row stands for what it hides: copied with it, the rest of the line comes along.
        """
        copied: list[str] = []
        for number in range(max(0, start[0]), min(end[0] + 1, self.rows)):
            row = self.row(number)
            whole = row.head + (row.entry.text if row.cut else row.text)
            last = len(row.head) + len(row.text)
            to = end[1] if number == end[0] and end[1] < last else len(whole)
            since = start[1] if number == start[0] else 0
            if row.first or not copied:
                copied.append(whole[since if row.first else max(since, len(row.head)) : to])
            else:
                copied[-1] += row.joint + whole[len(row.head) : to]
        return "\n".join(copied)

    @property
    def _first(self) -> int:
        """Index of the first of `_entries`, which is that of the last one dropped if any was."""
        return max(0, self._dropped - 1)

    def _drop(self, count: int) -> None:
        """Drop the oldest entries, so that it is `count` of all."""
        notice = older_lines(count, self._entries[count - 1 - self._first].clock)
        surplus = count - self._first
        self._given[:surplus] = self._entries[:surplus] = [notice]
        self._dropped = count

    def _truncate(self, length: int) -> None:
        del self._given[length:], self._entries[length:]
        shown = bisect_right(self._shown, length - 1)
        del self._shown[shown:], self._ends[shown:]
        if not length:
            self._widest_clock, self._widest_source = _CLOCK_WIDTHS[0], _SOURCE_WIDTHS[0]

    def _lay_out(self) -> None:
        self._columns = self._choose_columns()
        self._shown, self._ends = [], []
        self._add(range(len(self._entries)))

    def _add(self, indices: Iterable[int]) -> None:
        matches = self._filter.matches
        entries, rows, room = self._entries, self.rows, self._room
        rest = self._width - self._indent
        for index in indices:
            entry = entries[index]
            if not matches(entry):
                continue
            if self._is_cut(entry) or (len(entry.text) <= room and NARROW.fullmatch(entry.text)):
                rows += 1
            else:
                rows += len(wrap(entry.text, room, rest))
            self._shown.append(index)
            self._ends.append(rows)

    def _start(self, position: int) -> int:
        return self._ends[position - 1] if position else 0

    def _choose_columns(self) -> Columns:
        widest = _COMPACT_SOURCE_WIDTH if self._compact else _SOURCE_WIDTHS[1]
        return Columns(
            clock=min(self._widest_clock, _CLOCK_WIDTHS[1]) if self._width >= _WIDTH_FOR_CLOCK else 0,
            source=min(self._widest_source, widest) if self._width >= _WIDTH_FOR_SOURCE else 0,
        )

    @property
    def _room(self) -> int:
        return max(1, self._width - self._columns.head)

    @property
    def _indent(self) -> int:
        """Width of what stands before the text on rows that go on."""
        indent = self._columns.head if self._room >= _WIDTH_FOR_HANGING_INDENT else _SHORT_INDENT
        return min(indent, self._width - 1)

    def _head(self, entry: LogEntry) -> str:
        clock, source = self._columns
        parts = [set_cell_size(entry.glyph, 1)]
        if clock:
            parts.insert(0, set_cell_size(entry.clock.rjust(clock), clock))
        if source:
            parts.append(set_cell_size(fit(entry.source, source), source))
        return " ".join(parts) + " "

    def _is_cut(self, entry: LogEntry) -> bool:
        """Whether it has one row at any rate. Only what says least: in all others what is cut off may be the clue."""
        return self._compact and entry.level == "debug"

    def _rows_of(self, entry: LogEntry) -> list[Row]:
        head, text = self._head(entry), entry.text
        if self._is_cut(entry):
            shown = fit(text, self._room)
            return [Row(entry, True, head, shown, cut=shown != text)]
        indent = self._indent
        spans = wrap(text, self._room, self._width - indent)
        rows = [Row(entry, True, head, text[slice(*spans[0])])]
        for (_, end), (start, stop) in pairwise(spans):
            rows.append(Row(entry, False, " " * indent, text[start:stop], joint=text[end:start]))
        return rows
