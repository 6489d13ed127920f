"""Errors of the simulator. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SimulatorError(Exception):
    """Base of everything that `noc_tui.sim` raises on purpose."""


class UnknownActionError(SimulatorError, ValueError):
    """Something that is not one of the six actions."""

    def __init__(self, value: object, allowed: Sequence[str]) -> None:
        shown = repr(value)
        super().__init__(f"unknown action {shown[:80]}: expected one of {', '.join(allowed)}")


class EpisodeOverError(SimulatorError, RuntimeError):
    """A step after the end of the episode."""


class NotResetError(SimulatorError, RuntimeError):
    """A step before the first reset."""


class IncidentError(SimulatorError, ValueError):
    """An incident file that cannot be used: which file, which key or line, what is wrong."""


class UnknownIncidentError(IncidentError):
    """An incident id that no folder holds."""
