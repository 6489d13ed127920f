"""The scenes of the drills."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.agents.scripted import RulesAgent
from noc_tui.drills.daily import bundled_catalog
from noc_tui.drills.results import result_of
from noc_tui.drills.schedule import Deck
from noc_tui.drills.shift_file import Shift
from noc_tui.drills.whole import plan_shift
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ACTION_INDEX, ActionType
from noc_tui.store.cards import AGAIN, GOOD
from noc_tui.store.entries import ReviewEntry
from noc_tui.store.store import Store
from noc_tui.tui.launch import DrillOptions, Launch
from noc_tui.tui.practice import now_millis
from noc_tui.tui.screens.drill_play import DrillPlayScreen
from noc_tui.tui.screens.drill_shift_sheet import ShiftSheetScreen
from noc_tui.tui.screens.drill_spot import SpotScreen
from scripts.scene import Scene, Stage

if TYPE_CHECKING:
    from noc_tui.store.cards import Answer

FOLDER: Final = "pictures"
_DAY: Final = 86_400_000
_WRONG: Final = frozenset({3, 8})
_FORGOTTEN: Final = frozenset({5, 9})


def _recorded(incident: str, seed: int, *, clumsy: bool = False, blind: bool = False) -> Episode:
    """An episode that somebody has played as the rules say; if clumsy, with restarts at first."""
    record = partial(SessionWriter.create, paths.sessions_dir())
    episode = Episode(bundled_catalog().load(incident), seed, blind=blind, record=record)
    agent = RulesAgent("rules")
    while not episode.done:
        restart = clumsy and episode.steps in {1, 3}
        episode.act(ActionType.RESTART_SERVICE if restart else agent.choose(episode.observation)[0])
    episode.close()
    return episode


async def _menu(stage: Stage) -> None:
    now = now_millis()
    answers: tuple[tuple[str, str, Answer, int], ...] = (
        ("flaky_nic", "page", AGAIN, 2),
        ("tls_expiry", "page", GOOD, 1),
        ("retry_storm", "episode", GOOD, 9),
    )
    entries = [
        ReviewEntry(review=f"R{days}", player="you", incident=name, stage=at, rating=rating, at=now - days * _DAY)
        for name, at, rating, days in answers
    ]
    with Store() as store:
        store.remember(*entries)
    stage.app.open(Launch("drill"), instead=True)
    await stage.see("due")


def _spot(stage: Stage) -> SpotScreen:
    screen = stage.app.screen
    if not isinstance(screen, SpotScreen):
        raise TypeError(screen)
    return screen


async def _answer(stage: Stage, number: int) -> None:
    """Answer a position, now and then wrongly."""
    await stage.see(f"position {number} of")
    question = _spot(stage).play.question
    if question is None:
        raise RuntimeError("no position is asked for")
    position = question.position
    worst = max(position.choices, key=lambda choice: choice.lost)
    chosen = worst.action if number in _WRONG else position.best
    stage.now[0] += 1.1 + 0.7 * (number % 4)
    await stage.press(str(ACTION_INDEX[chosen] + 1))
    names = [name.incident == position.key.incident for name in question.names]
    await stage.press(str(names.index(number not in _FORGOTTEN) + 1))


async def _position(stage: Stage) -> None:
    await stage.see("position 1 of")
    await _answer(stage, 1)
    await stage.press("enter")
    await stage.see("position 2 of")
    stage.now[0] += 3.6
    _spot(stage).tick()
    await stage.settle()


async def _named(stage: Stage) -> None:
    await _position(stage)
    await stage.press("2")


async def _round(stage: Stage) -> None:
    for number in range(1, 13):
        await _answer(stage, number)
        await stage.press("enter")
    await stage.see("ROUND OVER")


async def _incident(stage: Stage) -> None:
    await stage.see("A page will come in.")


async def _quiet(stage: Stage) -> None:
    await stage.see("You are on call tonight")
    await stage.press("enter")
    await stage.see("All quiet.")


async def _sheet(stage: Stage) -> None:
    loaded, _ = bundled_catalog().load_all()
    incidents = {incident.id: incident for incident in loaded}
    shift = Shift("you", plan_shift(Deck.of(loaded, {}), incidents, now_millis(), 11))
    for page in shift.pages:
        episode = _recorded(page.assignment.incident, page.assignment.seed, blind=True)
        entry = result_of(episode, person="you", drill="shift").entry
        shift = shift.begun(entry.session).played().ended(entry)
    stage.app.push_screen(ShiftSheetScreen(shift, incidents, Launch("drill", drill="shift")))
    await stage.see("SHIFT OVER")


async def _daily(stage: Stage) -> None:
    await stage.see("The first try counts")
    await stage.press("enter")
    await stage.see("YOU IN CONTROL")
    screen, agent = stage.app.screen, RulesAgent("rules")
    if not isinstance(screen, DrillPlayScreen) or screen.episode is None:
        raise TypeError(screen)
    while not screen.episode.done:
        screen.action_operate(str(agent.choose(screen.episode.observation)[0]))
    await stage.press("enter")
    await stage.see("This try counts.")


async def _retry(stage: Stage) -> None:
    _recorded("conn_pool_exhaustion", 7, clumsy=True)
    stage.app.open(Launch("drill", drill="retry"), instead=True)
    await stage.see("What would have been better?")
    await stage.press("2")


async def _opponents(stage: Stage) -> None:
    for incident, seed in (("flaky_nic", 7), ("tls_expiry", 3), ("cpu_overload", 3)):
        _recorded(incident, seed)
    stage.app.open(Launch("drill", drill="versus"), instead=True)
    await stage.see("planner")


_SPOT: Final = Launch("drill", drill="spot", seed=7)
SCENES: Final = {
    "drill": Scene(None, _menu, FOLDER),
    "drill-spot": Scene(_SPOT, _position, FOLDER),
    "drill-spot-name": Scene(_SPOT, _named, FOLDER),
    "drill-round": Scene(_SPOT, _round, FOLDER),
    "drill-incident": Scene(Launch("drill", drill="incident", seed=7), _incident, FOLDER),
    "drill-shift": Scene(Launch("drill", drill="shift", seed=7), _quiet, FOLDER),
    "drill-shift-result": Scene(None, _sheet, FOLDER),
    "drill-daily": Scene(Launch("drill", drill="daily", options=DrillOptions()), _daily, FOLDER, remembers=True),
    "drill-retry": Scene(None, _retry, FOLDER),
    "drill-versus": Scene(None, _opponents, FOLDER),
}
"""By the name of the picture."""
