"""Alerts in the style of a monitoring stack: which metric fires when, and when it is resolved."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from noc_tui import paths
from noc_tui.sim.catalog import read_toml
from noc_tui.sim.incident import Level  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.logs import HOST
from noc_tui.sim.metrics import METRIC, METRIC_NAMES, MetricName, SystemMetrics
from noc_tui.sim.validation import validated

if TYPE_CHECKING:
    from pathlib import Path

MAX_ALERT_RULES: Final = 16

Severity = Literal["warning", "critical"]


class AlertRule(BaseModel):
    """One alert: fires when its metric has been bad for long enough, is resolved when it is clearly better."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,47}$")]
    severity: Severity
    metric: MetricName
    threshold: Level
    """Bad while the metric is at least this (`service_healthy`: at most this)."""
    resolve: Level | None = None
    """Resolved once the metric is better than this; without it, than `threshold`."""
    for_steps: int = Field(default=1, ge=1, le=1000, alias="for")
    """Bad states in a row until it fires."""

    @model_validator(mode="after")
    def _resolves_on_the_better_side(self) -> Self:
        if self.resolve is not None and self._worse(self.resolve, self.threshold):
            side = "above" if METRIC[self.metric].higher_is_worse else "below"
            raise ValueError(
                f"resolve is {self.resolve}, {side} the threshold {self.threshold}: it would fire and resolve at once"
            )
        return self

    def _worse(self, value: float, limit: float) -> bool:
        return value > limit if METRIC[self.metric].higher_is_worse else value < limit


class _Limits(NamedTuple):
    """A rule in figures, turned round where higher is better: then lower always is."""

    metric: int
    """Its place in `SystemMetrics`."""
    sign: float
    bad_from: float
    cleared_below: float
    for_steps: int


class AlertRules(BaseModel):
    """The alert rules of the program, common to all incidents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alerts: Annotated[tuple[AlertRule, ...], Field(max_length=MAX_ALERT_RULES)] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [rule.name for rule in self.alerts]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"alerts: the name {name!r} stands twice")
        return self

    @cached_property
    def limits(self) -> tuple[_Limits, ...]:
        """The rules in figures, in their order."""
        return tuple(map(_limits, self.alerts))


def _limits(rule: AlertRule) -> _Limits:
    sign = 1.0 if METRIC[rule.metric].higher_is_worse else -1.0
    resolve = rule.threshold if rule.resolve is None else rule.resolve
    return _Limits(METRIC_NAMES.index(rule.metric), sign, sign * rule.threshold, sign * resolve, rule.for_steps)


def load_alert_rules(path: Path) -> AlertRules:
    """Read and validate a file of alert rules. Raises `IncidentError` with one sentence that names file and key."""
    return validated(AlertRules, read_toml(path), str(path))


@lru_cache(maxsize=1)
def default_alert_rules() -> AlertRules:
    """The program's own alert rules."""
    return load_alert_rules(paths.bundled_incidents_dir() / "_alerts.toml")


class AlertChange(NamedTuple):
    """An alert began to fire, or was resolved."""

    rule: AlertRule
    firing: bool
    firing_now: int
    """How many alerts are firing after this change."""

    @property
    def text(self) -> str:
        """`[FIRING:2] HighLatency (host=web-01 severity=warning)` or `[RESOLVED] HighLatency (host=web-01)`."""
        if self.firing:
            return f"[FIRING:{self.firing_now}] {self.rule.name} (host={HOST} severity={self.rule.severity})"
        return f"[RESOLVED] {self.rule.name} (host={HOST})"


class AlertBoard:
    """Which alerts are firing, kept up to date by one `update` for each state of the server, in order."""

    def __init__(self, rules: AlertRules) -> None:
        self._rules = rules.alerts
        self._limits = rules.limits
        self._bad_for = [0] * len(self._rules)
        self._firing = [False] * len(self._rules)

    @property
    def firing(self) -> tuple[AlertRule, ...]:
        """The alerts firing now, critical ones first."""
        rules = [rule for rule, on in zip(self._rules, self._firing, strict=True) if on]
        return tuple(sorted(rules, key=lambda rule: rule.severity != "critical"))

    def update(self, metrics: SystemMetrics) -> list[AlertChange]:
        """Take in a new state and return what changed: what was resolved first, then what began to fire."""
        resolved: list[AlertRule] = []
        fired: list[AlertRule] = []
        for index, (metric, sign, bad_from, cleared_below, for_steps) in enumerate(self._limits):
            value = sign * metrics[metric]
            if self._firing[index]:
                if value < cleared_below:
                    self._firing[index] = False
                    self._bad_for[index] = 0
                    resolved.append(self._rules[index])
            elif value < bad_from:
                self._bad_for[index] = 0
            else:
                self._bad_for[index] += 1
                if self._bad_for[index] >= for_steps:
                    self._firing[index] = True
                    fired.append(self._rules[index])
        count = sum(self._firing) - len(fired)
        changes = [AlertChange(rule, firing=False, firing_now=count) for rule in resolved]
        changes += [AlertChange(rule, firing=True, firing_now=count + n) for n, rule in enumerate(fired, 1)]
        return changes
