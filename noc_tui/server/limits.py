"""What one client may ask of the server, and how often."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


_OWN_FILES: Final = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for every client."""

    sessions: int = 64
    """WebSocket sessions at a time."""
    others: int = 192
    """Connections beside those of the sessions: requests, and who is to be told that there is no room."""
    message_bytes: int = 64 * 1024
    """A longer message is refused, and the session goes on."""
    rate: float = 2_000.0
    """Messages a second of one connection, and requests a second of one address."""

    @property
    def connections(self) -> int:
        """Connections at a time."""
        return self.sessions + self.others

    @property
    def open_files(self) -> int:
        """How many files are open at most: a connection each, a recording a session, and the program's own."""
        return self.connections + self.sessions + _OWN_FILES


class Bucket:
    """Lets `rate` through a second, and as many at once after a quiet second."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._level = rate
        self._read = clock()

    def wait(self) -> float:
        """Let one through, and say how many seconds it has to wait for that."""
        now = self._clock()
        self._level = min(self._rate, self._level + (now - self._read) * self._rate)
        self._read = now
        self._level -= 1.0
        return max(0.0, -self._level / self._rate)

    def take(self) -> bool:
        """Whether one more may pass now."""
        if self.wait() == 0.0:
            return True
        self._level += 1.0
        return False

    @property
    def is_full(self) -> bool:
        """Whether nobody has drawn from it for long enough that it can be forgotten."""
        return self._level + (self._clock() - self._read) * self._rate >= self._rate
