"""Text measured in terminal cells: cut to a width, broken into rows."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len, get_character_cell_size

from noc_tui.text import ELLIPSIS

NARROW: Final = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0400-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]*"
)
"""Text of characters of one cell each, so that its length is its width: not all of those, but what logs are made of."""

_UNITS: Final = (" %", " ms")
"""What stays on the row of its figure."""


def fit(text: str, width: int) -> str:
    """`text`, cut with an ellipsis where it is wider than `width` (>= 1) cells."""
    if cell_len(text) <= width:
        return text
    return text[: _reach(text, 0, width - 1)] + ELLIPSIS


def wrap(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Start and end of each row of `text`, the first row `first` and the others `rest` (>= 1) cells wide.

    Rows break at blanks, which belong to no row, and not between a figure and its unit; a word wider than a row is
    cut. Empty text has one empty row.
    """
    narrow = NARROW.fullmatch(text) is not None
    rows: list[tuple[int, int]] = []
    start, width, length = 0, first, len(text)
    while True:
        end = start + width if narrow else _reach(text, start, width)
        if end >= length:
            rows.append((start, length))
            return rows
        stop = end if text[end] == " " else text.rfind(" ", start, end)
        if stop > start and text[stop - 1].isdigit() and text.startswith(_UNITS, stop):
            before = text.rfind(" ", start, stop)
            stop = before if before > start else stop
        while stop > start and text[stop - 1] == " ":
            stop -= 1
        if stop <= start:
            stop = max(end, start + 1)
        rows.append((start, stop))
        start, width = stop, rest
        while start < length and text[start] == " ":
            start += 1
        if start == length:
            return rows


def _reach(text: str, start: int, width: int) -> int:
    """The first character from `start` on that does not fit into `width` cells; the length of `text` if all do."""
    for index in range(start, len(text)):
        width -= get_character_cell_size(text[index])
        if width < 0:
            return index
    return len(text)
