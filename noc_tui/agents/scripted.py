"""Agents that follow a fixed rule: they cost nothing, and show what no thought at all, or a little of it, achieves."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from noc_tui.agents.base import InstantAgent
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import CONTINUOUS, METRIC, MetricName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.episode.observation import Observation
    from noc_tui.sim.metrics import SystemMetrics


class WaitAgent(InstantAgent):
    """Does nothing."""

    def choose(self, observation: Observation) -> tuple[ActionType, str]:  # noqa: ARG002  (it does not look)
        return ActionType.DO_NOTHING, "Waits, whatever happens."


class RandomAgent(InstantAgent):
    """Any of the six actions, each as likely as the others.

    The choice depends on seed and step alone, so that it is the same when the agent is asked again, takes over in the
    middle, or goes on with a resumed session.
    """

    def __init__(self, name: str, seed: int) -> None:
        super().__init__(name)
        self._seed = seed

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        # Python promises that `random()` of a seed stays the same in later versions; NumPy does not.
        stream = random.Random(f"noc-tui random agent {self._seed} {observation.step}")  # noqa: S311  (not a secret)
        return ACTIONS[int(stream.random() * len(ACTIONS))], "Drawn at random."


REMEDIES: Final[dict[MetricName, tuple[ActionType, ActionType]]] = {
    "cpu_usage": (ActionType.THROTTLE_CPU, ActionType.SCALE_UP),
    "memory_usage": (ActionType.CLEAR_CACHE, ActionType.RESTART_SERVICE),
    "latency": (ActionType.REROUTE_TRAFFIC, ActionType.SCALE_UP),
    "packet_loss": (ActionType.REROUTE_TRAFFIC, ActionType.SCALE_UP),
    "error_rate": (ActionType.RESTART_SERVICE, ActionType.REROUTE_TRAFFIC),
}
"""The usual remedy for a symptom, and what is tried when that did not help."""

MEMORY_RESTART_AT: Final = 0.90
"""From this memory usage on there is no time left for a cache: the service is restarted."""


class RulesAgent(InstantAgent):
    """Worst symptom, usual remedy. Looks at the metrics and at what its actions did to them, and at nothing else.

    The worst symptom is the one furthest over its healthy limit, as a share of the way from there to full scale.
    Errors are mostly the consequence of something else, and treated only when nothing else is wrong. Of a symptom's
    two remedies the one that helped last is repeated, and one that did not gives way to the other.
    """

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        metrics = observation.metrics
        symptoms = {name: excess for name in CONTINUOUS if (excess := _excess(name, metrics)) >= 0}
        if not symptoms:
            return ActionType.DO_NOTHING, _why_wait(metrics)
        worst = max(symptoms, key=lambda name: -1.0 if name == "error_rate" else symptoms[name])
        action, why = _remedy(worst, observation.actions, observation.history)
        if worst == "memory_usage" and metrics.memory_usage >= MEMORY_RESTART_AT:
            action, why = ActionType.RESTART_SERVICE, "before memory runs out"
        if action is ActionType.RESTART_SERVICE and observation.outage_left:
            return ActionType.DO_NOTHING, f"{_state(worst, metrics)}. The service is down already: waits."
        return action, f"{_state(worst, metrics)}. {action.label}, {why}."


def _excess(name: MetricName, metrics: SystemMetrics) -> float:
    """How far a metric is over its healthy limit: 0 at the limit, 1 at full scale, negative while it is healthy."""
    spec = METRIC[name]
    value: float = getattr(metrics, name)
    return (value - spec.healthy_below) / (spec.full_scale - spec.healthy_below)


def _remedy(
    symptom: MetricName, actions: Sequence[ActionType], history: Sequence[SystemMetrics]
) -> tuple[ActionType, str]:
    """What to do against a symptom, and why that."""
    usual, other = REMEDIES[symptom]
    for step in range(len(actions) - 1, -1, -1):
        last = actions[step]
        if last in (usual, other):
            if getattr(history[step + 1], symptom) < getattr(history[step], symptom):
                return last, "which helped the last time"
            return other if last is usual else usual, f"for {last.label} did not help the last time"
    return usual, "the usual remedy"


def _state(symptom: MetricName, metrics: SystemMetrics) -> str:
    spec, value = METRIC[symptom], getattr(metrics, symptom)
    return f"{spec.label} at {spec.text(value)}, {spec.text(value - spec.healthy_below)} over its healthy limit"


def _why_wait(metrics: SystemMetrics) -> str:
    if metrics.is_resolved:
        return "All six metrics are healthy: waits, so as not to break the streak."
    return f"Only the service is not up ({METRIC['service_healthy'].text(metrics.service_healthy)}): waits for it."
