"""The course of each metric as SVG: the samples before the page, the steps, the threshold, actions and verdicts.

A fixed scale per metric, so that the same height always means the same; only what goes beyond it stretches it. No style
and no colour stands in the picture: classes do, which the page's style sheet and its colour scheme give a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.report.markup import Markup, element, joined
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import LETTERS, ActionType
from noc_tui.sim.metrics import METRICS, MetricSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.report.facts import SessionFacts

_NARROW, _WIDE = 520, 1000
_NARROW_UP_TO: Final = 24
"""Steps that fit beside each other in half the page's width."""
_LEFT, _RIGHT, _TOP, _PLOT = 48, 16, 10, 120
_AXIS, _ROW = 16, 15
_MOST_POINTS: Final = 640
_MOST_MARKS: Final = 80
"""Of a longer session the actions are not drawn: they would stand on top of each other."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a state and a value lie in the picture."""

    first: int
    """The first sample, as a step below 0."""
    last: int
    top: float
    """The value at the upper edge."""
    width: int

    @property
    def right(self) -> int:
        return self.width - _RIGHT

    def x(self, step: float) -> float:
        return _LEFT + (self.right - _LEFT) * (step - self.first) / max(self.last - self.first, 1)

    def y(self, value: float) -> float:
        return _TOP + _PLOT * (1 - value / self.top)


def has_marks(facts: SessionFacts) -> bool:
    """Whether there are few enough actions to be drawn."""
    return 0 < facts.steps <= _MOST_MARKS


def is_wide(facts: SessionFacts) -> bool:
    """Whether a chart needs the whole width of the page."""
    return facts.steps > _NARROW_UP_TO


def metric_chart(facts: SessionFacts, index: int, about: str) -> Markup:
    """The chart of one metric; `about` is what it shows, in a sentence, for who cannot see it."""
    spec = METRICS[index]
    values = [state[index] for state in (*facts.samples, *facts.states)]
    first = -len(facts.samples)
    scale = _Scale(first, facts.steps, max(spec.full_scale, *values), _WIDE if is_wide(facts) else _NARROW)
    points: list[Point] = [(float(first + number), value) for number, value in enumerate(values)]
    before, after = points[: 1 - first], _thinned(spec, points[-first:])
    name = spec.name.replace("_", "-")
    rows = has_marks(facts) + (has_marks(facts) and facts.review is not None)
    height = _TOP + _PLOT + _AXIS + rows * _ROW
    return element(
        "svg",
        element("title", f"{spec.label} over time", id=f"{name}-title"),
        element("desc", about, id=f"{name}-desc"),
        *_areas(spec, scale, [*before, *after], name),
        *_threshold(spec, scale),
        *_axis(facts, scale),
        *(_marks(facts, scale) if has_marks(facts) else ()),
        *_ghost(facts, scale, index),
        element("polyline", points=_path(scale, before), class_="course before"),
        element("polyline", points=_path(scale, after), class_="course"),
        viewBox=f"0 0 {scale.width} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _areas(spec: MetricSpec, scale: _Scale, points: list[Point], name: str) -> Iterator[Markup]:
    """What is between the course and its good side: calm up to the threshold, loud beyond it."""
    base = 0.0 if spec.higher_is_worse else spec.healthy_below
    outline = [(points[0][0], base), *points, (points[-1][0], base)]
    path = _path(scale, outline)
    if not spec.higher_is_worse:
        yield element("polygon", points=path, class_="breach")
        return
    edge = scale.y(spec.healthy_below)
    yield element(
        "defs",
        _clip(f"{name}-calm", edge, scale.y(0) - edge),
        _clip(f"{name}-breach", _TOP, edge - _TOP),
    )
    for part in ("calm", "breach"):
        yield element("polygon", points=path, class_=part, clip_path=f"url(#{name}-{part})")


def _ghost(facts: SessionFacts, scale: _Scale, index: int) -> Iterator[Markup]:
    """What best play from the same start would have come to, without noise, as far as the picture goes."""
    if facts.review is not None:
        states = facts.review.ghost[: facts.steps + 1]
        points = [(float(step), min(state[index], scale.top)) for step, state in enumerate(states)]
        yield element("polyline", points=_path(scale, points), class_="ghost")


def _clip(name: str, y: float, height: float) -> Markup:
    return element("clipPath", element("rect", x=0, y=y, width=_WIDE, height=height), id=name)


def _threshold(spec: MetricSpec, scale: _Scale) -> Iterator[Markup]:
    y = scale.y(spec.healthy_below)
    yield element("line", x1=_LEFT, x2=scale.right, y1=y, y2=y, class_="threshold")
    yield element("text", _tick(spec, spec.healthy_below), x=_LEFT - 4, y=y + 4, class_="scale limit")
    for value in (0.0, scale.top):
        if abs(scale.y(value) - y) >= 12:
            yield element("text", _tick(spec, value), x=_LEFT - 4, y=scale.y(value) + 4, class_="scale")


def _tick(spec: MetricSpec, value: float) -> str:
    if spec.unit == "up":
        return "up" if value else "down"
    return f"{spec.in_units(value):.0f} {spec.unit}"


def _axis(facts: SessionFacts, scale: _Scale) -> Iterator[Markup]:
    bottom = _TOP + _PLOT
    yield element("line", x1=_LEFT, x2=scale.right, y1=bottom, y2=bottom, class_="axis")
    yield element("line", x1=scale.x(0), x2=scale.x(0), y1=_TOP, y2=bottom, class_="page")
    label = bottom + 12
    yield element("text", "page", x=scale.x(0), y=label, class_="tick page")
    every = next(size for size in _TICKS if facts.steps <= 12 * size)
    for step in range(every, facts.steps + 1, every):
        if scale.x(step) < scale.right - _LAST_TICK:
            yield element("text", str(step), x=scale.x(step), y=label, class_="tick")
    if facts.steps:
        last = str(facts.steps) if facts.steps > 99 else f"step {facts.steps}"
        yield element("text", last, x=scale.right, y=label, class_="tick end")


_LAST_TICK: Final = 60
"""Room for the last tick's label."""
_TICKS: Final = tuple(size * 10**power for power in range(6) for size in (1, 2, 5))


def _marks(facts: SessionFacts, scale: _Scale) -> Iterator[Markup]:
    """A line and a letter for each action but waiting; below them the glyph of each move's verdict."""
    bottom = _TOP + _PLOT + _AXIS
    for step, action in enumerate(facts.actions, 1):
        x = scale.x(step)
        waited = action is ActionType.DO_NOTHING
        if not waited:
            yield element("line", x1=x, x2=x, y1=_TOP, y2=_TOP + _PLOT, class_="act")
        tip = element("title", f"Step {step}: {action.label}")
        yield element("text", tip, LETTERS[action], x=x, y=bottom + 11, class_="mark wait" if waited else "mark")
        if facts.review is not None:
            move = facts.review.move(step)
            tip = element("title", f"Step {step}: {move.verdict.label}")
            y = bottom + _ROW + 11
            yield element("text", tip, move.verdict.glyph, x=x, y=y, class_=f"mark {move.verdict.category}")


def _thinned(spec: MetricSpec, points: list[Point]) -> list[Point]:
    """At most so many points as the picture has columns; of those that fall together the worst is kept."""
    if len(points) <= _MOST_POINTS:
        return points
    worst = max if spec.higher_is_worse else min
    size = -(-len(points) // _MOST_POINTS)
    groups = [points[start : start + size] for start in range(1, len(points) - 1, size)]
    return [points[0], *(worst(group, key=lambda point: point[1]) for group in groups), points[-1]]


def _path(scale: _Scale, points: list[Point]) -> str:
    return " ".join(f"{scale.x(step):.1f},{scale.y(value):.1f}" for step, value in points)


def legend(facts: SessionFacts) -> Markup:
    """What the letters and glyphs below the charts mean."""
    used = [action for action in LETTERS if action in facts.actions]
    words = [joined(element("b", LETTERS[action]), f" {action.label}") for action in used]
    if facts.review is not None:
        words += [
            joined(element("b", verdict.glyph, class_=verdict.category), f" {_meaning(verdict)}")
            for verdict in filter(facts.review.count, Verdict)
        ]
    ghost = " The dotted line is best play from the same start, without noise." if facts.review is not None else ""
    return element("p", "Below each chart: ", *_commas(words), ".", ghost, class_="legend")


def _meaning(verdict: Verdict) -> str:
    return "not judged" if verdict is Verdict.NONE else verdict.value


def _commas(words: list[Markup]) -> Iterator[str]:
    for number, word in enumerate(words):
        yield ", " if number else ""
        yield word
