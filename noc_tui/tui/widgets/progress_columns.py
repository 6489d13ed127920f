"""The columns of the progress screen: a row for each incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.store.wording import TREND, blocks, first_useful, when_due
from noc_tui.tui.widgets.columns import Column

if TYPE_CHECKING:
    from datetime import datetime

    from noc_tui.store.progress import IncidentProgress


class Shown(NamedTuple):
    """An incident, what it is called, and the time from which its card falls due."""

    incident: IncidentProgress
    title: str
    now: datetime


def percent(share: float | None) -> str:
    """A share from 0 to 1 as it is read: `80 %`; nothing where there is none."""
    return "" if share is None else f"{share * 100:.0f} %"


def over_par(steps: float | None) -> str:
    """Steps over par with their sign: `+1.2`; nothing where there is none."""
    return "" if steps is None else f"{round(steps, 1) + 0.0:+.1f}".replace("-", "−")


def _accuracy(row: Shown) -> str:
    return "" if row.incident.accuracy is None else f"{row.incident.accuracy:.0f} %"


COLUMNS: Final[tuple[Column[Shown], ...]] = (
    Column("Incident", lambda row: row.title, 18, rank=0, most=30, ink=lambda _: "label"),
    Column("Played", lambda row: str(row.incident.played), 6, rank=1, right=True),
    Column("Won", lambda row: percent(row.incident.resolved_rate), 5, rank=2, right=True),
    Column("Over par", lambda row: over_par(row.incident.over_par), 8, rank=4, right=True),
    Column("Accuracy", _accuracy, 8, rank=5, right=True),
    Column("Trend", lambda row: blocks(row.incident.trend[-TREND:]), TREND, rank=6, ink=lambda _: "calm"),
    Column("Due", lambda row: "" if row.incident.due is None else when_due(row.incident.due, row.now), 9, rank=3),
    Column("Rating", lambda row: row.incident.standing.text if row.incident.standing else "", 12, rank=7, right=True),
    Column("First useful", lambda row: first_useful(row.incident), 12, rank=8, right=True),
    Column("Named", lambda row: percent(row.incident.diagnosed), 5, rank=9, right=True),
    Column("Grades", lambda row: "".join(row.incident.grades), 10, rank=10, ink=lambda _: "muted"),
)
