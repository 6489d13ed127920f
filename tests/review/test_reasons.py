"""Why a move was what it was: in units, and without hidden state where the episode is blind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.review.model import Verdict
from noc_tui.review.planner import Planner
from noc_tui.review.reasons import Position, benefit
from noc_tui.review.session import review_session
from noc_tui.sim.catalog import default_catalog
from tests.factories import bundled_incident, make_incident
from tests.review.builders import episode_of, simulator_of

QUICK = Planner(1, 5)
HIDDEN = ("pressure", "later", "due", "way", "ground", "root", "timer", "feeds", "heals")


def why(incident: str, keys: str) -> str:
    """The reason for the last of these moves."""
    return review_session(episode_of(incident, keys), planner=Planner(8)).moves[-1].why


def test_what_is_due_later_is_told_with_its_size() -> None:
    feeds = "Scale up feeds the pressure behind it 2 steps later (+18 %, +5.0 % errors, +7.0 % CPU)."
    assert why("retry_storm", "S").endswith(feeds)


def test_what_is_not_prepared_is_told() -> None:
    assert "Clear cache has no ground to work on yet, and adds 12.0 % errors and 40 ms latency now" in why(
        "dns_failure", "C"
    )


def test_what_prepares_the_way_is_told() -> None:
    assert "prepares the ground for Restart service" in why("slow_leak", "R")


def test_waiting_for_help_that_is_on_its_way_is_told_from_waiting_for_the_streak() -> None:
    assert why("syn_flood", "R-") == "Right: help is on its way, due in 3 steps."
    assert why("flaky_nic", "RR--") == "Right: everything is healthy, and the streak only has to run."


def test_what_waiting_lets_happen_is_told_in_units() -> None:
    assert why("regex_bad_deploy", "-").endswith("Waiting lets errors grow, by some 3.0 % a step.")


@given(st.sampled_from([*default_catalog().ids]), st.integers(0, 1000), st.text("-XTCRS", min_size=1, max_size=8))
@settings(max_examples=12, deadline=None)
def test_every_reason_is_a_sentence_and_the_blind_one_tells_nothing_hidden(incident: str, seed: int, keys: str) -> None:
    loaded = bundled_incident(incident)
    for move in review_session(episode_of(incident, keys, seed=seed), planner=QUICK).moves:
        for text in (move.why, move.why_blind):
            assert text.endswith(".")
            assert text[0].isupper()
            assert "\n" not in text
            assert "  " not in text
            assert len(text) < 400
        assert loaded.title.lower() not in move.why_blind.lower()
        assert incident not in move.why_blind
        assert not [word for word in HIDDEN if word in move.why_blind.split()]


@pytest.mark.parametrize(("cure", "root"), [({"growth_when_cured": -0.2}, True), ({}, False)])
def test_a_flag_goes_to_the_root_only_where_the_cause_answers_to_it(cure: dict[str, float], root: bool) -> None:
    incident = make_incident(
        initial={"latency": 0.4}, pressure={"growth": 0.1, **cure}, actions={"scale_up": {"sets": "cured"}}
    )
    told = benefit(Position.of(simulator_of(incident)), 5)
    assert ("goes to the root" in told) is root
    assert ("it goes to the root" in episode_of(incident, "S").record(1).explanation) is root


def test_what_repeats_have_worn_out_is_told() -> None:
    actions = {"scale_up": {"cpu_usage": -0.04}, "throttle_cpu": {"cpu_usage": -0.3}}
    incident = make_incident(repeat_factor=0.5, initial={"cpu_usage": 0.95}, actions=actions)
    told = review_session(episode_of(incident, "SS"), planner=QUICK).moves[-1].why
    assert told.endswith(" Scale up only takes 2.0 % off CPU now, worn out by repeats to 50 %.")


def test_a_service_on_its_way_up_is_a_reason_to_wait() -> None:
    """Nothing else is wrong, and nothing else can be done."""
    incident = make_incident(actions={"restart_service": {"down_for": 3}})
    told = review_session(episode_of(incident, "X-"), planner=Planner(4)).moves[-1].why
    assert told == "Right: the service is on its way up again."


def test_a_key_where_nothing_is_wrong_is_not_needed() -> None:
    episode = episode_of(make_incident(actions={"clear_cache": {"memory_usage": -0.02}}), "-C")
    move = review_session(episode, planner=QUICK).moves[-1]
    assert move.verdict is Verdict.NEEDLESS
    assert move.why.startswith("Not needed: everything is healthy, and the streak only has to run.")
    assert move.why.endswith(" Clear cache is spent where nothing is wrong.")
    assert move.why_blind == "Not needed: waiting does as well."


@pytest.mark.parametrize("keys", ["SSXX-------"])
def test_a_lost_position_is_no_reproach(keys: str) -> None:
    move = review_session(episode_of("retry_storm", keys), planner=QUICK).moves[-1]
    assert move.verdict is Verdict.NONE
    assert move.why.startswith("Counted as lost")
