"""Intervals and robust means against values worked out by hand, or taken from the papers."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.bench import statistics


def wilson(successes: int, number: int) -> tuple[float, float]:
    """The Wilson score interval as Wilson wrote it (1927)."""
    z, p = 1.959963984540054, successes / number
    centre = (p + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * math.sqrt(p * (1 - p) / number + z * z / (4 * number * number))
    return centre - half, centre + half


def test_a_share_comes_with_its_wilson_interval() -> None:
    estimate = statistics.share(8, 10)
    assert estimate is not None
    assert estimate.value == 0.8
    # Newcombe (1998) and every textbook after him.
    assert estimate.low == pytest.approx(0.4902, abs=1e-4)
    assert estimate.high == pytest.approx(0.9433, abs=1e-4)


@pytest.mark.parametrize(("successes", "number"), [(0, 20), (20, 20), (1, 3), (199, 400)])
def test_the_interval_is_that_of_the_formula_also_at_the_ends(successes: int, number: int) -> None:
    estimate = statistics.share(successes, number)
    assert estimate is not None
    low, high = wilson(successes, number)
    assert estimate.low == pytest.approx(low, abs=1e-9)
    assert estimate.high == pytest.approx(high, abs=1e-9)


def test_there_is_no_share_of_nothing() -> None:
    assert statistics.share(0, 0) is None
    assert [statistics.mean([]), statistics.median([]), statistics.interquartile_mean([])] == [None] * 3
    assert statistics.percentile([], 95) is None
    assert statistics.mean_difference({}) is None


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_hat_is_the_share_of_all_draws_of_k_that_are_all_resolved(case: tuple[int, int, int]) -> None:
    number, successes, k = case
    episodes = [True] * successes + [False] * (number - successes)
    draws = list(combinations(episodes, k))
    assert statistics.pass_hat(successes, number, k) == pytest.approx(sum(map(all, draws)) / len(draws))


def test_pass_hat_of_more_episodes_than_there_are_is_unknown() -> None:
    assert statistics.pass_hat(4, 4, 5) is None


def test_the_interquartile_mean_leaves_a_quarter_out_at_each_end() -> None:
    assert statistics.interquartile_mean([100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -100.0]) == 3.5
    assert statistics.median([1.0, 100.0, 2.0]) == 2.0
    assert statistics.percentile([float(n) for n in range(101)], 95) == 95.0


def test_a_difference_is_the_mean_over_all_episodes_whatever_the_cluster() -> None:
    estimate = statistics.mean_difference({"a": [1.0, 1.0, 1.0], "b": [0.0]})
    assert estimate is not None
    assert estimate.value == 0.75
    # Two clusters are drawn with replacement: both the one, both the other, or one of each.
    assert (estimate.low, estimate.high) == (0.0, 1.0)


def test_a_bootstrap_of_ten_clusters_is_the_binomial_distribution() -> None:
    # Of ten draws from five ones and five zeros: one or less in 11 of 1,024 cases, two or less in 56. So 2.5 % lie
    # below 0.2, whatever number of episodes of the same outcome stands behind each draw.
    expected = (0.5, 0.2, 0.8)
    assert statistics.mean_difference({str(n): [float(n < 5)] for n in range(10)}) == expected
    assert statistics.mean_difference({str(n): [float(n < 5)] * 7 for n in range(10)}) == expected


def test_agents_that_never_differ_differ_by_nothing_for_sure() -> None:
    assert statistics.mean_difference({"a": [0.0] * 5, "b": [0.0] * 5}) == (0.0, 0.0, 0.0)


def test_an_interval_of_clusters_is_wider_than_one_that_takes_episodes_for_independent() -> None:
    clustered = statistics.mean_difference({str(n): [float(n % 2)] * 20 for n in range(10)})
    independent = statistics.mean_difference({str(n): [float(n % 2)] for n in range(200)})
    assert clustered is not None
    assert independent is not None
    assert clustered.value == independent.value == 0.5
    assert None not in (*clustered, *independent)
    assert (clustered.high or 0) - (clustered.low or 0) > 3 * ((independent.high or 0) - (independent.low or 0))


def test_of_one_cluster_the_episodes_are_drawn_and_of_one_episode_nothing() -> None:
    estimate = statistics.mean_difference({"a": [1.0, 0.0, 1.0, 0.0]})
    assert estimate is not None
    assert estimate.low == 0.0
    assert estimate.high == 1.0
    assert statistics.mean_difference({"a": [1.0]}) == (1.0, None, None)


def test_the_same_differences_give_the_same_interval() -> None:
    clusters = {"a": [1.0, -1.0, 0.5], "b": [0.0, 2.0], "c": [-0.5]}
    assert statistics.mean_difference(clusters) == statistics.mean_difference(clusters)
