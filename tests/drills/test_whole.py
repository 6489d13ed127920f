"""Whole incidents: one by schedule, and a shift."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.drills.errors import DrillError
from noc_tui.drills.schedule import Deck, Key
from noc_tui.drills.stages import Stage
from noc_tui.drills.whole import (
    LONGEST_PAUSE,
    PAGES,
    SHORTEST_PAUSE,
    next_incident,
    plan_shift,
    review_of_session,
    shift_result,
)
from noc_tui.review.positions import unwinnable_start
from noc_tui.store.cards import AGAIN, EASY, GOOD, HARD
from tests.drills.builders import DAY, NOW, incidents, new_deck
from tests.factories import make_incident
from tests.store.builders import session


def test_the_schedule_chooses_the_incident_and_the_seed_can_be_won() -> None:
    weak = Key("retry_storm", Stage.EPISODE)
    deck = new_deck().answered(weak, AGAIN, NOW)
    assignment = next_incident(deck, incidents(), NOW + DAY, seed=5)
    assert assignment.incident == "retry_storm"
    assert (assignment.pace, assignment.blind) == ("live", True)
    assert not unwinnable_start(incidents()["retry_storm"], assignment.seed)
    assert next_incident(deck, incidents(), NOW + DAY, seed=5) == assignment
    assert next_incident(deck, incidents(), NOW + DAY, seed=6).seed != assignment.seed


def test_what_has_just_been_played_does_not_come_again_while_there_is_another() -> None:
    asked = Key("retry_storm", Stage.EPISODE)
    deck = new_deck().answered(asked, AGAIN, NOW)
    assert next_incident(deck, incidents(), NOW + DAY, 5, ["retry_storm"]).incident != "retry_storm"
    only = Deck(("retry_storm",)).answered(asked, AGAIN, NOW)
    assert next_incident(only, incidents(), NOW + DAY, 5, ["retry_storm"]).incident == "retry_storm"


def test_a_beginner_gets_an_easy_one() -> None:
    assert incidents()[next_incident(new_deck(), incidents(), NOW, 1).incident].difficulty == "easy"


def test_without_incidents_there_is_none() -> None:
    with pytest.raises(DrillError, match="no incident to practise"):
        next_incident(new_deck(), {}, NOW, 1)


def test_what_nobody_can_win_is_passed_over() -> None:
    hopeless = {name: make_incident(id=name, initial={"packet_loss": 0.5}) for name in ("hopeless", "worse")}
    some = {
        name: incidents()[name] for name in ("backup_window", "flaky_nic", "slow_leak", "retry_storm", "dns_failure")
    }
    everything = hopeless | some
    deck = Deck.of(everything.values(), {})
    for seed in range(5):
        assert {page.assignment.incident for page in plan_shift(deck, everything, NOW, seed)} == set(some)
    first = Deck(tuple(everything))
    assert next_incident(first, everything, NOW, 1).incident == "backup_window"
    with pytest.raises(DrillError, match="no incident to practise"):
        next_incident(Deck.of(hopeless.values(), {}), hopeless, NOW, 1)


@given(st.integers(0, 2**64))
def test_a_shift_has_five_different_incidents_and_the_control_among_them(seed: int) -> None:
    shift = plan_shift(new_deck(), incidents(), NOW, seed)
    names = [page.assignment.incident for page in shift]
    assert len(set(names)) == len(names) == PAGES
    assert sum(incidents()[name].difficulty == "control" for name in names) == 1
    assert all(SHORTEST_PAUSE <= page.pause <= LONGEST_PAUSE for page in shift)
    assert not any(unwinnable_start(incidents()[p.assignment.incident], p.assignment.seed) for p in shift)
    assert plan_shift(new_deck(), incidents(), NOW, seed) == shift


def test_the_control_may_come_at_any_time() -> None:
    places = set()
    for seed in range(60):
        shift = plan_shift(new_deck(), incidents(), NOW, seed)
        places.add([incidents()[p.assignment.incident].difficulty for p in shift].index("control"))
    assert places == set(range(PAGES))


def test_what_is_due_is_part_of_the_shift() -> None:
    deck = new_deck()
    for name in ("retry_storm", "slow_leak"):
        deck = deck.answered(Key(name, Stage.EPISODE), AGAIN, NOW)
    for seed in range(20):
        names = {page.assignment.incident for page in plan_shift(deck, incidents(), NOW + DAY, seed)}
        assert {"retry_storm", "slow_leak"} <= names


def test_a_shift_without_a_control_or_with_too_few_is_refused() -> None:
    faults = {name: incident for name, incident in incidents().items() if incident.difficulty != "control"}
    with pytest.raises(DrillError, match="needs the control"):
        plan_shift(new_deck(), faults, NOW, 1)
    few = {name: incidents()[name] for name in ("backup_window", "flaky_nic")}
    with pytest.raises(DrillError, match="5 different incidents, and there are 2"):
        plan_shift(new_deck(), few, NOW, 1)


def test_the_result_sheet_adds_up() -> None:
    played = [
        session("S1", incident="flaky_nic", steps=6, par=4.0, accuracy=80.0, diagnosis=True),
        session("S2", incident="retry_storm", outcome="crashed", steps=4, par=7.0, grade="F", accuracy=20.0),
        session("S3", incident="backup_window", steps=5, par=4.5, accuracy=95.0, harmful=0),
    ]
    result = shift_result(played, incidents())
    assert (result.resolved, result.over_par, result.left_alone) == (2, 2.5, True)
    assert result.accuracy == pytest.approx(65.0)
    assert [line.incident for line in result.lines] == ["flaky_nic", "retry_storm", "backup_window"]
    meddled = shift_result([*played[:2], session("S3", incident="backup_window", harmful=2)], incidents())
    assert meddled.left_alone is False
    assert meddled.lines[2].needless
    assert shift_result(played[:1], incidents()).left_alone is None


@pytest.mark.parametrize(
    ("grade", "rating"), [("S", EASY), ("A", GOOD), ("B", GOOD), ("C", HARD), ("D", HARD), ("F", AGAIN)]
)
def test_a_whole_incident_is_an_answer_to_its_card(grade: str, rating: int) -> None:
    entry = review_of_session(session("S1", grade=grade), NOW)
    assert entry is not None
    assert (entry.stage, entry.rating, entry.session, entry.at) == ("episode", rating, "S1", NOW)


@pytest.mark.parametrize("change", [{"grade": None}, {"assisted": True}, {"parent": "S0"}, {"kind": "agent"}])
def test_what_somebody_did_not_play_alone_from_the_start_is_none(change: dict[str, object]) -> None:
    assert review_of_session(session("S1", **change), NOW) is None
