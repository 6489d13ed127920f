"""A blind episode on every screen: it is not named before it has ended, and is once it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from noc_tui import paths
from noc_tui.episode.library import summarize
from noc_tui.tui.launch import Launch
from noc_tui.tui.recordings import verify_recording
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.screens.home import HomeScreen
from tests.episode.builders import path_of, read_lines, write_lines
from tests.factories import bundled_incident
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit

if TYPE_CHECKING:
    from pathlib import Path

HANDFUL = ("cpu_overload", "slow_leak", "backup_window")
handful = pytest.mark.parametrize("incident", HANDFUL)


def blind_session(incident: str, *, steps: int = 2, max_steps: int | None = None) -> Path:
    """The file of a blind episode: interrupted, or at its end where there are no more steps."""
    episode = shelf.begin(incident, 11, ["scale_up"] * steps, blind=True, max_steps=max_steps)
    episode.close()
    return path_of(paths.sessions_dir(), episode)


def assert_secret(pit: Cockpit, incident: str) -> None:
    """What is shown and told says neither which incident it is, nor how hard."""
    shown = f"{pit.text()}\n{pit.told()}".lower()
    truth = bundled_incident(incident)
    title = str(pit.app.title).lower()
    for secret in (truth.id, truth.title, truth.summary[:30], f"{truth.difficulty} · "):
        assert secret.lower() not in shown
        assert secret.lower() not in title


@handful
async def test_nothing_gives_it_away_while_it_is_played_watched_and_left(incident: str) -> None:
    async with cockpit(Launch("home")) as pit:
        path = blind_session(incident)
        pit.app.open(Launch("play", session=path))
        await pit.settle()
        assert "Blind incident  seed 11 " in pit.text()
        assert_secret(pit, incident)
        for key in ("6", "2", "a"):
            await pit.press(key)
            assert_secret(pit, incident)
        assert "RULES DRIVES" in pit.text().upper()
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        assert_secret(pit, incident)
        await pit.press("escape", "colon")
        assert_secret(pit, incident)
        await pit.press("escape", "q")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "kept" in pit.told()
        assert "Blind incident" in pit.text()
        assert_secret(pit, incident)


@handful
async def test_nothing_gives_it_away_in_the_lists_the_replay_and_to_who_follows(incident: str) -> None:
    path = blind_session(incident)
    async with cockpit(Launch("sessions")) as pit:
        assert "Blind incident" in pit.text()
        assert_secret(pit, incident)
        await pit.press("d")
        assert_secret(pit, incident)
        await pit.press("n", "v")
        assert "equal, to the last bit" in pit.told()
        assert_secret(pit, incident)
        for follow in (False, True):
            pit.app.open(Launch("replay", session=path, step=1, follow=follow))
            await pit.settle()
            assert "Blind incident  seed 11 " in pit.text()
            assert_secret(pit, incident)
            await pit.press("end")
            assert_secret(pit, incident)


async def test_what_is_on_its_way_is_not_shown_before_the_end() -> None:
    before, after = (blind_session("retry_storm", steps=1, max_steps=steps) for steps in (None, 1))
    async with cockpit(Launch("replay", session=before, step=1)) as pit:
        assert "due in" not in pit.text()
        pit.app.open(Launch("replay", session=after, step=1))
        await pit.settle()
        assert "due in" in pit.text()


async def test_once_it_has_ended_everything_tells_what_it_was() -> None:
    path, title = blind_session("slow_leak", max_steps=2), "Slow leak"
    async with cockpit(Launch("replay", session=path)) as pit:
        assert title in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, DebriefScreen)
        assert title in pit.text()
        assert "none: it was blind" in str(pit.app.screen.query_one("#facts", Static).content)
        pit.app.open(Launch("sessions"))
        await pit.settle()
        assert title in pit.text()


async def test_who_follows_learns_it_with_the_end() -> None:
    episode = shelf.begin("retry_storm", blind=True, max_steps=3)
    async with cockpit(Launch("replay", session=path_of(paths.sessions_dir(), episode), follow=True)) as pit:
        assert "Retry storm" not in pit.text()
        episode.act("do_nothing")
        pit.replay.follow()
        await pit.settle()
        assert "Retry storm  hard · seed 3" in pit.text()
    episode.close()


async def test_the_banner_names_it_as_soon_as_the_last_step_is_taken() -> None:
    path = blind_session("retry_storm", steps=1, max_steps=2)
    async with cockpit(Launch("play", session=path)) as pit:
        assert "Retry storm" not in pit.text()
        await pit.press("1")
        assert "Retry storm  hard · seed 11" in pit.text()


@pytest.mark.parametrize("max_steps", [None, 2])
def test_a_difference_names_no_hidden_figure_before_the_end(max_steps: int | None) -> None:
    path = blind_session("retry_storm", max_steps=max_steps)
    lines = read_lines(path)
    lines[1]["pressure"] = 0.123456
    ok, sentence = verify_recording(summarize(write_lines(path, lines)))
    assert not ok
    assert ("0.123456" in sentence) is (max_steps is not None)
