"""Against a ghost, and again from the mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_tui.drills.errors import DrillError
from noc_tui.drills.retry import episode_before, retry_of
from noc_tui.drills.versus import Race, ghost_of
from noc_tui.episode.episode import Episode
from noc_tui.review.model import Verdict
from noc_tui.review.moves import review_move
from noc_tui.review.positions import CannotReviewError
from noc_tui.review.session import review_session
from noc_tui.sim.actions import ACTIONS, ActionType
from tests.factories import bundled_incident
from tests.review.builders import episode_of

WAITING = "-" * 30


def good_run() -> Episode:
    return episode_of("flaky_nic", "RR" + WAITING)


def test_a_ghost_shows_its_metrics_and_moves_step_by_step() -> None:
    run = good_run()
    ghost = ghost_of(run, "yesterday")
    assert ghost.steps == run.steps
    assert ghost.resolved
    assert ghost.metrics_at(0) == run.header.initial
    for step in range(1, run.steps + 1):
        assert ghost.metrics_at(step) == run.record(step).after
        assert ghost.move_at(step) == run.record(step).decision.action
    assert ghost.metrics_at(run.steps + 5) == run.metrics
    assert ghost.move_at(run.steps + 1) is None
    with pytest.raises(IndexError):
        ghost.metrics_at(-1)


def test_who_plays_as_the_ghost_does_is_level() -> None:
    ghost = ghost_of(good_run(), "yesterday")
    race = Race(Episode(bundled_incident("flaky_nic"), 1), ghost)
    assert race.lead() == 0.0
    for step in range(1, ghost.steps + 1):
        action = ghost.move_at(step)
        assert action is not None
        race.episode.act(action)
        assert race.lead() == 0.0


def test_who_wastes_steps_falls_behind_by_about_as_many() -> None:
    ghost = ghost_of(good_run(), "yesterday")
    race = Race(Episode(bundled_incident("flaky_nic"), 1), ghost)
    for _ in range(2):
        race.episode.act(ActionType.DO_NOTHING)
    assert -4.5 < race.lead() < -1.5
    slower = ghost_of(episode_of("flaky_nic", "--RR" + WAITING), "slow")
    fast = Race(Episode(bundled_incident("flaky_nic"), 1), slower)
    for key in (ActionType.REROUTE_TRAFFIC, ActionType.REROUTE_TRAFFIC):
        fast.episode.act(key)
    assert fast.lead() > 1.5


def test_once_the_ghost_is_done_its_lead_grows_by_a_step_a_step() -> None:
    ghost = ghost_of(good_run(), "yesterday")
    assert ghost.ahead_at(ghost.steps) == 0.0
    assert ghost.ahead_at(ghost.steps + 3) == -3.0


def test_a_ghost_that_crashed_is_far_behind() -> None:
    crashed = episode_of("retry_storm", "SSXXXXXXXXXXXXXXXXXX")
    assert crashed.record(crashed.steps).crashed
    ghost = ghost_of(crashed, "unlucky")
    race = Race(Episode(bundled_incident("retry_storm"), 1), ghost)
    while race.episode.steps < ghost.steps:
        race.episode.act(ActionType.THROTTLE_CPU)
    assert race.lead() > 10


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": 2}, "yesterday plays seed 2, not 1"),
        ({"incident_hash": "sha256:x"}, "yesterday plays another incident"),
        ({"draws": 5}, "begins elsewhere in the random stream"),
        ({"max_steps": 12}, "yesterday has 12 steps, not 30"),
    ],
)
def test_a_ghost_needs_the_same_start(change: dict[str, object], sentence: str) -> None:
    ghost = replace(ghost_of(good_run(), "yesterday"), **change)  # type: ignore[arg-type]  # as the field is
    with pytest.raises(DrillError, match=sentence):
        Race(Episode(bundled_incident("flaky_nic"), 1), ghost)


def test_a_recording_that_somebody_doctored_is_no_ghost() -> None:
    run = good_run()
    better = replace(run.record(1), after=run.header.initial._replace(packet_loss=0.0))
    run._records[0] = better
    with pytest.raises(CannotReviewError):
        ghost_of(run, "cheat")


# --- retry


def test_a_retry_begins_before_the_worst_move_and_ends_when_it_is_played_well() -> None:
    run = episode_of("network_congestion", "RXRRRRRR" + WAITING)
    review = review_session(run)
    retry = retry_of(run, review)
    assert (retry.step, retry.move.action) == (2, ActionType.RESTART_SERVICE)
    episode = episode_before(run, retry)
    assert episode.steps == 1
    assert episode.metrics == run.record(1).after
    again = retry.tried(ActionType.RESTART_SERVICE)
    assert (again.done, again.attempts[0].verdict) == (False, review.move(2).verdict)
    done = again.tried(retry.move.best)
    assert done.done
    assert done.attempts[-1].verdict is Verdict.BEST
    with pytest.raises(DrillError, match="has been played well"):
        done.tried(ActionType.DO_NOTHING)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_attempt_is_judged_as_the_review_would(action: ActionType) -> None:
    run = episode_of("flaky_nic", "RSR" + WAITING)
    retry = retry_of(run, review_session(run))
    episode = episode_before(run, retry)
    episode.act(action)
    assert retry.tried(action).attempts[0].verdict is review_move(episode, retry.step).verdict


def test_without_a_mistake_there_is_nothing_to_try_again() -> None:
    run = good_run()
    with pytest.raises(DrillError, match="no mistake"):
        retry_of(run, review_session(run))


def test_what_was_lost_already_is_not_tried_again() -> None:
    run = episode_of("retry_storm", "SSXX-------")
    review = review_session(run)
    assert review.lost_from is not None
    with pytest.raises(DrillError, match="counted as lost already"):
        retry_of(run, review, review.lost_from + 1)
