"""Two runs of the same start, side by side and in lock step. Knows no widget and no clock of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from noc_tui.episode.track import metrics_at
from noc_tui.tui.chase import LEVEL, lead_in_words
from noc_tui.tui.pacer import change_speed

if TYPE_CHECKING:
    from noc_tui.drills.versus import Course
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.tui.sides import Side

_OUTCOMES: Final = {"crashed": "crashed at step {}", "truncated": "ran out of steps", "void": "gave up at step {}"}


class Duel:
    """Pace, pause and comparison of two sides: neither is ever more than one step ahead of one that can go on."""

    def __init__(self, left: Side, right: Side, *, speed: float) -> None:
        self.sides = (left, right)
        self.speed = speed
        self.paused = False
        self.lead: float | None = None
        """By how many steps the left side is expected to be ahead; below 0: behind. None: nobody has looked yet."""
        if left.name == right.name:
            right.name = f"{right.name} 2"
        left.may_step = lambda: _may_step(left, right)
        right.may_step = lambda: _may_step(right, left)
        self._metrics: dict[int, list[SystemMetrics]] = {0: [], 1: []}
        self._courses: tuple[Course, Course] | None = None
        self._is_looking = False

    @property
    def over(self) -> bool:
        return all(side.done for side in self.sides)

    @property
    def stands(self) -> bool:
        """Whether nothing moves any more, be it that somebody has failed."""
        return all(side.done or side.failed for side in self.sides)

    @property
    def step(self) -> int:
        """The step that both have come to, or have ended before."""
        going = [side.step for side in self.sides if not side.done]
        return min(going) if going else max(side.step for side in self.sides)

    def metrics(self, index: int) -> tuple[SystemMetrics, ...]:
        """The metrics of a side at the page and after each of its steps."""
        side, known = self.sides[index], self._metrics[index]
        known += [metrics_at(side.track, step) for step in range(len(known), side.step + 1)]
        return tuple(known)

    # --- pace

    def tick(self, now: float) -> tuple[bool, bool]:
        """Time has passed; which sides have taken a step. Who is behind goes first, for the other may wait for it."""
        stepped = [False, False]
        for index in sorted((0, 1), key=lambda index: self.sides[index].step):
            stepped[index] = self.sides[index].tick(now)
        return stepped[0], stepped[1]

    def toggle_pause(self, now: float) -> None:
        self.paused = not self.paused
        self.hold(now)

    def hold(self, now: float) -> None:
        """Let both sides stand as the pause says: also one that has only now been given an agent again."""
        for side in self.sides:
            side.hold(now, paused=self.paused)

    def single_step(self, now: float) -> None:
        """One step of both, and then pause; of one alone where the other is behind, or cannot go on."""
        self.paused = True
        waiting = [side for side in self.sides if not side.done and not side.failed and side.may_step()]
        self.hold(now)
        for side in waiting:
            side.single_step(now)

    def change_speed(self, direction: int, now: float) -> None:
        self.speed = change_speed(self.speed, direction)
        for side in self.sides:
            side.set_speed(self.speed, direction, now)

    # --- comparison

    async def look(self) -> bool:
        """Find out who is ahead; False where that is being done already.

        Raises `CannotReviewError` where a side does not come out the same when simulated again.
        """
        if self._is_looking:
            return False
        self._is_looking = True
        try:
            step = -1
            while step < self.step:  # they may have moved on meanwhile
                step = self.step
                self.lead = await asyncio.to_thread(self._lead_at, step)
        finally:
            self._is_looking = False
        return True

    def _lead_at(self, step: int) -> float:
        from noc_tui.drills.versus import Course  # noqa: PLC0415  (loads the planner)

        if self._courses is None:
            self._courses = Course(self.sides[0].track), Course(self.sides[1].track)
        left, right = (
            course.ahead(step if course.track.end is not None else min(step, course.track.steps))
            for course in self._courses
        )
        return right - left

    def lead_in_words(self) -> str:
        """`rules 2 steps ahead`, `neither is ahead`; empty as long as that is not known."""
        if self.lead is None:
            return ""
        words = lead_in_words(abs(self.lead))
        return "neither is ahead" if words == LEVEL else f"{self.sides[self.lead < 0].name} {words}"

    def health_in_words(self) -> str:
        """`health: rules 61 % (+3), planner 58 %`."""
        figures = [round(self.metrics(index)[-1].health_score * 100) for index in (0, 1)]
        told = []
        for index, side in enumerate(self.sides):
            more = figures[index] - figures[1 - index]
            told.append(f"{side.name} {figures[index]} %{f' (+{more})' if more > 0 else ''}")
        return f"health: {', '.join(told)}"

    def result_in_words(self) -> str:
        """Who resolved it, in how many steps, and the difference; empty as long as one of them goes on."""
        if not self.stands:
            return ""
        left, right = self.sides
        steps = [side.step if _resolved(side) else None for side in self.sides]
        if steps[0] is None or steps[1] is None:
            return "; ".join(f"{side.name} {_ended(side)}" for side in self.sides)
        if steps[0] == steps[1]:
            return f"{left.name} and {right.name} both resolved it in {steps[0]} steps"
        quick, slow = (left, right) if steps[0] < steps[1] else (right, left)
        more = slow.step - quick.step
        told = f"{quick.name} resolved it in {quick.step} steps, {slow.name} in {slow.step}"
        return f"{told}: {more} {'step' if more == 1 else 'steps'} quicker"


def _may_step(side: Side, other: Side) -> bool:
    return other.done or other.failed or side.step <= other.step


def _resolved(side: Side) -> bool:
    end = side.track.end
    return end is not None and end.outcome == "resolved"


def _ended(side: Side) -> str:
    end = side.track.end
    if side.failed:
        return f"has failed at step {side.step}"
    if end is None:
        return f"was interrupted at step {side.step}"
    return _OUTCOMES.get(end.outcome, "resolved it in {} steps").format(side.step)
