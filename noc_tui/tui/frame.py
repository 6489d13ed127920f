"""What the widgets of the dashboard show, computed from a track and a position in it. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.episode.track import BLIND_TITLE, is_secret
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRICS
from noc_tui.tui.widgets.action_pad import PadItem
from noc_tui.tui.widgets.course import CourseView
from noc_tui.tui.widgets.health_bar import HealthView
from noc_tui.tui.widgets.log_lines import GLYPHS, LogEntry, LogLevel
from noc_tui.tui.widgets.metric_strip import StripView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from noc_tui.episode.records import Aside, StepRecord, SuggestionRecord
    from noc_tui.episode.track import Track
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine

STEP_SECONDS: Final = 30
"""The incident clock: seconds of a step, in every pace."""

_STRIP_STEPS: Final = 400
"""More steps than any terminal has columns."""

LOG_STEPS: Final = 1_000
"""A jump in a recording shows the log of this many steps up to the one jumped to."""

_DRIVER_NAMES: Final = {"human": "you", "clock": "clock"}


def clock_text(seconds: int) -> str:
    """The incident clock as `mm:ss`, or `h:mm:ss`; before the page with a minus sign."""
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes:02}:{rest:02}"


def title_of(track: Track) -> str:
    """What an episode is called; while it is blind, no more than that. May be text from anywhere."""
    return BLIND_TITLE if is_secret(track) else str(track.header.incident.get("title", "?"))


def subtitle_of(track: Track) -> str:
    """Difficulty and seed; of a blind episode the seed alone."""
    seed = f"seed {track.header.seed}"
    return seed if is_secret(track) else f"{track.header.incident.get('difficulty', '')} · {seed}"


def strip_views(track: Track, step: int, ghost: Sequence[SystemMetrics] = ()) -> tuple[StripView, ...]:
    """For each metric its course up to `step`, the samples before the page included.

    `ghost` is the run that it is compared with: its metrics at the page and after each step.
    """
    first = max(1, step - _STRIP_STEPS + 1)
    states: list[SystemMetrics] = [track.header.initial] if first == 1 else []
    states += [track.record(number).after for number in range(first, step + 1)]
    samples = track.header.samples if first == 1 else ()
    return tuple(
        StripView(
            values=tuple(state[index] for state in states),
            before=tuple(sample[index] for sample in samples),
            ghost=tuple(state[index] for state in ghost[first - (first == 1) : step + 1]),
        )
        for index in range(len(METRICS))
    )


def health_view(track: Track, step: int, extras: tuple[tuple[str, str], ...] = ()) -> HealthView:
    """The health line after `step` steps."""
    if step == 0:
        return HealthView(health=track.header.initial.health_score, extras=extras)
    record = track.record(step)
    void = track.end is not None and track.end.outcome == "void" and step == track.steps
    return HealthView(
        health=record.health, streak=record.streak, outcome="void" if void else record.outcome, extras=extras
    )


def course_view(track: Track, step: int, keys: Mapping[str, str]) -> CourseView:
    """The health after each step up to `step`, and by which key it came."""
    first = max(1, step - _STRIP_STEPS + 1)
    before = track.header.initial.health_score if first == 1 else track.record(first - 1).health
    records = [track.record(number) for number in range(first, step + 1)]
    return CourseView(
        health=(before, *(record.health for record in records)),
        done=tuple(keys[f"act.{record.decision.action}.letter"][:1] for record in records),
        left=max(track.header.max_steps - step, 0),
        over=track.end is not None,
    )


def first_pad_items(keys: Mapping[str, str]) -> tuple[PadItem, ...]:
    """The six actions and their keys, before there is anything to say of them."""
    return tuple(
        PadItem(keys=(keys[f"act.{action}"], keys[f"act.{action}.letter"]), label=action.label) for action in ACTIONS
    )


def pad_items(track: Track, step: int, keys: Mapping[str, str], *, enabled: bool) -> tuple[PadItem, ...]:
    """The six actions with their keys, how often each was used, and what is on its way."""
    uses = track.uses(step)
    record = track.record(step) if step else None
    due = {} if record is None else {action: steps for steps, action in reversed(record.pending)}
    items = []
    for index, action in enumerate(ACTIONS):
        notes = [f"{uses[index]}×"] if uses[index] else []
        if action in due and not is_secret(track):
            notes.append(f"due in {due[action]}")
        if action == "restart_service":
            if record is not None and record.outage_left:
                notes.append(f"down {record.outage_left} more")
            elif not notes:
                notes.append("down 1 step")
        items.append(
            PadItem(
                keys=(keys[f"act.{action}"], keys[f"act.{action}.letter"]),
                label=action.label,
                note=", ".join(notes),
                enabled=enabled,
                chosen=record is not None and record.decision.action == action,
            )
        )
    return tuple(items)


def log_entries(track: Track, step: int) -> list[LogEntry]:
    """The log up to `step`: the lines before the page, then each step's, with what happened between the steps."""
    first = max(1, step - LOG_STEPS + 1)
    entries: list[LogEntry] = []
    if first == 1:
        entries += [line_entry(line) for line in track.header.lines]
    else:
        entries.append(
            _entry((first - 1) * STEP_SECONDS, "debug", "noc-tui", f"the log of steps 1 to {first - 1} is further back")
        )
    between = _between(track)
    entries += [between_entry(event) for event in between.get(first - 1, ())]
    for number in range(first, step + 1):
        entries += step_entries(track.record(number))
        entries += [between_entry(event) for event in between.get(number, ())]
    return entries


def step_entries(record: StepRecord) -> list[LogEntry]:
    """The lines of one step: what was done, then what the server said."""
    driver = _DRIVER_NAMES.get(record.decision.driver, record.decision.driver)
    entries = [_entry((record.step - 1) * STEP_SECONDS, "action", driver, record.explanation)]
    entries += [line_entry(line) for line in record.lines]
    return entries


def line_entry(line: LogLine) -> LogEntry:
    """One line of telemetry."""
    return _entry(line.clock, line.level, line.source, line.text)


def between_entry(event: Aside) -> LogEntry:
    """A bookmark, a diagnosis, a suggestion, or a change of control."""
    clock = event.step * STEP_SECONDS
    if event.event == "mark":
        return _entry(clock, "action", "mark", event.text or "marked")
    if event.event == "diagnosis":
        return _entry(clock, "action", _DRIVER_NAMES.get(event.driver, event.driver), f"diagnosed: {event.incident}")
    if event.event == "suggestion":
        return _entry(clock, "debug" if event.action is None else "action", event.driver, suggested_text(event))
    giver, taker = (_DRIVER_NAMES.get(name, name) for name in (event.giver, event.taker))
    if event.reason == "agent_error":
        what_now = "Asked again" if event.giver == event.taker else "Control is yours"
        return _entry(clock, "critical", giver, f"{(event.error or 'it failed').rstrip('.')}. {what_now}.")
    texts = {
        "hand_over": f"handed control to {taker}",
        "take_over": f"took control from {giver}",
        "resume": "resumed here",
        "fork": "forked from the recording here",
        "start": "started",
    }
    source = taker if event.reason == "take_over" else giver if event.reason == "hand_over" else "noc-tui"
    return _entry(clock, "action", source, texts[event.reason])


def suggested_text(suggestion: SuggestionRecord) -> str:
    """What an agent suggested, and what came of it."""
    if suggestion.error is not None:
        return f"was asked, and failed: {suggestion.error}"
    if suggestion.action is None:
        return "was asked; its suggestion was not waited for"
    done = "followed" if suggestion.followed else "not followed"
    said = f": {suggestion.rationale}" if suggestion.rationale else ""
    return f"suggested {suggestion.action.label.lower()}, {done}{said}"


def _between(track: Track) -> dict[int, list[Aside]]:
    events: dict[int, list[Aside]] = {}
    for event in track.asides:
        events.setdefault(event.step, []).append(event)
    return events


def _entry(clock: int, level: LogLevel, source: str, text: str) -> LogEntry:
    return LogEntry(clock_text(clock), GLYPHS[level], level, source, text)
