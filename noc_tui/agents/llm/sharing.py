"""One client for all agents of a profile: making one takes a while, and its connections are worth keeping."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from noc_tui.agents.llm.client import Client
    from noc_tui.agents.llm.profiles import Profile


@dataclass(slots=True)
class _Shared:
    making: asyncio.Future[Client]
    users: int = 0


_SHARED: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Profile, _Shared]]] = WeakKeyDictionary()


class Lease:
    """The use of a client, until `release`."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._shared: _Shared | None = None

    async def client(self) -> Client:
        """The client, made in a thread when nobody has it yet: the event loop goes on."""
        if self._shared is None:
            clients = _SHARED.setdefault(asyncio.get_running_loop(), {})
            if self._profile not in clients:
                clients[self._profile] = _Shared(asyncio.ensure_future(asyncio.to_thread(_make, self._profile)))
            self._shared = clients[self._profile]
            self._shared.users += 1
        # Others wait for it too: who gives up does so for himself.
        return await asyncio.shield(self._shared.making)

    async def release(self) -> None:
        """Give the client back; the last to do so closes it."""
        shared, self._shared = self._shared, None
        if shared is None:
            return
        shared.users -= 1
        if not shared.users:
            clients = _SHARED[asyncio.get_running_loop()]
            if clients.get(self._profile) is shared:
                del clients[self._profile]
            await (await shared.making).close()


def _make(profile: Profile) -> Client:
    from noc_tui.agents.llm.client import Client  # noqa: PLC0415  (loads openai, which takes a second)

    return Client(profile)
