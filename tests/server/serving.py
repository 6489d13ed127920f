"""A real server on a real socket, in the event loop of the test, and gone when the test is."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect

from noc_tui.remote import NocAgentEnvClient
from noc_tui.server.app import ServerSettings, create_app
from noc_tui.server.running import PING_SECONDS, listen, make_server, url_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from noc_tui.server.app import NocServer


@dataclass
class Served:
    """A server that runs."""

    url: str
    app: FastAPI
    freed: asyncio.Queue[str]
    """The sessions whose slots have been freed, as they are."""

    @property
    def sessions(self) -> NocServer:
        server: NocServer = self.app.state.server
        return server

    def client(self, **options: Any) -> NocAgentEnvClient:
        return NocAgentEnvClient(base_url=self.url, **options)

    def socket(self, path: str = "/ws", **options: Any) -> connect:
        return socket_of(self.url, path, **options)


def socket_of(url: str, path: str = "/ws", **options: Any) -> connect:
    """A WebSocket to the server there, of a client that knows no rules."""
    return connect(url.replace("http", "ws", 1) + path, proxy=None, **options)


@asynccontextmanager
async def served(
    settings: ServerSettings | None = None, *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[Served]:
    """A server on any free port of the loopback."""
    settings = settings or ServerSettings()
    app = create_app(settings)
    freed: asyncio.Queue[str] = asyncio.Queue()
    destroy = app.state.server._destroy_session

    async def tell(session_id: str) -> None:
        await destroy(session_id)
        freed.put_nowait(session_id)

    app.state.server._destroy_session = tell
    with listen("127.0.0.1", 0) as listener:
        server = make_server(app, settings, ping_seconds=ping_seconds)
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield Served(url_of(listener), app, freed)
        finally:
            server.should_exit = True
            await running


async def ask(socket: ClientConnection, message: Any) -> dict[str, Any]:
    """Send one message, as it is when it is text or bytes, and return the answer to it."""
    await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
    answer: dict[str, Any] = json.loads(await socket.recv())
    return answer
