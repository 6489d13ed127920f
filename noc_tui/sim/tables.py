"""The figures of several incidents as arrays, for stepping many rows at once."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.rules import ActionRules, Effect, PressureCourse, Row, Rules, repeat_power

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NUM_ACTIONS: Final = len(ACTIONS)
NO_ROW: Final = 0
"""The number of the row of figures that adds nothing."""

_FIRST_TABULATED: Final = 32
_NEVER_DOWN: Final = -(2**40)
_ROOM_LOCK: Final = threading.Lock()
_NO_COURSE: Final = PressureCourse(0.0, 0.0, 0.0, 0.0)


class Tables:
    """The rules of one or more incidents, in the shapes that `BatchState` looks things up in.

    An incident takes one **phase** for each set of its flags: phase `start[k] + bits` is incident `k` with those flags
    set, bit `j` being flag `flags[k][j]`. A **choice** is `6 * phase + action`. What a choice adds is a **row** of
    figures, a column of `figures`: row `first[choice] + min(uses, cap[choice])`, so that there is one for each number
    of earlier uses. Uses that nobody has come to yet are tabulated by `make_room`. Row 0 adds nothing.

    Figures have no negative zeros: added to a number they would leave it as it is just as zeros do.
    """

    def __init__(self, rules: Sequence[Rules]) -> None:
        self.rules = tuple(rules)
        self.flags = tuple(_flags(one) for one in self.rules)
        counts = [2 ** len(flags) for flags in self.flags]
        self.start: NDArray[np.intp] = np.cumsum([0, *counts[:-1]], dtype=np.intp)
        """The phase in which each incident starts, (incidents,)."""
        self.incident_of: NDArray[np.intp] = np.repeat(np.arange(len(counts), dtype=np.intp), counts)
        """The incident of each phase, (phases,)."""

        self.initial = _columns([(*one.initial[:4], one.service_healthy, one.initial[4]) for one in self.rules])
        """The metrics at the page, before the jitter, (6, incidents)."""
        self.start_sd = np.array([one.start_sd for one in self.rules])
        self.initial_pressure = np.array([one.initial_pressure for one in self.rules])
        self.max_steps: NDArray[np.intp] = np.array([one.max_steps for one in self.rules], dtype=np.intp)
        self.drift = _columns([_with_service(one.drift) for one in self.rules])
        """What pressure 1 adds in a step, (6, incidents); 0 for the service, here and in `baseline` and `figures`."""
        self.baseline = _columns([_with_service(one.baseline) for one in self.rules])
        self.recovery = np.array([one.recovery for one in self.rules])
        self.course = _columns([self._course(phase) for phase in range(len(self.incident_of))])
        """Threshold, growth above it, growth below it, and floor of the pressure, (4, phases)."""
        self._tabulate_choices()

        self.has_pressure = any(one.pressure is not None for one in self.rules)
        self.has_recovery = self.has_pressure and bool(self.recovery.any())
        self.has_phases = len(self.incident_of) > 1
        self.has_outages = bool((self.down_for > 0).any())
        self.has_special = bool(self.special.any())
        self.has_timers = bool(self.restarts_timer.any())
        self.has_wear = bool(self.cap.any())
        self.all_special_delayed = bool((self.after[self.special] > 0).all())

    @classmethod
    def of(cls, rules: Sequence[Rules]) -> Tables:
        """The tables of these incidents; the same ones when the same rules are asked for again."""
        return _tables(tuple(_Same(one) for one in rules))

    def phase(self, incident: int, flags: frozenset[str]) -> int:
        """The phase of an incident in which exactly these flags are set."""
        return int(self.start[incident]) + sum(1 << j for j, flag in enumerate(self.flags[incident]) if flag in flags)

    def flags_in(self, phase: int) -> frozenset[str]:
        """The flags that are set in a phase."""
        incident = int(self.incident_of[phase])
        bits = phase - int(self.start[incident])
        return frozenset(flag for j, flag in enumerate(self.flags[incident]) if bits >> j & 1)

    def _course(self, phase: int) -> PressureCourse:
        pressure = self.rules[self.incident_of[phase]].pressure
        return pressure.under(self.flags_in(phase)) if pressure else _NO_COURSE

    def _tabulate_choices(self) -> None:
        """Everything by choice, and the first rows."""
        count = NUM_ACTIONS * len(self.incident_of)
        self.figures: NDArray[np.float64] = np.zeros((len(METRIC_NAMES) + 1, 1))
        """What a row adds to the six metrics and to the pressure, (7, rows)."""
        self.first = np.zeros(count, dtype=np.intp)
        self.cap = np.zeros(count, dtype=np.intp)
        self.next_phase = np.repeat(np.arange(len(self.incident_of), dtype=np.intp), NUM_ACTIONS)
        self.down_for = np.full(count, _NEVER_DOWN, dtype=np.intp)
        """For how many steps after this one the choice takes the service down; far below 0 where it does not."""
        self.after = np.zeros(count, dtype=np.intp)
        """In how many steps the choice's delayed effect falls due; 0 where it has none."""
        self.slot = np.zeros(count, dtype=np.intp)
        """Where the delayed effects of the choice's action wait; those of longer delays come first."""
        self.later_first = np.zeros(count, dtype=np.intp)
        self.later_cap = np.zeros(count, dtype=np.intp)
        self.restarts_timer = np.zeros(count, dtype=np.bool_)
        self.slots = self.ring = 0
        self.tabulated = [0] * len(self.rules)
        """For how many uses each incident's rows are tabulated; 0 where uses make no difference."""
        for incident, rules in enumerate(self.rules):
            for action, slot in _slots(rules).items():
                self.slot[self._choices(incident, action)] = slot
                self.slots = max(self.slots, slot + 1)
            for action, compiled in enumerate(rules.actions):
                for choice in self._choices(incident, action):
                    self._put_choice(choice, compiled)
            self._put_rows(incident, _FIRST_TABULATED)
        self.special: NDArray[np.bool_] = (
            (self.after > 0)
            | self.restarts_timer
            | (self.down_for > 0)
            | (self.next_phase != np.arange(count) // NUM_ACTIONS)
        )
        """Whether the choice does more than change figures now, (choices,)."""

    def _choices(self, incident: int, action: int) -> list[int]:
        """The choices of an action in an incident, by phase."""
        first = int(self.start[incident])
        return [NUM_ACTIONS * (first + bits) + action for bits in range(2 ** len(self.flags[incident]))]

    def _effect(self, choice: int, action: ActionRules) -> Effect:
        """What the choice does: the main figures of its action where the flag that this requires is set."""
        met = action.requires is None or action.requires in self.flags_in(choice // NUM_ACTIONS)
        return action.main if met else action.otherwise

    def _put_choice(self, choice: int, action: ActionRules) -> None:
        effect, phase = self._effect(choice, action), choice // NUM_ACTIONS
        self.restarts_timer[choice] = action.restarts_timer
        if effect.down_for:
            self.down_for[choice] = effect.down_for
        if effect.later is not None:
            self.after[choice] = effect.later.after
            self.ring = max(self.ring, effect.later.after + 1)
        if effect.sets is not None:
            self.next_phase[choice] = self.phase(int(self.incident_of[phase]), self.flags_in(phase) | {effect.sets})

    def _put_rows(self, incident: int, uses: int) -> None:
        """Append the incident's rows for so many uses, and point its choices at them.

        Rows that stand already stay where they are: delayed effects on their way name them.
        """
        rules = self.rules[incident]
        powers = _powers(rules.repeat_factor, uses)
        rows = _NewRows(self.figures, powers, moves_pressure=rules.pressure is not None)
        first, cap = self.first.copy(), self.cap.copy()
        later_first, later_cap = self.later_first.copy(), self.later_cap.copy()
        for action, compiled in enumerate(rules.actions):
            for choice in self._choices(incident, action):
                effect = self._effect(choice, compiled)
                first[choice], cap[choice] = rows.put(effect.row, wears=True)
                if effect.later is not None:
                    later_first[choice], later_cap[choice] = rows.put(effect.later.row, wears=effect.later.scales)
        # In this order: another thread that steps meanwhile looks up a row's number before its figures.
        self.figures = rows.figures
        self.first, self.cap, self.later_first, self.later_cap = first, cap, later_first, later_cap
        self.tabulated[incident] = len(powers) if rows.wear and powers[-1] != 0.0 else 0

    def make_room(self, incident: int, uses: int) -> None:
        """See to it that an action of the incident may have been used `uses` times before."""
        if 0 < self.tabulated[incident] <= uses:
            with _ROOM_LOCK:  # the tables of an incident are shared, between threads too
                while 0 < self.tabulated[incident] <= uses:
                    self._put_rows(incident, 2 * self.tabulated[incident])

    def later_row(self, phase: int, action: int, row: Row) -> int:
        """The number of the row that a delayed effect of an action, on its way already, will add."""
        incident = int(self.incident_of[phase])
        rules = self.rules[incident]
        wanted = _worn(row, [1.0], moves_pressure=rules.pressure is not None)
        for choice in self._choices(incident, action):
            first, cap = self.later_first[choice], self.later_cap[choice]
            found = np.flatnonzero((self.figures[:, first : first + cap + 1] == wanted).all(axis=0))
            if found.size:
                return int(first + found[0])
        raise LookupError(f"{rules.incident.id}: no delayed effect of action {action} adds {row}")


class _NewRows:
    """Rows of figures that are appended to those that there are."""

    def __init__(self, figures: NDArray[np.float64], powers: Sequence[float], *, moves_pressure: bool) -> None:
        self._blocks = [figures]
        self._count = figures.shape[1]
        self._powers = powers
        self._moves_pressure = moves_pressure
        self._places: dict[tuple[Row, bool], tuple[int, int]] = {}
        self.wear = False
        """Whether uses make a difference to any of the new rows."""

    def put(self, row: Row, *, wears: bool) -> tuple[int, int]:
        """The number of a row at no use, and how many further uses are tabulated after it. Equal rows share."""
        wears = wears and min(row) < 0 and len(self._powers) > 1
        if (row, wears) not in self._places:
            block = _worn(row, self._powers if wears else self._powers[:1], moves_pressure=self._moves_pressure)
            if not block.any():
                self._places[row, wears] = (NO_ROW, 0)
            else:
                self._places[row, wears] = (self._count, block.shape[1] - 1)
                self._blocks.append(block)
                self._count += block.shape[1]
                self.wear |= wears
        return self._places[row, wears]

    @property
    def figures(self) -> NDArray[np.float64]:
        """Old and new."""
        return np.concatenate(self._blocks, axis=1)


class _Same:
    """Rules as a key: equal when they are the same object, which is quicker than comparing figures."""

    __slots__ = ("rules",)

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return id(self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rules is self.rules


@lru_cache(maxsize=64)
def _tables(rules: tuple[_Same, ...]) -> Tables:
    return Tables([one.rules for one in rules])


def _flags(rules: Rules) -> tuple[str, ...]:
    """The flags that an incident can set, in the order of their bits."""
    return tuple(sorted({action.main.sets for action in rules.actions if action.main.sets is not None}))


def _slots(rules: Rules) -> dict[int, int]:
    """The slot of each action with delayed effects, by index; the slots of longer delays come first.

    Of two effects that fall due in the same step the one with the longer delay is the older, and effects of the same
    delay never fall due together: they can share a slot. An action whose effects can be cancelled has one to itself.
    """
    keys = {
        i: (-action.main.later.after, i if action.restarts_timer else -1)
        for i, action in enumerate(rules.actions)
        if action.main.later is not None
    }
    order = sorted(set(keys.values()))
    return {i: order.index(key) for i, key in keys.items()}


def _with_service(five: Sequence[float]) -> tuple[float, ...]:
    return (*five[:4], 0.0, *five[4:])


def _columns(rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    return np.ascontiguousarray(np.array(rows, dtype=np.float64).T)


def _powers(factor: float, uses: int) -> list[float]:
    """The powers of a repeat factor from 0 on: `uses` of them, or as many as make a difference."""
    powers = [1.0]
    while len(powers) < uses and factor != 1.0 and powers[-1] != 0.0:
        powers.append(repeat_power(factor, len(powers)))
    return powers


def _worn(row: Row, powers: Sequence[float], *, moves_pressure: bool) -> NDArray[np.float64]:
    """A row after so many uses as there are powers, (7, uses): benefits multiplied by the power, harms as they are."""
    figures = np.array(_with_service(row if moves_pressure else (*row[:5], 0.0)))[:, None]
    return np.where(figures < 0, figures * np.array(powers), figures) + 0.0
