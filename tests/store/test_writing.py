"""What is put into the database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from noc_tui.store.queries import daily_entry, deck_of
from noc_tui.store.rating import Game, Standing, idle, rated
from noc_tui.store.schema import players
from noc_tui.store.store import Store
from noc_tui.store.writing import Taken, take_in
from tests.store.asking import rating_history, recent_sessions
from tests.store.builders import DAY, START, daily, derived, review, session

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.store.entries import Entry


def test_the_same_entries_twice_change_nothing(store: Store) -> None:
    entries: list[Entry] = [session("S1"), review("R1"), daily("2026-12-01")]
    assert store.remember(*entries).taken == Taken(1, 1, 1)
    before = derived(store)
    assert store.remember(*entries).taken == Taken(0, 0, 0)
    assert derived(store) == before


def _history(seed: int) -> list[Any]:
    """Weeks of practice of two people and an agent."""
    chance = random.Random(seed)
    entries: list[Any] = []
    for number in range(40):
        at = START + chance.randrange(14 * DAY)
        entries.append(
            session(
                f"S{number:03}",
                at=at,
                player=chance.choice(["ana", "ben", "rules"]),
                incident=chance.choice(["cpu_overload", "flaky_nic", "retry_storm"]),
                seed=chance.randrange(6),
                grade=chance.choice(["S", "B", "D", "F"]),
            )
        )
        entries.append(review(f"R{number:03}", at=at, rating=chance.choice([1, 2, 3, 4]), player="ana"))
    entries += [daily("2026-12-01", session=f"D{n}", started=START + n, ended=START + 9000) for n in range(3)]
    return entries


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_entries_come_makes_no_difference(store: Store, tmp_path: Path, seed: int) -> None:
    entries = _history(seed)
    store.remember(*entries)
    shuffled = random.Random(seed).sample(entries, len(entries))
    with Store(f"sqlite:///{tmp_path / 'other.sqlite3'}", queue=tmp_path / "queue2") as other:
        while shuffled:
            other.remember(*[shuffled.pop() for _ in range(min(7, len(shuffled)))])
        cards, ratings = derived(other)
        assert cards == derived(store)[0]
        for one, another in zip(ratings, derived(store)[1], strict=True):
            assert one == pytest.approx(another)
        with store.reading() as here, other.reading() as there:
            assert daily_entry(here, "ana", "2026-12-01") == daily_entry(there, "ana", "2026-12-01")


def test_a_review_that_comes_late_counts_as_if_it_had_been_in_time(store: Store) -> None:
    store.remember(review("R1", at=START), review("R3", at=START + 5 * DAY))
    store.remember(review("R2", at=START + DAY, rating=1))
    with store.reading() as connection:
        card = deck_of(connection, "ana")["cpu_overload", "page"]
    assert (card.reviews, card.last, card.last_rating) == (3, START + 5 * DAY, 3)


def test_the_games_of_a_day_are_rated_together_from_where_both_stood(store: Store) -> None:
    store.remember(
        session("S1", grade="S", incident="flaky_nic", at=START + 1000),
        session("S2", grade="F", incident="retry_storm", at=START + 2000),
    )
    store.remember(session("S3", grade="B", incident="flaky_nic", at=START + 3 * DAY))
    day = START // DAY
    with store.reading() as connection:
        history = rating_history(connection, "player", "ana")
        incident = rating_history(connection, "incident", "flaky_nic")
    first = rated(Standing(), [Game(Standing(), 0.0), Game(Standing(), 1.0)])
    flaky = rated(Standing(), [Game(Standing(), 0.0)])
    second = rated(idle(first, 2), [Game(idle(flaky, 2), 0.75)])
    assert [at for at, _ in history] == [day, day + 3]
    assert history[0][1] == pytest.approx(first)
    assert history[1][1] == pytest.approx(second)
    assert incident[0][1] == pytest.approx(flaky)


def test_only_the_first_try_at_a_seed_is_rated(store: Store) -> None:
    store.remember(session("S1", seed=7, grade="F", at=START + 1000), session("S2", seed=7, grade="S", at=START + 2000))
    with store.reading() as connection:
        ((_, standing),) = rating_history(connection, "player", "ana")
    assert standing.games == 1
    assert standing.rating < 1500


def test_what_may_not_count_is_remembered_and_not_rated(store: Store) -> None:
    store.remember(session("S1", rated=False, grade=None, unwinnable=True))
    with store.reading() as connection:
        assert rating_history(connection, "player", "ana") == []
        assert [row.session for row in recent_sessions(connection)] == ["S1"]


def test_a_session_stays_as_it_is_until_a_review_of_it_comes(store: Store) -> None:
    bare = session("S1", reviewed=False, rated=False, grade=None, accuracy=None, verdicts=())
    full = session("S1")
    store.remember(bare)
    assert store.remember(full).taken.sessions == 1
    assert store.remember(replace(full, player="ben"), bare).taken.sessions == 0
    with store.reading() as connection:
        (row,) = recent_sessions(connection)
        assert (row.player, row.grade) == ("ana", "A")
        assert len(rating_history(connection, "player", "ana")) == 1
    with store.writing() as connection:
        assert take_in(connection, [replace(full, grade="C")], anew=True).sessions == 1
    with store.reading() as connection:
        assert recent_sessions(connection)[0].grade == "C"


def test_the_daily_that_was_begun_first_is_the_one_that_counts(store: Store) -> None:
    begun = daily("2026-12-01", session="D1", ended=None, outcome=None, steps=None, par=None, verdicts=None)
    again = daily("2026-12-01", session="D2", started=START + 500)
    store.remember(begun)
    assert store.remember(again).taken.dailies == 0
    finished = replace(begun, ended=START + 900, outcome="crashed", steps=4, par=4.5, verdicts="bmxx")
    assert store.remember(finished).taken.dailies == 1
    assert store.remember(replace(finished, outcome="resolved")).taken.dailies == 0
    with store.reading() as connection:
        assert daily_entry(connection, "ana", "2026-12-01") == finished


def test_a_player_began_with_the_earliest_that_is_known(store: Store) -> None:
    store.remember(review("R1", at=START + DAY))
    store.remember(review("R2", at=START), session("S1", player="rules", kind="agent"))
    with store.reading() as connection:
        rows = connection.execute(select(players).order_by(players.c.name)).all()
    assert [tuple(row) for row in rows] == [("ana", "person", START), ("rules", "agent", session("S1").started)]


def test_entries_are_taken_in_whole_or_not_at_all(store: Store) -> None:
    class KilledError(Exception):
        pass

    def die_before_the_end() -> None:
        with store.writing() as connection:
            take_in(connection, [session("S1"), review("R1")])
            raise KilledError

    with pytest.raises(KilledError):
        die_before_the_end()
    with store.reading() as connection:
        assert recent_sessions(connection) == []
        assert deck_of(connection, "ana") == {}


def test_no_plan_is_kept_from_when_the_tables_were_empty(server_url: str, tmp_path: Path) -> None:
    with Store(server_url, queue=tmp_path / "queue") as store, store.reading() as connection:
        for _ in range(20):
            recent_sessions(connection)
        assert connection.exec_driver_sql("SELECT name FROM pg_prepared_statements").all() == []


@pytest.mark.parametrize("name", ["日本 ☂ ' \" ; DROP TABLE sessions; --", "a" * 400])
def test_any_name_is_kept_as_it_is(store: Store, name: str) -> None:
    store.remember(session("S1", player=name), review("R1", player=name))
    with store.reading() as connection:
        assert [row.player for row in recent_sessions(connection)] == [name]
        assert len(deck_of(connection, name)) == 1
