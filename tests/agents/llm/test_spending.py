"""What one question costs, call by call."""

from __future__ import annotations

import pytest

from noc_tui.agents.llm.answers import Reply
from noc_tui.agents.llm.prices import Price
from noc_tui.agents.llm.spending import Spending
from noc_tui.episode.records import LARGEST_INTEGER


def spent(*replies: Reply, price: Price | None = None) -> Spending:
    spending = Spending(price)
    for reply in replies:
        spending.add(reply)
    return spending


def test_before_the_first_call_nothing_is_known_but_the_time() -> None:
    usage = spent(price=Price(input=1.0, output=1.0)).usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost, usage.first_token_ms) == (None, None, None, None)
    assert usage.latency_ms is not None


def test_all_calls_are_paid_for() -> None:
    calls = [Reply(tokens_in=100, tokens_out=10), Reply(tokens_in=200, tokens_out=20)]
    usage = spent(*calls, price=Price(input=10.0, output=100.0)).usage
    assert (usage.tokens_in, usage.tokens_out) == (300, 30)
    assert usage.cost == pytest.approx((300 * 10 + 30 * 100) / 1e6)
    assert spent(*calls).usage.cost is None


def test_one_call_that_does_not_count_its_tokens_makes_the_sum_unknown() -> None:
    usage = spent(Reply(tokens_in=100, tokens_out=10), Reply(), price=Price(input=1.0, output=1.0)).usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost) == (None, None, None)


def test_the_first_token_is_that_of_the_last_call() -> None:
    assert spent(Reply(first_token=0.5), Reply(first_token=0.25)).usage.first_token_ms == 250.0
    assert spent(Reply(first_token=0.5), Reply()).usage.first_token_ms is None


def test_no_server_can_count_more_tokens_than_a_record_can_hold() -> None:
    absurd = Reply(tokens_in=LARGEST_INTEGER, tokens_out=LARGEST_INTEGER)
    usage = spent(absurd, absurd).usage
    assert (usage.tokens_in, usage.tokens_out) == (LARGEST_INTEGER, LARGEST_INTEGER)


def test_the_time_stands_still_once_it_is_over() -> None:
    spending = spent(Reply())
    spending.end()
    before = spending.usage
    spending.end()
    assert spending.usage == before
