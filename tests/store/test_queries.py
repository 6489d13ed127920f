"""What lists, boards and the progress screen are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import MoveCount, date_of_day, day_of, millis, moment_of
from noc_tui.store.people import default_player, player_name
from noc_tui.store.progress import Mistake, home_of, progress_of, streak
from noc_tui.store.queries import (
    incident_standings,
    leaderboard,
    player_standing,
    team,
)
from noc_tui.store.store import Store
from tests.store.builders import DAY, START, daily, review, session

if TYPE_CHECKING:
    from pathlib import Path

NOW = moment_of(START + 5 * DAY)


def test_a_leaderboard_has_the_best_of_each_and_nothing_that_does_not_count(store: Store) -> None:
    same = {"seed": 7, "incident_hash": "sha256:a"}
    store.remember(
        session("S1", **same, steps=9),
        session("S2", **same, steps=7, at=START + DAY),
        session("S3", **same, player="rules", kind="agent", steps=8),
        session("S4", **same, player="ben", steps=8, accuracy=99.0),
        session("S5", **same, player="helped", steps=4, assisted=True),
        session("S6", **same, player="forked", steps=4, parent="S1"),
        session("S7", **same, player="unverified", steps=4, reviewed=False),
        session("S8", **same, player="crashed", steps=4, outcome="crashed"),
        session("S9", seed=7, incident_hash="sha256:other", player="doctored", steps=4),
        session("SA", **same, player="rules", steps=9),
    )
    with store.reading() as connection:
        board = leaderboard(connection, "cpu_overload", 7, "sha256:a")
    assert [(row.player, row.steps) for row in board] == [("ana", 7), ("ben", 8), ("rules", 8), ("rules", 9)]


def test_a_team_sees_who_did_what(store: Store) -> None:
    store.remember(
        session("S1"),
        session("S2", outcome="crashed", incident="flaky_nic"),
        session("S3", player="ben", at=START + DAY, accuracy=None),
        review("R1", at=START + 2 * DAY, player="carl"),
        review("R2", at=START),
        daily("2026-12-01"),
        daily("2026-12-02", ended=None, outcome=None),
        daily("2026-12-02", player="only began", ended=None, outcome=None),
    )
    ended = session("S1").ended
    with store.reading() as connection:
        assert team(connection) == [
            ("carl", "person", 0, 0, 0, None, 1, 0, START + 2 * DAY),
            ("ben", "person", 1, 1, 1, None, 0, 0, START + DAY),
            ("ana", "person", 2, 1, 2, 90.0, 1, 1, ended),
        ]


def test_who_reads_sees_one_state_whatever_is_written_meanwhile(store: Store, tmp_path: Path) -> None:
    store.remember(session("S1"))
    shown = store.place.url.render_as_string(hide_password=False)
    with Store(shown, queue=tmp_path / "other") as other, store.reading() as connection:
        before = team(connection)
        assert other.remember(session("S2"), review("R1")).saved
        assert team(connection) == before


def test_ratings_are_told_as_of_a_day_and_less_certain_with_time(store: Store) -> None:
    store.remember(session("S1", grade="S"))
    day = START // DAY
    with store.reading() as connection:
        assert player_standing(connection, "ana", day - 1) is None
        then = player_standing(connection, "ana", day)
        later = player_standing(connection, "ana", day + 300)
        incident = incident_standings(connection, day)["cpu_overload"]
    assert then is not None
    assert later is not None
    assert then.rating == later.rating > 1500 > incident.rating
    assert then.deviation < later.deviation < 350


# --- progress


def test_progress_tells_of_each_incident_what_was_played_and_how(store: Store) -> None:
    store.remember(
        session(
            "S1",
            at=START + 1000,
            grade="F",
            outcome="crashed",
            accuracy=20.0,
            first_useful=None,
            first_useful_seconds=None,
        ),
        session("S2", at=START + 2000, grade="B", steps=10, par=6.0, accuracy=70.0, first_useful=2, diagnosis=False),
        session("S3", at=START + 3000, grade="S", steps=7, par=6.0, accuracy=96.0, first_useful=1, diagnosis=True),
        session("X1", player="ben"),
        review("R1", at=START),
    )
    with store.reading() as connection:
        progress = progress_of(connection, "ana", NOW)
    (incident,) = progress.incidents
    assert (incident.played, incident.resolved, incident.grades) == (3, 2, ("F", "B", "S"))
    assert incident.over_par == 2.5
    assert incident.accuracy == pytest.approx(62.0)
    assert incident.trend == (20.0, 70.0, 96.0)
    assert incident.first_useful == 1.5
    assert incident.diagnosed == 0.5
    assert incident.due == START + 600_000
    assert incident.standing is not None
    assert progress.home.sessions == 3
    assert progress.home.due == 1
    assert progress.standing is not None
    assert progress.standing.games == 3
    assert [(day.date, day.sessions) for day in progress.calendar] == [(date(2024, 10, 4), 3)]


def test_progress_of_who_never_played_is_empty(store: Store) -> None:
    with store.reading() as connection:
        progress = progress_of(connection, "ana", NOW)
    assert progress.incidents == ()
    assert progress.mistake is None
    assert progress.standing is None
    assert (progress.home.sessions, progress.home.due, progress.home.next_due) == (0, 0, None)


def test_the_medians_are_about_the_last_fifty_and_the_counts_about_all(sqlite: Store) -> None:
    old = [session(f"A{n:03}", at=START + n * 1000, steps=30, outcome="resolved", par=6.0) for n in range(30)]
    new = [session(f"B{n:03}", at=START + DAY + n * 1000, steps=8, par=6.0) for n in range(50)]
    sqlite.remember(*old, *new)
    with sqlite.reading() as connection:
        (incident,) = progress_of(connection, "ana", NOW).incidents
    assert (incident.played, incident.over_par, len(incident.trend)) == (80, 2.0, 50)


def test_the_commonest_mistake_is_the_one_made_most_often(store: Store) -> None:
    def wrong(action: ActionType, verdict: Verdict, count: int) -> MoveCount:
        return MoveCount(verdict=verdict, action=action, best=ActionType.DO_NOTHING, count=count)

    store.remember(
        session("S1", verdicts=(wrong(ActionType.SCALE_UP, Verdict.MISTAKE, 2),)),
        session("S2", verdicts=(wrong(ActionType.SCALE_UP, Verdict.BLUNDER, 2),)),
        session("S3", verdicts=(wrong(ActionType.CLEAR_CACHE, Verdict.BLUNDER, 3),)),
        session("S4", verdicts=(wrong(ActionType.THROTTLE_CPU, Verdict.INACCURACY, 9),)),
        session("S5", player="ben", verdicts=(wrong(ActionType.REROUTE_TRAFFIC, Verdict.BLUNDER, 9),)),
    )
    with store.reading() as connection:
        mistake = progress_of(connection, "ana", NOW).mistake
    assert mistake == Mistake("cpu_overload", ActionType.SCALE_UP, ActionType.DO_NOTHING, 4)


def test_the_home_screen_is_told_the_streak_and_what_is_due(store: Store) -> None:
    today = date_of_day(day_of(millis(NOW)))
    dates = [(today - timedelta(days=back)).isoformat() for back in (1, 2, 4)]
    store.remember(*(daily(day) for day in dates), review("R1", at=millis(NOW)))
    with store.reading() as connection:
        home = home_of(connection, "ana", NOW)
    assert (home.streak, home.daily_done, home.due) == (2, False, 0)
    assert home.next_due == millis(NOW) + 600_000
    store.remember(daily(today.isoformat()))
    with store.reading() as connection:
        home = home_of(connection, "ana", NOW)
    assert (home.streak, home.daily_done) == (3, True)


def test_cards_of_incidents_that_are_not_here_are_not_due(store: Store) -> None:
    store.remember(review("R1"), review("R2", incident="elsewhere", at=START - DAY))
    with store.reading() as connection:
        here = home_of(connection, "ana", NOW, {"cpu_overload"})
        assert (here.due, here.next_due) == (1, START + 600_000)
        assert progress_of(connection, "ana", NOW, {"cpu_overload"}).home == here
        assert home_of(connection, "ana", NOW, {"flaky_nic"}).next_due is None


def test_a_daily_of_tomorrow_does_not_hide_that_of_today(store: Store) -> None:
    today = date_of_day(day_of(millis(NOW)))
    store.remember(*(daily((today + timedelta(days=ahead)).isoformat()) for ahead in (0, 1)))
    with store.reading() as connection:
        assert home_of(connection, "ana", NOW).daily_done


@given(st.sets(st.integers(0, 30), max_size=25))
def test_a_streak_counts_the_days_in_a_row_up_to_yesterday_at_least(days_ago: set[int]) -> None:
    today = date(2026, 12, 1)
    length = streak([(today - timedelta(days=back)).isoformat() for back in days_ago], today)
    first = 0 if 0 in days_ago else 1
    assert all(back in days_ago for back in range(first, first + length))
    assert first + length not in days_ago


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (hypothesis adds it)
def test_a_moment_is_kept_to_the_millisecond(moment: datetime) -> None:
    kept = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert moment_of(millis(moment)) == kept
    assert date_of_day(day_of(millis(moment))) == moment.date()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        millis(NOW.replace(tzinfo=None))


def test_a_name_is_made_fit_to_be_kept_and_shown() -> None:
    assert player_name("  Ana\x1b[31m\n") == "Ana [31m"
    with pytest.raises(ValueError, match="needs a name"):
        player_name("\u200b")


def test_whoever_has_no_name_is_called_player(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", lambda: "ana\n")
    assert default_player() == "ana"
    monkeypatch.setattr("getpass.getuser", unknown)
    assert default_player() == "player"
