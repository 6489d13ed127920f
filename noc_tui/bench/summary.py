"""What an evaluation came to: figures of every agent, overall and per incident, and differences between agents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

from noc_tui.bench import statistics
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from noc_tui.bench.outcomes import Row
    from noc_tui.bench.statistics import Estimate

WITHIN: Final = 12
"""Steps within which an incident should be over: to resolve it at leisure is easy."""
PASS_K: Final = (1, 2, 4, 8, 16)
_NAME: Final = 60
"""Characters of an agent's name in a sentence."""

Measure = Literal["resolved", "within", "steps", "accuracy", "harmful"]
MEASURES: Final[tuple[Measure, ...]] = ("resolved", "within", "steps", "accuracy", "harmful")
PER_INCIDENT: Final[tuple[Measure, ...]] = ("resolved", "steps")
"""The differences that are also told for each incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one agent achieved in some episodes. None stands for what cannot be known from them."""

    episodes: int
    """All, void ones included."""
    void: int
    """Episodes without a result, because the agent failed: they are in none of the shares and means."""
    resolved: int
    crashed: int
    truncated: int
    unwinnable: int
    """Episodes that nobody could have resolved, as far as they were reviewed. They count all the same."""
    resolved_rate: Estimate | None
    within_rate: Estimate | None
    """Resolved within `WITHIN` steps, of all that count."""
    pass_hat: tuple[tuple[int, float], ...]
    """`k`, and the probability that k episodes of an incident are all resolved, as a mean over incidents."""
    over_par_median: float | None
    """Steps over par, of the resolved episodes that were reviewed."""
    over_par_iqm: float | None
    """The mean of their middle half."""
    mttr_steps: float | None
    """Mean steps to the resolution, of the resolved episodes."""
    reviewed: int
    accuracy: float | None
    """Mean over the reviewed episodes, 0 to 100."""
    harmful: float | None
    """Harmful interventions for each reviewed episode."""
    agent_errors: int
    latency_median_ms: float | None
    """Of a decision."""
    latency_p95_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    """Of all episodes, void ones included; None where a call's cost is unknown, 0 where no model was asked."""

    @property
    def counted(self) -> int:
        """Episodes with a result."""
        return self.episodes - self.void

    @property
    def mttr_seconds(self) -> float | None:
        """Mean time to restore on the incident clock."""
        return None if self.mttr_steps is None else self.mttr_steps * SAMPLE_SECONDS

    @property
    def cost_per_resolved(self) -> float | None:
        """What a resolved episode cost, failures included; None where that is unknown, or none was resolved."""
        return self.cost / self.resolved if self.cost is not None and self.resolved else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two agents differ in one measure, on the episodes that both have a result in: `one` minus `other`."""

    one: str
    other: str
    measure: Measure
    incident: str | None
    """None: over all incidents."""
    estimate: Estimate
    episodes: int
    incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSummary:
    """One agent: over all incidents, and in each."""

    agent: str
    overall: Figures
    incidents: tuple[tuple[str, Figures], ...]
    resolved_by_step: tuple[float, ...]
    """The share of the counted episodes that was resolved after 0, 1, 2, ... steps."""

    def of(self, incident: str) -> Figures | None:
        """Its figures in an incident; None for one that it has not played."""
        return dict(self.incidents).get(incident)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that a report tells."""

    agents: tuple[AgentSummary, ...]
    """Those that resolve most first."""
    incidents: tuple[str, ...]
    seeds: int
    """Different seeds."""
    episodes: int
    blind: bool | None
    """None: some are, some are not."""
    max_steps: int
    """The largest step limit."""
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    """What a reader should know about this data, in sentences."""


def summarize(rows: Sequence[Row], *, notes: Iterable[str] = ()) -> Summary:
    """The summary of finished episodes, of which each agent, incident and seed stands there once."""
    by_agent: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.key):
        by_agent[row.agent].append(row)
    agents = sorted((_agent(name, some) for name, some in by_agent.items()), key=_rank)
    blind = {row.blind for row in rows}
    return Summary(
        agents=tuple(agents),
        incidents=tuple(sorted({row.incident for row in rows})),
        seeds=len({row.seed for row in rows}),
        episodes=len(rows),
        blind=blind.pop() if len(blind) == 1 else None,
        max_steps=max((row.max_steps for row in rows), default=0),
        differences=tuple(_differences([agent.agent for agent in agents], by_agent)),
        notes=(*_unequal(by_agent), *map(_failed, (agent for agent in agents if agent.overall.void)), *notes),
    )


def _rank(agent: AgentSummary) -> tuple[float, float, str]:
    rate, within = agent.overall.resolved_rate, agent.overall.within_rate
    return -(rate.value if rate else 0.0), -(within.value if within else 0.0), agent.agent


def _agent(name: str, rows: list[Row]) -> AgentSummary:
    by_incident = _grouped(rows)
    counted = [row for row in rows if row.counts]
    most = max((row.max_steps for row in rows), default=0)
    by_step = (sum(row.resolved and row.steps <= step for row in counted) / len(counted) for step in range(most + 1))
    return AgentSummary(
        agent=name,
        overall=figures(rows),
        incidents=tuple((incident, figures(some)) for incident, some in by_incident.items()),
        resolved_by_step=tuple(by_step) if counted else (),
    )


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.incident].append(row)
    return grouped


def figures(rows: Sequence[Row]) -> Figures:
    """The figures of some episodes of one agent."""
    counted = [row for row in rows if row.counts]
    resolved = [row for row in counted if row.resolved]
    reviews = [row.reviewed for row in counted if row.reviewed]
    over_par = [row.steps - row.reviewed.par for row in resolved if row.reviewed]
    accuracies = [review.accuracy for review in reviews if review.accuracy is not None]
    latencies = [latency for row in rows for latency in row.latencies_ms]
    costs = [row.cost for row in rows]
    return Figures(
        episodes=len(rows),
        void=len(rows) - len(counted),
        resolved=len(resolved),
        crashed=sum(row.outcome == "crashed" for row in counted),
        truncated=sum(row.outcome == "truncated" for row in counted),
        unwinnable=sum(review.unwinnable for review in reviews),
        resolved_rate=statistics.share(len(resolved), len(counted)),
        within_rate=statistics.share(sum(row.steps <= WITHIN for row in resolved), len(counted)),
        pass_hat=_pass_hat(counted),
        over_par_median=statistics.median(over_par),
        over_par_iqm=statistics.interquartile_mean(over_par),
        mttr_steps=statistics.mean([row.steps for row in resolved]),
        reviewed=len(reviews),
        accuracy=statistics.mean(accuracies),
        harmful=statistics.mean([review.harmful for review in reviews]),
        agent_errors=sum(row.agent_errors for row in rows),
        latency_median_ms=statistics.median(latencies),
        latency_p95_ms=statistics.percentile(latencies, 95),
        tokens_in=_known_sum(row.tokens_in for row in rows),
        tokens_out=_known_sum(row.tokens_out for row in rows),
        cost=None if None in costs else sum(cost for cost in costs if cost is not None),
    )


def _pass_hat(rows: Sequence[Row]) -> tuple[tuple[int, float], ...]:
    """As far as every incident has so many episodes."""
    counts = [(sum(row.resolved for row in some), len(some)) for some in _grouped(rows).values()]
    estimates = []
    for k in PASS_K:
        values = [statistics.pass_hat(resolved, number, k) for resolved, number in counts]
        known = [value for value in values if value is not None]
        if known and len(known) == len(values):
            estimates.append((k, sum(known) / len(known)))
    return tuple(estimates)


def _known_sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


# --- differences


def _steps(row: Row) -> float:
    """Steps to the resolution; all that there were where it was not resolved."""
    return row.steps if row.resolved else row.max_steps


_VALUES: Final[dict[Measure, Callable[[Row], float | None]]] = {
    "resolved": lambda row: float(row.resolved),
    "within": lambda row: float(row.resolved and row.steps <= WITHIN),
    "steps": _steps,
    "accuracy": lambda row: row.reviewed.accuracy if row.reviewed else None,
    "harmful": lambda row: row.reviewed.harmful if row.reviewed else None,
}


def _differences(agents: Sequence[str], by_agent: dict[str, list[Row]]) -> Iterable[Difference]:
    counted = {agent: {row.key[1:]: row for row in by_agent[agent] if row.counts} for agent in agents}
    for one, other in combinations(agents, 2):
        common = [(row, counted[other][key]) for key, row in counted[one].items() if key in counted[other]]
        for measure in MEASURES:
            clusters = _clusters(common, measure)
            yield from _difference(one, other, measure, None, clusters)
            if measure in PER_INCIDENT:
                for incident, values in clusters.items():
                    yield from _difference(one, other, measure, incident, {incident: values})


def _clusters(common: Iterable[tuple[Row, Row]], measure: Measure) -> dict[str, list[float]]:
    """The differences of each incident."""
    value = _VALUES[measure]
    clusters: dict[str, list[float]] = defaultdict(list)
    for row, with_which in common:
        mine, theirs = value(row), value(with_which)
        if mine is not None and theirs is not None:
            clusters[row.incident].append(mine - theirs)
    return clusters


def _difference(
    one: str, other: str, measure: Measure, incident: str | None, clusters: dict[str, list[float]]
) -> Iterable[Difference]:
    estimate = statistics.mean_difference(clusters)
    if estimate is not None:
        yield Difference(
            one=one,
            other=other,
            measure=measure,
            incident=incident,
            estimate=estimate,
            episodes=sum(map(len, clusters.values())),
            incidents=len(clusters),
        )


def _failed(agent: AgentSummary) -> str:
    """What void episodes may hide: an agent that fails where it is hard looks better than it is."""
    figures = agent.overall
    worst = 100 * figures.resolved / figures.episodes
    return (
        f"{clean(agent.agent, _NAME)} failed in {figures.void:,} of {figures.episodes:,} episodes, "
        f"which are in no share. Had it lost them all, it would have resolved {worst:.0f} %."
    )


def _unequal(by_agent: dict[str, list[Row]]) -> Iterable[str]:
    """What is to be said when not all agents have played the same."""
    played = {agent: {row.key[1:] for row in rows} for agent, rows in by_agent.items()}
    every: set[tuple[str, int]] = set().union(*played.values())
    short = {agent: len(every) - len(some) for agent, some in played.items() if len(some) < len(every)}
    if short:
        told = ", ".join(f"{clean(agent, _NAME)} lacks {number:,}" for agent, number in sorted(short.items()))
        yield f"Not all agents have played all {len(every):,} episodes: {told}. Differences are of those in common."
    if 1 < len({incident for incident, _ in every}) < 6:
        yield "Of so few incidents the intervals of differences are rough: they say little about other incidents."
