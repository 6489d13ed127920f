"""A night on call by keyboard: quiet, a page, quiet again; interrupted, and continued."""

from __future__ import annotations

import re

from noc_tui import paths
from noc_tui.drills.shift_file import Shift, load_shift, save_shift
from noc_tui.drills.whole import plan_shift
from noc_tui.sim.actions import ActionType
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_shift import ShiftScreen
from noc_tui.tui.screens.drill_shift_sheet import ShiftSheetScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.replay import ReplayScreen
from tests.drills.builders import NOW, incidents, new_deck
from tests.store.builders import session
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.drilling import PLAYER, cards, loaded, play_to_the_end, remembered

SHIFT = Launch("drill", drill="shift", seed=4)


def shift(pit: Cockpit) -> ShiftScreen:
    assert isinstance(pit.app.screen, ShiftScreen), pit.app.screen
    return pit.app.screen


async def page(pit: Cockpit) -> None:
    """Let the next page come."""
    await pit.press("enter")
    assert isinstance(pit.app.screen, PlayScreen)


async def test_the_page_comes_by_itself_when_its_time_has_come() -> None:
    async with cockpit(SHIFT) as pit:
        await loaded(pit, "You are on call tonight")
        await pit.press("enter")
        pit.now[0] += 3.0
        shift(pit).tick()
        await pit.settle()
        assert "0:03 without a page" in pit.text()
        pit.now[0] += 42.0
        shift(pit).tick()
        await pit.settle()
        assert (pit.episode.header.blind, pit.episode.header.pace) == (True, "live")
        assert pit.episode.incident.title not in pit.text()


def nearly_over() -> list[str]:
    """A shift of which four pages have been played; the incidents of those."""
    deck = new_deck()
    pages = plan_shift(deck, incidents(), NOW, 4)
    kept = Shift(PLAYER, pages)
    for number, page in enumerate(pages[:4], 1):
        entry = session(f"S{number}", incident=page.assignment.incident, seed=page.assignment.seed)
        kept = kept.begun(entry.session).played().ended(entry)
    save_shift(paths.shift_file(), kept)
    return [incidents()[page.assignment.incident].title for page in pages]


async def test_after_the_last_page_one_sheet_says_what_came_of_them_all() -> None:
    titles = nearly_over()
    async with cockpit(SHIFT, size=(80, 24), remembers=True, player=PLAYER) as pit:
        await loaded(pit, "Your shift was interrupted after page 4 of 5.")
        await pit.press("enter")
        assert "page 5 of 5" in pit.text()
        await page(pit)
        episode = pit.episode
        await play_to_the_end(pit, ActionType.THROTTLE_CPU)
        assert "enter result" in pit.text()
        await pit.press("enter")
        await remembered(pit)
        await loaded(pit, "SHIFT OVER")
        assert isinstance(pit.app.screen, ShiftSheetScreen)
        assert all(title in pit.text() for title in titles)
        assert re.search(
            r"OF 5 RESOLVED +4 incidents and a false alarm\. Resolved: [+−]\d+\.\d against par\.", pit.text()
        )
        assert "The false alarm" in pit.text()
        assert not paths.shift_file().exists()
        assert list(cards()) == [(episode.incident.id, "episode")]
        await pit.press("end", "enter")
        assert isinstance(pit.app.screen, ReplayScreen)


async def test_a_shift_that_is_interrupted_in_a_page_goes_on_there() -> None:
    async with cockpit(SHIFT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "You are on call tonight")
        await pit.press("enter")
        await page(pit)
        await pit.press("3")
        name = pit.episode.header.session
    async with cockpit(Launch("drill", drill="shift", seed=99), remembers=True, player=PLAYER) as pit:
        await loaded(pit, "Your shift was interrupted in page 1 of 5.")
        await page(pit)
        assert (pit.episode.header.session, pit.episode.steps) == (name, 1)
        await pit.press("q")
        await loaded(pit, "Your shift was interrupted")
        await pit.press("n")
        await loaded(pit, "You are on call tonight")


async def test_a_page_that_another_program_is_playing_stays_in_the_shift() -> None:
    async with cockpit(SHIFT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "You are on call tonight")
        await pit.press("enter")
        await page(pit)
        await pit.press("3")
        kept = paths.shift_file().read_bytes()
        async with cockpit(SHIFT, remembers=True, player=PLAYER) as second:
            await loaded(second, "Your shift was interrupted in page 1 of 5.")
            await second.press("enter")
            await loaded(second, "Your shift was interrupted in page 1 of 5.")
            assert "another program is recording this session" in second.told()
        assert paths.shift_file().read_bytes() == kept


async def test_a_shift_of_somebody_else_is_left_alone() -> None:
    async with cockpit(SHIFT, player="ben", remembers=True) as pit:
        await loaded(pit, "You are on call tonight")
        await pit.press("enter", "enter", "3")
    async with cockpit(SHIFT, player=PLAYER) as pit:
        await loaded(pit, "You are on call tonight")
    kept = load_shift(paths.shift_file())
    assert kept is not None
    assert kept.player == "ben"


async def test_a_file_that_is_no_shift_is_told_and_a_new_one_begins() -> None:
    paths.shift_file().parent.mkdir(parents=True)
    paths.shift_file().write_text("{}")
    async with cockpit(SHIFT, player=PLAYER) as pit:
        await loaded(pit, "You are on call tonight")
        assert "is no shift" in pit.told()


async def test_a_shift_that_was_left_before_its_last_review_ends_in_its_sheet_once() -> None:
    nearly_over()
    async with cockpit(SHIFT, player=PLAYER) as pit:  # nobody reviews anything here
        await loaded(pit, "Your shift was interrupted after page 4 of 5.")
        await pit.press("enter")
        await page(pit)
        await play_to_the_end(pit)
        await pit.press("enter")
        await loaded(pit, "The night is over.")
    async with cockpit(SHIFT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "SHIFT OVER")
        assert not paths.shift_file().exists()
        await pit.press("n")
        await loaded(pit, "You are on call tonight")


async def test_an_action_key_after_the_end_says_what_leads_on() -> None:
    async with cockpit(SHIFT, player=PLAYER) as pit:
        await loaded(pit, "You are on call tonight")
        await pit.press("enter")
        await page(pit)
        await play_to_the_end(pit)
        await pit.press("3")
        assert "The episode is over. enter: go on." in pit.told()
