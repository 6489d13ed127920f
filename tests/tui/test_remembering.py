"""What is played is remembered, beside the play, whatever happens to the program or the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.review.session import review_session
from noc_tui.store.claims import Claims
from noc_tui.store.entries import day_of, millis
from noc_tui.store.queries import incident_standings, player_standing
from noc_tui.store.store import Store
from noc_tui.tui.rated import ratings_of
from noc_tui.tui.remembering import TUTORIAL, Remembering
from tests.store.asking import recent_sessions
from tests.store.builders import review
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.shelf import WON, begin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row
    from textual.message import Message

    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review

_KEYS = {"throttle_cpu": "3", "do_nothing": "6"}
WINNING = [_KEYS[action] for action in WON]


def rows() -> Sequence[Row[Any]]:
    """What is in the user's database now."""
    with Store() as store, store.reading() as connection:
        return recent_sessions(connection)


def claimed() -> list[str]:
    return [claim.session for claim in Claims(paths.queue_dir()).read()[0]]


async def remembered(pit: Cockpit) -> None:
    """Wait until the thread has nothing left to do."""
    await asyncio.to_thread(pit.app.remembering._jobs.join)
    await pit.settle()


class Posted(list["Message"]):
    """What would have been told to the app."""

    @property
    def failures(self) -> list[str]:
        return [message.text for message in self if isinstance(message, Remembering.Failed)]


@pytest.fixture
def posted() -> Posted:
    return Posted()


@pytest.fixture
def remembering(posted: Posted) -> Iterator[Remembering]:
    service = Remembering("", "ana", posted.append)
    yield service
    service._jobs.join()
    service.close()


async def test_an_episode_that_was_played_is_in_the_database() -> None:
    async with cockpit(playing("cpu_overload"), remembers=True, player="ana") as pit:
        session = pit.episode.header.session
        assert claimed() == [session]
        await pit.press(*WINNING)
        await remembered(pit)
    (row,) = rows()
    assert (row.session, row.player, row.outcome, row.steps) == (session, "ana", "resolved", 4)
    assert claimed() == []


async def test_an_episode_that_is_left_in_between_is_remembered_once_it_is_played_to_its_end() -> None:
    async with cockpit(playing("cpu_overload", drill="shift"), remembers=True, player="ana") as pit:
        await pit.press(WINNING[0])
        session = pit.episode.header.session
    assert claimed() == [session]
    path = paths.sessions_dir() / f"{session}.jsonl"
    async with cockpit(playing("cpu_overload", session=path), remembers=True, player="ben") as pit:
        await pit.press(*WINNING[1:])
        await remembered(pit)
    (row,) = rows()
    assert (row.player, row.drill, row.outcome) == ("ana", "shift", "resolved")


async def test_the_debrief_shows_the_review_that_was_made_to_be_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def review(track: Track, *arguments: Any, **more: Any) -> Review:
        made.append(track.header.session)
        return review_session(track, *arguments, **more)

    monkeypatch.setattr("noc_tui.store.verified.review_session", review)
    monkeypatch.setattr("noc_tui.review.session.review_session", review)
    async with cockpit(playing("cpu_overload"), remembers=True, player="ana") as pit:
        await pit.press(*WINNING)
        await remembered(pit)
        await pit.press("enter")
        assert "Grade" in pit.text()
    assert len(made) == 1


async def test_the_ratings_are_told_once_the_episode_counts_and_not_of_one_that_goes_on() -> None:
    async with cockpit(playing("cpu_overload"), remembers=True, player="ana", size=(200, 60)) as pit:
        await pit.press(WINNING[0])
        assert ratings_of(pit.episode, pit.app.remembering) == []
        await pit.press(*WINNING[1:], "enter")
        await remembered(pit)
        with Store() as store, store.reading() as connection:
            today = day_of(millis(datetime.now(UTC)))
            own, its = player_standing(connection, "ana", today), incident_standings(connection, today)["cpu_overload"]
        assert own is not None
        shown = pit.text()
        assert f"You          {own.text}" in shown
        assert f"The incident {its.text}" in shown


async def test_nothing_is_claimed_of_what_was_only_looked_at() -> None:
    async with cockpit(playing("cpu_overload"), remembers=True):
        assert len(claimed()) == 1
    assert claimed() == []


async def test_the_tutorial_is_not_remembered() -> None:
    async with cockpit(playing("cpu_overload", drill=TUTORIAL), remembers=True) as pit:
        await pit.press(*WINNING)
        await remembered(pit)
        assert claimed() == []
    assert not paths.progress_file().exists()


async def test_a_program_that_does_not_remember_writes_nothing() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await pit.press(*WINNING)
    assert not paths.progress_file().exists()
    assert claimed() == []


async def test_what_ended_when_the_program_was_killed_is_taken_in_at_the_next_start() -> None:
    episode = begin(actions=WON)
    episode.close()
    service = Remembering("", "ben", lambda _: None)
    service.began(episode.header)
    async with cockpit(remembers=True, player="ana") as pit:
        await remembered(pit)
    (row,) = rows()
    assert (row.session, row.player) == (episode.header.session, "ben")


async def test_a_database_that_cannot_be_used_is_told_once_and_play_goes_on() -> None:
    paths.progress_file().mkdir(parents=True)
    async with cockpit(playing("cpu_overload"), remembers=True, player="ana") as pit:
        await pit.press(*WINNING)
        await remembered(pit)
        told = pit.told()
        assert told.count("progress.sqlite3") == 1
        assert "taken in once it can be used" in told
        await pit.press("enter")
        assert "RESOLVED" in pit.text()
    paths.progress_file().rmdir()
    async with cockpit(remembers=True) as pit:
        await remembered(pit)
    assert [row.player for row in rows()] == ["ana"]


def test_a_result_survives_that_the_program_ends_at_once(posted: Posted) -> None:
    episode = begin(actions=WON)
    episode.close()
    service = Remembering("", "ana", posted.append)
    service.began(episode.header)
    service.close()
    service.ended(episode)  # too late: the thread has gone
    assert claimed() == [episode.header.session]
    nxt = Remembering("", "ana", posted.append)
    nxt.catch_up()
    nxt._jobs.join()
    nxt.close()
    assert [row.session for row in rows()] == [episode.header.session]


def test_an_answer_is_in_a_file_when_remember_returns(remembering: Remembering) -> None:
    blocker = remembering._opening
    with blocker:  # the thread does not get to the database
        remembering.remember(review("R1"))
        assert len(Store().queue.files()) == 1
    remembering._jobs.join()
    assert Store().queue.files() == []


def test_a_setting_that_names_no_database_is_told_and_the_answer_waits(posted: Posted) -> None:
    service = Remembering("postgresql://ana:secret@[", "ana", posted.append)
    service.remember(review("R1"))
    service.remember(review("R2"))
    service._jobs.join()
    service.close()
    (failure,) = posted.failures
    assert "secret" not in failure
    assert len(Store().queue.files()) == 2


def test_without_a_database_an_ended_episode_is_reviewed_all_the_same_and_waits(posted: Posted) -> None:
    episode = begin(actions=WON)
    episode.close()
    service = Remembering("mysql://nowhere/x", "ana", posted.append)
    service.began(episode.header)
    service.ended(episode)
    service._jobs.join()
    service.close()
    assert len(posted.failures) == 1
    (kept,) = [message for message in posted if isinstance(message, Remembering.Kept)]
    assert kept.saved is False
    assert kept.result.review is not None
    assert claimed() == [episode.header.session]


def test_an_unexpected_error_does_not_end_the_thread(remembering: Remembering, posted: Posted) -> None:
    def fail() -> None:
        raise ZeroDivisionError("surprise")

    remembering._do(fail)
    remembering.remember(review("R1"))
    remembering._jobs.join()
    assert posted.failures == ["results could not be remembered: unexpected ZeroDivisionError: surprise"]
    assert Store().queue.files() == []
