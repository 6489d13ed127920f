"""The progress screen: how somebody fares, and what is worth practising."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui import paths
from noc_tui.review.model import Verdict
from noc_tui.review.session import review_session
from noc_tui.store.entries import MoveCount, millis
from noc_tui.store.progress import DayOfPractice
from noc_tui.store.store import Store
from noc_tui.store.wording import blocks, weeks
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_retry import RetryScreen
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.leaderboard import LeaderboardScreen
from noc_tui.tui.screens.progress import ProgressScreen
from noc_tui.tui.widgets.practice_panel import level
from noc_tui.tui.widgets.progress_columns import over_par, percent
from tests.store.builders import review, session
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.shelf import begin

SIZES = [(50, 14), (80, 24), (120, 40), (200, 60)]
TODAY = date(2026, 12, 3)


def remember(*names: str, **changes: Any) -> None:
    """Sessions of ana in her database, played just now."""
    now = millis(datetime.now(UTC))
    with Store() as store:
        store.remember(*(session(name, **({"at": now} | changes)) for name in names))


def line_with(pit: Cockpit, text: str) -> str:
    return next(line for line in pit.text().splitlines() if text in line)


async def test_who_has_played_nothing_is_told_what_counts_and_how_to_leave() -> None:
    async with cockpit(Launch("progress"), size=(80, 24), player="ana") as pit:
        assert "Nothing to show yet" in pit.text()
        assert "q goes back" in pit.text()
        await pit.press("x", "l", "enter")
        assert isinstance(pit.app.screen, ProgressScreen)
        await pit.press("q")
        assert isinstance(pit.app.screen, HomeScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_the_figures_that_count(size: tuple[int, int]) -> None:
    remember("S1", "S2")
    remember("S3", outcome="crashed", grade="F")
    async with cockpit(Launch("progress"), size=size, player="ana") as pit:
        row = line_with(pit, "CPU overload   ")
        for word in ("3", "67 %") if size[0] < 80 else ("3", "67 %", "+1.5", "90 %"):
            assert word in row, word
        assert "3 sessions" in pit.text()
        assert "? help" in pit.text().splitlines()[-1]


async def test_what_has_no_column_is_told_of_the_incident_under_the_cursor() -> None:
    remember("S1", diagnosis=True)
    remember("S2", incident="flaky_nic", first_useful=None, first_useful_seconds=None)
    async with cockpit(Launch("progress"), size=(80, 24), player="ana") as pit:
        assert "First useful action at step 1, after 4 s · named rightly 100 %" in pit.text()
        assert "Rating of the incident 1" in pit.text()
        await pit.press("down")
        assert "No useful action yet" in pit.text()


async def test_where_there_are_few_rows_the_incidents_come_first() -> None:
    remember("S1")
    async with cockpit(Launch("progress"), size=(40, 8), player="ana") as pit:
        assert "1 session" in pit.text()
        assert "CPU overload" in pit.text()
        assert "Practice" not in pit.text()


async def test_an_incident_that_is_not_there_any_more_stands_by_its_id() -> None:
    remember("S1", incident="of_old")
    async with cockpit(Launch("progress"), player="ana") as pit:
        assert "of_old" in pit.text()


async def test_the_commonest_mistake_is_told_with_the_key_that_drills_it() -> None:
    remember("S1", "S2")
    async with cockpit(Launch("progress"), size=(80, 24), player="ana") as pit:
        assert "Scale up in CPU overload, 2×; better: Throttle CPU  x drills it" in line_with(pit, "Mistake")
        await pit.press("x")
        assert pit.episode.incident.id == "cpu_overload"


async def test_where_there_is_no_room_for_what_is_better_it_is_left_out_whole() -> None:
    remember("S1", incident="conn_pool_exhaustion")
    async with cockpit(Launch("progress"), size=(80, 24), player="ana") as pit:
        assert "Scale up in Connection pool exhaustion, 1×  x drills it" in line_with(pit, "Mistake")


async def test_the_mistake_is_drilled_in_the_session_in_which_it_was_made() -> None:
    episode = begin(actions=("restart_service", "restart_service"))
    episode.close()
    remember(episode.header.session)
    async with cockpit(Launch("progress"), player="ana") as pit:
        await pit.press("x")
        assert isinstance(pit.app.screen, RetryScreen)


async def test_what_is_drilled_is_the_mistake_and_not_what_was_worst_beside_it() -> None:
    episode = begin(actions=("restart_service", "clear_cache", "scale_up"))
    episode.close()
    review = review_session(episode)
    first = review.move(1)
    assert (first.verdict, review.worst) == (Verdict.MISTAKE, 2)
    remember(
        episode.header.session,
        verdicts=(MoveCount(verdict=first.verdict, action=first.action, best=first.best, count=1),),
    )
    async with cockpit(Launch("progress"), player="ana") as pit:
        await pit.press("x")
        await pit.settle()
        assert isinstance(pit.app.screen, RetryScreen)
        assert pit.app.screen._retry is not None
        assert pit.app.screen._retry.step == 1


async def test_enter_plays_the_incident_and_l_shows_its_boards() -> None:
    remember("S1", incident="flaky_nic")
    async with cockpit(Launch("progress"), player="ana") as pit:
        await pit.press("l")
        assert isinstance(pit.app.screen, LeaderboardScreen)
        await pit.press("q", "enter")
        assert pit.episode.incident.id == "flaky_nic"


async def test_what_is_played_shows_when_one_comes_back() -> None:
    remember("S1")
    async with cockpit(Launch("progress"), player="ana") as pit:
        await pit.press("l")
        remember("S2")
        await pit.press("q")
        assert "2 sessions" in pit.text()


async def test_a_database_that_cannot_be_read_is_told() -> None:
    paths.progress_file().mkdir(parents=True)
    async with cockpit(Launch("progress"), player="ana") as pit:
        assert "it is a folder" in pit.text()
        assert "Play goes on without" in pit.text()


async def test_a_calendar_stands_where_there_is_room_for_one() -> None:
    remember("S1")
    with Store() as store:
        store.remember(review("R1"))
    async with cockpit(Launch("progress"), size=(120, 40), player="ana") as pit:
        assert line_with(pit, "Mon").count("·") + line_with(pit, "Mon").count("▪") >= 50
    async with cockpit(Launch("progress"), size=(80, 24), player="ana") as pit:
        assert "Mon" not in pit.text()
        assert "Practice" in pit.text()


# --- the rules


def practised(ago: int, accuracy: float | None, sessions: int = 1) -> DayOfPractice:
    return DayOfPractice(TODAY - timedelta(days=ago), sessions, accuracy)


def test_a_week_begins_on_monday_and_is_weighted_by_sessions() -> None:
    days = [practised(8, 50.0), practised(3, 90.0, sessions=3), practised(1, 60.0), practised(0, None)]
    assert weeks(days, TODAY, 3) == [None, 50.0, pytest.approx((3 * 90 + 60) / 4)]


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0, 100), st.integers(1, 9))), st.integers(1, 60))
def test_the_weeks_stay_within_what_was_reached(found: list[tuple[int, float, int]], count: int) -> None:
    days = [practised(ago, accuracy, sessions) for ago, accuracy, sessions in found]
    means = weeks(days, TODAY, count)
    assert len(means) == count
    assert all(mean is None or -1e-9 <= mean <= 100 + 1e-9 for mean in means)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_practice_is_never_shown_as_less(one: int, other: int) -> None:
    low, high = sorted((level(one), level(other)))
    assert 0 <= low <= high <= 4
    assert (level(min(one, other)), level(max(one, other))) == (low, high)
    assert (level(one) == 0) == (one == 0)


@given(st.lists(st.floats(0, 100)))
def test_a_trend_has_a_column_for_each_value_and_none_is_blank(values: list[float]) -> None:
    strip = blocks(values)
    assert len(strip) == len(values)
    assert " " not in strip


def test_figures_are_written_as_they_are_read() -> None:
    assert (percent(0.666), percent(None), over_par(-0.04), over_par(1.25), over_par(None)) == (
        "67 %",
        "",
        "+0.0",
        "+1.2",
        "",
    )
    assert over_par(-1.26) == "−1.3"
