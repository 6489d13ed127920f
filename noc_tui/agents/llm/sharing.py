"""Clients that agents of a profile share: making one takes a while, and its connections are worth keeping."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from noc_tui.agents.llm.client import Client
    from noc_tui.agents.llm.profiles import Profile

USERS_EACH: Final = 8
"""How many share a client. It looks through all its connections twice a call: with 200 that takes most of the time."""


@dataclass(slots=True)
class _Shared:
    making: asyncio.Future[Client]
    users: int = 0


_SHARED: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Profile, list[_Shared]]]] = WeakKeyDictionary()


class Lease:
    """The use of a client, until `release`."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._shared: _Shared | None = None

    async def client(self) -> Client:
        """The client, made in a thread where there is none with room: the event loop goes on."""
        if self._shared is None:
            clients = _SHARED.setdefault(asyncio.get_running_loop(), {}).setdefault(self._profile, [])
            self._shared = next((shared for shared in clients if shared.users < USERS_EACH), None)
            if self._shared is None:
                self._shared = _Shared(asyncio.ensure_future(asyncio.to_thread(_make, self._profile)))
                clients.append(self._shared)
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
            clients[self._profile].remove(shared)
            if not clients[self._profile]:
                del clients[self._profile]
            await (await shared.making).close()


def _make(profile: Profile) -> Client:
    from noc_tui.agents.llm.client import Client  # noqa: PLC0415  (loads openai, which takes a second)

    return Client(profile)
