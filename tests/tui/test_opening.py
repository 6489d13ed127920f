"""Which episode a launch opens, and whether its incident is kept secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui.bench.selection import blind_incident
from noc_tui.preferences import Preferences
from noc_tui.sim.catalog import default_catalog
from noc_tui.tui.launch import Launch
from noc_tui.tui.opening import SEEDS, open_episode
from tests.tui.cockpit import cockpit

if TYPE_CHECKING:
    from noc_tui.episode.episode import Episode


def opened(launch: Launch, *, preferred: bool = False) -> Episode:
    episode = open_episode(launch, Preferences(blind=preferred))
    episode.close()
    return episode


@pytest.mark.parametrize("launch", [Launch("play", incident="slow_leak"), Launch("play", blind=True)])
def test_a_seed_that_nobody_gave_has_no_more_digits_than_can_be_told_to_a_colleague(launch: Launch) -> None:
    seeds = {opened(launch).header.seed for _ in range(8)}
    assert len(seeds) > 1
    assert max(seeds) < SEEDS == 10**6


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_without_an_incident_the_seed_chooses_the_blind_one(seed: int | None) -> None:
    episode = opened(Launch("play", blind=True, seed=seed))
    assert episode.header.blind
    assert seed in {None, episode.header.seed}
    assert episode.incident.id == blind_incident(episode.header.seed, default_catalog())


def test_the_limit_of_steps_does_not_tell_a_classic_incident_from_the_others() -> None:
    assert {opened(Launch("play", blind=True, seed=seed)).header.max_steps for seed in range(30)} == {30}


@pytest.mark.parametrize(
    ("asked", "preferred", "blind"), [(None, True, True), (False, True, False), (True, False, True)]
)
def test_the_launch_decides_before_the_preferences(asked: bool | None, preferred: bool, blind: bool) -> None:
    episode = opened(Launch("play", incident="memory_leak", blind=asked), preferred=preferred)
    assert (episode.incident.id, episode.header.blind) == ("memory_leak", blind)
    assert episode.header.max_steps == 60


async def test_not_even_the_first_paint_names_a_blind_incident() -> None:
    async with cockpit(Launch("play", incident="memory_leak", blind=True)) as pit:
        pit.play._run = None
        pit.play._show_banner()
        await pit.pilot.pause()
        assert "LOADING" in pit.text()
        assert "Blind incident" in pit.text()
        assert "emory leak" not in pit.text()


async def test_who_retries_a_blind_incident_knows_it() -> None:
    async with cockpit(Launch("play", incident="cpu_overload", seed=3, blind=True), blind=True) as pit:
        await pit.press("3", "3", "1", "1", "enter")
        await pit.settle()
        await pit.press("s")
        await pit.settle()
        assert pit.episode.steps == 0
        assert not pit.episode.header.blind
        assert "CPU overload" in pit.text()
