"""The first two minutes: what is said is so, and one key goes on or leaves at any time."""

from __future__ import annotations

from noc_tui import paths
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ActionType
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.tutorial import TutorialDebriefScreen, TutorialScreen
from noc_tui.tui.tutorial import INCIDENT, LOSING, SEED, WINNING
from tests.factories import bundled_incident
from tests.tui.cockpit import cockpit

LOST = ("enter", "enter", "2", "2")
"""Up to the crash."""


def test_what_is_said_of_the_episodes_is_so() -> None:
    lost, won = (Episode(bundled_incident(INCIDENT), SEED) for _ in range(2))
    assert not lost.header.initial.cpu_usage < 0.65
    for lesson in LOSING:
        if lesson.action is not None:
            before = lost.metrics.cpu_usage
            lost.act(lesson.action)
            assert lost.metrics.cpu_usage > before
    assert lost.end is not None
    assert (lost.end.outcome, lost.steps) == ("crashed", 2)
    streaks = [won.act(lesson.action).streak for lesson in WINNING if lesson.action is not None]
    assert streaks == [0, 1, 2, 3]
    assert won.end is not None
    assert won.end.outcome == "resolved"


async def test_from_the_page_over_the_crash_and_the_debrief_to_the_end() -> None:
    async with cockpit(Launch("tutorial"), size=(80, 24), remembers=True) as pit:
        assert "1/11" in pit.text()
        await pit.press(*LOST)
        assert "Crashed" in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, TutorialDebriefScreen)
        assert "6/11" in pit.text()
        assert "? Mistake" in pit.text()
        await pit.press("s", "3", "3", "1", "1")
        assert "11/11" in pit.text()
        assert "Resolved in four steps" in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "Nothing played yet" in pit.text()
        assert "▸ p  Play" in pit.text()
        assert "new here?" not in pit.text()
    assert not list(paths.sessions_dir().glob("*"))
    assert not paths.progress_file().exists()


async def test_another_key_than_the_one_that_is_waited_for_does_nothing_but_say_so() -> None:
    async with cockpit(Launch("tutorial")) as pit:
        await pit.press("3")
        assert pit.episode.steps == 0
        assert "waits for enter" in pit.told()
        await pit.press("enter", "enter", "3", "enter")
        assert pit.episode.steps == 0
        assert "waits for 2" in pit.told()
        pit.app.clear_notifications()
        await pit.press("a")
        assert "waits for 2" in pit.told()
        await pit.press("2")
        assert pit.episode.record(1).decision.action is ActionType.RESTART_SERVICE


async def test_one_key_skips_it_from_wherever_one_is() -> None:
    for keys in ((), LOST, (*LOST, "enter"), (*LOST, "enter", "s")):
        async with cockpit(Launch("tutorial")) as pit:
            await pit.press(*keys)
            assert "q skip the tutorial" in pit.text().splitlines()[-1]
            await pit.press("q")
            assert isinstance(pit.app.screen, HomeScreen)


async def test_it_can_be_repeated_from_home() -> None:
    async with cockpit(Launch("tutorial")) as pit:
        await pit.press("q", "t")
        assert isinstance(pit.app.screen, TutorialScreen)
        assert "1/11" in pit.text()


async def test_keys_that_were_remapped_are_named_as_they_are() -> None:
    async with cockpit(Launch("tutorial"), keys={"act.restart_service": "R"}) as pit:
        await pit.press("enter", "enter")
        assert "press R." in pit.text()


async def test_the_guide_leaves_room_for_log_and_actions_at_80x24() -> None:
    async with cockpit(Launch("tutorial"), size=(80, 24)) as pit:
        for word in ("CPU", "Errors", "Health", "pager", "Scale up", "1/11", "enter next"):
            assert word in pit.text(), word
        assert "Hidden" not in pit.text()


async def test_a_small_window_says_what_it_hides_and_all_that_the_guide_says() -> None:
    for size in ((60, 16), (40, 12)):
        async with cockpit(Launch("tutorial"), size=size) as pit:
            for key in ("enter", "enter", "2", "2", "enter"):
                text = " ".join(pit.text().replace("█", "").split())
                assert ("Hidden here: log" in text) is (size == (60, 16))
                assert "1/11" not in text or "best clue. enter goes on." in text
                assert ("3/11" in text) is ("why, press 2." in text)
                await pit.press(key)
            assert "s plays the same incident and seed again." in " ".join(pit.text().replace("█", "").split())


async def test_it_is_told_without_the_words_of_coach_and_copilot() -> None:
    async with cockpit(Launch("tutorial"), coach=True, copilot=True) as pit:
        await pit.press("enter", "enter", "2")
        assert not pit.play.coach.on
        assert pit.play.run.copilot.state == "idle"
