"""The incident file: pydantic models of the format that `docs/incidents.md` describes."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from noc_tui.sim.actions import ActionType  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.conditions import Condition, flag_asked_for, parse_conditions
from noc_tui.sim.errors import SeveralProblemsError
from noc_tui.sim.rules import Rules, compile_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_STEPS_LIMIT: Final = 1_000_000
PAGE_SAMPLES: Final = 24
"""Samples of each metric that are shown before the page."""

PLACEHOLDERS: Final = ("cpu", "memory", "latency_ms", "packet_loss", "error_rate", "health", "step", "host")
"""What a log line may ask to have filled in, beside `{int:LOW-HIGH}`."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_INT_RANGE = re.compile(r"int:([0-9]{1,12})-([0-9]{1,12})")


def _printable(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character != "\n":
            raise ValueError(f"holds the control character U+{ord(character):04X}; plain text is expected")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("holds a line break; one line is expected")
    return text


Text = Annotated[str, Field(max_length=2000), AfterValidator(_printable)]
Line = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_printable), AfterValidator(_one_line)]
NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,47}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
# Strict: "0.5" in quotes and true are mistakes in a file, not numbers.
Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Steps = Annotated[Whole, Field(ge=0, le=1000)]
Before = Annotated[Whole, Field(ge=1, le=PAGE_SAMPLES)]
Level = Annotated[Number, Field(ge=0, le=1)]
Change = Annotated[Number, Field(ge=-1, le=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Initial(_Model):
    """Where the metrics stand at the page, before the jitter of `start_sd`."""

    cpu_usage: Level = 0.0
    memory_usage: Level = 0.0
    latency: Level = 0.0
    packet_loss: Level = 0.0
    error_rate: Level = 0.0
    service_healthy: Level = 1.0
    """1 is up, 0 is down."""


class Drift(_Model):
    """What pressure 1 adds to each metric in every step."""

    cpu_usage: Change = 0.0
    memory_usage: Change = 0.0
    latency: Change = 0.0
    packet_loss: Change = 0.0
    error_rate: Change = 0.0


class Baseline(_Model):
    """Where `recovery` pulls each metric as the pressure falls."""

    cpu_usage: Level = 0.0
    memory_usage: Level = 0.0
    latency: Level = 0.0
    packet_loss: Level = 0.0
    error_rate: Level = 0.0


class Onset(_Model):
    """How many samples before the page each metric began to leave its usual level."""

    cpu_usage: Before = 10
    memory_usage: Before = 10
    latency: Before = 10
    packet_loss: Before = 10
    error_rate: Before = 10


class Pressure(_Model):
    """The hidden root cause, in [0, 1]."""

    initial: Level = 1.0
    """At the page."""
    threshold: Level = 0.0
    """Above it the pressure grows by itself, below it it decays. 0: it never decays by itself."""
    growth: Change = 0.0
    """Added in every step, above the threshold."""
    decay: Level = 0.0
    """Taken away in every step, not above the threshold."""
    floor: Level = 0.0
    """The pressure cannot be brought below this, until `floor_lifted_by` is set."""
    floor_lifted_by: Name | None = None
    """The flag that lifts the floor."""
    growth_when_cured: Change | None = None
    """Added in every step from when the flag `cured` is set, in place of growth and decay."""


class Figures(_Model):
    """What an action adds to the metrics and to the pressure; a negative figure is a benefit."""

    cpu_usage: Change = 0.0
    memory_usage: Change = 0.0
    latency: Change = 0.0
    packet_loss: Change = 0.0
    error_rate: Change = 0.0
    pressure: Change = 0.0
    """What it adds to the hidden cause."""


class Later(Figures):
    """Figures that fall due some steps after the action."""

    after: Whole = Field(ge=1, le=1000)
    """In how many steps."""


class Otherwise(Figures):
    """What happens instead when the flag that the action `requires` is not set."""

    down_for: Steps = 0
    """For how many more steps the service is held down."""


class ActionEffect(Figures):
    """All that one action does in this incident."""

    later: Later | None = None
    """Figures that fall due some steps later."""
    reissue_restarts_timer: YesNo = False
    """Choosing the action again puts off its own `later`, which in return never wears out."""
    down_for: Steps = 0
    """For how many more steps the service is held down."""
    sets: Name | None = None
    """The flag that it sets, for good."""
    requires: Name | None = None
    """The flag without which `otherwise` happens instead."""
    otherwise: Otherwise | None = None
    """What happens instead when the required flag is not set."""


LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class LogRule(_Model):
    """A line of the incident log, and when it is written."""

    source: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@/-]*$")]
    """Who writes it: nginx, kernel, app."""
    level: LogLevel = "info"
    """How bad the source says it is."""
    text: Line
    """One line, in which {cpu}, {latency_ms}, {int:1000-9999} and the like are filled in."""
    when: dict[str, Any] = Field(default_factory=dict)
    """Conditions on the state after the step, all of which must hold."""
    every: Whole = Field(default=1, ge=1, le=1000)
    """At most once in this many steps."""
    once: YesNo = False
    """Once in an episode."""
    chance: Annotated[Number, Field(gt=0, le=1)] = 1.0
    """How likely it is in a step in which it could be written."""

    @field_validator("text")
    @classmethod
    def _can_be_filled_in(cls, text: str) -> str:
        problems = []
        for placeholder in _PLACEHOLDER.findall(text):
            if match := _INT_RANGE.fullmatch(placeholder):
                if int(match[1]) > int(match[2]):
                    problems.append(f"{{{placeholder}}} is an empty range; the lower end comes first")
            elif placeholder not in PLACEHOLDERS:
                allowed = ", ".join(f"{{{name}}}" for name in (*PLACEHOLDERS, "int:LOW-HIGH"))
                problems.append(f"{{{placeholder}}} cannot be filled in; expected one of {allowed}")
        if problems:
            raise SeveralProblemsError(problems)
        return text

    @field_validator("when")
    @classmethod
    def _can_be_asked(cls, when: dict[str, Any]) -> dict[str, Any]:
        parse_conditions(when)
        return when

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The parsed `when`."""
        return parse_conditions(self.when)


class Incident(_Model):
    """One incident, as its file defines it. What the figures do is the business of `noc_tui.sim.rules`."""

    id: Name
    """The name of the file, without .toml."""
    title: Line
    """What it is called, once it may be named."""
    difficulty: Literal["easy", "medium", "hard", "control"]
    """`control`: no fault, better left alone."""
    tags: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")], ...] = ()
    """Words to find it by."""
    summary: Text
    """What is going on."""
    lesson: Text = ""
    """What to remember."""
    references: tuple[Line, ...] = ()
    """Where it happened, where to read on."""
    max_steps: Whole = Field(default=30, ge=1, le=MAX_STEPS_LIMIT)
    """The episode is cut off here."""
    repeat_factor: Level = 1.0
    """What every further use of the same action still brings of its benefits."""
    recovery: Level | None = None
    """Which part of the way to the baseline a metric goes back in a step, when the pressure is gone."""
    start_sd: Annotated[Number, Field(ge=0, le=0.5)] = 0.02
    """How much the start differs from seed to seed."""
    initial: Initial
    """Where the metrics stand at the page."""
    drift: Drift = Drift()
    """What each metric changes by in a step, at full pressure."""
    baseline: Baseline | None = None
    """Where the metrics stand on a good day."""
    onset: Onset = Onset()
    """How many samples of 30 s before the page each metric began to move."""
    pressure: Pressure | None = None
    """The hidden cause. Without it, it is always 1."""
    actions: dict[ActionType, ActionEffect] = Field(default_factory=dict)
    """What each action does."""
    logs: tuple[LogRule, ...] = Field(default=(), max_length=200)
    """The lines of the incident log."""

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if problems := loose_ends(self._dump()):
            raise SeveralProblemsError(problems)
        return self

    def definition(self) -> dict[str, Any]:
        """The incident as JSON-ready values, without what stands at its default: what a session header carries.

        What lies inside the values is the same at each call.
        """
        return dict(self._definition)

    def _dump(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def _definition(self) -> dict[str, Any]:
        return self._dump()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the definition, as `sha256:HEX`. Equal for files that differ in comments and layout alone."""
        canonical = json.dumps(self.definition(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def rules(self) -> Rules:
        """The incident compiled for stepping."""
        return compile_rules(self)


def loose_ends(data: Mapping[str, Any]) -> list[str]:
    """What stands in a file without what it needs elsewhere in the file, a clause each.

    `data` are the plain values of a file, which may be wrong in any other way: what is not understood is passed over.
    """
    actions = {name: table for name, table in _table(data, "actions").items() if isinstance(table, dict)}
    problems = []
    for name, table in actions.items():
        if "otherwise" in table and "requires" not in table:
            problems.append(f"actions.{name}: has `otherwise` but no `requires`; add the flag that it needs")
        if table.get("reissue_restarts_timer") is True and "later" not in table:
            problems.append(f"actions.{name}: has `reissue_restarts_timer` but no `later` whose timer it could restart")
    return problems + _flags_never_set(data, actions)


def _flags_never_set(data: Mapping[str, Any], actions: Mapping[str, dict[str, Any]]) -> list[str]:
    known = [table["sets"] for table in actions.values() if "sets" in table]
    if not all(isinstance(flag, str) and re.fullmatch(NAME_PATTERN, flag) for flag in known):
        return []  # which of them are set is known only once that has been mended
    asked = {f"actions.{name}.requires": table.get("requires") for name, table in actions.items()}
    pressure = _table(data, "pressure")
    asked["pressure.floor_lifted_by"] = pressure.get("floor_lifted_by")
    if "growth_when_cured" in pressure:
        asked["pressure.growth_when_cured (the flag `cured`)"] = "cured"
    logs = data.get("logs")
    for number, rule in enumerate(logs if isinstance(logs, list) else (), 1):
        if isinstance(rule, dict):
            asked[f"logs[{number}].when.flag"] = flag_asked_for(_table(rule, "when").get("flag"))
    there_are = f"the flags are {', '.join(sorted(set(known)))}" if known else "no action sets any flag"
    return [
        f"{where}: no action `sets` the flag {flag!r}; {there_are}"
        for where, flag in asked.items()
        if isinstance(flag, str) and re.fullmatch(NAME_PATTERN, flag) and flag not in known
    ]


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
