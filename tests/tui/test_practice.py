"""What a drill begins with, and which position comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.drills.errors import DrillError
from noc_tui.drills.schedule import Deck, Key
from noc_tui.drills.spot import SpotQuestion, SpotRound
from noc_tui.drills.stages import Stage
from noc_tui.review.planner import Planner
from noc_tui.store.store import Store
from noc_tui.tui.practice import load_practice, next_question
from noc_tui.tui.remembering import Remembering
from tests.drills.builders import NOW, incidents, new_deck
from tests.store.builders import review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.sim.incident import Incident


def remembering(player: str = "ana") -> Remembering:
    return Remembering("", player, lambda _: None, on=False)


class Picky(SpotRound):
    """A round for which the first incident of the deck is no practice."""

    def question(self, key: Key, incidents: Mapping[str, Incident], planner: Planner | None = None) -> SpotQuestion:
        if key.incident == new_deck().order[0]:
            raise DrillError("no practice")
        return super().question(key, incidents, planner)


def test_without_a_database_everybody_is_a_beginner() -> None:
    practice = load_practice(remembering())
    assert set(practice.incidents) == set(practice.deck.order) == set(incidents())
    assert practice.deck.cards == {}
    assert practice.notices == ()


def test_the_cards_are_those_of_the_player() -> None:
    with Store() as store:
        store.remember(review("R1", player="ana", incident="flaky_nic", stage="page", rating=3, at=NOW))
    ana = remembering()
    assert list(load_practice(ana).deck.cards) == [Key("flaky_nic", Stage.PAGE)]
    assert load_practice(remembering("ben")).deck.cards == {}
    ana.close()


def test_a_database_that_cannot_be_read_is_a_notice() -> None:
    paths.progress_file().mkdir(parents=True)
    practice = load_practice(remembering())
    assert practice.deck.cards == {}
    assert "what you know already cannot be looked up" in practice.notices[0]


def test_an_incident_that_is_no_practice_is_left_out_of_the_round() -> None:
    question, left = next_question(Picky(new_deck(), 1), incidents(), NOW, Planner())
    assert question.position.key.incident == new_deck().order[1]
    assert left.deck.order == new_deck().order[1:]


def test_where_nothing_is_left_it_says_so() -> None:
    with pytest.raises(DrillError, match="no incident to practise"):
        next_question(SpotRound(Deck.of([], {}), 1), {}, NOW, Planner())
