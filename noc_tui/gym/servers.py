"""Many servers that are stepped together, each of which can be put under another incident at any restart.

`BatchSimulator` keeps the incident that each environment was made with, and steps all or none. This one stands on the
same state, tables and streams, and its rows equal a `SystemSimulator` in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from noc_tui.sim.actions import RESTART_INDEX, WAIT_INDEX
from noc_tui.sim.batch_state import BatchState, health_scores
from noc_tui.sim.metrics import METRIC_NAMES, SystemMetrics
from noc_tui.sim.reward import (
    CRASH_PENALTY,
    EFFECTIVE_RISE,
    HEALTH_DELTA_WEIGHT,
    HEALTH_WEIGHT,
    INEFFECTIVE_PENALTY,
    RESOLUTION_BONUS,
    STEP_PENALTY,
)
from noc_tui.sim.rules import NO_CHANGE
from noc_tui.sim.simulator import NOISE_SD, Transition
from noc_tui.sim.streams import NormalStreams
from noc_tui.sim.tables import NO_ROW, Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident

_SERVICE = METRIC_NAMES.index("service_healthy")


class Course(NamedTuple):
    """One step of every row, in full. The arrays stay as they are; `n` is the number of rows."""

    tables: Tables
    actions: NDArray[np.intp]
    """(n,), like all that give no shape."""
    before: NDArray[np.float64]
    """The metrics before, (6, n)."""
    after: NDArray[np.float64]
    health_before: NDArray[np.float64]
    health: NDArray[np.float64]
    rewards: NDArray[np.float64]
    resolved: NDArray[np.bool_]
    crashed: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    effective: NDArray[np.bool_]
    idle: NDArray[np.bool_]
    """Whether the reward has no penalty for an action that did not help."""
    steps: NDArray[np.intp]
    """Steps taken, this one included."""
    phase: NDArray[np.intp]
    """Incident and flags before, as `tables` number them."""
    pressure_before: NDArray[np.float64]
    pressure: NDArray[np.float64]
    uses: NDArray[np.intp]
    """How often each action has been chosen, this time included, (6, n)."""
    due: NDArray[np.intp]
    """Rows of `tables.figures` that fell due, oldest first, (slots, n)."""
    down_until: NDArray[np.intp]
    streak: NDArray[np.intp]

    def transition(self, row: int) -> Transition:
        """The step of one row, as the simulator tells it."""
        tables, phase, action = self.tables, int(self.phase[row]), int(self.actions[row])
        rules = tables.rules[tables.incident_of[phase]]
        flags = tables.flags_in(phase)
        required = rules.actions[action].requires
        due = NO_CHANGE
        for number in self.due[:, row].tolist():
            if number != NO_ROW:
                cpu, memory, latency, loss, _, errors, pressure = tables.figures[:, number].tolist()
                falling = (cpu, memory, latency, loss, errors, pressure)
                due = tuple(a + b for a, b in zip(due, falling, strict=True))
        return Transition(
            rules=rules,
            before=SystemMetrics(*self.before[:, row].tolist()),
            after=SystemMetrics(*self.after[:, row].tolist()),
            pressure_before=float(self.pressure_before[row]),
            pressure=float(self.pressure[row]),
            action=action,
            uses=int(self.uses[action, row]) - 1,
            met=required is None or required in flags,
            due=due,
            down=action == RESTART_INDEX or bool(self.steps[row] - 1 <= self.down_until[row]),
            streak=int(self.streak[row]),
            course=rules.pressure and rules.pressure.under(flags),
        )

    def reward_terms(self) -> dict[str, NDArray[np.float64]]:
        """The terms of the rewards, by name, in the order in which they are added."""
        return {
            "health_delta": (self.health - self.health_before) * HEALTH_DELTA_WEIGHT,
            "health_bonus": self.health * HEALTH_WEIGHT,
            "step_penalty": np.full(len(self.actions), STEP_PENALTY),
            "resolution": np.where(self.resolved, RESOLUTION_BONUS, 0.0),
            "crash": np.where(self.crashed, CRASH_PENALTY, 0.0),
            "ineffective": np.where(self.idle, 0.0, INEFFECTIVE_PENALTY),
        }


class Servers:
    """`num_envs` servers. Nothing may be stepped before every row has been started.

    `max_steps` overrides the step limits of the incidents. Arguments are not checked.
    """

    def __init__(self, num_envs: int, seeds: Sequence[int], max_steps: int | None) -> None:
        self.streams = NormalStreams(seeds)
        self._num_envs = num_envs
        self._max_steps = max_steps
        self._noise = np.empty((5, num_envs))
        self.incidents: tuple[Incident, ...] = ()
        """Those that rows can be started under, by their number."""
        self.metrics: NDArray[np.float64] = np.full((len(METRIC_NAMES), num_envs), np.nan)
        """As they stand, (6, num_envs). Replaced by every start and step, never changed."""
        self.health: NDArray[np.float64] = np.full(num_envs, np.nan)
        """As it stands, (num_envs,). Replaced likewise."""

    @property
    def incident(self) -> NDArray[np.intp]:
        """The number of each row's incident, (num_envs,)."""
        return self._state.incident

    @property
    def state(self) -> BatchState:
        """As it stands, to be read."""
        return self._state

    def face(self, incidents: Sequence[Incident]) -> None:
        """Make these the incidents that rows can be started under. What is under way is forgotten."""
        self.incidents = tuple(incidents)
        self._state = BatchState.empty(self._tables(), self._num_envs)

    def face_another(self, incident: Incident) -> int:
        """Number one more incident, while whatever is under way goes on. Returns its number."""
        old = self._state
        used = old.incident
        self.incidents = (*self.incidents, incident)
        tables = self._tables()
        for number in np.unique(used).tolist():
            tables.make_room(number, int(old.uses[:, used == number].max()))
        self._state = new = BatchState.empty(tables, self._num_envs)
        # Incidents that come first keep their numbers and phases; only rows of figures are numbered anew.
        for name in ("metrics", "pressure", "uses", "phase", "down_until", "streak", "step", "limit"):
            getattr(new, name)[:] = getattr(old, name)
        pending = np.roll(old.pending, -old.clock, axis=1)
        carried = new.pending[: old.tables.slots, : old.tables.ring]
        for number in np.unique(pending[pending != NO_ROW]).tolist():
            same = (tables.figures == old.tables.figures[:, number : number + 1]).all(axis=0)
            carried[pending == number] = int(same.argmax())
        new.see_incidents()
        return len(self.incidents) - 1

    def _tables(self) -> Tables:
        return Tables.of([incident.rules for incident in self.incidents])

    def start(self, rows: NDArray[np.intp], incidents: NDArray[np.intp]) -> None:
        """Start an episode in these rows, under the incidents of these numbers, (k,)."""
        self._start(rows, incidents, self.streams.draw(rows))

    def step(self, actions: NDArray[np.intp], rows: NDArray[np.intp], incidents: NDArray[np.intp]) -> Course:
        """Take one step in all rows but these, and start an episode in these, (k,), under these incidents, (k,).

        What the course tells of rows that were started means nothing.
        """
        state = self._state
        before, health_before = self.metrics, self.health
        phase, pressure_before = state.phase.copy(), state.pressure.copy()
        due = (
            state.pending[:, state.clock].copy() if state.tables.slots else state.pending[:, :0].reshape(0, len(state))
        )
        # Each row draws five normals, for its step or for its start: those that started are stepped for nothing.
        fives = self.streams.draw_all()
        resolved, crashed = state.advance(actions, np.multiply(fives.T, NOISE_SD, out=self._noise))
        self.metrics = after = state.metrics.copy()
        self.health = health = health_scores(after)
        rose = health - health_before
        effective = rose > EFFECTIVE_RISE
        idle = actions == WAIT_INDEX
        idle |= effective
        idle |= resolved
        truncated = state.step >= state.limit
        truncated &= ~(resolved | crashed)
        # In the order of the terms; to add nothing changes nothing.
        rewards = rose * HEALTH_DELTA_WEIGHT
        rewards += health * HEALTH_WEIGHT
        rewards += STEP_PENALTY
        rewards += RESOLUTION_BONUS * resolved
        rewards += CRASH_PENALTY * crashed
        rewards += INEFFECTIVE_PENALTY * ~idle
        course = Course(
            tables=state.tables, actions=actions, before=before, after=after, health_before=health_before,
            health=health, rewards=rewards, resolved=resolved, crashed=crashed, truncated=truncated,
            effective=effective, idle=idle, steps=state.step.copy(), phase=phase, pressure_before=pressure_before,
            pressure=state.pressure.copy(), uses=state.uses.copy(), due=due, down_until=state.down_until.copy(),
            streak=state.streak.copy(),
        )  # fmt: skip
        if rows.size:
            self._start(rows, incidents, fives.take(rows, axis=0))
        return course

    def _start(self, rows: NDArray[np.intp], incidents: NDArray[np.intp], fives: NDArray[np.float64]) -> None:
        state, tables = self._state, self._state.tables
        jitter = tables.start_sd[incidents] * fives.T
        metrics = tables.initial[:, incidents]
        metrics[:_SERVICE] += jitter[:_SERVICE]
        metrics[_SERVICE + 1] += jitter[_SERVICE]
        metrics = np.where(metrics < 0.0, 0.0, np.where(metrics > 1.0, 1.0, metrics))
        state.restart(rows, metrics, tables.initial_pressure[incidents], tables.start[incidents])
        state.limit[rows] = tables.max_steps[incidents] if self._max_steps is None else self._max_steps
        if len(self.incidents) > 1:
            state.see_incidents()
        self.metrics = state.metrics.copy()
        self.health = self.health.copy()
        self.health[rows] = health_scores(metrics)
