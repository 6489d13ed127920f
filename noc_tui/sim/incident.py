"""The incident file: pydantic models of the format that `docs/incidents.md` describes."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.conditions import Condition, Flagged, parse_conditions
from noc_tui.sim.errors import rather, shown
from noc_tui.sim.rules import Rules, compile_rules

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
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
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
    threshold: Level = 0.0
    growth: Change = 0.0
    decay: Level = 0.0
    floor: Level = 0.0
    floor_lifted_by: Name | None = None
    growth_when_cured: Change | None = None


class Figures(_Model):
    """What an action adds to the metrics and to the pressure; a negative figure is a benefit."""

    cpu_usage: Change = 0.0
    memory_usage: Change = 0.0
    latency: Change = 0.0
    packet_loss: Change = 0.0
    error_rate: Change = 0.0
    pressure: Change = 0.0


class Later(Figures):
    """Figures that fall due some steps after the action."""

    after: Whole = Field(ge=1, le=1000)


class Otherwise(Figures):
    """What happens instead when the flag that the action `requires` is not set."""

    down_for: Steps = 0


class ActionEffect(Figures):
    """All that one action does in this incident."""

    later: Later | None = None
    reissue_restarts_timer: YesNo = False
    down_for: Steps = 0
    sets: Name | None = None
    requires: Name | None = None
    otherwise: Otherwise | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.otherwise is not None and self.requires is None:
            raise ValueError("has `otherwise` but no `requires`; add the flag that it needs")
        if self.reissue_restarts_timer and self.later is None:
            raise ValueError("has `reissue_restarts_timer` but no `later` whose timer it could restart")
        return self


LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class LogRule(_Model):
    """A line of the incident log, and when it is written."""

    source: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@/-]*$")]
    level: LogLevel = "info"
    text: Line
    when: dict[str, Any] = Field(default_factory=dict)
    every: Whole = Field(default=1, ge=1, le=1000)
    """At most once in this many steps."""
    once: YesNo = False
    chance: Annotated[Number, Field(gt=0, le=1)] = 1.0

    @field_validator("text")
    @classmethod
    def _can_be_filled_in(cls, text: str) -> str:
        for placeholder in _PLACEHOLDER.findall(text):
            if match := _INT_RANGE.fullmatch(placeholder):
                if int(match[1]) > int(match[2]):
                    raise ValueError(f"{{{placeholder}}} is an empty range; the lower end comes first")
            elif placeholder not in PLACEHOLDERS:
                allowed = ", ".join(f"{{{name}}}" for name in (*PLACEHOLDERS, "int:LOW-HIGH"))
                raise ValueError(f"{{{placeholder}}} cannot be filled in; expected one of {allowed}")
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
    title: Line
    difficulty: Literal["easy", "medium", "hard", "control"]
    tags: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")], ...] = ()
    summary: Text
    lesson: Text = ""
    references: tuple[Line, ...] = ()
    max_steps: Whole = Field(default=30, ge=1, le=MAX_STEPS_LIMIT)
    repeat_factor: Level = 1.0
    recovery: Level | None = None
    start_sd: Annotated[Number, Field(ge=0, le=0.5)] = 0.02
    initial: Initial
    drift: Drift = Drift()
    baseline: Baseline | None = None
    onset: Onset = Onset()
    pressure: Pressure | None = None
    actions: dict[ActionType, ActionEffect] = Field(default_factory=dict)
    logs: tuple[LogRule, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _flags_exist(self) -> Self:
        known = {effect.sets for effect in self.actions.values() if effect.sets}
        asked = {f"actions.{name}.requires": effect.requires for name, effect in self.actions.items()}
        if self.pressure:
            asked["pressure.floor_lifted_by"] = self.pressure.floor_lifted_by
            if self.pressure.growth_when_cured is not None:
                asked["pressure.growth_when_cured (the flag `cured`)"] = "cured"
        for number, rule in enumerate(self.logs, 1):
            for condition in rule.conditions:
                if isinstance(condition, Flagged):
                    asked[f"logs[{number}].when.flag"] = condition.flag
        for where, flag in asked.items():
            if flag and flag not in known:
                there_are = f"the flags are {', '.join(sorted(known))}" if known else "no action sets any flag"
                raise ValueError(f"{where}: no action `sets` the flag {flag!r}; {there_are}")
        return self

    @model_validator(mode="before")
    @classmethod
    def _plain_action_names(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(actions := data.get("actions"), dict):
            for name in actions:
                if name not in ACTIONS:
                    raise ValueError(f"actions: {shown(name)} is no action; {rather(str(name), ACTIONS)}")
        return data

    def definition(self) -> dict[str, Any]:
        """The incident as JSON-ready values, without what stands at its default: what a session header carries."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the definition, as `sha256:HEX`. Equal for files that differ in comments and layout alone."""
        canonical = json.dumps(self.definition(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def rules(self) -> Rules:
        """The incident compiled for stepping."""
        return compile_rules(self)
