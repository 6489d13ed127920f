"""A round of spot by keyboard: an action, a name, on to the next; and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.sim.actions import ACTION_INDEX, ActionType
from noc_tui.store.queue import Queue
from noc_tui.store.store import Store
from noc_tui.tui.launch import DrillOptions, Launch
from noc_tui.tui.screens.drill import DrillScreen
from noc_tui.tui.screens.drill_round import RoundScreen
from noc_tui.tui.screens.drill_spot import SpotScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.drilling import PLAYER, cards, loaded, remembered

if TYPE_CHECKING:
    import pytest

    from noc_tui.drills.spot import SpotQuestion

SPOT = Launch("drill", drill="spot", seed=4)
ASKED = "What would you do?"


def screen(pit: Cockpit) -> SpotScreen:
    assert isinstance(pit.app.screen, SpotScreen), pit.app.screen
    return pit.app.screen


def question(pit: Cockpit) -> SpotQuestion:
    asked = screen(pit).play.question
    assert asked is not None
    return asked


def best(pit: Cockpit) -> str:
    """The key of the best action."""
    return str(ACTION_INDEX[question(pit).position.best] + 1)


def name(pit: Cockpit, *, right: bool) -> str:
    """The key of the right name, or of a wrong one."""
    names, truth = question(pit).names, question(pit).position.key.incident
    return str(next(i for i, each in enumerate(names, 1) if (each.incident == truth) is right))


def tick(pit: Cockpit, seconds: float) -> None:
    pit.now[0] += seconds
    screen(pit).tick()


async def test_the_incident_is_not_named_before_it_is_asked_for() -> None:
    async with cockpit(SPOT, size=(80, 24)) as pit:
        await loaded(pit, ASKED)
        title = question(pit).position.title
        assert title not in pit.text()
        assert "position 1 of 12" in pit.text()
        await pit.press(best(pit))
        assert "✓ BEST" in pit.text()
        assert all(each.title in pit.text() for each in question(pit).names)
        await pit.press(name(pit, right=True))
        assert f"✓ Right: {title}." in pit.text()
        assert "1 of 1 right" in pit.text()


async def test_a_wrong_name_is_told_and_enter_goes_on_at_once() -> None:
    async with cockpit(SPOT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, ASKED)
        await pit.press(best(pit), name(pit, right=False))
        assert f"× It was {question(pit).position.title}." in pit.text()
        await pit.press("enter")
        await loaded(pit, "position 2 of 12")
        await remembered(pit)
        (card,) = cards().values()
        assert (card.reviews, card.last_rating) == (1, 2)


async def test_the_bar_runs_down_and_then_it_is_too_late() -> None:
    async with cockpit(SPOT) as pit:
        await loaded(pit, ASKED)
        tick(pit, 4.0)
        await pit.settle()
        assert "6.0 s" in pit.text()
        tick(pit, 6.0)
        await pit.settle()
        assert "! TOO LATE" in pit.text()
        await pit.press("enter")
        assert f"× It was {question(pit).position.title}." in pit.text()


async def test_a_key_that_came_too_late_for_the_action_names_nothing() -> None:
    async with cockpit(SPOT) as pit:
        await loaded(pit, ASKED)
        tick(pit, 10.0)
        pit.now[0] += 0.3
        await pit.pilot.press("3")
        await pit.settle()
        assert "WHAT IS IT?" in pit.text()
        await pit.press("3")
        assert "ANSWERED" in pit.text()


async def test_the_time_stands_still_under_the_help() -> None:
    async with cockpit(SPOT) as pit:
        await loaded(pit, ASKED)
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        pit.now[0] += 60.0
        await pit.press("escape")
        screen(pit).tick()
        assert screen(pit).play.phase == "asked"


async def test_without_a_limit_there_is_no_bar() -> None:
    async with cockpit(Launch("drill", drill="spot", seed=4, options=DrillOptions(seconds=0))) as pit:
        await loaded(pit, ASKED)
        assert "as long as you like" in pit.text()
        tick(pit, 3600.0)
        assert screen(pit).play.phase == "asked"


async def test_a_key_that_is_held_answers_one_question() -> None:
    async with cockpit(SPOT) as pit:
        await loaded(pit, ASKED)
        for _ in range(3):
            pit.now[0] += 0.05
            await pit.pilot.press("3")
        await pit.settle()
        assert screen(pit).play.phase == "naming"


async def test_a_click_on_an_action_and_on_a_name_answers() -> None:
    async with cockpit(SPOT, size=(120, 40)) as pit:
        await loaded(pit, ASKED)
        await pit.pilot.click(ActionPad, offset=(4, 2))
        await pit.settle()
        assert screen(pit).play.phase == "naming"
        await pit.pilot.click(ActionPad, offset=(4, 1))
        await pit.settle()
        answer = screen(pit).play.answer
        assert answer is not None
        assert answer.named is (question(pit).names[0].incident == question(pit).position.key.incident)


async def test_leaving_in_the_middle_keeps_what_was_answered() -> None:
    async with cockpit(Launch("drill"), remembers=True, player=PLAYER) as pit:
        await pit.press("s")
        await loaded(pit, ASKED)
        await pit.press(best(pit), name(pit, right=True), "enter")
        await loaded(pit, "position 2 of 12")
        await pit.press(best(pit), "q")
        assert isinstance(pit.app.screen, DrillScreen)
        assert "2 answers of 12 kept." in pit.told()
        await remembered(pit)
        assert sum(card.reviews for card in cards().values()) == 2


async def test_a_round_ends_in_a_sheet_that_says_what_comes_back_when() -> None:
    async with cockpit(Launch("drill", drill="spot", seed=4, options=DrillOptions(positions=10)), size=(80, 24)) as pit:
        for number in range(1, 11):
            await loaded(pit, f"position {number} of 10")
            chosen = question(pit).position.best if number > 1 else ActionType.RESTART_SERVICE
            screen(pit).action_operate(chosen)
            screen(pit).action_name(int(name(pit, right=number > 2)) - 1)
            screen(pit).action_next()
        await loaded(pit, "ROUND OVER")
        assert isinstance(pit.app.screen, RoundScreen)
        text = pit.text()
        assert "8 of 10 named" in text
        assert text.count("0.0 s") >= 10
        assert text.count(" in ") >= 10
        await pit.press("enter")
        await loaded(pit, "position 1 of 10")


async def test_with_a_broken_database_the_round_goes_on_and_the_answers_wait() -> None:
    paths.progress_file().parent.mkdir(parents=True)
    paths.progress_file().write_text("no database")
    async with cockpit(SPOT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, ASKED)
        assert "cannot be looked up" in pit.told()
        await pit.press(best(pit), name(pit, right=True), "enter")
        await loaded(pit, "position 2 of 12")
        await remembered(pit)
    ((waiting,), _) = Queue(paths.queue_dir()).read()
    assert len(waiting.entries) == 1


async def test_a_click_before_the_first_position_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpotScreen, "_load", lambda _: None)
    async with cockpit(SPOT) as pit:
        await pit.pilot.click(ActionPad, offset=(4, 2))
        await pit.settle()
        assert "Looking up what is due" in pit.text()


async def test_an_action_counts_though_the_program_was_left_before_the_name() -> None:
    async with cockpit(SPOT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, ASKED)
        await pit.press(best(pit))
        await pit.pilot.press("ctrl+c")
    with Store() as store:
        store.take_in_queue()
    assert [card.reviews for card in cards().values()] == [1]
