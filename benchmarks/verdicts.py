"""How far verdicts agree with the truth.

    python -m benchmarks.verdicts [--states N] [--continuations N] [--incident ID ...] [--all]

The truth is what each of the six actions costs when the planner plays on from there, averaged over many continuations
with noise; the six of a state meet the same noise. Metrics that nothing in the incident moves are held healthy: no
action is better for them than another. States come from play of which two fifths are random. A few states
of each incident take some minutes; `--all` takes 24 of each, and half an hour.

`same` is the share of moves of the same category (fine, inaccuracy, mistake, blunder), `word` of the same word where
best and good count as two, `far` of those two or more words off, `wronged` how many were called a mistake or worse
though they truly lose less than 0.75 steps: where it looks so, the truth is asked again with eight times as many
continuations, for with 32 it can be off by a step. Positions that are called lost get no verdict; `lost` counts
them, and after the stroke those that the truth calls lost. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.planner import BEST_STEPS
from noc_tui.review.beam import CRASH_COST, PRICE, harm_left
from noc_tui.review.model import Verdict
from noc_tui.review.odds import SERVICE, unmoved_metrics
from noc_tui.review.planner import REVIEW_WIDTH, Planner, joined
from noc_tui.review.verdicts import is_lost, verdict_on
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.simulator import NOISE_SD, SystemSimulator
from noc_tui.sim.tables import NUM_ACTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident

FIRST_SEED = 1000
RANDOM_SHARE = 0.4
LONGEST = 11
"""States are taken after 0 to so many steps."""
CONTINUING_WIDTH = 8
AT_ONCE = 400
SURER = 8
"""So many times the continuations where a move looks wronged."""
SAME_BAR, FAR_BAR, WRONGED_BELOW = 0.90, 0.01, 0.75
RANK: Final = {
    Verdict.BEST: 0,
    Verdict.GOOD: 1,
    Verdict.NEEDLESS: 1,
    Verdict.INACCURACY: 2,
    Verdict.MISTAKE: 3,
    Verdict.BLUNDER: 4,
}


def sample_states(incident: Incident, count: int, planner: Planner) -> BatchState:
    """States of play that is good for the most part, early and late."""
    states: list[BatchState] = []
    seed = FIRST_SEED
    while len(states) < count:
        seed += 1
        chooser, simulator = random.Random(seed), SystemSimulator(seed)
        simulator.reset(incident)
        for _ in range(len(states) % (LONGEST + 1)):
            simulator.step(chooser.choice(ACTIONS) if chooser.random() < RANDOM_SHARE else planner.best(simulator))
            if simulator.done:
                break
        else:
            states.append(BatchState.of(simulator))
    return joined(states)


def true_costs(states: BatchState, planner: Planner, continuations: int) -> NDArray[np.float64]:
    """What each action costs in each state, (states, 6), when the planner plays on."""
    n = len(states)
    rng = np.random.default_rng(FIRST_SEED)
    state = states.take(np.repeat(np.arange(n), NUM_ACTIONS * continuations))
    first = np.tile(np.repeat(np.arange(NUM_ACTIONS), continuations), n)
    noise_of = np.repeat(np.arange(n), NUM_ACTIONS * continuations) * continuations
    noise_of += np.tile(np.arange(continuations), n * NUM_ACTIONS)
    cost = np.zeros(len(first))
    left_to_chance = unmoved_metrics(state.tables)
    state.metrics[left_to_chance] = 0.0
    live, actions = np.arange(len(first)), first
    while live.size:
        noise = rng.standard_normal((5, n * continuations)) * NOISE_SD
        noise[left_to_chance - (left_to_chance > SERVICE)] = 0.0
        ended = state.advance(actions, noise[:, noise_of[live]])
        left = state.limit - state.step
        cost[live] += 1.0 + PRICE * (actions > 0) + ended.crashed * (left + CRASH_COST)
        cost[live] += ended.resolved * harm_left(state)
        goes_on = np.flatnonzero(~(ended.resolved | ended.crashed) & (left > 0))
        live, state = live[goes_on], state.take(goes_on)
        pieces = [np.arange(i, min(i + AT_ONCE, len(live))) for i in range(0, len(live), AT_ONCE)]
        actions = np.concatenate([planner.evaluate(state.take(rows)).best for rows in pieces] or [first[:0]])
    mean: NDArray[np.float64] = cost.reshape(n, NUM_ACTIONS, continuations).mean(axis=2)
    return mean


def compare(
    states: BatchState, truth: NDArray[np.float64], planner: Planner, playing: Planner, continuations: int
) -> NDArray[np.float64]:
    """Moves, same category, same word, far off, wronged, lost positions by the planner and by the truth."""
    tally = np.zeros(7)
    lefts = (states.limit - states.step).tolist()
    for state, (said, true, left) in enumerate(zip(planner.evaluate(states).cost, truth, lefts, strict=True)):
        tally[5] += is_lost(said.min(), left)
        tally[6] += is_lost(true.min(), left)
        if is_lost(said.min(), left):
            continue
        for action in range(NUM_ACTIONS):
            ours = verdict_on(said.tolist(), action, left)
            theirs = verdict_on(true.tolist(), action, left)
            if theirs is Verdict.NONE:
                theirs = Verdict.BEST if true[action] - true.min() < 0.2 else Verdict.BLUNDER
            apart = abs(RANK[ours] - RANK[theirs])
            wronged = RANK[ours] >= RANK[Verdict.MISTAKE] and true[action] - true.min() < WRONGED_BELOW
            if wronged:
                surer = true_costs(states.take(np.array([state])), playing, SURER * continuations)[0]
                wronged = surer[action] - surer.min() < WRONGED_BELOW
            tally[:5] += [1, ours.category == theirs.category, apart == 0, apart >= 2, wronged]
    return tally


def row(name: str, tally: NDArray[np.float64], seconds: float) -> str:
    """A line of the table."""
    moves, same, word, far, wronged, lost, truly = tally
    return (
        f"{name:<21} {moves:>5.0f} {same / moves:>6.3f} {word / moves:>6.3f} {far / moves:>6.3f} {wronged:>7.0f} "
        f"{f'{lost:.0f}/{truly:.0f}':>6} {seconds:>5.0f}"
    )


def main() -> None:
    """Print the table; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=4, help="of each incident (default %(default)s)")
    parser.add_argument("--continuations", type=int, default=32, help="of each action (default %(default)s)")
    parser.add_argument("--incident", action="append", help="one of these alone (default: all)")
    parser.add_argument("--all", action="store_true", help="24 states of each incident")
    options = parser.parse_args()
    count = 24 if options.all else options.states
    total = np.zeros(7)
    print(f"{'incident':<21} {'moves':>5} {'same':>6} {'word':>6} {'far':>6} {'wronged':>7} {'lost':>6} {'s':>5}")
    began = time.perf_counter()
    for name in options.incident or [*BEST_STEPS, "cpu_overload", "memory_leak"]:
        start = time.perf_counter()
        playing = Planner(CONTINUING_WIDTH)
        states = sample_states(default_catalog().load(name), count, playing)
        truth = true_costs(states, playing, options.continuations)
        tally = compare(states, truth, Planner(REVIEW_WIDTH), playing, options.continuations)
        total += tally
        print(row(name, tally, time.perf_counter() - start), flush=True)
    print(row("all", total, time.perf_counter() - began))
    moves, same, _, far, wronged = total[:5]
    sys.exit(bool(same < SAME_BAR * moves or far > FAR_BAR * moves or wronged))


if __name__ == "__main__":
    main()
