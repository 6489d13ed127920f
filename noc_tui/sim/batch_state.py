"""Many servers at once: the state of each as a column of arrays, and one step of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.sim.actions import RESTART_INDEX
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.simulator import STREAK_TO_RESOLVE
from noc_tui.sim.tables import NO_ROW, NUM_ACTIONS, Tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.simulator import SystemSimulator

_SERVICE: Final = METRIC_NAMES.index("service_healthy")
_ERRORS: Final = METRIC_NAMES.index("error_rate")
_WEIGHTS: Final = np.array([[0.25], [0.25], [0.20], [0.15], [0.10], [0.05]])
_HEALTHY_BELOW: Final = np.array([[0.65], [0.65], [0.20], [0.05], [1.0], [0.10]])
_FOR_EVER: Final = 1 << 62
# Rows of the block of whole numbers.
_PHASE: Final = NUM_ACTIONS
_DOWN_UNTIL: Final = _PHASE + 1
_STREAK: Final = _PHASE + 2
_STEP: Final = _PHASE + 3
_LIMIT: Final = _PHASE + 4
_PENDING: Final = _PHASE + 5


class Advance(NamedTuple):
    """What one step brought to each row; all of shape (n,)."""

    resolved: NDArray[np.bool_]
    """All six metrics have been healthy on three steps in a row."""
    crashed: NDArray[np.bool_]
    """A crash threshold was reached."""


class BatchState:
    """The whole state of `n` servers, hidden state included; a row is a server, and a column of each array.

    | attribute    | shape            | |
    |--------------|------------------|-|
    | `metrics`    | (6, n) float64   | in the order of `METRIC_NAMES`, each in [0, 1] |
    | `pressure`   | (n,) float64     | the hidden root cause; 1 in incidents that have none |
    | `uses`       | (6, n) intp      | how often each action has been chosen |
    | `phase`      | (n,) intp        | the incident and the flags that are set, as `Tables` number them |
    | `down_until` | (n,) intp        | the last step (counted from 0) in which the service is held down |
    | `streak`     | (n,) intp        | healthy steps in a row |
    | `step`       | (n,) intp        | steps taken |
    | `limit`      | (n,) intp        | the step limit |
    | `pending`    | (slots, ring, n) | rows of `Tables.figures`: what falls due `j` steps from now is at `clock + j` |

    All are views of two blocks: write into them, do not replace them.
    """

    def __init__(self, tables: Tables, reals: NDArray[np.float64], wholes: NDArray[np.intp], clock: int = 0) -> None:
        self.tables = tables
        self.clock = clock
        """Where in the ring of `pending` stands what falls due in the coming step."""
        self._reals = reals
        self._wholes = wholes
        self.metrics = reals[:6]
        self.pressure = reals[6]
        self.uses = wholes[:NUM_ACTIONS]
        self.phase = wholes[_PHASE]
        self.down_until = wholes[_DOWN_UNTIL]
        self.streak = wholes[_STREAK]
        self.step = wholes[_STEP]
        self.limit = wholes[_LIMIT]
        n = reals.shape[1]
        self.pending = wholes[_PENDING:].reshape(tables.slots, tables.ring, n)
        self._columns = np.arange(n)
        self._flat_uses = self.uses.reshape(-1)
        self._unchecked = 0
        # Written in every step: large arrays are dear to get and to give back.
        self._change, self._raw, self._pull = np.empty((7, n)), np.empty((6, n)), np.empty((6, n))
        if len(tables.rules) == 1:
            self._drift, self._baseline, self._recovery = tables.drift, tables.baseline, tables.recovery
        else:
            self.see_incidents()

    def see_incidents(self) -> None:
        """Look up what depends on the incidents alone, after `phase` has been given another incident."""
        incident = self.incident
        self._drift = self.tables.drift[:, incident]
        self._baseline = self.tables.baseline[:, incident]
        self._recovery = self.tables.recovery[incident]

    @classmethod
    def empty(cls, tables: Tables, n: int) -> BatchState:
        """A state of `n` rows in which everything is 0."""
        wholes = np.zeros((_PENDING + tables.slots * tables.ring, n), dtype=np.intp)
        return cls(tables, np.zeros((7, n)), wholes)

    @classmethod
    def of(cls, simulator: SystemSimulator, copies: int = 1) -> BatchState:
        """The state of a simulator, in so many equal rows. Raises `NotResetError` before the first reset."""
        tables = Tables.of([simulator.rules])
        tables.make_room(0, max(simulator.uses))
        state = cls.empty(tables, copies)
        state.metrics[:] = np.array(simulator.metrics)[:, None]
        state.pressure[:] = simulator.pressure
        state.uses[:] = np.array(simulator.uses)[:, None]
        state.phase[:] = phase = tables.phase(0, simulator.flags)
        state.down_until[:] = simulator.steps - 1 + simulator.outage_left
        state.streak[:] = simulator.streak
        state.step[:] = simulator.steps
        state.limit[:] = simulator.max_steps
        for steps, action, row in simulator.pending_rows:
            slot = tables.slot[NUM_ACTIONS * phase + action]
            state.pending[slot, steps - 1] = tables.later_row(phase, action, row)
        return state

    def restart(
        self,
        rows: NDArray[np.intp],
        metrics: NDArray[np.float64],
        pressure: NDArray[np.float64],
        phase: NDArray[np.intp],
    ) -> None:
        """Put these rows at the start of an episode, with these metrics (6, k); the step limits stay as they are."""
        self._wholes[:_LIMIT, rows] = 0
        self._wholes[_PENDING:, rows] = NO_ROW
        self.down_until[rows] = -1
        self.metrics[:, rows] = metrics
        self.pressure[rows] = pressure
        self.phase[rows] = phase

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def incident(self) -> NDArray[np.intp]:
        """The incident of each row, as `tables.rules` numbers them, (n,)."""
        incident: NDArray[np.intp] = self.tables.incident_of.take(self.phase)
        return incident

    def take(self, rows: NDArray[np.intp]) -> BatchState:
        """A new state made of these rows, which may repeat."""
        state = BatchState(self.tables, self._reals.take(rows, axis=1), self._wholes.take(rows, axis=1), self.clock)
        state._unchecked = self._unchecked
        return state

    def advance(self, actions: NDArray[np.intp], noise: NDArray[np.float64] | None = None) -> Advance:
        """Take one step in every row, in place.

        `actions` has shape (n,) and holds indices of actions. `noise` has shape (5, n) and is added as it is to the
        metrics of `CONTINUOUS`; without it the step is what the rules alone do. Rows that have ended go on like any
        other: a row counts as resolved on the third healthy step of a streak alone.
        """
        tables = self.tables
        uses = self._use(actions)
        choice = NUM_ACTIONS * self.phase + actions if tables.has_phases else actions
        down = actions == RESTART_INDEX
        change = self._look_up(choice, uses)
        if tables.slots:
            self._add_due(change)
        if tables.has_special:
            self._act(choice, uses)
        if tables.has_outages:
            down |= self.step <= self.down_until
        if tables.has_pressure:
            self._move_pressure(change[6])
        self._move_metrics(change[:6], down, noise)
        return self._judge()

    def _use(self, actions: NDArray[np.intp]) -> NDArray[np.intp]:
        """How often each row has chosen its action before; counts this time."""
        self._unchecked -= 1
        if self._unchecked < 0:
            self._make_room()
        places = actions * len(self)
        places += self._columns
        uses: NDArray[np.intp] = self._flat_uses.take(places)
        self._flat_uses[places] = uses + 1
        return uses

    def _make_room(self) -> None:
        """See to it that rows of figures are tabulated for the uses to come, and for how many steps they will do."""
        tables = self.tables
        self._unchecked = _FOR_EVER
        if any(tables.tabulated):
            most, incident = self.uses.max(axis=0), self.incident
            for number in range(len(tables.rules)):
                uses = int(most[incident == number].max(initial=0))
                tables.make_room(number, uses)
                if tables.tabulated[number]:
                    self._unchecked = min(self._unchecked, tables.tabulated[number] - 1 - uses)

    def _look_up(self, choice: NDArray[np.intp], uses: NDArray[np.intp]) -> NDArray[np.float64]:
        """Steps 2 and 3: what the choices themselves add, (7, n)."""
        tables = self.tables
        rows: NDArray[np.intp] = tables.first.take(choice)
        if tables.has_wear:
            rows += np.minimum(uses, tables.cap.take(choice))
        # With "clip" nothing is checked and nothing buffered; every number is that of a row.
        return tables.figures.take(rows, axis=1, out=self._change, mode="clip")

    def _add_due(self, change: NDArray[np.float64]) -> None:
        """Step 1: what falls due is summed up, oldest first, and added."""
        falling = self.pending[:, self.clock]
        rows = (falling[0] if len(falling) == 1 else np.bitwise_or.reduce(falling, axis=0)).nonzero()[0]
        if rows.size:
            figures = self.tables.figures
            due = figures.take(falling[0].take(rows), axis=1)
            for slot in range(1, len(falling)):
                due += figures.take(falling[slot].take(rows), axis=1)
            due += change.take(rows, axis=1)
            change[:, rows] = due
            falling[:] = NO_ROW

    def _act(self, choice: NDArray[np.intp], uses: NDArray[np.intp]) -> None:
        """Steps 4 to 6: delayed effects, outages and flags."""
        tables = self.tables
        rows = tables.special.take(choice).nonzero()[0]
        choice = choice.take(rows)
        if tables.slots:
            if tables.has_timers:
                restarts = tables.restarts_timer.take(choice)
                self.pending[tables.slot[choice[restarts]], :, rows[restarts]] = NO_ROW
            self._send(rows, choice, uses)
            self.clock = (self.clock + 1) % tables.ring
        if tables.has_outages:
            until = self.step.take(rows)
            until += tables.down_for.take(choice)
            self.down_until[rows] = np.maximum(until, self.down_until.take(rows), out=until)
        if tables.has_phases:
            self.phase[rows] = tables.next_phase.take(choice)

    def _send(self, rows: NDArray[np.intp], choice: NDArray[np.intp], uses: NDArray[np.intp]) -> None:
        """Put the delayed effects of these rows' choices on their way."""
        tables = self.tables
        after = tables.after.take(choice)
        if not tables.all_special_delayed:
            delayed = after.nonzero()[0]
            rows, choice, after = rows.take(delayed), choice.take(delayed), after.take(delayed)
        after += self.clock
        after %= tables.ring
        row = np.minimum(uses.take(rows), tables.later_cap.take(choice))
        row += tables.later_first.take(choice)
        self.pending[tables.slot.take(choice), after, rows] = row

    def _move_pressure(self, change: NDArray[np.float64]) -> None:
        """Step 7."""
        threshold, above, below, floor = (
            self.tables.course.take(self.phase, axis=1) if self.tables.has_phases else self.tables.course
        )
        pressure = self.pressure
        moved = np.where(pressure > threshold, above, below)
        moved += pressure
        moved += change
        np.minimum(np.maximum(moved, floor, out=moved), 1.0, out=pressure)

    def _move_metrics(
        self, change: NDArray[np.float64], down: NDArray[np.bool_], noise: NDArray[np.float64] | None
    ) -> None:
        """Steps 8 to 10. All six rows are computed alike; what that gives for the service is thrown away."""
        metrics, tables, raw = self.metrics, self.tables, self._raw
        if tables.has_pressure:
            np.multiply(self.pressure, self._drift, out=raw)
            raw += metrics
        else:  # the pressure is 1
            np.add(metrics, self._drift, out=raw)
        if tables.has_recovery:
            rate = 1.0 - self.pressure
            rate *= self._recovery
            pull = np.subtract(self._baseline, metrics, out=self._pull)
            pull *= rate
            raw += pull
        raw += change
        service = (raw[_ERRORS] < 0.50).astype(np.float64)
        failing = (service == 0.0).nonzero()[0]
        if failing.size:
            service[failing] = np.maximum(metrics[_SERVICE].take(failing) - 0.1, 0.0)
        service *= ~down
        if noise is not None:
            raw[:_SERVICE] += noise[:_SERVICE]
            raw[_ERRORS] += noise[_SERVICE]
        np.maximum(raw, 0.0, out=raw)
        np.minimum(raw, 1.0, out=metrics)
        metrics[_SERVICE] = service

    def _judge(self) -> Advance:
        """Step 11 without the reward."""
        metrics = self.metrics
        self.step += 1
        within = metrics < _HEALTHY_BELOW
        np.greater_equal(metrics[_SERVICE], 1.0, out=within[_SERVICE])
        self.streak += 1
        self.streak *= np.logical_and.reduce(within, axis=0)
        crashed = np.maximum(metrics[0], metrics[1]) >= 0.98
        crashed |= metrics[_ERRORS] >= 0.90
        return Advance(self.streak == STREAK_TO_RESOLVE, crashed)


def health_scores(metrics: NDArray[np.float64]) -> NDArray[np.float64]:
    """The health scores of these metrics, (6, n), the terms added in their order."""
    weighed = metrics * _WEIGHTS
    total = weighed[0] + weighed[1]
    total += weighed[2]
    total += weighed[3]
    total += (1.0 - metrics[_SERVICE]) * 0.10
    total += weighed[5]
    health: NDArray[np.float64] = np.maximum(1.0 - total, 0.0)
    return health
