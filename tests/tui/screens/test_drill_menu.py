"""The choice of drills: what is due, when the next is, and a key for each."""

from __future__ import annotations

from noc_tui import paths
from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from noc_tui.tui.practice import now_millis
from noc_tui.tui.screens.drill import DrillScreen
from noc_tui.tui.screens.drill_daily import DailyScreen
from noc_tui.tui.screens.drill_incident import IncidentScreen
from noc_tui.tui.screens.drill_shift import ShiftScreen
from noc_tui.tui.screens.drill_spot import SpotScreen
from noc_tui.tui.screens.home import HomeScreen
from tests.store.builders import DAY, review
from tests.tui.cockpit import cockpit
from tests.tui.drilling import PLAYER, loaded, remembered, today_that_lasts

MENU = Launch("drill")


async def test_a_beginner_is_shown_every_drill_and_where_to_begin() -> None:
    async with cockpit(MENU, size=(60, 16)) as pit:
        await loaded(pit, "nothing practised yet")
        for name in ("Spot", "Incident", "Shift", "Daily", "Versus", "Retry"):
            assert name in pit.text()


async def test_what_is_due_is_counted_and_the_next_one_told() -> None:
    now = now_millis()
    with Store() as store:
        store.remember(review("R1", player=PLAYER, incident="flaky_nic", stage="page", rating=1, at=now - DAY))
    async with cockpit(MENU, player=PLAYER) as pit:
        await loaded(pit, "1 position due, and something new")
    with Store() as store:
        store.remember(review("R2", player=PLAYER, incident="flaky_nic", stage="page", rating=3, at=now))
    async with cockpit(MENU, player=PLAYER) as pit:
        await loaded(pit, "nothing due; the next in ")


async def test_a_key_opens_its_drill_and_q_leads_back() -> None:
    async with cockpit(MENU) as pit:
        for key, screen in (("s", SpotScreen), ("i", IncidentScreen), ("f", ShiftScreen), ("d", DailyScreen)):
            await pit.press(key)
            assert isinstance(pit.app.screen, screen)
            await pit.press("q")
            assert isinstance(pit.app.screen, DrillScreen)
        await pit.press("q")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_what_was_begun_is_told() -> None:
    today_that_lasts()
    async with cockpit(MENU, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "today's is to come")
        for drill in ("d", "f"):
            await pit.press(drill)
            await loaded(pit, "enter begin")
            await pit.press("enter")
            if drill == "f":
                await pit.press("enter")  # the page comes at once
            await pit.press("3", "q", "q")
        await remembered(pit)
        await loaded(pit, "today's is not finished: it goes on where it was")
        await loaded(pit, "interrupted in page 1 of 5")


async def test_enter_opens_the_drill_under_the_cursor() -> None:
    async with cockpit(MENU) as pit:
        await pit.press("down", "enter")
        assert isinstance(pit.app.screen, IncidentScreen)


async def test_the_limit_goes_round_and_is_what_is_played() -> None:
    async with cockpit(MENU, size=(120, 40)) as pit:
        assert "(10 s each; l changes it)" in pit.text()
        await pit.press("l", "l", "l")
        assert "(no limit; l changes it)" in pit.text()
        await pit.press("s")
        await loaded(pit, "as long as you like")


async def test_a_database_that_cannot_be_read_is_told_and_the_drills_are_there() -> None:
    paths.progress_file().parent.mkdir(parents=True)
    paths.progress_file().write_text("no database")
    async with cockpit(MENU, player=PLAYER) as pit:
        await loaded(pit, "nothing practised yet")
        assert "what you know already cannot be looked up" in pit.told()
