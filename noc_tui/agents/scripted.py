"""Agents that follow a fixed rule: they cost nothing, and show what no thought at all, or a little of it, achieves."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from noc_tui.agents.base import InstantAgent
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import METRIC
from noc_tui.sim.remedies import REMEDIES

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation
    from noc_tui.sim.metrics import MetricName, SystemMetrics


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


class RulesAgent(InstantAgent):
    """Worst symptom, usual remedy. Looks at the metrics and at nothing else; learns nothing from what it did."""

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        metrics = observation.metrics
        for symptom, remedy in REMEDIES.items():
            value = getattr(metrics, symptom)
            if METRIC[symptom].is_healthy(value) or (symptom == "service_healthy" and value <= 0.0):
                continue  # a service that is down altogether was taken down by a restart: one more would not end it
            if remedy is ActionType.RESTART_SERVICE and observation.outage_left:
                return ActionType.DO_NOTHING, f"{_state(symptom, value)}. The service is down already: waits."
            return remedy, f"{_state(symptom, value)}. {remedy.label}, the usual remedy."
        return ActionType.DO_NOTHING, _why_wait(metrics)


def _state(symptom: MetricName, value: float) -> str:
    spec = METRIC[symptom]
    if not spec.higher_is_worse:
        return f"{spec.label} {spec.text(value)}"
    return f"{spec.label} at {spec.text(value)}, {spec.text(value - spec.healthy_below)} over its healthy limit"


def _why_wait(metrics: SystemMetrics) -> str:
    if metrics.is_resolved:
        return "All six metrics are healthy: waits, so as not to break the streak."
    return f"Only the service is not up ({METRIC['service_healthy'].text(metrics.service_healthy)}): waits for it."
