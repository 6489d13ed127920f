"""The `when` of a log rule: comparisons of named figures with numbers. Nothing is ever evaluated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.errors import rather, shown
from noc_tui.sim.metrics import METRIC_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = r"[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
_COMPARISON = re.compile(rf"\s*(<=|>=|<|>)\s*({_NUMBER})\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
_NAME = re.compile(r"(not\s+)?([a-z][a-z0-9_]*)")
_NUMBERS_END: Final = 1e12
"""A number of a condition lies below this, as `_NUMBER` has it for those in strings."""

FIGURES: Final = (*METRIC_NAMES, "pressure", "step")
KEYS: Final = (*FIGURES, "action", "flag", "uses")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may ask about: the state after a step."""

    figures: Mapping[str, float]
    """The six metrics, `pressure` and `step`."""
    action: str | None
    """The action of the step; None at the start."""
    flags: frozenset[str]
    uses: Mapping[str, int]
    """How often each action has been chosen, this step included."""


@dataclass(frozen=True, slots=True)
class Between:
    """A figure lies within limits; each limit is inclusive or not."""

    figure: str
    """One of `FIGURES`, or `uses.ACTION`."""
    low: float = -math.inf
    high: float = math.inf
    low_inclusive: bool = True
    high_inclusive: bool = True

    def holds(self, facts: Facts) -> bool:
        if self.figure.startswith("uses."):
            value: float = facts.uses.get(self.figure[5:], 0)
        else:
            value = facts.figures[self.figure]
        above = value >= self.low if self.low_inclusive else value > self.low
        below = value <= self.high if self.high_inclusive else value < self.high
        return above and below


@dataclass(frozen=True, slots=True)
class Chosen:
    """The step's action is this one (or, negated, is not)."""

    action: str
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        return (facts.action == self.action) is not self.negated


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag of the incident is set (or, negated, is not)."""

    flag: str
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        return (self.flag in facts.flags) is not self.negated


Condition = Between | Chosen | Flagged


def parse_conditions(table: Mapping[str, object]) -> tuple[Condition, ...]:
    """The conditions of a `when` table. Raises `ValueError` with a sentence that says what is allowed."""
    conditions: list[Condition] = []
    for key, value in table.items():
        if key in FIGURES:
            conditions.append(_between(key, value))
        elif key == "action":
            name, negated = _name(key, value)
            if name not in ACTIONS:
                raise ValueError(f"action: {shown(name)} is no action; {rather(name, ACTIONS)}")
            conditions.append(Chosen(name, negated))
        elif key == "flag":
            conditions.append(Flagged(*_name(key, value)))
        elif key == "uses":
            if not isinstance(value, dict):
                raise ValueError('uses: expected uses.ACTION = "COMPARISON", such as uses.scale_up = ">= 2"')
            for action, limit in value.items():
                if action not in ACTIONS:
                    raise ValueError(f"uses: {shown(action)} is no action; {rather(str(action), ACTIONS)}")
                conditions.append(_between(f"uses.{action}", limit))
        else:
            raise ValueError(f"{shown(key)} cannot be asked about; {rather(key, KEYS)}")
    return tuple(conditions)


def _between(figure: str, value: object) -> Between:
    if isinstance(value, str):
        if match := _COMPARISON.fullmatch(value):
            sign, limit = match[1], float(match[2])
            if sign[0] == ">":
                return Between(figure, low=limit, low_inclusive=sign == ">=")
            return Between(figure, high=limit, high_inclusive=sign == "<=")
        if match := _RANGE.fullmatch(value):
            low, high = float(match[1]), float(match[2])
            if low > high:
                raise ValueError(f"{figure}: the range {shown(value)} is empty; its lower end comes first")
            return Between(figure, low, high)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NUMBERS_END:
        return Between(figure, float(value), float(value))
    expected = 'a comparison such as ">= 0.40", a range such as "2..6" or a plain number'
    raise ValueError(f"{figure}: expected {expected}, not {shown(value)}")


def _name(key: str, value: object) -> tuple[str, bool]:
    if isinstance(value, str) and (match := _NAME.fullmatch(value.strip())):
        return match[2], match[1] is not None
    raise ValueError(f'{key}: expected a name, or "not NAME", not {shown(value)}')
