"""The installed program in a real pseudo-terminal: type keys, read the screen, resize, kill."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyte
from ptyprocess import PtyProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

PROGRAM = str(Path(sys.executable).with_name("noc-tui"))
TIMEOUT = 60.0

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "ctrl+c": "\x03",
}


class _Screen(pyte.Screen):
    """pyte's screen, deaf to two sequences that it does not know the form of."""

    def report_device_status(self, *args: Any, **kwargs: Any) -> None:
        """Textual asks; nobody has to answer."""

    def select_graphic_rendition(self, *attrs: int, **kwargs: Any) -> None:  # noqa: ARG002
        """Colours; the private forms carry a keyword that pyte would stumble over."""
        super().select_graphic_rendition(*attrs)


class Terminal:
    """A program in a pseudo-terminal. Every wait is for something to stand on the screen, never for time to pass."""

    def __init__(
        self, *arguments: str, data: Path, size: tuple[int, int] = (100, 32), env: dict[str, str] | None = None
    ) -> None:
        columns, rows = size
        self.screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        """Everything that the program has written."""
        # Workers of the tests have COLUMNS and LINES set, which would say more than the terminal's own size.
        foreign = ("NOC_TUI_", "TEXTUAL", "COLUMNS", "LINES")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        environment |= {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "NOC_TUI_DATA": str(data),
            "NOC_TUI_CONFIG": str(data / "config.toml"),
            **(env or {}),
        }
        self.process = PtyProcess.spawn(
            [PROGRAM, *arguments], dimensions=(rows, columns), env=environment, cwd=str(data)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def see(self, wanted: str | Callable[[str], bool]) -> str:
        """Wait until `wanted` stands on the screen; the screen then."""
        holds = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + TIMEOUT
        while not holds(self.text):
            if time.monotonic() > deadline or not self.pump(1.0):
                if not self.process.isalive():
                    raise AssertionError(f"the program has ended; the screen:\n{self.text}")
                if time.monotonic() > deadline:
                    raise AssertionError(f"{wanted!r} does not appear; the screen:\n{self.text}")
        return self.text

    def press(self, *keys: str) -> None:
        """Type keys: a name of `KEYS`, or characters as they are."""
        for key in keys:
            self.process.write(KEYS.get(key, key).encode())

    def let_go(self) -> None:
        """Let an action key go: the program takes presses within 150 ms of each other for one that is held."""
        deadline = time.monotonic() + 0.2
        while (left := deadline - time.monotonic()) > 0:
            self.pump(left)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size."""
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def kill(self) -> None:
        """Kill the program, as `kill -9` does, and wait until it is dead."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self) -> int:
        """Wait for the program to end by itself; its exit code, or minus the signal's number."""
        deadline = time.monotonic() + TIMEOUT
        while self.pump(0.5) or self.process.isalive():
            if time.monotonic() > deadline:
                raise AssertionError(f"the program does not end; the screen:\n{self.text}")
        status = self.process.exitstatus
        return int(status) if status is not None else -int(self.process.signalstatus)

    def pump(self, seconds: float) -> bool:
        """Take what the program writes within `seconds`; False when it has written nothing or has ended."""
        if not select.select([self.process.fd], [], [], seconds)[0]:
            return False
        try:
            piece = self.process.read(1 << 16)
        except EOFError:
            return False
        self.raw += piece
        self._stream.feed(piece)
        return True
