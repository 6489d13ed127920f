"""Choosing whom to play against."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from noc_tui.episode.library import summarize
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_versus import best_runs
from noc_tui.tui.screens.picker import PickerScreen
from tests.tui.cockpit import cockpit
from tests.tui.drilling import loaded
from tests.tui.shelf import WON, begin, resolved

VERSUS = Launch("drill", drill="versus")


def test_the_best_run_of_each_seed_is_offered_once() -> None:
    won = summarize(resolved())
    runs = [
        replace(won, session="A", seed=1, steps=9),
        replace(won, session="B", seed=1, steps=7),
        replace(won, session="C", seed=2, steps=20),
        replace(won, session="D", seed=2, steps=3, status="crashed"),
    ]
    assert {run.session for run in best_runs(runs)} == {"B", "C"}


async def test_an_own_run_is_raced_at_once_on_its_seed() -> None:
    episode = begin(actions=WON)
    episode.close()
    async with cockpit(VERSUS, size=(80, 24)) as pit:
        await loaded(pit, "The best run of each seed")
        assert "CPU overload" in pit.text()
        assert "4 steps, you" in pit.text()
        await pit.press("enter")
        assert (pit.episode.incident.id, pit.episode.header.seed) == ("cpu_overload", 3)
        await loaded(pit, "Ghost")


async def test_against_an_agent_the_incident_is_chosen_first() -> None:
    async with cockpit(VERSUS) as pit:
        await loaded(pit, "none yet: resolve an incident")
        assert "planner" in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, PickerScreen)
        assert pit.app.screen._launch.ghost is not None


def test_an_own_run_is_offered_beside_a_better_one_of_an_agent() -> None:
    won = summarize(resolved())
    runs = [
        replace(won, session="A", driver="planner", steps=4, started=won.started + timedelta(hours=1)),
        replace(won, session="B", driver="human", steps=7),
    ]
    assert [run.session for run in best_runs(runs)] == ["B", "A"]
