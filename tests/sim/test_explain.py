"""The sentence that every step carries: true, short, plain, and as much as its reader may know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.explain import explain
from noc_tui.sim.judgement import judge
from noc_tui.sim.metrics import CONTINUOUS, SystemMetrics
from noc_tui.sim.rules import NO_CHANGE
from noc_tui.sim.simulator import SystemSimulator, Transition
from tests.factories import NoiselessSimulator, bundled_incident, make_incident
from tests.strategies import SEEDS, episodes

if TYPE_CHECKING:
    from collections.abc import Sequence

WAIT = ActionType.DO_NOTHING
X, T, C, R, S = ACTIONS[1:]
KEYS = {"-": WAIT, "X": X, "T": T, "C": C, "R": R, "S": S}


def transitions(played: Sequence[ActionType], **incident: Any) -> list[Transition]:
    """The steps of a noise-free episode."""
    simulator = NoiselessSimulator(0)
    simulator.reset(make_incident(**incident))
    return [simulator.step(action)[1].transition for action in played]


def told(*played: ActionType, **incident: Any) -> str:
    """The explanation of the last of these steps."""
    return explain(transitions(played, **incident)[-1])


def verdict(incident_id: str, keys: str) -> str:
    """What follows the figures in the explanation of the last of these steps of one of the program's incidents."""
    simulator = NoiselessSimulator(0)
    simulator.reset(bundled_incident(incident_id))
    steps = [simulator.step(KEYS[key])[1] for key in keys]
    return steps[-1].explanation.split(". ", 1)[1]


HOT = {"initial": {"cpu_usage": 0.9, "latency": 0.4}}


# --- figures


def test_the_pictured_sentence() -> None:
    initial = {"cpu_usage": 0.921, "latency": 0.5}
    actions = {"scale_up": {"cpu_usage": -0.081, "latency": -0.076}}
    assert told(S, initial=initial, actions=actions) == "Scale up: CPU 92.1 → 84.0 %, latency −38 ms. Helped."


def test_only_the_metrics_that_the_action_moves_are_told_and_three_at_most() -> None:
    drift = {"packet_loss": 0.1}
    few = told(T, **HOT, drift=drift, actions={"throttle_cpu": {"cpu_usage": -0.2}})
    assert few.startswith("Throttle CPU: CPU 90.0 → 70.0 %. ")
    many = told(T, **HOT, actions={"throttle_cpu": dict.fromkeys(CONTINUOUS, -0.005)})
    assert len(re.findall(r"(CPU|Memory|Latency|Packet loss|Errors)\b", many.split(". ")[0], re.IGNORECASE)) == 4


def test_a_metric_that_did_not_move_is_called_unchanged() -> None:
    text = told(C, initial={"memory_usage": 0.9}, actions={"clear_cache": {"memory_usage": -0.2, "latency": -0.0005}})
    assert "memory" in text.lower()
    assert "latency unchanged" in text


def test_waiting_tells_what_changed_most() -> None:
    text = told(WAIT, **HOT, drift={"cpu_usage": 0.02, "latency": 0.05, "error_rate": 0.001})
    assert text == "Wait: Latency 200 → 225 ms, CPU +2.0 %. It gets worse by itself."


# --- verdicts


def test_an_action_that_helps_is_said_to_help_and_at_what_price() -> None:
    actions = {"throttle_cpu": {"cpu_usage": -0.2, "error_rate": 0.12}}
    assert told(T, **HOT, actions=actions).endswith(" Helped, at the price of errors.")


def test_an_action_that_helps_too_little_is_said_not_to_turn_it() -> None:
    text = told(T, **HOT, drift={"cpu_usage": 0.03}, actions={"throttle_cpu": {"cpu_usage": -0.02}})
    assert text == "Throttle CPU: CPU 90.0 → 91.0 %. Helped, but not enough to turn it."


def test_a_wrong_action_is_called_wrong_and_what_it_harmed_is_named() -> None:
    assert told(C, **HOT, actions={"clear_cache": {"latency": 0.2}}).endswith(" Wrong: it drives latency up.")


def test_an_action_that_moves_nothing_is_called_wrong() -> None:
    assert told(R, **HOT).endswith(" Wrong: it moves nothing here.")


def test_help_for_a_metric_that_was_not_in_breach_is_called_a_precaution() -> None:
    actions = {"clear_cache": {"memory_usage": -0.1}}
    assert told(C, **HOT, actions=actions).endswith(" A precaution: memory was within limits.")


def test_help_and_harm_in_balance_are_called_a_trade() -> None:
    actions = {"throttle_cpu": {"cpu_usage": -0.05, "latency": 0.05}}
    assert told(T, **HOT, actions=actions).endswith(" A trade: better CPU, worse latency.")


def test_an_action_on_a_healthy_server_is_called_needless() -> None:
    text = told(C, actions={"clear_cache": {"memory_usage": -0.1}})
    assert text.endswith(" Not needed: everything was healthy already; all healthy, 1 of 3.")


def test_a_restart_of_a_healthy_server_is_called_wrong() -> None:
    assert told(X).endswith(
        " Wrong: everything was healthy, and the outage breaks the streak; service down for this step."
    )


def test_the_outage_of_a_restart_is_named() -> None:
    initial = {"memory_usage": 0.9}
    text = told(X, initial=initial, actions={"restart_service": {"memory_usage": -0.4}})
    assert text == "Restart service: Memory 90.0 → 50.0 %. Helped; service down for this step."
    buys_nothing = told(X, initial=initial, actions={"restart_service": {"memory_usage": -0.001}})
    assert buys_nothing.endswith(" Wrong: the outage buys nothing; service down for this step.")


def test_a_longer_outage_is_named_with_its_length() -> None:
    actions = {"restart_service": {"memory_usage": -0.4, "down_for": 2}}
    steps = transitions([X, WAIT], initial={"memory_usage": 0.9}, actions=actions)
    assert "service down for this step and 2 more" in explain(steps[0])
    assert "the service is still down" in explain(steps[1])


def test_repeats_that_have_worn_an_effect_out_are_named() -> None:
    actions = {"throttle_cpu": {"cpu_usage": -0.1}}
    assert "worn" not in told(T, **HOT, actions=actions, repeat_factor=0.5)
    assert "repeats have worn it out to 25 %" in told(T, T, T, **HOT, actions=actions, repeat_factor=0.5)


# --- what comes later, and what came of earlier


def test_a_delayed_benefit_is_announced() -> None:
    later = {"after": 2, "cpu_usage": -0.2}
    assert told(S, **HOT, actions={"scale_up": {"cpu_usage": -0.1, "later": later}}).endswith(
        " Helped; more in 2 steps."
    )
    costly = told(S, **HOT, actions={"scale_up": {"cpu_usage": 0.03, "later": later}})
    assert costly.endswith(" Costs something now, but helps; the help comes in 2 steps.")


def test_relief_that_does_not_last_is_announced() -> None:
    def scaled_up(harm: float) -> str:
        later = {"after": 1, "cpu_usage": harm}
        return told(S, **HOT, actions={"scale_up": {"cpu_usage": -0.2, "later": later}})

    assert scaled_up(0.05).endswith(" Helped; part of it comes back at the next step.")
    assert scaled_up(0.15).endswith(" Helped; most of it comes back at the next step.")
    assert scaled_up(0.4).endswith(" Wrong: it looks like help, but worse follows at the next step.")


def test_an_action_that_restarts_its_timer_says_from_when_it_counts() -> None:
    later = {"after": 3, "latency": -0.3}
    actions = {"reroute_traffic": {"latency": 0.02, "reissue_restarts_timer": True, "later": later}}
    first, second = (explain(t) for t in transitions([R, R], **HOT, actions=actions))
    assert first.endswith(" the help comes in 3 steps.")
    assert second.endswith(" the help comes in 3 steps, counted from now.")


def test_what_would_make_the_sentence_too_long_is_left_out() -> None:
    """An earlier action has brought something as well."""
    worn = "Wrong: it looks like help, but worse follows in 3 steps; repeats have worn it out to 60 %."
    assert verdict("syn_flood", "T--RTCC") == worn


def test_what_arrives_of_an_earlier_action_is_named_as_such() -> None:
    actions = {"scale_up": {"cpu_usage": -0.05, "later": {"after": 1, "latency": 0.2}}}
    assert told(S, WAIT, **HOT, actions=actions).endswith("an earlier action brought latency +100 ms.")


def test_a_missing_preparation_is_named_and_so_is_making_it() -> None:
    actions = {
        "scale_up": {"cpu_usage": 0.02, "sets": "warm"},
        "reroute_traffic": {"latency": -0.2, "requires": "warm", "otherwise": {"latency": 0.2}},
    }
    assert told(R, **HOT, actions=actions).endswith(" Wrong: the ground for it was not prepared.")
    prepared = [explain(t) for t in transitions([S, R], **HOT, actions=actions)]
    assert prepared[0].endswith(" A preparation: it clears the way for what has to follow.")
    assert prepared[1].endswith(" Helped.")


# --- waiting, and where it stands


@pytest.mark.parametrize(
    ("pressure", "drift", "says"),
    [
        (None, {"cpu_usage": 0.02}, "It gets worse by itself."),
        (None, {"cpu_usage": -0.02}, "It gets better by itself."),
        (None, {}, "Little happens by itself."),
        (
            {"initial": 0.5, "growth": 0.1},
            {"cpu_usage": 0.04},
            "It gets worse by itself: the pressure behind it rises.",
        ),
        (
            {"initial": 0.5, "threshold": 0.9, "decay": 0.1},
            {"cpu_usage": 0.04},
            "It still gets worse, but the pressure behind it falls.",
        ),
        (
            {"initial": 0.5, "growth": 0.1},
            {"cpu_usage": -0.04},
            "It gets better for now, but the pressure behind it rises.",
        ),
        (
            {"initial": 0.5, "threshold": 0.9, "decay": 0.1},
            {"cpu_usage": -0.04},
            "It gets better by itself: the pressure behind it falls.",
        ),
    ],
)
def test_waiting_says_where_it_goes_by_itself(
    pressure: dict[str, float] | None, drift: dict[str, float], says: str
) -> None:
    assert told(WAIT, **HOT, pressure=pressure, drift=drift).endswith(says)


def test_a_running_streak_and_the_resolution_are_told() -> None:
    texts = [explain(t) for t in transitions([WAIT] * 3)]
    assert [text.split(". ")[1] for text in texts] == [
        "All healthy, 1 of 3.",
        "All healthy, 2 of 3.",
        "All healthy three steps in a row: resolved.",
    ]


def test_a_crash_is_told_with_the_metric_that_caused_it() -> None:
    drift = {"memory_usage": 0.2}
    waited = told(WAIT, initial={"memory_usage": 0.9}, drift=drift)
    assert waited.endswith(" It gets worse by itself; the server crashed: memory at 100.0 %.")
    acted = told(T, initial={"memory_usage": 0.9}, drift=drift)
    assert "the server crashed: memory at 100.0 %" in acted


# --- judged by the figures


TRAPS = [
    ("retry_storm", "S"), ("retry_storm", "X"), ("retry_storm", "C"), ("cache_stampede", "C"), ("cache_stampede", "X"),
    ("cache_stampede", "S"), ("gc_death_spiral", "T"), ("regex_bad_deploy", "X"), ("regex_bad_deploy", "S"),
    ("log_flood_disk_full", "X"), ("conn_pool_exhaustion", "S"), ("dns_failure", "C"), ("dns_failure", "X"),
    ("syn_flood", "X"), ("flaky_nic", "S"), ("reconnect_herd", "X"), ("tls_expiry", "C"), ("tls_expiry", "R"),
    ("noisy_neighbour", "T"), ("noisy_neighbour", "X"), ("cold_standby", "R"), ("shard_rebalance", "S"),
    ("shard_rebalance", "R"), ("slow_leak", "X"), ("poison_backlog", "X"), ("backup_window", "X"),
    ("backup_window", "C"), ("backup_window", "T"), ("backup_window", "R"), ("network_congestion", "X"),
]  # fmt: skip
REMEDIES = [
    ("retry_storm", "T"), ("retry_storm", "TT"), ("retry_storm", "TTT-S"), ("cache_stampede", "T"),
    ("cache_stampede", "TR"), ("gc_death_spiral", "S"), ("gc_death_spiral", "SS"), ("regex_bad_deploy", "R"),
    ("log_flood_disk_full", "C"), ("log_flood_disk_full", "CX"), ("conn_pool_exhaustion", "X"),
    ("conn_pool_exhaustion", "XT"), ("dns_failure", "R"), ("dns_failure", "RC"), ("syn_flood", "R-S"),
    ("flaky_nic", "R"), ("reconnect_herd", "S"), ("reconnect_herd", "ST"), ("tls_expiry", "X"),
    ("noisy_neighbour", "R-S"), ("cold_standby", "SR"), ("shard_rebalance", "T"), ("slow_leak", "RX"),
    ("poison_backlog", "CT"), ("network_congestion", "R"), ("memory_leak", "C"), ("memory_leak", "X"),
    ("cpu_overload", "T"), ("cpu_overload", "S"),
]  # fmt: skip


@pytest.mark.parametrize(("incident", "keys"), TRAPS)
def test_the_traps_of_the_incidents_are_called_wrong(incident: str, keys: str) -> None:
    assert verdict(incident, keys).startswith("Wrong: ")


@pytest.mark.parametrize(("incident", "keys"), REMEDIES)
def test_the_remedies_of_the_incidents_are_said_to_help(incident: str, keys: str) -> None:
    assert verdict(incident, keys).startswith("Helped")


@pytest.mark.parametrize(("incident", "keys"), [("syn_flood", "R"), ("noisy_neighbour", "R"), ("slow_leak", "R")])
def test_remedies_that_hurt_first_are_said_to_help_all_the_same(incident: str, keys: str) -> None:
    assert verdict(incident, keys).startswith("Costs something now, but helps")


@pytest.mark.parametrize(("incident", "keys"), [("cold_standby", "S"), ("poison_backlog", "C")])
def test_preparations_that_cost_something_are_called_preparations(incident: str, keys: str) -> None:
    assert verdict(incident, keys).startswith("A preparation: ")


def test_a_preparation_that_sets_something_off_announces_it() -> None:
    assert verdict("poison_backlog", "C").endswith("; worse follows in 2 steps.")


@given(st.sampled_from(default_catalog().ids), st.sampled_from(ACTIONS[1:]), st.lists(st.floats(0, 1), min_size=6))
def test_the_noise_of_the_step_does_not_count_for_or_against_the_action(
    name: str, action: ActionType, after: list[float]
) -> None:
    simulator = NoiselessSimulator(0)
    simulator.reset(bundled_incident(name))
    _, info = simulator.step(action)
    luck = info.transition._replace(after=SystemMetrics.from_array(after[:6]))
    assert judge(luck) == judge(info.transition)


# --- blind


def test_a_blind_explanation_tells_what_was_visible() -> None:
    simulator = NoiselessSimulator(0)
    simulator.reset(bundled_incident("retry_storm"))
    _, info = simulator.step(S)
    assert explain(info.transition, blind=True) == "Scale up: CPU 78.0 → 65.9 %, errors −6.8 %. It looks better."


@given(episodes(), st.data())
def test_a_blind_explanation_does_not_depend_on_anything_hidden(
    played: tuple[dict[str, Any], int, list[ActionType]], data: st.DataObject
) -> None:
    definition, seed, actions = played
    simulator = SystemSimulator(seed)
    simulator.reset(make_incident(**definition))
    other = bundled_incident(data.draw(st.sampled_from(default_catalog().ids))).rules
    for action in actions:
        _, info = simulator.step(action)
        hidden = info.transition._replace(
            rules=other, pressure_before=0.1, pressure=0.9, uses=3, met=False, due=NO_CHANGE, course=None
        )
        assert explain(hidden, blind=True) == explain(info.transition, blind=True)
        if info.done:
            break


# --- form


def assert_well_formed(text: str, label: str) -> None:
    assert text.startswith(f"{label}: ")
    assert text.endswith(".")
    assert 1 <= text.count(". ") <= 1
    assert len(text) <= 300
    assert not any(category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)
    assert "nan" not in text
    assert "-" not in text, "a minus sign is written as −"


@given(st.sampled_from(default_catalog().ids), SEEDS, st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=30))
def test_every_step_of_every_incident_is_explained_in_two_short_sentences_at_most(
    name: str, seed: int, actions: list[ActionType]
) -> None:
    simulator = SystemSimulator(seed)
    simulator.reset(bundled_incident(name))
    for action in actions:
        _, info = simulator.step(action)
        for blind in (False, True):
            text = explain(info.transition, blind=blind)
            assert_well_formed(text, action.label)
            assert text == explain(info.transition, blind=blind)
            assert bundled_incident(name).title not in text
        if info.done:
            break


@given(episodes())
def test_whatever_an_incident_file_defines_can_be_explained(
    played: tuple[dict[str, Any], int, list[ActionType]],
) -> None:
    definition, seed, actions = played
    simulator = SystemSimulator(seed)
    simulator.reset(make_incident(**definition))
    for action in actions:
        _, info = simulator.step(action)
        assert_well_formed(info.explanation, action.label)
        if info.done:
            break
