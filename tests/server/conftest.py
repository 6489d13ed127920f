"""One server for all tests of a module that leave it as they find it: each has a session of its own anyway."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from tests.server.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """Where a server with the usual settings listens, in a thread of its own."""
    urls: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def run() -> None:
        async with served() as server:
            urls.append(server.url)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert ready.wait(60)
    yield urls[0]
    over.set()
    thread.join()
