"""A recording being played: where it stands, how fast it goes, what happened where. Knows no widget."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from noc_tui.episode.records import HUMAN
from noc_tui.sim.metrics import METRICS
from noc_tui.tui.pacer import Pacer, change_speed
from noc_tui.tui.widgets.timeline import Tick

if TYPE_CHECKING:
    from noc_tui.episode.reader import SessionFile

_BREACHES_UP_TO: Final = 2_000
"""Steps of a recording that are searched for breaches; of a longer one only marks and changes of control are shown."""


class Player:
    """A cursor on a recording. Methods that depend on time take the reading of the monotonic clock."""

    def __init__(self, session: SessionFile, *, step: int = 0, speed: float = 1.0, follow: bool = False) -> None:
        self.session = session
        self.step = min(max(step, 0), session.steps)
        self.speed = speed
        self.playing = False
        self.following = follow
        """Whether the cursor stays at the end of a recording that is still being written."""
        self._may_follow = follow
        self._pacer = Pacer(1.0 / speed)
        self.ticks = ticks_of(session)
        if follow:
            self.step = session.steps

    def seek(self, step: int) -> bool:
        """Go to a step, or as near as there is; True if that is another one."""
        wanted = min(max(step, 0), self.session.steps)
        changed = wanted != self.step
        self.step = wanted
        self.following = self._may_follow and wanted == self.session.steps
        return changed

    def toggle(self, now: float) -> None:
        """Play, or pause; at the end, play from the start."""
        self.playing = not self.playing
        if self.playing:
            if self.step >= self.session.steps:
                self.step = 0
            self._pacer.restart(now)

    def change_speed(self, direction: int, now: float) -> None:
        self.speed = change_speed(self.speed, direction)
        self._pacer.set_interval(1.0 / self.speed, now)

    def tick(self, now: float) -> bool:
        """Time has passed; True if the cursor moved."""
        if not self.playing or not self._pacer.due(now):
            return False
        self._pacer.advance(now)
        moved = self.seek(self.step + 1)
        if self.step >= self.session.steps:
            self.playing = False
        return moved

    def refresh(self) -> bool:
        """Read what has been appended to the file; True if anything was."""
        if not self.session.refresh():
            return False
        self.ticks = ticks_of(self.session)
        if self.following:
            self.step = self.session.steps
        return True

    def event_step(self, direction: int) -> int | None:
        """The step of the next (1) or previous (-1) event from here; None when there is none."""
        steps = sorted({tick.step for tick in self.ticks})
        index = bisect_right(steps, self.step) if direction > 0 else bisect_left(steps, self.step) - 1
        return steps[index] if 0 <= index < len(steps) else None

    def event_label(self) -> str:
        """What happened at the step that is shown, in a few words; empty if nothing did."""
        return " · ".join(tick.label for tick in self.ticks if tick.step == self.step and tick.label)


def ticks_of(session: SessionFile) -> tuple[Tick, ...]:
    """What happened where: marks, diagnoses, changes of control, forks, breaches and recoveries, the end."""
    ticks = [Tick(mark.step, "mark", f"mark {mark.text}".strip()) for mark in session.marks]
    ticks += [
        Tick(diagnosis.step, "mark", f"{_name(diagnosis.driver)} diagnosed: {diagnosis.incident}")
        for diagnosis in session.diagnoses
    ]
    for control in session.controls:
        if control.reason == "fork":
            ticks.append(Tick(control.step, "fork", "forked here"))
        else:
            ticks.append(Tick(control.step, "control", f"{_name(control.giver)} → {_name(control.taker)}"))
    if 0 < session.steps <= _BREACHES_UP_TO:
        ticks += _breaches(session)
    if session.end is not None:
        ticks.append(Tick(session.end.steps, "end", str(session.end.outcome)))
    return tuple(sorted(ticks, key=lambda tick: tick.step))


def _name(driver: str) -> str:
    return "you" if driver == HUMAN else driver


def _breaches(session: SessionFile) -> list[Tick]:
    """The steps at which a metric left its healthy range, or came back."""
    ticks = []
    before = session.header.initial
    for record in session.records():
        for spec, old, new in zip(METRICS, before, record.after, strict=True):
            if spec.is_healthy(old) != spec.is_healthy(new):
                kind, word = ("recovered", "recovered") if spec.is_healthy(new) else ("breach", "breached")
                ticks.append(Tick(record.step, kind, f"{spec.label} {word}"))  # type: ignore[arg-type]
        before = record.after
    return ticks
