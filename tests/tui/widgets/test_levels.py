"""How loud a value is shown, and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.metrics import METRIC, METRICS, MetricName, MetricSpec
from noc_tui.tui.widgets.levels import HEALTHY_SCORE, Level, exact, health_level, level_of, standing, trend


@pytest.mark.parametrize(
    ("metric", "value", "level"),
    [
        ("cpu_usage", 0.649, Level.CALM),
        ("cpu_usage", 0.65, Level.BREACH),
        ("cpu_usage", 0.899, Level.BREACH),
        ("cpu_usage", 0.91, Level.CRITICAL),
        ("error_rate", 0.83, Level.CRITICAL),
        ("latency", 1.0, Level.BREACH),
        ("service_healthy", 1.0, Level.CALM),
        ("service_healthy", 0.9, Level.BREACH),
        ("service_healthy", 0.0, Level.CRITICAL),
    ],
)
def test_a_value_is_calm_then_loud_then_critical_near_the_crash(metric: MetricName, value: float, level: Level) -> None:
    assert level_of(METRIC[metric], value) is level


@given(st.sampled_from(METRICS), st.floats(0, 1))
def test_exactly_the_healthy_values_are_calm(spec: MetricSpec, value: float) -> None:
    assert (level_of(spec, value) is Level.CALM) == spec.is_healthy(value)


@pytest.mark.parametrize(
    ("metric", "value", "words", "brief"),
    [
        ("memory_usage", 0.584, "✓ under 65.0 %", "✓ under 65 %"),
        ("cpu_usage", 0.73, "! 8.0 % over 65.0 %", "! 8.0 over 65 %"),
        ("cpu_usage", 0.93, "‼ 28.0 % over 65.0 %, crash at 98 %", "‼ 28 over 65 %"),
        ("latency", 0.306, "! 53 ms over 100 ms", "! 53 over 100 ms"),
        ("packet_loss", 0.037, "✓ under 5.0 %", "✓ under 5 %"),
        ("error_rate", 0.189, "! 8.9 % over 10.0 %", "! 8.9 over 10 %"),
        ("cpu_usage", 0.65, "! just over 65.0 %", "! just over 65 %"),
        ("service_healthy", 1.0, "✓ up", "✓ up"),
        ("service_healthy", 0.4, "! 40 % up", "! 40 % up"),
        ("service_healthy", 0.0, "‼ down", "‼ down"),
    ],
)
def test_the_words_say_where_a_value_stands(metric: MetricName, value: float, words: str, brief: str) -> None:
    assert standing(METRIC[metric], value, 60) == words
    assert standing(METRIC[metric], value, 60, brief=True) == brief


@pytest.mark.parametrize(
    ("room", "words"),
    [(34, "‼ 28.0 % over 65.0 %"), (19, "‼ 28 over 65 %"), (10, "‼ 28 over"), (8, "‼")],
)
def test_words_that_do_not_fit_get_briefer_down_to_the_glyph(room: int, words: str) -> None:
    assert standing(METRIC["cpu_usage"], 0.93, room) == words


@given(st.sampled_from(METRICS), st.floats(0, 1))
def test_brief_words_fit_beside_a_strip_of_80_columns(spec: MetricSpec, value: float) -> None:
    brief = standing(spec, value, 18, brief=True)
    assert len(brief) > 3, "more than the glyph"


@given(st.sampled_from(METRICS), st.floats(0, 1), st.integers(1, 60), st.booleans())
def test_words_fit_their_room_and_begin_with_the_glyph(spec: MetricSpec, value: float, room: int, brief: bool) -> None:
    words = standing(spec, value, room, brief=brief)
    assert len(words) <= room
    assert words[0] == level_of(spec, value).glyph


@pytest.mark.parametrize(
    ("previous", "value", "arrow"), [(0.5, 0.53, "▲"), (0.5, 0.47, "▼"), (0.5, 0.508, "─"), (None, 0.5, "─")]
)
def test_the_arrow_tells_of_the_last_step_beyond_its_noise(previous: float | None, value: float, arrow: str) -> None:
    assert trend(previous, value) == arrow


def test_the_exact_figures_have_value_limits_and_last_step() -> None:
    assert exact(METRIC["cpu_usage"], 0.9312, 0.95).splitlines() == [
        "CPU 93.12 %",
        "healthy under 65 %",
        "last step −1.88 %",
        "crash at 98 %",
        "scale to 100 %",
    ]
    assert exact(METRIC["latency"], 0.3064, None).splitlines() == [
        "Latency 153.2 ms",
        "healthy under 100 ms",
        "scale to 500 ms",
    ]
    assert exact(METRIC["service_healthy"], 0.0, 1.0) == "Service down\nhealthy while up"


def test_health_is_calm_down_to_what_a_server_at_all_its_thresholds_has() -> None:
    assert pytest.approx(0.6225) == HEALTHY_SCORE
    assert health_level(HEALTHY_SCORE) is Level.CALM
    assert health_level(0.62) is Level.BREACH
    assert health_level(0.39) is Level.CRITICAL
