"""Glicko-2: the example of the paper, and what must hold whatever the figures."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.store.rating import SCALE, Game, Standing, idle, rated

PAPER = Standing(1500.0, 200.0, 0.06)
PAPER_GAMES = [
    Game(Standing(1400.0, 30.0), 1.0),
    Game(Standing(1550.0, 100.0), 0.0),
    Game(Standing(1700.0, 300.0), 0.0),
]

standings = st.builds(Standing, st.floats(500, 2500), st.floats(30, 350), st.floats(0.03, 0.1), st.integers(0, 1000))
games = st.lists(st.builds(Game, standings, st.sampled_from([0.0, 0.5, 0.6, 0.75, 0.9, 1.0])), min_size=1, max_size=8)


def test_the_example_of_the_paper_comes_out_as_in_the_paper() -> None:
    after = rated(PAPER, PAPER_GAMES)
    assert after.rating == pytest.approx(1464.06, abs=0.01)
    assert after.deviation == pytest.approx(151.52, abs=0.01)
    assert after.volatility == pytest.approx(0.05999, abs=0.00001)
    assert after.games == 3


def test_a_day_without_games_adds_the_volatility_to_the_uncertainty() -> None:
    # Step 6 of the paper, by hand: 173.7178 * sqrt((200 / 173.7178)^2 + 0.06^2) = 200.2714
    assert idle(PAPER, 1).deviation == pytest.approx(200.2714, abs=0.0001)
    assert idle(PAPER, 9).deviation == pytest.approx(SCALE * sqrt((200 / SCALE) ** 2 + 9 * 0.06**2))
    assert idle(PAPER, 9)[:1] == PAPER[:1]


def test_nobody_becomes_less_certain_than_a_newcomer() -> None:
    assert idle(Standing(1800.0, 340.0, 0.06), 10_000).deviation == 350.0


@given(standings, games, st.floats(-400, 400))
def test_only_differences_of_ratings_count(before: Standing, played: list[Game], shift: float) -> None:
    shifted = [Game(g.opponent._replace(rating=g.opponent.rating + shift), g.score) for g in played]
    here, there = rated(before, played), rated(before._replace(rating=before.rating + shift), shifted)
    assert there.rating == pytest.approx(here.rating + shift, abs=0.01)
    assert there.deviation == pytest.approx(here.deviation, abs=0.01)
    assert there.volatility == pytest.approx(here.volatility, abs=1e-5)


@given(standings, standings)
def test_winning_never_lowers_a_rating_and_losing_never_raises_it(one: Standing, other: Standing) -> None:
    assert rated(one, [Game(other, 1.0)]).rating >= one.rating
    assert rated(one, [Game(other, 0.0)]).rating <= one.rating


@given(standings, st.integers(1, 20))
def test_games_against_equals_make_a_newcomer_more_certain(opponent: Standing, count: int) -> None:
    newcomer = Standing(rating=opponent.rating)
    played = [Game(opponent, number % 2) for number in range(count)]
    assert rated(newcomer, [*played, played[0]]).deviation < rated(newcomer, played).deviation < 350.0


def test_a_rating_is_told_with_its_uncertainty() -> None:
    assert Standing(1612.4, 84.2).text == "1612 ± 84"
    assert Standing().text == "1500 ± 350?"
