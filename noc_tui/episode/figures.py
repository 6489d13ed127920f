"""The figures of an episode: what a simulation gives, and how it differs from what was recorded, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from noc_tui.episode.errors import DifferenceError
from noc_tui.sim.catalog import parse_incident
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.reward import REWARD_TERMS, run_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from noc_tui.episode.records import EndRecord, Header, StepRecord
    from noc_tui.sim.incident import Incident
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.simulator import StepInfo, SystemSimulator


def recorded_incident(header: Header) -> Incident:
    """The incident of a recording. Raises `DifferenceError` when it is none, or another than its hash says."""
    try:
        incident = parse_incident(header.incident, "the header's incident")
    except IncidentError as error:
        raise DifferenceError(str(error)) from error
    if incident.digest != header.incident_hash:
        raise DifferenceError("the header's incident is not the one that its incident_hash names")
    return incident


def numpy_note(header: Header) -> str | None:
    """What may explain that a recording comes out differently here; None when nothing does."""
    recorded, here = header.versions.numpy, np.__version__
    if recorded == here:
        return None
    return f"it was recorded with NumPy {recorded}, this is {here}, and NumPy does not promise the same stream for ever"


def step_figures(simulator: SystemSimulator, info: StepInfo) -> dict[str, Any]:
    """All that a `StepRecord` says of the step just simulated but the metrics, by the names of its fields."""
    return {
        "reward_terms": info.reward_terms,
        "reward": info.reward,
        "health": info.health,
        "effective": info.action_was_effective,
        "resolved": info.resolved,
        "crashed": info.crashed,
        "truncated": info.truncated,
        "streak": simulator.streak,
        "pressure": simulator.pressure,
        "outage_left": simulator.outage_left,
        "pending": simulator.pending,
    }


def end_figures(rewards: Sequence[float]) -> dict[str, Any]:
    """The totals of an `EndRecord`, by the names of its fields."""
    total = 0.0
    for reward in rewards:  # from left to right; `sum` compensates
        total += reward
    return {"steps": len(rewards), "total_reward": total, "score": run_score(rewards)}


def check_page(header: Header, initial: SystemMetrics, samples: Sequence[SystemMetrics]) -> None:
    """Compare the metrics at the page and before it. Raises `DifferenceError`."""
    _compare("at the page", METRIC_NAMES, header.initial, initial)
    _compare("before the page", ("the number of samples",), [len(header.samples)], [len(samples)])
    for number, (recorded, simulated) in enumerate(zip(header.samples, samples, strict=True), 1):
        _compare(f"sample {number} before the page", METRIC_NAMES, recorded, simulated)


def take_again(header: Header, recorded: StepRecord, simulator: SystemSimulator) -> StepInfo:
    """Take the step of a recording that comes next. Raises `DifferenceError` where it does not come out the same."""
    if simulator.done:
        raise DifferenceError(f"step {simulator.steps + 1}: stands after the end of the episode")
    _, info = simulator.step(recorded.decision.action)
    _check_step(header, recorded, simulator, info)
    return info


def _check_step(header: Header, recorded: StepRecord, simulator: SystemSimulator, info: StepInfo) -> None:
    where = f"step {info.step}"
    transition = info.transition
    figures = step_figures(simulator, info)
    _compare(where, ("the number",), [recorded.step], [info.step])
    _compare(where, _BEFORE, recorded.before, transition.before)
    _compare(where, METRIC_NAMES, recorded.after, transition.after)
    _compare(where, _TERMS, recorded.reward_terms, info.reward_terms)
    _compare(where, figures, [getattr(recorded, name) for name in figures], figures.values())
    inherited = header.parent is not None and info.step <= header.parent.step
    if recorded.inherited is not inherited:
        came = "comes from the parent session" if inherited else "does not come from a parent session"
        raise DifferenceError(f"{where}: inherited is recorded as {recorded.inherited}, but by the header it {came}")


def check_end(recorded: EndRecord, outcome: str | None, rewards: Sequence[float]) -> None:
    """Compare the end with the simulated outcome (None: the episode goes on) and totals. Raises `DifferenceError`."""
    _compare("the end", ("outcome",), [recorded.outcome], [outcome or "void"])
    figures = end_figures(rewards)
    _compare("the end", figures, [getattr(recorded, name) for name in figures], figures.values())


_BEFORE = [f"before.{name}" for name in METRIC_NAMES]
_TERMS = [f"reward_terms.{name}" for name in REWARD_TERMS]


def _compare(where: str, names: Iterable[str], recorded: Iterable[Any], simulated: Iterable[Any]) -> None:
    for name, old, new in zip(names, recorded, simulated, strict=True):
        # 0.0 equals -0.0, but not to the last bit.
        if old != new or (not old and repr(old) != repr(new)):
            raise DifferenceError(f"{where}: {name} is recorded as {old!r}, simulated as {new!r}")
