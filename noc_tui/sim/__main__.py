"""`python -m noc_tui.sim [INCIDENT] [--seed N]`: a short demonstration of the simulator in plain text."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ActionType
from noc_tui.sim.catalog import IncidentType, default_catalog
from noc_tui.sim.errors import SimulatorError
from noc_tui.sim.metrics import CONTINUOUS, METRIC, METRICS, MetricName, SystemMetrics
from noc_tui.sim.remedies import REMEDIES
from noc_tui.sim.simulator import SEED_LIMIT, SystemSimulator
from noc_tui.sim.telemetry import LogLine, Telemetry
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.sim.incident import Incident

SHOWN_STEPS: Final = 15


def remedy(metrics: SystemMetrics) -> ActionType:
    """The usual remedy of the metric that is furthest out of its healthy range; waiting when none is.

    The service does not count: it comes back by itself once the errors fall.
    """

    def excess(name: MetricName) -> float:
        spec = METRIC[name]
        value: float = getattr(metrics, name)
        return (value - spec.healthy_below) / spec.full_scale

    worst = max(CONTINUOUS, key=excess)
    return ActionType.DO_NOTHING if excess(worst) < 0 else REMEDIES[worst]


def play(incident: Incident, seed: int | None, steps: int = SHOWN_STEPS) -> None:
    """Play `steps` steps of the usual remedies and print what an operator would see."""
    simulator = SystemSimulator(seed)
    metrics = simulator.reset(incident)
    telemetry = Telemetry(incident, simulator.seed, simulator.normals_before_reset)
    print(f"{clean(incident.title)} ({incident.difficulty}), seed {simulator.seed}")
    print(clean(incident.summary))
    print()
    for line in telemetry.page(metrics).lines:
        print(_log(line))
    print(_table(metrics))
    for step in range(1, steps + 1):
        metrics, info = simulator.step(remedy(metrics))
        print(f"\nstep {step}  {info.explanation}")
        for line in telemetry.step(info.transition, step, simulator.flags, simulator.uses):
            print(_log(line))
        print(_table(metrics))
        if info.done:
            outcome = "resolved" if info.resolved else "crashed" if info.crashed else "out of time"
            print(f"\n{outcome} at step {step}")
            return
    print(f"\nnot over yet after {steps} steps")


def _table(metrics: SystemMetrics) -> str:
    parts = [f"{spec.label} {spec.text(getattr(metrics, spec.name))}" for spec in METRICS]
    return "  " + "  ".join(parts) + f"  Health {metrics.health_score * 100:.0f} %"


def _log(line: LogLine) -> str:
    sign = "-" if line.clock < 0 else " "
    minutes, seconds = divmod(abs(line.clock), 60)
    return f"  {sign}{minutes:02}:{seconds:02}  {line.level:<8}  {clean(line.source):<14}  {clean(line.text)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration. Returns the exit code: 0, or 2 for an incident that there is not."""
    parser = argparse.ArgumentParser(prog="python -m noc_tui.sim", description="Play a few steps of an incident.")
    parser.add_argument("incident", nargs="?", default=str(IncidentType.NETWORK_CONGESTION), metavar="INCIDENT")
    parser.add_argument("--seed", type=_seed, metavar="N", help=f"from 0 to {SEED_LIMIT - 1}; drawn when left out")
    given = parser.parse_args(arguments)
    try:
        play(default_catalog().load(given.incident), given.seed)
    except SimulatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _seed(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")


if __name__ == "__main__":
    sys.exit(main())
