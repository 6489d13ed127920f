"""The figures of a debrief: added up over a track, ended or not."""

from __future__ import annotations

from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.totals import totals_of
from noc_tui.sim.actions import ActionType
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from tests.episode.builders import WAIT, endless, play
from tests.factories import make_incident


def test_a_resolved_episode_says_when_the_server_was_restored() -> None:
    totals = totals_of(play(Episode(make_incident(), 1), [WAIT] * 5))
    assert (totals.outcome, totals.steps, totals.restored_after) == ("resolved", 3, 3)
    assert totals.restored_clock == 3 * SAMPLE_SECONDS


def test_an_episode_that_goes_on_has_no_outcome_and_was_played_up_to_its_last_step() -> None:
    episode = Episode(endless(), 1, clock=(clock := FrozenClock()))
    for clock.seconds in (10.0, 25.0):
        episode.act(WAIT)
    totals = totals_of(episode)
    assert (totals.outcome, totals.restored_after, totals.restored_clock) == (None, None, None)
    assert totals.elapsed == 25.0


def test_the_time_of_an_ended_episode_is_that_of_its_end() -> None:
    episode = Episode(endless(), 1, clock=(clock := FrozenClock()))
    episode.act(WAIT)
    clock.seconds = 70.0
    episode.void()
    assert totals_of(episode).elapsed == 70.0


def test_steps_rewards_and_uses_are_added_up_and_whoever_took_most_steps_stands_first() -> None:
    episode = Episode(endless(), 1, driver="rules")
    episode.act(ActionType.SCALE_UP)
    for _ in range(2):
        episode.act(WAIT, driver="human")
    totals, records = totals_of(episode), [episode.record(step) for step in (1, 2, 3)]
    assert totals.steps_by_driver == (("human", 2), ("rules", 1))
    assert totals.uses == (2, 0, 0, 0, 0, 1)
    assert totals.total_reward == records[0].reward + records[1].reward + records[2].reward
    assert totals.reward_terms.step_penalty == sum(record.reward_terms.step_penalty for record in records)
    assert totals.effective == sum(record.effective for record in records)
    assert totals.health == (episode.header.initial.health_score, *(record.health for record in records))
