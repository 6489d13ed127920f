"""From costs to words."""

from __future__ import annotations

import unicodedata

import pytest

from noc_tui.review.model import Verdict
from noc_tui.review.verdicts import is_lost, throws_away, verdict_on

LEFT = 25


def costs(regret: float, *, waiting: float = 9.0) -> list[float]:
    """Throttling costs so much more than the best, which is to reroute."""
    return [waiting, 12.0, 5.0 + regret, 12.0, 5.0, 12.0]


@pytest.mark.parametrize(
    ("regret", "verdict"),
    [
        (0.0, Verdict.BEST),
        (0.19, Verdict.BEST),
        (0.21, Verdict.GOOD),
        (0.79, Verdict.GOOD),
        (0.81, Verdict.INACCURACY),
        (1.59, Verdict.INACCURACY),
        (1.61, Verdict.MISTAKE),
        (3.49, Verdict.MISTAKE),
        (3.51, Verdict.BLUNDER),
        (20.0, Verdict.BLUNDER),
    ],
)
def test_the_verdict_follows_the_regret(regret: float, verdict: Verdict) -> None:
    assert verdict_on(costs(regret), 2, LEFT) is verdict


def test_a_key_is_needless_where_waiting_does_as_well() -> None:
    assert verdict_on(costs(0.5, waiting=5.1), 2, LEFT) is Verdict.NEEDLESS
    assert verdict_on(costs(0.5, waiting=5.9), 2, LEFT) is Verdict.GOOD


def test_waiting_is_never_needless() -> None:
    assert verdict_on(costs(2.0, waiting=5.5), 0, LEFT) is Verdict.GOOD


def test_a_position_that_best_play_cannot_win_is_not_judged() -> None:
    assert verdict_on([24.0] * 6, 1, LEFT) is Verdict.NONE
    assert verdict_on([22.0, *[30.0] * 5], 1, LEFT) is Verdict.BLUNDER


def test_with_few_steps_left_no_position_is_called_lost() -> None:
    assert is_lost(6.5, 7)
    assert not is_lost(6.0, 6)


def test_who_throws_a_position_away_blunders() -> None:
    before = [8.9, *[8.0] * 5]  # ten steps left: lost from 9.0; waiting makes it 7.9 of 9, not yet lost
    assert not throws_away(before, 0, 10)
    before = [9.4, *[8.0] * 5]
    assert throws_away(before, 0, 10)
    assert verdict_on(before, 0, 10) is Verdict.BLUNDER


def test_the_price_of_a_key_does_not_make_a_position_lost() -> None:
    before = [8.0, 9.3, *[8.0] * 4]  # after the restart 8.05 of 9 are left to go: 0.25 of the 9.3 is its price
    assert not throws_away(before, 1, 10)
    assert throws_away([9.3, *[8.0] * 5], 0, 10)


def test_nothing_is_thrown_away_where_nothing_better_was_there() -> None:
    before = [9.1, 8.9, *[9.2] * 4]
    assert not throws_away(before, 0, 10)


def test_verdicts_are_told_apart_in_one_column_without_colour() -> None:
    glyphs = [verdict.glyph for verdict in Verdict]
    assert len(set(glyphs)) == len(glyphs)
    assert all(len(glyph) == 1 and unicodedata.east_asian_width(glyph) not in "WF" for glyph in glyphs)
