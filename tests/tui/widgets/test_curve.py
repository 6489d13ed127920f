"""The course of the health over an episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets.curve import Curve, CurveView, spread
from tests.tui.widgets.hosting import colours, hosted, shown

PALE, LOUD = 0.9, 0.2

scores = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def curve(*values: float) -> Curve:
    widget = Curve()
    widget.view = CurveView(values, "page", "✓ step 9")
    return widget


def heights(widget: Curve) -> list[int]:
    """How high each column stands, in eighths of a row. Full cells are coloured blanks."""
    rows = [widget.render_line(y) for y in range(widget.size.height - 1)]
    found = [0] * (widget.size.width - 6)
    for row in rows:
        x = -6
        for segment in row:
            for glyph in segment.text:
                if x >= 0:
                    ground = segment.style.bgcolor if segment.style else None
                    blank = row.crop(0, 1)._segments[0].style
                    full = glyph == " " and blank is not None and ground != blank.bgcolor
                    found[x] += 8 if full else " ▁▂▃▄▅▆▇█".find(glyph)
                x += 1
    return found


async def test_the_same_health_always_stands_at_the_same_height() -> None:
    for values in ((0.5,), (0.5, 0.5), (0.25, 0.5, 1.0)):
        widget = curve(*values)
        async with hosted(widget, (66, 6)):
            found = heights(widget)
            each = 60 // len(values)
            assert found == [round(value * 40) for value in values for _ in range(each)]


async def test_the_scale_stands_at_the_left_and_the_words_below_the_ends() -> None:
    widget = curve(0.2, 0.9)
    async with hosted(widget, (40, 6)):
        rows = shown(widget)
        assert rows[0].startswith("100 % ")
        assert rows[4].startswith("  0 % ")
        assert rows[5] == "      page" + " " * 22 + "✓ step 9"


async def test_columns_are_as_loud_as_the_health_is_bad() -> None:
    calm, loud = curve(PALE), curve(LOUD)
    async with hosted(calm, (40, 6)):
        calm_colours = colours(calm, 4)
    async with hosted(loud, (40, 6)):
        assert colours(loud, 4) != calm_colours


@pytest.mark.parametrize("size", [(1, 1), (6, 2), (7, 3), (30, 1)])
async def test_it_survives_having_no_room(size: tuple[int, int]) -> None:
    widget = curve(0.2, 0.9)
    async with hosted(widget, size):
        assert len(shown(widget)) == widget.size.height


async def test_nothing_is_drawn_before_there_is_a_course() -> None:
    widget = Curve()
    async with hosted(widget, (40, 6)):
        assert set("".join(row[6:] for row in shown(widget))) == {" "}


@given(scores, st.integers(1, 120))
def test_a_course_fills_the_width_and_both_its_ends_are_seen(values: list[float], width: int) -> None:
    columns = spread(values, width)
    assert len(columns) == width
    assert columns[-1] == values[-1]
    assert width == 1 or columns[0] == values[0]


@given(scores, st.integers(1, 120))
def test_columns_stand_in_the_order_of_the_steps_and_with_room_none_is_left_out(
    values: list[float], width: int
) -> None:
    indices = spread(list(range(len(values))), width)
    assert indices == sorted(indices)
    if width >= len(values):
        assert set(indices) == set(range(len(values)))
