"""Drills on the screen: waiting until they have loaded, playing an episode to its end, reading what is stored."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from noc_tui.sim.actions import ACTIONS
from noc_tui.store.queries import daily_entry, deck_of
from noc_tui.store.store import Store

if TYPE_CHECKING:
    from noc_tui.sim.actions import ActionType
    from noc_tui.store.cards import Card
    from noc_tui.store.entries import DailyEntry
    from tests.tui.cockpit import Cockpit

PLAYER = "ana"


async def loaded(pit: Cockpit, wanted: str) -> None:
    """Wait until `wanted` stands on the screen."""
    for _ in range(50):
        await pit.settle()
        if wanted in pit.text():
            return
    raise AssertionError(f"{wanted!r} does not appear; the screen:\n{pit.text()}")


async def remembered(pit: Cockpit) -> None:
    """Wait until everything has been remembered."""
    await asyncio.to_thread(pit.app.remembering._jobs.join)
    await pit.settle()


async def play_to_the_end(pit: Cockpit, action: ActionType = ACTIONS[0]) -> None:
    """Do the same until the episode has ended."""
    while not pit.episode.done:
        pit.play.action_operate(action)
    await pit.settle()


def cards() -> dict[tuple[str, str], Card]:
    """The cards of the player in the database."""
    with Store() as store, store.reading() as connection:
        return deck_of(connection, PLAYER)


def daily(day: str) -> DailyEntry | None:
    """What is stored of the player's daily of a date."""
    with Store() as store, store.reading() as connection:
        return daily_entry(connection, PLAYER, day)


def today_that_lasts() -> date:
    """Today in UTC. A minute before midnight a test of the daily would be about two days."""
    now = datetime.now(UTC)
    if (now + timedelta(minutes=2)).date() != now.date():
        pytest.skip("it is nearly midnight in UTC")
    return now.date()
