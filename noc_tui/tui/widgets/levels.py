"""How loud a value is shown, and the words beside it."""

from __future__ import annotations

from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from noc_tui.sim.metrics import METRICS, SystemMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from noc_tui.sim.metrics import MetricSpec

NEAR_CRASH: Final = 0.08
"""This far below the crash threshold a value is shown as critical."""

TREND_DEAD_BAND: Final = 0.015
"""A step that moves a metric by less shows no trend: the noise of a step has a standard deviation of 0.008."""


HEALTHY_SCORE: Final = SystemMetrics(*(spec.healthy_below for spec in METRICS)).health_score
"""The health of a server that has every metric at its threshold: below it, some metric is out of its range."""

CRITICAL_SCORE: Final = 0.4
"""Below this the health is shown as critical."""


class Level(IntEnum):
    """How loud a value is: quiet in its healthy range, loud beyond it, loudest near the crash."""

    CALM = 0
    BREACH = 1
    CRITICAL = 2

    @property
    def ink(self) -> Literal["calm", "breach", "critical"]:
        """The name of its colour."""
        return _INKS[self]

    @property
    def glyph(self) -> str:
        """What stands for it where there is no colour."""
        return _GLYPHS[self]


_INKS: Final[tuple[Literal["calm", "breach", "critical"], ...]] = ("calm", "breach", "critical")
_GLYPHS: Final = "✓!‼"


def level_of(spec: MetricSpec, value: float) -> Level:
    """The level of a value of that metric. A service that is down altogether is critical."""
    if spec.is_healthy(value):
        return Level.CALM
    if not spec.higher_is_worse:
        return Level.BREACH if value > 0.0 else Level.CRITICAL
    near = spec.crash_at is not None and value >= spec.crash_at - NEAR_CRASH
    return Level.CRITICAL if near else Level.BREACH


def health_level(health: float) -> Level:
    """The level of a health score in [0, 1]."""
    if health >= HEALTHY_SCORE:
        return Level.CALM
    return Level.BREACH if health >= CRITICAL_SCORE else Level.CRITICAL


def trend(previous: float | None, value: float) -> str:
    """The arrow of the last step."""
    if previous is None or abs(value - previous) < TREND_DEAD_BAND:
        return "─"
    return "▲" if value > previous else "▼"


def _over(spec: MetricSpec, value: float, text: Callable[[float], str]) -> str:
    """By how much the value is over its threshold."""
    over = text(value - spec.healthy_below)
    return over if any(digit in over for digit in "123456789") else "just"


def _figure(spec: MetricSpec, value: float) -> str:
    """The value in units, without them, and with a decimal only where it counts: `28`, `8.9`, `0.4`."""
    number = spec.in_units(value)
    return f"{number:.1f}" if spec.unit == "%" and number < 9.95 else f"{number:.0f}"


def _limit(spec: MetricSpec, value: float) -> str:
    """A threshold in units, without decimals that say nothing: `65 %`, `100 ms`."""
    return f"{spec.in_units(value):g} {spec.unit}"


def standing(spec: MetricSpec, value: float, room: int, *, brief: bool = False) -> str:
    """Where the value stands, in the fullest words that fit `room` cells; the glyph alone if none do.

    `✓ under 65.0 %`, `! 53 ms over 100 ms`, `‼ 31.0 % over 65.0 %, crash at 98 %`; when brief `‼ 31 over 65 %`.
    """
    level = level_of(spec, value)
    wordings = _brief_words(spec, value, level) if brief else _words(spec, value, level)
    return next((f"{level.glyph} {words}" for words in wordings if len(words) + 2 <= room), level.glyph)


def _words(spec: MetricSpec, value: float, level: Level) -> Iterator[str]:
    """The words from the fullest to the briefest."""
    if spec.higher_is_worse:
        limit, over = spec.text(spec.healthy_below), _over(spec, value, spec.text)
        if level is Level.CALM:
            yield f"under {limit}"
        elif level is Level.CRITICAL and spec.crash_at is not None:
            yield f"{over} over {limit}, crash at {_limit(spec, spec.crash_at)}"
        if level is not Level.CALM:
            yield f"{over} over {limit}"
    yield from _brief_words(spec, value, level)


def _brief_words(spec: MetricSpec, value: float, level: Level) -> Iterator[str]:
    if not spec.higher_is_worse:
        yield "down" if value <= 0.0 else spec.text(value)
        return
    limit, over = _limit(spec, spec.healthy_below), _over(spec, value, partial(_figure, spec))
    if level is Level.CALM:
        yield f"under {limit}"
    else:
        yield from (f"{over} over {limit}", f"{over} over")


def exact(spec: MetricSpec, value: float, previous: float | None) -> str:
    """The figures behind a strip, a line each, for its tooltip."""
    if not spec.higher_is_worse:
        return f"{spec.label} {spec.text(value)}\nhealthy while up"
    lines = [f"{spec.label} {_precise(spec, value)}", f"healthy under {_limit(spec, spec.healthy_below)}"]
    if previous is not None:
        change = _precise(spec, abs(value - previous))
        lines.append(f"last step {'+' if value >= previous else '−'}{change}")
    if spec.crash_at is not None:
        lines.append(f"crash at {_limit(spec, spec.crash_at)}")
    lines.append(f"scale to {_limit(spec, spec.full_scale)}")
    return "\n".join(lines)


def _precise(spec: MetricSpec, value: float) -> str:
    decimals = 2 if spec.unit == "%" else 1
    return f"{spec.in_units(value):.{decimals}f} {spec.unit}"
