"""Replaying a recording: moving about in it, and playing on from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.replay import ReplayScreen, downsampled
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.course import Course
from noc_tui.tui.widgets.metric_strip import MetricStrip
from noc_tui.tui.widgets.timeline import Timeline
from tests.factories import bundled_incident
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = ("throttle_cpu", "do_nothing", "scale_up", "do_nothing", "do_nothing", "do_nothing")


def record(*, steps: int = len(ACTIONS), close: bool = True) -> Episode:
    """A recorded episode: crashes nobody, with a mark after step 2 and a change of control after step 3."""
    episode = Episode(
        bundled_incident("network_congestion"), 5, record=partial(SessionWriter.create, paths.sessions_dir())
    )
    for number, action in enumerate(ACTIONS[:steps], 1):
        episode.act(action)
        if number == 2:
            episode.mark("here it turns")
        if number == 3:
            episode.hand_over("rules", "hand_over")
    if close:
        episode.close()
    return episode


def path_of(episode: Episode) -> Path:
    return paths.sessions_dir() / f"{episode.header.session}.jsonl"


async def test_keys_move_about_in_the_recording() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        places = []
        for key in ("right", "full_stop", "left", "pagedown", "home", "end", "pageup"):
            await pit.press(key)
            places.append(pit.replay.player.step)
        assert places == [1, 2, 1, 6, 0, 6, 0]


async def test_the_screen_shows_the_step_as_it_was_played() -> None:
    episode = record()
    async with cockpit(Launch("replay", session=path_of(episode), step=1)) as pit:
        assert "step 1/6" in pit.text()
        throttle = next(line for line in pit.text().splitlines() if "Throttle CPU" in line and "1×" in line)
        assert throttle
        await pit.press("home")
        assert "1×" not in pit.text()
        assert "REPLAY" in pit.text()


async def test_it_plays_at_its_speed_and_stops_at_the_end() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        await pit.press("space")
        assert "REPLAYING" in pit.text()
        for _ in range(3):
            await pit.pass_time(1.01)
        assert pit.replay.player.step == 3
        await pit.press("plus")
        for _ in range(10):
            await pit.pass_time(0.51)
        assert pit.replay.player.step == 6
        assert not pit.replay.player.playing


async def test_space_at_the_end_plays_from_the_start() -> None:
    async with cockpit(Launch("replay", session=path_of(record()), step=6)) as pit:
        await pit.press("space")
        assert pit.replay.player.step == 0


async def test_n_and_p_go_from_event_to_event() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        seen = []
        for _ in range(8):
            await pit.press("n")
            seen.append(pit.replay.player.step)
        assert {2, 3} <= set(seen)
        assert seen == sorted(seen)
        assert "no later event" in pit.told()
        await pit.press("p")
        assert pit.replay.player.step < seen[-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_told_which_event_it_is(size: tuple[int, int]) -> None:
    async with cockpit(Launch("replay", session=path_of(record()), step=2), size=size) as pit:
        assert "Event: mark here it turns" in pit.text()
        await pit.press("n")
        assert "Event: you → rules" in pit.text()
        await pit.press("home")
        assert "Event:" not in pit.text()


async def test_a_high_window_shows_what_was_done_up_to_the_step() -> None:
    async with cockpit(Launch("replay", session=path_of(record()), step=3), size=(200, 60)) as pit:
        course, pad = pit.replay.query_one(Course), pit.replay.query_one(ActionPad)
        assert course.region.y == pad.region.bottom + 1
        assert "f plays on from here" in pit.text()
        done = [course.view.done]
        await pit.press("left")
        assert [*done, course.view.done] == [("t", "w", "s"), ("t", "w")]


async def test_g_goes_to_a_step_and_takes_none_that_there_is_not() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        await pit.press("g", "4", "enter")
        assert pit.replay.player.step == 4
        await pit.press("g", *"9999", "enter", "escape")
        assert pit.replay.player.step == 4


async def test_the_timeline_can_be_clicked() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        timeline = pit.replay.query_one(Timeline)
        await pit.pilot.click(timeline, offset=(timeline.size.width - 1, 0))
        await pit.settle()
        assert pit.replay.player.step == 6


async def test_action_keys_are_off_and_say_why() -> None:
    async with cockpit(Launch("replay", session=path_of(record()))) as pit:
        await pit.press("3")
        assert pit.replay.player.session.steps == 6
        assert "This is a recording. f plays on" in pit.told()


async def test_a_fork_goes_on_from_the_step_that_is_shown_as_a_session_of_its_own() -> None:
    episode = record()
    async with cockpit(Launch("replay", session=path_of(episode), step=3)) as pit:
        await pit.press("f")
        await pit.settle()
        assert isinstance(pit.app.screen, PlayScreen)
        forked = pit.episode
        assert forked.steps == 3
        await pit.press("5")
        again = SessionFile.open(path_of(forked))
        assert again.header.parent is not None
        assert (again.header.parent.session, again.header.parent.step) == (episode.header.session, 3)
        assert [step.inherited for step in again.records()] == [True, True, True, False]
        assert verify(again).ok
        assert SessionFile.open(path_of(episode)).steps == 6


async def test_an_episode_that_has_ended_cannot_be_forked_at_its_end() -> None:
    episode = Episode(bundled_incident("cpu_overload"), 3, record=partial(SessionWriter.create, paths.sessions_dir()))
    for action in ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing"):
        episode.act(action)
    episode.close()
    async with cockpit(Launch("replay", session=path_of(episode), step=4)) as pit:
        await pit.press("f")
        assert pit.replay.player.step == 4
        assert "Go back at least one" in pit.told()
        await pit.press("enter")
        assert isinstance(pit.app.screen, DebriefScreen)


async def test_a_recording_that_grows_is_followed() -> None:
    episode = record(steps=2, close=False)
    async with cockpit(Launch("replay", session=path_of(episode), follow=True)) as pit:
        assert pit.replay.player.step == 2
        assert "FOLLOWING" in pit.text()
        episode.act("reroute_traffic")
        pit.replay.follow()
        await pit.settle()
        assert pit.replay.player.step == 3
        await pit.press("left")
        episode.act("reroute_traffic")
        pit.replay.follow()
        assert pit.replay.player.step == 2
    episode.close()


async def test_a_damaged_recording_is_shown_up_to_the_damage() -> None:
    path = path_of(record())
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = b'{"event": "step", "step": oops}\n'
    path.write_bytes(b"".join(lines))
    async with cockpit(Launch("replay", session=path)) as pit:
        assert "line 5 is damaged" in pit.told()
        assert 0 < pit.replay.player.session.steps < 6


async def test_a_file_that_is_no_session_is_told_and_leads_home(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("dear diary\n")
    async with cockpit(Launch("replay", session=path)) as pit:
        assert "is no noc-tui session" in pit.told()
        assert not isinstance(pit.app.screen, PlayScreen)


def test_a_long_course_is_thinned_out_evenly_with_both_ends() -> None:
    values = tuple(float(value) for value in range(1001))
    thin = downsampled(values, 11)
    assert thin == tuple(float(value) for value in range(0, 1001, 100))
    assert downsampled(values[:5], 11) == values[:5]


# --- the review, and best play beside what was done


def ghosts(pit: Cockpit) -> list[tuple[float | None, ...]]:
    """The values of the ghost in each strip."""
    return [strip.view.ghost for strip in pit.app.screen.query(MetricStrip)]


async def test_b_opens_the_review_of_an_unfinished_recording_too() -> None:
    async with cockpit(Launch("replay", session=path_of(record(steps=2)))) as pit:
        await pit.press("b")
        assert isinstance(pit.app.screen, DebriefScreen)


async def test_after_the_review_best_play_is_a_ghost_in_the_strips() -> None:
    episode = record()
    async with cockpit(Launch("replay", session=path_of(episode), step=4)) as pit:
        assert set(ghosts(pit)) == {()}
        await pit.press("b")
        await pit.settle()
        await pit.press("q")
        review = pit.app.review_of(episode.header.session)
        assert review is not None
        best = review.ghost[:5]
        assert ghosts(pit) == [tuple(state[index] for state in best) for index in range(6)]
        await pit.press("home")
        assert ghosts(pit) == [(value,) for value in review.ghost[0]]


async def test_another_recording_has_no_ghost_of_this_one() -> None:
    first, second = record(), record(steps=2)
    async with cockpit(Launch("replay", session=path_of(first), step=2)) as pit:
        await pit.press("b")
        await pit.settle()
        pit.app.open(Launch("replay", session=path_of(second), step=2))
        await pit.settle()
        assert set(ghosts(pit)) == {()}


async def test_in_play_best_play_is_never_shown() -> None:
    path = path_of(record(steps=3))
    async with cockpit(Launch("replay", session=path, step=3)) as pit:
        await pit.press("b")
        await pit.settle()
        assert pit.app.review_of(path.stem) is not None
        pit.app.open(Launch("play", session=path))
        await pit.settle()
        assert pit.episode.header.session == path.stem
        assert set(ghosts(pit)) == {()}
        await pit.press("1")
        assert set(ghosts(pit)) == {()}


async def test_a_blind_recording_that_goes_on_is_not_reviewed() -> None:
    episode = shelf.begin("retry_storm", blind=True)
    episode.close()
    async with cockpit(Launch("replay", session=path_of(episode), step=2)) as pit:
        assert "b review" not in pit.text()
        await pit.press("b", "enter")
        assert isinstance(pit.app.screen, ReplayScreen)


async def test_a_recording_does_not_grow_below_its_review() -> None:
    episode = record(steps=2, close=False)
    async with cockpit(Launch("replay", session=path_of(episode), follow=True)) as pit:
        screen = pit.replay
        await pit.press("b")
        await pit.settle()
        episode.act("do_nothing")
        screen.follow()
        assert screen.player.session.steps == 2
        await pit.press("q")
        screen.follow()
        assert screen.player.session.steps == 3
    episode.close()
