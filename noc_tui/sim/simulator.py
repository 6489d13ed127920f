"""The simulator: one server, one incident, one random stream. The rules are those of `docs/simulator.md`."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np

from noc_tui.sim.actions import ACTION_INDEX, ACTIONS, RESTART_INDEX, WAIT_INDEX, ActionType, parse_action
from noc_tui.sim.errors import EpisodeOverError, NotResetError
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.reward import RewardTerms, reward_terms
from noc_tui.sim.rules import NO_CHANGE, Effect, PressureCourse, Row, Rules, added

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident

NOISE_SD: Final = 0.008
STREAK_TO_RESOLVE: Final = 3
SEED_LIMIT: Final = 2**32
"""A seed that the simulator draws for itself lies below this, so that it can be typed."""

_BLOCK: Final = 64
"""For how many steps or resets noise is drawn ahead."""
_SKIP_BLOCK: Final = 1 << 16
_make: Any = tuple.__new__  # what a NamedTuple does, without the call in between


class Transition(NamedTuple):
    """What a step did, in full: hidden state included. The material of explanations and reviews."""

    rules: Rules
    before: SystemMetrics
    after: SystemMetrics
    pressure_before: float
    pressure: float
    action: int
    """Index of the action."""
    uses: int
    """How often the action had been chosen before."""
    met: bool
    """Whether the action's main figures applied; False: the flag that it requires was not set."""
    due: Row
    """The sum of the delayed effects that fell due."""
    down: bool
    """Whether the service was held down in this step."""
    streak: int
    course: PressureCourse | None
    """What the pressure did by itself before the action could set a flag; None in incidents that have none."""


class StepInfo(NamedTuple):
    """What one step brought."""

    step: int
    """Steps taken in this episode, this one included."""
    reward: float
    resolved: bool
    """All six metrics have been healthy on three steps in a row."""
    crashed: bool
    """A crash threshold was reached."""
    truncated: bool
    """The step limit was reached, and the episode neither resolved nor crashed."""
    health_before: float
    health: float
    transition: Transition

    @property
    def terminated(self) -> bool:
        """Resolved or crashed: the episode is over by its own rules."""
        return self.resolved or self.crashed

    @property
    def done(self) -> bool:
        """Terminated or truncated."""
        return self.resolved or self.crashed or self.truncated

    @property
    def action(self) -> ActionType:
        return ACTIONS[self.transition.action]

    @property
    def action_was_effective(self) -> bool:
        """Whether health rose by more than 0.005, whatever the action."""
        return self.health - self.health_before > 0.005

    @property
    def reward_terms(self) -> RewardTerms:
        """The terms whose sum, from left to right, is `reward`."""
        return reward_terms(
            self.health_before,
            self.health,
            waited=self.transition.action == WAIT_INDEX,
            resolved=self.resolved,
            crashed=self.crashed,
        )

    @property
    def explanation(self) -> str:
        """A sentence for a person: what the action did, in units, whether it helped, and why. Made when asked for."""
        from noc_tui.sim.explain import explain  # noqa: PLC0415  (explanations are not always wanted)

        return explain(self.transition)


class SystemSimulator:
    """One simulated Linux server under one incident.

    | metric            | meaning                   | healthy | crash   |
    |-------------------|---------------------------|---------|---------|
    | `cpu_usage`       | CPU utilisation           | < 0.65  | >= 0.98 |
    | `memory_usage`    | RAM utilisation           | < 0.65  | >= 0.98 |
    | `latency`         | network latency / 500 ms  | < 0.20  |         |
    | `packet_loss`     | packets dropped           | < 0.05  |         |
    | `service_healthy` | 1 up, 0 down              | >= 1.0  |         |
    | `error_rate`      | requests that fail        | < 0.10  | >= 0.90 |

    An episode ends **resolved** (all six healthy on three steps in a row), **crashed**, or **truncated** at the
    incident's `max_steps`. The same incident, seed and actions give the same episode, bit for bit.

    `seed` starts the random stream, which is never shared. Without one the simulator draws a seed from the operating
    system; `seed` tells which.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._reseed(secrets.randbelow(SEED_LIMIT) if seed is None else seed)
        self._running = False
        self._ending = ""

    @classmethod
    def started(
        cls, incident: Incident | str, seed: int | None = None, *, draws: int = 0, max_steps: int | None = None
    ) -> Self:
        """A simulator at the page of an episode, the stream of which had given `draws` normals before; see `reset`."""
        simulator = cls(seed)
        simulator.skip_normals(draws)
        simulator.reset(incident, max_steps=max_steps)
        return simulator

    def _reseed(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.seed = seed
        # Standard normals are drawn ahead in blocks: it changes no value, and a call per step would cost the most.
        self._normals: NDArray[np.float64] = np.empty((0, 5))
        self._noise: list[list[float]] = []
        self._next = 0
        self._drawn_before_block = 0

    def _refill(self) -> None:
        self._drawn_before_block += 5 * len(self._noise)
        self._normals = self._rng.standard_normal((_BLOCK, 5))
        self._noise = (self._normals * NOISE_SD).tolist()
        self._next = 0

    @property
    def normals_drawn(self) -> int:
        """How many standard normals of the stream have been used so far."""
        return self._drawn_before_block + 5 * self._next

    def skip_normals(self, count: int) -> None:
        """Use up `count` standard normals, as an earlier episode of the same simulator did."""
        drawn = self.normals_drawn + count
        self._reseed(self.seed)
        for start in range(0, drawn, _SKIP_BLOCK):
            self._rng.standard_normal(min(_SKIP_BLOCK, drawn - start))
        self._drawn_before_block = drawn

    def reset(
        self, incident: Incident | str, seed: int | None = None, *, max_steps: int | None = None
    ) -> SystemMetrics:
        """Start an episode and return the metrics at the page.

        `incident` is an `Incident`, an `IncidentType` or any incident id. With a `seed` the random stream starts
        anew; without one it goes on where the last episode left it. `max_steps` overrides the incident's own limit.

        Raises `UnknownIncidentError` for an id that no folder holds.
        """
        rules = _rules_of(incident)
        if seed is not None:
            self._reseed(seed)
        self.normals_before_reset = self.normals_drawn
        if self._next == len(self._noise):
            self._refill()
        normals: list[float] = self._normals[self._next].tolist()
        self._next += 1
        sd = rules.start_sd
        cpu, memory, latency, loss, errors = (
            _clip(value + sd * z) for value, z in zip(rules.initial, normals, strict=True)
        )
        self.metrics = SystemMetrics(cpu, memory, latency, loss, rules.service_healthy, errors)
        self._start(rules, rules.max_steps if max_steps is None else max_steps)
        return self.metrics

    def _start(self, rules: Rules, limit: int) -> None:
        self._rules = rules
        self._actions = rules.actions
        # What every step reads of the rules, in one tuple: a field of a NamedTuple costs as much as three of these.
        self._figures = (*rules.drift, *rules.baseline, rules.recovery, limit)
        self._health = self.metrics.health_score
        self._pressure = rules.initial_pressure
        self._flags: set[str] = set()
        self._course: PressureCourse | None = rules.pressure and rules.pressure.under(self._flags)
        self._uses = [0] * len(ACTIONS)
        self._pending: dict[int, list[tuple[int, Row]]] = {}  # by the step they fall due at, oldest first
        self._down_until = -1
        self._streak = 0
        self._step = 0
        self._running = True
        self._ending = ""

    def step(  # noqa: PLR0912, PLR0915  (the hot path: calls in between would cost a third of its rate)
        self, action: ActionType | str
    ) -> tuple[SystemMetrics, StepInfo]:
        """Take one step and return the new metrics and what the step brought.

        Raises `NotResetError` before the first reset, `EpisodeOverError` after the end, `UnknownActionError` for
        anything that is not one of the six actions.
        """
        if not self._running:
            raise self._refusal()
        try:
            index = ACTION_INDEX[action]  # type: ignore[index]  # a plain string hashes like its action
        except (KeyError, TypeError):
            index = ACTION_INDEX[parse_action(action)]
        t = self._step
        uses = self._uses[index]
        self._uses[index] = uses + 1

        # 1 to 6: what falls due, what the action does now and later, the outage, the flags.
        course = self._course
        due = NO_CHANGE
        if self._pending and t in self._pending:
            due = self._fall_due(t)
        main, requires, otherwise, restarts_timer, plain = self._actions[index]
        if plain:
            met = True
            row = main.worn[uses]
        else:
            met = requires is None or requires in self._flags
            row = self._act(main if met else otherwise, index, uses, restarts_timer)
        d_cpu, d_memory, d_latency, d_loss, d_errors, d_pressure = row if due is NO_CHANGE else added(due, row)
        down = index == RESTART_INDEX or t <= self._down_until

        # 7: the pressure.
        p_before = p = self._pressure
        if self._course is not None:
            threshold, above, below, floor = self._course
            p = p + (above if p > threshold else below) + d_pressure
            self._pressure = p = floor if p < floor else 1.0 if p > 1.0 else p

        # 8 to 10: metrics, service, noise and clip.
        if self._next == len(self._noise):
            self._refill()
        n_cpu, n_memory, n_latency, n_loss, n_errors = self._noise[self._next]
        self._next += 1
        before = self.metrics
        cpu, memory, latency, loss, service, errors = before
        (
            f_cpu, f_memory, f_latency, f_loss, f_errors,
            b_cpu, b_memory, b_latency, b_loss, b_errors, recovery, limit,
        ) = self._figures  # fmt: skip
        if recovery:
            pull = (1 - p) * recovery
            raw_errors = errors + p * f_errors + pull * (b_errors - errors) + d_errors
            cpu = cpu + p * f_cpu + pull * (b_cpu - cpu) + d_cpu + n_cpu
            memory = memory + p * f_memory + pull * (b_memory - memory) + d_memory + n_memory
            latency = latency + p * f_latency + pull * (b_latency - latency) + d_latency + n_latency
            loss = loss + p * f_loss + pull * (b_loss - loss) + d_loss + n_loss
        else:
            raw_errors = errors + p * f_errors + d_errors
            cpu = cpu + p * f_cpu + d_cpu + n_cpu
            memory = memory + p * f_memory + d_memory + n_memory
            latency = latency + p * f_latency + d_latency + n_latency
            loss = loss + p * f_loss + d_loss + n_loss
        errors = raw_errors + n_errors
        if down:
            service = 0.0
        elif raw_errors < 0.50:
            service = 1.0
        else:
            service = service - 0.1 if service > 0.1 else 0.0
        cpu = 0.0 if cpu < 0.0 else 1.0 if cpu > 1.0 else cpu
        memory = 0.0 if memory < 0.0 else 1.0 if memory > 1.0 else memory
        latency = 0.0 if latency < 0.0 else 1.0 if latency > 1.0 else latency
        loss = 0.0 if loss < 0.0 else 1.0 if loss > 1.0 else loss
        errors = 0.0 if errors < 0.0 else 1.0 if errors > 1.0 else errors
        self.metrics = after = _make(SystemMetrics, (cpu, memory, latency, loss, service, errors))

        # 11: streak, end of episode, reward.
        health_before = self._health
        self._health = health = 1.0 - (
            cpu * 0.25 + memory * 0.25 + latency * 0.20 + loss * 0.15 + (1.0 - service) * 0.10 + errors * 0.05
        )
        if health < 0.0:
            self._health = health = 0.0
        self._step = t = t + 1
        resolved = crashed = truncated = False
        reward = (health - health_before) * 5.0 + health * 0.5 + -0.10
        if cpu < 0.65 and memory < 0.65 and latency < 0.20 and loss < 0.05 and errors < 0.10 and service >= 1.0:
            self._streak = streak = self._streak + 1
            if streak == STREAK_TO_RESOLVE:
                resolved = True
                reward += 15.0
        else:
            self._streak = streak = 0
            if cpu >= 0.98 or memory >= 0.98 or errors >= 0.90:
                crashed = True
                reward += -10.0
        if index and not resolved and not health - health_before > 0.005:
            reward += -0.30
        if resolved or crashed or t >= limit:
            truncated = not (resolved or crashed)
            self._running = False
            self._ending = "resolved" if resolved else "crashed" if crashed else "truncated"
        transition = _make(
            Transition, (self._rules, before, after, p_before, p, index, uses, met, due, down, streak, course)
        )
        return after, _make(StepInfo, (t, reward, resolved, crashed, truncated, health_before, health, transition))

    def _refusal(self) -> Exception:
        if self._ending:
            return EpisodeOverError(
                f"the episode ended {self._ending} at step {self._step}; call reset before the next step"
            )
        return NotResetError("the simulator has not been reset; call reset(incident) before the first step")

    def _fall_due(self, t: int) -> Row:
        """Step 1: the sum of the delayed effects due at `t`, oldest first."""
        due = NO_CHANGE
        for _, row in self._pending.pop(t):
            due = added(due, row)
        return due

    def _act(self, effect: Effect, index: int, uses: int, restarts_timer: bool) -> Row:
        """Steps 3 to 6 for an action that does more than change figures now. Returns its own figures for now."""
        _, worn, later, down_for, sets = effect
        t = self._step
        if restarts_timer:
            for at in list(self._pending):
                self._pending[at] = [item for item in self._pending[at] if item[0] != index]
        if later is not None:
            after, _, worn_later, _ = later
            self._pending.setdefault(t + after, []).append((index, worn_later[uses]))
        if down_for:
            self._down_until = max(self._down_until, t + down_for)
        if sets is not None:
            self._flags.add(sets)
            self._course = self._rules.pressure and self._rules.pressure.under(self._flags)
        return worn[uses]

    @property
    def rules(self) -> Rules:
        """The rules of the incident that is played. Raises `NotResetError` before the first reset."""
        if not self._running and not self._ending:
            raise self._refusal()
        return self._rules

    @property
    def steps(self) -> int:
        """Steps taken in this episode."""
        return self._step

    @property
    def max_steps(self) -> int:
        """The step limit of this episode."""
        return int(self._figures[-1])

    @property
    def pressure(self) -> float:
        """The hidden root cause, in [0, 1]; 1 in incidents that have none."""
        return self._pressure

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(self._flags)

    @property
    def uses(self) -> tuple[int, ...]:
        """How often each action has been chosen, in the order of `ACTIONS`."""
        return tuple(self._uses)

    @property
    def streak(self) -> int:
        """Healthy steps in a row up to now."""
        return self._streak

    @property
    def outage_left(self) -> int:
        """For how many more steps the service is held down, whatever is done."""
        return max(0, self._down_until - self._step + 1)

    @property
    def pending(self) -> tuple[tuple[int, ActionType], ...]:
        """Delayed effects on their way: in how many steps (1 is the next), and of which action, soonest first."""
        return tuple(
            (at - self._step + 1, ACTIONS[index]) for at in sorted(self._pending) for index, _ in self._pending[at]
        )

    @property
    def pending_rows(self) -> tuple[tuple[int, int, Row], ...]:
        """What `pending` names, in figures: in how many steps, index of the action, what will be added then."""
        return tuple((at - self._step + 1, *item) for at in sorted(self._pending) for item in self._pending[at])

    @property
    def done(self) -> bool:
        """Whether the episode has ended."""
        return bool(self._ending)


def _clip(value: float) -> float:
    return 0.0 if value < 0.0 else 1.0 if value > 1.0 else value


def _rules_of(incident: Incident | str) -> Rules:
    if isinstance(incident, str):
        from noc_tui.sim.catalog import default_catalog  # noqa: PLC0415  (a loaded incident needs no catalog)

        incident = default_catalog().load(str(incident))
    return incident.rules
