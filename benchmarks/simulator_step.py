"""How many steps a second `SystemSimulator` takes, against the straightforward way, in one run.

    python -m benchmarks.simulator_step [--steps N] [--repeats N]

Both play the same seeds and actions and are checked to meet the same metrics before anything is timed. Repeats of
the two alternate, so that a busy moment of the machine touches both; medians are compared. The time of the resets
counts for both.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.straightforward import StraightforwardSimulator
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import CLASSIC, default_catalog
from noc_tui.sim.simulator import SystemSimulator

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident

PACK = ("retry_storm", "syn_flood", "slow_leak")
BAR = 8.0
SEED = 1


def play(simulator: SystemSimulator | StraightforwardSimulator, incident: Incident, actions: list[ActionType]) -> float:
    """Seconds that these actions take, episode after episode."""
    reset, step = simulator.reset, simulator.step
    reset(incident)
    start = time.perf_counter()
    for action in actions:
        _, info = step(action)
        if info.done:
            reset(incident)
    return time.perf_counter() - start


def check_agreement(incident: Incident, actions: list[ActionType]) -> None:
    """Both ways meet the same figures to the last bit, or there is nothing to compare."""
    fast, plain = SystemSimulator(SEED), StraightforwardSimulator(SEED)
    fast.reset(incident)
    plain.reset(incident)
    for action in actions[:2000]:
        metrics, info = fast.step(action)
        expected, plain_info = plain.step(action)
        if metrics._asdict() != expected.model_dump() or info.done != plain_info.done:
            sys.exit(f"{incident.id}: the two differ at {metrics} and {expected}")
        if info.done:
            fast.reset(incident)
            plain.reset(incident)


def main() -> None:
    """Print a table; exit 1 when a ratio is below the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20_000, help="steps per repeat (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=9, help="repeats of each (default %(default)s)")
    options = parser.parse_args()
    actions = random.Random(SEED).choices(ACTIONS, k=options.steps)
    print(f"{'incident':<20} {'straightforward':>16} {'SystemSimulator':>16} {'ratio':>6}   steps/s, median")
    worst = float("inf")
    for incident_id in (*CLASSIC, *PACK):
        incident = default_catalog().load(incident_id)
        check_agreement(incident, actions)
        plain, fast = [], []
        for _ in range(options.repeats):
            plain.append(play(StraightforwardSimulator(SEED), incident, actions))
            fast.append(play(SystemSimulator(SEED), incident, actions))
        rates = [options.steps / statistics.median(times) for times in (plain, fast)]
        worst = min(worst, rates[1] / rates[0])
        print(f"{incident_id:<20} {rates[0]:>16,.0f} {rates[1]:>16,.0f} {rates[1] / rates[0]:>6.1f}")
    print(f"least ratio {worst:.1f}; the bar is {BAR:.0f}")
    sys.exit(worst < BAR)


if __name__ == "__main__":
    main()
