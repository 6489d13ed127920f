"""The episode at a glance: health, what was done, and how many steps are left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.theme import DARK
from noc_tui.tui.widgets.course import TITLE, TO_COME, Course, CourseView, _done
from tests.tui.widgets.hosting import hosted, shown, style_of

VIEW = CourseView((0.5, 0.25, 1.0, 0.75), ("t", "s", "w"), 6)


async def drawn(view: CourseView, size: tuple[int, int]) -> list[str]:
    course = Course()
    course.view = view
    course.styles.height = size[1]
    async with hosted(course, size):
        return [line.rstrip() for line in shown(course)]


async def test_every_step_has_a_column_above_the_key_that_it_was_done_by() -> None:
    title, *bars, done = await drawn(VIEW, (12, 6))
    assert title == TITLE[:9] + "…"
    assert bars == ["", "", "", ""]  # whole eighths are coloured blanks
    assert done == " tsw" + 6 * TO_COME


async def test_columns_are_as_wide_as_all_the_steps_together_have_room_for() -> None:
    assert (await drawn(VIEW, (22, 6)))[-1] == "  t s w " + f"{TO_COME} " * 5 + TO_COME
    assert (await drawn(VIEW, (200, 6)))[-1] == "   t  s  w  " + f"{TO_COME}  " * 5 + TO_COME


async def test_after_the_end_no_step_is_to_come_and_the_columns_stay_as_they_were() -> None:
    assert (await drawn(VIEW._replace(over=True), (22, 6)))[-1] == "  t s w"


async def test_parts_of_a_row_are_drawn_in_eighths_and_as_loud_as_the_health_is_bad() -> None:
    course = Course()
    course.view = CourseView((0.8, 0.55, 0.3), ("r", "r"), 1)
    course.styles.height = 4
    async with hosted(course, (6, 4)):
        assert [line.rstrip() for line in shown(course)][1:] == ["▅▁", "  ▅", " rr·"]
        for glyph, colour in (("▁", DARK.breach), ("t", DARK.accent)):
            found = style_of(course, glyph if glyph != "t" else "r").color
            assert found is not None
            assert found.get_truecolor().hex == colour


async def test_of_more_steps_than_there_is_room_for_the_newest_are_shown() -> None:
    done = tuple("abcdefghij")
    assert (await drawn(CourseView((0.5,) * 11, done, 20), (8, 4)))[-1] == "efghij"


@pytest.mark.parametrize(("height", "there"), [(1, False), (2, False), (3, True)])
async def test_without_room_for_columns_there_is_nothing_not_even_a_card(height: int, there: bool) -> None:
    course = Course()
    course.view = VIEW
    course.styles.height = height
    async with hosted(course, (30, height)):
        assert bool("".join(shown(course)).strip()) == there
        assert course.background_colors[1].hex.lower() == (DARK.surface if there else DARK.background)


@given(st.integers(0, 80), st.integers(0, 80), st.integers(1, 120), st.integers(1, 3))
def test_what_was_done_stays_within_the_width(steps: int, left: int, width: int, cells: int) -> None:
    view = CourseView((0.5,) * (steps + 1), ("w",) * steps, left)
    first = max(0, steps + 1 - width // cells) if width >= cells else steps
    runs = list(_done(view, first, cells, width))
    assert sum(len(run.text) for run in runs) <= max(width, cells)
