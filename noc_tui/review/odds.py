"""What chance leaves of a plan: how likely each step is healthy, and with it that the streak holds or the server dies.

The means follow the rules without noise. Around them each metric varies: a step adds the variance of its noise, and
what recovery pulls back of a deviation, `(1 - p) * recovery`, it no longer has afterwards. All metrics of a state have
the same variance, for noise and recovery are the same for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.sim.metrics import METRIC_NAMES, METRICS
from noc_tui.sim.simulator import NOISE_SD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.sim.batch_state import BatchState
    from noc_tui.sim.tables import Tables

    Floats = NDArray[np.float64]

SERVICE: Final = METRIC_NAMES.index("service_healthy")
HEALTHY_BELOW: Final = np.array([[spec.healthy_below] for spec in METRICS])
"""The healthy thresholds in the order of the metrics, (6, 1)."""

_CRITICAL: Final = tuple(index for index, spec in enumerate(METRICS) if spec.crash_at is not None)
_CRASH_AT: Final = np.array([[METRICS[index].crash_at] for index in _CRITICAL], dtype=np.float64)
_NOISE_VARIANCE: Final = NOISE_SD**2
_TINY: Final = 1e-9


class Odds(NamedTuple):
    """Where the probability of `n` futures lies; what is missing to 1 has resolved or crashed. All of shape (n,)."""

    streak0: Floats
    streak1: Floats
    streak2: Floats
    healthy: Floats
    """How likely the last step was healthy, for what the next one is depends on it."""
    safe: Floats
    """How likely the last step was below the crash thresholds, if nothing had happened before."""
    variance: Floats
    """Of each metric around its mean."""

    @property
    def alive(self) -> Floats:
        """How likely the episode goes on."""
        return self.streak0 + self.streak1 + self.streak2

    def take(self, rows: NDArray[np.intp]) -> Odds:
        """The odds of these rows, which may repeat."""
        return Odds(*(column[rows] for column in self))


class Turn(NamedTuple):
    """What a step makes of the odds."""

    odds: Odds
    resolved: Floats
    """How likely the episode is resolved by this very step, (n,)."""
    crashed: Floats


def known(state: BatchState) -> Odds:
    """The odds of states that are seen, and not expected: nothing varies."""
    streak = state.streak
    zero = np.zeros(len(state))
    one, two = (streak == 1) * 1.0, (streak == 2) * 1.0
    return Odds(1.0 - one - two, one, two, (streak > 0) * 1.0, np.ones(len(state)), zero)


def turn(odds: Odds, state: BatchState, moved: NDArray[np.intp]) -> Turn:
    """The odds after a step that led to the means of `state`. `moved` are the metrics that count (`moved_metrics`).

    Two steps running are healthy or not together more often than chance would have it: what noise did to a metric is
    still there in the next step. The correlation of the two events follows from that of the metric,
    `2 / pi * arcsin(rho)`, as it does for a metric whose mean lies on the threshold.
    """
    keeps = 1.0 - (1.0 - state.pressure) * recovery_of(state)
    carried = odds.variance * keeps * keeps
    variance = carried + _NOISE_VARIANCE
    healthy, safe = _chances(state, np.sqrt(variance), moved)
    share = (2 / np.pi) * np.arcsin(np.sqrt(carried / variance))
    again, anew = _given(odds.healthy, healthy, share)
    streak1, streak2, resolved = odds.streak0 * anew, odds.streak1 * again, odds.streak2 * again
    unhealthy = odds.alive - streak1 - streak2 - resolved
    crashed = np.minimum(odds.alive * (1.0 - _given(odds.safe, safe, share)[0]), unhealthy)
    return Turn(Odds(unhealthy - crashed, streak1, streak2, healthy, safe, variance), resolved, crashed)


def _given(before: Floats, now: Floats, share: Floats) -> tuple[Floats, Floats]:
    """How likely an event is now, where it has happened in the step before, and where it has not."""
    both = before * now + share * np.sqrt(before * (1 - before) * now * (1 - now))
    both = np.minimum(both, np.minimum(before, now))
    again = np.where(before > _TINY, both / np.maximum(before, _TINY), now)
    anew = np.where(before < 1 - _TINY, (now - both) / np.maximum(1 - before, _TINY), now)
    return again, anew


def _chances(state: BatchState, sd: Floats, moved: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """How likely a state is healthy, and how likely it is below the crash thresholds."""
    metrics = state.metrics
    healthy = _normal_cdf((HEALTHY_BELOW[moved] - metrics[moved]) / sd).prod(axis=0)
    healthy *= metrics[SERVICE] >= 1.0
    safe = _normal_cdf((_CRASH_AT - metrics.take(_CRITICAL, axis=0)) / sd).prod(axis=0)
    return healthy, safe


def _normal_cdf(x: Floats) -> Floats:
    """The standard normal distribution function, to 2e-4 (Page 1977); NumPy has none."""
    return 0.5 + 0.5 * np.tanh(x * (0.7978845608 + 0.0356774081 * x * x))


def recovery_of(state: BatchState) -> Floats:
    """The `recovery` of each row's incident, (n,)."""
    return state.tables.recovery[state.incident]


def moved_metrics(tables: Tables) -> NDArray[np.intp]:
    """The metrics but the service that drift, recovery or an action of the tables' one incident moves.

    The others are left to chance: no plan is better for them than another.
    """
    moved = (tables.drift != 0).any(axis=1) | (tables.figures[:-1] != 0).any(axis=1) | bool(tables.recovery.any())
    moved[SERVICE] = False
    return np.flatnonzero(moved)


def unmoved_metrics(tables: Tables) -> NDArray[np.intp]:
    """The metrics that chance alone moves, as places in the order of the metrics."""
    return np.setdiff1d(np.arange(len(METRICS)), [*moved_metrics(tables), SERVICE])
