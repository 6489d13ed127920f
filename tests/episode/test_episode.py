"""The loop: what a step brings, who drives, what the driver may know, and when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.format import dump_event, parse_event
from noc_tui.episode.records import (
    CLOCK,
    HUMAN,
    LARGEST_INTEGER,
    LONG_TEXT,
    MAX_DRAWS,
    SHORT_TEXT,
    ControlRecord,
    Decision,
    EndRecord,
    Header,
    MarkRecord,
    StepRecord,
    Usage,
)
from noc_tui.episode.verify import verify
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.errors import EpisodeOverError, UnknownActionError
from noc_tui.sim.reward import run_score
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry
from tests.episode.builders import WAIT, ListRecorder, TickingClock, endless, play
from tests.factories import bundled_incident, make_incident
from tests.strategies import SEEDS

if TYPE_CHECKING:
    from typing import Any

ACTION_LISTS = st.lists(st.sampled_from(ACTIONS), max_size=30)


@given(SEEDS, ACTION_LISTS, st.booleans())
def test_an_episode_is_what_the_simulator_makes_of_its_seed(seed: int, actions: list[ActionType], blind: bool) -> None:
    incident = bundled_incident("retry_storm")
    episode = play(Episode(incident, seed, blind=blind), actions)
    simulator = SystemSimulator(seed)
    before = simulator.reset(incident)
    assert episode.header.initial == before
    assert episode.header.samples == Telemetry(incident, seed, 0).page(before).samples
    for step in range(1, episode.steps + 1):
        record = episode.record(step)
        after, info = simulator.step(record.decision.action)
        assert (record.before, record.after) == (before, after)
        assert (record.reward, record.reward_terms, record.health) == (info.reward, info.reward_terms, info.health)
        assert (record.resolved, record.crashed, record.truncated) == (info.resolved, info.crashed, info.truncated)
        assert (record.streak, record.pressure) == (simulator.streak, simulator.pressure)
        assert (record.outage_left, record.pending) == (simulator.outage_left, simulator.pending)
        before = after


def test_an_episode_goes_on_with_a_stream_that_others_have_used() -> None:
    simulator = SystemSimulator(3)
    simulator.reset("cpu_overload")
    for _ in range(4):
        simulator.step(WAIT)
    drawn = simulator.normals_drawn
    initial = simulator.reset("cpu_overload")
    episode = Episode(bundled_incident("cpu_overload"), 3, draws=drawn)
    assert episode.header.draws == drawn == 25
    assert episode.header.initial == initial
    assert episode.act(WAIT).after == simulator.step(WAIT)[0]
    assert verify(episode).ok


def test_whole_numbers_of_numpy_do_as_well() -> None:
    recorder = ListRecorder()
    episode = Episode(endless(), np.int64(5), draws=np.int32(7), max_steps=np.uint8(9), record=lambda _: recorder)  # type: ignore[arg-type]
    assert parse_event(dump_event(recorder.events[0])) == episode.header
    with pytest.raises(TypeError):
        Episode(endless(), 1.5)  # type: ignore[arg-type]


def test_a_seed_is_drawn_where_none_is_given_and_stands_in_the_header() -> None:
    episode = play(Episode(endless(), clock=FrozenClock()), [WAIT] * 3)
    again = play(Episode(endless(), episode.header.seed, clock=FrozenClock()), [WAIT] * 3)
    assert [again.record(step).after for step in (1, 2, 3)] == [episode.record(step).after for step in (1, 2, 3)]


@pytest.mark.parametrize(
    "beyond",
    [
        {"seed": -1},
        {"seed": LARGEST_INTEGER + 1},
        {"draws": -1},
        {"draws": MAX_DRAWS + 1},
        {"max_steps": 0},
        {"max_steps": 10**7},
    ],
)
def test_what_no_session_could_hold_is_refused_at_the_start(beyond: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(beyond))):
        Episode(endless(), **{"seed": 1, **beyond})


# --- the end


@pytest.mark.parametrize(
    ("incident", "outcome", "steps"),
    [
        (make_incident(), "resolved", 3),
        (make_incident(drift={"cpu_usage": 0.5}, initial={"cpu_usage": 0.6}), "crashed", 1),
        (endless(4), "truncated", 4),
    ],
)
def test_the_step_that_ends_the_episode_is_followed_by_its_totals(incident: Any, outcome: str, steps: int) -> None:
    recorder = ListRecorder()
    episode = play(Episode(incident, 1, record=lambda _: recorder), [WAIT] * 50)
    rewards = [episode.record(step).reward for step in range(1, steps + 1)]
    assert episode.done
    assert episode.end is not None
    assert (episode.end.outcome, episode.end.steps) == (outcome, steps)
    assert episode.record(steps).outcome == outcome
    assert episode.end.total_reward == pytest.approx(sum(rewards))
    assert episode.end.score == run_score(rewards)
    assert [type(event) for event in recorder.events] == [Header, *[StepRecord] * steps, EndRecord]


@pytest.mark.parametrize("use", ["step", "mark", "hand_over", "void"])
@pytest.mark.parametrize("how", ["truncated", "void"])
def test_nothing_follows_the_end(use: str, how: str) -> None:
    recorder = ListRecorder()
    episode = play(Episode(endless(1), 1, record=lambda _: recorder), [WAIT] if how == "truncated" else [])
    if how == "void":
        episode.void()
    events = list(recorder.events)
    uses = {
        "step": lambda: episode.act(WAIT),
        "mark": lambda: episode.mark("late"),
        "hand_over": lambda: episode.hand_over("rules", "hand_over"),
        "void": episode.void,
    }
    with pytest.raises(EpisodeOverError, match=f"the episode ended {how} at step"):
        uses[use]()
    assert recorder.events == events


def test_a_void_episode_has_totals_but_no_outcome_of_its_own() -> None:
    episode = play(Episode(endless(), 1), [WAIT])
    end = episode.void()
    assert (end.outcome, end.steps, end.total_reward) == ("void", 1, episode.record(1).reward)
    assert verify(episode).ok


# --- who drives


def test_the_record_says_who_acted_and_who_handed_over_to_whom() -> None:
    episode = Episode(endless(), 1)
    episode.act(WAIT)
    episode.act(WAIT, driver=CLOCK)
    control = episode.hand_over("rules", "hand_over")
    episode.act(WAIT)
    back = episode.hand_over(HUMAN, "agent_error", error="it broke", usage=Usage(cost=0.5))
    assert [episode.record(step).decision.driver for step in (1, 2, 3)] == [HUMAN, CLOCK, "rules"]
    assert (control.step, control.giver, control.taker, control.usage) == (2, HUMAN, "rules", Usage())
    assert (back.step, back.giver, back.taker, back.error, back.usage.cost) == (3, "rules", HUMAN, "it broke", 0.5)
    assert episode.driver == HUMAN
    assert episode.controls == [control, back]


def test_asides_keep_their_order_and_each_stands_after_its_step() -> None:
    recorder = ListRecorder()
    episode = Episode(endless(), 1, record=lambda _: recorder)
    episode.mark("at the page")
    episode.act(WAIT)
    episode.hand_over("rules", "hand_over")
    episode.mark("b")
    episode.hand_over(HUMAN, "take_over")
    episode.act(WAIT)
    assert [event.event for event in recorder.events] == [
        "header", "mark", "step", "control", "mark", "control", "step",
    ]  # fmt: skip
    assert episode.asides == [event for event in recorder.events if isinstance(event, ControlRecord | MarkRecord)]
    assert [aside.step for aside in episode.asides] == [0, 1, 1, 1]
    assert episode.events == recorder.events[1:]


def test_text_from_outside_is_cut_to_what_a_record_can_hold() -> None:
    episode = Episode(endless(), 1, driver="\ud800gent")
    assert episode.header.driver == "?gent"
    assert len(episode.hand_over("x" * 5000, "hand_over", error="\udfff" * 50_000).taker) == SHORT_TEXT
    assert episode.controls[0].error == "?" * (LONG_TEXT - 1) + "…"
    assert episode.mark("y" * 5000).text == "y" * (SHORT_TEXT - 1) + "…"


def test_a_driver_needs_a_name() -> None:
    with pytest.raises(ValueError, match="a driver needs a name"):
        Episode(endless(), 1, driver="")


def test_what_is_no_action_is_no_step() -> None:
    episode = Episode(endless(), 1)
    with pytest.raises(UnknownActionError, match="unknown action 'dance'"):
        episode.act("dance")
    assert episode.steps == 0
    assert episode.act("scale_up").decision.action is ActionType.SCALE_UP


def test_times_are_those_of_the_clock() -> None:
    clock = FrozenClock()
    episode = Episode(endless(), 1, clock=clock)
    clock.seconds += 2.5
    clock.at += timedelta(hours=1)
    record = episode.act(WAIT)
    assert (record.elapsed, record.at) == (2.5, clock.at)
    clock.seconds = -100.0  # a clock that went back
    assert episode.act(WAIT).elapsed == 0.0


# --- what the driver may know


def test_an_observation_shows_what_a_person_sees() -> None:
    episode = play(Episode(bundled_incident("retry_storm"), 7), [ActionType.THROTTLE_CPU, ActionType.RESTART_SERVICE])
    seen = episode.observation
    first, second = episode.record(1), episode.record(2)
    assert (seen.step, seen.max_steps, seen.metrics) == (2, 30, second.after)
    assert seen.history == (episode.header.initial, first.after, second.after)
    assert seen.samples == episode.header.samples
    assert seen.lines == (*episode.header.lines, *first.lines, *second.lines)
    assert seen.actions == (ActionType.THROTTLE_CPU, ActionType.RESTART_SERVICE)
    assert seen.explanations == (first.explanation, second.explanation)
    assert seen.incident == "Retry storm"


def test_an_observation_of_a_blind_episode_does_not_name_the_incident() -> None:
    blind, sighted = (Episode(bundled_incident("retry_storm"), 7, blind=blind) for blind in (True, False))
    assert (blind.observation.incident, sighted.observation.incident) == (None, "Retry storm")
    assert "in 2 steps" not in blind.act("scale_up").explanation
    assert blind.record(1).explanation != sighted.act("scale_up").explanation


def test_an_observation_stays_as_it_was_when_the_episode_goes_on() -> None:
    episode = Episode(endless(), 1)
    seen = episode.observation
    play(episode, [WAIT] * 3)
    assert (seen.step, len(seen.history), seen.actions, seen.lines) == (0, 1, (), episode.header.lines)


# --- what is worth a file


@pytest.mark.parametrize(
    ("happens", "kept"),
    [
        (lambda _: None, False),
        (lambda episode: episode.hand_over("rules", "hand_over"), False),
        (lambda episode: episode.act(WAIT), True),
        (lambda episode: episode.mark(), True),
        (lambda episode: episode.void(), True),
        (lambda episode: episode.hand_over(HUMAN, "agent_error", error="no key"), True),
        (lambda episode: episode.hand_over(HUMAN, "take_over", usage=Usage(tokens_in=9)), True),
    ],
)
def test_what_cannot_be_had_again_is_worth_a_file(happens: Any, kept: bool) -> None:
    recorder = ListRecorder()
    episode = Episode(endless(), 1, record=lambda _: recorder)
    happens(episode)
    episode.close()
    assert recorder.closed == ("closed" if kept else "discarded")


def test_the_face_hears_of_trouble_with_the_recording() -> None:
    recorder = ListRecorder()
    episode = Episode(endless(), 1, record=lambda _: recorder)
    assert episode.recording_problem is None
    recorder.problem = "the disk is full"
    assert episode.recording_problem == "the disk is full"
    assert Episode(endless(), 1).recording_problem is None


def test_the_decision_stands_in_the_record_as_it_was_made() -> None:
    decision = Decision(
        action=ActionType.CLEAR_CACHE, driver="llm", rationale="memory is high", usage=Usage(tokens_in=1, cost=0.1)
    )
    assert Episode(endless(), 1, clock=TickingClock()).step(decision).decision is decision
