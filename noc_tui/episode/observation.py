"""What whoever chooses the action may know: what a person sees on the dashboard, and nothing hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noc_tui.sim.actions import ActionType
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine


@dataclass(frozen=True, slots=True)
class Observation:
    """The state before a decision."""

    step: int
    """Steps taken so far."""
    max_steps: int
    metrics: SystemMetrics
    history: tuple[SystemMetrics, ...]
    """The metrics at the page and after each step; the last is `metrics`."""
    samples: tuple[SystemMetrics, ...]
    """The metrics before the page, oldest first."""
    lines: tuple[LogLine, ...]
    """The incident log up to now, oldest first."""
    actions: tuple[ActionType, ...]
    """What has been done so far, by whomever."""
    explanations: tuple[str, ...]
    """What each of these actions did, in a sentence."""
    streak: int
    """Healthy steps in a row up to now; three resolve the incident."""
    outage_left: int
    """For how many more steps the service stays down, whatever is done."""
    incident: str | None
    """The incident's title; None in a blind episode."""
