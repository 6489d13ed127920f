"""Episodes played by keys, and positions in the middle of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.simulator import SystemSimulator
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from noc_tui.review.planner import Planner
    from noc_tui.sim.incident import Incident

KEYS = dict(zip("-XTCRS", ACTIONS, strict=True))
"""The letters of the notes on the pack: X restart, T throttle, C clear cache, R reroute, S scale up, - wait."""


def episode_of(incident: str | Incident, keys: str, *, seed: int = 1, max_steps: int | None = None) -> Episode:
    """An episode in which these keys were pressed, or as many of them as there were steps before its end."""
    loaded = bundled_incident(incident) if isinstance(incident, str) else incident
    episode = Episode(loaded, seed, max_steps=max_steps)
    for key in keys:
        if episode.done:
            break
        episode.act(KEYS[key])
    return episode


def simulator_of(incident: str | Incident, keys: str = "", *, seed: int = 1) -> SystemSimulator:
    """A simulator after these keys."""
    simulator = SystemSimulator(seed)
    simulator.reset(bundled_incident(incident) if isinstance(incident, str) else incident)
    for key in keys:
        simulator.step(KEYS[key])
    return simulator


def plan_out(simulator: SystemSimulator, planner: Planner) -> str:
    """Let the planner play to the end. Returns the keys."""
    letters, keys = {action: key for key, action in KEYS.items()}, ""
    while not simulator.done:
        action = planner.best(simulator)
        simulator.step(action)
        keys += letters[action]
    return keys
