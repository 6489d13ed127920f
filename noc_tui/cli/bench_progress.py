"""How far an evaluation has come, as a line that is written over itself while standard error is a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

from noc_tui.cli.common import notice
from noc_tui.report.wording import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from noc_tui.bench.evaluation import Tally

_EVERY: Final = 0.1
"""Seconds between two lines."""
_CLEAR: Final = "\r\x1b[K"
_BAR: Final = 16


class ProgressLine:
    """Shows a line when `stream` is a terminal, and nothing otherwise. Notices stand above it."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._began = clock()
        self._last = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away, for something else to stand there."""
        self._write(_CLEAR)

    def show(self, tally: Tally) -> None:
        """How much has been played, how long the rest may take, and what it has cost."""
        parts = [_bar(tally.done, tally.total), f"{tally.done:,}/{tally.total:,} episodes"]
        if remaining := self._remaining(tally.done - tally.before, tally.total - tally.done):
            parts.append(f"{remaining} left")
        if tally.void:
            parts.append(f"{tally.void:,} void")
        if tally.tokens:
            parts.append(f"{tally.tokens:,} tokens")
        if tally.cost_unknown:
            parts.append("cost unknown")
        elif tally.cost:
            parts.append(f"cost {tally.cost:.4f}")
        self._line("  ".join(parts))

    def show_reviews(self, done: int, total: int) -> None:
        """How many recordings have been reviewed."""
        parts = [_bar(done, total), f"{done:,}/{total:,} reviews"]
        if remaining := self._remaining(done, total - done):
            parts.append(f"{remaining} left")
        self._line("  ".join(parts))

    def notice(self, sentence: str) -> None:
        """Tell the user something."""
        self.clear()
        notice(sentence)

    def _remaining(self, done: int, left: int) -> str:
        """The time that what is left takes at the pace of what was done in this run; empty where nothing was yet."""
        return duration((self._clock() - self._began) / done * left) if done and left else ""

    def _line(self, text: str) -> None:
        if self._clock() - self._last >= _EVERY:
            self._last = self._clock()
            self._write(f"{_CLEAR}{text[:79]}\r")

    def _write(self, text: str) -> None:
        if self._stream.isatty():
            self._stream.write(text)
            self._stream.flush()


def _bar(done: int, total: int) -> str:
    filled = _BAR * done // total if total else _BAR
    return "█" * filled + "░" * (_BAR - filled)
