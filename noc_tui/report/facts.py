"""The facts of a session that a report tells: frozen, computed once, drawn from its track.

Every text in them has been cleaned: it may be shown as it is, escaped as the format wants it. Of a blind episode that
can still be gone on with they hold nothing that its driver may not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.episode.totals import Diagnosis, Totals, diagnosis_of, totals_of
from noc_tui.episode.track import BLIND_TITLE, is_secret, metrics_at
from noc_tui.report.events import ReportEvent, events_of
from noc_tui.report.findings import Finding, findings_of
from noc_tui.report.wording import driver_name
from noc_tui.sim.metrics import METRICS, MetricSpec, SystemMetrics
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from noc_tui.episode.records import Header, Outcome, Usage
    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review
    from noc_tui.sim.actions import ActionType

_NAME: Final = 80
_PROSE: Final = 4_000
_MOST_REFERENCES: Final = 20


@dataclass(frozen=True, slots=True)
class Impact:
    """How far a metric was out of its healthy range, and for how long."""

    spec: MetricSpec
    at_page: float
    peak: float
    """The worst value from the page on."""
    peak_step: int
    """When it was first reached; 0 is the page."""
    last: float
    over: int
    """Steps that ended out of the healthy range."""
    over_before_page: int
    """Samples in a row out of range, up to the page."""

    @property
    def over_seconds(self) -> int:
        """The same on the incident clock."""
        return self.over * SAMPLE_SECONDS

    @property
    def was_hit(self) -> bool:
        """Whether it was out of range at any time from the page on."""
        return not self.spec.is_healthy(self.peak)


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What an agent's decisions cost, those included that came to nothing."""

    driver: str
    steps: int
    calls: int
    """Decisions and failed or cancelled calls for which anything was measured."""
    failed: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    """None: unknown, of at least one call."""
    latency_ms: float
    """Summed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What happened in a session."""

    session: str
    started: datetime
    program: str
    title: str
    incident: str | None
    """The incident's id; None where it is secret."""
    difficulty: str
    summary: str
    lesson: str
    references: tuple[str, ...]
    seed: int
    pace: str
    blind: bool
    secret: bool
    """Blind, and not over: what is going on is not told."""
    driver: str
    """Who was in control at the start."""
    drivers: tuple[tuple[str, int], ...]
    """Who took how many steps, the most first."""
    parent: str | None
    """The session and step that this one branched off, in words."""
    totals: Totals
    max_steps: int
    samples: tuple[SystemMetrics, ...]
    """The metrics before the page, oldest first."""
    states: tuple[SystemMetrics, ...]
    """The metrics at the page and after each step."""
    actions: tuple[ActionType, ...]
    """What was done in each step."""
    impacts: tuple[Impact, ...]
    """One for each metric, in the order of `METRICS`."""
    events: tuple[ReportEvent, ...]
    worked: tuple[Finding, ...]
    wasted: tuple[Finding, ...]
    models: tuple[ModelUse, ...]
    diagnosis: Diagnosis | None
    """What was named in a blind episode that has ended; None where nothing was."""
    review: Review | None

    @property
    def outcome(self) -> Outcome | None:
        return self.totals.outcome

    @property
    def steps(self) -> int:
        return self.totals.steps

    @property
    def seconds(self) -> int:
        """The length of the incident from the page on, on the incident clock."""
        return self.totals.steps * SAMPLE_SECONDS


def facts_of(track: Track, review: Review | None = None) -> SessionFacts:
    """The facts of a running or recorded session. `review` is left out where the incident is secret.

    Raises `SessionDamagedError` where a line of a file cannot be read.
    """
    header, totals = track.header, totals_of(track)
    secret = is_secret(track)
    review = None if secret else review
    states = tuple(metrics_at(track, step) for step in range(track.steps + 1))
    definition = {} if secret else header.incident
    worked, wasted = findings_of(track, review)
    return SessionFacts(
        session=header.session,
        started=header.started,
        program=clean(header.versions.program, _NAME),
        title=BLIND_TITLE if secret else _text(definition, "title", _NAME) or "Untitled incident",
        incident=None if secret else _text(definition, "id", _NAME) or None,
        difficulty=_text(definition, "difficulty", _NAME),
        summary=_text(definition, "summary", _PROSE),
        lesson=_text(definition, "lesson", _PROSE),
        references=_references(definition.get("references")),
        seed=header.seed,
        pace=header.pace,
        blind=header.blind,
        secret=secret,
        driver=driver_name(header.driver),
        drivers=tuple((driver_name(name), steps) for name, steps in totals.steps_by_driver),
        parent=_parent(header),
        totals=totals,
        max_steps=header.max_steps,
        samples=header.samples,
        states=states,
        actions=tuple(track.record(step).decision.action for step in range(1, track.steps + 1)),
        impacts=tuple(_impact(index, header.samples, states) for index in range(len(METRICS))),
        events=events_of(track),
        worked=worked,
        wasted=wasted,
        models=_models(track),
        diagnosis=diagnosis_of(track),
        review=review,
    )


def _text(definition: dict[str, object], key: str, limit: int) -> str:
    value = definition.get(key)
    return clean(value, limit).strip() if isinstance(value, str) else ""


def _references(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    texts = [clean(item, 400).strip() for item in value[:_MOST_REFERENCES] if isinstance(item, str)]
    return tuple(text for text in texts if text)


def _parent(header: Header) -> str | None:
    if header.parent is None:
        return None
    return f"session {header.parent.session}, after step {header.parent.step}"


def _impact(index: int, samples: Sequence[SystemMetrics], states: Sequence[SystemMetrics]) -> Impact:
    spec = METRICS[index]
    values = [state[index] for state in states]
    peak = max(values) if spec.higher_is_worse else min(values)
    before = 0
    for sample in reversed(samples):
        if spec.is_healthy(sample[index]):
            break
        before += 1
    return Impact(
        spec=spec,
        at_page=values[0],
        peak=peak,
        peak_step=values.index(peak),
        last=values[-1],
        over=sum(not spec.is_healthy(value) for value in values[1:]),
        over_before_page=before,
    )


def _models(track: Track) -> tuple[ModelUse, ...]:
    """One for each agent whose calls cost anything but time, in the order in which they came in."""
    spent: dict[str, list[tuple[Usage, bool]]] = {}
    steps: dict[str, int] = {}
    for step in range(1, track.steps + 1):
        decision = track.record(step).decision
        steps[decision.driver] = steps.get(decision.driver, 0) + 1
        spent.setdefault(decision.driver, []).append((decision.usage, True))
    for control in track.controls:
        spent.setdefault(control.giver, []).append((control.usage, False))
    for suggestion in track.suggestions:
        spent.setdefault(suggestion.driver, []).append((suggestion.usage, suggestion.action is not None))
    return tuple(
        _model_use(driver, steps.get(driver, 0), usages)
        for driver, usages in spent.items()
        if any(usage.was_paid_for for usage, _ in usages)
    )


def _model_use(driver: str, steps: int, usages: list[tuple[Usage, bool]]) -> ModelUse:
    measured = [(usage, decided) for usage, decided in usages if usage.was_paid_for or usage.latency_ms is not None]
    return ModelUse(
        driver=driver_name(driver),
        steps=steps,
        calls=len(measured),
        failed=sum(not decided for _, decided in measured),
        tokens_in=sum(usage.tokens_in or 0 for usage, _ in measured),
        tokens_out=sum(usage.tokens_out or 0 for usage, _ in measured),
        cost=total_cost([usage for usage, _ in measured]),
        latency_ms=sum(usage.latency_ms or 0.0 for usage, _ in measured),
    )


def total_cost(usages: Iterable[Usage]) -> float | None:
    """What the calls cost together; None where that is unknown of one that used tokens, or where nothing was paid."""
    total = None
    for usage in usages:
        if usage.cost is not None:
            total = (total or 0.0) + usage.cost
        elif usage.was_paid_for:
            return None
    return total
