"""Whether the next try of a daily counts, and what came of the one that did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from noc_tui.drills.daily import daily_of
from noc_tui.drills.standing import DailyStanding, daily_standing
from noc_tui.store.entries import DailyEntry
from noc_tui.store.store import Store

if TYPE_CHECKING:
    from noc_tui.drills.daily import Daily

TODAY = date(2026, 12, 1)
YESTERDAY = TODAY - timedelta(days=1)


def begun(session: str = "S1", day: date = TODAY) -> DailyEntry:
    daily: Daily = daily_of(day)
    return DailyEntry(
        player="ana", date=day.isoformat(), incident=daily.incident, seed=daily.seed, session=session, started=1
    )


def finished(session: str = "S1", day: date = TODAY) -> DailyEntry:
    return replace(begun(session, day), ended=2, outcome="resolved", steps=7, par=6.0, verdicts="bbg")


def test_the_first_try_of_today_counts() -> None:
    standing = DailyStanding.unknown(TODAY, TODAY)
    assert standing.counts
    standing = standing.with_try(begun())
    assert (standing.counts, standing.unfinished) == (False, "S1")
    standing = standing.with_try(finished())
    assert (standing.counts, standing.unfinished, standing.streak) == (False, None, 1)


def test_a_second_try_changes_nothing() -> None:
    standing = DailyStanding.unknown(TODAY, TODAY).with_try(finished())
    assert standing.with_try(begun("S2")) == standing
    assert standing.with_try(finished("S2")) == standing


def test_the_daily_of_another_date_never_counts() -> None:
    standing = DailyStanding.unknown(YESTERDAY, TODAY)
    assert not standing.counts
    assert standing.with_try(finished("S1", YESTERDAY)) == standing
    standing = DailyStanding.unknown(TODAY, TODAY)
    assert standing.with_try(finished("S1", YESTERDAY)) == standing


def test_what_has_been_finished_is_not_unfinished_again() -> None:
    standing = DailyStanding.unknown(TODAY, TODAY).with_try(finished())
    assert standing.with_try(begun()) == standing


def test_what_the_database_knows_of_a_date() -> None:
    with Store() as store:
        store.remember(finished("S0", YESTERDAY), begun("S1", TODAY))
        with store.reading() as connection:
            standing = daily_standing(connection, "ana", TODAY, TODAY)
            nobody = daily_standing(connection, "ben", TODAY, TODAY)
    assert (standing.counts, standing.unfinished, standing.streak) == (False, "S1", 1)
    assert standing.with_try(finished("S1")).streak == 2
    assert (nobody.counts, nobody.streak) == (True, 0)
