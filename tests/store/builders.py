"""Entries with as little in them as possible, and the one figure that a test is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import MILLIS_A_DAY, DailyEntry, MoveCount, ReviewEntry, SessionEntry
from noc_tui.store.schema import cards, ratings

if TYPE_CHECKING:
    from noc_tui.store.store import Store

DAY = MILLIS_A_DAY
START = 20_000 * DAY
"""A midnight, UTC: 4 October 2024."""

_SESSION = SessionEntry(
    session="S0",
    player="ana",
    kind="person",
    incident="cpu_overload",
    incident_hash="sha256:0",
    seed=1,
    draws=0,
    max_steps=30,
    pace="turn",
    blind=False,
    parent=None,
    drill=None,
    started=START,
    ended=START + 60_000,
    seconds=60.0,
    outcome="resolved",
    steps=8,
    assisted=False,
    reviewed=True,
    unwinnable=False,
    grade="A",
    accuracy=90.0,
    par=6.5,
    lost=1.0,
    luck=0.5,
    harmful=0,
    first_useful=1,
    first_useful_seconds=3.5,
    diagnosis=None,
    rated=True,
    verdicts=(
        MoveCount(verdict=Verdict.BEST, action=ActionType.THROTTLE_CPU, best=ActionType.THROTTLE_CPU, count=7),
        MoveCount(verdict=Verdict.MISTAKE, action=ActionType.SCALE_UP, best=ActionType.THROTTLE_CPU, count=1),
    ),
)


def session(name: str, **changes: Any) -> SessionEntry:
    """A session called `name`, of a seed of its own unless one is given; `at` is when it ended."""
    at = changes.pop("at", None)
    if at is not None:
        changes |= {"started": at - 1000, "ended": at}
    changes.setdefault("seed", int.from_bytes(name.encode()[-6:], "big"))
    return replace(_SESSION, session=name, **changes)


def review(name: str, **changes: Any) -> ReviewEntry:
    """An answer called `name`: good, on the page of cpu_overload, by ana."""
    values: dict[str, Any] = {
        "review": name,
        "player": "ana",
        "incident": "cpu_overload",
        "stage": "page",
        "rating": 3,
        "at": START,
    }
    return ReviewEntry(**(values | changes))


def daily(date: str, **changes: Any) -> DailyEntry:
    """A daily of ana's, finished."""
    values: dict[str, Any] = {
        "player": "ana",
        "date": date,
        "incident": "flaky_nic",
        "seed": 5,
        "session": f"D-{date}",
        "started": START,
        "ended": START + 1000,
        "outcome": "resolved",
        "steps": 5,
        "par": 4.0,
        "verdicts": "bbgbi",
    }
    return DailyEntry(**(values | changes))


def derived(store: Store) -> tuple[list[Any], list[Any]]:
    """All that is worked out: the schedule, and the ratings."""
    with store.reading() as connection:
        scheduled = connection.execute(select(cards).order_by(cards.c.player, cards.c.incident, cards.c.stage))
        rated = connection.execute(select(ratings).order_by(ratings.c.side, ratings.c.name, ratings.c.day))
        return [tuple(row) for row in scheduled], [tuple(row) for row in rated]
