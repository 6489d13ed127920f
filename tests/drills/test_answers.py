"""What an answer is worth to the schedule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.drills.answers import rating_of_episode, rating_of_spot
from noc_tui.review.model import GRADES, Grade, Verdict
from noc_tui.store.cards import AGAIN, EASY, GOOD, HARD

ORDER = [Verdict.BEST, Verdict.GOOD, Verdict.INACCURACY, Verdict.MISTAKE, Verdict.BLUNDER]


@pytest.mark.parametrize(
    ("verdict", "named", "seconds", "rating"),
    [
        (Verdict.BEST, True, 2.0, EASY),
        (Verdict.BEST, True, 4.1, GOOD),
        (Verdict.BEST, False, 2.0, HARD),
        (Verdict.BEST, None, 2.0, EASY),
        (Verdict.GOOD, True, 2.0, GOOD),
        (Verdict.NEEDLESS, True, 2.0, GOOD),
        (Verdict.INACCURACY, True, 2.0, HARD),
        (Verdict.MISTAKE, True, 2.0, AGAIN),
        (Verdict.BLUNDER, True, 2.0, AGAIN),
        (None, True, 10.0, AGAIN),
    ],
)
def test_a_spot_answer_is_rated_by_verdict_name_and_time(
    verdict: Verdict | None, named: bool | None, seconds: float, rating: int
) -> None:
    assert rating_of_spot(verdict, named, seconds, 10.0) == rating


def test_quick_is_relative_to_the_limit() -> None:
    assert rating_of_spot(Verdict.BEST, True, 7.0, 20.0) == EASY
    assert rating_of_spot(Verdict.BEST, True, 7.0, None) == GOOD


@given(st.sampled_from(ORDER), st.sampled_from(ORDER), st.booleans(), st.floats(0, 20), st.floats(0, 20))
def test_a_better_or_quicker_answer_is_never_rated_lower(
    one: Verdict, other: Verdict, named: bool, quick: float, slow: float
) -> None:
    better, worse = sorted((one, other), key=ORDER.index)
    first, last = sorted((quick, slow))
    assert rating_of_spot(better, named, first, 10.0) >= rating_of_spot(worse, named, last, 10.0)
    assert rating_of_spot(one, True, quick, 10.0) >= rating_of_spot(one, False, quick, 10.0)


def test_a_whole_incident_is_rated_by_its_grade() -> None:
    assert [rating_of_episode(grade, True) for grade in GRADES] == [EASY, GOOD, GOOD, HARD, HARD, AGAIN]


def test_who_took_it_for_another_has_found_it_hard_at_best() -> None:
    assert [rating_of_episode(grade, False) for grade in GRADES] == [HARD, HARD, HARD, HARD, HARD, AGAIN]


@pytest.mark.parametrize("diagnosed", [True, False, None])
def test_what_has_no_grade_says_nothing(diagnosed: bool | None) -> None:
    grade: Grade | None = None
    assert rating_of_episode(grade, diagnosed) is None
