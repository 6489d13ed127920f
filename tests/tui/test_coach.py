"""What the coach says of a move, in its own time and order."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review import moves as moves_module
from noc_tui.review.model import Verdict
from noc_tui.review.moves import review_move
from noc_tui.review.positions import CannotReviewError
from noc_tui.tui.coach import Advice, Coach, said_of, short_of
from tests.review.builders import episode_of
from tests.tui.moves import move

if TYPE_CHECKING:
    from noc_tui.episode.track import Track
    from noc_tui.review.model import MoveReview


async def advice_of(coach: Coach) -> list[Advice]:
    return [advice async for advice in coach.advice()]


# --- words


def test_a_bad_move_is_told_with_its_cost_and_what_was_better() -> None:
    told = said_of(move(Verdict.MISTAKE, lost=2.96), secret=False)
    assert told == "Mistake, about 3.0 steps: Throttle CPU first: it takes 18.0 % off CPU now."
    assert said_of(move(Verdict.INACCURACY, lost=1.04), secret=False).startswith("Inaccuracy, about 1 step: ")


def test_the_best_move_is_told_in_a_word() -> None:
    assert said_of(move(Verdict.BEST), secret=False) == said_of(move(Verdict.BEST), secret=True) == "Best."


def test_a_needless_key_is_called_that_once() -> None:
    why = "Not needed: waiting does as well. Scale up is spent where nothing is wrong."
    assert said_of(move(Verdict.NEEDLESS, why=why), secret=False) == why


def test_a_move_that_throws_the_incident_away_is_said_to() -> None:
    told = said_of(move(Verdict.BLUNDER, throws_away=True), secret=False)
    assert told.startswith("Blunder, it throws the incident away: ")


@given(st.sampled_from(Verdict), st.floats(0, 30), st.booleans())
def test_of_a_blind_episode_only_what_is_visible_is_told(verdict: Verdict, lost: float, throws_away: bool) -> None:
    told = said_of(move(verdict, lost=lost, throws_away=throws_away, why="the pressure behind it"), secret=True)
    assert "pressure" not in told


def test_what_it_says_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in said_of(move(why="\x1b[2Jx"), secret=False)


@pytest.mark.parametrize(
    ("verdict", "lost", "short"),
    [
        (Verdict.BEST, 0.0, "✓ Best"),
        (Verdict.GOOD, 0.54, "· Good 0.5"),
        (Verdict.BLUNDER, 16.04, "× Blunder 16.0"),
        (Verdict.NONE, 0.0, "– lost"),
    ],
)
def test_in_short_it_is_a_glyph_a_word_and_a_figure(verdict: Verdict, lost: float, short: str) -> None:
    assert short_of(move(verdict, lost=lost)) == short


# --- one move after the other


async def test_every_move_is_judged_as_the_review_judges_it() -> None:
    episode = episode_of("cache_stampede", "", seed=3)
    coach = Coach(episode, on=True)
    for action in ("throttle_cpu", "scale_up", "restart_service"):
        episode.act(action)
        coach.look_at(episode.steps)
        (advice,) = await advice_of(coach)
        judged = review_move(episode, episode.steps)
        assert advice.step == episode.steps
        assert advice.short == coach.short == short_of(judged)
        assert advice.line is not None
        assert advice.line.text == said_of(judged, secret=False)
        assert (advice.line.source, advice.line.glyph) == ("coach", judged.verdict.glyph)
        assert advice.line.clock == f"{episode.steps * 30 // 60:02}:{episode.steps * 30 % 60:02}"


async def test_moves_that_come_faster_than_it_thinks_are_each_told_under_their_own_number() -> None:
    episode = episode_of("cache_stampede", "", seed=3)
    coach = Coach(episode, on=True)
    for action in ("throttle_cpu", "scale_up", "scale_up"):
        episode.act(action)
        coach.look_at(episode.steps)
    found = await advice_of(coach)
    assert [advice.step for advice in found] == [1, 2, 3]
    texts = [advice.line.text for advice in found if advice.line]
    assert texts[0] == "step 1: Best."
    assert texts[1].startswith("step 2: ")
    assert not texts[2].startswith("step")
    assert [advice.short for advice in found] == ["", "", short_of(review_move(episode, 3))]


async def test_that_a_position_is_lost_is_told_once() -> None:
    episode = episode_of("cache_stampede", "", seed=3)
    coach = Coach(episode, on=True)
    lines = []
    for action in ("throttle_cpu", "scale_up", "do_nothing", "restart_service", "do_nothing", "do_nothing"):
        episode.act(action)
        coach.look_at(episode.steps)
        lines += [advice.line for advice in await advice_of(coach)]
    assert lines[-1] is None
    assert coach.short == "– lost"
    assert len([line for line in lines if line and "Counted as lost" in line.text]) == 1


async def test_a_second_listener_is_not_wanted_while_one_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(track: Track, step: int, **tools: Any) -> MoveReview:
        assert go_on.wait(30)
        return review_move(track, step, **tools)

    monkeypatch.setattr(moves_module, "review_move", slow)
    episode = episode_of("cpu_overload", "T", seed=3)
    coach = Coach(episode, on=True)
    coach.look_at(1)
    assert coach.has_work
    listening = asyncio.create_task(advice_of(coach))
    await asyncio.sleep(0)
    episode.act("do_nothing")
    coach.look_at(2)
    assert not coach.has_work
    go_on.set()
    assert [advice.step for advice in await listening] == [1, 2]


async def test_two_listeners_who_were_called_at_once_do_not_look_at_moves_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking = threading.Lock()

    def alone(track: Track, step: int, **tools: Any) -> MoveReview:
        assert looking.acquire(blocking=False)
        try:
            return review_move(track, step, **tools)
        finally:
            looking.release()

    monkeypatch.setattr(moves_module, "review_move", alone)
    coach = Coach(episode_of("cpu_overload", "TT", seed=3), on=True)
    coach.look_at(1)
    coach.look_at(2)
    first, second = await asyncio.gather(advice_of(coach), advice_of(coach))
    assert [advice.step for advice in first] == [1, 2]
    assert second == []


async def test_switched_off_it_looks_at_nothing_and_drops_what_it_was_looking_at() -> None:
    episode = episode_of("cpu_overload", "T", seed=3)
    coach = Coach(episode)
    coach.look_at(1)
    assert not coach.has_work
    coach.toggle()
    assert coach.has_work  # the last move
    coach.toggle()
    assert await advice_of(coach) == []
    assert coach.short == ""


async def test_an_episode_that_comes_out_differently_switches_it_off() -> None:
    episode = episode_of("cpu_overload", "T", seed=3)
    elsewhere = episode_of("cpu_overload", "T", seed=4)

    class Forged:
        header = elsewhere.header
        steps = 1

        @staticmethod
        def record(step: int) -> object:
            return episode.record(step)

    coach = Coach(cast("Track", Forged()), on=True)  # as much of a track as it looks at
    coach.look_at(1)
    with pytest.raises(CannotReviewError):
        await advice_of(coach)
    assert not coach.on
    assert not coach.has_work
