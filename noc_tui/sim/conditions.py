"""The `when` of a log rule: comparisons of named figures with numbers. Nothing is ever evaluated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.errors import SeveralProblemsError, rather, shown
from noc_tui.sim.metrics import METRIC_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NUMBER = r"[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
COMPARISON_PATTERN: Final = rf"\s*(<=|>=|<|>)\s*({_NUMBER})\s*"
RANGE_PATTERN: Final = rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*"
FLAG_PATTERN: Final = r"(not\s+)?([a-z][a-z0-9_]{0,47})"
_COMPARISON = re.compile(COMPARISON_PATTERN)
_RANGE = re.compile(RANGE_PATTERN)
_NAME = re.compile(FLAG_PATTERN)
NUMBERS_END: Final = 1e12
"""A number of a condition lies below this, as `_NUMBER` has it for those in strings."""

_MAX_PROBLEMS: Final = 20

FIGURES: Final = (*METRIC_NAMES, "pressure", "step")
KEYS: Final = (*FIGURES, "action", "flag", "uses")


class Facts(NamedTuple):
    """What a condition may ask about: the state after a step."""

    figures: Sequence[float]
    """In the order of `FIGURES`, then how often each of `ACTIONS` has been chosen, this step included."""
    action: str | None
    """The action of the step; None at the start."""
    flags: frozenset[str]


_FIGURE_INDEX: Final = {name: index for index, name in enumerate((*FIGURES, *(f"uses.{name}" for name in ACTIONS)))}
STEP: Final = _FIGURE_INDEX["step"]
"""Where the step stands in `Facts.figures`."""


class Between(NamedTuple):
    """A figure lies within limits, both included."""

    figure: int
    """Where it stands in `Facts.figures`."""
    low: float = -math.inf
    high: float = math.inf

    def holds(self, facts: Facts) -> bool:
        return self.low <= facts.figures[self.figure] <= self.high


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
    """The conditions of a `when` table. Raises `SeveralProblemsError`: what is wrong with each key, what is right."""
    conditions: list[Condition] = []
    problems: list[str] = []
    for key, value in table.items():
        by_action = value.items() if key == "uses" and isinstance(value, dict) else [(None, value)]
        for action, asked in by_action:
            try:
                conditions.append(_condition(key, asked) if action is None else _uses(action, asked))
            except ValueError as error:
                problems.append(str(error))
        if len(problems) >= _MAX_PROBLEMS:
            break
    if problems:
        raise SeveralProblemsError(problems)
    return tuple(conditions)


def flag_asked_for(value: object) -> str | None:
    """The flag that `when.flag` asks about; None for a value that asks about none."""
    match = _NAME.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[2] if match else None


def _condition(key: str, value: object) -> Condition:
    if key in FIGURES:
        return _between(key, value)
    if key == "action":
        name, negated = _name(key, value)
        if name not in ACTIONS:
            raise ValueError(f"action: {shown(name)} is no action; {rather(name, ACTIONS)}")
        return Chosen(name, negated)
    if key == "flag":
        return Flagged(*_name(key, value))
    if key == "uses":
        raise ValueError('uses: expected uses.ACTION = "COMPARISON", such as uses.scale_up = ">= 2"')
    raise ValueError(f"{shown(key)} cannot be asked about; {rather(key, KEYS)}")


def _uses(action: str, limit: object) -> Between:
    if action not in ACTIONS:
        raise ValueError(f"uses: {shown(action)} is no action; {rather(action, ACTIONS)}")
    return _between(f"uses.{action}", limit)


def _between(figure: str, value: object) -> Between:
    index = _FIGURE_INDEX[figure]
    if isinstance(value, str):
        if match := _COMPARISON.fullmatch(value):
            sign, limit = match[1], float(match[2])
            if sign[0] == ">":
                return Between(index, low=limit if sign == ">=" else math.nextafter(limit, math.inf))
            return Between(index, high=limit if sign == "<=" else math.nextafter(limit, -math.inf))
        if match := _RANGE.fullmatch(value):
            low, high = float(match[1]), float(match[2])
            if low > high:
                raise ValueError(f"{figure}: the range {shown(value)} is empty; its lower end comes first")
            return Between(index, low, high)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < NUMBERS_END:
        return Between(index, float(value), float(value))
    expected = 'a comparison such as ">= 0.40", a range such as "2..6" or a plain number'
    raise ValueError(f"{figure}: expected {expected}, not {shown(value)}")


def _name(key: str, value: object) -> tuple[str, bool]:
    if isinstance(value, str) and (match := _NAME.fullmatch(value.strip())):
        return match[2], match[1] is not None
    raise ValueError(f'{key}: expected a name, or "not NAME", not {shown(value)}')
