"""The program in a browser: its page, what it writes there, and keys."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pyte
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.e2e.terminal import _Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, WebSocket

TIMEOUT = 60.0


class Visit:
    """A page, and a terminal that shows what the page is sent. Every wait is for something to stand there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.visits = 0
        """How often the page has connected."""
        self._socket: WebSocket | None = None
        self._screen = _Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        page.set_default_timeout(TIMEOUT * 1000)
        page.on("websocket", self._connected)
        page.goto(address)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._screen.columns, self._screen.lines

    def see(self, wanted: str | Callable[[str], bool]) -> str:
        """Wait until `wanted` stands on the screen; the screen then."""
        holds = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + TIMEOUT
        while not holds(self.text):
            assert time.monotonic() < deadline, f"{wanted!r} does not appear; the screen:\n{self.text}"
            self._wait()
        return self.text

    def press(self, *keys: str) -> None:
        """Press keys, as Playwright calls them."""
        for key in keys:
            self.page.keyboard.press(key)

    def reload(self) -> None:
        """Load the page again, which connects anew."""
        self._socket = None
        self.page.reload()

    def let_go(self) -> None:
        """Let an action key go: the program takes presses within 150 ms of each other for one that is held."""
        self.page.wait_for_timeout(200)

    def painted(self) -> bytes:
        """The page as a picture (PNG)."""
        return self.page.screenshot()

    def _wait(self) -> None:
        """Until something comes, or a second is over: what came in between two looks is not waited for."""
        if self._socket is None:
            self.page.wait_for_event("websocket")
            return
        try:
            self._socket.wait_for_event("framereceived", timeout=1000)
        except PlaywrightTimeoutError:
            return

    def _connected(self, socket: WebSocket) -> None:
        self.visits += 1
        self._socket = socket
        columns, rows = map(int, re.findall(r"(?:width|height)=(\d+)", socket.url))
        self._screen.reset()
        self._screen.resize(rows, columns)
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, content: str | bytes) -> None:
        if isinstance(content, bytes):
            self._stream.feed(content)

    def _sent(self, content: str | bytes) -> None:
        kind, *rest = json.loads(content)
        if kind == "resize":
            size: dict[str, Any] = rest[0]
            self._screen.resize(size["height"], size["width"])
