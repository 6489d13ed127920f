"""Errors of recordings. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

from typing import Final

from noc_tui.text import clean

_LIMIT: Final = 700


class SessionError(Exception):
    """A session file that cannot be used as asked: which file, which line, what is wrong."""

    def __init__(self, message: str) -> None:
        # Names of files and what stands in them come from outside, and would reach a terminal as they are.
        super().__init__(clean(message, _LIMIT))


class SessionDamagedError(SessionError):
    """A line in the middle of a session file is damaged."""

    def __init__(self, path: object, line: int, reason: str, steps: int) -> None:
        self.line = line
        """Counted from 1."""
        self.reason = clean(reason, _LIMIT // 2)
        self.steps = steps
        """How many whole steps stand before the damage."""
        super().__init__(f"{path}: line {line} is damaged: {self.reason}")


class SessionBusyError(SessionError):
    """Another program is writing the session at this moment."""


class CannotContinueError(SessionError):
    """A recording that cannot be gone on with: it has ended, or comes out differently when simulated again."""


class DifferenceError(SessionError):
    """A figure that is not what comes out when the recording is simulated again."""
