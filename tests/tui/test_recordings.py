"""Recordings put into words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui import paths
from noc_tui.episode.library import summarize
from noc_tui.tui.recordings import driver_name, outcome_words, read_recordings, searchable, title_of, when
from tests.tui import shelf

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5, seconds=59), "5 min ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=3), "today 11:30"),
        (timedelta(hours=15), "22 Nov 23:30"),
        (timedelta(days=400), "19 Oct 2025"),
        (timedelta(minutes=-5), "today 14:35"),
    ],
)
def test_a_moment_is_told_as_roughly_as_one_remembers_it(ago: timedelta, words: str) -> None:
    assert when((NOW - ago).astimezone(UTC), NOW) == words


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_moment_of_the_calendar_fits_its_column(moment: datetime) -> None:
    assert 1 <= len(when(moment, NOW)) <= 12


def test_each_status_has_a_glyph_and_words_of_its_own() -> None:
    episode = shelf.begin()
    path = paths.sessions_dir() / f"{episode.header.session}.jsonl"
    words = {outcome_words(summarize(path)), outcome_words(summarize(shelf.resolved()))}
    episode.close()
    words.add(outcome_words(summarize(path)))
    assert words == {"● live, step 2", "✓ resolved in 4", "… interrupted at 2"}


def test_a_session_is_found_by_everything_that_its_row_shows() -> None:
    text = searchable(summarize(shelf.resolved(driver="rules")))
    for word in ("cpu overload", "cpu_overload", "rules", "✓ resolved in 4"):
        assert word in text


def test_who_drove_is_named_as_the_player_reads_it() -> None:
    assert [driver_name(name) for name in ("human", "clock", "rules")] == ["you", "the clock", "rules"]
    assert driver_name(shelf.HOSTILE) == shelf.WITNESS


def test_what_a_blind_session_was_about_is_told_once_it_has_ended() -> None:
    open_one, ended = shelf.begin(blind=True), shelf.begin(blind=True, max_steps=2)
    for episode in (open_one, ended):
        episode.close()
    summaries = [summarize(paths.sessions_dir() / f"{episode.header.session}.jsonl") for episode in (open_one, ended)]
    assert [title_of(summary) for summary in summaries] == ["Blind incident", "CPU overload"]
    assert ["cpu" in searchable(summary) for summary in summaries] == [False, True]


def test_an_empty_shelf_is_one_empty_batch() -> None:
    assert [(batch.found, batch.problems, batch.total) for batch in read_recordings({})] == [((), (), 0)]


def test_a_folder_that_cannot_be_listed_is_one_problem() -> None:
    paths.data_dir().mkdir(parents=True)
    paths.sessions_dir().write_text("a file where the folder should be")
    (batch,) = read_recordings({})
    assert "cannot be listed" in batch.problems[0]
