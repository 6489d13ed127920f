"""What the models of an episode have cost, in sums that say what they do not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.episode import Episode
from noc_tui.episode.records import Decision, Usage
from noc_tui.sim.actions import ActionType
from noc_tui.tui.spending import Meter, Spending, amount
from tests.factories import bundled_incident

PAID = Usage(latency_ms=900.0, tokens_in=400, tokens_out=30, cost=0.25)
TIMED = Usage(latency_ms=12.0)


def episode() -> Episode:
    return Episode(bundled_incident("memory_leak"), 1)


def decision(usage: Usage, driver: str = "llm", answer_format: str | None = "text") -> Decision:
    return Decision(action=ActionType.DO_NOTHING, driver=driver, usage=usage, answer_format=answer_format)


def test_steps_take_overs_failures_and_suggestions_are_added_up() -> None:
    played = episode()
    played.step(decision(PAID))
    played.hand_over("human", "take_over", usage=PAID)
    played.hand_over("llm", "hand_over")
    played.hand_over("human", "agent_error", error="no", usage=PAID)
    played.suggest("llm", decision(PAID), followed=True)
    assert Meter(played).spending == Spending(4, 1600, 120, 0, 1.0, 0)


def test_it_goes_on_with_the_episode_and_counts_nothing_twice() -> None:
    played = episode()
    meter = Meter(played)
    for calls in (1, 2, 3):
        played.step(decision(PAID))
        assert meter.spending == meter.spending
        assert meter.spending.calls == calls


def test_what_a_program_or_a_person_decided_is_no_call() -> None:
    played = episode()
    played.step(decision(TIMED, "rules", None))
    played.act("do_nothing")
    played.hand_over("rules", "hand_over")
    assert Meter(played).spending.calls == 0


def test_a_call_of_a_model_counts_though_it_did_not_say_what_it_cost() -> None:
    played = episode()
    meter = Meter(played)
    meter.add_model("llm")
    played.hand_over("llm", "hand_over")
    played.hand_over("human", "take_over", usage=TIMED)
    assert meter.spending == Spending(1, 0, 0, 1, 0.0, 1)


def test_what_a_fork_copies_was_paid_before() -> None:
    played = episode()
    played.step(decision(PAID))
    fork = Episode.fork(played, 1)
    assert Meter(fork).spending.calls == 0


@pytest.mark.parametrize(
    ("usages", "tokens", "cost"),
    [
        ([PAID, PAID], "800 in 60 out", "cost 0.50"),
        ([PAID, TIMED], "≥ 400 in 30 out", "cost ≥ 0.25"),
        ([TIMED], "tokens unknown", "cost unknown"),
        ([Usage(tokens_in=1200, tokens_out=0)], "1,200 in 0 out", "cost unknown"),
    ],
)
def test_what_is_not_known_is_said(usages: list[Usage], tokens: str, cost: str) -> None:
    spending = Spending()
    for usage in usages:
        spending = spending.plus(usage)
    assert (spending.tokens_text, spending.cost_text) == (tokens, cost)


@given(st.floats(0, 1e6))
def test_an_amount_is_written_without_exponent(cost: float) -> None:
    assert "e" not in amount(cost)
    assert float(amount(cost).replace(",", "")) == pytest.approx(cost, abs=5e-3 if cost >= 0.1 else 5e-5)
