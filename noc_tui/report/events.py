"""The timeline of a report: the page, alerts, actions, changes of control, marks, the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from noc_tui.report.wording import OUTCOMES, driver_name
from noc_tui.sim.actions import ActionType
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.episode.records import Aside, EndRecord, StepRecord, SuggestionRecord
    from noc_tui.episode.track import Track
    from noc_tui.sim.telemetry import LogLine

EventKind = Literal[
    "page", "firing", "resolved", "action", "wait", "control", "mark", "diagnosis", "suggestion", "gap", "end"
]

MOST_EVENTS: Final = 2_000
"""Of a session in which more happened the beginning and the end are told."""
_TEXT: Final = 600
_REASONS: Final = {
    "start": "Started",
    "hand_over": "Handed over to {taker}",
    "take_over": "{taker} took over from {giver}",
    "agent_error": "{giver} failed; control passed to {taker}",
    "resume": "Resumed after an interruption, {taker} in control",
    "fork": "Forked from another session, {taker} in control",
}


@dataclass(frozen=True, slots=True)
class ReportEvent:
    """One line of the timeline."""

    step: int
    """The step in which it happened; 0 is the page and what came before it."""
    clock: int
    """Seconds on the incident clock."""
    kind: EventKind
    source: str
    """Who acted, or where it came from."""
    text: str
    last_step: int
    """Of a run of equal steps the last; else `step`."""


def events_of(track: Track) -> tuple[ReportEvent, ...]:
    """Everything that happened, in order. Steps on which nothing was done but waiting are drawn together."""
    events = [_line(0, line) for line in track.header.lines if line.kind in {"alert", "page"}]
    asides: dict[int, list[Aside]] = {}
    for aside in track.asides:
        asides.setdefault(aside.step, []).append(aside)
    events += map(_aside, asides.get(0, ()))
    for step in range(1, track.steps + 1):
        _append_step(events, track.record(step))
        events += map(_aside, asides.get(step, ()))
    if track.end is not None:
        events.append(_end(track.end))
    return tuple(events) if len(events) <= MOST_EVENTS else _shortened(events)


def _append_step(events: list[ReportEvent], record: StepRecord) -> None:
    alerts = [_line(record.step, line) for line in record.lines if line.kind == "alert"]
    waited = record.decision.action is ActionType.DO_NOTHING
    source = driver_name(record.decision.driver)
    last = events[-1] if events else None
    if waited and last and (last.kind, last.source) == ("wait", source):
        events[-1] = replace(last, last_step=record.step, text=f"Waited for {record.step - last.step + 1} steps.")
    else:
        text = clean(record.explanation, _TEXT)
        clock = (record.step - 1) * SAMPLE_SECONDS
        events.append(ReportEvent(record.step, clock, "wait" if waited else "action", source, text, record.step))
    events += alerts


def _line(step: int, line: LogLine) -> ReportEvent:
    kind: EventKind = "page" if line.kind == "page" else "resolved" if line.level == "resolved" else "firing"
    return ReportEvent(step, line.clock, kind, clean(line.source, 80), clean(line.text, _TEXT), step)


def _aside(aside: Aside) -> ReportEvent:
    clock = aside.step * SAMPLE_SECONDS
    if aside.event == "mark":
        return ReportEvent(aside.step, clock, "mark", "operator", clean(aside.text, _TEXT) or "(no text)", aside.step)
    if aside.event == "diagnosis":
        text = f"Took it for {clean(aside.incident, _TEXT)}."
        return ReportEvent(aside.step, clock, "diagnosis", driver_name(aside.driver), text, aside.step)
    if aside.event == "suggestion":
        return ReportEvent(aside.step, clock, "suggestion", driver_name(aside.driver), _suggested(aside), aside.step)
    names = {"giver": driver_name(aside.giver), "taker": driver_name(aside.taker)}
    asked_again = aside.reason == "agent_error" and aside.giver == aside.taker
    text = f"{names['giver']} failed, and was asked again" if asked_again else _REASONS[aside.reason].format(**names)
    if aside.error:
        text += f": {clean(aside.error, _TEXT)}"
    return ReportEvent(aside.step, clock, "control", names["giver"], text, aside.step)


def _suggested(suggestion: SuggestionRecord) -> str:
    if suggestion.action is None:
        return f"Was asked and suggested nothing. {clean(suggestion.error or '', _TEXT)}".rstrip()
    return f"Suggested: {suggestion.action.label}; {'followed' if suggestion.followed else 'not followed'}."


def _end(end: EndRecord) -> ReportEvent:
    text = f"{OUTCOMES[end.outcome]} at step {end.steps}."
    return ReportEvent(end.steps, end.steps * SAMPLE_SECONDS, "end", "noc-tui", text, end.steps)


def _shortened(events: list[ReportEvent]) -> tuple[ReportEvent, ...]:
    half = MOST_EVENTS // 2
    first, last = events[:half], events[-half:]
    gap = f"{len(events) - 2 * half:,} more events between step {first[-1].step} and step {last[0].step}"
    note = ReportEvent(
        first[-1].last_step, first[-1].clock, "gap", "noc-tui", f"{gap} are left out here.", last[0].step
    )
    return (*first, note, *last)
