"""What is due and when, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.drills.schedule import Key
from noc_tui.drills.stages import Stage
from noc_tui.drills.whole import review_of_session
from noc_tui.drills.wording import EPISODES, came_to, comes_back, schedule_note, span, until
from noc_tui.store.cards import AGAIN, EASY, GOOD
from tests.drills.builders import DAY, NOW, SECOND, incidents, new_deck
from tests.store.builders import session

PAGE = Key("flaky_nic", Stage.PAGE)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (600, "10 min"), (3_599, "1 h"), (3_600, "1 h"),
        (86_399, "1 d"), (2 * 86_400, "2 d"), (365 * 86_400, "365 d"),
    ],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert span(round(seconds * 1000)) == words


@given(st.integers(0, 400 * DAY))
def test_no_span_is_told_as_sixty_of_a_unit_or_none(milliseconds: int) -> None:
    count, unit = span(milliseconds).split()
    assert 1 <= int(count) <= {"s": 59, "min": 59, "h": 23, "d": 400}[unit]


def test_what_is_due_is_due_now() -> None:
    assert until(NOW, NOW) == "now"
    assert until(NOW + 90 * SECOND, NOW) == "in 2 min"


def test_a_beginner_is_told_to_begin() -> None:
    assert schedule_note(new_deck(), NOW) == "nothing practised yet: begin with the easy ones"


def test_what_is_due_is_counted() -> None:
    deck = new_deck().answered(PAGE, AGAIN, NOW)
    assert schedule_note(deck, NOW + DAY).startswith("1 position due")
    deck = deck.answered(Key("tls_expiry", Stage.PAGE), AGAIN, NOW)
    assert schedule_note(deck, NOW + DAY).startswith("2 positions due")
    assert schedule_note(deck, NOW + DAY, EPISODES).startswith("nothing practised yet")


def test_with_nothing_due_it_says_when_the_next_is_and_that_there_is_something_new() -> None:
    note = schedule_note(new_deck().answered(PAGE, GOOD, NOW), NOW)
    assert note == "nothing due; the next in 10 min, something new at once"


def test_no_note_names_an_incident() -> None:
    deck = new_deck().answered(PAGE, EASY, NOW)
    for at in (NOW, NOW + 100 * DAY):
        note = schedule_note(deck, at).lower()
        assert not any(name in note or incident.title.lower() in note for name, incident in incidents().items())


def test_what_a_session_came_to_is_told_with_what_is_known_of_it() -> None:
    assert came_to(session("S1", steps=9, par=6.3, grade="B", diagnosis=True), "Retry storm") == (
        "Retry storm: resolved in 9 steps, par 6.3, grade B, named rightly"
    )
    crashed = session("S1", outcome="crashed", steps=1, par=None, grade=None, diagnosis=False)
    assert came_to(crashed, "Retry storm") == "Retry storm: crashed after 1 step, taken for another"


def test_what_an_answer_was_worth_and_when_its_card_comes_back() -> None:
    answer = review_of_session(session("S1", incident="flaky_nic", grade="S", diagnosis=None), NOW)
    assert answer is not None
    assert comes_back(answer, new_deck()).startswith("rated easy, comes back in ")
    assert comes_back(None, new_deck()) == "not rated"
