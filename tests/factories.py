"""Small builders: a valid thing with as little in it as possible, and the one figure that a test is about."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.incident import Incident
from noc_tui.sim.simulator import SystemSimulator

CALM = {
    "cpu_usage": 0.40,
    "memory_usage": 0.44,
    "latency": 0.09,
    "packet_loss": 0.01,
    "error_rate": 0.02,
}
"""All five healthy."""


def incident_definition(**changes: Any) -> dict[str, Any]:
    """What an incident file would hold; the figures move nothing unless `changes` says so."""
    return {
        "id": "sample",
        "title": "A sample",
        "difficulty": "easy",
        "summary": "Nothing is wrong.",
        "start_sd": 0.0,
        "initial": CALM,
        **changes,
    }


def make_incident(**changes: Any) -> Incident:
    """A valid incident. `initial` is merged into calm figures, everything else replaces what stands there."""
    changes["initial"] = {**CALM, **changes.get("initial", {})}
    return Incident.model_validate(incident_definition(**changes))


@cache
def bundled_incident(incident_id: str) -> Incident:
    """One of the program's own incidents, loaded once."""
    return default_catalog().load(incident_id)


class NoiselessSimulator(SystemSimulator):
    """The simulator on a stream of zeros: what the rules alone do."""

    def _refill(self) -> None:
        super()._refill()
        self._normals = np.zeros_like(self._normals)
        self._noise = self._normals.tolist()
