"""A position to be judged at a glance: an incident in progress, and what each of the six actions is worth in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.drills.draws import Draws
from noc_tui.drills.seeds import winnable_seed
from noc_tui.drills.stages import Stage
from noc_tui.episode.episode import Episode
from noc_tui.review.moves import Outlook, outlooks
from noc_tui.review.planner import Planner
from noc_tui.review.positions import Shadow
from noc_tui.review.reasons import Position, why
from noc_tui.review.verdicts import INACCURACY_FROM, verdict_on
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.batch_state import BatchState

if TYPE_CHECKING:
    from noc_tui.drills.schedule import Key
    from noc_tui.episode.clock import Clock
    from noc_tui.review.model import Verdict
    from noc_tui.sim.actions import ActionType
    from noc_tui.sim.incident import Incident

MOST_SENSIBLE: Final = 4
"""Sensible steps that lead to a position that is under way."""
MOST_ASTRAY: Final = 2
"""Wrong steps that lead to one that is astray."""
_MORE_TRIES: Final = 5
"""Seeds that are tried after the first for a position in which something is at stake."""
_WIDTH: Final = 8
"""A narrow search is good enough to play by; the verdicts are those of the usual one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the six actions in a position."""

    action: ActionType
    verdict: Verdict
    lost: float
    """Steps that it is expected to cost, at least 0."""
    why: str
    """What was better and why, and what was wrong with it. Tells hidden state."""

    @property
    def line(self) -> str:
        """What was better and why, in one line."""
        first, more, _ = self.why.partition(". ")
        return f"{first}." if more else first


@dataclass(frozen=True, slots=True)
class SpotPosition:
    """An incident in progress, and what each action is worth in it."""

    key: Key
    title: str
    """The truth, for after the answer."""
    seed: int
    episode: Episode
    """Blind, as far as it has been played: strips, history and log are those of any episode. Nobody plays it on."""
    choices: tuple[Choice, ...]
    """In the order of `ACTIONS`."""
    best: ActionType

    def choice(self, action: ActionType) -> Choice:
        """What this action is worth."""
        return next(choice for choice in self.choices if choice.action == action)

    @property
    def is_telling(self) -> bool:
        """Whether anything is at stake: one of the actions is an inaccuracy or worse."""
        return any(choice.verdict.category not in {"fine", "none"} for choice in self.choices)


def build_position(
    incident: Incident, key: Key, seed: int, *, planner: Planner | None = None, clock: Clock | None = None
) -> SpotPosition:
    """The position for a card that `seed` decides. Takes some tens of milliseconds: for a worker.

    A position in which every action is as good as another is passed over, where the incident has others. Raises
    `DrillError` for an incident that can hardly ever be resolved.
    """
    planner = planner or Planner()
    draws = Draws("spot", incident.id, key.stage, seed)
    position = _at(_played(incident, key.stage, draws, clock), key, planner)
    for _ in range(_MORE_TRIES):
        if position.is_telling:
            break
        position = _at(_played(incident, key.stage, draws, clock), key, planner)
    return position


def _played(incident: Incident, stage: Stage, draws: Draws, clock: Clock | None) -> Episode:
    """An episode up to the stage; shorter, where the steps would end it or throw it away."""
    episode = Episode(incident, winnable_seed(incident, draws), blind=True, clock=clock)
    match stage:
        case Stage.UNDER_WAY:
            _play_on(episode, 1 + draws.below(MOST_SENSIBLE), draws, sensibly=True)
        case Stage.ASTRAY:
            _play_on(episode, 1 + draws.below(MOST_ASTRAY), draws, sensibly=False)
        case Stage.PAGE | Stage.EPISODE:
            pass
    return episode


def _play_on(episode: Episode, steps: int, draws: Draws, *, sensibly: bool) -> None:
    planner, shadow = Planner(_WIDTH), Shadow(episode)
    for _ in range(steps):
        outlook = _outlook(planner, shadow, episode.steps)
        if sensibly:
            action = outlook.best
        else:
            wrong = [i for i in range(len(ACTIONS)) if outlook.regret(i) >= INACCURACY_FROM]
            if not wrong:
                return
            action = draws.choice(wrong)
        if not _stays_open(episode, ACTIONS[action], planner):
            return
        episode.act(ACTIONS[action], driver="drill")


def _outlook(planner: Planner, shadow: Shadow, step: int) -> Outlook:
    state = BatchState.of(shadow.at(step))
    return outlooks(state, planner.evaluate(state))[0]


def _stays_open(episode: Episode, action: ActionType, planner: Planner) -> bool:
    """Whether the episode goes on after the action, and can still be won."""
    ahead = Episode.fork(episode, episode.steps)
    if ahead.act(action).outcome:
        return False
    return not _outlook(planner, Shadow(ahead), ahead.steps).lost


def _at(episode: Episode, key: Key, planner: Planner) -> SpotPosition:
    simulator = Shadow(episode).at(episode.steps)
    state, position = BatchState.of(simulator), Position.of(simulator)
    outlook = outlooks(state, planner.evaluate(state))[0]
    choices = []
    for index, action in enumerate(ACTIONS):
        verdict = verdict_on(outlook.costs, index, outlook.left)
        choices.append(Choice(action, verdict, outlook.steps_lost(index), why(position, index, outlook.best, verdict)))
    return SpotPosition(
        key=key,
        title=episode.incident.title,
        seed=episode.header.seed,
        episode=episode,
        choices=tuple(choices),
        best=ACTIONS[outlook.best],
    )
