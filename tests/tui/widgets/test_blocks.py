"""Blocks on a fixed scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.metrics import METRIC, METRICS, MetricSpec
from noc_tui.tui.widgets.blocks import (
    CAPPED,
    DOWN,
    GHOST,
    SHADE,
    THRESHOLD,
    Sample,
    Scale,
    draw,
    draw_column,
    lay_out,
    spacing,
)
from noc_tui.tui.widgets.painted import Run, cells_of

CPU, LOSS, SERVICE = METRIC["cpu_usage"], METRIC["packet_loss"], METRIC["service_healthy"]

specs = st.sampled_from(METRICS)
continuous = st.sampled_from([spec for spec in METRICS if spec.higher_is_worse])
fractions = st.floats(0, 1)
heights = st.integers(1, 30)
tall = st.integers(2, 30)


def inks(column: list[Run]) -> list[str]:
    """The colour that fills each cell of a column from the bottom up."""
    return [cell.ground or cell.ink for cell in reversed(column)]


@given(specs, heights, fractions, fractions)
def test_a_greater_value_is_never_drawn_lower(spec: MetricSpec, rows: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    scale = Scale(spec, rows)
    assert scale.eighths(low) <= scale.eighths(high)


@given(continuous, tall, fractions)
def test_a_column_crosses_the_threshold_row_exactly_when_its_value_is_over_the_threshold(
    spec: MetricSpec, rows: int, value: float
) -> None:
    scale = Scale(spec, rows)
    assert 1 <= scale.threshold_row < rows
    assert (scale.eighths(value) > scale.threshold_row * 8) == (not spec.is_healthy(value))


@given(specs, heights, fractions)
def test_a_column_stays_in_the_graph_and_only_a_downed_service_leaves_none(
    spec: MetricSpec, rows: int, value: float
) -> None:
    scale = Scale(spec, rows)
    height = scale.eighths(value)
    assert height <= scale.top <= rows * 8
    assert (height == 0) == (spec is SERVICE and value == 0)


@given(continuous, tall, fractions)
def test_under_the_threshold_row_a_column_is_calm_and_over_it_loud(spec: MetricSpec, rows: int, value: float) -> None:
    scale = Scale(spec, rows)
    column = inks(draw_column(scale, Sample(min(value, spec.full_scale))))
    edge = scale.threshold_row
    assert {ink for ink in column[:edge] if ink} <= {"calm", "calm-under"}
    assert {ink for ink in column[edge:] if ink} <= {"breach", "critical", "threshold"}


def test_the_scale_runs_straight_to_the_threshold_and_on_to_the_full_scale() -> None:
    assert [Scale(CPU, 6).eighths(value) for value in (0.0, 0.325, 0.649, 0.65, 1.0)] == [1, 16, 32, 33, 48]


def test_a_single_row_keeps_an_eighth_free_so_that_rows_do_not_touch() -> None:
    assert Scale(CPU, 1).eighths(1.0) == 7


def test_the_threshold_is_a_line_until_the_column_reaches_it() -> None:
    calm, loud = (draw_column(Scale(CPU, 6), Sample(value)) for value in (0.3, 0.7))
    assert [cell.text for cell in reversed(calm)].index(THRESHOLD) == Scale(CPU, 6).threshold_row
    assert THRESHOLD not in [cell.text for cell in loud]


@given(continuous, heights, fractions)
def test_a_value_beyond_the_full_scale_is_capped_with_a_mark(spec: MetricSpec, rows: int, value: float) -> None:
    column = draw_column(Scale(spec, rows), Sample(value))
    assert (column[0].text == CAPPED) == (value > spec.full_scale)


def test_a_service_that_is_down_is_hatched_from_top_to_bottom() -> None:
    assert draw_column(Scale(SERVICE, 3), Sample(0.0)) == [Run(DOWN, "critical")] * 3


def test_a_service_that_is_half_up_stays_below_the_top() -> None:
    scale = Scale(SERVICE, 4)
    assert scale.eighths(0.999) < scale.eighths(1.0) == 32
    assert scale.eighths(0.5) == 16


@pytest.mark.parametrize("value", [0.3, 0.7, 0.95])
def test_samples_before_the_page_are_drawn_in_dim_colours(value: float) -> None:
    column = draw_column(Scale(CPU, 6), Sample(value, dim=True))
    assert all(ink.endswith("-dim") for ink in inks(column) if ink not in {"", "threshold"})


def test_without_colour_calm_is_shaded_and_loud_is_solid() -> None:
    column = draw_column(Scale(CPU, 6), Sample(1.0), plain=True)
    assert "".join(cell.text for cell in reversed(column)) == SHADE * 4 + "██"
    [[row]] = [draw(Scale(CPU, 1), 4, [(Sample(0.6), 2)] * 2, plain=True)]
    assert "".join(run.text for run in row).strip() == "▄ ▄", "calm steps stand apart where a row is all there is"


class TestGhost:
    def test_it_is_a_dot_at_its_height_above_a_column(self) -> None:
        column = draw_column(Scale(CPU, 10), Sample(0.2, ghost=0.92))
        assert [(row, cell.ink) for row, cell in enumerate(reversed(column)) if cell.text in GHOST] == [(9, "ghost")]

    def test_within_a_column_it_keeps_the_column_s_colour_behind_it(self) -> None:
        column = draw_column(Scale(CPU, 10), Sample(0.9, ghost=0.2))
        [dot] = [cell for cell in column if cell.text in GHOST]
        assert dot.ground == "calm-under"

    def test_it_rises_within_a_row_too(self) -> None:
        dots = [
            next(cell.text for cell in draw_column(Scale(CPU, 4), Sample(0.1, ghost=ghost)) if cell.text in GHOST)
            for ghost in (0.68, 0.80, 0.99)
        ]
        assert dots == [".", "·", "˙"]

    @given(continuous, tall, fractions, fractions)
    def test_it_never_hides_the_tip_of_a_column(self, spec: MetricSpec, rows: int, value: float, ghost: float) -> None:
        scale = Scale(spec, rows)
        with_ghost, without = (draw_column(scale, Sample(value, ghost=other)) for other in (ghost, None))
        tip = rows - -(-scale.eighths(value) // 8)
        assert without[tip].ground or with_ghost[tip] == without[tip]
        assert inks(without)[: scale.eighths(value) // 8] == inks(with_ghost)[: scale.eighths(value) // 8]


class TestLayout:
    @given(st.integers(0, 150), st.integers(0, 60), st.integers(0, 24))
    def test_it_never_takes_more_columns_than_there_are(self, width: int, steps: int, before: int) -> None:
        samples = lay_out(width, [0.5] * steps, [0.4] * before)
        taken = sum(span for _, span in samples)
        assert taken <= width
        if steps * spacing(width).step >= width:
            assert taken == width

    def test_the_newest_stands_at_the_right_and_the_oldest_falls_off(self) -> None:
        samples = lay_out(6, [0.1, 0.2, 0.3, 0.4], [0.8] * 24)
        assert [sample.value for sample, _ in samples] == [0.8, 0.8, 0.1, 0.2, 0.3, 0.4]
        assert [sample.value for sample, _ in lay_out(3, [0.1, 0.2, 0.3, 0.4], [])] == [0.2, 0.3, 0.4]

    def test_the_page_parts_dim_samples_from_bright_ones(self) -> None:
        samples = lay_out(40, [0.5] * 3, [0.4] * 24)
        assert [sample.dim for sample, _ in samples] == [True] * 24 + [False] * 3

    @pytest.mark.parametrize(("width", "span"), [(20, 1), (36, 2), (40, 2), (120, 3)])
    def test_a_step_is_one_to_three_columns_wide_by_the_room_there_is(self, width: int, span: int) -> None:
        assert lay_out(width, [0.5], [])[-1][1] == span

    def test_a_step_keeps_its_width_however_long_the_run(self) -> None:
        assert {lay_out(36, [0.5] * steps, [0.4] * 24)[-1][1] for steps in range(1, 60)} == {2}

    def test_ghosts_go_with_their_steps(self) -> None:
        samples = lay_out(40, [0.1, 0.2, 0.3], [0.4], [0.9, None])
        assert [sample.ghost for sample, _ in samples] == [None, 0.9, None, None]


@given(specs, heights, st.integers(0, 80), st.lists(fractions, max_size=50), st.booleans())
def test_each_row_of_a_graph_fills_its_width(
    spec: MetricSpec, rows: int, width: int, values: list[float], plain: bool
) -> None:
    graph = draw(Scale(spec, rows), width, lay_out(width, values, [0.4] * 24), plain=plain)
    assert [cells_of(row) for row in graph] == [width] * rows


def test_neighbours_of_one_colour_are_one_run() -> None:
    [*_, bottom] = draw(Scale(LOSS, 4), 10, [(Sample(0.04), 2)] * 5)
    assert len([run for run in bottom if run.text]) == 1
