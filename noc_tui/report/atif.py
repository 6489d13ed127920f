"""A session as a trajectory in the Agent Trajectory Interchange Format (ATIF) of the Harbor framework.

Specification: RFC 0001 of https://github.com/harbor-framework/harbor (`rfcs/0001-trajectory-format.md`). What is
written is version 1.7, the first in which everything that is told here has its place; version 1.8 added audio alone.

Every step of the episode is an agent's step, whoever decided it: a call of the tool `act`, the answer of the server as
its observation. `llm_call_count` is 0 where no model was asked. Changes of control are system steps, marks and
diagnoses of a person are user steps.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from noc_tui.episode.records import HUMAN, ControlRecord
from noc_tui.episode.totals import totals_of
from noc_tui.episode.track import BLIND_TITLE, is_secret
from noc_tui.report.facts import total_cost
from noc_tui.report.wording import OUTCOMES
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRICS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from noc_tui.episode.records import Aside, StepRecord, SuggestionRecord, Usage
    from noc_tui.episode.track import Track
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine

SCHEMA_VERSION: Final = "ATIF-v1.7"
TOOL: Final = "act"
_NAME: Final = 400
_TEXT: Final = 20_000
_PAGE_LINES: Final = 40
"""The newest log lines before the page that its step shows."""
_TASK: Final = (
    "You operate one Linux server during one incident. In each step choose one of six actions. The incident is "
    "resolved when all six metrics are healthy on three steps in a row: CPU and memory under 65 %, latency under "
    "100 ms, packet loss under 5 %, errors under 10 %, the service up. The server crashes when CPU or memory reach "
    "98 % or errors 90 %. A step is 30 s."
)
_NOTES: Final = (
    "Written by noc-tui from a recorded session. All drivers of the episode appear as the agent; extra.driver says who "
    "decided. Costs are in the currency of the user's price table, which is taken for US dollars. What failed and "
    "cancelled calls cost stands at the system steps that tell of them, and is in the totals. total_steps counts the "
    "steps of this trajectory; final_metrics.extra.episode_steps those of the episode."
)
_TOOL: Final = {
    "type": "function",
    "function": {
        "name": TOOL,
        "description": "Do this on the server, and let 30 s pass.",
        "parameters": {
            "type": "object",
            "properties": {"action": {"type": "string", "enum": [str(action) for action in ACTIONS]}},
            "required": ["action"],
            "additionalProperties": False,
        },
    },
}


def atif_json(track: Track) -> str:
    """The trajectory as a JSON document in ASCII."""
    return json.dumps(atif_trajectory(track), indent=2) + "\n"


def atif_trajectory(track: Track) -> dict[str, Any]:
    """The trajectory. Of a blind episode that has not ended it holds nothing that its driver may not know.

    Raises `SessionDamagedError` where a line of a file cannot be read.
    """
    header, secret = track.header, is_secret(track)
    totals = totals_of(track)
    steps = [{"step_id": number, **step} for number, step in enumerate(_steps(track), 1)]
    main = totals.steps_by_driver[0][0] if totals.steps_by_driver else header.driver
    asked = any(track.record(step).decision.usage.was_paid_for for step in range(1, track.steps + 1))
    spent = [track.record(step).decision.usage for step in range(1, track.steps + 1)]
    spent += [control.usage for control in track.controls]
    spent += [suggestion.usage for suggestion in track.suggestions]
    unfinished = "" if track.end else " The session has no end: it was interrupted, or is being recorded."
    return {
        "schema_version": SCHEMA_VERSION,
        "session_id": header.session,
        "agent": {
            "name": _name(main),
            "version": clean(header.versions.program, _NAME),
            **({"model_name": _name(main)} if asked else {}),
            "tool_definitions": [_TOOL],
            "extra": {"drivers": {_name(driver): count for driver, count in totals.steps_by_driver}},
        },
        "steps": steps,
        "notes": _NOTES + unfinished,
        "final_metrics": _present(
            total_prompt_tokens=_sum(usage.tokens_in for usage in spent),
            total_completion_tokens=_sum(usage.tokens_out for usage in spent),
            total_cost_usd=total_cost(spent),
            total_steps=len(steps),
            extra={
                "outcome": totals.outcome,
                "episode_steps": totals.steps,
                "total_reward": totals.total_reward,
                "score": track.end.score if track.end else None,
                "elapsed_seconds": totals.elapsed,
            },
        ),
        "extra": {
            "incident": None if secret else clean(str(header.incident.get("id", "")), _NAME),
            "title": BLIND_TITLE if secret else clean(str(header.incident.get("title", "")), _NAME),
            "seed": header.seed,
            "max_steps": header.max_steps,
            "pace": header.pace,
            "blind": header.blind,
            "parent": None if header.parent is None else {"session": header.parent.session, "step": header.parent.step},
        },
    }


def _steps(track: Track) -> Iterable[dict[str, Any]]:
    """The steps of the trajectory in order, without their numbers."""
    header = track.header
    started = _time(header.started)
    yield {"timestamp": started, "source": "system", "message": _TASK}
    page = f"{_lines(header.lines[-_PAGE_LINES:])}\n{_metrics(header.initial)}"
    extra = {"step": 0, "metrics": header.initial._asdict()}
    yield {"timestamp": started, "source": "user", "message": page, "extra": extra}
    asides: dict[int, list[Aside]] = {}
    for aside in track.asides:
        asides.setdefault(aside.step, []).append(aside)
    yield from map(_aside, asides.get(0, ()))
    for step in range(1, track.steps + 1):
        yield _acted(track.record(step), secret=is_secret(track))
        yield from map(_aside, asides.get(step, ()))
    if track.end is not None:
        text = f"{OUTCOMES[track.end.outcome]} at step {track.end.steps}."
        yield {"timestamp": _time(track.end.at), "source": "system", "message": text, "extra": {"event": "end"}}


def _acted(record: StepRecord, *, secret: bool) -> dict[str, Any]:
    decision = record.decision
    usage, driver = decision.usage, _name(decision.driver)
    call = f"call-{record.step}"
    asked = usage.was_paid_for
    rationale = clean(decision.rationale or "", _TEXT, keep_newlines=True)
    result = f"{clean(record.explanation, _TEXT)}\n{_metrics(record.after)}\n{_lines(record.lines)}".rstrip()
    hidden = {} if secret else {"pressure": record.pressure}
    return {
        "timestamp": _time(record.at),
        "source": "agent",
        "message": rationale or decision.action.label,
        "tool_calls": [
            {"tool_call_id": call, "function_name": TOOL, "arguments": {"action": str(decision.action)}},
        ],
        "observation": {
            "results": [
                {
                    "source_call_id": call,
                    "content": result,
                    "extra": {
                        "metrics": record.after._asdict(),
                        "reward": record.reward,
                        "health": record.health,
                        "streak": record.streak,
                        "outcome": record.outcome,
                        **hidden,
                    },
                }
            ]
        },
        **({"model_name": driver, "metrics": _spent(usage)} if asked else {"llm_call_count": 0}),
        **({"is_copied_context": True} if record.inherited else {}),
        "extra": _present(
            step=record.step,
            driver=driver,
            answer_format=None if decision.answer_format is None else clean(decision.answer_format, _NAME),
            latency_ms=None if asked else usage.latency_ms,
        ),
    }


def _aside(aside: Aside) -> dict[str, Any]:
    extra: dict[str, Any] = {"event": aside.event, "step": aside.step}
    if isinstance(aside, ControlRecord):
        extra |= {"giver": _name(aside.giver), "taker": _name(aside.taker), "reason": aside.reason}
        text = f"Control passed from {extra['giver']} to {extra['taker']} ({aside.reason.replace('_', ' ')})."
        if aside.error:
            text += f" {clean(aside.error, _TEXT)}"
        if usage := _spent(aside.usage):
            extra["usage"] = usage
        source = "system"
    elif aside.event == "mark":
        text, source = f"Mark: {clean(aside.text, _NAME)}", "user"
    elif aside.event == "suggestion":
        extra |= {"driver": _name(aside.driver), "action": aside.action, "followed": aside.followed}
        extra |= _present(usage=_spent(aside.usage) or None)
        text, source = _suggested(aside), "agent"
    else:
        extra |= {"driver": _name(aside.driver), "incident": clean(aside.incident, _NAME)}
        text, source = f"Diagnosis: {extra['incident']}", "user" if aside.driver == HUMAN else "agent"
    copied = {"is_copied_context": True} if aside.inherited else {}
    return {"timestamp": _time(aside.at), "source": source, "message": text, **copied, "extra": extra}


def _suggested(suggestion: SuggestionRecord) -> str:
    if suggestion.action is None:
        why = f" {clean(suggestion.error, _TEXT)}" if suggestion.error else ""
        return f"No suggestion.{why}"
    said = clean(suggestion.rationale or "", _TEXT, keep_newlines=True)
    done = "followed" if suggestion.followed else "not followed"
    return f"Suggestion, {done}: {suggestion.action.label}. {said}".rstrip()


def _spent(usage: Usage) -> dict[str, Any]:
    latency = {} if usage.latency_ms is None else {"extra": {"latency_ms": usage.latency_ms}}
    return _present(prompt_tokens=usage.tokens_in, completion_tokens=usage.tokens_out, cost_usd=usage.cost) | latency


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _sum(values: Iterable[int | None]) -> int | None:
    """None where nothing is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _metrics(metrics: SystemMetrics) -> str:
    return ", ".join(f"{spec.label} {spec.text(value)}" for spec, value in zip(METRICS, metrics, strict=True))


def _lines(lines: Iterable[LogLine]) -> str:
    return "\n".join(f"[{line.level}] {clean(line.source, _NAME)}: {clean(line.text, _TEXT)}" for line in lines)


def _name(driver: str) -> str:
    return clean(driver, _NAME) or "unnamed"


def _time(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
