"""The daily by keyboard: the first try counts, the second does not, and the lines to share give nothing away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.drills.daily import SQUARES, begin_daily, daily_of
from noc_tui.store.queue import Queue
from noc_tui.tui.launch import DrillOptions, Launch
from noc_tui.tui.remembering import Remembering
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.play import PlayScreen
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.drilling import PLAYER, daily, loaded, play_to_the_end, remembered, today_that_lasts
from tests.tui.shelf import begin

if TYPE_CHECKING:
    import pytest

DAILY = Launch("drill", drill="daily")


def shared(pit: Cockpit) -> list[str]:
    """The three lines on the screen."""
    lines = [line.strip() for line in pit.text().splitlines()]
    first = next(i for i, line in enumerate(lines) if line.startswith("noc-tui daily "))
    return lines[first : first + 3]


async def test_the_first_try_counts_and_the_second_does_not() -> None:
    day = today_that_lasts()
    async with cockpit(DAILY, size=(80, 24), remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        await pit.press("enter")
        assert (pit.episode.incident.id, pit.episode.header.seed) == (daily_of(day).incident, daily_of(day).seed)
        assert pit.episode.incident.title not in pit.text()
        first, incident = pit.episode.header.session, pit.episode.incident
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "This try counts.")
        assert "Streak: 1 day in a row." in pit.text()
        lines = shared(pit)
        assert lines[0] == f"noc-tui daily {day}"
        assert set(lines[2]) <= {*SQUARES.values(), "…"}
        assert pit.app.parting == ["", *lines, ""]
        text = pit.text().lower()
        assert not any(word in text for word in (incident.title.lower(), incident.id, str(daily_of(day).seed)))
        await pit.press("r")
        assert isinstance(pit.app.screen, PlayScreen)
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "This try does not count: the first one does.")
        assert "copy" not in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, DebriefScreen)
    stored = daily(day.isoformat())
    assert stored is not None
    assert (stored.session, stored.outcome is not None) == (first, True)
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "This try counts.")
        assert shared(pit) == lines
        assert pit.app.parting == ["", *lines, ""]


async def test_the_try_that_counts_is_played_alone_and_the_second_need_not_be() -> None:
    today_that_lasts()
    async with cockpit(DAILY, remembers=True, player=PLAYER, coach=True, copilot=True) as pit:
        await loaded(pit, "The first try counts")
        await pit.press("enter")
        assert "alone" not in pit.told()
        for key in ("a", "i", "k", "A"):
            pit.app.clear_notifications()
            await pit.press(key)
            assert "This one is played alone." in pit.told()
        assert pit.play.run.human
        assert not pit.play.coach.on
        assert pit.play.run.copilot.state == "idle"
        assert "autopilot" not in pit.text()
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "This try counts.")
        await pit.press("r", "a")
        assert not pit.play.run.human


async def test_to_look_at_the_page_does_not_use_the_try_up() -> None:
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        await pit.press("enter", "q")
        await loaded(pit, "The first try counts")
        await remembered(pit)
    assert daily(today_that_lasts().isoformat()) is None


async def test_a_try_that_was_interrupted_goes_on_and_counts() -> None:
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        await pit.press("enter", "3")
        session = pit.episode.header.session
        await remembered(pit)
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "Your try is not finished.")
        assert "enter go on" in pit.text()
        await pit.press("enter")
        assert (pit.episode.header.session, pit.episode.steps) == (session, 1)
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "This try counts.")


async def test_it_is_played_alone_wherever_it_is_gone_on_with() -> None:
    day = today_that_lasts()
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        await pit.press("enter", "3")
        await remembered(pit)
    async with cockpit(remembers=True, player=PLAYER) as pit:
        await loaded(pit, "Continue")
        await pit.press("c", "a", "i", "k")
        assert pit.play.run.human
        assert not pit.play.coach.on
        assert pit.play.run.copilot.state == "idle"
        await play_to_the_end(pit)
        await remembered(pit)
    stored = daily(day.isoformat())
    assert stored is not None
    assert stored.outcome is not None


async def test_a_page_that_is_open_over_midnight_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = today_that_lasts() + timedelta(days=1)
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        monkeypatch.setattr("noc_tui.drills.daily.daily_date", lambda _: tomorrow)
        await pit.press("enter")
        await loaded(pit, f"The daily of {tomorrow}")
        assert "The first try counts" in pit.text()
        await pit.press("enter")
        assert pit.episode.header.seed == daily_of(tomorrow).seed


async def test_the_daily_of_another_date_does_not_count() -> None:
    day = today_that_lasts() - timedelta(days=40)
    async with cockpit(
        Launch("drill", drill="daily", options=DrillOptions(day=day)), remembers=True, player=PLAYER
    ) as pit:
        await loaded(pit, "This is not the daily of today")
        await pit.press("enter")
        assert pit.episode.header.seed == daily_of(day).seed
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "it is not the daily of today")
        assert pit.app.parting == []
    assert daily(day.isoformat()) is None


async def test_a_broken_database_keeps_nobody_from_playing() -> None:
    paths.progress_file().parent.mkdir(parents=True)
    paths.progress_file().write_text("no database")
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "The first try counts")
        assert "whether this is the first try is not known" in pit.told()
        await pit.press("enter")
        await play_to_the_end(pit)
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "This try counts.")


async def test_a_try_that_ended_right_before_the_program_was_killed_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    today_that_lasts()
    with monkeypatch.context() as killed:
        killed.setattr(Remembering, "ended", lambda *_: None)
        async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
            await loaded(pit, "The first try counts")
            await pit.press("enter")
            await play_to_the_end(pit)
            await remembered(pit)
    async with cockpit(DAILY, remembers=True, player=PLAYER) as pit:
        await remembered(pit)
        await loaded(pit, "This try counts.")


async def test_a_try_that_another_program_has_begun_meanwhile_is_the_one_that_counts() -> None:
    today_that_lasts()
    async with cockpit(DAILY, remembers=True, player=PLAYER) as first:
        await loaded(first, "The first try counts")
        async with cockpit(DAILY, remembers=True, player=PLAYER) as second:
            await loaded(second, "The first try counts")
            await first.press("enter", "3")
            await remembered(first)
            await second.press("enter")
            await play_to_the_end(second)
            await second.press("enter")
            await remembered(second)
            await loaded(second, "This try does not count: the first one does.")
            assert second.app.parting == []


async def test_a_try_that_waits_for_the_database_is_known_and_so_is_that_its_recording_has_gone() -> None:
    day = today_that_lasts()
    episode = begin(blind=True)
    episode.close()
    (paths.sessions_dir() / f"{episode.header.session}.jsonl").unlink()
    Queue(paths.queue_dir()).put([begin_daily(daily_of(day), PLAYER, episode.header)])
    async with cockpit(DAILY, player=PLAYER) as pit:
        await loaded(pit, "Your try was not finished, and its recording is not there any more.")
        assert "enter begin" in pit.text()
        await pit.press("enter")
        assert pit.episode.steps == 0
