"""The summary of an evaluation as tables of text, whatever the format they are written in."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.bench.summary import WITHIN
from noc_tui.report.story import Table
from noc_tui.report.wording import duration
from noc_tui.text import ELLIPSIS, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from noc_tui.bench.statistics import Estimate
    from noc_tui.bench.summary import AgentSummary, Difference, Figures, Measure, Summary

NONE: Final = "—"
UNKNOWN: Final = "unknown"
_NAME: Final = 120

MEASURE_NAMES: Final[dict[Measure, str]] = {
    "resolved": "Resolved",
    "within": f"In {WITHIN} steps",
    "steps": "Steps",
    "accuracy": "Accuracy",
    "harmful": "Harmful",
}
_PERCENT: Final = frozenset({"resolved", "within"})


class Section(NamedTuple):
    """A table, what it is called, and what a reader needs to know to read it."""

    title: str
    about: str
    table: Table


def sections(summary: Summary) -> Iterator[Section]:
    """Every table of a report."""
    yield outcomes(summary)
    yield conduct(summary)
    yield spending(summary)
    if summary.differences:
        yield differences(summary)
    yield per_incident(summary)


def outcomes(summary: Summary) -> Section:
    """Who resolved how much."""
    known = [{k for k, _ in agent.overall.pass_hat} for agent in summary.agents if agent.overall.counted]
    k = max(set.intersection(*known), default=1) if known else 1  # what all agents have the episodes for
    return _by_agent(
        summary,
        "Outcome",
        f"Shares are of the episodes with a result, with 95 % Wilson intervals. pass^{k}: the chance that {k} seeds of "
        "an incident are all resolved. Void episodes, in which the agent failed, are in no share.",
        {
            "Resolved": lambda figures: rate(figures.resolved_rate),
            f"In {WITHIN} steps": lambda figures: rate(figures.within_rate),
            f"pass^{k}": lambda figures: _figure(dict(figures.pass_hat).get(k), "{:.2f}"),
            "Crashed": lambda figures: _of(figures.crashed, figures.counted),
            "Void": lambda figures: f"{figures.void:,}",
            "Episodes": lambda figures: f"{figures.episodes:,}",
        },
    )


def conduct(summary: Summary) -> Section:
    """How well it was played."""
    return _by_agent(
        summary,
        "Conduct",
        "Steps over par and MTTR are of resolved episodes. Par is what near-perfect play is expected to need from the "
        "same start. Harmful: interventions an episode that were worse than waiting.",
        {
            "Over par": lambda figures: _figure(figures.over_par_median, "{:+.1f}"),
            "IQM": lambda figures: _figure(figures.over_par_iqm, "{:+.1f}"),
            "MTTR": lambda figures: NONE if figures.mttr_seconds is None else duration(figures.mttr_seconds),
            "Accuracy": lambda figures: _figure(figures.accuracy, "{:.1f}"),
            "Harmful": lambda figures: _figure(figures.harmful, "{:.2f}"),
            "Errors": lambda figures: f"{figures.agent_errors:,}",
        },
    )


def spending(summary: Summary) -> Section:
    """What it took."""
    return _by_agent(
        summary,
        "Time and cost",
        "Latency is of a decision. Cost is in the currency of the price table, failed calls and void episodes "
        "included.",
        {
            "Latency": lambda figures: _milliseconds(figures.latency_median_ms),
            "95 %": lambda figures: _milliseconds(figures.latency_p95_ms),
            "Tokens in": lambda figures: _number(figures.tokens_in),
            "Out": lambda figures: _number(figures.tokens_out),
            "Cost": lambda figures: money(figures.cost),
            "Per resolved": lambda figures: (
                NONE if figures.cost is not None and not figures.resolved else money(figures.cost_per_resolved)
            ),
        },
    )


def differences(summary: Summary, shown: Sequence[Measure] = ("resolved", "within", "steps")) -> Section:
    """How any two agents differ over all incidents, on the episodes that both have a result in."""
    pairs: dict[tuple[str, str], dict[Measure, Difference]] = {}
    for difference in summary.differences:
        if difference.incident is None:
            pairs.setdefault((difference.one, difference.other), {})[difference.measure] = difference
    rows = tuple(
        (clean(one, _NAME), clean(other, _NAME), *(_change(by_measure.get(measure)) for measure in shown))
        for (one, other), by_measure in pairs.items()
    )
    return Section(
        "Differences",
        "Agent minus the other, on the episodes that both played, with 95 % bootstrap intervals that draw whole "
        "incidents. Resolved in points of a hundred; an episode that is not resolved counts all its steps.",
        Table(
            ("Agent", "Other", *(MEASURE_NAMES[measure] for measure in shown)),
            rows,
            frozenset(range(2, 2 + len(shown))),
        ),
    )


def per_incident(summary: Summary, agents: Sequence[AgentSummary] | None = None) -> Section:
    """The resolved rate of each agent in each incident."""
    agents = summary.agents if agents is None else agents
    rows = tuple((incident, *(_resolved(agent.of(incident)) for agent in agents)) for incident in summary.incidents)
    head = ("Incident", *(clean(agent.agent, _NAME) for agent in agents))
    return Section("Resolved, by incident", "", Table(head, rows, frozenset(range(1, len(head)))))


def _by_agent(summary: Summary, title: str, about: str, columns: dict[str, Callable[[Figures], str]]) -> Section:
    rows = tuple(
        (clean(agent.agent, _NAME), *(text(agent.overall) for text in columns.values())) for agent in summary.agents
    )
    return Section(title, about, Table(("Agent", *columns), rows, frozenset(range(1, len(columns) + 1))))


# --- figures as text


def rate(estimate: Estimate | None) -> str:
    """`71 % (67–75)`."""
    if estimate is None:
        return NONE
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value * 100:.0f} %"
    return f"{estimate.value * 100:.0f} % ({estimate.low * 100:.0f}–{estimate.high * 100:.0f})"


def money(cost: float | None) -> str:
    """`0.0123`, `12.30`, `unknown`."""
    if cost is None:
        return UNKNOWN
    return f"{cost:,.2f}" if cost >= 1 else f"{cost:.4f}" if cost else "0"


def _resolved(figures: Figures | None) -> str:
    return NONE if figures is None or figures.resolved_rate is None else f"{figures.resolved_rate.value * 100:.0f} %"


def _of(part: int, whole: int) -> str:
    return f"{part / whole * 100:.0f} %" if whole else NONE


def _figure(value: float | None, pattern: str) -> str:
    return NONE if value is None else pattern.format(value).replace("-", "−")


def _number(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"


def _milliseconds(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 1 else "< 1 ms"


def _change(difference: Difference | None) -> str:
    """`+12 (+5 to +19)`."""
    if difference is None:
        return NONE
    scale, pattern = (100, "{:+z.0f}") if difference.measure in _PERCENT else (1, "{:+z.1f}")
    estimate = difference.estimate
    value = _figure(estimate.value * scale, pattern)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({_figure(estimate.low * scale, pattern)} to {_figure(estimate.high * scale, pattern)})"


# --- in a terminal

_AT_ONCE: Final = 5
"""Agents beside each other in a table of incidents, at most."""
_GAP: Final = 2
_SHORTEST: Final = 9
"""What is left of a name at least."""


def terminal_report(summary: Summary, width: int = 80) -> Iterator[str]:
    """Lines of at most `width` (>= 80) columns."""
    shown = [outcomes(summary), conduct(summary), spending(summary)]
    if summary.differences:
        shown.append(differences(summary, ("resolved", "steps")))
    number = -(-len(summary.agents) // _AT_ONCE)
    together = -(-len(summary.agents) // number) if number else 1
    blocks = (summary.agents[first : first + together] for first in range(0, len(summary.agents), together))
    for section in (*shown, *(per_incident(summary, block) for block in blocks)):
        yield from (section.title, *_lines(section.table, width), "")
    for note in summary.notes:
        yield from textwrap.wrap(note, width)


def _lines(table: Table, width: int) -> Iterator[str]:
    """The rows with their columns under each other. Names give way where there is no room, the longest first."""
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    least = [
        max((len(row[column]) for row in table.rows), default=0) if column in table.numeric else _SHORTEST
        for column in range(len(widths))
    ]
    while sum(widths) + _GAP * (len(widths) - 1) > width:
        spare = [room - max(need, _SHORTEST) for room, need in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            break
        longest = max((column for column in range(len(widths)) if spare[column] > 0), key=widths.__getitem__)
        widths[longest] -= 1
    for cells in (table.head, *table.rows):
        parts = [
            _fitted(text, room).rjust(room) if column in table.numeric else _fitted(text, room).ljust(room)
            for column, (text, room) in enumerate(zip(cells, widths, strict=True))
        ]
        yield (" " * _GAP).join(parts).rstrip()


def _fitted(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + ELLIPSIS
