"""What is remembered of a session that has ended, and of those that ended while nobody looked."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.drills.daily import daily_of
from noc_tui.drills.results import result_of, take_in_ended
from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ActionType
from noc_tui.store.claims import Claim
from noc_tui.store.entries import DailyEntry, ReviewEntry
from noc_tui.store.queries import daily_entry, deck_of
from noc_tui.store.store import Store
from tests.factories import bundled_incident
from tests.store.asking import recent_sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
WON = "TT--"
"""Resolves cpu_overload with seed 3."""
_KEYS = {"T": ActionType.THROTTLE_CPU, "-": ActionType.DO_NOTHING}


def played(keys: str = WON, incident: str = "cpu_overload", seed: int = 3, **arguments: Any) -> Episode:
    """An episode by these keys, at noon, recorded on the user's shelf."""
    record = partial(SessionWriter.create, paths.sessions_dir())
    episode = Episode(bundled_incident(incident), seed, record=record, clock=FrozenClock(NOON), **arguments)
    for key in keys:
        if not episode.done:
            episode.act(_KEYS[key])
    episode.close()
    return episode


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def remembered(store: Store) -> list[tuple[str, str | None]]:
    """Who played what is in the database, and for which drill."""
    with store.reading() as connection:
        return [(row.player, row.drill) for row in recent_sessions(connection)]


# --- one session


def test_a_session_that_was_played_for_its_own_sake_is_one_entry() -> None:
    result = result_of(played(), person="ana")
    assert result.entries == (result.entry,)
    assert (result.entry.outcome, result.entry.reviewed, result.entry.drill) == ("resolved", True, None)
    assert result.review is not None


@pytest.mark.parametrize("drill", ["incident", "shift"])
def test_a_whole_incident_of_a_drill_is_one_answer_however_often_it_is_looked_at(drill: str) -> None:
    episode = played(blind=True)
    first, again = (result_of(episode, person="ana", drill=drill) for _ in range(2))
    assert first.entries == again.entries
    (answer,) = (entry for entry in first.entries if isinstance(entry, ReviewEntry))
    assert (answer.player, answer.incident, answer.stage) == ("ana", "cpu_overload", "episode")
    assert answer.review == answer.session == first.entry.session


@pytest.mark.parametrize("drill", [None, "versus", "daily"])
def test_other_play_says_nothing_to_the_schedule(drill: str | None) -> None:
    assert not any(isinstance(entry, ReviewEntry) for entry in result_of(played(), person="ana", drill=drill).entries)


def test_the_daily_of_its_date_has_a_result() -> None:
    daily = daily_of(NOON.date())
    episode = played("---", daily.incident, daily.seed, blind=True, max_steps=3)
    (result,) = (e for e in result_of(episode, person="ana", drill="daily").entries if isinstance(e, DailyEntry))
    assert (result.date, result.seed, result.outcome) == ("2026-12-01", daily.seed, episode.end and episode.end.outcome)
    assert result.verdicts is not None
    assert len(result.verdicts) == episode.steps


@pytest.mark.parametrize("change", [{"seed": 4}, {"blind": False}])
def test_what_is_not_the_daily_of_its_date_does_not_count_as_one(change: dict[str, Any]) -> None:
    daily = daily_of(NOON.date())
    values: dict[str, Any] = {"incident": daily.incident, "seed": daily.seed, "blind": True, "max_steps": 3} | change
    result = result_of(played("---", **values), person="ana", drill="daily")
    assert result.entries == (result.entry,)


def test_what_an_agent_has_played_is_its_own() -> None:
    result = result_of(played(driver="rules"), person="ana", drill="incident")
    assert (result.entry.player, result.entry.kind) == ("rules", "agent")
    assert result.entries == (result.entry,)


def test_a_review_can_be_given_up() -> None:
    class EnoughError(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        result_of(played(), person="ana", progress=stop)


# --- what ended while nobody looked


def test_a_session_that_ended_before_the_program_was_killed_is_taken_in(store: Store) -> None:
    episode = played(blind=True)
    store.claims.put(Claim(episode.header.session, "ben", "incident"))
    assert take_in_ended(store, paths.sessions_dir()) == (1, [])
    assert remembered(store) == [("ben", "incident")]
    with store.reading() as connection:
        assert set(deck_of(connection, "ben")) == {("cpu_overload", "episode")}
    assert store.claims.read() == ([], [])


def test_the_daily_counts_though_the_program_was_killed(store: Store) -> None:
    daily = daily_of(NOON.date())
    episode = played("---", daily.incident, daily.seed, blind=True, max_steps=3)
    store.claims.put(Claim(episode.header.session, "ana", "daily"))
    take_in_ended(store, paths.sessions_dir())
    with store.reading() as connection:
        entry = daily_entry(connection, "ana", "2026-12-01")
    assert entry is not None
    assert entry.session == episode.header.session
    assert entry.outcome is not None


def test_what_can_be_gone_on_with_stays_somebodys(store: Store) -> None:
    claim = Claim(played("T").header.session, "ana")
    store.claims.put(claim)
    assert take_in_ended(store, paths.sessions_dir()) == (0, [])
    assert store.claims.read() == ([claim], [])


def test_a_claim_on_what_is_not_there_goes(store: Store) -> None:
    store.claims.put(Claim("S1", "ana"))
    assert take_in_ended(store, paths.sessions_dir()) == (0, [])
    assert store.claims.read() == ([], [])


def test_a_damaged_session_is_told_and_costs_no_other(store: Store) -> None:
    good, bad = played(), played()
    path = paths.sessions_dir() / f"{bad.header.session}.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], "{}\n", *lines[2:]]))
    for episode in (good, bad):
        store.claims.put(Claim(episode.header.session, "ana"))
    count, problems = take_in_ended(store, paths.sessions_dir())
    assert count == 1
    assert len(problems) == 1
    assert path.name in problems[0]
    assert store.claims.read() == ([], [])


def test_where_the_database_cannot_be_used_the_rest_waits(store: Store) -> None:
    for _ in range(2):
        store.claims.put(Claim(played().header.session, "ana"))
    paths.progress_file().mkdir()
    count, problems = take_in_ended(store, paths.sessions_dir())
    assert count == 0
    assert len(problems) == 1
    assert len(store.queue.files()) + len(store.claims.files()) >= 2
    paths.progress_file().rmdir()
    store.take_in_queue()
    take_in_ended(store, paths.sessions_dir())
    assert remembered(store) == [("ana", None), ("ana", None)]
