"""Pictures of an evaluation as SVG.

No style and no colour stands in them: classes do, which the page's style sheet and its colour scheme give a meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.bench.summary import WITHIN
from noc_tui.report.markup import Markup, element
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from noc_tui.bench.statistics import Estimate
    from noc_tui.bench.summary import Summary

_WIDTH: Final = 860
_ROW: Final = 24
_NAMES: Final = 300
"""Room for names, which are cut to `_NAME` characters."""
_NAME: Final = 38
_TOP, _RIGHT, _AXIS = 8, 24, 22
_COLOURS: Final = 6
_LABEL_GAP: Final = 15
"""Between two labels of lines that end near each other."""
_PLOT: Final = 260


def rate_chart(summary: Summary) -> Markup:
    """The resolved rate of each agent: a dot, and the interval as a line."""
    rows = [(clean(agent.agent, _NAME), agent.overall.resolved_rate) for agent in summary.agents]
    ticks = [(tick / 4, f"{tick * 25} %") for tick in range(5)]
    about = ", ".join(f"{name} {rate.value * 100:.0f} %" for name, rate in rows if rate)
    return _dots(rows, ticks, "Resolved rate of each agent", about)


def difference_chart(summary: Summary) -> Markup:
    """The difference in the resolved rate of any two agents; one whose interval holds 0 is dim."""
    rows = [
        (clean(f"{clean(difference.one, 18)} − {clean(difference.other, 18)}", _NAME), difference.estimate)
        for difference in summary.differences
        if difference.measure == "resolved" and difference.incident is None
    ]
    ticks = [(tick / 2, f"{tick * 50:+d}".replace("-", "−") if tick else "0") for tick in range(-2, 3)]
    about = ", ".join(f"{name}: {estimate.value * 100:+.0f}" for name, estimate in rows)
    return _dots(rows, ticks, "Difference in the resolved rate, in points of a hundred", about, zero=0.0)


def _dots(
    rows: Sequence[tuple[str, Estimate | None]],
    ticks: Sequence[tuple[float, str]],
    title: str,
    about: str,
    *,
    zero: float | None = None,
) -> Markup:
    left, right = _NAMES, _WIDTH - _RIGHT
    first, last = ticks[0][0], ticks[-1][0]
    bottom = _TOP + _ROW * len(rows)

    def x(value: float) -> float:
        return left + (right - left) * (value - first) / (last - first)

    def parts() -> Iterator[Markup]:
        for value, label in ticks:
            yield element(
                "line", x1=x(value), x2=x(value), y1=_TOP, y2=bottom, class_="zero" if value == zero else "grid"
            )
            yield element("text", label, x=x(value), y=bottom + 14)
        for number, (name, estimate) in enumerate(rows):
            y = _TOP + _ROW * (number + 0.5)
            yield element("text", name, x=left - 10, y=y + 4, class_="name")
            if estimate is None:
                continue
            low, high = estimate.low, estimate.high
            unsure = zero is not None and (low is None or high is None or low <= zero <= high)
            if low is not None and high is not None:
                yield element(
                    "line", x1=x(low), x2=x(high), y1=y, y2=y, class_="interval unsure" if unsure else "interval"
                )
            yield element("circle", cx=x(estimate.value), cy=y, r=4.5, class_="dot unsure" if unsure else "dot")

    return _picture(title, about, bottom + _AXIS, parts())


def by_step_chart(summary: Summary) -> Markup:
    """Which share of the episodes was resolved after how many steps: the earlier a line rises, the better."""
    left, right, bottom = 44, _WIDTH - 230, _TOP + _PLOT
    last = max(summary.max_steps, 1)

    def x(step: float) -> float:
        return left + (right - left) * step / last

    def y(share: float) -> float:
        return _TOP + _PLOT * (1 - share)

    drawn = [agent for agent in summary.agents if agent.resolved_by_step]
    labels = _apart([y(agent.resolved_by_step[-1]) for agent in drawn], bottom)

    def parts() -> Iterator[Markup]:
        for tick in range(5):
            height = y(tick / 4)
            yield element("line", x1=left, x2=right, y1=height, y2=height, class_="grid")
            yield element("text", f"{tick * 25} %", x=left - 6, y=height + 4, class_="scale")
        for step in sorted({*range(0, last + 1, 5 if last <= 30 else 10), WITHIN}):
            if step <= last:
                yield element("text", str(step), x=x(step), y=bottom + 14)
        yield element("line", x1=x(WITHIN), x2=x(WITHIN), y1=_TOP, y2=bottom, class_="threshold")
        for number, (agent, label) in enumerate(zip(drawn, labels, strict=True)):
            shares = (*agent.resolved_by_step, *[agent.resolved_by_step[-1]] * (last + 1 - len(agent.resolved_by_step)))
            points = " ".join(f"{x(step):.1f},{y(share):.1f}" for step, share in enumerate(shares))
            look = f"line c{number % _COLOURS} d{number // _COLOURS % 3}"
            yield element("polyline", element("title", agent.agent), points=points, class_=look)
            yield element("line", x1=right + 6, x2=right + 26, y1=label - 4, y2=label - 4, class_=look)
            yield element("text", clean(agent.agent, 24), x=right + 32, y=label, class_="series")

    about = ", ".join(
        f"{clean(agent.agent, _NAME)} {agent.resolved_by_step[-1] * 100:.0f} % after {len(agent.resolved_by_step) - 1}"
        for agent in drawn
    )
    return _picture("Share of episodes resolved, by step", about, max([bottom + _AXIS, *labels]) + 4, parts())


def _apart(heights: Sequence[float], bottom: float) -> list[float]:
    """Where the labels go, so that none covers another: as near as possible to where their lines end."""
    places = [0.0] * len(heights)
    lowest = float("-inf")
    for number in sorted(range(len(heights)), key=heights.__getitem__):
        lowest = max(heights[number] + 4, lowest + _LABEL_GAP)
        places[number] = lowest
    over = max(lowest - max(bottom, _TOP + _LABEL_GAP * len(heights)), 0.0)
    return [place - over for place in places]


def _picture(title: str, about: str, height: float, parts: Iterator[Markup]) -> Markup:
    return element(
        "svg",
        element("title", title),
        element("desc", about),
        *parts,
        viewBox=f"0 0 {_WIDTH} {height:.0f}",
        role="img",
        aria_label=title,
    )
