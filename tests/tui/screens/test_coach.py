"""The coach beside a running episode."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.review import moves as moves_module
from noc_tui.review.moves import review_move
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.log_panel import LogPanel
from tests.episode.builders import path_of, read_lines
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.test_blind import assert_secret

if TYPE_CHECKING:
    from noc_tui.episode.track import Track
    from noc_tui.review.model import MoveReview


def coached(pit: Cockpit) -> list[str]:
    """What the coach has said in the log."""
    lines = pit.app.screen.query_one(LogPanel).incident_log._lines
    return [entry.text for entry in lines._entries if entry.source == "coach"]


async def test_k_lets_the_coach_judge_the_last_move_and_every_other() -> None:
    async with cockpit(playing("cache_stampede")) as pit:
        await pit.press("3")
        assert coached(pit) == []
        await pit.press("k")
        assert coached(pit) == ["Best."]
        assert "Coach ✓ Best" in pit.text()
        await pit.press("6")
        assert coached(pit)[1].startswith("Mistake, about 1.")
        assert "Throttle CPU first" in coached(pit)[1]
        assert "Coach ? Mistake 1." in pit.text()
        await pit.press("k", "2")
        assert len(coached(pit)) == 2
        assert "Coach" not in pit.text()


async def test_that_it_is_on_stands_in_the_banner_and_k_in_the_footer() -> None:
    async with cockpit(playing("cache_stampede")) as pit:
        assert "k coach" in pit.text().splitlines()[-1]
        assert "coach" not in pit.text().splitlines()[0]
        await pit.press("k")
        assert " coach " in pit.text().splitlines()[0]
        assert "judges" in pit.told()


@pytest.mark.parametrize("size", [(80, 24), (50, 14), (200, 60)])
async def test_at_every_size_the_verdict_is_in_sight(size: tuple[int, int]) -> None:
    async with cockpit(playing("cache_stampede"), size=size, coach=True) as pit:
        await pit.press("3")
        assert "✓ Best" in pit.text() or "✓ coach" in pit.text()


async def test_the_settings_may_begin_with_it() -> None:
    async with cockpit(playing("cache_stampede"), coach=True) as pit:
        await pit.press("3")
        assert coached(pit) == ["Best."]


async def test_it_judges_an_agent_and_the_clock_as_well() -> None:
    async with cockpit(playing("cpu_overload", pace="live"), pace_seconds=4.0, coach=True) as pit:
        await pit.pass_time(4.1)
        assert len(coached(pit)) == 1
        await pit.press("a")
        await pit.pass_time(1.1)
        await pit.pass_time(1.1)
        assert pit.episode.steps == 3
        assert len(coached(pit)) == 3


async def test_it_is_not_in_the_recording() -> None:
    async with cockpit(playing("cache_stampede"), coach=True) as pit:
        await pit.press("3", "6", "2")
        assert len(coached(pit)) == 3
        path = path_of(paths.sessions_dir(), pit.episode)
    assert "coach" not in path.read_text()
    assert len([line for line in read_lines(path) if line["event"] == "step"]) == 3


@pytest.mark.parametrize("incident", ["retry_storm", "slow_leak", "backup_window"])
async def test_of_a_blind_episode_it_tells_nothing_hidden_before_the_end(incident: str) -> None:
    episode = shelf.begin(incident, 11, ["do_nothing"], blind=True)
    episode.close()
    async with cockpit(Launch("home"), size=(160, 50), coach=True) as pit:
        pit.app.open(Launch("play", session=path_of(paths.sessions_dir(), episode)))
        await pit.settle()
        for key in ("3", "6", "4", "5"):
            await pit.press(key)
            assert not pit.episode.done
            assert_secret(pit, incident)
        told = coached(pit)
        assert len(told) >= 3
        assert not [text for text in told if "pressure" in text or "cause" in text]
        assert not [text for text in told if "first:" in text]


async def test_no_key_waits_for_it_and_a_late_verdict_keeps_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(track: Track, step: int, **tools: Any) -> MoveReview:
        begun.set()
        assert go_on.wait(30)
        return review_move(track, step, **tools)

    monkeypatch.setattr(moves_module, "review_move", slow)
    async with cockpit(playing("cache_stampede"), coach=True) as pit:
        pit.now[0] += 1.0
        await pit.pilot.press("3")
        assert await asyncio.to_thread(begun.wait, 30)
        pit.now[0] += 1.0
        await pit.pilot.press("6")
        await pit.pilot.pause()
        assert pit.episode.steps == 2
        assert "Coach …" in pit.text()
        assert coached(pit) == []
        go_on.set()
        await pit.settle()
        first, second = coached(pit)
        assert first == "step 1: Best."
        assert second.startswith("Mistake")
        assert "Coach ? Mistake" in pit.text()


async def test_leaving_while_it_thinks_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(track: Track, step: int, **tools: Any) -> MoveReview:
        begun.set()
        assert go_on.wait(30)
        return review_move(track, step, **tools)

    monkeypatch.setattr(moves_module, "review_move", slow)
    async with cockpit(Launch("home"), coach=True) as pit:
        pit.app.open(playing("cache_stampede"))
        await pit.settle()
        await pit.pilot.press("3")
        assert await asyncio.to_thread(begun.wait, 30)
        await pit.pilot.press("q")
        go_on.set()
        await pit.settle()
        assert isinstance(pit.app.screen, HomeScreen)
        assert "kept" in pit.told()


async def test_after_the_end_there_is_nothing_to_switch_on() -> None:
    async with cockpit(playing("cpu_overload"), coach=True) as pit:
        await pit.press("3", "3", "1", "1")
        assert pit.episode.done
        assert len(coached(pit)) == 4
        assert "k coach" not in pit.text()
        await pit.press("k")
        assert pit.play.coach.on
