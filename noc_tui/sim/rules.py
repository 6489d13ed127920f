"""An incident compiled for stepping: tuples in place of models, repeat factors tabulated."""

from __future__ import annotations

import math
from decimal import Context
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.sim.incident import ActionEffect, Figures, Incident, Otherwise

Row = tuple[float, float, float, float, float, float]
"""What is added to cpu, memory, latency, packet loss, error rate and pressure."""

NO_CHANGE: Final[Row] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

_CURED: Final = "cured"
"""The flag from which on `growth_when_cured` holds."""

# Exact up to here; beyond it a power of 200 digits rounds to the same double and costs no megabytes.
_EXACT_POWERS: Final = 64
_WIDE: Final = Context(prec=200)
# How many uses of an action are tabulated. Nobody plays more of one; a recording of a million steps may.
_TABULATED: Final = 256


@lru_cache(maxsize=4096)
def repeat_power(factor: float, uses: int) -> float:
    """`factor ** uses`, correctly rounded. Array powers and some C libraries differ in the last bit."""
    if factor == 1.0 or uses == 0:
        return 1.0
    if factor == 0.0:
        return 0.0
    if uses <= _EXACT_POWERS:
        return float(Fraction(factor) ** uses)
    mantissa, exponent = math.frexp(factor)
    if mantissa == 0.5:
        # A power of two can lie halfway between two doubles (2**-1075 does), where 200 digits would not decide.
        return math.ldexp(1.0, (exponent - 1) * uses)
    return float(_WIDE.power(_WIDE.create_decimal_from_float(factor), uses))


def scaled(row: Row, factor: float) -> Row:
    """The row with its benefits (negative figures) multiplied by `factor`; harms stay as they are."""
    if factor == 1.0:
        return row
    cpu, memory, latency, loss, errors, pressure = row
    return (
        cpu * factor if cpu < 0 else cpu,
        memory * factor if memory < 0 else memory,
        latency * factor if latency < 0 else latency,
        loss * factor if loss < 0 else loss,
        errors * factor if errors < 0 else errors,
        pressure * factor if pressure < 0 else pressure,
    )


def added(a: Row, b: Row) -> Row:
    """The sum of two rows."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5])


class WornRows(dict[int, Row]):
    """What an action's row is after so many earlier uses: worked out when first asked for, then looked up."""

    def __init__(self, row: Row, repeat_factor: float) -> None:
        super().__init__()
        self._row = row
        self._repeat_factor = repeat_factor

    def __missing__(self, uses: int) -> Row:
        row = scaled(self._row, repeat_power(self._repeat_factor, uses))
        if uses < _TABULATED:
            self[uses] = row
        return row


class Later(NamedTuple):
    """Figures that fall due `after` steps from now."""

    after: int
    row: Row
    worn: WornRows
    scales: bool
    """Whether repeats wear its benefits out. They do not where asking again restarts the timer."""


class Effect(NamedTuple):
    """What an action does when its main (or its `otherwise`) figures apply."""

    row: Row
    worn: WornRows
    """The row by the number of earlier uses."""
    later: Later | None
    down_for: int
    sets: str | None


class ActionRules(NamedTuple):
    """One action of a compiled incident."""

    main: Effect
    requires: str | None
    otherwise: Effect
    restarts_timer: bool
    """Whether choosing it again cancels its own effects that are still pending."""
    plain: bool
    """Main figures alone, now: nothing later, no flag, no outage."""


class PressureRules(NamedTuple):
    """The hidden root cause."""

    threshold: float
    growth: float
    decay: float
    floor: float
    floor_lifted_by: str | None
    growth_when_cured: float | None

    def under(self, flags: Iterable[str]) -> PressureCourse:
        """The course that the pressure takes while these flags are set."""
        course = PressureCourse(self.threshold, self.growth, -self.decay if self.threshold > 0 else 0.0, self.floor)
        for flag in flags:
            course = self.once_set(flag, course)
        return course

    def once_set(self, flag: str, course: PressureCourse) -> PressureCourse:
        """The course from when this flag is set as well."""
        if flag == _CURED and self.growth_when_cured is not None:
            course = course._replace(above=self.growth_when_cured, below=self.growth_when_cured)
        return course._replace(floor=0.0) if flag == self.floor_lifted_by else course

    def answers_to(self, flag: str) -> bool:
        """Whether this flag goes to the root: changes how the pressure grows, or lifts its floor."""
        return flag == self.floor_lifted_by or (flag == _CURED and self.growth_when_cured is not None)


class PressureCourse(NamedTuple):
    """What the pressure does by itself in a step, while no flag changes."""

    threshold: float
    above: float
    """Added while the pressure lies above the threshold."""
    below: float
    """Added while it does not."""
    floor: float

    def next(self, pressure: float, change: float = 0.0) -> float:
        """The pressure after a step that began with this one, and in which actions changed it by `change`."""
        grown = pressure + (self.above if pressure > self.threshold else self.below) + change
        return min(1.0, max(self.floor, grown))


class Rules(NamedTuple):
    """All figures of one incident, in the order of `ACTIONS` and `CONTINUOUS`."""

    incident: Incident
    initial: tuple[float, float, float, float, float]
    service_healthy: float
    start_sd: float
    drift: tuple[float, float, float, float, float]
    recovery: float
    """0.0 where the incident has none."""
    baseline: tuple[float, float, float, float, float]
    initial_pressure: float
    pressure: PressureRules | None
    repeat_factor: float
    actions: tuple[ActionRules, ...]
    max_steps: int

    def needed_by(self, flag: str, other_than: int) -> int | None:
        """The index of the first action, other than this one, that requires the flag; None where none does."""
        return next((i for i, each in enumerate(self.actions) if i != other_than and each.requires == flag), None)


def compile_rules(incident: Incident) -> Rules:
    """The rules of an incident, ready for stepping."""
    pressure = incident.pressure
    return Rules(
        incident=incident,
        initial=_five(incident.initial),
        service_healthy=incident.initial.service_healthy,
        start_sd=incident.start_sd,
        drift=_five(incident.drift),
        recovery=incident.recovery or 0.0,
        baseline=_five(incident.baseline) if incident.baseline else (0.0, 0.0, 0.0, 0.0, 0.0),
        initial_pressure=pressure.initial if pressure else 1.0,
        pressure=PressureRules(
            pressure.threshold,
            pressure.growth,
            pressure.decay,
            pressure.floor,
            pressure.floor_lifted_by,
            pressure.growth_when_cured,
        )
        if pressure
        else None,
        repeat_factor=incident.repeat_factor,
        actions=tuple(_action_rules(incident.actions.get(action), incident.repeat_factor) for action in ACTIONS),
        max_steps=incident.max_steps,
    )


def _action_rules(effect: ActionEffect | None, repeat_factor: float) -> ActionRules:
    nothing = _effect(None, repeat_factor)
    if effect is None:
        return ActionRules(nothing, None, nothing, restarts_timer=False, plain=True)
    later = None
    if effect.later is not None:
        row = _row(effect.later)
        scales = not effect.reissue_restarts_timer
        later = Later(effect.later.after, row, WornRows(row, repeat_factor if scales else 1.0), scales)
    return ActionRules(
        main=_effect(effect, repeat_factor, later, effect.sets),
        requires=effect.requires,
        otherwise=_effect(effect.otherwise, repeat_factor),
        restarts_timer=effect.reissue_restarts_timer,
        plain=not (later or effect.down_for or effect.sets or effect.requires),
    )


def _effect(
    figures: ActionEffect | Otherwise | None, repeat_factor: float, later: Later | None = None, sets: str | None = None
) -> Effect:
    row = _row(figures) if figures else NO_CHANGE
    return Effect(row, WornRows(row, repeat_factor), later, figures.down_for if figures else 0, sets)


def _five(table: object) -> tuple[float, float, float, float, float]:
    cpu, memory, latency, loss, errors = (float(getattr(table, name)) for name in CONTINUOUS)
    return cpu, memory, latency, loss, errors


def _row(figures: Figures) -> Row:
    return (*_five(figures), float(figures.pressure))
