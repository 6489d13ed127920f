"""The columns of the table of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.tui.recordings import driver_name, outcome_ink, outcome_words, title_of, when
from noc_tui.tui.widgets.columns import Column

if TYPE_CHECKING:
    from datetime import datetime

    from noc_tui.episode.library import SessionSummary


class Dated(NamedTuple):
    """A session, and the time from which its age is told."""

    session: SessionSummary
    now: datetime


COLUMNS: Final[tuple[Column[Dated], ...]] = (
    Column("Started", lambda row: when(row.session.started, row.now), 12, rank=3, ink=lambda _: "muted"),
    Column("Incident", lambda row: title_of(row.session), 14, rank=0, most=32, ink=lambda _: "label"),
    Column("Seed", lambda row: str(row.session.seed), 6, rank=4, most=10, right=True),
    Column("Driver", lambda row: driver_name(row.session.driver), 8, rank=2, most=20),
    Column("Outcome", lambda row: outcome_words(row.session), 20, rank=1, ink=lambda row: outcome_ink(row.session)),
    Column("Session", lambda row: row.session.session, 26, rank=5, ink=lambda _: "muted"),
    Column("Forked from", lambda row: row.session.parent or "", 26, rank=6, ink=lambda _: "muted"),
)
RECENT_COLUMNS: Final = tuple(column for column in COLUMNS if column.rank < 4)
