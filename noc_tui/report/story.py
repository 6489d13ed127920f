"""What a report says in sentences and tables, whatever the format it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.report.wording import (
    OUTCOMES,
    clock_text,
    counted,
    driver_name,
    duration,
    moment,
    points,
    step_list,
)
from noc_tui.review.seen import seen
from noc_tui.sim.actions import ActionType
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.episode.totals import Diagnosis
    from noc_tui.report.events import ReportEvent
    from noc_tui.report.facts import Impact, SessionFacts
    from noc_tui.report.findings import Finding
    from noc_tui.review.model import MoveReview, Review
    from noc_tui.sim.metrics import MetricSpec

Row = tuple[str, ...]
Pair = tuple[str, str]
"""A name and what is said under it."""

UNTOLD: Final = "This episode is blind and can still be gone on with: what is behind it is not told here."
_KINDS: Final = {
    "page": "Page",
    "firing": "Alert firing",
    "resolved": "Alert resolved",
    "action": "Action",
    "wait": "Waited",
    "control": "Control",
    "mark": "Mark",
    "diagnosis": "Diagnosis",
    "suggestion": "Suggestion",
    "gap": "Left out",
    "end": "End",
}


class Table(NamedTuple):
    """A table of plain text."""

    head: Row
    rows: tuple[Row, ...]
    numeric: frozenset[int] = frozenset()
    """Columns that are set to the right."""


def headline(facts: SessionFacts) -> tuple[str, str]:
    """How it ended, in one sentence: the words that count, and the rest of it."""
    steps, time = counted(facts.steps, "step"), duration(facts.seconds)
    match facts.outcome:
        case "resolved":
            return "Resolved", f" after {steps} ({time} from the page)."
        case "crashed":
            return "The server crashed", f" at step {facts.steps} ({time} after the page)."
        case "truncated":
            return "Not resolved", f" within {steps} ({time} from the page)."
        case "void":
            return "Void", f" after {steps}: the agent failed, and nobody played on."
        case None:
            return "Unfinished", f": {steps} so far ({time} from the page); the session has no end yet."


def state_at_page(facts: SessionFacts) -> str:
    """What was wrong at the page, and what went wrong later."""
    at_page = [i for i in facts.impacts if not i.spec.is_healthy(i.at_page)]
    later = [i for i in facts.impacts if i.was_hit and i not in at_page]
    named = ", ".join(f"{i.spec.inline} {i.spec.text(i.at_page)}" for i in at_page)
    text = f"At the page: {named}." if named else "At the page every metric was in its healthy range."
    if later:
        text += f" Later out of range: {', '.join(f'{i.spec.inline} {i.spec.text(i.peak)}' for i in later)}."
    return text


def key_figures(facts: SessionFacts) -> tuple[Pair, ...]:
    """Outcome, time to restore, who drove, and the marks of the review."""
    rows: list[Pair] = [("Outcome", f"{OUTCOMES[facts.outcome]}{', played blind' if facts.blind else ''}")]
    if facts.totals.restored_after is not None:
        seconds = facts.totals.restored_clock or 0
        restored = f"{counted(facts.totals.restored_after, 'step')}, {duration(seconds)} on the incident clock"
        rows.append(("Time to restore (MTTR)", restored))
    else:
        rows.append(("Time to restore (MTTR)", "not restored"))
    rows.append(("Steps", f"{facts.steps:,} of at most {facts.max_steps:,}"))
    rows.append(("Time played", duration(facts.totals.elapsed)))
    drivers = ", ".join(f"{name} ({counted(steps, 'step')})" for name, steps in facts.drivers) or facts.driver
    rows.append(("Driven by", drivers))
    if facts.diagnosis is not None:
        rows.append(("Diagnosis", _judged(facts.diagnosis)))
    if facts.review is not None:
        rows += review_figures(facts.review)
    health = facts.totals.health
    rows.append(
        (
            "Health",
            f"{_percent(health[0])} at the page, lowest {_percent(min(health))}, {_percent(health[-1])} at the end",
        )
    )
    rows.append(("Return", f"{facts.totals.total_reward:.2f}".replace("-", "−")))
    return tuple(rows)


def _judged(diagnosis: Diagnosis) -> str:
    first = diagnosis.first_right
    when = f"first named after step {first.step}, {duration(first.elapsed)}" if first else "never the right one"
    return f"{clean(diagnosis.last.incident)}, {'right' if diagnosis.right else 'wrong'}; {when}"


def _percent(health: float) -> str:
    return f"{health * 100:.0f} %"


def review_figures(review: Review) -> tuple[Pair, ...]:
    """Grade, accuracy, where the steps went, and what else the review says of the whole."""
    rows: list[Pair] = []
    if review.grade is not None:
        rows.append(("Grade", review.grade))
    if review.accuracy is not None:
        rows.append(("Accuracy", f"{review.accuracy:.0f} %"))
    rows.append(("Where the steps went", review.ledger.text))
    if review.first_useful is not None:
        rows.append(("First useful action", f"step {review.first_useful}"))
    rows.append(("Harmful actions", str(review.harmful)))
    if review.unwinnable_start:
        rows.append(("Start", "could not be won: a metric that no action moves was out of range"))
    if review.lost_from is not None and not review.unwinnable_start:
        rows.append(("Lost", f"after step {review.lost_from}; nothing is judged from there on"))
    return tuple(rows)


def impact_table(facts: SessionFacts) -> Table:
    """A row for each metric: peak, and how long it was out of its healthy range."""
    return Table(
        ("Metric", "Healthy", "At the page", "Peak", "At step", "Steps out", "Time out", "At the end"),
        tuple(_impact_row(impact) for impact in facts.impacts),
        frozenset({2, 3, 4, 5, 6, 7}),
    )


def _impact_row(impact: Impact) -> Row:
    spec = impact.spec
    return (
        spec.label,
        healthy_text(spec),
        spec.text(impact.at_page),
        spec.text(impact.peak),
        str(impact.peak_step),
        str(impact.over),
        duration(impact.over_seconds) if impact.over else "—",
        spec.text(impact.last),
    )


def healthy_text(spec: MetricSpec) -> str:
    """The healthy range of a metric: `under 65 %`, `up`."""
    return "up" if spec.unit == "up" else f"under {spec.in_units(spec.healthy_below):.0f} {spec.unit}"


def before_page(facts: SessionFacts) -> str:
    """Since when which metric had been out of range when the page went out; empty where none was."""
    hit = [impact for impact in facts.impacts if impact.over_before_page]
    if not hit:
        return ""
    first = max(hit, key=lambda impact: impact.over_before_page)
    at_least = "at least " if first.over_before_page == len(facts.samples) else ""
    since = duration(first.over_before_page * SAMPLE_SECONDS)
    return f"Out of range the longest before the page: {first.spec.label}, for {at_least}{since}."


def timeline_table(facts: SessionFacts) -> Table:
    """A row for each event."""
    return Table(
        ("Clock", "Step", "What", "Who", "Details"),
        tuple(_event_row(event) for event in facts.events),
        frozenset({0, 1}),
    )


def _event_row(event: ReportEvent) -> Row:
    step = str(event.step) if event.step == event.last_step else f"{event.step}–{event.last_step}"
    return (clock_text(event.clock), step, _KINDS[event.kind], event.source, event.text)


def finding_text(finding: Finding) -> str:
    """`Throttle CPU, steps 1–2 (best): health +18.3 points.`"""
    word = "step" if len(finding.steps) == 1 else "steps"
    lost = f", {finding.lost:.1f} steps lost" if finding.lost else ""
    why = f" {finding.why}" if finding.why else ""
    action = finding.action.label
    return (
        f"{action}, {word} {step_list(finding.steps)} ({finding.verdict}): "
        f"health {points(finding.health)} points{lost}.{why}"
    )


def nothing_worked(facts: SessionFacts) -> str:
    """What stands where no action is listed under what worked."""
    acted = any(action is not ActionType.DO_NOTHING for action in facts.actions)
    return "No action improved the server's health." if acted else "Nothing was done."


def models_table(facts: SessionFacts) -> Table:
    """A row for each agent that cost anything."""
    return Table(
        ("Agent", "Steps", "Calls", "Failed", "Tokens in", "Tokens out", "Cost", "Time waited"),
        tuple(
            (
                use.driver,
                str(use.steps),
                str(use.calls),
                str(use.failed),
                f"{use.tokens_in:,}",
                f"{use.tokens_out:,}",
                "unknown" if use.cost is None else f"{use.cost:.4f}",
                f"{use.latency_ms / 1000:.1f} s",
            )
            for use in facts.models
        ),
        frozenset({1, 2, 3, 4, 5, 6, 7}),
    )


def review_table(review: Review) -> Table:
    """A row for each move: what was seen, what was done, what was best, what it cost, the verdict, why."""
    return Table(
        ("Step", "Seen", "Done", "By", "Best", "Steps lost", "Verdict", "Why"),
        tuple(_move_row(move) for move in review.moves),
        frozenset({0, 5}),
    )


def _move_row(move: MoveReview) -> Row:
    verdict = "not judged" if move.lost_position else f"{move.verdict.glyph} {move.verdict.label}"
    return (
        str(move.step),
        seen(move.before),
        move.action.label,
        driver_name(move.driver),
        "—" if move.lost_position else move.best.label,
        "—" if move.lost_position else f"{move.lost:.1f}",
        f"{verdict}, throws the incident away" if move.throws_away else verdict,
        move.why,
    )


def about(facts: SessionFacts) -> tuple[Pair, ...]:
    """Where the report comes from, and how to see it again."""
    rows: list[Pair] = [("Session", facts.session), ("Started", moment(facts.started))]
    if facts.incident is not None:
        difficulty = f", {facts.difficulty}" if facts.difficulty else ""
        rows.append(("Incident", f"{facts.incident}{difficulty}"))
    rows += [("Seed", str(facts.seed)), ("Pace", facts.pace)]
    if facts.parent:
        rows.append(("Forked from", facts.parent))
    rows += [("Recorded by", f"noc-tui {facts.program}"), ("Replay", f"noc-tui replay {facts.session}")]
    return tuple(rows)
