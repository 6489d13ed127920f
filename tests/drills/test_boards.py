"""Which leaderboards there are, who stands on them, and what of a daily is kept secret."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.drills.boards import boards_of_dailies, rows_of, seed_board
from noc_tui.drills.daily import bundled_catalog, daily_of
from noc_tui.store.entries import MILLIS_A_DAY, date_of_day
from noc_tui.store.store import Store
from tests.store.builders import START, daily, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.store.entries import SessionEntry

TODAY = date_of_day(START // MILLIS_A_DAY)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def played(name: str, day: date = TODAY, **changes: Any) -> SessionEntry:
    """A blind session of the daily of a day."""
    today = daily_of(day)
    digest = bundled_catalog().load(today.incident).digest
    values = {"incident": today.incident, "incident_hash": digest, "seed": today.seed, "blind": True} | changes
    return session(name, **values)


def is_secret(store: Store, day: date = TODAY) -> bool:
    with store.reading() as connection:
        (board,) = boards_of_dailies(connection, "ana", [day])
    return board.secret


def test_a_seed_has_its_board_however_much_has_been_played_since(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.store.boards.LOOKED_AT", 2)
    digest = bundled_catalog().load("cpu_overload").digest
    known = {"incident": "cpu_overload", "incident_hash": digest, "blind": False}
    store.remember(*(session(f"S{seed}", seed=seed, at=START + seed * 1000, **known) for seed in range(5)))
    with store.reading() as connection:
        for seed, found in ((None, 4), (4, 4), (0, 0)):
            board = seed_board(connection, "ben", TODAY, "cpu_overload", seed)
            assert board is not None
            assert board.seed == found
        assert seed_board(connection, "ben", TODAY, "cpu_overload", 5) is None


def test_many_people_do_not_push_an_agent_off_the_board_of_a_daily(store: Store) -> None:
    people = [played(f"S{number:02}", player=f"p{number}", steps=5) for number in range(51)]
    tries = [daily(TODAY.isoformat(), player=entry.player, session=entry.session) for entry in people]
    store.remember(*people, *tries, played("A", player="rules", kind="agent", steps=9))
    with store.reading() as connection:
        rows = rows_of(connection, *boards_of_dailies(connection, "ana", [TODAY]))
    assert (len(rows), rows[-1].player) == (52, "rules")


def test_a_daily_that_was_played_after_its_date_is_no_secret_any_more(store: Store) -> None:
    yesterday = TODAY - timedelta(days=1)
    store.remember(played("S0", yesterday, player="ben"))
    assert is_secret(store, yesterday)
    store.remember(played("S1", yesterday, outcome="crashed"))
    assert not is_secret(store, yesterday)
    assert is_secret(store)


def test_who_played_a_seed_before_it_was_the_daily_or_knowing_what_it_was_is_not_told(store: Store) -> None:
    store.remember(played("S0", at=START - 1), played("S1", blind=False))
    assert is_secret(store)


def test_the_try_that_counts_has_to_be_finished(store: Store) -> None:
    begun = daily(TODAY.isoformat(), ended=None, outcome=None)
    store.remember(begun)
    assert is_secret(store)
    store.remember(daily(TODAY.isoformat()))
    assert not is_secret(store)
