"""noc-tui: a flight simulator for on-call, in the terminal.

The public names are loaded when they are first used, so that `import noc_tui` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noc_tui.sim.actions import ACTION_INDEX, ActionType
    from noc_tui.sim.batch import BatchSimulator
    from noc_tui.sim.catalog import Catalog, IncidentType, default_catalog
    from noc_tui.sim.incident import Incident
    from noc_tui.sim.metrics import METRIC_NAMES, SystemMetrics
    from noc_tui.sim.simulator import StepInfo, SystemSimulator

__version__ = "0.1.0"

_HOMES = {
    "ACTION_INDEX": "noc_tui.sim.actions",
    "ActionType": "noc_tui.sim.actions",
    "BatchSimulator": "noc_tui.sim.batch",
    "Catalog": "noc_tui.sim.catalog",
    "IncidentType": "noc_tui.sim.catalog",
    "default_catalog": "noc_tui.sim.catalog",
    "Incident": "noc_tui.sim.incident",
    "METRIC_NAMES": "noc_tui.sim.metrics",
    "SystemMetrics": "noc_tui.sim.metrics",
    "StepInfo": "noc_tui.sim.simulator",
    "SystemSimulator": "noc_tui.sim.simulator",
}

__all__ = [
    "ACTION_INDEX",
    "METRIC_NAMES",
    "ActionType",
    "BatchSimulator",
    "Catalog",
    "Incident",
    "IncidentType",
    "StepInfo",
    "SystemMetrics",
    "SystemSimulator",
    "__version__",
    "default_catalog",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
