"""What stood on the screen before a move, in a few words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review.seen import seen
from noc_tui.sim.metrics import METRICS, SystemMetrics
from tests.factories import CALM

states = st.builds(SystemMetrics, *[st.floats(0.0, 1.0)] * len(METRICS))


def metrics(**changes: float) -> SystemMetrics:
    return SystemMetrics(**{**CALM, "service_healthy": 1.0, **changes})


def test_a_healthy_server_is_said_to_be_healthy() -> None:
    assert seen(metrics()) == "all healthy"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cpu_usage": 0.91}, "CPU 91.0 %"),
        ({"packet_loss": 0.12}, "Loss 12.0 %"),
        ({"service_healthy": 0.0}, "Service down"),
        ({"service_healthy": 0.4}, "Service 40 % up"),
        ({"cpu_usage": 0.65}, "CPU 65.0 %"),
        ({"cpu_usage": 0.649}, "all healthy"),
    ],
)
def test_only_what_is_out_of_range_is_named_in_its_units(changes: dict[str, float], words: str) -> None:
    assert seen(metrics(**changes)) == words


def test_the_metric_that_is_furthest_out_comes_first() -> None:
    # Of the way from threshold to crash CPU has gone 79 %; of the way to the end of its scale latency has gone 8 %.
    assert seen(metrics(cpu_usage=0.91, latency=0.262)) == "CPU 91.0 %, latency 131 ms"
    assert seen(metrics(cpu_usage=0.66, latency=0.9)) == "Latency 450 ms, CPU 66.0 %"
    assert seen(metrics(cpu_usage=0.97, service_healthy=0.0)) == "Service down, CPU 97.0 %"
    # Errors of 50 % are half of the way to the crash at 90 %, though they nearly fill their strip.
    assert seen(metrics(cpu_usage=0.85, error_rate=0.5)) == "CPU 85.0 %, errors 50.0 %"


@given(states)
def test_every_metric_out_of_range_is_named_once_and_no_other(state: SystemMetrics) -> None:
    words = seen(state).lower()
    for spec, value in zip(METRICS, state, strict=True):
        assert words.count(spec.short.lower() + " ") == (not spec.is_healthy(value))
