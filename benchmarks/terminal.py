"""A program in a pseudo-terminal, for measuring what a user waits for."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING, Self

from ptyprocess import PtyProcess

if TYPE_CHECKING:
    from types import TracebackType


class Terminal:
    """Runs a program in a pseudo-terminal and collects what it writes, from its start on."""

    def __init__(
        self, command: list[str], columns: int = 120, rows: int = 40, env: dict[str, str] | None = None
    ) -> None:
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | (env or {})
        self.started = time.perf_counter()
        self.process = PtyProcess.spawn(command, dimensions=(rows, columns), env=environment)
        self.output = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def wait_for(self, text: str, timeout: float = 30.0, after: int = 0) -> float:
        """Seconds from the program's start to the moment at which `text` has been written after byte `after`."""
        wanted, asked = text.encode(), time.perf_counter()
        while wanted not in self.output[after:]:
            if time.perf_counter() - asked > timeout:
                raise TimeoutError(f"{text!r} has not been written within {timeout} s")
            self.pump(0.5)
        return time.perf_counter() - self.started

    def pump(self, seconds: float) -> bool:
        """Take what is written within `seconds`, returning at the first piece; whether there was one."""
        if not select.select([self.process.fd], [], [], seconds)[0]:
            return False
        try:
            self.output += self.process.read(1 << 16)
        except EOFError:
            return False
        return True

    def quiet(self, seconds: float = 0.2) -> None:
        """Take what is written until nothing is for `seconds`."""
        while self.pump(seconds):
            pass

    def key(self, text: str, timeout: float = 5.0) -> float:
        """Type, and return the seconds until the program writes the first piece of its answer."""
        before = time.perf_counter()
        self.process.write(text.encode())
        if not self.pump(timeout):
            raise TimeoutError(f"no answer to {text!r} within {timeout} s")
        return time.perf_counter() - before
