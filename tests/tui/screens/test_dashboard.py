"""The dashboard at every size: what stands where, what is hidden, and that it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets._toast import Toast

from noc_tui.sim.actions import ACTIONS
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.dashboard import left_out, notice_of
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.course import Course
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.log_panel import LogPanel
from noc_tui.tui.widgets.metric_strip import MetricStrip
from noc_tui.tui.widgets.timeline import Timeline
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.widgets.hosting import shown

if TYPE_CHECKING:
    from textual.widget import Widget

LABELS = [action.label for action in ACTIONS]
PARTS = {"actions": "ActionPad", "health": "HealthBar", "log": "LogPanel"}


def whole(pit: Cockpit, widget: Widget) -> bool:
    """Whether all of the widget is on the screen, and not cut by what it stands in."""
    place = pit.app.screen.find_widget(widget)
    return place.region == place.visible_region


@pytest.mark.parametrize("size", [(100, 30), (120, 30), (100, 36), (120, 40), (200, 60)])
@pytest.mark.parametrize("driven", [False, True])
async def test_from_100_by_30_on_the_pad_has_a_title_and_all_six_actions(size: tuple[int, int], driven: bool) -> None:
    async with cockpit(playing(), size=size) as pit:
        pad = pit.app.screen.query_one(ActionPad)
        if driven:
            await pit.press("a")
        assert pit.app.screen.query_one(DriverPanel).display == driven
        assert shown(pad)[0].rstrip() == "Actions"
        assert [line[5:].split("  ")[0].rstrip() for line in shown(pad)[1:7]] == LABELS
        assert whole(pit, pad)
        assert all(whole(pit, strip) and strip.size.height >= 4 for strip in pit.app.screen.query(MetricStrip))


@pytest.mark.parametrize("size", [(100, 30), (120, 40)])
async def test_the_pad_of_a_replay_has_all_six_actions_and_says_why_they_are_off(size: tuple[int, int]) -> None:
    session = shelf.resolved(minutes_ago=2)
    async with cockpit(Launch("replay", session=session), size=size) as pit:
        pad = pit.app.screen.query_one(ActionPad)
        assert all(label in " ".join(shown(pad)) for label in LABELS)
        assert "a recording" in " ".join(shown(pad))
        assert whole(pit, pad)


@pytest.mark.parametrize("size", [(80, 24), (66, 20), (65, 14), (40, 14), (40, 12), (30, 30), (30, 17)])
async def test_in_a_small_window_all_six_actions_are_there_if_the_height_allows(size: tuple[int, int]) -> None:
    async with cockpit(playing(), size=size) as pit:
        pad = pit.app.screen.query_one(ActionPad)
        assert whole(pit, pad)
        assert all(label in pit.text() for label in LABELS)


@pytest.mark.parametrize("width", [26, 40, 80])
@pytest.mark.parametrize("height", [9, 11, 12, 13, 15, 18])
async def test_what_a_small_window_hides_is_named(width: int, height: int) -> None:
    async with cockpit(playing(), size=(width, height)) as pit:
        parts = {name: pit.app.screen.query_one(selector) for name, selector in PARTS.items()}
        text = pit.text()
        notice = next((line for line in text.splitlines() if line.startswith((" Hidden", " No "))), "")
        for name, part in parts.items():
            assert part.display != (name in notice)
            assert not part.display or whole(pit, part)


async def test_who_drives_is_made_room_for() -> None:
    async with cockpit(playing(), size=(40, 12)) as pit:
        assert pit.app.screen.query_one(ActionPad).display
        await pit.press("a")
        assert pit.app.screen.query_one(DriverPanel).display
        assert "Hidden here: actions, log." in pit.text()


@pytest.mark.parametrize(("height", "rows"), [(24, 2), (23, 1), (15, 1)])
async def test_in_a_small_window_the_driver_takes_one_row_and_one_for_what_it_says_from_24_rows_on(
    height: int, rows: int
) -> None:
    async with cockpit(playing(), size=(80, height)) as pit:
        await pit.press("a")
        panel = pit.app.screen.query_one(DriverPanel)
        assert panel.size.height == rows
        assert ("11.9 % over its healthy limit. Clear cache" in pit.text()) == (rows == 2)
        assert whole(pit, pit.app.screen.query_one(ActionPad))
        await pit.pilot.resize_terminal(80, 47 - height)
        await pit.settle()
        assert panel.size.height == (2 if 47 - height >= 24 else 1)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (40, 14)])
async def test_what_is_told_covers_neither_keys_nor_log_nor_timeline(size: tuple[int, int]) -> None:
    session = shelf.resolved(minutes_ago=2)
    async with cockpit(Launch("replay", session=session), size=size) as pit:
        pit.app.notify("A word. " * 70, timeout=60)
        await pit.press("1", "n", "N")
        toasts = pit.app.screen.query(Toast)
        assert toasts
        below = [*pit.app.screen.query(Timeline), *pit.app.screen.query(ActionPad), *pit.app.screen.query(LogPanel)]
        for toast in toasts:
            seen = pit.app.screen.find_widget(toast).visible_region
            assert toast.size.height <= 4
            for widget in below:
                assert not widget.display or not seen.overlaps(widget.region)


async def test_the_log_names_the_key_of_its_filter_as_it_is_mapped() -> None:
    async with cockpit(playing(), size=(80, 24), keys={"log.filter": "F5"}) as pit:
        assert "Log all · f5 filter" in pit.text()
        await pit.press("f5", *"cpu")
        assert "Log all · f5 cpu" in pit.text()


@pytest.mark.parametrize(
    ("size", "there"), [((120, 40), True), ((200, 60), True), ((100, 30), False), ((80, 50), False)]
)
async def test_a_high_window_has_room_for_the_whole_episode_below_the_actions(
    size: tuple[int, int], there: bool
) -> None:
    async with cockpit(playing("retry_storm", 1042), size=size) as pit:
        await pit.press("3", "6", "e")
        course, pad = pit.app.screen.query_one(Course), pit.app.screen.query_one(ActionPad)
        assert course.display == there
        if there:
            assert (course.region.x, course.region.width) == (pad.region.x, pad.region.width)
            assert course.region.y == pad.region.bottom + 1
            assert course.region.bottom == pit.app.screen.query_one(LogPanel).region.bottom
            assert course.view.done == ("t", "s", "e")
            assert course.view.health[-1] == pit.episode.record(3).health
            assert (course.view.left, course.view.over) == (27, False)
        await pit.pilot.resize_terminal(*((80, 24) if there else (120, 40)))
        await pit.settle()
        assert course.display != there
        assert whole(pit, pad)


@given(st.fixed_dictionaries({"actions": st.integers(1, 6), "log": st.just(3)}), st.integers(0, 30))
def test_what_is_not_left_out_fits_with_a_row_to_say_so(wanted: dict[str, int], room: int) -> None:
    hidden = left_out(wanted, room)
    needed = sum(rows for name, rows in wanted.items() if name not in hidden) + bool(hidden)
    assert needed <= room or len(hidden) == len(wanted)
    assert bool(hidden) == (sum(wanted.values()) > room)


@given(st.lists(st.sampled_from(["actions", "health", "log"]), min_size=1, unique=True), st.integers(1, 60))
def test_the_notice_fits_the_width(hidden: list[str], width: int) -> None:
    text = notice_of(hidden, width)
    assert len(text) <= width
    if width >= 50:
        assert text == f"Hidden here: {', '.join(hidden)}. All keys work."
