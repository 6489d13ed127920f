"""The rules of `docs/simulator.md`, sentence by sentence, for comparison.

Written from the page and the values of an incident file alone: slow, plain, and sharing no code with the simulator,
so that an agreement of the two to the last bit means something.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

FIVE = ("cpu_usage", "memory_usage", "latency", "packet_loss", "error_rate")
ALL_ACTIONS = ("do_nothing", "restart_service", "throttle_cpu", "clear_cache", "reroute_traffic", "scale_up")


@dataclass
class Delayed:
    due_at: int
    of_action: str
    figures: dict[str, float]


@dataclass
class ReferenceStep:
    """What one step brought."""

    metrics: dict[str, float]
    health: float
    reward: float
    pressure: float
    flags: set[str]
    streak: int
    effective: bool
    resolved: bool
    crashed: bool
    truncated: bool


def health_score(m: dict[str, float]) -> float:
    burden = m["cpu_usage"] * 0.25
    burden = burden + m["memory_usage"] * 0.25
    burden = burden + m["latency"] * 0.20
    burden = burden + m["packet_loss"] * 0.15
    burden = burden + (1 - m["service_healthy"]) * 0.10
    burden = burden + m["error_rate"] * 0.05
    return max(0.0, 1 - burden)


def clip(value: float) -> float:
    return float(np.clip(value, 0, 1))


class Reference:
    """One episode of the incident whose file holds `definition`."""

    def __init__(self, definition: dict[str, Any], seed: int) -> None:
        self.incident = definition
        self.rng = np.random.default_rng(seed)
        jitter = self.rng.normal(0, definition.get("start_sd", 0.02), 5)
        initial = definition["initial"]
        self.m = {name: clip(initial.get(name, 0.0) + float(z)) for name, z in zip(FIVE, jitter, strict=True)}
        self.m["service_healthy"] = initial.get("service_healthy", 1.0)
        self.p: float = definition["pressure"].get("initial", 1.0) if "pressure" in definition else 1.0
        self.t = 0
        self.pending: list[Delayed] = []
        self.chosen_before = dict.fromkeys(ALL_ACTIONS, 0)
        self.flags: set[str] = set()
        self.down_through = -1
        self.streak = 0

    def step(self, a: str) -> ReferenceStep:
        incident, m, t = self.incident, self.m, self.t
        action = incident.get("actions", {}).get(a, {})

        # 1. Due effects: every delayed effect due at t, oldest first.
        due = [delayed for delayed in self.pending if delayed.due_at == t]
        self.pending = [delayed for delayed in self.pending if delayed.due_at != t]

        # 2. Which effect.
        main = "requires" not in action or action["requires"] in self.flags
        effect = action if main else action.get("otherwise", {})

        # 3. Repeats: benefits are multiplied by f, harms are not.
        f = float(Fraction(incident.get("repeat_factor", 1.0)) ** self.chosen_before[a])
        self.chosen_before[a] += 1

        def worn(figures: dict[str, Any], factor: float) -> dict[str, float]:
            values = {name: figures.get(name, 0.0) for name in (*FIVE, "pressure")}
            return {name: value * factor if value < 0 else value for name, value in values.items()}

        # 4. Delayed effects.
        restarts_timer = action.get("reissue_restarts_timer", False)
        if restarts_timer:
            self.pending = [delayed for delayed in self.pending if delayed.of_action != a]
        if main and "later" in action:
            later = action["later"]
            self.pending.append(Delayed(t + later["after"], a, worn(later, 1.0 if restarts_timer else f)))

        # 5. Outage: a restart takes the service down for its own step; of overlapping outages the later end counts.
        if "down_for" in effect and effect["down_for"] > 0:
            self.down_through = max(self.down_through, t + effect["down_for"])
        down = a == "restart_service" or t <= self.down_through

        # 6. Flags, for main figures only.
        if main and "sets" in action:
            self.flags.add(action["sets"])

        # 8 forms the sums that 7 needs too: due effects, oldest first, then the action's own figures, from 0.
        d = dict.fromkeys((*FIVE, "pressure"), 0.0)
        for figures in [*(delayed.figures for delayed in due), worn(effect, f)]:
            for name in d:
                d[name] = d[name] + figures[name]

        # 7. Pressure.
        if "pressure" in incident:
            self.p = self.next_pressure(incident["pressure"], d["pressure"])

        # 8. Metrics.
        raw = {}
        for name in FIVE:
            raw[name] = m[name] + self.p * incident.get("drift", {}).get(name, 0.0)
            if "recovery" in incident:
                baseline = incident.get("baseline", {}).get(name, 0.0)
                raw[name] = raw[name] + (1 - self.p) * incident["recovery"] * (baseline - m[name])
            raw[name] = raw[name] + d[name]

        # 9. Service.
        if down:
            service = 0.0
        elif raw["error_rate"] < 0.50:
            service = 1.0
        else:
            service = max(0.0, m["service_healthy"] - 0.1)

        # 10. Noise and clip.
        noise = self.rng.normal(0, 0.008, 5)
        health_before = health_score(m)
        self.m = {name: clip(raw[name] + float(z)) for name, z in zip(FIVE, noise, strict=True)}
        self.m["service_healthy"] = service

        # 11. Streak, end of episode, reward.
        self.t += 1
        return self.judge(a, health_before)

    def next_pressure(self, rule: dict[str, Any], d: float) -> float:
        threshold = rule.get("threshold", 0.0)
        if "cured" in self.flags and "growth_when_cured" in rule:
            growth = rule["growth_when_cured"]
        elif threshold > 0:
            growth = rule.get("growth", 0.0) if self.p > threshold else -rule.get("decay", 0.0)
        else:
            growth = rule.get("growth", 0.0) if self.p > 0 else 0.0
        floor = rule.get("floor", 0.0)
        if "floor_lifted_by" in rule and rule["floor_lifted_by"] in self.flags:
            floor = 0.0
        return float(min(1.0, max(floor, self.p + growth + d)))

    def judge(self, a: str, before: float) -> ReferenceStep:
        m = self.m
        healthy = (
            m["cpu_usage"] < 0.65
            and m["memory_usage"] < 0.65
            and m["latency"] < 0.20
            and m["packet_loss"] < 0.05
            and m["service_healthy"] >= 1.0
            and m["error_rate"] < 0.10
        )
        self.streak = self.streak + 1 if healthy else 0
        resolved = self.streak == 3
        crashed = m["cpu_usage"] >= 0.98 or m["memory_usage"] >= 0.98 or m["error_rate"] >= 0.90
        truncated = self.t >= self.incident.get("max_steps", 30) and not resolved and not crashed

        after = health_score(m)
        rose = after - before > 0.005
        reward = (after - before) * 5.0
        reward = reward + after * 0.5
        reward = reward + -0.10
        reward = reward + (15.0 if resolved else 0.0)
        reward = reward + (-10.0 if crashed else 0.0)
        reward = reward + (0.0 if rose or a == "do_nothing" or resolved else -0.30)
        return ReferenceStep(
            dict(m), after, reward, self.p, set(self.flags), self.streak, rose, resolved, crashed, truncated
        )
