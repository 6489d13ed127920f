"""Accuracy, grade, and the sum of the steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review.grade import accuracy, grade, ledger, move_accuracy, precision
from noc_tui.review.model import GRADES, Grade

REGRETS = st.lists(st.floats(0, 12), min_size=1, max_size=60)
PARS = st.floats(3, 15)


def rank(reached: Grade | None) -> int:
    assert reached is not None
    return GRADES.index(reached)


def resolved(steps: int, par: float, luck: float, regrets: list[float]) -> int:
    """The rank of the grade: 0 is the best."""
    return rank(grade("resolved", steps=steps, par=par, luck=luck, regrets=regrets))


@given(REGRETS, st.lists(st.floats(0, 12), min_size=1, max_size=40), PARS, st.floats(-8, 8), st.floats(0, 1))
def test_no_grade_rises_by_needless_steps(
    regrets: list[float], more: list[float], par: float, luck: float, share: float
) -> None:
    """Whatever the steps that are put in cost, and however much of that is called bad luck."""
    before = resolved(len(regrets), par, luck, regrets)
    after = resolved(len(regrets) + len(more), par, luck + share * len(more), [*regrets, *more])
    assert after >= before


@given(REGRETS, PARS, st.floats(-8, 8), st.integers(0, 59), st.floats(0, 6))
def test_no_grade_rises_by_a_worse_move(
    regrets: list[float], par: float, luck: float, which: int, worse: float
) -> None:
    spoiled = list(regrets)
    spoiled[which % len(spoiled)] += worse
    assert resolved(len(regrets), par, luck, spoiled) >= resolved(len(regrets), par, luck, regrets)


def test_flawless_play_is_s_and_bad_luck_is_not_held_against_anybody() -> None:
    assert grade("resolved", steps=6, par=6.2, luck=-0.2, regrets=[0.0] * 6) == "S"
    assert grade("resolved", steps=11, par=6.2, luck=4.8, regrets=[0.0] * 11) == "S"


def test_steps_over_par_cost_the_grade_though_every_move_was_harmless() -> None:
    grades = [grade("resolved", steps=6 + over, par=6.0, luck=0.0, regrets=[0.0] * 6) for over in (0, 2, 5, 9, 20)]
    assert grades == ["S", "A", "B", "C", "D"]


def test_a_blunder_cannot_be_diluted() -> None:
    assert grade("resolved", steps=8, par=6.0, luck=-3.0, regrets=[6.0] + [0.0] * 7) == "A"
    assert resolved(60, 6.0, 51.0, [6.0] + [0.0] * 59) >= GRADES.index("A")


def test_blunders_cost_the_grade_though_luck_made_up_for_their_steps() -> None:
    grades = [
        grade("resolved", steps=6, par=6.0, luck=0.0, regrets=[6.0] * blunders + [0.0] * (6 - blunders))
        for blunders in range(5)
    ]
    assert grades == ["S", "A", "B", "C", "D"]


@pytest.mark.parametrize("outcome", ["crashed", "truncated"])
def test_what_is_not_resolved_fails(outcome: str) -> None:
    assert grade(outcome, steps=30, par=6.0, luck=0.0, regrets=[0.0] * 30) == "F"  # type: ignore[arg-type]


def test_a_void_episode_has_no_grade() -> None:
    assert grade("void", steps=3, par=6.0, luck=0.0, regrets=[0.0] * 3) is None


def test_two_steps_halve_the_accuracy_of_a_move_and_six_are_the_most_that_count() -> None:
    assert move_accuracy(0.0) == 100.0
    assert move_accuracy(2.0) == 50.0
    assert move_accuracy(6.0) == move_accuracy(40.0) == 12.5


def test_accuracy_is_the_mean_over_the_moves_that_were_judged() -> None:
    assert accuracy([0.0, 2.0]) == 75.0
    assert accuracy([]) is None


def test_precision_is_spread_over_par_and_not_over_the_moves() -> None:
    assert precision([2.0], 5.0) == precision([2.0, *[0.0] * 20], 5.0) == 90.0


@given(
    st.integers(0, 60), st.floats(0, 60), st.floats(0, 60), st.floats(0, 300), st.sampled_from(["", "for the crash"])
)
def test_the_shown_sum_is_exact(steps: int, ahead: float, par: float, lost: float, why: str) -> None:
    shown = ledger(steps, ahead, par, lost, why)

    def tenths(number: float) -> int:
        assert f"{number:.1f}" == f"{number:g}" or float(f"{number:.1f}") == number
        return round(number * 10)

    assert 10 * shown.steps + tenths(shown.ahead) == tenths(shown.par) + tenths(shown.lost) + tenths(shown.luck)


def test_the_sum_reads_as_a_sum() -> None:
    assert ledger(9, 0.0, 6.31, 1.18, "").text == "9 steps = 6.3 par + 1.2 lost + 1.5 luck"
    assert ledger(1, 39.0, 6.0, 36.0, "for the crash").text == (
        "1 step + 39.0 for the crash = 6.0 par + 36.0 lost − 2.0 luck"
    )
