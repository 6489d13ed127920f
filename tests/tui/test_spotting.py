"""A round of spot under a test's clock."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from noc_tui.drills.schedule import Key
from noc_tui.drills.spot import SpotQuestion, SpotRound
from noc_tui.drills.stages import Stage
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.tui.spotting import Spotting
from tests.drills.builders import NOW, incidents, new_deck

if TYPE_CHECKING:
    from noc_tui.drills.spot import SpotAnswer

LIMIT = 10.0


@cache
def question() -> SpotQuestion:
    return SpotRound(new_deck(), 1).question(Key("flaky_nic", Stage.PAGE), incidents())


def asked(limit: float | None = LIMIT, now: float = 0.0) -> Spotting:
    play = Spotting(SpotRound(new_deck(), 1, limit=limit))
    play.ask(question(), now)
    return play


def right_place() -> int:
    return [name.incident for name in question().names].index("flaky_nic")


def named(play: Spotting, place: int | None) -> SpotAnswer:
    answer = play.name(place, NOW)
    assert answer is not None
    return answer


def test_an_action_then_the_name_are_an_answer() -> None:
    play = asked(now=100.0)
    assert play.act(ActionType.REROUTE_TRAFFIC, 103.5)
    assert play.phase == "naming"
    assert not play.round.done
    assert play.answer is None
    answer = named(play, right_place())
    assert (answer.verdict, answer.named, answer.seconds) == (Verdict.BEST, True, 3.5)
    assert play.round.answers == (answer,)
    assert play.answer == answer


def test_the_time_is_up_once_the_limit_has_passed() -> None:
    play = asked()
    assert not play.tick(9.9)
    assert play.left(9.9) == pytest.approx(0.1)
    assert play.tick(10.0)
    assert play.phase == "naming"
    answer = named(play, right_place())
    assert (answer.action, answer.verdict, answer.seconds) == (None, None, 10.0)
    assert not play.tick(20.0)


def test_without_a_limit_nothing_is_ever_late() -> None:
    play = asked(limit=None)
    assert not play.tick(3600.0)
    assert play.left(3600.0) is None
    assert play.act(ActionType.DO_NOTHING, 3600.0)
    assert named(play, None).seconds == pytest.approx(3600.0)


def test_what_is_covered_takes_no_time() -> None:
    play = asked()
    play.cover(4.0)
    assert not play.tick(500.0)
    play.uncover(500.0)
    assert play.left(500.0) == pytest.approx(6.0)
    play.act(ActionType.DO_NOTHING, 501.0)
    assert named(play, None).seconds == pytest.approx(5.0)


def test_who_does_not_know_has_not_named_it() -> None:
    play = asked()
    play.act(ActionType.REROUTE_TRAFFIC, 1.0)
    assert named(play, None).named is False


def test_only_what_is_asked_for_is_taken() -> None:
    play = asked()
    assert play.name(0, NOW) is None
    assert play.act(ActionType.DO_NOTHING, 1.0)
    assert not play.act(ActionType.SCALE_UP, 1.1)
    assert play.name(4, NOW) is None
    named(play, 0)
    assert play.name(1, NOW) is None
    assert len(play.round.answers) == 1


def test_leaving_before_the_name_keeps_the_action() -> None:
    play = asked()
    play.act(ActionType.REROUTE_TRAFFIC, 2.0)
    answer = play.leave(NOW)
    assert answer is not None
    assert (answer.verdict, answer.named) == (Verdict.BEST, None)
    assert play.round.answers == (answer,)
    assert asked().leave(NOW) is None


def test_the_round_ends_after_its_last_position() -> None:
    play = asked()
    for number in range(1, 13):
        play.act(ActionType.REROUTE_TRAFFIC, 1.0)
        named(play, 0)
        assert play.go_on() is (number < 12)
        if number < 12:
            play.ask(question(), 0.0)
    assert play.phase == "over"
