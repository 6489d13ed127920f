"""The first screen: where to go from here, and what was played last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill import DrillScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.leaderboard import LeaderboardScreen
from noc_tui.tui.screens.picker import PickerScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.progress import ProgressScreen
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.screens.sessions import SessionsScreen
from noc_tui.tui.screens.tutorial import TutorialScreen
from tests.episode.builders import read_lines, write_lines
from tests.store.builders import daily, review, session
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.shelf import interrupted, resolved

if TYPE_CHECKING:
    from textual.screen import Screen

SIZES = [(50, 14), (80, 24), (120, 40), (200, 60)]


def line_with(pit: Cockpit, text: str) -> int:
    """The row of the screen on which a text stands."""
    return next(y for y, line in enumerate(pit.text().splitlines()) if text in line)


def under_the_cursor(pit: Cockpit) -> str:
    return next(line for line in pit.text().splitlines() if "▸" in line)


async def test_who_has_played_nothing_is_told_what_to_press() -> None:
    async with cockpit(Launch("home"), size=(80, 24)) as pit:
        assert "Nothing played yet" in pit.text()
        assert "Press p, then enter" in pit.text()
        assert "Continue" not in pit.text()
        await pit.press("p")  # one by one: the picker reads the incidents first
        await pit.press("enter")
        assert pit.episode.incident.id == "network_congestion"


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_the_whole_menu_and_the_next_keys(size: tuple[int, int]) -> None:
    interrupted()
    async with cockpit(Launch("home"), size=size) as pit:
        for word in ("Continue", "Play", "Watch", "Sessions", "Help", "Quit", "Last played", "interrupted at 2"):
            assert word in pit.text(), word
        assert "? help" in pit.text().splitlines()[-1]
        assert "q quit" in pit.text().splitlines()[-1]


@pytest.mark.parametrize(
    ("key", "screen"),
    [
        ("p", PickerScreen),
        ("w", PickerScreen),
        ("d", DrillScreen),
        ("s", SessionsScreen),
        ("g", ProgressScreen),
        ("l", LeaderboardScreen),
        ("t", TutorialScreen),
        ("question_mark", HelpScreen),
    ],
)
async def test_a_key_leads_somewhere_and_escape_leads_back(key: str, screen: type[Screen[None]]) -> None:
    async with cockpit(Launch("home")) as pit:
        await pit.press(key)
        assert isinstance(pit.app.screen, screen)
        await pit.press("escape")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_the_cursor_and_enter_lead_where_the_keys_do() -> None:
    async with cockpit(Launch("home")) as pit:
        await pit.press("down", "down", "enter")
        assert isinstance(pit.app.screen, PickerScreen)


async def test_a_click_on_a_line_of_the_menu_leads_there() -> None:
    async with cockpit(Launch("home"), size=(80, 24)) as pit:
        await pit.pilot.click(offset=(20, line_with(pit, "Sessions")))
        await pit.settle()
        assert isinstance(pit.app.screen, SessionsScreen)


async def test_q_quits_and_escape_only_says_so() -> None:
    async with cockpit(Launch("home")) as pit:
        await pit.press("escape")
        assert pit.app.is_running
        assert "q quits" in pit.told()
        await pit.pilot.press("q")
    assert pit.app.return_value == 0


# --- how things stand


async def test_who_is_new_finds_the_cursor_on_the_tutorial() -> None:
    async with cockpit(Launch("home"), size=(80, 24)) as pit:
        assert "Tutorial" in under_the_cursor(pit)
        assert "Or t first" in pit.text()


async def test_who_has_played_finds_it_on_play() -> None:
    resolved()
    async with cockpit(Launch("home")) as pit:
        assert "Play" in under_the_cursor(pit)
        assert "new here" not in pit.text()


async def test_the_menu_says_what_is_due_and_whether_the_daily_is_played() -> None:
    today = datetime.now(UTC)
    with Store() as store:
        store.remember(
            review("R1", at=0),
            session("S1"),
            daily(today.date().isoformat()),
            daily((today - timedelta(days=1)).date().isoformat()),
        )
    async with cockpit(Launch("home"), player="ana") as pit:
        text = pit.text()
        assert "1 card is due" in text
        assert "done today, 2 in a row" in text
    async with cockpit(Launch("home"), player="ben") as pit:
        assert "still to be played today" in pit.text()


async def test_a_database_that_cannot_be_read_does_not_keep_anybody_from_playing() -> None:
    paths.progress_file().mkdir(parents=True)
    async with cockpit(Launch("home")) as pit:
        await pit.press("p")  # one by one: the picker reads the incidents first
        await pit.press("enter")
        assert pit.episode.steps == 0


# --- continue


async def test_what_was_interrupted_is_offered_first_and_goes_on_where_it_stopped() -> None:
    interrupted("memory_leak", steps=3, minutes_ago=5)
    async with cockpit(Launch("home")) as pit:
        assert "Memory leak, step 3 of 60, 5 min ago" in under_the_cursor(pit)
        await pit.press("c")
        assert isinstance(pit.app.screen, PlayScreen)
        assert (pit.episode.incident.id, pit.episode.steps) == ("memory_leak", 3)


async def test_enter_continues_at_once() -> None:
    interrupted()
    async with cockpit(Launch("home")) as pit:
        await pit.press("enter")
        assert pit.episode.steps == 2


async def test_continue_is_not_offered_when_all_have_ended() -> None:
    resolved()
    async with cockpit(Launch("home")) as pit:
        assert "Continue" not in pit.text()
        await pit.press("c")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_a_session_in_which_nothing_was_done_is_not_worth_continuing() -> None:
    path = interrupted()
    write_lines(path, read_lines(path)[:1])
    async with cockpit(Launch("home")) as pit:
        assert "interrupted at 0" in pit.text()
        assert "Continue" not in pit.text()


async def test_an_interrupted_session_is_found_behind_many_that_ended() -> None:
    interrupted("memory_leak", minutes_ago=60)
    for _ in range(20):
        resolved(driver="rules")
    async with cockpit(Launch("home")) as pit:
        assert "Memory leak, step 2 of 60" in under_the_cursor(pit)


# --- what was played last


async def test_the_last_sessions_are_listed_newest_first_with_how_they_went() -> None:
    resolved(minutes_ago=30)
    interrupted("memory_leak", driver="rules", minutes_ago=3)
    async with cockpit(Launch("home"), size=(80, 24)) as pit:
        lines = pit.text().splitlines()[line_with(pit, "Last played") + 1 :]
        assert [" ".join(line.split()) for line in lines[:2]] == [
            "3 min ago Memory leak rules … interrupted at 2",
            "30 min ago CPU overload you ✓ resolved in 4",
        ]


async def test_enter_on_a_session_replays_it() -> None:
    path = resolved()
    async with cockpit(Launch("home")) as pit:
        await pit.press("end", "enter")
        assert isinstance(pit.app.screen, ReplayScreen)
        assert pit.replay.player.session.path == path


async def test_a_session_that_is_being_played_elsewhere_is_followed() -> None:
    episode = shelf.begin()
    async with cockpit(Launch("home")) as pit:
        assert "● live, step 2" in pit.text()
        assert "Continue" not in pit.text()
        await pit.press("end", "enter")
        assert pit.replay.player.following
    episode.close()


async def test_coming_back_from_play_shows_what_was_played() -> None:
    async with cockpit(Launch("home")) as pit:
        await pit.press("p", "enter", "1", "q")
        assert "interrupted at 1" in pit.text()
        assert "Continue" in pit.text()


async def test_only_the_newest_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    template = read_lines(interrupted())
    for number in range(200):
        write_lines(paths.sessions_dir() / f"0000{number:04}.jsonl", template)
    read = shelf.note_reads(monkeypatch)
    async with cockpit(Launch("home")) as pit:
        assert "Last played" in pit.text()
    assert 16 <= len(read) <= 60


async def test_a_folder_that_cannot_be_listed_does_not_keep_anybody_from_playing() -> None:
    paths.data_dir().mkdir(parents=True)
    paths.sessions_dir().write_text("a file where the folder should be")
    async with cockpit(Launch("home")) as pit:
        assert "Nothing played yet" in pit.text()
        await pit.press("p")
        assert isinstance(pit.app.screen, PickerScreen)


async def test_text_of_a_session_file_is_shown_as_it_is_and_steers_nothing() -> None:
    shelf.poison(interrupted())
    async with cockpit(Launch("home"), size=(120, 40)) as pit:
        assert shelf.WITNESS in pit.text()
        assert not {"\x1b", "\x9b", "\u202e"} & set(pit.text())
