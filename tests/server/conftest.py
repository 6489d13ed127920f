"""One server for all tests of a module that leave it as they find it: each has a session of its own anyway."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.server.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.server.app import ServerSettings


@contextmanager
def in_a_thread(settings: ServerSettings | None = None) -> Iterator[str]:
    """Where a server listens that runs in a thread of its own."""
    urls: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def run() -> None:
        async with served(settings) as server:
            urls.append(server.url)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(60)
        yield urls[0]
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """Where a server with the usual settings listens."""
    with in_a_thread() as url:
        yield url
