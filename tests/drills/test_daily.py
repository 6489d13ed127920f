"""The daily: the same for everybody, told without a spoiler."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.drills.daily import (
    Daily,
    begin_daily,
    bundled_catalog,
    daily_date,
    daily_of,
    is_scored,
    share_text,
)
from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError
from noc_tui.episode.episode import Episode
from noc_tui.review.positions import unwinnable_start
from noc_tui.sim.actions import ACTIONS
from tests.drills.builders import incidents
from tests.factories import bundled_incident
from tests.store.builders import daily

DAYS = st.dates(date(2024, 1, 1), date(2100, 1, 1))

KNOWN = {
    date(2026, 12, 1): ("memory_leak", 1860697005),
}
"""What must never change by itself: people have played these."""


@pytest.mark.parametrize(("day", "expected"), KNOWN.items())
def test_the_daily_of_a_date_stays_what_it_is(day: date, expected: tuple[str, int]) -> None:
    assert daily_of(day) == Daily(day, *expected)


@pytest.mark.parametrize(("zone", "hash_seed"), [("Pacific/Kiritimati", "1"), ("America/Los_Angeles", "2")])
def test_the_daily_is_the_same_on_another_machine(zone: str, hash_seed: str) -> None:
    code = (
        "from datetime import datetime, UTC; from noc_tui.drills.daily import daily_date, daily_of;"
        "day = daily_date(datetime(2026, 11, 30, 23, 30, tzinfo=UTC).astimezone()); print(daily_of(day))"
    )
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": hash_seed, "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(daily_of(date(2026, 11, 30)))


@given(DAYS)
def test_every_daily_can_be_won_and_is_one_of_the_programs_own(day: date) -> None:
    daily_ = daily_of(day)
    assert daily_.incident in bundled_catalog()
    assert not unwinnable_start(incidents()[daily_.incident], daily_.seed)
    assert daily_.seed < 2**32


def test_no_incident_is_left_out_and_none_comes_every_day() -> None:
    days = [daily_of(date(2026, 1, 1) + timedelta(days=number)).incident for number in range(365)]
    assert set(days) == set(incidents())
    assert max(days.count(name) for name in incidents()) < 40


@given(DAYS, st.times(), st.integers(-14, 14))
def test_the_date_is_that_of_utc_wherever_one_is(day: date, time: clock, hours: int) -> None:
    moment = datetime.combine(day, time, UTC)
    assert daily_date(moment.astimezone(timezone(timedelta(hours=hours)))) == moment.date()


def test_the_try_that_was_begun_first_is_the_one_that_is_scored() -> None:
    chosen = daily_of(date(2026, 12, 1))
    episode = Episode(bundled_incident(chosen.incident), chosen.seed, blind=True)
    begun = begin_daily(chosen, "ana", episode.header)
    assert (begun.date, begun.outcome, begun.session) == ("2026-12-01", None, episode.header.session)
    assert is_scored(None, "anything")
    assert is_scored(begun, episode.header.session)
    assert not is_scored(begun, "another")


# --- what is shared


def test_the_share_text_is_three_lines() -> None:
    entry = daily("2026-12-01", steps=7, par=5.24, verdicts="bgnimx-")
    assert share_text(entry) == "noc-tui daily 2026-12-01\nresolved in 7 steps, par 5.2\n🟩🟩🟩🟨🟧🟥⬛"


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ("crashed", "crashed after 1 step, par 4.0"),
        ("truncated", "out of time after 1 step, par 4.0"),
        ("void", "no result after 1 step"),
    ],
)
def test_the_share_text_says_how_it_ended(outcome: str, line: str) -> None:
    assert share_text(daily("2026-12-01", steps=1, outcome=outcome)).splitlines()[1] == line


def test_a_long_row_is_cut_off() -> None:
    row = share_text(daily("2026-12-01", steps=60, verdicts="b" * 60)).splitlines()[2]
    assert row == "🟩" * 30 + "…"


def test_what_has_not_been_finished_is_not_shared() -> None:
    with pytest.raises(DrillError, match="has not been finished"):
        share_text(daily("2026-12-01", outcome=None, steps=None))


@given(
    st.sampled_from(sorted(incidents())),
    st.sampled_from(["resolved", "crashed", "truncated"]),
    st.integers(1, 60),
    st.text("bgnimx-", max_size=60),
    DAYS,
)
def test_the_share_text_tells_neither_incident_nor_action_nor_seed(
    name: str, outcome: str, steps: int, verdicts: str, day: date
) -> None:
    entry = daily(
        day.isoformat(),
        incident=name,
        outcome=outcome,
        steps=steps,
        verdicts=verdicts,
        seed=987654321,
        player="somebody",
    )
    text = share_text(entry).lower()
    assert len(text.splitlines()) <= 3
    incident = incidents()[name]
    for word in (name, incident.title.lower(), "987654321", "somebody", *(action.label.lower() for action in ACTIONS)):
        assert word not in text
    others = [
        share_text(daily(day.isoformat(), incident=o, outcome=outcome, steps=steps, verdicts=verdicts))
        for o in incidents()
    ]
    assert len(set(others)) == 1


# --- chance


def test_chance_is_what_sha256_says() -> None:
    # hashlib.sha256(b"noc-tui\x1fx\x1f0"), taken as a whole number, modulo 1000: worked out apart.
    from hashlib import sha256

    assert Draws("x").below(1000) == int(sha256(b"noc-tui\x1fx\x1f0").hexdigest(), 16) % 1000


@given(st.lists(st.integers(), max_size=30), st.integers())
def test_shuffling_loses_nothing(values: list[int], seed: int) -> None:
    assert sorted(Draws(seed).shuffled(values)) == sorted(values)


def test_words_are_kept_apart() -> None:
    assert Draws("ab", "c").seed() != Draws("a", "bc").seed()


def test_there_must_be_something_to_choose_from() -> None:
    with pytest.raises(ValueError, match="something to choose from"):
        Draws("x").choice([])
