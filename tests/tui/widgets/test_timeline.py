"""The timeline of a recording."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets import timeline as timeline_module
from noc_tui.tui.widgets.timeline import TICKS, Tick, Timeline, TimelineView, Track, pool
from tests.tui.widgets.hosting import hosted, shown, style_of

VIEW = TimelineView(
    length=30,
    position=12,
    health=tuple(0.3 + step / 60 for step in range(31)),
    ticks=(Tick(4, "alert", "HostHighCpuLoad"), Tick(20, "mark", "[bold]here\x1b[31m"), Tick(30, "end")),
)


def make_timeline(view: TimelineView = VIEW) -> Timeline:
    line = Timeline()
    line.view = view
    return line


lengths = st.integers(0, 200_000)
widths = st.integers(1, 300)


@given(lengths, widths, st.integers(-5, 200_005))
def test_each_step_has_a_column_of_the_track(length: int, width: int, step: int) -> None:
    assert 0 <= Track(length, width).column(step) < width


@given(st.integers(0, 250), st.integers(2, 300), st.data())
def test_where_there_is_room_a_step_s_own_column_leads_back_to_it(length: int, width: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, length))
    if width > length:
        assert Track(length, width).step(Track(length, width).column(step)) == step


@given(lengths, widths)
def test_the_ends_of_the_track_are_the_first_and_the_last_step(length: int, width: int) -> None:
    track = Track(length, width)
    assert track.step(width - 1) == track.step(width + 50) == length
    if width > 1:
        assert track.step(0) == track.step(-50) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400), widths)
def test_pooling_keeps_the_worst_moment(health: list[float], width: int) -> None:
    pooled = pool(health, width)
    assert len(pooled) == width
    assert min(pooled) == min(health) or width < 1
    assert set(pooled) <= set(health)


async def test_it_shows_position_and_length_health_ticks_and_playhead() -> None:
    line = make_timeline()
    async with hosted(line, (70, 5)):
        top, bottom = shown(line)
        assert top.lstrip().startswith("12/30 ▂")
        assert top[-1] == "▆"
        assert "".join(bottom.split()) == "‼▲◆■"


async def test_ticks_and_playhead_stand_under_their_steps() -> None:
    line = make_timeline()
    async with hosted(line, (70, 5)):
        bottom, track, gutter = shown(line)[1], Track(30, 62), 6
        found = {glyph: bottom.index(glyph) - gutter for glyph in "‼▲◆■"}
        assert found == {glyph: track.column(step) for glyph, step in (("‼", 4), ("▲", 12), ("◆", 20), ("■", 30))}


async def test_a_tick_at_the_position_is_shown_in_reverse() -> None:
    line = make_timeline(replace(VIEW, position=20))
    async with hosted(line, (70, 5)):
        assert "▲" not in shown(line)[1]
        assert style_of(line, "◆").bgcolor != style_of(line, "‼").bgcolor


async def test_of_several_ticks_in_a_column_the_most_telling_is_shown() -> None:
    ticks = tuple(Tick(10, kind) for kind in reversed(TICKS))
    line = make_timeline(replace(VIEW, ticks=ticks))
    async with hosted(line, (70, 5)):
        assert "".join(shown(line)[1].split()) == "┳▲"


async def test_in_a_single_row_the_ticks_stand_in_the_health() -> None:
    line = make_timeline()
    line.styles.height = 1
    async with hosted(line, (70, 5)):
        [row] = shown(line)
        assert all(glyph in row for glyph in "‼◆■")


async def test_a_click_seeks_the_step_under_it() -> None:
    line = make_timeline()
    async with hosted(line, (70, 5)) as host:
        column = shown(line)[1].index("◆")
        await host.pilot.click(line, (1 + column, 0))
        assert [message.step for message in host.posted(Timeline.Seek)] == [20]


async def test_a_drag_seeks_each_step_it_passes_once_and_stops_with_the_button() -> None:
    line = make_timeline()
    async with hosted(line, (70, 5)) as host:
        await host.pilot.mouse_down(line, (7, 0))
        for x in (8, 40, 40, 69):
            await host.pilot.hover(line, (x, 0))
        await host.pilot.mouse_up(line, (69, 0))
        await host.pilot.hover(line, (30, 0))
        steps = [message.step for message in host.posted(Timeline.Seek)]
        assert steps[0] == 0
        assert steps[-1] == 30
        assert len(steps) == len(set(steps)) == 3


async def test_pointing_at_a_tick_tells_what_happened_there() -> None:
    line = make_timeline()
    async with hosted(line, (70, 5)) as host:
        await host.pilot.hover(line, (1 + shown(line)[1].index("‼"), 1))
        assert str(line.tooltip) == "step 4: HostHighCpuLoad"
        await host.pilot.hover(line, (1 + shown(line)[1].index("◆"), 1))
        assert str(line.tooltip) == "step 20: [bold]here"
        await host.pilot.hover(line, (69 - 1, 0))
        assert str(line.tooltip) == "step 30: end"


async def test_moving_through_a_long_recording_does_not_read_all_of_it_again() -> None:
    length = 100_000
    ticks = tuple(Tick(step, "alert") for step in range(0, length, 10))
    line = make_timeline(TimelineView(length, 0, (0.5,) * (length + 1), ticks))
    async with hosted(line, (120, 5)) as host:
        assert shown(line)[0].lstrip().startswith("0/100000 ")
        with (
            patch.object(timeline_module, "pool", wraps=pool) as pooled,
            patch.object(Track, "column", autospec=True, side_effect=Track.column) as column,
        ):
            for position in (1, 50_000, length):
                line.view = replace(line.view, position=position)
                await host.pilot.pause()
                assert shown(line)[0].lstrip().startswith(f"{position}/")
            assert pooled.call_count == 0
            assert column.call_count < 10


@pytest.mark.parametrize("size", [(1, 1), (6, 2), (9, 2), (20, 3)])
@pytest.mark.parametrize("view", [TimelineView(), VIEW, replace(VIEW, health=())])
async def test_it_draws_at_any_size_with_anything(size: tuple[int, int], view: TimelineView) -> None:
    line = make_timeline(view)
    async with hosted(line, size):
        assert {len(row) for row in shown(line)} <= {max(size[0] - 2, 0)}
