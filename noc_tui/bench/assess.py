"""What an incident is like to play: what fixed play and simple agents achieve in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from noc_tui.agents.registry import agent_factory
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.review.planner import Planner, joined
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.logs import lines_like
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from noc_tui.episode.records import Outcome
    from noc_tui.sim.incident import Incident, LogRule
    from noc_tui.sim.telemetry import LogLine

    Progress = Callable[[str, int], None]
    """Is told, as they go on, who plays and how many of the player's episodes are over."""
    Choose = Callable[[Sequence[SystemSimulator]], Sequence[ActionType]]
    """What is done in each of the episodes that go on."""

ASSESSED_STEPS: Final = 100
"""An episode is cut here, though the incident itself may give more time."""

_TOGETHER: Final = 128
"""How many episodes go on at the same time."""

PLANNER: Final = "planner"
_AGENTS: Final = ("random", "rules")
PLAYERS: Final = (*ACTIONS, *_AGENTS, PLANNER)
"""Who plays in an assessment: each action by itself, in every step, and three of the program's agents."""


@dataclass(frozen=True, slots=True)
class PlayerResult:
    """What one player achieved, over all seeds."""

    player: str
    """An action, which was chosen in every step, or the name of an agent."""
    outcomes: tuple[tuple[Outcome, int], ...]
    """How each episode ended, and after how many steps."""
    error: str | None = None
    """Why the first void episode is void."""

    def share(self, outcome: Outcome) -> float:
        """The part of the episodes that ended so, in [0, 1]."""
        return sum(ended == outcome for ended, _ in self.outcomes) / len(self.outcomes)

    def mean_steps(self, outcome: Outcome | None = None) -> float | None:
        """The mean length of the episodes that ended so, or of all; None where there is none."""
        lengths = [steps for ended, steps in self.outcomes if outcome in (None, ended)]
        return sum(lengths) / len(lengths) if lengths else None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came out of all episodes."""

    incident: Incident
    results: tuple[PlayerResult, ...]
    silent: tuple[int, ...]
    """The log rules that wrote no line in any episode, by their numbers in the file, from 1."""

    def result(self, player: str) -> PlayerResult | None:
        """What that player achieved; None for one that has not played."""
        return next((result for result in self.results if result.player == player), None)


def assess(
    incident: Incident,
    seeds: Sequence[int],
    progress: Progress = lambda _player, _number: None,
    only: Iterable[str] = PLAYERS,
) -> Assessment:
    """Let every player (or `only` these) play every seed, blind, and record nothing.

    Agents play a seed as they do everywhere, but that an episode is cut after `ASSESSED_STEPS`. Must not be called
    where an event loop is running already.
    """
    unwritten = _Unwritten(incident.logs)
    results = []
    for player in only:
        if player in _AGENTS:
            results.append(asyncio.run(_agent(player, incident, seeds, unwritten=unwritten, progress=progress)))
        else:
            choose = _plan if player == PLANNER else partial(_repeat, ActionType(player))
            results.append(_together(player, choose, incident, seeds, unwritten=unwritten, progress=progress))
    return Assessment(incident, tuple(results), unwritten.numbers)


def _repeat(action: ActionType, simulators: Sequence[SystemSimulator]) -> list[ActionType]:
    return [action] * len(simulators)


def _together(
    player: str, choose: Choose, incident: Incident, seeds: Sequence[int], *, unwritten: _Unwritten, progress: Progress
) -> PlayerResult:
    """Many episodes at once, a step of each at a time: at a fraction of what episodes with their records cost."""
    ended: dict[int, tuple[Outcome, int]] = {}
    for first in range(0, len(seeds), _TOGETHER):
        running = [_Game(seed, incident, unwritten) for seed in seeds[first : first + _TOGETHER]]
        while running:
            progress(player, len(ended))
            for game, action in zip(running, choose([game.simulator for game in running]), strict=True):
                if outcome := game.step(action):
                    ended[game.seed] = outcome
            running = [game for game in running if not game.simulator.done]
    return PlayerResult(player, tuple(ended[seed] for seed in seeds))


class _Game:
    """An episode without records: the simulator, and the log as long as it is watched."""

    def __init__(self, seed: int, incident: Incident, unwritten: _Unwritten) -> None:
        self.seed = seed
        self.simulator = SystemSimulator(seed)
        self._unwritten = unwritten
        initial = self.simulator.reset(incident, max_steps=_limit(incident))
        self._telemetry = Telemetry(incident, seed, 0)
        if unwritten.numbers:
            unwritten.look(self._telemetry.page(initial).lines)

    def step(self, action: ActionType) -> tuple[Outcome, int] | None:
        """Take a step. How the episode ended, and after how many, if it has."""
        simulator = self.simulator
        _, info = simulator.step(action)
        if self._unwritten.numbers:  # once every rule has written, nobody looks any more
            self._unwritten.look(self._telemetry.step(info.transition, info.step, simulator.flags, simulator.uses))
        if not info.done:
            return None
        return ("resolved" if info.resolved else "crashed" if info.crashed else "truncated"), info.step


def _plan(simulators: Sequence[SystemSimulator]) -> list[ActionType]:
    """What the planner does in each state. For all of them at once it takes a third of the time."""
    states = joined([BatchState.of(simulator) for simulator in simulators])
    return [ACTIONS[index] for index in Planner().evaluate(states).best.tolist()]


async def _agent(
    name: str, incident: Incident, seeds: Sequence[int], *, unwritten: _Unwritten, progress: Progress
) -> PlayerResult:
    factory = agent_factory(name)
    outcomes: list[tuple[Outcome, int]] = []
    error: str | None = None
    for seed in seeds:
        progress(name, len(outcomes))
        episode = Episode(incident, seed, max_steps=_limit(incident), blind=True)
        result = await play_episode(factory(seed), episode)
        unwritten.look(episode.observation.lines)
        outcomes.append((result.outcome, result.steps))
        error = error or result.error
    return PlayerResult(name, tuple(outcomes), error)


def _limit(incident: Incident) -> int:
    return min(incident.max_steps, ASSESSED_STEPS)


class _Unwritten:
    """The log rules of which no line has been seen yet."""

    def __init__(self, rules: Sequence[LogRule]) -> None:
        self._left = {number: (rule, lines_like(rule.text)) for number, rule in enumerate(rules, 1)}

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self._left)

    def look(self, lines: Iterable[LogLine]) -> None:
        """Take in lines that have been written. Of rules that write the same words, all count as seen."""
        for line in lines if self._left else ():
            for number, (rule, pattern) in list(self._left.items()):
                same = line.kind == "incident" and (line.source, line.level) == (rule.source, rule.level)
                if same and pattern.fullmatch(line.text):
                    del self._left[number]
