"""What an episode came to, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.debrief import DebriefScreen, drivers, duration
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.widgets.curve import Curve
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.shelf import WON

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {"do_nothing": "1", "throttle_cpu": "3"}


async def play_to_the_end(pit: Cockpit) -> None:
    """Resolve the CPU overload that is being played, and look at the debrief."""
    await pit.press(*(KEYS[action] for action in WON), "enter")
    await pit.settle()
    assert isinstance(pit.app.screen, DebriefScreen)


async def look_at(pit: Cockpit, path: Path) -> None:
    """Look at the debrief of a recording."""
    launch = Launch("replay", session=path)
    pit.app.push_screen(DebriefScreen(SessionFile.open(path), launch))
    await pit.settle()
    await pit.settle()


# --- what is shown


async def test_the_main_facts_stand_on_a_small_screen_without_scrolling() -> None:
    async with cockpit(playing("cpu_overload"), size=(80, 24)) as pit:
        await play_to_the_end(pit)
        text = pit.text()
        assert "✓ RESOLVED   Restored after 4 steps: MTTR 2 min 0 s on the incident clock." in text
        for fact in ("MTTR         2 min 0 s, 4 steps", "Driven by    you 4", "Pace         turn", "Health rose"):
            assert fact in text, fact
        for fact in ("Wait               2", "Throttle CPU       2", "resolution             +15.00", "total"):
            assert fact in text, fact
        assert "100 %" in text
        assert "✓ step 4" in text


@pytest.mark.parametrize("size", [(50, 14), (80, 24), (120, 40), (200, 60)])
async def test_everything_is_there_at_every_size(size: tuple[int, int]) -> None:
    async with cockpit(playing("cpu_overload"), size=size) as pit:
        await play_to_the_end(pit)
        seen = pit.text()
        for _ in range(8):
            await pit.pilot.press("pagedown")
            await pit.pilot.pause()
            seen += pit.text()
        for words in ("RESOLVED", "Health", "Actions", "Reward by term", "What it was", "What to remember"):
            assert words in seen, words
        assert "r retry" in pit.text().splitlines()[-1]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("crashed", "The server crashed at step"), ("truncated", "2 steps were not enough."), ("void", "It stopped at")],
)
async def test_a_lost_episode_says_how_it_was_lost(outcome: str, words: str) -> None:
    if outcome == "crashed":
        episode = shelf.begin("memory_leak", max_steps=60)
        while not episode.done:
            episode.act("do_nothing")
    else:
        episode = shelf.begin(max_steps=2 if outcome == "truncated" else None)
    if outcome == "void":
        episode.void()
    episode.close()
    async with cockpit() as pit:
        await look_at(pit, paths.sessions_dir() / f"{episode.header.session}.jsonl")
        assert words in pit.text()
        assert "not restored" in pit.text()
        assert {"crashed": "‼ CRASHED", "truncated": "! OUT OF STEPS", "void": "! VOID"}[outcome] in pit.text()


async def test_the_curve_shows_the_health_from_the_page_to_the_end() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        episode = pit.app.screen_stack[-2]
        assert isinstance(episode, PlayScreen)
        track = episode.run.episode
        view = pit.app.screen.query_one(Curve).view
        assert view.values == (track.header.initial.health_score, *track.health)


async def test_text_of_a_session_file_is_shown_as_it_is_and_steers_nothing() -> None:
    path = shelf.poison(shelf.resolved())
    async with cockpit() as pit:
        await look_at(pit, path)
        assert pit.text().count(shelf.WITNESS) >= 4
        assert not {"\x1b", "\x9b", "\u202e"} & set(pit.text())


async def test_a_recording_that_was_changed_meanwhile_leads_back_with_the_reason() -> None:
    path = shelf.resolved()
    async with cockpit() as pit:
        session = SessionFile.open(path)
        path.write_bytes(path.read_bytes().replace(b'"event":"step"', b'"event":"spet"'))
        pit.app.push_screen(DebriefScreen(session, Launch("replay", session=path)))
        await pit.settle()
        await pit.settle()
        assert isinstance(pit.app.screen, HomeScreen)
        assert "damaged" in pit.told()


# --- what to do next


async def test_retry_plays_the_same_incident_and_seed() -> None:
    async with cockpit(playing("cpu_overload", seed=3)) as pit:
        await play_to_the_end(pit)
        await pit.press("r")
        assert (pit.episode.incident.id, pit.episode.header.seed, pit.episode.steps) == ("cpu_overload", 3, 0)


async def test_new_seed_plays_the_same_incident_with_another() -> None:
    async with cockpit(playing("cpu_overload", seed=3)) as pit:
        await play_to_the_end(pit)
        await pit.press("n")
        assert pit.episode.incident.id == "cpu_overload"
        assert pit.episode.header.seed != 3


async def test_replay_shows_what_was_played() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        await pit.press("v")
        assert isinstance(pit.app.screen, ReplayScreen)
        assert pit.replay.player.session.steps == 4


async def test_home_leads_home_and_leaving_leads_back_to_the_dashboard() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        await pit.press("q")
        assert isinstance(pit.app.screen, PlayScreen)
        await pit.press("enter")
        await pit.press("escape")
        assert isinstance(pit.app.screen, PlayScreen)
        await pit.press("enter", "h")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_what_could_not_be_saved_cannot_be_replayed() -> None:
    paths.data_dir().mkdir(parents=True)
    paths.sessions_dir().write_text("a file where the folder should be")
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        assert "v replay" not in pit.text().splitlines()[-1]
        await pit.press("v")
        assert isinstance(pit.app.screen, DebriefScreen)


# --- words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (250, "4 min 10 s"), (7505, "2 h 5 min")],
)
def test_time_is_told_as_one_says_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_many_drivers_are_counted_instead_of_named() -> None:
    assert drivers([("human", 20), ("rules", 4)]) == "you 20, rules 4"
    assert drivers([(f"agent{number}", 1) for number in range(9)]) == "agent0 1, agent1 1, agent2 1, 6 more"
    assert drivers([]) == "nobody"
