"""The app under a test's own clock: nothing moves unless the test moves it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.screen import ModalScreen

from noc_tui.preferences import Preferences
from noc_tui.tui.app import NocApp
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.screens.versus import VersusScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from noc_tui.episode.episode import Episode


@dataclass
class Cockpit:
    """A running app, the keyboard, and the clock."""

    app: NocApp
    pilot: Pilot[int]
    now: list[float] = field(default_factory=lambda: [0.0])

    @property
    def play(self) -> PlayScreen:
        assert isinstance(self.app.screen, PlayScreen), self.app.screen
        return self.app.screen

    @property
    def replay(self) -> ReplayScreen:
        assert isinstance(self.app.screen, ReplayScreen), self.app.screen
        return self.app.screen

    @property
    def versus(self) -> VersusScreen:
        assert isinstance(self.app.screen, VersusScreen), self.app.screen
        return self.app.screen

    @property
    def episode(self) -> Episode:
        return self.play.run.episode

    async def press(self, *keys: str) -> None:
        """Press keys, each let go before the next."""
        for key in keys:
            self.now[0] += 1.0
            await self.pilot.press(key)
        await self.settle()

    async def pass_time(self, seconds: float) -> None:
        """Let the clock run, with the dashboard looking at it at the end."""
        self.now[0] += seconds
        screen = self.app.screen
        if isinstance(screen, PlayScreen | ReplayScreen | VersusScreen):
            screen.tick()
        await self.settle()

    async def settle(self) -> None:
        """Wait until what was opened is loaded, and for workers and what they have posted."""
        await self.pilot.pause()
        while self._loading():
            await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def _loading(self) -> bool:
        screen = self.app.screen
        if isinstance(screen, PlayScreen):
            return screen._run is None
        if isinstance(screen, ReplayScreen):
            return screen._player is None
        if isinstance(screen, VersusScreen):
            return screen._duel is None
        return not isinstance(screen, NocScreen | ModalScreen)

    def text(self) -> str:
        """What stands on the screen, a line a row."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(row.text.rstrip() for row in rows)

    def told(self) -> str:
        """What the app has told in toasts."""
        return "\n".join(str(notice.message) for notice in self.app._notifications)


@asynccontextmanager
async def cockpit(
    launch: Launch | None = None, *, size: tuple[int, int] = (120, 40), remembers: bool = False, **preferences: Any
) -> AsyncIterator[Cockpit]:
    """The app, opened on what `launch` says."""
    now = [0.0]
    app = NocApp(launch, Preferences(**preferences), monotonic=lambda: now[0], live_timers=False, remembers=remembers)
    async with app.run_test(size=size, notifications=True) as pilot:
        pit = Cockpit(app, pilot, now)
        await pit.settle()
        yield pit


def playing(incident: str = "memory_leak", seed: int = 3, **launch: Any) -> Launch:
    """A launch of an incident."""
    return Launch("play", incident=incident, seed=seed, **launch)
