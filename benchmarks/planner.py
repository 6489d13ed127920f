"""How well the planner plays, and how long a verdict and a review take.

    python -m benchmarks.planner [--seeds N] [--incident ID ...]

Plays every incident with seeds 0 to N - 1 and compares with near-perfect play as it was measured of an independent
implementation (`BEST_STEPS`). `can` is the share of seeds that anybody can resolve: in two incidents chance alone
decides about a metric that no action moves. `par` is what the planner expected at the start, `ms` the
CPU time of a decision. Exits 1 when a bar is
missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from noc_tui.episode.episode import Episode
from noc_tui.review.moves import review_move
from noc_tui.review.planner import PLAY_WIDTH, Planner, joined
from noc_tui.review.positions import unwinnable_start
from noc_tui.review.session import review_session
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.simulator import SystemSimulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.sim.incident import Incident

BEST_STEPS = {
    "retry_storm": 6.3,
    "cache_stampede": 5.8,
    "gc_death_spiral": 6.0,
    "regex_bad_deploy": 6.4,
    "log_flood_disk_full": 5.1,
    "conn_pool_exhaustion": 5.2,
    "dns_failure": 5.5,
    "syn_flood": 8.9,
    "flaky_nic": 4.0,
    "reconnect_herd": 7.0,
    "tls_expiry": 4.8,
    "noisy_neighbour": 6.3,
    "cold_standby": 5.8,
    "shard_rebalance": 10.1,
    "slow_leak": 10.2,
    "poison_backlog": 9.1,
    "backup_window": 5.9,
    "network_congestion": 7.0,
}
"""Mean steps of near-perfect play."""
SLACK = 0.3
RESOLVES = 0.99
"""Share of the episodes that anybody can resolve."""
VERDICT_BAR = 0.05
REVIEW_BAR = 1.0
"""Seconds of CPU; others may use the machine at the same time."""


class Played(NamedTuple):
    """What came of one seed."""

    resolved: bool
    steps: int
    par: float


def play(incident: Incident, seeds: range, planner: Planner) -> list[Played]:
    """Each seed played by the planner; those that still run are planned for together."""
    running = [SystemSimulator(seed) for seed in seeds]
    for simulator in running:
        simulator.reset(incident)
    results: dict[int, Played] = {}
    pars: dict[int, float] = {}
    while running:
        seen = planner.evaluate(joined([BatchState.of(simulator) for simulator in running]))
        for simulator, best, steps in zip(running, seen.best, seen.steps, strict=True):
            pars.setdefault(simulator.seed, float(steps[best]))
            _, info = simulator.step(ACTIONS[best])
            if info.done:
                results[simulator.seed] = Played(info.resolved, info.step, pars[simulator.seed])
        running = [simulator for simulator in running if not simulator.done]
    return [results[seed] for seed in seeds]


def measure(incident: Incident, seeds: range, planner: Planner) -> bool:
    """Print the incident's row; whether it reaches its bars."""
    began = time.process_time()
    played = play(incident, seeds, planner)
    seconds = time.process_time() - began
    can = sum(not unwinnable_start(incident, seed) for seed in seeds)
    won = [one for one in played if one.resolved]
    steps = statistics.mean(one.steps for one in won) if won else float("nan")
    bar = BEST_STEPS.get(incident.id)
    ok = len(won) >= RESOLVES * can and (bar is None or round(steps, 2) <= bar + SLACK)
    per_decision = seconds / sum(one.steps for one in played) * 1000
    print(
        f"{incident.id:<21} {len(won) / len(played):>8.3f} {can / len(played):>6.3f} {steps:>6.2f} "
        f"{'' if bar is None else f'{bar + SLACK:.1f}':>5} {statistics.mean(one.par for one in played):>6.2f} "
        f"{per_decision:>6.1f}  {'ok' if ok else 'MISSED'}",
        flush=True,
    )
    return ok


def measure_speed() -> bool:
    """Print what a verdict during play and the review of a 60-step episode take; whether they reach their bars."""
    ok = True
    for incident_id in ("slow_leak", "retry_storm", "cpu_overload"):
        episode = Episode(default_catalog().load(incident_id), 1, max_steps=60)
        while not episode.done and episode.steps < 12:
            episode.act(ActionType.DO_NOTHING if episode.steps % 3 else ActionType.THROTTLE_CPU)
        timed = [clocked(partial(review_move, episode, step)) for step in range(1, episode.steps + 1)]
        cpu, wall = (statistics.median(column) for column in zip(*timed, strict=True))
        print(f"a verdict in {incident_id}: {cpu * 1000:.0f} ms CPU, {wall * 1000:.0f} ms wall (median)")
        ok &= cpu < VERDICT_BAR
    for incident_id in ("shard_rebalance", "cpu_overload"):
        episode = long_episode(default_catalog().load(incident_id))
        cpu, wall = clocked(partial(review_session, episode))
        print(f"review of {episode.steps} steps of {incident_id}: {cpu:.2f} s CPU, {wall:.2f} s wall")
        ok &= cpu < REVIEW_BAR
    return ok


def long_episode(incident: Incident) -> Episode:
    """Sixty steps: played well but for a restart whenever the streak is about to end."""
    episode = Episode(incident, 3, max_steps=60)
    shadow, planner = SystemSimulator(3), Planner(4)
    shadow.reset(incident, max_steps=60)
    while not episode.done:
        action = ActionType.RESTART_SERVICE if shadow.streak == 2 else planner.best(shadow)
        shadow.step(action)
        episode.act(action)
    return episode


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU and of wall time."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Print the table; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200, help="episodes of each incident (default %(default)s)")
    parser.add_argument("--incident", action="append", help="one of these alone (default: all)")
    parser.add_argument("--width", type=int, default=PLAY_WIDTH, help="of the beam (default %(default)s)")
    options = parser.parse_args()
    names = options.incident or [*BEST_STEPS, "cpu_overload", "memory_leak"]
    print(
        f"{'incident':<21} {'resolved':>8} {'can':>6} {'steps':>6} {'bar':>5} {'par':>6} {'ms':>6}  (CPU per decision)"
    )
    reached = [measure(default_catalog().load(n), range(options.seeds), Planner(options.width)) for n in names]
    reached.append(measure_speed())
    sys.exit(not all(reached))


if __name__ == "__main__":
    main()
