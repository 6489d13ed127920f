"""Playing and watching on the dashboard, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.log_panel import LogPanel
from tests.tui.cockpit import Cockpit, cockpit, playing

if TYPE_CHECKING:
    from pathlib import Path


def recorded(pit: Cockpit) -> SessionFile:
    return SessionFile.open(paths.sessions_dir() / f"{pit.episode.header.session}.jsonl")


async def test_an_action_key_takes_a_step_and_its_twin_takes_the_same() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("4", "c")
        assert [record.decision.action for record in (pit.episode.record(1), pit.episode.record(2))] == [
            "clear_cache"
        ] * 2
        assert {pit.episode.record(step).decision.driver for step in (1, 2)} == {"human"}


async def test_the_screen_shows_what_the_step_brought() -> None:
    async with cockpit(playing()) as pit:
        before = pit.text()
        assert "step 0/60" in before
        assert "YOU IN CONTROL" in before
        await pit.press("4")
        after = pit.text()
        assert "step 1/60" in after
        assert "Clear cache: Memory" in after


async def test_each_step_is_in_the_file_before_the_next_key() -> None:
    async with cockpit(playing()) as pit:
        for steps in (1, 2):
            await pit.press("1")
            with_steps = recorded(pit)
            assert with_steps.steps == steps
            assert verify(with_steps).ok


async def test_a_key_that_is_held_down_counts_once() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("1")
        for _ in range(5):
            pit.now[0] += 0.03
            await pit.pilot.press("1")
        assert pit.episode.steps == 1
        pit.now[0] += 0.16
        await pit.pilot.press("1")
        assert pit.episode.steps == 2


async def test_a_resolved_episode_says_so_and_leads_to_the_debrief() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await pit.press("3", "3", "1", "1")
        assert pit.episode.end is not None
        assert pit.episode.end.outcome == "resolved"
        assert "RESOLVED" in pit.text()
        await pit.press("1")
        assert pit.episode.steps == 4
        assert "over" in pit.told()
        await pit.press("enter")
        assert isinstance(pit.app.screen, DebriefScreen)


async def test_after_the_end_an_action_key_names_the_keys_as_they_are_mapped() -> None:
    async with cockpit(playing("cpu_overload"), keys={"debrief": "F5", "leave": "z"}) as pit:
        await pit.press("3", "3", "1", "1", "3")
        assert pit.told() == "The episode is over: f5 opens the debrief, z leaves."


async def test_in_pace_turn_the_world_waits() -> None:
    async with cockpit(playing()) as pit:
        await pit.pass_time(1000)
        assert pit.episode.steps == 0


async def test_in_pace_live_the_world_moves_and_the_clock_is_the_driver() -> None:
    async with cockpit(playing(pace="live"), pace_seconds=4.0) as pit:
        await pit.pass_time(3.9)
        assert pit.episode.steps == 0
        await pit.pass_time(0.2)
        assert pit.episode.steps == 1
        assert pit.episode.record(1).decision.driver == "clock"
        assert pit.episode.record(1).decision.action == "do_nothing"


async def test_a_program_that_was_suspended_for_an_hour_owes_one_step() -> None:
    async with cockpit(playing(pace="live")) as pit:
        await pit.pass_time(3600)
        await pit.pass_time(0.1)
        assert pit.episode.steps == 1


async def test_an_action_in_pace_live_restarts_the_clock() -> None:
    async with cockpit(playing(pace="live"), pace_seconds=4.0) as pit:
        await pit.pass_time(2.0)
        await pit.press("4")  # the clock stands at 3
        await pit.pass_time(3.9)
        assert pit.episode.steps == 1
        await pit.pass_time(0.2)
        assert pit.episode.steps == 2


async def test_space_pauses_pace_live_and_goes_on_where_it_was() -> None:
    async with cockpit(playing(pace="live"), pace_seconds=4.0) as pit:
        await pit.pass_time(1.0)
        await pit.press("space")
        assert "PAUSED" in pit.text()
        await pit.pass_time(100)
        assert pit.episode.steps == 0
        await pit.press("space")
        await pit.pass_time(2.1)
        assert pit.episode.steps == 1


async def test_a_modal_pauses_the_world() -> None:
    async with cockpit(playing(pace="live"), pace_seconds=4.0) as pit:
        screen = pit.play
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        pit.now[0] += 100
        screen.tick()
        assert screen.run.episode.steps == 0
        await pit.press("escape")
        assert not screen.run.paused


async def test_the_agent_takes_control_and_any_action_key_takes_it_back_without_acting() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("a")
        assert "rules DRIVES" in pit.text()
        await pit.pass_time(1.1)
        assert pit.episode.steps == 1
        assert pit.episode.record(1).decision.driver == "rules"
        await pit.press("6")
        assert pit.episode.steps == 1
        assert "YOU IN CONTROL" in pit.text()
        await pit.press("6")
        assert pit.episode.record(2).decision.driver == "human"
        reasons = [(control.giver, control.taker, control.reason) for control in recorded(pit).controls]
        assert reasons == [("human", "rules", "hand_over"), ("rules", "human", "take_over")]


async def test_watching_starts_with_the_agent_in_control() -> None:
    async with cockpit(playing(watch=True)) as pit:
        assert pit.episode.header.driver == "rules"
        assert pit.episode.controls == []
        await pit.pass_time(1.1)
        assert pit.episode.steps == 1


async def test_speed_and_single_steps_while_watching() -> None:
    async with cockpit(playing(watch=True)) as pit:
        await pit.press("plus", "equals_sign")
        assert pit.play.run.speed == 4.0
        await pit.press("minus")
        assert pit.play.run.speed == 2.0
        await pit.press("space")
        steps = pit.episode.steps
        await pit.pass_time(50)
        assert pit.episode.steps == steps
        await pit.press("full_stop", "right")
        assert pit.episode.steps == steps + 2
        await pit.pass_time(50)
        assert pit.episode.steps == steps + 2


async def test_a_watched_agent_plays_to_the_end_by_itself() -> None:
    async with cockpit(playing("network_congestion", seed=1, watch=True)) as pit:
        while not pit.episode.done:
            await pit.pass_time(1.1)
        assert pit.episode.end is not None
        assert pit.episode.end.outcome == "resolved"
        assert {record.decision.driver for record in recorded(pit).records()} == {"rules"}


async def test_an_agent_that_fails_loses_control_and_nothing_is_done_in_its_place(tmp_path: Path) -> None:
    script = tmp_path / "plan.txt"
    script.write_text("throttle_cpu\n")
    async with cockpit(playing(agent=f"script:{script}")) as pit:
        script.write_text("reboot_everything\n")
        await pit.press("a")
        assert pit.episode.steps == 0
        assert "reboot_everything" in pit.told()
        assert "YOU IN CONTROL" in pit.text()


async def test_a_mark_carries_its_note_into_the_file() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("1", "m", *"note", "enter")
        assert [(mark.step, mark.text) for mark in recorded(pit).marks] == [(1, "note")]
        assert "note" in pit.text()


async def test_escape_closes_the_filter_before_it_leaves() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("slash", *"alert", "enter")
        panel = pit.play.query_one(LogPanel)
        assert panel.wanted.text == "alert"
        await pit.press("escape")
        assert panel.wanted.text == ""
        assert pit.play.run.episode.steps == 0


async def test_leaving_keeps_the_episode_and_home_offers_to_continue_it() -> None:
    async with cockpit() as pit:
        pit.app.open(playing())
        await pit.settle()
        await pit.press("4", "q")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "kept" in pit.told()
        await pit.press("c")
        await pit.settle()
        assert pit.episode.steps == 1
        await pit.press("4")
        again = recorded(pit)
        assert (again.steps, again.controls[-1].reason) == (2, "resume")
        assert verify(again).ok


async def test_leaving_before_the_first_step_leaves_no_file() -> None:
    async with cockpit() as pit:
        pit.app.open(playing())
        await pit.settle()
        await pit.press("q")
        assert list(paths.sessions_dir().glob("*")) == []


async def test_an_unwritable_folder_is_told_and_play_goes_on() -> None:
    paths.data_dir().parent.mkdir(parents=True)
    paths.data_dir().write_text("a file where the folder should be")
    async with cockpit(playing("cpu_overload")) as pit:
        assert "not saved" in pit.text()
        assert str(paths.sessions_dir()) in pit.told().replace("\n", "")
        await pit.press("3", "3", "1", "1")
        assert pit.episode.done


async def test_an_unknown_incident_is_told_and_leads_home() -> None:
    async with cockpit(playing("no_such_thing")) as pit:
        assert isinstance(pit.app.screen, HomeScreen)
        assert "no_such_thing" in pit.told()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (50, 14), (20, 5), (300, 90)])
async def test_every_size_shows_the_step_and_takes_keys(size: tuple[int, int]) -> None:
    async with cockpit(playing(), size=size) as pit:
        await pit.press("4")
        assert pit.episode.steps == 1
        if size[0] >= 50:
            assert "1/60" in pit.text()


async def test_a_small_window_says_what_it_hides() -> None:
    async with cockpit(playing(), size=(60, 12)) as pit:
        assert "log" in pit.text().splitlines()[-2]


async def test_resizing_in_the_middle_changes_nothing_but_the_picture() -> None:
    async with cockpit(playing(pace="live")) as pit:
        for size in ((80, 24), (30, 8), (200, 60), (10, 3), (120, 40)):
            await pit.pilot.resize_terminal(*size)
            await pit.press("1")
        assert pit.episode.steps == 5
        assert verify(recorded(pit)).ok


async def test_keys_that_the_user_remapped_are_bound_and_shown() -> None:
    async with cockpit(playing(), keys={"act.clear_cache": "x"}) as pit:
        await pit.press("x")
        assert pit.episode.record(1).decision.action == "clear_cache"
        await pit.press("4")
        assert pit.episode.steps == 1
        assert "x c" in pit.text()


async def test_a_bad_theme_and_a_clashing_key_are_told_and_the_defaults_stand() -> None:
    async with cockpit(playing(), theme="neon", keys={"mark": "a"}) as pit:
        assert "2 settings are wrong; noc-tui doctor lists them" in pit.told()
        assert "config.toml: theme: there is no 'neon'; noc-dark stands instead" in pit.told().replace("\n", "")
        await pit.press("a")
        assert not pit.play.run.human


async def test_one_wrong_key_is_told_with_its_file() -> None:
    async with cockpit(playing(), keys={"mark": "a"}) as pit:
        assert "config.toml: keys.mark: a is taken by agent" in pit.told().replace("\n", "")


async def test_leaving_an_episode_that_could_not_be_saved_is_asked_about() -> None:
    paths.data_dir().parent.mkdir(parents=True)
    paths.data_dir().write_text("a file where the folder should be")
    async with cockpit() as pit:
        pit.app.open(playing())
        await pit.settle()
        await pit.press("1", "q")
        assert "will be lost" in pit.text()
        await pit.press("n")
        assert pit.episode.steps == 1
        await pit.press("q", "y")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_a_fork_in_which_nothing_was_played_is_not_said_to_be_kept() -> None:
    async with cockpit(playing()) as pit:
        await pit.press("1", "1")
        parent = paths.sessions_dir() / f"{pit.episode.header.session}.jsonl"
        pit.app.open(Launch("play", session=parent, step=1))
        await pit.settle()
        await pit.press("q")
        assert "kept" not in pit.told()


async def test_remapped_action_keys_are_what_the_footer_names() -> None:
    async with cockpit(playing(), keys={"act.do_nothing": "x"}) as pit:
        assert "x23456 act" in pit.text()


async def test_the_footer_offers_what_can_be_done_now() -> None:
    async with cockpit(playing("network_congestion", seed=1, watch=True)) as pit:
        assert "space pause" in pit.text()
        await pit.press("space")
        assert "space go on" in pit.text()
        await pit.press("space")
        while not pit.episode.done:
            await pit.pass_time(1.1)
        assert "pause" not in pit.text().splitlines()[-1]
        assert "enter debrief" in pit.text()
