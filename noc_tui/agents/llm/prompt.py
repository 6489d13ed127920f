"""What the model is told: a template of the program's or the user's, filled in with what a person would see."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Final

from noc_tui.agents.base import AgentError
from noc_tui.files import read_small
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import METRIC, METRICS, MetricSpec
from noc_tui.sim.remedies import REMEDIES
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from noc_tui.episode.observation import Observation
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine

MAX_TEMPLATE_BYTES: Final = 32 * 1024
RECENT_STATES: Final = 6
RECENT_LINES: Final = 24
RECENT_ACTIONS: Final = 10
_BEFORE_EVERY: Final = 4
"""Samples before the page are told one in so many: every 2 minutes."""
_STEADY: Final = 0.016
"""A metric that has moved less than this over the recent states is steady: twice the noise of a step."""
_LINE_LIMIT: Final = 300

PLACEHOLDERS: Final = frozenset(
    {
        "goal",
        "actions",
        "answer",
        "hints",
        "step",
        "max_steps",
        "streak",
        "incident",
        "metrics",
        "before",
        "alerts",
        "log",
        "history",
    }
)
_NEEDED: Final = ("metrics", "actions", "answer")

# What they do, not what they are good for: to find that out is the task.
_EFFECTS: Final = {
    ActionType.DO_NOTHING: "wait and watch",
    ActionType.RESTART_SERVICE: "restart the application; the service is down for this step",
    ActionType.THROTTLE_CPU: "lower the CPU quota of the application",
    ActionType.CLEAR_CACHE: "drop the caches of the application",
    ActionType.REROUTE_TRAFFIC: "send part of the traffic over another route",
    ActionType.SCALE_UP: "add capacity",
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template, ready to be filled in."""

    system: str
    user: str
    digest: str
    """`sha256:` and the hash of the file: two runs with the same one told their models the same."""

    def messages(
        self,
        observation: Observation,
        *,
        answer: str,
        hints: bool = False,
        chosen: Mapping[int, ActionType] | None = None,
        problem: str | None = None,
    ) -> list[dict[str, Any]]:
        """The messages that ask for the next action.

        `answer` says in which form. `chosen` holds what this model has decided before, by step from 1: what was done
        otherwise, or by somebody else, is told as such. `problem` is what was wrong with its last answer.
        """
        values = _values(observation, chosen or {}) | {"answer": answer, "hints": _hints() if hints else ""}
        user = _filled(self.user, values)
        if problem is not None:
            user += f"\n\nYour last answer could not be used: {problem}. {answer}"
        messages = [{"role": "system", "content": _filled(self.system, values)}, {"role": "user", "content": user}]
        return [message for message in messages if message["content"]]


def load_prompt(path: Path | None) -> Prompt:
    """The template of that file, or the program's own. Raises `AgentError` where it cannot be used."""
    if path is None:
        return _own_prompt()
    place = clean(str(path), 300)
    try:
        content = read_small(path, MAX_TEMPLATE_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that can be no path"
        raise AgentError(f"prompt {place}: cannot be read: {reason}") from None
    return _parsed(content, place)


@lru_cache(maxsize=1)
def _own_prompt() -> Prompt:
    return _parsed(files(__package__).joinpath("prompt.txt").read_bytes(), "prompt.txt")


def _parsed(content: bytes, place: str) -> Prompt:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise AgentError(f"prompt {place}: is no UTF-8 text (byte {error.start})") from None
    head, found, user = text.partition("[user]\n")
    if not found:
        raise AgentError(f"prompt {place}: has no line [user]")
    system = head.partition("[system]\n")[2]
    template = Template(system + user)
    if not template.is_valid():
        raise AgentError(f"prompt {place}: has a dollar sign that begins no placeholder; write $$ for the sign itself")
    names = template.get_identifiers()
    for name in names:
        if name not in PLACEHOLDERS:
            raise AgentError(
                f"prompt {place}: unknown placeholder ${clean(name, 40)}; there are ${', $'.join(sorted(PLACEHOLDERS))}"
            )
    for name in _NEEDED:
        if name not in names:
            raise AgentError(f"prompt {place}: has no ${name}, without which no model could answer")
    return Prompt(system.strip(), user.strip(), f"sha256:{hashlib.sha256(content).hexdigest()}")


_ALONE: Final = re.compile(r"^[ \t]*\$(?:(\w+)|\{(\w+)\})[ \t]*\n?", re.MULTILINE)


def _filled(template: str, values: Mapping[str, str]) -> str:
    kept = _ALONE.sub(lambda line: line[0] if values[line[1] or line[2]] else "", template)
    return re.sub(r"\n{3,}", "\n\n", Template(kept).substitute(values)).strip()


def _values(observation: Observation, chosen: Mapping[int, ActionType]) -> dict[str, str]:
    firing = _firing(observation.lines)
    return {
        "goal": _goal(),
        "actions": "\n".join(f"- {action}: {_EFFECTS[action]}" for action in ACTIONS),
        "step": str(observation.step + 1),
        "max_steps": str(observation.max_steps),
        "streak": f"Healthy steps in a row: {observation.streak} of 3.",
        "incident": f"The incident: {clean(observation.incident, 200)}" if observation.incident else "",
        "metrics": _metrics(observation),
        "before": _before(observation.samples),
        "alerts": f"Alerts firing: {', '.join(firing)}" if firing else "Alerts firing: none",
        "log": "\n".join(map(_line, observation.lines[-RECENT_LINES:])) or "(nothing)",
        "history": _history(observation, chosen) or "(nothing)",
    }


def _goal() -> str:
    limits = ", ".join(f"{spec.label} at {spec.text(spec.crash_at)}" for spec in METRICS if spec.crash_at is not None)
    return (
        "bring all six metrics into their healthy range and keep them there for three steps in a row, in as few steps "
        f"as possible. The server crashes, and all is lost, with {limits} or more."
    )


def _hints() -> str:
    rows = [f"- {_symptom(METRIC[metric])}: {remedy}" for metric, remedy in REMEDIES.items()]
    return "\n".join(["Usual remedies, by symptom:", *rows])


def _symptom(spec: MetricSpec) -> str:
    return f"{spec.label} {'too high' if spec.higher_is_worse else 'not up'}"


def _metrics(observation: Observation) -> str:
    states = [*observation.samples, *observation.history][-RECENT_STATES:]
    rows = [_metric(spec, states) for spec in METRICS]
    if observation.outage_left:
        rows.append(f"The service stays down for {observation.outage_left} more steps, whatever is done.")
    return "\n".join(rows)


def _metric(spec: MetricSpec, states: Sequence[SystemMetrics]) -> str:
    values: list[float] = [getattr(state, spec.name) for state in states]
    now = values[-1]
    state = "healthy" if spec.is_healthy(now) else "NOT healthy"
    if not spec.higher_is_worse:
        course = ", ".join(spec.text(value) for value in values)
        return f"- {spec.label}: {spec.text(now)}, {state} (healthy: up). {course}"
    crash = f", crash at {spec.text(spec.crash_at)}" if spec.crash_at is not None else ""
    limits = f"healthy below {spec.text(spec.healthy_below)}{crash}"
    moved = now - values[0]
    trend = "steady" if abs(moved) < _STEADY else "rising" if moved > 0 else "falling"
    return f"- {spec.label}: {spec.text(now)}, {state} ({limits}), {trend}. {_course(spec, values)}"


def _course(spec: MetricSpec, values: Sequence[float]) -> str:
    digits = 0 if spec.unit == "ms" else 1
    return " ".join(f"{spec.in_units(value):.{digits}f}" for value in values)


def _before(samples: Sequence[SystemMetrics]) -> str:
    if not samples:
        return "(nothing)"
    chosen = samples[::_BEFORE_EVERY]
    return "\n".join(
        f"- {spec.label} ({spec.unit}): {_course(spec, [getattr(state, spec.name) for state in chosen])}"
        for spec in METRICS
    )


def _line(line: LogLine) -> str:
    minutes, seconds = divmod(abs(line.clock), 60)
    sign = "-" if line.clock < 0 else "+"
    source, text = clean(line.source, 40), clean(line.text, _LINE_LIMIT)
    return f"{sign}{minutes:02}:{seconds:02} {line.level} {source}: {text}"


def _firing(lines: Sequence[LogLine]) -> list[str]:
    """The alerts that have fired and have not been resolved."""
    firing: dict[str, None] = {}
    for line in lines:
        if line.kind != "alert":
            continue
        name = clean(line.text.partition("] ")[2].partition(" ")[0], 60)
        if line.level == "resolved":
            firing.pop(name, None)
        else:
            firing[name] = None
    return list(firing)


def _history(observation: Observation, chosen: Mapping[int, ActionType]) -> str:
    rows = []
    done = list(zip(observation.actions, observation.explanations, strict=True))
    for step, (action, explanation) in list(enumerate(done, 1))[-RECENT_ACTIONS:]:
        wanted = chosen.get(step)
        who = "you" if wanted == action else "the operator"
        if wanted is not None and wanted != action:
            who += f", where you wanted {wanted}"
        rows.append(f"- step {step}, {action} ({who}). {clean(explanation, _LINE_LIMIT)}")
    return "\n".join(rows)
