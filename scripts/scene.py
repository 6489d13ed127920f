"""A scene that a picture of the documentation is made of: what is opened, and what is done in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from noc_tui.tui.app import NocApp
    from noc_tui.tui.launch import Launch

_LOOKS: Final = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """A running app, its keyboard and its clock."""

    app: NocApp
    pilot: Pilot[int]
    now: list[float]

    async def press(self, *keys: str) -> None:
        """Press keys, each let go before the next."""
        for key in keys:
            self.now[0] += 1.0
            await self.pilot.press(key)
            await self.pilot.pause()
        await self.settle()

    async def settle(self) -> None:
        """Wait for what was opened, for workers, and for what is being remembered."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await asyncio.to_thread(self.app.remembering._jobs.join)  # noqa: SLF001  (a picture waits for all of it)
        await self.pilot.pause()

    async def see(self, wanted: str) -> None:
        """Wait until these words stand on the screen."""
        for _ in range(_LOOKS):
            await self.settle()
            rows = self.app.screen._compositor.render_strips()  # noqa: SLF001  (as it is drawn)
            if any(wanted in row.text for row in rows):
                return
        raise RuntimeError(f"{wanted!r} does not appear")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is opened, what is done, and where the picture goes."""

    launch: Launch | None
    play: Callable[[Stage], Awaitable[None]]
    folder: str = "."
    remembers: bool = False
    """Whether results are remembered in it."""
