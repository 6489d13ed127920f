"""What an action was worth against waiting, by its figures alone.

The next steps are worked out without noise, once with the action and once with waiting in its place; in both, nothing
more is done, and what earlier actions still have on its way is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.sim.actions import RESTART_INDEX, WAIT_INDEX
from noc_tui.sim.metrics import CONTINUOUS, METRIC, MetricName
from noc_tui.sim.rules import NO_CHANGE, Effect, PressureCourse, Row, added

if TYPE_CHECKING:
    from noc_tui.sim.simulator import Transition


NOTICEABLE: Final = 0.1
"""A smaller difference of worth is none."""

_STEPS: Final = 8
_STEPS_AFTER_DELAY: Final = 5
_LONGEST_DELAY: Final = 8
"""What falls due later than this is weighed as if it fell due then."""
_OUTAGE_COST: Final = 0.05
_CRASH_COST: Final = 1.0
_BREACH_COST: Final = 0.1
"""Of a step in which any metric is out of its healthy range: it starts the streak anew."""
_HEADROOM_WORTH: Final = 0.1
"""What a change counts for that leaves the metric healthy, in parts of what a breach counts for."""


class Judgement(NamedTuple):
    """An action's figures weighed against waiting. Worth is positive where it helps.

    The unit: one metric, one step, a full scale out of its healthy range.
    """

    effect: Effect
    """The main figures of the action, or those that apply when what it requires is missing."""
    now: Row
    """Its figures of this step, worn by repeats."""
    later: Row
    """Its delayed figures; zeros when it has none."""
    worth_now: float
    worth_later: float
    """What the delayed figures add to `worth_now`."""

    @property
    def worth(self) -> float:
        return self.worth_now + self.worth_later

    @property
    def deceives(self) -> bool:
        """Whether it looks like help, and what follows is worse."""
        return self.worth_now > 0 and self.worth < -NOTICEABLE

    @property
    def moves_nothing(self) -> bool:
        return not any(self.now) and not any(self.later) and not self.effect.down_for


def judge(t: Transition) -> Judgement:
    """Weigh the action of a step against waiting."""
    rules = t.rules
    chosen, waiting = rules.actions[t.action], rules.actions[WAIT_INDEX].main
    effect = chosen.main if t.met else chosen.otherwise
    now = effect.worn[t.uses]
    delay, later = (effect.later.after, effect.later.worn[t.uses]) if effect.later else (1, NO_CHANGE)
    delay = min(delay, _LONGEST_DELAY)
    steps = max(_STEPS, delay + _STEPS_AFTER_DELAY)
    course = _course_with(t, effect)
    waited = _trouble(t, t.course, {0: waiting.row}, steps)
    acted = _trouble(t, course, {0: now}, steps)
    followed = _trouble(t, course, {0: now, delay: later}, steps) if any(later) else acted
    outage = min(effect.down_for + (t.action == RESTART_INDEX), steps) * _OUTAGE_COST
    return Judgement(effect, now, later, waited - acted - outage, acted - followed)


def _course_with(t: Transition, effect: Effect) -> PressureCourse | None:
    """The course of the pressure once the flag that the effect sets is set."""
    if t.course is None or t.rules.pressure is None or effect.sets is None:
        return t.course
    return t.rules.pressure.once_set(effect.sets, t.course)


_LIMITS: Final = tuple((METRIC[n].healthy_below, METRIC[n].crash_at or 2.0, METRIC[n].full_scale) for n in CONTINUOUS)
_Schedule = dict[int, Row]
"""What is added in which of the next steps, 0 being the step itself."""


def _trouble(t: Transition, course: PressureCourse | None, schedule: _Schedule, steps: int) -> float:
    """How far the metrics are out of range, added up over the step and the `steps` after it."""
    rules, p = t.rules, t.pressure_before
    values = [getattr(t.before, name) for name in CONTINUOUS]
    trouble = 0.0
    for step in range(steps + 1):
        row = schedule.get(step, NO_CHANGE)
        if step == 0 and any(t.due):
            row = added(row, t.due)
        if course is not None:
            p = course.next(p, row[5])
        pull = (1 - p) * rules.recovery
        in_breach = False
        moved = []
        for value, drift, base, change, (healthy, crash, scale) in zip(
            values, rules.drift, rules.baseline, row, _LIMITS, strict=False
        ):
            level = value + p * drift + pull * (base - value) + change
            level = 0.0 if level < 0.0 else 1.0 if level > 1.0 else level
            moved.append(level)
            trouble += _HEADROOM_WORTH * level / scale
            if level >= healthy:
                in_breach = True
                trouble += (level - healthy) / scale
                if level >= crash:
                    trouble += _CRASH_COST
        values = moved
        if in_breach:
            trouble += _BREACH_COST
    return trouble


def largest(sizes: dict[MetricName, float], most: int) -> list[MetricName]:
    """The metrics of the largest sizes above 0, each counted on its own scale, largest first."""
    of_note = [name for name, size in sizes.items() if size > 0]
    return sorted(of_note, key=lambda name: -sizes[name] / METRIC[name].full_scale)[:most]


def harmed(t: Transition, row: Row) -> MetricName | None:
    """The metric that the figures harm most, of those that are then out of their healthy range."""
    sizes = {
        name: row[index]
        for index, name in enumerate(CONTINUOUS)
        if not METRIC[name].is_healthy(getattr(t.before, name) + row[index])
    }
    return next(iter(largest(sizes, 1)), None)


def relieved(t: Transition, row: Row) -> MetricName | None:
    """The metric that the figures relieve most, of those that are out of their healthy range."""
    sizes = {
        name: -row[index]
        for index, name in enumerate(CONTINUOUS)
        if not METRIC[name].is_healthy(getattr(t.before, name))
    }
    return next(iter(largest(sizes, 1)), None)


def relieves(t: Transition, row: Row) -> bool:
    """Whether the figures relieve a metric that is out of its healthy range, or the pressure."""
    return (row[5] < 0 and t.rules.pressure is not None) or relieved(t, row) is not None
