"""What an evaluation may spend: when that is used up, and when nobody knows."""

from __future__ import annotations

import pytest

from noc_tui.bench.budget import Budget
from noc_tui.episode.records import NO_USAGE, Usage
from tests.bench.rows import make_row


def test_without_a_limit_nothing_is_ever_used_up() -> None:
    budget = Budget()
    budget.spend(Usage(tokens_in=10**9, cost=1e9), asked=True)
    assert budget.problem is None
    assert budget.spent == (10**9, 1e9, False)


def test_tokens_in_and_out_count_together() -> None:
    budget = Budget(max_tokens=100)
    budget.spend(Usage(tokens_in=60, tokens_out=39), asked=True)
    assert budget.problem is None
    budget.spend(Usage(tokens_out=1), asked=True)
    assert budget.problem == "100 of 100 tokens are used"


@pytest.mark.parametrize(
    ("usage", "asked", "known"),
    [
        (NO_USAGE, True, False),  # a model was asked, and has no price
        (Usage(tokens_in=5), False, False),  # the call failed, and has used tokens
        (NO_USAGE, False, True),  # the call failed before it could cost anything, or a script decided
        (Usage(tokens_in=5, cost=0.25), True, True),
    ],
)
def test_a_limit_of_money_holds_only_where_every_call_has_a_price(usage: Usage, asked: bool, known: bool) -> None:
    budget = Budget(max_cost=1.0)
    budget.spend(usage, asked=asked)
    assert (budget.problem is None) is known
    assert Budget(max_tokens=100, account=budget.account).problem is None


def test_what_earlier_runs_have_spent_counts() -> None:
    budget = Budget(max_cost=1.0)
    budget.spent_before(make_row(tokens_in=10, tokens_out=2, cost=0.75))
    budget.spend(Usage(cost=0.5), asked=True)
    assert budget.spent == (12, 1.25, False)
    assert budget.problem == "1.2500 of 1 is spent"
