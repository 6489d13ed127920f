"""Errors of drills. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

from noc_tui.text import clean


class DrillError(Exception):
    """A drill that cannot be had as asked."""

    def __init__(self, message: str) -> None:
        super().__init__(clean(message, 400))


class NoPracticeError(DrillError):
    """An incident that can hardly ever be resolved: the drills do without it."""

    def __init__(self, incident: str) -> None:
        super().__init__(f"incident {incident} can hardly ever be resolved, and is no practice")
        self.incident = incident
