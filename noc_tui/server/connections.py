"""Connections before anything is asked on them: how many there may be, and how long they may stay silent."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio

SILENT_SECONDS: Final = 20.0
"""How long a client may take to ask for something, once it is connected, or has been answered."""


class DoorProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # by what is installed
    """uvicorn's, but that it hangs up on who is one too many, and on who asks for nothing or never finishes asking.

    Without that, connections that nobody uses take up the files that a process may open, and then sessions fail.
    """

    watch: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Somebody has connected."""
        super().connection_made(transport)
        self.watch = self.loop.call_later(SILENT_SECONDS, self.hang_up_if_silent, None)
        if len(self.connections) > self.limit_concurrency:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        super().connection_lost(exc)
        self.watch.cancel()  # or what belongs to the connection would be kept until then

    def hang_up_if_silent(self, last: Any) -> None:
        """End a connection on which nothing has been asked since the request that was then the last, and answered."""
        if self.transport.get_protocol() is not self:  # it is a WebSocket by now
            return
        if self.cycle is last and (last is None or last.response_complete):
            self.transport.close()
        else:
            self.watch = self.loop.call_later(SILENT_SECONDS, self.hang_up_if_silent, self.cycle)


def allow_open_files(count: int) -> int:
    """Let this process open so many files if the system does; how many it may open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    if soft != endless and soft < count:
        soft = count if hard == endless else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return count if soft == endless else soft
