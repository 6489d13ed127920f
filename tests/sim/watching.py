"""An episode as its telemetry shows it, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from noc_tui.sim.actions import ActionType
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import LogLine, Page, Telemetry
from tests.factories import make_incident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.sim.alerts import AlertRules
    from noc_tui.sim.incident import Incident
    from noc_tui.sim.metrics import SystemMetrics

WAIT = ActionType.DO_NOTHING


class Seen(NamedTuple):
    """What was shown in an episode, and the metrics underneath."""

    page: Page
    steps: list[tuple[LogLine, ...]]
    metrics: list[SystemMetrics]

    @property
    def lines(self) -> list[LogLine]:
        return [*self.page.lines, *(line for step in self.steps for line in step)]


def watch(
    incident: Incident, actions: Sequence[ActionType] = (), seed: int = 7, rules: AlertRules | None = None
) -> Seen:
    simulator = SystemSimulator(seed)
    metrics = [simulator.reset(incident)]
    telemetry = Telemetry(incident, seed, 0, rules)
    page = telemetry.page(metrics[0])
    steps = []
    for step, action in enumerate(actions, 1):
        after, info = simulator.step(action)
        metrics.append(after)
        steps.append(telemetry.step(info.transition, step, simulator.flags, simulator.uses))
        if info.done:
            break
    return Seen(page, steps, metrics)


def logging(*rules: dict[str, Any], **changes: Any) -> Incident:
    """An incident that nothing resolves or crashes, with these log rules."""
    changes["initial"] = {"latency": 0.5, **changes.get("initial", {})}
    return make_incident(logs=[{"source": "app", "text": "line", **rule} for rule in rules], **changes)
