"""How many environment steps a second `BatchSimulator` takes, against `SystemSimulator` in a loop, in one run.

    python -m benchmarks.batch_step [--environments N] [--steps N] [--repeats N]

Both play the same environments (incident and seed) with the same random actions and reset what has ended; they are
checked to meet the same metrics before anything is timed. The loop takes the first of the environments alone, as many
as it can in about the same time. Repeats of the two alternate with drawing the normals alone, one block after the
other from each environment's stream, so that a busy moment of the machine touches all; medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.batch import BatchSimulator
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.catalog import CLASSIC, default_catalog
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.streams import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident

BARS = {"classic": 10.0, "all": 8.0}
LOOPED = 256
SEED = 1


def play_batch(batch: BatchSimulator, actions: NDArray[np.intp]) -> float:
    """Seconds that the batch takes for these actions, (steps, num_envs), resets included."""
    batch.reset()
    start = time.perf_counter()
    for chosen in actions:
        step = batch.step(chosen)
        done = step.done
        if done.any():
            batch.reset(mask=done)
    return time.perf_counter() - start


def play_loop(simulators: list[SystemSimulator], incidents: list[Incident], actions: NDArray[np.intp]) -> float:
    """Seconds that as many simulators take, one after the other."""
    for simulator, incident in zip(simulators, incidents, strict=True):
        simulator.reset(incident)
    columns = [[ACTIONS[action] for action in column] for column in actions.T.tolist()]
    start = time.perf_counter()
    for simulator, incident, column in zip(simulators, incidents, columns, strict=True):
        step, reset = simulator.step, simulator.reset
        for action in column:
            _, info = step(action)
            if info.done:
                reset(incident)
    return time.perf_counter() - start


def draw_alone(generators: list[np.random.Generator], steps: int) -> float:
    """Seconds that the normals of so many steps take."""
    block = np.empty((BLOCK, 5))
    start = time.perf_counter()
    for _ in range(0, steps, BLOCK):
        for generator in generators:
            generator.standard_normal(out=block)
    return time.perf_counter() - start


def check_agreement(incidents: list[Incident], actions: NDArray[np.intp]) -> None:
    """Both ways meet the same metrics to the last bit, or there is nothing to compare."""
    batch = BatchSimulator(incidents, len(incidents), SEED)
    simulators = [SystemSimulator(SEED + row) for row in range(len(incidents))]
    batch.reset()
    for simulator, incident in zip(simulators, incidents, strict=True):
        simulator.reset(incident)
    for chosen in actions:
        step = batch.step(chosen)
        for row, simulator in enumerate(simulators):
            metrics, info = simulator.step(ACTIONS[chosen[row]])
            if step.metrics[row].tolist() != list(metrics) or step.rewards[row] != info.reward:
                sys.exit(f"{incidents[row].id}: the two differ at {step.metrics[row]} and {metrics}")
            if info.done:
                simulator.reset(incidents[row])
        batch.reset(mask=step.done)


def compare(pool: list[Incident], options: argparse.Namespace) -> tuple[float, float, float]:
    """Environment steps a second of the loop, the batch, and of drawing alone: medians."""
    n, steps = options.environments, options.steps
    incidents = [pool[row % len(pool)] for row in range(n)]
    looped = min(n, LOOPED)
    actions = np.random.default_rng(SEED).integers(0, len(ACTIONS), (steps, n))
    check_agreement(incidents[:64], actions[:, :64])
    batch = BatchSimulator(incidents, n, SEED)
    simulators = [SystemSimulator(SEED + row) for row in range(looped)]
    generators = [np.random.default_rng(SEED + row) for row in range(n)]
    loop, batched, drawn = [], [], []
    for _ in range(options.repeats):
        loop.append(play_loop(simulators, incidents[:looped], actions[:, :looped]))
        batched.append(play_batch(batch, actions))
        drawn.append(draw_alone(generators, steps))
    return (
        looped * steps / statistics.median(loop),
        n * steps / statistics.median(batched),
        n * steps / statistics.median(drawn),
    )


def planner_calls(incident: Incident, rows: int) -> tuple[float, float]:
    """Microseconds of `BatchState.take` and of `BatchState.advance` without noise, for so many rows: medians."""
    simulator = SystemSimulator(SEED)
    simulator.reset(incident)
    state, every = BatchState.of(simulator, rows), np.arange(rows)
    taken, advanced = [], []
    for _ in range(2000):
        start = time.perf_counter()
        node = state.take(every)
        middle = time.perf_counter()
        node.advance(every % len(ACTIONS))
        taken.append(middle - start)
        advanced.append(time.perf_counter() - middle)
    return statistics.median(taken) * 1e6, statistics.median(advanced) * 1e6


def main() -> None:
    """Print a table; exit 1 when a ratio is below its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=int, default=4096, help="side by side (default %(default)s)")
    parser.add_argument("--steps", type=int, default=256, help="of each, per repeat (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=7, help="repeats of each (default %(default)s)")
    options = parser.parse_args()
    catalog = default_catalog()
    pools = {"classic": [catalog.load(name) for name in CLASSIC], "all": [catalog.load(name) for name in catalog.ids]}
    print(f"{options.environments} environments; environment steps/s, median")
    print(f"{'incidents':<12} {'loop':>12} {'batch':>12} {'ratio':>6} {'bar':>4} {'normals alone':>14} {'share':>6}")
    missed = False
    for name, pool in pools.items():
        loop, batch, drawn = compare(pool, options)
        missed |= batch / loop < BARS[name]
        print(
            f"{name:<12} {loop:>12,.0f} {batch:>12,.0f} {batch / loop:>6.1f} {BARS[name]:>4.0f} {drawn:>14,.0f} "
            f"{batch / drawn:>6.2f}"
        )
    for rows in (6, 48, 96):
        take, advance = planner_calls(catalog.load("retry_storm"), rows)
        print(f"a planner's {rows:>2} rows of retry_storm: take {take:.0f} us, advance {advance:.0f} us")
    sys.exit(missed)


if __name__ == "__main__":
    main()
