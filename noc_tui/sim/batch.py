"""Many simulators in one: an array of environments, each with its own incident and random stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from noc_tui.sim.actions import WAIT_INDEX
from noc_tui.sim.batch_state import BatchState, health_scores
from noc_tui.sim.errors import EpisodeOverError, NotResetError, SimulatorError, shown
from noc_tui.sim.incident import Incident
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.reward import (
    CRASH_PENALTY,
    EFFECTIVE_RISE,
    HEALTH_DELTA_WEIGHT,
    HEALTH_WEIGHT,
    INEFFECTIVE_PENALTY,
    RESOLUTION_BONUS,
    STEP_PENALTY,
)
from noc_tui.sim.simulator import NOISE_SD
from noc_tui.sim.streams import NormalStreams
from noc_tui.sim.tables import NUM_ACTIONS, Tables

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SERVICE: Final = METRIC_NAMES.index("service_healthy")
_NOT_RESET, _RUNNING, _RESOLVED, _CRASHED, _TRUNCATED = range(5)
_ENDINGS: Final = {_RESOLVED: "resolved", _CRASHED: "crashed", _TRUNCATED: "truncated"}


class BatchError(SimulatorError, ValueError):
    """Incidents, seeds, actions or a mask that do not fit a batch: what was given, what is expected."""


class BatchStep(NamedTuple):
    """What one step brought to each environment. The arrays are the caller's own."""

    metrics: NDArray[np.float64]
    """The new metrics, (num_envs, 6), each in [0, 1], in the order of `METRIC_NAMES`."""
    rewards: NDArray[np.float64]
    """(num_envs,), like all that follow."""
    resolved: NDArray[np.bool_]
    """All six metrics have been healthy on three steps in a row."""
    crashed: NDArray[np.bool_]
    """A crash threshold was reached."""
    truncated: NDArray[np.bool_]
    """The step limit was reached, and the episode neither resolved nor crashed."""
    effective: NDArray[np.bool_]
    """Health rose by more than 0.005, whatever the action."""

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which episodes ended in this step."""
        return self.resolved | self.crashed | self.truncated


class BatchSimulator:
    """`num_envs` simulated servers that are stepped together. Each equals a `SystemSimulator` of the same seed.

    `incidents` is one incident for all, or a sequence with one for each environment: `Incident`, `IncidentType` or id.
    `seeds` is a sequence with one seed for each environment, or one integer `s` for `s, s + 1, s + 2, ...`.
    `max_steps` overrides the step limits of the incidents.

    Nothing is reset by itself: `reset` before the first step, and with a mask whatever has ended.
    Raises `BatchError` for what does not fit, `UnknownIncidentError` for an id that no folder holds.
    """

    def __init__(
        self,
        incidents: Incident | str | Sequence[Incident | str],
        num_envs: int,
        seeds: int | Sequence[int] | NDArray[np.integer[Any]],
        *,
        max_steps: int | None = None,
    ) -> None:
        self.num_envs = num_envs = _whole(num_envs, "num_envs", 1)
        each = _loaded(incidents, num_envs)
        if max_steps is not None:
            max_steps = _whole(max_steps, "max_steps", 1)
        distinct = list({id(incident): incident for incident in each}.values())
        place = {id(incident): k for k, incident in enumerate(distinct)}
        self.incidents = tuple(each)
        """The incident of each environment."""
        self._incident = np.array([place[id(incident)] for incident in each], dtype=np.intp)
        self._tables = Tables.of([incident.rules for incident in distinct])
        self._state = BatchState.empty(self._tables, num_envs)
        self._state.phase[:] = self._tables.start[self._incident]
        self._state.see_incidents()
        self._state.metrics[:] = np.nan
        self._state.limit[:] = self._tables.max_steps[self._incident] if max_steps is None else max_steps
        self._streams = NormalStreams([_seed(seed, row) for row, seed in enumerate(_each_seed(seeds, num_envs))])
        self._status = np.full(num_envs, _NOT_RESET, dtype=np.int8)
        self._all_running = False
        self._health = np.zeros(num_envs)
        self._noise = np.empty((5, num_envs))
        self._drawn_before: NDArray[np.intp] = np.zeros(num_envs, dtype=np.intp)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each environment's stream."""
        return tuple(self._streams.seeds)

    @property
    def normals_before_reset(self) -> NDArray[np.intp]:
        """How many normals of its stream each environment had used before its last reset, (num_envs,)."""
        return self._drawn_before.copy()

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which episodes have ended, (num_envs,)."""
        return self._status > _RUNNING

    @property
    def metrics(self) -> NDArray[np.float64]:
        """The metrics of each environment, (num_envs, 6); not a number where there was no reset yet."""
        return self._state.metrics.T.copy()

    def reset(
        self,
        seeds: int | Sequence[int | None] | NDArray[np.integer[Any]] | None = None,
        mask: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """Start an episode in every environment, or in those that `mask` (num_envs,) names, and return all metrics.

        With seeds, given as to the class, the streams of these environments start anew; without, or where a seed is
        None, they go on where the last episode left them. Seeds of environments that are not reset are not looked at.

        Raises `BatchError`; nothing has changed then.
        """
        rows = np.arange(self.num_envs) if mask is None else np.flatnonzero(_mask(mask, self.num_envs))
        if seeds is not None:
            given = _each_seed(seeds, self.num_envs)
            self._streams.reseed(
                rows, [None if given[row] is None else _seed(given[row], row) for row in rows.tolist()]
            )
        self._drawn_before[rows] = self._streams.drawn(rows)
        incident, tables, state = self._incident[rows], self._tables, self._state
        jitter = tables.start_sd[incident] * self._streams.draw(rows).T
        metrics = tables.initial[:, incident]
        metrics[:_SERVICE] += jitter[:_SERVICE]
        metrics[_SERVICE + 1] += jitter[_SERVICE]
        metrics = np.where(metrics < 0.0, 0.0, np.where(metrics > 1.0, 1.0, metrics))
        state.restart(rows, metrics, tables.initial_pressure[incident], tables.start[incident])
        self._health[rows] = health_scores(metrics)
        self._status[rows] = _RUNNING
        self._all_running = bool((self._status == _RUNNING).all())
        return self.metrics

    def step(self, actions: ArrayLike) -> BatchStep:
        """Take one step in every environment. `actions` has shape (num_envs,) and holds the indices of `ActionType`.

        Raises `NotResetError` and `EpisodeOverError`, which name a row that has not been reset or has ended, and
        `BatchError` for actions that are none; nothing has changed then.
        """
        chosen = _actions(actions, self.num_envs)
        if not self._all_running:
            raise self._refusal()
        noise = np.multiply(self._streams.draw_all().T, NOISE_SD, out=self._noise)
        resolved, crashed = self._state.advance(chosen, noise)
        before, self._health = self._health, health_scores(self._state.metrics)
        rose = self._health - before
        effective = rose > EFFECTIVE_RISE
        rewards = rose * HEALTH_DELTA_WEIGHT
        rewards += self._health * HEALTH_WEIGHT
        rewards += STEP_PENALTY
        truncated = self._state.step >= self._state.limit
        ended = resolved | crashed
        truncated &= ~ended
        ended |= truncated
        if ended.any():
            rewards += RESOLUTION_BONUS * resolved
            rewards += CRASH_PENALTY * crashed
            self._status[ended] = (
                resolved[ended] * _RESOLVED + crashed[ended] * _CRASHED + truncated[ended] * _TRUNCATED
            )
            self._all_running = False
        idle = chosen == WAIT_INDEX
        idle |= effective
        idle |= resolved
        rewards += INEFFECTIVE_PENALTY * ~idle
        return BatchStep(self.metrics, rewards, resolved, crashed, truncated, effective)

    def _refusal(self) -> Exception:
        row = int(np.flatnonzero(self._status != _RUNNING)[0])
        status = int(self._status[row])
        if status == _NOT_RESET:
            return NotResetError(f"environment {row} has not been reset; call reset() before the first step")
        return EpisodeOverError(
            f"the episode of environment {row} ended {_ENDINGS[status]} at step {self._state.step[row]}; "
            "call reset with a mask that names it before the next step"
        )


def _whole(value: object, name: str, least: int) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < least:
        raise BatchError(f"{name} is {shown(value)}; expected a whole number from {least} on")
    return int(value)


def _loaded(incidents: object, num_envs: int) -> list[Incident]:
    """The incident of each environment; the same id gives the same object."""
    given = [incidents] * num_envs if isinstance(incidents, Incident | str) else incidents
    if not isinstance(given, Sequence):
        raise BatchError(f"incidents: {shown(given)} given; expected an incident, its id, or a list of {num_envs}")
    if len(given) != num_envs:
        raise BatchError(f"incidents: {len(given)} given; expected {num_envs}, one for each environment, or just one")
    by_id: dict[str, Incident] = {}
    each = []
    for row, incident in enumerate(given):
        if isinstance(incident, str):
            if incident not in by_id:
                from noc_tui.sim.catalog import default_catalog  # noqa: PLC0415  (a loaded incident needs no catalog)

                by_id[incident] = default_catalog().load(str(incident))
            each.append(by_id[incident])
        elif isinstance(incident, Incident):
            each.append(incident)
        else:
            raise BatchError(f"the incident of environment {row} is {shown(incident)}; expected an incident or its id")
    return each


def _each_seed(seeds: object, num_envs: int) -> Sequence[object]:
    """What is given as the seed of each environment."""
    if isinstance(seeds, int | np.integer) and not isinstance(seeds, bool):
        first = _whole(seeds, "seeds", 0)
        return range(first, first + num_envs)
    given = seeds.tolist() if isinstance(seeds, np.ndarray) else seeds
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise BatchError(f"seeds: {shown(given)} given; expected a list of {num_envs}, or one whole number from 0 on")
    if len(given) != num_envs:
        raise BatchError(f"seeds: {len(given)} given; expected {num_envs}, one for each environment")
    return given


def _seed(value: object, row: int) -> int:
    return _whole(value, f"the seed of environment {row}", 0)


def _mask(mask: ArrayLike, num_envs: int) -> NDArray[np.bool_]:
    given = np.asarray(mask)
    if given.dtype != np.bool_ or given.shape != (num_envs,):
        raise BatchError(f"mask has shape {given.shape} and type {given.dtype}; expected {num_envs} of true and false")
    return given


def _actions(actions: ArrayLike, num_envs: int) -> NDArray[np.intp]:
    given = np.asarray(actions)
    if given.dtype.kind not in "iu" or given.shape != (num_envs,):
        raise BatchError(f"actions have shape {given.shape} and type {given.dtype}; expected {num_envs} whole numbers")
    if given.min() < 0 or given.max() >= NUM_ACTIONS:
        row = int(np.flatnonzero((given < 0) | (given >= NUM_ACTIONS))[0])
        raise BatchError(f"the action of environment {row} is {given[row]}; expected 0 to {NUM_ACTIONS - 1}")
    return given.astype(np.intp, copy=False)
