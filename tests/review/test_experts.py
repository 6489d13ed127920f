"""What somebody who has been on call would say of a move."""

from __future__ import annotations

import pytest

from noc_tui.review.model import MoveReview, Verdict
from noc_tui.review.moves import review_move
from tests.review.builders import episode_of

SEEDS = (1, 2, 3)
BAD = {Verdict.MISTAKE, Verdict.BLUNDER}


def last_move(incident: str, keys: str, seed: int) -> MoveReview:
    episode = episode_of(incident, keys, seed=seed)
    return review_move(episode, episode.steps)


@pytest.mark.parametrize("seed", SEEDS)
def test_to_restart_in_a_cache_stampede_is_a_blunder(seed: int) -> None:
    assert last_move("cache_stampede", "X", seed).verdict is Verdict.BLUNDER


@pytest.mark.parametrize("seed", SEEDS)
def test_to_scale_up_in_a_retry_storm_is_a_blunder(seed: int) -> None:
    move = last_move("retry_storm", "S", seed)
    assert move.verdict is Verdict.BLUNDER
    assert move.why.startswith("Throttle CPU first: it takes 10.0 % off CPU")
    assert "Scale up feeds the pressure behind it 2 steps later (+18 %" in move.why


@pytest.mark.parametrize("seed", SEEDS)
def test_to_wait_once_in_a_gc_death_spiral_is_an_inaccuracy(seed: int) -> None:
    assert last_move("gc_death_spiral", "-", seed).verdict is Verdict.INACCURACY


@pytest.mark.parametrize("seed", SEEDS)
def test_to_restart_before_there_is_space_on_a_full_disk_is_a_mistake_or_worse(seed: int) -> None:
    move = last_move("log_flood_disk_full", "X", seed)
    assert move.verdict in BAD
    assert "Restart service has no ground to work on yet" in move.why


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("incident", "keys"), [("flaky_nic", "RR"), ("tls_expiry", "X"), ("cold_standby", "SR")])
def test_to_wait_while_the_streak_runs_with_slack_is_good_or_best(incident: str, keys: str, seed: int) -> None:
    episode = episode_of(incident, keys + "-" * 10, seed=seed)
    assert episode.record(episode.steps).resolved
    for step in range(episode.steps - 1, episode.steps + 1):
        assert review_move(episode, step).verdict in {Verdict.BEST, Verdict.GOOD}


@pytest.mark.parametrize("key", "XTCRS")
def test_a_needless_key_while_the_streak_runs_is_not_best(key: str) -> None:
    waited = episode_of("flaky_nic", "RR" + "-" * 10)
    first_healthy = next(step for step in range(1, waited.steps) if waited.record(step).streak)
    keys = ("RR" + "-" * 10)[:first_healthy] + key
    assert last_move("flaky_nic", keys, 1).verdict is not Verdict.BEST


def test_to_ask_for_the_scrubbing_centre_again_costs_the_time_it_has_worked() -> None:
    move = last_move("syn_flood", "R-R", 1)
    assert move.verdict in BAD
    assert move.lost > 1.5
    assert "Reroute traffic starts its own timer anew" in move.why


def test_after_the_point_of_no_return_nobody_is_blamed_further() -> None:
    episode = episode_of("retry_storm", "SSXX-------")
    verdicts = [review_move(episode, step).verdict for step in range(1, episode.steps + 1)]
    lost = verdicts.index(Verdict.NONE)
    assert set(verdicts[lost:]) == {Verdict.NONE}
    assert BAD & set(verdicts[:lost])
