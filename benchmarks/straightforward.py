"""The simulator as one writes it first: the yardstick that `simulator_step.py` measures against.

All rules of `docs/simulator.md`. Each step builds and validates pydantic models, draws its five normals in one call
and clips each metric with NumPy. Nothing is slow on purpose: figures are read once, effects are compiled to plain
lists, and neither reward terms nor an explanation are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import BaseModel, Field

from noc_tui.sim.actions import ActionType

if TYPE_CHECKING:
    from noc_tui.sim.incident import Figures, Incident

FIVE = ("cpu_usage", "memory_usage", "latency", "packet_loss", "error_rate")


class Metrics(BaseModel):
    """The six metrics, validated."""

    cpu_usage: float = Field(ge=0.0, le=1.0)
    memory_usage: float = Field(ge=0.0, le=1.0)
    latency: float = Field(ge=0.0, le=1.0)
    packet_loss: float = Field(ge=0.0, le=1.0)
    service_healthy: float = Field(ge=0.0, le=1.0)
    error_rate: float = Field(ge=0.0, le=1.0)

    @property
    def health_score(self) -> float:
        """Weighted health in [0, 1]."""
        return max(
            0.0,
            1.0
            - (
                self.cpu_usage * 0.25
                + self.memory_usage * 0.25
                + self.latency * 0.20
                + self.packet_loss * 0.15
                + (1.0 - self.service_healthy) * 0.10
                + self.error_rate * 0.05
            ),
        )

    @property
    def is_healthy(self) -> bool:
        """All six below their thresholds."""
        return (
            self.cpu_usage < 0.65
            and self.memory_usage < 0.65
            and self.latency < 0.20
            and self.packet_loss < 0.05
            and self.service_healthy >= 1.0
            and self.error_rate < 0.10
        )

    @property
    def is_critical(self) -> bool:
        """A crash threshold is reached."""
        return self.cpu_usage >= 0.98 or self.memory_usage >= 0.98 or self.error_rate >= 0.90


class Info(BaseModel):
    """What one step brought, validated."""

    step: int
    reward: float
    done: bool
    resolved: bool
    crashed: bool
    truncated: bool
    action_was_effective: bool


class _Delayed(NamedTuple):
    due_at: int
    action: ActionType
    figures: list[float]


def _figures(table: Figures | None) -> list[float]:
    return [float(getattr(table, name)) for name in (*FIVE, "pressure")] if table else [0.0] * 6


def _worn(figures: list[float], factor: float) -> list[float]:
    return [figure * factor if figure < 0 else figure for figure in figures]


class StraightforwardSimulator:
    """One episode after another of any incident."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def reset(self, incident: Incident) -> Metrics:
        """Start an episode."""
        self.incident = incident
        jitter = self.rng.normal(0, incident.start_sd, 5)
        values = {
            name: float(np.clip(getattr(incident.initial, name) + z, 0.0, 1.0))
            for name, z in zip(FIVE, jitter, strict=True)
        }
        self.metrics = Metrics(service_healthy=incident.initial.service_healthy, **values)
        self.drift = [getattr(incident.drift, name) for name in FIVE]
        self.baseline = [getattr(incident.baseline, name) if incident.baseline else 0.0 for name in FIVE]
        self.main = {action: _figures(incident.actions.get(action)) for action in ActionType}
        self.pressure = incident.pressure.initial if incident.pressure else 1.0
        self.uses = dict.fromkeys(ActionType, 0)
        self.flags: set[str] = set()
        self.pending: list[_Delayed] = []
        self.down_until = -1
        self.streak = 0
        self.t = 0
        return self.metrics

    def step(self, action: ActionType) -> tuple[Metrics, Info]:
        """Take one step."""
        before = self.metrics
        change, down = self._act(action)
        p = self._next_pressure(change[5])

        values = {}
        raw_errors = 0.0
        noise = self.rng.normal(0, 0.008, 5)
        for i, name in enumerate(FIVE):
            value = getattr(before, name)
            raw = value + p * self.drift[i]
            if self.incident.recovery is not None:
                raw = raw + (1 - p) * self.incident.recovery * (self.baseline[i] - value)
            raw = raw + change[i]
            raw_errors = raw
            values[name] = float(np.clip(raw + noise[i], 0.0, 1.0))
        service = 0.0 if down else 1.0 if raw_errors < 0.50 else max(0.0, before.service_healthy - 0.1)
        self.metrics = after = Metrics(service_healthy=service, **values)
        self.t += 1
        return after, self._judge(action, before, after)

    def _act(self, action: ActionType) -> tuple[list[float], bool]:
        t = self.t
        change = [0.0] * 6
        for delayed in self.pending:
            if delayed.due_at == t:
                change = [a + b for a, b in zip(change, delayed.figures, strict=True)]
        self.pending = [delayed for delayed in self.pending if delayed.due_at != t]

        effect = self.incident.actions.get(action)
        figures = self.main[action]
        factor = self.incident.repeat_factor ** self.uses[action]
        self.uses[action] += 1
        if effect is not None:
            met = effect.requires is None or effect.requires in self.flags
            down_for = effect.down_for
            if effect.reissue_restarts_timer:
                self.pending = [delayed for delayed in self.pending if delayed.action is not action]
            if not met:
                figures = _figures(effect.otherwise)
                down_for = effect.otherwise.down_for if effect.otherwise else 0
            elif effect.later is not None:
                later = _figures(effect.later)
                if not effect.reissue_restarts_timer:
                    later = _worn(later, factor)
                self.pending.append(_Delayed(t + effect.later.after, action, later))
            if down_for:
                self.down_until = max(self.down_until, t + down_for)
            if met and effect.sets is not None:
                self.flags.add(effect.sets)
        change = [a + b for a, b in zip(change, _worn(figures, factor), strict=True)]
        return change, action is ActionType.RESTART_SERVICE or t <= self.down_until

    def _next_pressure(self, change: float) -> float:
        rule = self.incident.pressure
        if rule is None:
            return self.pressure
        p = self.pressure
        if rule.growth_when_cured is not None and "cured" in self.flags:
            growth = rule.growth_when_cured
        elif rule.threshold > 0:
            growth = rule.growth if p > rule.threshold else -rule.decay
        else:
            growth = rule.growth if p > 0 else 0.0
        floor = 0.0 if rule.floor_lifted_by in self.flags else rule.floor
        self.pressure = min(1.0, max(floor, p + growth + change))
        return self.pressure

    def _judge(self, action: ActionType, before: Metrics, after: Metrics) -> Info:
        self.streak = self.streak + 1 if after.is_healthy else 0
        resolved = self.streak == 3
        crashed = after.is_critical
        truncated = self.t >= self.incident.max_steps and not resolved and not crashed
        rose = after.health_score - before.health_score
        reward = rose * 5.0 + after.health_score * 0.5 - 0.10
        if resolved:
            reward += 15.0
        if crashed:
            reward -= 10.0
        if rose <= 0.005 and action is not ActionType.DO_NOTHING and not resolved:
            reward -= 0.30
        return Info(
            step=self.t,
            reward=reward,
            done=resolved or crashed or truncated,
            resolved=resolved,
            crashed=crashed,
            truncated=truncated,
            action_was_effective=rose > 0.005,
        )
