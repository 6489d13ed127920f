"""The course of the health over an episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets.curve import DOT, Curve, CurveView, Mark, mark_runs, spread
from tests.tui.widgets.hosting import colours, hosted, shown, style_of

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


# --- verdicts and best play


def marked(*values: float, at: int | None = None, marks: str = "", ghost: tuple[float, ...] = ()) -> Curve:
    """A curve with a mark for each value after the first; `?` weighs more than the others."""
    widget = Curve()
    glyphs = tuple(Mark(glyph, "calm", int(glyph == "?")) for glyph in marks)
    widget.view = CurveView(values, "page", "end", ghost=ghost, marks=glyphs, at=at)
    return widget


async def test_each_mark_stands_below_the_middle_of_its_column() -> None:
    widget = marked(0.5, 0.6, 0.7, marks="ab")
    async with hosted(widget, (36, 8)):
        row = shown(widget)[-2]
        # Ten cells a column, of which the first belongs to the page.
        assert (row.index("a"), row.index("b")) == (6 + 14, 6 + 24)


async def test_marks_take_the_row_of_the_words_where_there_is_little_room() -> None:
    widget = marked(0.5, 0.6, marks="a")
    async with hosted(widget, (36, 6)):
        assert "page" in shown(widget)[-1]
        assert "a" in shown(widget)[-2]
    widget = marked(0.5, 0.6, marks="a")
    widget.styles.height = 4
    async with hosted(widget, (36, 4)):
        assert "page" not in "".join(shown(widget))
        assert "a" in shown(widget)[-1]


async def test_of_the_marks_that_share_a_cell_the_weightiest_is_shown() -> None:
    widget = marked(*[0.5] * 41, marks="." * 20 + "?" + "." * 19)
    async with hosted(widget, (16, 6)):
        assert shown(widget)[-2].count("?") == 1


async def test_the_mark_that_is_looked_at_is_shown_and_pointed_out() -> None:
    widget = marked(*[0.5] * 41, marks="?" * 19 + "." + "?" * 20, at=20)
    async with hosted(widget, (16, 6)):
        assert shown(widget)[-2].count(".") == 1
        assert style_of(widget, ".").bgcolor != style_of(widget, "?").bgcolor


async def test_best_play_is_a_row_of_dots_and_stays_where_it_ends() -> None:
    widget = marked(0.1, 0.1, 0.1, 0.1, ghost=(0.1, 0.9))
    async with hosted(widget, (46, 6)):
        rows = shown(widget)
        dots = [[x for x, glyph in enumerate(row) if glyph == DOT] for row in rows]
        assert dots[0] == list(range(16, 46))
        assert dots[4] == list(range(6, 16))
        assert style_of(widget, DOT).color != style_of(widget, "page").color


async def test_best_play_that_takes_longer_is_cut_where_the_episode_ended() -> None:
    widget = marked(0.1, 0.1, ghost=(0.5, 0.5, 0.95, 0.95))
    async with hosted(widget, (26, 11)):
        assert DOT not in shown(widget)[0]


@given(scores, st.integers(1, 120), st.data())
def test_marks_stay_in_their_row_and_with_room_none_is_left_out(
    values: list[float], width: int, data: st.DataObject
) -> None:
    at = data.draw(st.none() | st.integers(1, len(values)))
    view = CurveView(tuple(values), marks=(Mark("?", "calm"),) * (len(values) - 1), at=at)
    row = "".join(run.text for run in mark_runs(view, width))
    assert len(row) <= width
    if len(values) <= width:
        assert row.count("?") == len(values) - 1
