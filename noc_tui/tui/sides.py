"""The sides of a comparison: an agent that plays, or a recording that is shown. No widget and no clock of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from noc_tui.tui.pacer import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.episode.episode import Episode
    from noc_tui.episode.reader import SessionFile
    from noc_tui.episode.track import Track
    from noc_tui.tui.live import LiveRun


class Side(Protocol):
    """One of the two: an agent that plays, or a recording that is shown step by step."""

    name: str
    may_step: Callable[[], bool]
    """Whether a step that is due may be taken, or has to wait for the other side."""

    @property
    def track(self) -> Track: ...
    @property
    def step(self) -> int:
        """How many steps have been taken, or shown."""

    @property
    def done(self) -> bool:
        """Whether there are no more steps."""

    @property
    def failed(self) -> bool:
        """Whether nobody drives any more, though it could go on."""

    def tick(self, now: float) -> bool:
        """Time has passed; whether a step was taken."""

    def hold(self, now: float, *, paused: bool) -> None:
        """Pause, or go on."""

    def cover(self, now: float, *, covered: bool) -> None:
        """Something lies over the screen, or does so no longer."""

    def single_step(self, now: float) -> None:
        """Take one step, now or as soon as it has been decided; to be held already."""

    def set_speed(self, speed: float, direction: int, now: float) -> None: ...


class LiveSide:
    """An agent that plays an episode of its own."""

    def __init__(self, run: LiveRun, spec: str) -> None:
        self.run = run
        self.spec = spec
        """The agent as one types it."""
        self.name = run.agent.name if run.agent is not None else spec

    @property
    def may_step(self) -> Callable[[], bool]:
        return self.run.may_step

    @may_step.setter
    def may_step(self, may_step: Callable[[], bool]) -> None:
        self.run.may_step = may_step

    @property
    def track(self) -> Episode:
        return self.run.episode

    @property
    def step(self) -> int:
        return self.run.episode.steps

    @property
    def done(self) -> bool:
        return self.run.episode.done

    @property
    def failed(self) -> bool:
        return self.run.human and not self.done

    def tick(self, now: float) -> bool:
        return self.run.tick(now) is not None

    def hold(self, now: float, *, paused: bool) -> None:
        if not self.run.human and not self.done and self.run.paused != paused:
            self.run.toggle_pause(now)

    def cover(self, now: float, *, covered: bool) -> None:
        if covered:
            self.run.cover(now)
        else:
            self.run.uncover(now)

    def single_step(self, now: float) -> None:
        self.run.single_step(now)

    def set_speed(self, speed: float, direction: int, now: float) -> None:  # noqa: ARG002  (both sides have the same)
        self.run.change_speed(direction, now)


class GhostSide:
    """A recording, shown at the pace of the other side."""

    def __init__(self, session: SessionFile, name: str, *, speed: float, now: float) -> None:
        self.session = session
        self.name = name
        self.step = 0
        self.may_step: Callable[[], bool] = lambda: True
        self._paused = False
        self._covered = False
        self._pacer = Pacer(1.0 / speed)
        self._pacer.restart(now)

    @property
    def track(self) -> SessionFile:
        return self.session

    @property
    def done(self) -> bool:
        return self.step >= self.session.steps

    @property
    def failed(self) -> bool:
        return False

    @property
    def paused(self) -> bool:
        return self._paused

    def tick(self, now: float) -> bool:
        if self.done or not self._pacer.due(now) or not self.may_step():
            return False
        self._pacer.advance(now)
        self.step += 1
        return True

    def hold(self, now: float, *, paused: bool) -> None:
        self._paused = paused
        self._hold_or_let_go(now)

    def cover(self, now: float, *, covered: bool) -> None:
        self._covered = covered
        self._hold_or_let_go(now)

    def _hold_or_let_go(self, now: float) -> None:
        if self._paused or self._covered:
            self._pacer.pause(now)
        else:
            self._pacer.resume(now)

    def single_step(self, now: float) -> None:  # noqa: ARG002  (it has nothing to wait for)
        if not self.done:
            self.step += 1

    def set_speed(self, speed: float, direction: int, now: float) -> None:  # noqa: ARG002  (it knows no steps of speed)
        self._pacer.set_interval(1.0 / speed, now)
