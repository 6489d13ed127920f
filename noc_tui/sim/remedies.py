"""The usual remedy of each symptom. It is not always the right one, which is what the incidents are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ActionType

if TYPE_CHECKING:
    from noc_tui.sim.metrics import MetricName

REMEDIES: Final[dict[MetricName, ActionType]] = {
    "cpu_usage": ActionType.THROTTLE_CPU,
    "memory_usage": ActionType.CLEAR_CACHE,
    "service_healthy": ActionType.RESTART_SERVICE,
    "packet_loss": ActionType.REROUTE_TRAFFIC,
    "latency": ActionType.REROUTE_TRAFFIC,
    "error_rate": ActionType.RESTART_SERVICE,
}
"""The worst symptom first: what ends in a crash, a service that keeps falling over, the network, and last the errors,
which mostly follow from something else."""
