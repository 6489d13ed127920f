"""The reward of a step and the run score of an episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.reward import REWARD_TERMS, RewardTerms, reward_terms, run_score

HEALTH = st.floats(0, 1)
YES_NO = st.booleans()


def terms(
    before: float, after: float, *, waited: bool = False, resolved: bool = False, crashed: bool = False
) -> RewardTerms:
    return reward_terms(before, after, waited=waited, resolved=resolved, crashed=crashed)


def test_the_terms_stand_in_the_order_in_which_they_are_added() -> None:
    assert REWARD_TERMS == ("health_delta", "health_bonus", "step_penalty", "resolution", "crash", "ineffective")


def test_a_rise_in_health_earns_five_times_itself_and_health_half_itself() -> None:
    assert terms(0.5, 0.75) == (1.25, 0.375, -0.10, 0.0, 0.0, 0.0)


def test_a_fall_in_health_costs_as_much() -> None:
    assert terms(0.75, 0.5).health_delta == -1.25


def test_resolving_and_crashing_are_paid_once_each() -> None:
    assert terms(0.5, 0.75, resolved=True).resolution == 15.0
    assert terms(0.75, 0.5, crashed=True).crash == -10.0


class TestIneffective:
    def test_an_action_after_which_health_did_not_rise_costs(self) -> None:
        assert terms(0.5, 0.5).ineffective == -0.30
        assert terms(0.75, 0.5, crashed=True).ineffective == -0.30

    def test_a_rise_has_to_be_more_than_a_trifle(self) -> None:
        assert terms(0.0, 0.005).ineffective == -0.30
        assert terms(0.0, 0.0050001).ineffective == 0.0

    def test_waiting_and_resolving_are_free_of_it(self) -> None:
        assert terms(0.5, 0.5, waited=True).ineffective == 0.0
        assert terms(0.5, 0.5, resolved=True).ineffective == 0.0


@given(HEALTH, HEALTH, YES_NO, YES_NO, YES_NO)
def test_the_total_adds_the_terms_from_left_to_right(
    before: float, after: float, waited: bool, resolved: bool, crashed: bool
) -> None:
    six = terms(before, after, waited=waited, resolved=resolved, crashed=crashed)
    total = 0.0
    for term in six:
        total = total + term
    assert six.total == total


class TestRunScore:
    def test_it_is_the_rewards_over_25(self) -> None:
        assert run_score([5.0, 7.5]) == 0.5

    def test_it_is_cut_after_30_steps(self) -> None:
        assert run_score([0.5] * 30) == run_score([0.5] * 30 + [1000.0]) == 0.6

    def test_it_stays_within_nought_and_one(self) -> None:
        assert (run_score([-3.0]), run_score([1000.0]), run_score([])) == (0.0, 1.0, 0.0)

    @given(st.lists(st.floats(-10, 15), max_size=40))
    def test_rewards_are_added_in_order_without_compensation(self, rewards: list[float]) -> None:
        total = 0.0
        for reward in rewards[:30]:
            total = total + reward
        assert run_score(rewards) == pytest.approx(min(max(total / 25, 0), 1), abs=0, rel=0)

    def test_a_generator_is_read_no_further_than_needed(self) -> None:
        rewards = iter([0.5] * 40)
        run_score(rewards)
        assert len(list(rewards)) == 9
