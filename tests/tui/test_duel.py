"""Two sides in lock step: who may take a step, what a pause holds, who is ahead. The test is the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.scripted import RulesAgent
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Decision
from noc_tui.sim.actions import ActionType
from noc_tui.tui.duel import Duel
from noc_tui.tui.live import LiveRun
from noc_tui.tui.sides import GhostSide, LiveSide
from tests.factories import bundled_incident, make_incident
from tests.tui.shelf import WON, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = ActionType.DO_NOTHING


def live(name: str, *, seed: int = 3, incident: str = "cpu_overload") -> LiveSide:
    """A side whose agent the test answers for."""
    run = LiveRun(Episode(bundled_incident(incident), seed), agent=name, pace_seconds=4.0, speed=1.0, now=0.0)
    run.start_agent(RulesAgent(name), 0.0)
    return LiveSide(run, name)


def decide(side: LiveSide, action: str, now: float) -> None:
    """Let the agent of a side decide, if it is to be asked."""
    if side.run.wants_decision:
        side.run.asked(now)
        side.run.decided(Decision(action=ActionType(action), driver=side.name), now)


@pytest.fixture
def ghost() -> Iterator[GhostSide]:
    with SessionFile.open(resolved()) as session:
        yield GhostSide(session, "you", speed=1.0, now=0.0)


def test_who_has_decided_waits_for_who_is_a_step_behind() -> None:
    left, right = live("quick"), live("slow")
    duel = Duel(left, right, speed=1.0)
    decide(left, "throttle_cpu", 0.1)
    assert duel.tick(1.1) == (True, False)
    decide(left, "throttle_cpu", 1.2)
    assert duel.tick(60.0) == (False, False)
    decide(right, "scale_up", 60.0)
    duel.tick(60.0)
    assert (left.step, right.step) == (2, 1)
    assert duel.step == 1


@given(st.lists(st.tuples(st.sampled_from(["left", "right", "tick"]), st.floats(0.0, 3.0)), max_size=40))
def test_neither_is_ever_more_than_one_step_ahead(events: list[tuple[str, float]]) -> None:
    left, right = live("left"), live("right")
    duel, now = Duel(left, right, speed=1.0), 0.0
    for what, seconds in events:
        now += seconds
        if what == "tick":
            duel.tick(now)
        else:
            decide(left if what == "left" else right, "throttle_cpu", now)
        assert abs(left.step - right.step) <= 1 or left.done or right.done


def test_when_one_has_ended_the_other_goes_on() -> None:
    left, right = live("winner"), live("waiter")
    duel, now = Duel(left, right, speed=1.0), 0.0
    for step in range(8):
        now += 1.1
        decide(left, WON[min(step, 3)], now)
        decide(right, "do_nothing", now)
        duel.tick(now + 1.0)
    assert left.done
    assert left.step == 4
    assert right.step > 4


def test_when_one_has_failed_the_other_goes_on_and_waits_for_it_once_it_is_back() -> None:
    left, right = live("broken"), live("sound")
    duel, now = Duel(left, right, speed=1.0), 0.0
    left.run.asked(now)
    left.run.failed("it fell over", now)
    assert left.failed
    for _ in range(3):
        now += 1.1
        decide(right, "do_nothing", now)
        duel.tick(now + 1.0)
        now += 1.0
    assert (left.step, right.step) == (0, 3)
    left.run.hand_over(RulesAgent("broken"), now)
    decide(right, "do_nothing", now)
    assert duel.tick(now + 5.0) == (False, False)
    decide(left, "do_nothing", now + 5.0)
    duel.tick(now + 6.0)
    assert (left.step, right.step) == (1, 3)


def test_where_one_has_failed_and_the_other_has_ended_both_is_told() -> None:
    left, right = live("broken"), live("sound")
    duel, now = Duel(left, right, speed=1.0), 0.0
    left.run.asked(now)
    left.run.failed("it fell over", now)
    for action in WON:
        assert duel.result_in_words() == ""
        now += 1.1
        decide(right, action, now)
        duel.tick(now + 1.0)
        now += 1.0
    assert duel.result_in_words() == "broken has failed at step 0; sound resolved it in 4 steps"
    assert not duel.over


def test_a_pause_holds_both_and_one_that_comes_back_as_well() -> None:
    left, right = live("left"), live("right")
    duel = Duel(left, right, speed=1.0)
    left.run.asked(0.0)
    left.run.failed("it fell over", 0.0)
    duel.toggle_pause(0.1)
    left.run.hand_over(RulesAgent("left"), 0.2)
    duel.hold(0.2)
    assert left.run.paused
    assert right.run.paused
    assert duel.tick(60.0) == (False, False)
    duel.toggle_pause(60.0)
    assert not left.run.paused
    assert not right.run.paused


def test_a_single_step_is_one_of_both_and_brings_up_who_is_behind() -> None:
    left, right = live("left"), live("right")
    duel = Duel(left, right, speed=1.0)
    decide(left, "throttle_cpu", 0.1)
    duel.tick(1.1)
    duel.single_step(1.2)
    assert not left.run.wants_decision  # it is ahead
    decide(right, "throttle_cpu", 1.3)
    assert (left.step, right.step) == (1, 1)
    duel.single_step(1.4)
    decide(left, "throttle_cpu", 1.5)
    decide(right, "throttle_cpu", 1.6)
    assert (left.step, right.step) == (2, 2)
    decide(left, "throttle_cpu", 9.0)
    assert duel.tick(60.0) == (False, False)


def test_the_speed_is_that_of_both(ghost: GhostSide) -> None:
    left = live("left")
    duel = Duel(left, ghost, speed=1.0)
    duel.change_speed(1, 0.0)
    decide(left, "do_nothing", 0.1)
    assert duel.tick(0.45) == (False, False)
    assert duel.tick(0.55) == (True, True)


def test_a_recording_goes_along_step_by_step_and_stops_at_its_end(ghost: GhostSide) -> None:
    left = live("left")
    duel, now = Duel(left, ghost, speed=1.0), 0.0
    seen = []
    for _ in range(5):
        now += 1.01
        decide(left, "do_nothing", now - 0.5)
        duel.tick(now)
        seen.append((left.step, ghost.step))
    assert seen == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4)]
    assert ghost.done
    assert duel.over


def test_a_recording_waits_for_who_thinks(ghost: GhostSide) -> None:
    duel = Duel(live("slow"), ghost, speed=1.0)
    duel.tick(1.1)
    for now in (10.0, 20.0, 30.0):
        duel.tick(now)
    assert ghost.step == 1


async def test_who_is_ahead_is_told_by_name_and_rounded(ghost: GhostSide) -> None:
    left = live("left")
    duel, now = Duel(left, ghost, speed=1.0), 0.0
    assert duel.lead_in_words() == ""
    for _ in range(3):
        now += 1.01
        decide(left, "do_nothing", now - 0.5)
        duel.tick(now)
    assert await duel.look()
    assert duel.lead is not None
    assert duel.lead < -1.5
    assert duel.lead_in_words() == f"you {round(-duel.lead)} steps ahead"


async def test_two_that_do_the_same_are_level_and_told_apart() -> None:
    left, right = live("rules"), live("rules")
    duel = Duel(left, right, speed=1.0)
    assert (left.name, right.name) == ("rules", "rules 2")
    assert await duel.look()
    assert duel.lead_in_words() == "neither is ahead"


def test_the_result_says_who_resolved_it_in_how_many_steps_and_the_difference(ghost: GhostSide) -> None:
    left = live("left")
    duel, now = Duel(left, ghost, speed=1.0), 0.0
    for action in ("throttle_cpu", *["do_nothing"] * 2, *["throttle_cpu"] * 2, *["do_nothing"] * 3):
        assert duel.result_in_words() == ""
        now += 1.01
        decide(left, action, now - 0.5)
        duel.tick(now)
        if duel.over:
            break
    more = left.step - 4
    assert more > 1
    assert duel.result_in_words() == f"you resolved it in 4 steps, left in {left.step}: {more} steps quicker"


def test_of_one_that_did_not_resolve_it_the_result_says_how_it_ended(ghost: GhostSide) -> None:
    hot = make_incident(initial={"cpu_usage": 0.97}, drift={"cpu_usage": 0.2})
    run = LiveRun(Episode(hot, 3), agent="left", pace_seconds=4.0, speed=1.0, now=0.0)
    run.start_agent(RulesAgent("left"), 0.0)
    left = LiveSide(run, "left")
    duel = Duel(left, ghost, speed=1.0)
    now = 0.0
    while not duel.over:
        now += 1.01
        decide(left, "do_nothing", now - 0.5)
        duel.tick(now)
    assert duel.result_in_words() == "left crashed at step 1; you resolved it in 4 steps"
