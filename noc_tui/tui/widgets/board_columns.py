"""The columns of a leaderboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.store.entries import moment_of
from noc_tui.text import clean
from noc_tui.tui.recordings import when
from noc_tui.tui.widgets.columns import Column
from noc_tui.tui.widgets.progress_columns import over_par

if TYPE_CHECKING:
    from datetime import datetime

    from noc_tui.store.queries import BoardRow

_OUTCOMES: Final = {
    "resolved": ("calm", "✓ resolved"),
    "crashed": ("critical", "‼ crashed"),
    "truncated": ("breach", "! out of steps"),
    "void": ("muted", "! void"),
}


class Ranked(NamedTuple):
    """Somebody on a board, their place from 1, and the time from which its age is told."""

    place: int
    row: BoardRow
    now: datetime
    own: bool
    """Whether it is the player's."""


def _over(ranked: Ranked) -> str:
    row = ranked.row
    return "" if row.par is None else over_par(row.steps - row.par)


def _who(ranked: Ranked) -> str:
    return clean(ranked.row.player, 80)


COLUMNS: Final[tuple[Column[Ranked], ...]] = (
    Column("", lambda r: str(r.place), 3, rank=0, right=True, ink=lambda _: "muted"),
    Column("Who", _who, 14, rank=0, most=32, ink=lambda r: "key" if r.own else "label"),
    Column("Is", lambda r: r.row.kind, 6, rank=4, ink=lambda _: "muted"),
    Column("Outcome", lambda r: _OUTCOMES[r.row.outcome][1], 14, rank=2, ink=lambda r: _OUTCOMES[r.row.outcome][0]),
    Column("Steps", lambda r: str(r.row.steps), 5, rank=0, right=True),
    Column("Over par", _over, 8, rank=3, right=True),
    Column("Grade", lambda r: r.row.grade or "", 5, rank=5, right=True),
    Column("Accuracy", lambda r: "" if r.row.accuracy is None else f"{r.row.accuracy:.0f} %", 8, rank=6, right=True),
    Column("When", lambda r: when(moment_of(r.row.ended), r.now), 12, rank=7, ink=lambda _: "muted"),
)
