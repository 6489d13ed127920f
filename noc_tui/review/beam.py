"""The beam search: from many states at once, the least expected cost of the rest of the episode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.review.odds import HEALTHY_BELOW, Odds, moved_metrics, turn
from noc_tui.sim.metrics import METRICS
from noc_tui.sim.tables import NUM_ACTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.batch_state import BatchState

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

PRICE: Final = 0.25
"""What an intervention costs on top of its step, so that best play looks like a person's."""
CRASH_COST: Final = 10.0
"""What a crash costs on top of all the steps that were left."""
HARM_LIMIT: Final = 1.5
"""What harm that is still on its way may add at the resolution; its size is the sum of its figures."""
GRID: Final = 0.02
"""States that fall into the same cell of this size are one."""

_SETTLED: Final = 1e-3
"""A future in which the episode goes on with less probability than this is not followed further."""
# The rank among the states of a beam: what is out of range now and once everything on its way has arrived, in steps.
_EXCESS_STEPS: Final = 8.0
_PRESSURE_STEPS: Final = 8.0
_MARGIN: Final = 0.05
_SCALE: Final = np.array([[spec.full_scale] for spec in METRICS])


class Futures(NamedTuple):
    """States that plans may lead to, and what they have cost on the way there. Rows, each with the root it is from."""

    state: BatchState
    odds: Odds
    cost: Floats
    """Expected steps, prices and penalties so far, (n,)."""
    steps: Floats
    """The same without the price of interventions and without harm that is left behind."""
    root: Rows

    def take(self, rows: Rows) -> Futures:
        """The futures of these rows, which may repeat."""
        return Futures(self.state.take(rows), self.odds.take(rows), self.cost[rows], self.steps[rows], self.root[rows])


def begin(state: BatchState, odds: Odds) -> Futures:
    """Where a search starts: each row a root of its own."""
    return Futures(state, odds, np.zeros(len(state)), np.zeros(len(state)), np.arange(len(state)))


def expand(futures: Futures, actions: Rows, moved: Rows) -> Futures:
    """One step of every future, in place of its state."""
    state, alive = futures.state, futures.odds.alive
    state.advance(actions)
    odds, resolved, crashed = turn(futures.odds, state, moved)
    left = state.limit - state.step
    penalty = crashed * (left + CRASH_COST)
    cost = futures.cost + alive * (1.0 + PRICE * (actions > 0)) + penalty
    if state.tables.slots:
        cost += resolved * harm_left(state)
    return Futures(state, odds, cost, futures.steps + alive + penalty, futures.root)


def harm_left(state: BatchState) -> Floats:
    """What harm that is on its way costs where the incident is resolved now, (n,): the sum of its figures, limited."""
    harm: Floats = np.minimum(_on_its_way(state, harm=True).sum(axis=0), HARM_LIMIT)
    return harm


def all_actions(futures: Futures, rows: Rows) -> tuple[Futures, Rows]:
    """These futures six times each, and an action for each copy."""
    copies = futures.take(np.repeat(rows, NUM_ACTIONS))
    return copies, np.tile(np.arange(NUM_ACTIONS), len(rows))


class Value(NamedTuple):
    """The least cost that was found for each root, (roots,)."""

    cost: Floats
    steps: Floats
    """What that plan costs without prices and harm left behind: steps, crashes counted as steps."""


def search(futures: Futures, *, width: int, horizon: int) -> Value:
    """Follow every root's best `width` futures for `horizon` steps.

    A future that is broken off costs all the steps that are left, as far as it has neither resolved nor crashed.
    """
    moved = moved_metrics(futures.state.tables)
    roots = len(futures.root)
    best = Value(np.full(roots, np.inf), np.full(roots, np.inf))
    _keep_best(best, futures)
    for _ in range(horizon):
        follow = (futures.odds.alive > _SETTLED) & (futures.cost < best.cost[futures.root])
        follow &= futures.state.step < futures.state.limit
        rows = np.flatnonzero(follow)
        if not rows.size:
            break
        futures = expand(*all_actions(futures, rows), moved)
        _keep_best(best, futures)
        futures = futures.take(_widest(futures, moved, width))
    return best


def _keep_best(best: Value, futures: Futures) -> None:
    """Note for each root the cheapest of its futures, were it broken off here."""
    left = futures.odds.alive * (futures.state.limit - futures.state.step)
    cost = futures.cost + left
    order = np.lexsort((cost, futures.root))
    root = futures.root[order]
    first = order[np.flatnonzero(np.r_[True, root[1:] != root[:-1]])]
    cheaper = first[cost[first] < best.cost[futures.root[first]]]
    best.cost[futures.root[cheaper]] = cost[cheaper]
    best.steps[futures.root[cheaper]] = (futures.steps + left)[cheaper]


def _widest(futures: Futures, moved: Rows, width: int) -> Rows:
    """The most promising rows of each root, no two of which are in the same cell of the grid."""
    score, cell, root = _score(futures, moved), _cells(futures.state), futures.root
    order = np.lexsort((score, cell, root))
    same = (cell[order][1:] == cell[order][:-1]) & (root[order][1:] == root[order][:-1])
    order = order[np.r_[True, ~same]]
    order = order[np.lexsort((score[order], root[order]))]
    starts = np.flatnonzero(np.r_[True, root[order][1:] != root[order][:-1]])
    counts = np.diff(np.r_[starts, len(order)])
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    return order[rank < width]


def _score(futures: Futures, moved: Rows) -> Floats:
    """What a future has cost, and a guess at what it will."""
    state, alive = futures.state, futures.odds.alive
    level, pressure = state.metrics[moved], state.pressure
    guess = np.zeros(len(state))
    if state.tables.slots:
        coming = _on_its_way(state, harm=False)
        level = level + coming[moved]
        pressure = (pressure + np.minimum(np.maximum(pressure + coming[-1], 0.0), 1.0)) / 2
    excess = np.maximum(level - (HEALTHY_BELOW[moved] - _MARGIN), 0.0) / _SCALE[moved]
    guess = _EXCESS_STEPS * excess.sum(axis=0)
    if state.tables.has_pressure:
        guess += _PRESSURE_STEPS * pressure
    left: Floats = np.minimum(guess, state.limit - state.step)
    return futures.cost + alive * left


def _on_its_way(state: BatchState, *, harm: bool) -> Floats:
    """The sum of all delayed effects that are pending, (7, n); with `harm` of what makes things worse alone."""
    figures = state.tables.figures
    if harm:
        figures = np.maximum(figures, 0.0)
    total: Floats = figures.take(_pending(state), axis=1).sum(axis=1)
    return total


def _pending(state: BatchState) -> Rows:
    """The rows of figures that are pending, (places, n): of the places that anybody uses, for there may be many."""
    places = state.pending.reshape(-1, len(state))
    return places[places.any(axis=1)]


_FACTORS: Final = np.random.default_rng(7).integers(1, 2**62, 512) | 1


def _cells(state: BatchState) -> NDArray[np.int64]:
    """The cell of each row as a number. That two cells share one is as good as impossible."""
    levels = np.rint(np.concatenate([state.metrics, state.pressure[None]]) / GRID).astype(np.int64)
    pending = _pending(state)
    parts = np.concatenate([levels, state.phase[None], np.maximum(state.down_until - state.step, -1)[None], pending])
    factors = np.resize(_FACTORS, len(parts))
    cells: NDArray[np.int64] = (parts * factors[:, None]).sum(axis=0)
    return cells
