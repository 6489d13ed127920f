"""Text from outside made safe to show: nothing in it can steer the terminal, hide, or reorder what stands beside it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final
from unicodedata import category

DEFAULT_LIMIT: Final = 2_000
ELLIPSIS: Final = "…"
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; some take the full-width forms, too."""

FORBIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that `clean` lets nothing of through: controls, formats (bidi, zero width), surrogates, breaks."""

# Invisible all the same, though their category says letter or mark.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\uffa0\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_LINE_BREAKS: Final = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
# Removed whole, or the parameters of a colour would stay behind as "[31m".
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)"  # OSC: titles, links, clipboard
)


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    if character in _LINE_BREAKS:
        return "\n"
    if character == "\t" or category(character) == "Zs":
        return " "
    return "" if category(character) in FORBIDDEN or _INVISIBLE.match(character) else character


def clean(text: str, limit: int = DEFAULT_LIMIT, *, keep_newlines: bool = False) -> str:
    """`text` as it may be shown, in at most `limit` (>= 1) characters; what is cut off leaves an ellipsis.

    Terminal escape sequences, control and format characters, lone surrogates and invisible characters are removed.
    Tabs, special spaces and line breaks become a space each; with `keep_newlines` line breaks become newlines.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}; at least 1 character must be left")
    # What is printable has no control, format, surrogate or break in it, nor a space but the plain one.
    if not text.isprintable() or not (text.isascii() or _INVISIBLE.search(text) is None):
        plain = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
        # Lazily, so that the work after the limit is not done.
        text = "".join(islice(filter(None, map(_shown, plain)), limit + 1))
        if not keep_newlines:
            text = text.replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def spreadsheet_cell(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """`text` cleaned, with an apostrophe before what a spreadsheet would take for a formula."""
    text = clean(text, limit)
    return f"'{text}" if text.lstrip()[:1] in _FORMULA else text
