"""The planner: near-perfect play, and what every action is expected to cost. It sees rules and hidden state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.review.beam import all_actions, begin, expand, search
from noc_tui.review.odds import known, moved_metrics
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.tables import NUM_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from noc_tui.review.model import Costs
    from noc_tui.sim.simulator import SystemSimulator

PLAY_WIDTH: Final = 16
REVIEW_WIDTH: Final = 32
HORIZON: Final = 22
"""Steps ahead. A shorter one takes for lost what needs more than that, which in `slow_leak` can still be won."""

TIE: Final = 0.02
"""Waiting is taken for best when it is at most so much worse: nothing should be done for the sake of so little."""


class Evaluation(NamedTuple):
    """What each action is expected to cost in each of `n` states, the step itself included."""

    cost: NDArray[np.float64]
    """With the price of interventions and of harm left behind, (n, 6): what the planner goes by."""
    steps: NDArray[np.float64]
    """Steps alone, a crash counted as the rest of the time and ten more, (n, 6)."""

    @property
    def best(self) -> NDArray[np.intp]:
        """The index of the best action in each state, (n,)."""
        least = self.cost.min(axis=1)
        return np.where(self.cost[:, 0] <= least + TIE, 0, self.cost.argmin(axis=1))


class Planner:
    """Near-perfect play by beam search over the means; see `docs/review.md` for what costs what.

    A state is one row of a `BatchState`, or a simulator that has not ended. Nothing is drawn from any random stream.
    `width` futures are followed at each of `horizon` steps, after each of the six actions.
    """

    def __init__(self, width: int = PLAY_WIDTH, horizon: int = HORIZON) -> None:
        if width < 1 or horizon < 1:
            raise ValueError(f"width is {width} and horizon {horizon}; expected at least 1 of each")
        self.width = width
        self.horizon = horizon

    def evaluate(self, states: BatchState) -> Evaluation:
        """What each action costs in each of `n` states of one incident. The states stay as they are."""
        moved = moved_metrics(states.tables)
        start = begin(states, known(states))
        after = expand(*all_actions(start, np.arange(len(states))), moved)
        after = after._replace(root=np.arange(len(after.root)))
        value = search(after, width=self.width, horizon=self.horizon - 1)
        shape = (len(states), NUM_ACTIONS)
        return Evaluation(value.cost.reshape(shape), value.steps.reshape(shape))

    def q(self, state: BatchState | SystemSimulator) -> Costs:
        """The expected cost of each action: the step itself, and near-perfect play after it."""
        return self.decide(state)[1]

    def cost(self, state: BatchState | SystemSimulator) -> float:
        """The expected cost of the rest of the episode: 1 and more while it goes on."""
        return min(self.q(state))

    def best(self, state: BatchState | SystemSimulator) -> ActionType:
        """The action that costs least; waiting, where that is as good."""
        return self.decide(state)[0]

    def decide(self, state: BatchState | SystemSimulator) -> tuple[ActionType, Costs]:
        """The best action, and what each costs."""
        evaluation = self.evaluate(_one(state))
        return ACTIONS[int(evaluation.best[0])], six(evaluation.cost[0])


def _one(state: BatchState | SystemSimulator) -> BatchState:
    return state if isinstance(state, BatchState) else BatchState.of(state)


def six(row: NDArray[np.float64]) -> Costs:
    """A row of six as plain numbers."""
    wait, restart, throttle, clear, reroute, scale = row.tolist()
    return wait, restart, throttle, clear, reroute, scale


def joined(states: Sequence[BatchState]) -> BatchState:
    """States of the same incident, each as `BatchState.of` makes it, in one."""
    together = BatchState.empty(states[0].tables, sum(len(state) for state in states))
    for name in _ARRAYS:
        np.concatenate([getattr(state, name) for state in states], axis=-1, out=getattr(together, name))
    return together


_ARRAYS: Final = ("metrics", "pressure", "uses", "phase", "down_until", "streak", "step", "limit", "pending")
