"""The columns of the review: a row for each move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from noc_tui.review.model import Verdict
from noc_tui.review.seen import seen
from noc_tui.text import ELLIPSIS
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.columns import Column

if TYPE_CHECKING:
    from noc_tui.review.model import Category, MoveReview

INK_OF_CATEGORY: Final[dict[Category, str]] = {
    "fine": "calm",
    "inaccuracy": "breach",
    "mistake": "breach",
    "blunder": "critical",
    "none": "muted",
}
"""The ink of a verdict; its glyph and its word say the same."""

_SEPARATOR: Final = ", "


def verdict_words(move: MoveReview) -> str:
    """The verdict with its glyph: `× Blunder`."""
    return f"{move.verdict.glyph} {move.verdict.label}" if move.verdict is not Verdict.NONE else "– lost"


def lost_words(move: MoveReview) -> str:
    """The steps lost, as a figure: `2.4`; nothing where nothing was lost to speak of."""
    return f"{move.lost:.1f}" if move.lost >= 0.05 else ""


def best_words(move: MoveReview) -> str:
    """What was better; nothing where nothing was, or nothing is judged."""
    return "" if move.verdict in {Verdict.BEST, Verdict.NONE} else move.best.label


def whole_items(text: str, width: int) -> str:
    """As many items of a list with commas as `width` cells have room for, and an ellipsis for the others."""
    if cell_len(text) <= width:
        return text
    items = text.split(_SEPARATOR)
    for count in range(len(items) - 1, 0, -1):
        shown = _SEPARATOR.join(items[:count]) + ELLIPSIS
        if cell_len(shown) <= width:
            return shown
    return fit(text, width)


MOVE_COLUMNS: Final[tuple[Column[MoveReview], ...]] = (
    Column("Step", lambda move: str(move.step), 4, rank=0, right=True, ink=lambda _: "muted"),
    Column("What was seen", lambda move: seen(move.before), 15, rank=5, most=42, cut=whole_items),
    Column("Done", lambda move: move.action.label, 15, rank=1, ink=lambda _: "label"),
    Column("Verdict", verdict_words, 12, rank=0, ink=lambda move: INK_OF_CATEGORY[move.verdict.category]),
    Column("Lost", lost_words, 4, rank=2, right=True),
    Column("Better", best_words, 15, rank=3),
    Column("Why", lambda move: move.why, 70, rank=6, most=200, ink=lambda _: "muted"),
)
"""Step, what was seen, what was done, what it was worth, what it cost in steps, what was best, and why."""
