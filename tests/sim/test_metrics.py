"""The six metrics: order, health, thresholds, units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.metrics import CONTINUOUS, METRIC, METRIC_NAMES, METRICS, MetricName, SystemMetrics

LEVELS = st.floats(0, 1)
ANY_METRICS = st.builds(SystemMetrics, LEVELS, LEVELS, LEVELS, LEVELS, LEVELS, LEVELS)
CALM = SystemMetrics(0.40, 0.44, 0.09, 0.01, 1.0, 0.02)
"""All six healthy."""


def test_the_order_is_that_of_every_array() -> None:
    assert METRIC_NAMES == (
        "cpu_usage", "memory_usage", "latency", "packet_loss", "service_healthy", "error_rate",
    )  # fmt: skip
    assert SystemMetrics._fields == METRIC_NAMES
    assert tuple(spec.name for spec in METRICS) == METRIC_NAMES
    assert tuple(name for name in METRIC_NAMES if name != "service_healthy") == CONTINUOUS


class TestArrays:
    @given(ANY_METRICS)
    def test_to_array_and_back_loses_nothing(self, metrics: SystemMetrics) -> None:
        array = metrics.to_array()
        assert array.shape == (6,)
        assert array.dtype == np.float64
        again = SystemMetrics.from_array(array)
        assert again == metrics
        assert {type(value) for value in again} == {float}

    @pytest.mark.parametrize("count", [0, 5, 7])
    def test_another_number_of_values_is_refused(self, count: int) -> None:
        with pytest.raises(ValueError, match=f"^expected 6 metrics, got {count}$"):
            SystemMetrics.from_array([0.5] * count)

    @pytest.mark.parametrize("value", [-0.001, 1.001, math.nan, math.inf])
    def test_a_value_outside_nought_and_one_is_refused_by_name(self, value: float) -> None:
        with pytest.raises(ValueError, match=r"^packet_loss is .*, expected a number from 0 to 1$"):
            SystemMetrics.from_array([0.5, 0.5, 0.5, value, 1.0, 0.5])


class TestHealth:
    def test_it_weighs_the_metrics(self) -> None:
        assert SystemMetrics(0, 0, 0, 0, 1, 0).health_score == 1.0
        assert SystemMetrics(1, 1, 1, 1, 0, 1).health_score == 0.0
        costs = []
        for index in range(6):
            values = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]
            values[index] = 1.0 - values[index]
            costs.append(round(1.0 - SystemMetrics(*values).health_score, 12))
        assert costs == [0.25, 0.25, 0.20, 0.15, 0.10, 0.05]

    @given(ANY_METRICS)
    def test_it_adds_the_terms_from_left_to_right(self, metrics: SystemMetrics) -> None:
        cpu, memory, latency, loss, service, errors = metrics
        burden = cpu * 0.25
        for term in (memory * 0.25, latency * 0.20, loss * 0.15, (1 - service) * 0.10, errors * 0.05):
            burden = burden + term
        assert metrics.health_score == max(0, 1 - burden)
        assert 0 <= metrics.health_score <= 1


class TestThresholds:
    @pytest.mark.parametrize(
        ("name", "limit"),
        [("cpu_usage", 0.65), ("memory_usage", 0.65), ("latency", 0.20), ("packet_loss", 0.05), ("error_rate", 0.10)],
    )
    def test_healthy_ends_at_the_threshold(self, name: MetricName, limit: float) -> None:
        assert CALM._replace(**{name: math.nextafter(limit, 0)}).is_resolved
        assert not CALM._replace(**{name: limit}).is_resolved
        assert METRIC[name].healthy_below == limit

    def test_the_service_is_healthy_only_when_fully_up(self) -> None:
        assert CALM.is_resolved
        assert not CALM._replace(service_healthy=math.nextafter(1, 0)).is_resolved

    @pytest.mark.parametrize(("name", "limit"), [("cpu_usage", 0.98), ("memory_usage", 0.98), ("error_rate", 0.90)])
    def test_critical_begins_at_the_crash_threshold(self, name: MetricName, limit: float) -> None:
        assert CALM._replace(**{name: limit}).is_critical
        assert not CALM._replace(**{name: math.nextafter(limit, 0)}).is_critical
        assert METRIC[name].crash_at == limit

    def test_the_other_metrics_are_never_critical(self) -> None:
        assert not SystemMetrics(0.5, 0.5, 1.0, 1.0, 0.0, 0.5).is_critical
        assert [spec.name for spec in METRICS if spec.crash_at is None] == ["latency", "packet_loss", "service_healthy"]

    @given(ANY_METRICS)
    def test_all_are_healthy_when_each_is(self, metrics: SystemMetrics) -> None:
        each = [spec.is_healthy(value) for spec, value in zip(METRICS, metrics, strict=True)]
        assert metrics.is_resolved is all(each)

    @given(ANY_METRICS)
    def test_healthy_and_critical_exclude_each_other(self, metrics: SystemMetrics) -> None:
        assert not (metrics.is_resolved and metrics.is_critical)


class TestUnits:
    @pytest.mark.parametrize(
        ("name", "value", "text"),
        [
            ("cpu_usage", 0.93, "93.0 %"),
            ("packet_loss", 0.0512, "5.1 %"),
            ("latency", 0.306, "153 ms"),
            ("service_healthy", 1.0, "up"),
            ("service_healthy", 0.0, "down"),
            ("service_healthy", 0.4, "40 % up"),
        ],
    )
    def test_a_value_reads_as_a_person_says_it(self, name: MetricName, value: float, text: str) -> None:
        assert METRIC[name].text(value) == text

    def test_units_are_percent_and_milliseconds(self) -> None:
        assert METRIC["error_rate"].in_units(0.25) == 25.0
        assert METRIC["latency"].in_units(0.25) == 125.0
        assert METRIC["service_healthy"].in_units(0.5) == 0.5
