"""The position before the worst move, until it is played well."""

from __future__ import annotations

from noc_tui import paths
from noc_tui.sim.actions import ACTION_INDEX, ActionType
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_retry import RetryScreen, Worst
from noc_tui.tui.screens.home import HomeScreen
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.drilling import loaded
from tests.tui.shelf import WON, begin

RETRY = Launch("drill", drill="retry")
BAD = [*WON[:1], "restart_service", "restart_service", "restart_service", *["do_nothing"] * 60]


def worst(pit: Cockpit) -> Worst:
    screen = pit.app.screen
    assert isinstance(screen, RetryScreen)
    assert screen._worst is not None
    return screen._worst


def key_of(action: ActionType) -> str:
    return str(ACTION_INDEX[action] + 1)


def recorded(*actions: str) -> str:
    """A session with these actions, as far as it goes."""
    episode = begin()
    for action in actions:
        if not episode.done:
            episode.act(ActionType(action))
    episode.close()
    return episode.header.session


async def test_a_wrong_move_tells_what_it_costs_and_not_what_is_best() -> None:
    recorded(*BAD)
    async with cockpit(RETRY, size=(80, 24)) as pit:
        await loaded(pit, "What would have been better?")
        move = worst(pit).retry.move
        await pit.press(key_of(move.action))
        assert "Try again." in pit.text()
        assert "steps more than the best" in pit.text()
        panel = "\n".join(pit.text().splitlines()[-5:])
        assert move.best.label not in panel
        await pit.press("b")
        assert "Now play it." in pit.text()


async def test_the_move_that_was_played_costs_what_the_debrief_says() -> None:
    episode = begin("network_congestion", actions=("do_nothing", "do_nothing", "restart_service"))
    episode.close()
    path = paths.sessions_dir() / f"{episode.header.session}.jsonl"
    async with cockpit(Launch("drill", drill="retry", session=path, step=3)) as pit:
        await loaded(pit, "What would have been better?")
        move = worst(pit).retry.move
        assert f"{move.lost:.1f}" != f"{move.regret:.1f}"  # the price of a key is in one of them
        await pit.press(key_of(move.action))
        assert f"It costs {move.lost:.1f} steps more than the best." in pit.text()


async def test_a_good_move_leads_on_from_there_as_a_session_of_its_own() -> None:
    session = recorded(*BAD)
    async with cockpit(RETRY, size=(80, 24)) as pit:
        await loaded(pit, "What would have been better?")
        retry = worst(pit).retry
        await pit.press(key_of(retry.move.best))
        assert "Well played." in pit.text()
        await pit.press("enter")
        parent = pit.episode.header.parent
        assert parent is not None
        assert (parent.session, parent.step) == (session, retry.step - 1)


async def test_without_a_mistake_it_says_so() -> None:
    async with cockpit(RETRY) as pit:
        await loaded(pit, "Play")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "Nothing has been played yet" in pit.told()
        assert "p at home plays." in pit.told()


async def test_a_session_can_be_asked_for_and_a_step_in_it() -> None:
    session = recorded(*BAD)
    path = paths.sessions_dir() / f"{session}.jsonl"
    async with cockpit(Launch("drill", drill="retry", session=path, step=2)) as pit:
        await loaded(pit, "What would have been better?")
        assert worst(pit).retry.step == 2


async def test_a_step_that_there_is_not_is_told() -> None:
    path = paths.sessions_dir() / f"{recorded('do_nothing', 'restart_service')}.jsonl"
    async with cockpit(Launch("drill", drill="retry", session=path, step=99)) as pit:
        await loaded(pit, "Play")
        assert "step 99 was asked for; the session has steps 1 to 4" in pit.told()
