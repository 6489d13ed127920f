"""Intervals and robust means, from SciPy (the extra `bench`): shares, pass^k, differences on common episodes.

Nothing here draws at random but the bootstrap, which always starts from the same seed: the same episodes give the same
figures.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import binomtest, bootstrap, trim_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 2000
_SEED: Final = 0


class Estimate(NamedTuple):
    """A figure, and the interval that holds it with 95 % confidence."""

    value: float
    low: float | None
    """None where one observation is all there is, and tells nothing of others."""
    high: float | None


def share(successes: int, number: int) -> Estimate | None:
    """The share with its Wilson score interval; None of nothing."""
    if not number:
        return None
    interval = binomtest(successes, number).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(successes / number, float(interval.low), float(interval.high))


def pass_hat(successes: int, number: int, k: int) -> float | None:
    """The probability that `k` episodes drawn without replacement are all resolved: C(c, k) / C(n, k).

    The unbiased estimator of Yao et al. (tau-bench, 2024). None where there are fewer than `k` episodes.
    """
    return comb(successes, k) / comb(number, k) if 1 <= k <= number else None


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return float(np.mean(values)) if values else None


def median(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return float(np.median(values)) if values else None


def interquartile_mean(values: Sequence[float]) -> float | None:
    """The mean of the middle half: a quarter of the values is cut off at each end. None of nothing."""
    return float(trim_mean(values, 0.25)) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value that `percent` of the values do not exceed; None of nothing."""
    return float(np.percentile(values, percent)) if values else None


def mean_difference(clusters: Mapping[str, Sequence[float]]) -> Estimate | None:
    """The mean of differences, with a percentile bootstrap interval that draws whole clusters.

    Differences within a cluster go together: with one cluster for each incident, the interval says what other incidents
    of the kind would bring. Of a single cluster the differences themselves are drawn. None of nothing.
    """
    filled = [values for values in clusters.values() if len(values)]
    if len(filled) == 1:
        filled = [[value] for value in filled[0]]
    if not filled:
        return None
    sums = np.array([float(np.sum(values)) for values in filled])
    numbers = np.array([len(values) for values in filled])
    value = _ratio(sums, numbers)
    if len(filled) == 1:
        return Estimate(float(value), None, None)
    interval = bootstrap(
        (sums, numbers),
        _ratio,
        n_resamples=RESAMPLES,
        vectorized=True,
        paired=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(float(value), float(interval.low), float(interval.high))


def _ratio(sums: NDArray[np.float64], numbers: NDArray[np.int_], axis: int = -1) -> NDArray[np.float64]:
    """The mean over all differences of the clusters drawn."""
    return np.asarray(sums.sum(axis=axis) / numbers.sum(axis=axis))
