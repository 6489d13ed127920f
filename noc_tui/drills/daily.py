"""The drill `daily`: on a date everybody gets the same incident and seed, without any server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError
from noc_tui.drills.seeds import winnable_seed
from noc_tui.sim.catalog import Catalog
from noc_tui.store.entries import DailyEntry, millis

if TYPE_CHECKING:
    from datetime import date, datetime

    from noc_tui.episode.records import Header

SQUARES: Final = {"b": "🟩", "g": "🟩", "n": "🟩", "i": "🟨", "m": "🟧", "x": "🟥", "-": "⬛"}
"""By the letter of the verdict (`noc_tui.store.summary.LETTERS`)."""
MOST_SQUARES: Final = 30
"""A row of more than that is cut off."""


@dataclass(frozen=True, slots=True)
class Daily:
    """What everybody plays on a date."""

    date: date
    incident: str
    seed: int


def daily_date(now: datetime) -> date:
    """The date whose daily is played at a moment: that in UTC, wherever one is."""
    return now.astimezone(UTC).date()


@lru_cache(maxsize=1024)
def daily_of(day: date) -> Daily:
    """The daily of a date, the same on every machine: chosen by SHA-256 from the program's own incidents.

    An incident of the user's own never is one. Which incident it is depends on their ids alone, and an incident that a
    later version adds takes over as many dates as any other, and leaves the other dates as they are.
    """
    catalog = bundled_catalog()
    if not catalog.ids:
        raise DrillError("the program's own incidents are not there")
    name = max(catalog.ids, key=lambda name: (Draws("daily", day.isoformat(), name).below(2**64), name))
    seed = winnable_seed(catalog.load(name), Draws("daily seed", day.isoformat(), name))
    return Daily(day, name, seed)


def incident_and_seed(day: date) -> tuple[str, int]:
    """The daily of a date, as `noc_tui.store.rebuilding` asks for it."""
    daily = daily_of(day)
    return daily.incident, daily.seed


@lru_cache(maxsize=1)
def bundled_catalog() -> Catalog:
    """The program's own incidents."""
    return Catalog([paths.bundled_incidents_dir()])


def begin_daily(daily: Daily, player: str, header: Header) -> DailyEntry:
    """What is remembered when the daily is begun: from then on this try is the one that counts."""
    return DailyEntry(
        player=player,
        date=daily.date.isoformat(),
        incident=daily.incident,
        seed=daily.seed,
        session=header.session,
        started=millis(header.started),
    )


def is_scored(known: DailyEntry | None, session: str) -> bool:
    """Whether a try counts, where `known` is what is remembered of the date: the one that was begun first does."""
    return known is None or known.session == session


def share_text(entry: DailyEntry) -> str:
    """Three lines without spoilers: the date, steps against par, a row of squares by verdict.

    Raises `DrillError` for a try that has not been finished.
    """
    if entry.outcome is None or entry.steps is None:
        raise DrillError(f"the daily of {entry.date} has not been finished")
    par = "" if entry.par is None else f", par {entry.par:.1f}"
    steps = f"{entry.steps} step{'' if entry.steps == 1 else 's'}"
    result = {
        "resolved": f"resolved in {steps}{par}",
        "crashed": f"crashed after {steps}{par}",
        "truncated": f"out of time after {steps}{par}",
        "void": f"no result after {steps}",
    }[entry.outcome]
    letters = entry.verdicts or ""
    row = "".join(SQUARES[letter] for letter in letters[:MOST_SQUARES])
    return f"noc-tui daily {entry.date}\n{result}\n{row}{'…' if len(letters) > MOST_SQUARES else ''}"
