"""What an evaluation came to: what counts, what does not, and what is compared with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.bench.summary import figures, summarize
from tests.bench.rows import crashed, make_row, reviewed, void

if TYPE_CHECKING:
    from noc_tui.bench.summary import Difference, Measure, Summary


def difference(summary: Summary, measure: Measure, incident: str | None = None) -> Difference:
    (found,) = [d for d in summary.differences if d.measure == measure and d.incident == incident]
    return found


def test_a_void_episode_is_neither_a_loss_nor_a_win() -> None:
    some = figures([make_row(seed=0), crashed(seed=1), void(seed=2), void(seed=3)])
    assert (some.episodes, some.void, some.counted) == (4, 2, 2)
    assert (some.resolved, some.crashed, some.truncated) == (1, 1, 0)
    assert some.resolved_rate is not None
    assert some.resolved_rate.value == 0.5
    assert some.agent_errors == 2


def test_an_agent_that_only_failed_has_no_rate() -> None:
    some = figures([void(seed=n, cost=0.5) for n in range(3)])
    assert some.resolved_rate is None
    assert some.mttr_steps is None
    assert some.pass_hat == ()
    assert (some.cost, some.cost_per_resolved) == (1.5, None)


def test_resolving_at_leisure_counts_as_resolved_and_not_as_within_twelve_steps() -> None:
    some = figures([make_row(seed=0, steps=12), make_row(seed=1, steps=13)])
    assert some.resolved_rate is not None
    assert some.within_rate is not None
    assert (some.resolved_rate.value, some.within_rate.value) == (1.0, 0.5)
    assert (some.mttr_steps, some.mttr_seconds) == (12.5, 375.0)


def test_an_early_crash_is_not_within_twelve_steps() -> None:
    some = figures([make_row(seed=0, steps=12), crashed(seed=1, steps=4)])
    assert some.within_rate is not None
    assert some.within_rate.value == 0.5


def test_pass_hat_is_a_mean_over_incidents_as_far_as_each_has_the_episodes() -> None:
    rows = [make_row(incident="a", seed=n) for n in range(4)]
    rows += [make_row(incident="b", seed=0), make_row(incident="b", seed=1), crashed(incident="b", seed=2)]
    found = dict(figures(rows).pass_hat)
    assert found == {1: pytest.approx((1 + 2 / 3) / 2), 2: pytest.approx((1 + 1 / 3) / 2)}


def test_steps_over_par_are_of_resolved_episodes_with_a_review() -> None:
    rows = [
        make_row(seed=0, steps=6, reviewed=reviewed(par=4.0)),
        make_row(seed=1, steps=9, reviewed=reviewed(par=4.0)),
        make_row(seed=2, steps=7, reviewed=reviewed(par=6.0)),
        make_row(seed=3, steps=25),
        crashed(seed=4, reviewed=reviewed(par=4.0, accuracy=30.0, harmful=4)),
    ]
    some = figures(rows)
    assert some.over_par_median == 2.0
    assert some.over_par_iqm == pytest.approx(8 / 3)
    assert some.reviewed == 4
    assert some.accuracy == (90 * 3 + 30) / 4
    assert some.harmful == 1.0


def test_the_cost_of_a_resolved_episode_includes_what_failures_and_void_episodes_cost() -> None:
    paid: dict[str, Any] = {"calls": 3, "tokens_in": 1000, "tokens_out": 50, "cost": 0.10}
    some = figures([make_row(seed=0, **paid), crashed(seed=1, **paid), void(seed=2, **paid), make_row(seed=3, **paid)])
    assert some.cost == pytest.approx(0.40)
    assert some.cost_per_resolved == pytest.approx(0.20)
    assert (some.tokens_in, some.tokens_out) == (4000, 200)


def test_one_call_without_a_price_makes_the_cost_unknown() -> None:
    some = figures([make_row(seed=0, cost=0.1), make_row(seed=1, cost=None)])
    assert (some.cost, some.cost_per_resolved) == (None, None)


def test_latency_is_of_decisions_whatever_the_episode() -> None:
    some = figures([make_row(seed=0, latencies_ms=(1.0, 2.0, 3.0)), make_row(seed=1, latencies_ms=(4.0, 100.0))])
    assert some.latency_median_ms == 3.0


def test_agents_are_compared_on_the_episodes_that_both_have_a_result_in() -> None:
    rows = [make_row("one", "a", n) for n in range(4)]
    rows += [make_row("two", "a", 0), crashed("two", "a", 1), void("two", "a", 2), crashed("two", "b", 0)]
    summary = summarize(rows)
    found = difference(summary, "resolved")
    assert (found.one, found.other) == ("one", "two")
    assert (found.estimate.value, found.episodes, found.incidents) == (0.5, 2, 1)
    assert summary.notes == (
        "Not all agents have played all 5 episodes: one lacks 1, two lacks 1. Differences are of those in common.",
        "Of so few incidents the intervals of differences are rough: they say little about other incidents.",
        "two failed in 1 of 4 episodes, which are in no share. Had it lost them all, it would have resolved 25 %.",
    )


def test_an_episode_that_is_not_resolved_counts_all_its_steps() -> None:
    rows = [make_row("one", seed=0, steps=6), crashed("two", seed=0, steps=4)]
    assert difference(summarize(rows), "steps").estimate.value == 6 - 30


def test_accuracy_is_compared_where_both_were_reviewed() -> None:
    rows = [
        make_row("one", seed=0, reviewed=reviewed(accuracy=90.0)),
        make_row("two", seed=0, reviewed=reviewed(accuracy=80.0)),
        make_row("one", seed=1, reviewed=reviewed(accuracy=50.0)),
        make_row("two", seed=1),
    ]
    found = difference(summarize(rows), "accuracy")
    assert (found.estimate.value, found.episodes) == (10.0, 1)
    assert difference(summarize(rows), "resolved").episodes == 2


def test_differences_are_also_told_for_each_incident() -> None:
    rows = [make_row("one", i, n) for i in "ab" for n in range(3)]
    rows += [crashed("two", "a", n) for n in range(3)] + [make_row("two", "b", n) for n in range(3)]
    summary = summarize(rows)
    assert difference(summary, "resolved", "a").estimate.value == 1.0
    assert difference(summary, "resolved", "b").estimate == (0.0, 0.0, 0.0)
    assert difference(summary, "resolved").estimate.value == 0.5


def test_the_best_agent_stands_first_and_the_order_of_rows_changes_nothing() -> None:
    rows = [crashed("a"), make_row("b", steps=20), make_row("c", steps=3)]
    summary = summarize(rows)
    assert [agent.agent for agent in summary.agents] == ["c", "b", "a"]
    assert summarize(rows[::-1]) == summary


def test_the_course_says_what_share_was_resolved_after_how_many_steps() -> None:
    summary = summarize(
        [make_row(seed=0, steps=1), make_row(seed=1, steps=3), crashed(seed=2, max_steps=4), void(seed=3)]
    )
    (agent,) = summary.agents
    assert agent.resolved_by_step[:5] == (0.0, 1 / 3, 1 / 3, 2 / 3, 2 / 3)
    assert len(agent.resolved_by_step) == 31
