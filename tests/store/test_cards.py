"""FSRS: the published formulas by hand, the intervals of the reference, and no hidden clock."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.store.cards import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    LEARNING,
    LONGEST,
    RELEARNING,
    REVIEW,
    Card,
    after_all,
    answered,
    recall,
)
from tests.store.builders import DAY, START

W = {"again": 0.212, "hard": 1.2931, "good": 2.3065, "easy": 8.2956, "w4": 6.4133, "w5": 0.8334}
"""FSRS-6's default parameters, as published."""

ratings = st.integers(1, 4)
answers = st.lists(st.tuples(ratings, st.integers(0, 200 * DAY)), min_size=1, max_size=12).map(
    lambda pairs: [(rating, START + at) for rating, at in sorted(pairs, key=lambda pair: pair[1])]
)


@pytest.mark.parametrize(
    ("rating", "stability"), [(AGAIN, W["again"]), (HARD, W["hard"]), (GOOD, W["good"]), (EASY, W["easy"])]
)
def test_a_first_answer_gives_the_published_stability_and_difficulty(rating: int, stability: float) -> None:
    card = answered(None, rating, START)
    assert card.stability == pytest.approx(stability)
    by_hand = W["w4"] - exp(W["w5"] * (rating - 1)) + 1
    assert card.difficulty == pytest.approx(min(10.0, max(1.0, by_hand)))


def test_the_intervals_are_those_of_the_reference() -> None:
    card, intervals = None, []
    at = START
    for _ in range(5):
        card = answered(card, GOOD, at)
        intervals.append((card.due - at) // DAY)
        at = card.due
    # The first five of the reference implementation's own test of FSRS-6, in days.
    assert intervals == [0, 2, 11, 46, 163]


def test_a_card_is_remembered_with_nine_in_ten_after_its_stability() -> None:
    card = answered(None, EASY, START)
    assert recall(card, START) == 1.0
    assert recall(card, START + round(card.stability * DAY)) == pytest.approx(0.9, abs=1e-6)


def test_a_new_card_comes_again_within_minutes_until_it_was_known_twice() -> None:
    once = answered(None, GOOD, START)
    assert (once.state, once.due - START) == (LEARNING, 600_000)
    assert not once.holds
    twice = answered(once, GOOD, once.due)
    assert twice.state == REVIEW
    assert twice.holds


def test_a_card_that_was_known_and_is_not_has_lapsed() -> None:
    known = after_all([(GOOD, START), (GOOD, START + 600_000)])
    assert known is not None
    lapsed = answered(known, AGAIN, known.due)
    assert (lapsed.state, lapsed.lapses, lapsed.due - known.due) == (RELEARNING, 1, 600_000)
    assert not lapsed.holds


@given(answers)
def test_the_same_answers_give_the_same_card(given_answers: list[tuple[int, int]]) -> None:
    assert after_all(given_answers) == after_all(given_answers)


@given(answers)
def test_every_answer_counts_and_puts_the_card_into_the_future(given_answers: list[tuple[int, int]]) -> None:
    card = after_all(given_answers)
    assert card is not None
    last = given_answers[-1][1]
    assert card.reviews == len(given_answers)
    assert last < card.due <= last + LONGEST * DAY
    assert 1.0 <= card.difficulty <= 10.0
    assert 0.0 < recall(card, card.due) <= 1.0


@given(answers)
def test_a_better_answer_never_brings_a_card_back_sooner(given_answers: list[tuple[int, int]]) -> None:
    card = after_all(given_answers)
    assert card is not None
    at = card.due
    dues = [answered(card, rating, at).due for rating in (AGAIN, HARD, GOOD, EASY)]
    assert dues == sorted(dues)


def test_a_clock_that_was_put_back_does_no_harm() -> None:
    card = answered(None, GOOD, START)
    assert answered(card, GOOD, START - DAY) == answered(card, GOOD, START)


def test_no_answers_make_no_card() -> None:
    assert after_all([]) is None
    assert Card(REVIEW, None, 1.0, 5.0, START, START, GOOD, 3, 0).holds
