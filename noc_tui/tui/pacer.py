"""When the next step is due, in real time. Pure: whoever asks says what the monotonic clock reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SPEEDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Steps a second."""

HELD_KEY_SECONDS: Final = 0.150


@dataclass
class Pacer:
    """Counts down to the next step, and can be paused.

    A program that was suspended for an hour owes one step, not a thousand: what is due falls due once.
    """

    interval: float
    """Seconds from step to step."""
    _due_at: float | None = None
    _left: float | None = None
    """Seconds left when it was paused; None while it runs."""

    def restart(self, now: float) -> None:
        """Count a whole interval from now; stays paused if it was."""
        if self._left is None:
            self._due_at = now + self.interval
        else:
            self._left = self.interval

    def advance(self, now: float) -> None:
        """Count the next interval from when this one fell due, so that late looks at the clock add up to no delay."""
        if self._left is not None or self._due_at is None:
            self.restart(now)
            return
        due_next = self._due_at + self.interval
        self._due_at = due_next if due_next > now else now + self.interval

    def pause(self, now: float) -> None:
        if self._left is None:
            self._left = self.remaining(now)

    def resume(self, now: float) -> None:
        if self._left is not None:
            self._due_at = now + self._left
            self._left = None

    @property
    def paused(self) -> bool:
        return self._left is not None

    def due(self, now: float) -> bool:
        """Whether the interval is over. Stays true until `restart`."""
        return self._left is None and self._due_at is not None and now >= self._due_at

    def remaining(self, now: float) -> float:
        """Seconds until it is due, at least 0."""
        if self._left is not None:
            return self._left
        return self.interval if self._due_at is None else max(0.0, self._due_at - now)

    def set_interval(self, interval: float, now: float) -> None:
        """Change the interval; what has passed of the current one counts."""
        passed = self.interval - self.remaining(now)
        self.interval = interval
        left = max(0.0, interval - passed)
        if self._left is not None:
            self._left = left
        else:
            self._due_at = now + left


def change_speed(speed: float, direction: int) -> float:
    """The next faster (`direction` 1) or slower (-1) of `SPEEDS`; the ends stay."""
    index = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed))
    return SPEEDS[min(max(index + direction, 0), len(SPEEDS) - 1)]


class HeldKey:
    """Tells a key that is held down from one that is pressed again: a held key counts once."""

    def __init__(self) -> None:
        self._key = ""
        self._last = float("-inf")

    def is_repeat(self, key: str, now: float) -> bool:
        """Whether this press of `key` belongs to one that is being held. To be asked at every press."""
        repeat = key == self._key and now - self._last < HELD_KEY_SECONDS
        self._key, self._last = key, now
        return repeat
