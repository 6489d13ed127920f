"""The footer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets.keybar import KeyBar, KeyHint, place
from tests.tui.widgets.hosting import hosted, shown

HINTS = (
    KeyHint("1-6", "act"),
    KeyHint("space", "pause"),
    KeyHint("a", "autopilot"),
    KeyHint("m", "mark"),
    KeyHint("k", "coach"),
    KeyHint("?", "help"),
    KeyHint("q", "leave"),
)

hints = st.lists(
    st.builds(KeyHint, st.sampled_from(["a", "space", "1-6"]), st.sampled_from(["", "go", "autopilot"])), max_size=9
)


def make_bar() -> KeyBar:
    bar = KeyBar()
    bar.hints = HINTS
    return bar


async def line_of(width: int) -> str:
    bar = make_bar()
    async with hosted(bar, (width, 3)):
        return shown(bar)[0].rstrip()


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (120, "1-6 act   space pause   a autopilot   m mark   k coach   ? help   q leave"),
        (70, "1-6 act  space pause  a autopilot  m mark  k coach  ? help  q leave"),
        (60, "1-6 act  space pause  a autopilot  m mark  ? help  q leave"),
        (40, "1-6 act  space pause  ? help  q leave"),
        (20, "? help  q leave"),
        (10, "? q"),
    ],
)
async def test_what_does_not_fit_goes_whole_and_help_and_leave_stay(width: int, line: str) -> None:
    assert await line_of(width) == line


@given(hints, st.integers(1, 100))
def test_no_hint_is_cut_and_the_last_two_are_always_there(all_hints: list[KeyHint], width: int) -> None:
    placed = place(all_hints, width)
    if len(placed) > 2 or (placed and placed[0].hint.label):
        assert placed[-1].end <= width
    assert [each.hint.key for each in placed[-2:]] == [hint.key for hint in all_hints[-2:]]
    assert all(before.end < after.start for before, after in pairwise(placed))


@given(hints, st.integers(1, 100))
def test_where_there_is_more_room_nothing_gets_lost(all_hints: list[KeyHint], width: int) -> None:
    assert len(place(all_hints, width)) <= len(place(all_hints, width + 1))


@pytest.mark.parametrize(("x", "key"), [(1, "1-6"), (7, "1-6"), (11, "space"), (33, "a")])
async def test_a_click_on_a_hint_presses_its_key(x: int, key: str) -> None:
    bar = make_bar()
    async with hosted(bar, (120, 3)) as host:
        await host.pilot.click(bar, offset=(x, 0))
        assert [message.key for message in host.posted(KeyBar.Pressed)] == [key]


@pytest.mark.parametrize("x", [0, 9, 100])
async def test_a_click_between_hints_presses_nothing(x: int) -> None:
    bar = make_bar()
    async with hosted(bar, (120, 3)) as host:
        await host.pilot.click(bar, offset=(x, 0))
        assert host.posted(KeyBar.Pressed) == []


async def test_the_hint_under_the_mouse_is_marked_until_the_mouse_leaves() -> None:
    bar = make_bar()
    async with hosted(bar, (120, 3)) as host:
        await host.pilot.hover(bar, offset=(12, 0))
        assert bar.hovered == HINTS[1]
        underlined = [segment.text for segment in bar.render_line(0) if segment.style and segment.style.underline]
        assert underlined == [" pause"]
        await host.pilot.hover(None, offset=(12, 2))
        assert bar.hovered is None


async def test_new_hints_are_drawn_at_once() -> None:
    bar = make_bar()
    async with hosted(bar, (120, 3)):
        bar.hints = HINTS[-2:]
        assert shown(bar)[0].rstrip() == "? help   q leave"
