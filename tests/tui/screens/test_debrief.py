"""What an episode came to, what each move cost, and what to do next."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.review import session as review_module
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens import debrief
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.summary import drivers, duration, judged
from noc_tui.tui.widgets.curve import Curve
from noc_tui.tui.widgets.review_panel import ReviewPanel
from tests.episode.builders import path_of, read_lines, write_lines
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.drilling import loaded
from tests.tui.moves import review
from tests.tui.shelf import WON

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review
    from noc_tui.review.session import Progress

KEYS = {"do_nothing": "1", "restart_service": "2", "throttle_cpu": "3"}
CLUMSY = ("throttle_cpu", "do_nothing", "restart_service")
"""In cpu_overload with seed 3 the last of these is the worst."""


async def play_to_the_end(pit: Cockpit) -> None:
    """Resolve the CPU overload that is being played, and look at the debrief."""
    await pit.press(*(KEYS[action] for action in WON), "enter")
    await pit.settle()
    assert isinstance(pit.app.screen, DebriefScreen)


async def look_at(pit: Cockpit, path: Path) -> DebriefScreen:
    """Look at the debrief of a recording."""
    screen = DebriefScreen(SessionFile.open(path), Launch("replay", session=path))
    pit.app.push_screen(screen)
    await pit.settle()
    await pit.settle()
    return screen


def clumsy() -> Path:
    """The file of a CPU overload that was begun clumsily, and that nobody has played on."""
    episode = shelf.begin(actions=CLUMSY)
    episode.void()
    episode.close()
    return path_of(paths.sessions_dir(), episode)


def crashed() -> Path:
    episode = shelf.begin("memory_leak", actions=(), max_steps=60)
    while not episode.done:
        episode.act("do_nothing")
    episode.close()
    return path_of(paths.sessions_dir(), episode)


def reviewed(pit: Cockpit) -> Review:
    found = pit.app.screen.query_one(ReviewPanel).review
    assert found is not None
    return found


# --- what is shown


async def test_outcome_grade_sum_and_moves_stand_on_a_small_screen() -> None:
    async with cockpit(size=(80, 24)) as pit:
        await look_at(pit, shelf.resolved())
        lines = pit.text().splitlines()
        found = reviewed(pit)
        judged_by = f"Grade {found.grade} accuracy {found.accuracy:.0f} %"
        assert " ".join(lines[1].split()) == f"✓ RESOLVED Restored after 4 steps: MTTR 2 min 0 s. {judged_by}"
        assert any(line.strip() == found.ledger.text for line in lines)
        assert any(
            line.split() == ["Step", "What", "was", "seen", "Done", "Verdict", "Lost", "Better"] for line in lines
        )
        assert [line for line in lines if "Throttle CPU" in line and "✓ Best" in line]
        assert "Step 1: " in pit.text()


async def test_at_80_by_24_at_least_eight_moves_are_in_sight_with_the_reason() -> None:
    path = crashed()
    async with cockpit(size=(80, 24)) as pit:
        screen = await look_at(pit, path)
        assert screen.query_one(ReviewPanel).moves.size.height >= 8
        assert screen.query_one("#why").region.bottom <= 23


async def test_the_table_says_what_was_done_and_what_was_better() -> None:
    path = clumsy()
    async with cockpit() as pit:
        await look_at(pit, path)
        found = reviewed(pit)
        assert found.worst == 3
        row = next(line for line in pit.text().splitlines() if line.startswith(" ▸"))
        assert "Restart service" in row
        assert found.moves[2].best.label in row
        assert f"{found.moves[2].lost:.1f}" in row
        assert found.moves[2].verdict.glyph in row


@pytest.mark.parametrize("size", [(50, 14), (80, 24), (120, 40), (200, 60)])
async def test_everything_is_there_at_every_size(size: tuple[int, int]) -> None:
    async with cockpit(size=size) as pit:
        await look_at(pit, shelf.resolved())
        seen = pit.text()
        for words in ("RESOLVED", "Grade", "par", "Verdict", "Throttle CPU", "Step 1:"):
            assert words in seen, words
        await pit.press("f")
        seen = pit.text()
        for _ in range(8):
            await pit.pilot.press("pagedown")
            await pit.pilot.pause()
            seen += pit.text()
        for words in (
            "Health",
            "Accuracy",
            "Actions",
            "Reward by term",
            "What it was",
            "What to remember",
            "Read more",
        ):
            assert words in seen, words
        assert "f moves" in pit.text().splitlines()[-1]


async def test_the_lesson_comes_with_the_figures_and_the_same_key_leads_back() -> None:
    async with cockpit(size=(80, 24)) as pit:
        await look_at(pit, shelf.resolved())
        assert "What to remember" not in pit.text()
        await pit.press("f")
        assert "What to remember" in pit.text()
        assert "Verdict" not in pit.text()
        assert "f moves" in pit.text()
        await pit.press("f")
        assert "Verdict" in pit.text()
        assert "f lesson" in pit.text()


async def test_the_main_figures_are_told() -> None:
    async with cockpit(size=(200, 60)) as pit:
        await look_at(pit, shelf.resolved())
        text = pit.text()
        for fact in ("MTTR         2 min 0 s, 4 steps", "Driven by    you 4", "Pace         turn", "Health rose"):
            assert fact in text, fact
        for fact in ("Wait               2", "Throttle CPU       2", "resolution             +15.00", "total"):
            assert fact in text, fact
        for fact in ("Par  ", "Luck ", "First useful at step 1", "Harmful      none"):
            assert fact in text, fact


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("crashed", "The server crashed at step"), ("truncated", "2 steps were not enough."), ("void", "It stopped at")],
)
async def test_a_lost_episode_says_how_it_was_lost(outcome: str, words: str) -> None:
    if outcome == "crashed":
        path = crashed()
    else:
        episode = shelf.begin(max_steps=2 if outcome == "truncated" else None)
        if outcome == "void":
            episode.void()
        episode.close()
        path = path_of(paths.sessions_dir(), episode)
    async with cockpit(size=(200, 60)) as pit:
        await look_at(pit, path)
        assert words in pit.text()
        assert "not restored" in pit.text()
        assert {"crashed": "‼ CRASHED", "truncated": "! OUT OF STEPS", "void": "! VOID"}[outcome] in pit.text()


async def test_the_curve_shows_the_health_from_the_page_to_the_end_with_verdicts_and_best_play() -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        episode = pit.app.screen_stack[-2]
        assert isinstance(episode, PlayScreen)
        track, found = episode.run.episode, reviewed(pit)
        view = pit.app.screen.query_one(Curve).view
        assert view.values == (track.header.initial.health_score, *track.health)
        assert [mark.glyph for mark in view.marks] == [move.verdict.glyph for move in found.moves]
        assert view.ghost == tuple(metrics.health_score for metrics in found.ghost)
        assert "•" in pit.text()


async def test_text_of_a_session_file_is_shown_as_it_is_and_steers_nothing() -> None:
    path = shelf.poison(shelf.resolved())
    async with cockpit(size=(200, 60)) as pit:
        await look_at(pit, path)
        assert pit.text().count(shelf.WITNESS) >= 4
        assert not {"\x1b", "\x9b", "\u202e"} & set(pit.text())


@pytest.mark.parametrize("theme", ["noc-dark", "noc-light", "noc-contrast"])
async def test_every_theme_has_all_its_inks(theme: str) -> None:
    path = crashed()
    async with cockpit(theme=theme) as pit:
        await look_at(pit, path)
        assert "Blunder" in pit.text()


async def test_without_colours_glyphs_and_words_say_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    path = crashed()
    async with cockpit() as pit:
        await look_at(pit, path)
        assert pit.app.no_color
        for words in ("‼ CRASHED", "Grade F", "× Blunder", "▸"):
            assert words in pit.text(), words


async def test_a_resize_in_the_middle_keeps_the_move_that_is_looked_at() -> None:
    path = crashed()
    async with cockpit() as pit:
        screen = await look_at(pit, path)
        await pit.press("end", "up")
        before = screen.query_one(ReviewPanel).move
        for size in ((50, 14), (200, 60), (20, 5), (80, 24)):
            await pit.pilot.resize_terminal(*size)
            await pit.settle()
        assert screen.query_one(ReviewPanel).move is before
        assert any(line.startswith(" ▸") for line in pit.text().splitlines())


# --- while it is being reviewed, and where it cannot be


class SlowReview:
    """A review that stands still after the first position until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()
        self._real = review_module.review_session
        monkeypatch.setattr(review_module, "review_session", self)

    def __call__(self, track: Track, progress: Progress) -> Review:
        try:
            progress(1, 18)
            self.begun.set()
            assert self.go_on.wait(30)
            progress(2, 18)
            return self._real(track, progress)
        finally:
            self.ended.set()


async def test_figures_and_curve_are_there_while_the_moves_are_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, path = SlowReview(monkeypatch), shelf.resolved()
    async with cockpit() as pit:
        screen = DebriefScreen(SessionFile.open(path), Launch("replay", session=path))
        pit.app.push_screen(screen)
        assert await asyncio.to_thread(slow.begun.wait, 30)
        await pit.pilot.pause()
        await pit.pilot.pause()
        assert "Reviewing the moves: 1 of 18 positions" in pit.text()
        assert "✓ RESOLVED" in pit.text()
        assert "r retry" not in pit.text()
        assert "Verdict" not in pit.text()
        await pit.pilot.press("enter", "r", "down", "f", "f")
        await pit.pilot.resize_terminal(80, 24)
        await pit.pilot.pause()
        assert pit.app.screen is screen
        slow.go_on.set()
        await pit.settle()
        await pit.settle()
        assert "Verdict" in pit.text()
        assert "Reviewing" not in pit.text()


async def test_leaving_while_it_is_reviewed_ends_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, path = SlowReview(monkeypatch), shelf.resolved()
    async with cockpit(Launch("home")) as pit:
        pit.app.push_screen(DebriefScreen(SessionFile.open(path), Launch("replay", session=path)))
        assert await asyncio.to_thread(slow.begun.wait, 30)
        await pit.pilot.press("q")
        await pit.pilot.pause()
        assert isinstance(pit.app.screen, HomeScreen)
        slow.go_on.set()
        assert await asyncio.to_thread(slow.ended.wait, 30)
        await pit.settle()
        assert pit.told() == ""
        assert pit.app.review_of(SessionFile.open(path).header.session) is None


async def test_a_session_that_comes_out_differently_is_shown_without_a_review() -> None:
    path = shelf.resolved()
    header, first, *rest = read_lines(path)
    first["after"]["cpu_usage"] += 1e-9
    write_lines(path, [header, first, *rest])
    async with cockpit() as pit:
        await look_at(pit, path)
        assert "There is no review: session" in pit.text()
        assert "✓ RESOLVED" in pit.text()
        assert "Grade" not in pit.text()
        assert "r retry" not in pit.text()
        await pit.press("f")
        assert "What to remember" in pit.text()


async def test_a_very_long_session_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debrief, "MOST_REVIEWED", 3)
    async with cockpit(size=(120, 40)) as pit:
        screen = await look_at(pit, shelf.resolved())
        assert f"noc-tui review {screen._track.header.session}" in pit.text()


async def test_without_a_step_there_is_nothing_to_review() -> None:
    episode = shelf.begin(actions=())
    episode.mark("nothing yet")
    episode.close()
    async with cockpit() as pit:
        await look_at(pit, path_of(paths.sessions_dir(), episode))
        assert "nothing to review" in pit.text()
        assert "… UNFINISHED" in pit.text()


async def test_an_interrupted_session_is_reviewed_as_far_as_it_goes() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.interrupted(steps=3))
        assert "expected still to come" in pit.text()
        assert len(reviewed(pit).moves) == 3
        assert "Grade" not in pit.text()


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


async def test_enter_replays_from_just_before_the_move_under_the_cursor() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.resolved())
        await pit.press("down", "down", "enter")
        assert isinstance(pit.app.screen, ReplayScreen)
        assert pit.replay.player.step == 2


async def test_retry_asks_for_the_worst_move_again_and_plays_on_from_there() -> None:
    path = clumsy()
    async with cockpit() as pit:
        await look_at(pit, path)
        await pit.press("r")
        await loaded(pit, "What would have been better?")
        await pit.press("3", "enter")
        assert (pit.episode.incident.id, pit.episode.header.seed, pit.episode.steps) == ("cpu_overload", 3, 2)
        parent = pit.episode.header.parent
        assert parent is not None
        assert (parent.session, parent.step) == (path.stem, 2)
        await pit.press("3")
        retried = SessionFile.open(path_of(paths.sessions_dir(), pit.episode))
        assert verify(retried).ok


async def test_where_no_move_was_bad_there_is_nothing_to_retry() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.resolved())
        assert reviewed(pit).worst is None
        assert "r retry" not in pit.text()
        await pit.press("r")
        assert isinstance(pit.app.screen, DebriefScreen)


async def test_the_same_seed_can_be_played_again() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.resolved())
        await pit.press("s")
        assert (pit.episode.incident.id, pit.episode.header.seed, pit.episode.steps) == ("cpu_overload", 3, 0)


async def test_new_seed_plays_the_same_incident_with_another() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.resolved())
        await pit.press("n")
        assert pit.episode.incident.id == "cpu_overload"
        assert pit.episode.header.seed != 3


async def test_replay_shows_what_was_played() -> None:
    async with cockpit() as pit:
        await look_at(pit, shelf.resolved())
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


async def test_what_could_not_be_saved_is_reviewed_but_cannot_be_gone_back_into() -> None:
    paths.data_dir().mkdir(parents=True)
    paths.sessions_dir().write_text("a file where the folder should be")
    async with cockpit(playing("cpu_overload")) as pit:
        await play_to_the_end(pit)
        assert len(reviewed(pit).moves) == 4
        for hint in ("v replay", "enter replay move", "r retry"):
            assert hint not in pit.text().splitlines()[-1]
        await pit.press("v", "r", "enter")
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


def test_luck_has_a_sign_and_nothing_is_named_that_there_is_not() -> None:
    told = dict(judged(review(luck=-1.25, harmful=1, first_useful=None, grade=None, accuracy=None)))
    assert told == {
        "Par": "4.0 steps",
        "Lost": "0.0 steps",
        "Luck": "−1.2 steps",
        "First useful": "none",
        "Harmful": "1 action",
    }
    assert dict(judged(review(harmful=3, first_useful=2)))["Harmful"] == "3 actions"
