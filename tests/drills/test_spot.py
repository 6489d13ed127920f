"""The drill `spot`: positions, names, answers, rounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError
from noc_tui.drills.lookalikes import NAMES, look_alikes
from noc_tui.drills.positions import build_position
from noc_tui.drills.schedule import Deck, Key
from noc_tui.drills.seeds import winnable_seed
from noc_tui.drills.spot import SpotRound, review_of
from noc_tui.drills.stages import SPOT_STAGES, Stage
from noc_tui.episode.track import is_secret
from noc_tui.review.model import Verdict
from noc_tui.review.moves import review_move
from noc_tui.review.planner import Planner
from noc_tui.review.positions import unwinnable_start
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import METRIC_NAMES, SystemMetrics
from noc_tui.store.cards import AGAIN, EASY
from tests.drills.builders import NOW, SECOND, incidents, new_deck
from tests.factories import make_incident

NARROW = Planner(4, 8)
IDS = sorted(incidents())


# --- positions


@pytest.mark.parametrize("stage", SPOT_STAGES)
@pytest.mark.parametrize("name", ["flaky_nic", "backup_window", "retry_storm", "cpu_overload"])
def test_a_position_is_an_incident_in_progress_that_can_still_be_won(name: str, stage: Stage) -> None:
    position = build_position(incidents()[name], Key(name, stage), 3)
    assert not position.episode.done
    assert (position.episode.steps > 0) is (stage is not Stage.PAGE)
    assert is_secret(position.episode)
    assert [choice.action for choice in position.choices] == list(ACTIONS)
    assert Verdict.NONE not in {choice.verdict for choice in position.choices}
    assert position.choice(position.best).verdict is Verdict.BEST
    assert position.is_telling
    assert not unwinnable_start(incidents()[name], position.seed)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_verdicts_are_those_of_the_review(action: ActionType) -> None:
    position = build_position(incidents()["dns_failure"], Key("dns_failure", Stage.UNDER_WAY), 8)
    position.episode.act(action)
    move = review_move(position.episode, position.episode.steps)
    assert position.choice(action).verdict is move.verdict
    assert position.choice(action).lost == pytest.approx(move.lost)
    assert position.choice(action).why == move.why
    assert position.best is move.best


def test_a_position_that_is_astray_was_played_badly() -> None:
    position = build_position(incidents()["retry_storm"], Key("retry_storm", Stage.ASTRAY), 1)
    verdicts = [review_move(position.episode, step).verdict for step in range(1, position.episode.steps + 1)]
    assert all(verdict.category in {"inaccuracy", "mistake", "blunder"} for verdict in verdicts)


def test_the_same_seed_gives_the_same_position_and_another_another() -> None:
    incident, key = incidents()["slow_leak"], Key("slow_leak", Stage.UNDER_WAY)
    one, same, other = (build_position(incident, key, seed, planner=NARROW) for seed in (4, 4, 5))
    assert (one.seed, one.choices, one.episode.metrics) == (same.seed, same.choices, same.episode.metrics)
    assert one.seed != other.seed


def test_why_is_told_in_one_line() -> None:
    for name in ("flaky_nic", "conn_pool_exhaustion"):
        position = build_position(incidents()[name], Key(name, Stage.PAGE), 1)
        for choice in position.choices:
            assert choice.why.startswith(choice.line.rstrip("."))
            assert "\n" not in choice.line
            assert len(choice.line) <= 160


def test_an_incident_that_nobody_can_win_is_no_practice() -> None:
    hopeless = make_incident(initial={"packet_loss": 0.5})
    with pytest.raises(DrillError, match="sample can hardly ever be resolved"):
        winnable_seed(hopeless, Draws("x"))


# --- names


@given(st.sampled_from(IDS), st.integers(0, 2**32))
def test_the_right_name_is_always_among_four_that_differ(name: str, seed: int) -> None:
    incident = incidents()[name]
    seen = SystemMetrics(*(getattr(incident.initial, metric) for metric in METRIC_NAMES))
    names = look_alikes(incident, list(incidents().values()), seen, Draws(seed))
    assert len(names) == NAMES
    assert (name, incident.title) in names
    assert len({entry.title for entry in names}) == len({entry.incident for entry in names}) == NAMES


def test_the_right_name_stands_anywhere() -> None:
    incident = incidents()["memory_leak"]
    metrics = build_position(incident, Key("memory_leak", Stage.PAGE), 0, planner=NARROW).episode.metrics
    places = {
        [entry.incident for entry in look_alikes(incident, list(incidents().values()), metrics, Draws(seed))].index(
            "memory_leak"
        )
        for seed in range(60)
    }
    assert places == {0, 1, 2, 3}


def test_the_others_are_those_that_it_is_taken_for() -> None:
    leak = incidents()["memory_leak"]
    metrics = build_position(leak, Key("memory_leak", Stage.PAGE), 0, planner=NARROW).episode.metrics
    names = {entry.incident for entry in look_alikes(leak, list(incidents().values()), metrics, Draws(1))}
    assert "slow_leak" in names
    assert "network_congestion" not in names


def test_two_incidents_of_one_title_are_never_both_offered() -> None:
    true = incidents()["memory_leak"]
    twin = true.model_copy(update={"id": "twin"})
    metrics = build_position(true, Key("memory_leak", Stage.PAGE), 0, planner=NARROW).episode.metrics
    names = look_alikes(true, [true, twin, incidents()["slow_leak"]], metrics, Draws(1))
    assert sorted(entry.incident for entry in names) == ["memory_leak", "slow_leak"]


# --- rounds


def test_a_round_ends_after_its_positions_and_remembers_how_they_went() -> None:
    round_ = SpotRound(new_deck(), seed=1, size=10)
    now, keys = NOW, list[Key]()
    while (key := round_.next_key(now)) is not None:
        question = round_.question(key, incidents(), NARROW)
        keys.append(key)
        assert question.number == len(keys)
        well = len(keys) % 2
        action = question.position.best if well else None
        answer = round_.judge(question, action, 2.0, key.incident if well else None)
        assert answer.rating == (EASY if well else AGAIN)
        round_ = round_.answered(answer, now)
        now += 15 * SECOND
    assert round_.done
    assert (round_.right, round_.named) == (5, 5)
    assert [answer.key for answer in round_.answers] == keys
    assert sum(card.reviews for card in round_.deck.cards.values()) == 10


def test_an_answer_says_what_was_better_and_becomes_a_review() -> None:
    round_ = SpotRound(new_deck(), seed=1)
    key = Key("conn_pool_exhaustion", Stage.PAGE)
    question = round_.question(key, incidents())
    answer = round_.judge(question, ActionType.SCALE_UP, 3.25, "dns_failure")
    assert (answer.verdict, answer.best, answer.named) == (Verdict.BLUNDER, ActionType.RESTART_SERVICE, False)
    assert answer.why.startswith("Restart service first: ")
    assert answer.title == incidents()[key.incident].title
    entry = review_of(answer, "ana", NOW)
    assert (entry.incident, entry.stage, entry.rating, entry.at) == (key.incident, "page", AGAIN, NOW)
    assert (entry.seconds, entry.verdict, entry.named) == (3.25, Verdict.BLUNDER, False)
    assert review_of(answer, "ana", NOW).review != entry.review


def test_nothing_in_time_tells_what_would_have_been_best() -> None:
    round_ = SpotRound(new_deck(), seed=1)
    question = round_.question(Key("flaky_nic", Stage.PAGE), incidents(), NARROW)
    answer = round_.judge(question, None, 10.0)
    assert (answer.verdict, answer.right, answer.rating) == (None, False, AGAIN)
    assert answer.why.startswith("Reroute traffic was right: ")


@pytest.mark.parametrize("size", [0, 9, 21])
def test_a_round_has_ten_to_twenty_positions(size: int) -> None:
    with pytest.raises(DrillError, match="10 to 20 positions"):
        SpotRound(new_deck(), seed=1, size=size)


def test_an_incident_that_has_gone_meanwhile_is_one_sentence() -> None:
    with pytest.raises(DrillError, match="no incident gone any more"):
        SpotRound(new_deck(), seed=1).question(Key("gone", Stage.PAGE), incidents())


def test_without_incidents_there_is_no_question() -> None:
    assert SpotRound(Deck.of([], {}), seed=1).next_key(NOW) is None


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.sampled_from(IDS), st.sampled_from(SPOT_STAGES))
def test_any_seed_makes_a_question_that_holds_the_truth(seed: int, name: str, stage: Stage) -> None:
    question = replace(SpotRound(new_deck(), seed=1), seed=seed).question(Key(name, stage), incidents(), NARROW)
    assert (name, incidents()[name].title) in question.names
    assert not question.position.episode.done
