"""What is practised next: rules, and learners that are driven through two hundred rounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.drills.draws import Draws
from noc_tui.drills.schedule import MOST_SHAKY, NEW_AFTER, Deck, Key
from noc_tui.drills.stages import SPOT_STAGES, Stage
from noc_tui.store.cards import AGAIN, EASY, GOOD, HARD, Answer, after_all
from noc_tui.store.rating import Game, Standing, rated
from tests.drills.builders import DAY, NOW, SECOND, incidents, new_deck

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = (Stage.EPISODE,)
RATINGS = st.sampled_from([AGAIN, HARD, GOOD, EASY])


def practise(deck: Deck, ratings: list[int], now: int = NOW, stages: tuple[Stage, ...] = SPOT_STAGES) -> Deck:
    """Answer what is asked, a position every 15 seconds."""
    for number, rating in enumerate(ratings):
        key = deck.next(now + number * 15 * SECOND, stages)
        assert key is not None
        deck = deck.answered(key, rating, now + number * 15 * SECOND)  # type: ignore[arg-type]  # one of the four
    return deck


def test_a_learner_starts_with_the_page_of_an_easy_incident() -> None:
    key = new_deck().next(NOW)
    assert key is not None
    assert incidents()[key.incident].difficulty == "easy"
    assert key.stage is Stage.PAGE


def test_incidents_are_introduced_from_easy_to_hard() -> None:
    rank = {"easy": 0, "medium": 1, "control": 2, "hard": 3}
    ranks = [rank[incidents()[name].difficulty] for name in new_deck().order]
    assert ranks == sorted(ranks)
    assert set(new_deck().order) == set(incidents())


def test_what_is_due_comes_before_what_is_new_and_what_is_forgotten_first_of_all() -> None:
    strong, weak = Key("flaky_nic", Stage.PAGE), Key("tls_expiry", Stage.PAGE)
    deck = new_deck().answered(strong, EASY, NOW).answered(weak, GOOD, NOW).answered(weak, GOOD, NOW + 600_000)
    assert deck.due(NOW + DAY) == []
    later = NOW + 30 * DAY
    assert deck.due(later) == [weak, strong]
    assert deck.next(later) == weak
    assert deck.next_due() == deck.cards[weak].due


def test_with_three_that_do_not_hold_there_is_nothing_new() -> None:
    deck = practise(new_deck(), [AGAIN] * MOST_SHAKY)
    assert len({key.incident for key in deck.cards}) == MOST_SHAKY
    assert deck.new() is None
    next_key = deck.next(NOW + 50 * SECOND)
    assert next_key in deck.cards


def test_a_new_incident_comes_once_the_known_ones_hold() -> None:
    deck = practise(new_deck(), [AGAIN] * MOST_SHAKY)
    for key in list(deck.cards):
        for minute in (11, 22, 33):
            deck = deck.answered(key, GOOD, NOW + minute * 60 * SECOND)
    assert all(card.holds for card in deck.cards.values())
    seen = {key.incident for key in deck.cards}
    for _ in range(2 * MOST_SHAKY + 1):
        new = deck.new()
        assert new is not None
        deck = deck.answered(new, EASY, NOW + 40 * 60 * SECOND)
    assert len({key.incident for key in deck.cards} - seen) == 1


def test_further_stages_come_when_the_page_holds() -> None:
    page = Key("flaky_nic", Stage.PAGE)
    shaky = new_deck().answered(page, AGAIN, NOW)
    assert shaky.new() == Key("network_congestion", Stage.PAGE)
    holding = new_deck().answered(page, EASY, NOW)
    assert holding.new() == Key("flaky_nic", Stage.UNDER_WAY)


def test_whoever_is_stuck_gets_something_new_all_the_same() -> None:
    deck = practise(new_deck(), [AGAIN] * (NEW_AFTER - 1))
    assert len({key.incident for key in deck.cards}) == MOST_SHAKY
    deck = practise(deck, [AGAIN] * 2, NOW + NEW_AFTER * 15 * SECOND)
    assert len({key.incident for key in deck.cards}) == MOST_SHAKY + 1


def test_the_stages_of_a_drill_are_its_own() -> None:
    deck = practise(new_deck(), [EASY] * 5, stages=WHOLE)
    assert {key.stage for key in deck.cards} == {Stage.EPISODE}
    first = deck.next(NOW)
    assert first == Key("flaky_nic", Stage.PAGE)


def test_cards_of_incidents_that_are_not_there_are_not_asked() -> None:
    card = after_all([(GOOD, NOW)])
    assert card is not None
    stored = {("gone", "page"): card, ("flaky_nic", "unheard_of"): card, ("flaky_nic", "page"): card}
    deck = Deck.of(incidents().values(), stored)
    assert list(deck.cards) == [Key("flaky_nic", Stage.PAGE)]


def test_without_incidents_there_is_nothing_to_ask() -> None:
    empty = Deck.of([], {})
    assert (empty.next(NOW), empty.new(), empty.next_due(), empty.due(NOW)) == (None, None, None, [])


@given(st.lists(st.tuples(RATINGS, st.integers(0, 30 * DAY)), max_size=120))
def test_no_card_is_ever_lost(answers: list[tuple[Answer, int]]) -> None:
    deck, now, counted = new_deck(), NOW, Counter[Key]()
    for rating, pause in answers:
        now += pause
        key = deck.next(now)
        assert key is not None
        counted[key] += 1
        deck = deck.answered(key, rating, now)
    assert {key: card.reviews for key, card in deck.cards.items()} == dict(counted)
    assert set(deck.due(now + 400 * DAY)) == set(deck.cards)


@given(st.lists(RATINGS, min_size=1, max_size=60))
def test_no_card_is_asked_twice_running_while_there_is_another(ratings: list[Answer]) -> None:
    deck, recent = new_deck(), list[Key]()
    for number, rating in enumerate(ratings):
        now = NOW + number * 15 * SECOND
        key = deck.next(now, SPOT_STAGES, recent)
        assert key is not None
        if len(deck.cards) >= MOST_SHAKY:
            assert key not in recent[-2:]
        recent.append(key)
        deck = deck.answered(key, rating, now)


# --- learners

ROUNDS = 200
SIZE = 12


@dataclass
class Learner:
    """Somebody who answers twelve positions, five rounds a week."""

    knows: Callable[[int, int], Answer]
    """The answer to a card that has been seen so often; the second figure is drawn, 0 to 99."""
    deck: Deck = field(default_factory=new_deck)
    asked: Counter[Key] = field(default_factory=Counter)
    introduced: list[int] = field(default_factory=list)
    """Cards known after each round."""
    standing: Standing = field(default_factory=Standing)

    def drive(self) -> Learner:
        draws, now = Draws("learner"), NOW
        for number in range(ROUNDS):
            now = NOW + (number // 5 * 7 + number % 5) * DAY
            recent: list[Key] = []
            for _ in range(SIZE):
                now += 15 * SECOND
                key = self.deck.next(now, SPOT_STAGES, recent)
                assert key is not None
                self.asked[key] += 1
                recent.append(key)
                self.deck = self.deck.answered(key, self.knows(self.asked[key], draws.below(100)), now)
            self.introduced.append(len(self.deck.cards))
            well = sum(self.deck.cards[key].last_rating >= GOOD for key in recent)
            games = [Game(Standing(1500, 100), 1.0 if number * SIZE < well * 5 else 0.0) for number in range(5)]
            self.standing = rated(self.standing, games)
        return self


def never(seen: int, luck: int) -> Answer:
    return GOOD if luck < 10 else AGAIN


def slowly(seen: int, luck: int) -> Answer:
    return AGAIN if luck < 60 - 6 * seen else HARD if luck < 70 - 6 * seen else GOOD


def perfect(seen: int, luck: int) -> Answer:
    return EASY


@pytest.fixture(scope="module")
def learners() -> dict[str, Learner]:
    return {rule.__name__: Learner(rule).drive() for rule in (never, slowly, perfect)}


def test_the_rating_tells_the_learners_apart(learners: dict[str, Learner]) -> None:
    one, two, three = (learners[name].standing for name in ("never", "slowly", "perfect"))
    assert one.rating + 2 * one.deviation < two.rating - 2 * two.deviation
    assert two.rating < three.rating


def test_nobody_is_starved_of_what_is_new(learners: dict[str, Learner]) -> None:
    everything = len(incidents()) * len(SPOT_STAGES)
    assert learners["perfect"].introduced[-1] == everything
    assert learners["slowly"].introduced[-1] == everything
    assert len({key.incident for key in learners["never"].deck.cards}) > 10


def test_who_learns_faster_sees_more_sooner(learners: dict[str, Learner]) -> None:
    after = [learners[name].introduced[9] for name in ("never", "slowly", "perfect")]
    assert after == sorted(after)
    assert after[0] < after[1] < after[2]


def test_what_is_weak_comes_more_often() -> None:
    hard_ones = {"network_congestion", "slow_leak"}
    deck, asked, now = new_deck(), Counter[str](), NOW
    for number in range(100):
        recent: list[Key] = []
        for _ in range(SIZE):
            now = NOW + number * DAY + len(recent) * 15 * SECOND
            key = deck.next(now, SPOT_STAGES, recent)
            assert key is not None
            recent.append(key)
            asked[key.incident] += 1
            deck = deck.answered(key, AGAIN if key.incident in hard_ones and number % 2 else GOOD, now)
    others = [count for name, count in asked.items() if name not in hard_ones]
    assert min(asked[name] for name in hard_ones) > 2 * sum(others) / len(others)


def test_nobody_is_asked_one_thing_for_ever(learners: dict[str, Learner]) -> None:
    for learner in learners.values():
        assert learner.asked.most_common(1)[0][1] < ROUNDS * SIZE / 5
