"""The rules of a step: each on its own where it can be seen, and all together against the plain reference."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ActionType
from noc_tui.sim.incident import Incident
from noc_tui.sim.rules import WornRows, repeat_power
from noc_tui.sim.simulator import SystemSimulator
from tests.factories import NoiselessSimulator, bundled_incident, make_incident
from tests.sim.reference import Reference
from tests.strategies import SEEDS, episodes

WAIT = ActionType.DO_NOTHING
RESTART = ActionType.RESTART_SERVICE
THROTTLE = ActionType.THROTTLE_CPU
CLEAR = ActionType.CLEAR_CACHE
SCALE = ActionType.SCALE_UP
MANY = 5 * hypothesis.settings().max_examples


def started(**changes: Any) -> SystemSimulator:
    """A simulator without noise at the start of an incident in which nothing moves but what `changes` say.

    Packets are being lost, so that it does not resolve.
    """
    simulator = NoiselessSimulator(0)
    changes["initial"] = {"packet_loss": 0.2, **changes.get("initial", {})}
    simulator.reset(make_incident(**{"max_steps": 100, **changes}))
    return simulator


def trace(simulator: SystemSimulator, metric: str, *actions: ActionType) -> list[float]:
    """The metric after each of the actions."""
    return [round(getattr(simulator.step(action)[0], metric), 10) for action in actions]


def pressures(simulator: SystemSimulator, *actions: ActionType) -> list[float]:
    """The pressure after each of the actions."""
    values = []
    for action in actions:
        simulator.step(action)
        values.append(round(simulator.pressure, 10))
    return values


def play_both(definition: dict[str, Any], seed: int, actions: list[ActionType]) -> SystemSimulator:
    """Play the simulator and the reference side by side; every figure must be the same double."""
    simulator, reference = SystemSimulator(seed), Reference(definition, seed)
    metrics = simulator.reset(Incident.model_validate(definition))
    assert {name: value.hex() for name, value in metrics._asdict().items()} == hexadecimal(reference.m)
    for action in actions:
        if simulator.done:
            break
        expected = reference.step(action)
        metrics, info = simulator.step(action)
        assert {name: value.hex() for name, value in metrics._asdict().items()} == hexadecimal(expected.metrics)
        assert (info.health, info.reward, simulator.pressure) == (expected.health, expected.reward, expected.pressure)
        assert simulator.flags == expected.flags
        assert simulator.streak == expected.streak
        assert (info.action_was_effective, info.resolved, info.crashed, info.truncated) == (
            expected.effective,
            expected.resolved,
            expected.crashed,
            expected.truncated,
        )
    return simulator


def hexadecimal(metrics: dict[str, float]) -> dict[str, str]:
    return {name: float(value).hex() for name, value in metrics.items()}


@hypothesis.settings(max_examples=MANY)
@given(episodes())
def test_any_incident_is_played_as_the_reference_plays_it(
    episode: tuple[dict[str, Any], int, list[ActionType]],
) -> None:
    play_both(*episode)


@pytest.mark.parametrize("incident", ["cpu_overload", "dns_failure", "log_flood_disk_full", "syn_flood", "slow_leak"])
@given(seed=SEEDS, actions=st.lists(st.sampled_from(ActionType), min_size=30, max_size=60))
@hypothesis.settings(max_examples=20)
def test_bundled_incidents_are_played_as_the_reference_plays_them(
    incident: str, seed: int, actions: list[ActionType]
) -> None:
    play_both(bundled_incident(incident).model_dump(mode="json", exclude_none=True), seed, actions)


class TestRepeats:
    def test_benefits_wear_out_with_every_earlier_choice_of_the_same_action(self) -> None:
        simulator = started(
            repeat_factor=0.5,
            initial={"memory_usage": 0.9},
            actions={"clear_cache": {"memory_usage": -0.2}, "scale_up": {"memory_usage": -0.1}},
        )
        assert trace(simulator, "memory_usage", CLEAR, SCALE, CLEAR, WAIT, CLEAR) == [0.7, 0.6, 0.5, 0.5, 0.45]

    def test_harms_do_not_wear_out(self) -> None:
        simulator = started(repeat_factor=0.5, actions={"scale_up": {"memory_usage": 0.1}})
        assert trace(simulator, "memory_usage", SCALE, SCALE, SCALE) == [0.54, 0.64, 0.74]

    def test_a_choice_whose_requirement_was_not_met_counts_as_a_use(self) -> None:
        simulator = started(
            repeat_factor=0.5,
            initial={"memory_usage": 0.9},
            actions={
                "clear_cache": {"memory_usage": -0.2, "requires": "ready", "otherwise": {"memory_usage": -0.04}},
                "scale_up": {"sets": "ready"},
            },
        )
        assert trace(simulator, "memory_usage", CLEAR, CLEAR, SCALE, CLEAR) == [0.86, 0.84, 0.84, 0.79]

    def test_benefits_to_the_pressure_wear_out_too(self) -> None:
        simulator = started(repeat_factor=0.5, pressure={"initial": 0.9}, actions={"throttle_cpu": {"pressure": -0.4}})
        assert pressures(simulator, THROTTLE, THROTTLE, THROTTLE) == [0.5, 0.3, 0.2]

    @given(st.floats(0, 1), st.integers(0, 300))
    def test_the_factor_is_the_correctly_rounded_power(self, factor: float, uses: int) -> None:
        assert repeat_power(factor, uses) == float(Fraction(factor) ** uses)

    @pytest.mark.parametrize("factor", [0.5, 0.25, 2.0**-5, 2.0**-43, 0.6, 0.75, 0.999, 1.0, 0.0, 5e-324, 1 - 2**-53])
    @pytest.mark.parametrize("uses", [0, 1, 64, 65, 215, 537, 538, 1073, 1074, 1075, 1076, 3000])
    def test_the_factor_is_correctly_rounded_where_doubles_end(self, factor: float, uses: int) -> None:
        assert repeat_power(factor, uses) == float(Fraction(factor) ** uses)

    def test_a_million_repeats_take_no_big_numbers(self) -> None:
        assert repeat_power(0.999999, 1_000_000) == pytest.approx(math.exp(1e6 * math.log(0.999999)), rel=1e-9)
        assert repeat_power(1e-300, 1_000_000) == 0.0

    def test_the_table_of_worn_rows_stays_small(self) -> None:
        rows = WornRows((-0.5, 0.0, 0.0, 0.0, 0.25, 0.0), 0.999)
        for uses in range(10_000):
            assert rows[uses] == (-0.5 * repeat_power(0.999, uses), 0.0, 0.0, 0.0, 0.25, 0.0)
        assert len(rows) < 1000


class TestDelayedEffects:
    def test_an_effect_falls_due_so_many_steps_after_the_action(self) -> None:
        simulator = started(actions={"scale_up": {"later": {"after": 2, "latency": 0.1}}})
        assert trace(simulator, "latency", SCALE, WAIT, WAIT, WAIT) == [0.09, 0.09, 0.19, 0.19]

    def test_effects_of_several_actions_may_fall_due_together(self) -> None:
        simulator = started(
            actions={
                "scale_up": {"later": {"after": 2, "latency": 0.1}},
                "clear_cache": {"later": {"after": 1, "latency": 0.05}},
            }
        )
        assert trace(simulator, "latency", SCALE, CLEAR, WAIT) == [0.09, 0.09, 0.24]

    def test_what_falls_due_together_is_added_oldest_first(self) -> None:
        simulator = started(
            actions={
                "scale_up": {"later": {"after": 3, "latency": 0.1}},
                "clear_cache": {"later": {"after": 2, "latency": 0.2}},
                "throttle_cpu": {"later": {"after": 1, "latency": 0.3}},
            }
        )
        for action in (SCALE, CLEAR, THROTTLE):
            simulator.step(action)
        _, info = simulator.step(WAIT)
        oldest_first, newest_first = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
        assert oldest_first != newest_first
        assert info.transition.due[2] == oldest_first

    def test_its_benefits_wear_out_like_those_of_the_action(self) -> None:
        simulator = started(
            repeat_factor=0.5,
            initial={"memory_usage": 0.9},
            actions={"scale_up": {"later": {"after": 1, "memory_usage": -0.2}}},
        )
        assert trace(simulator, "memory_usage", SCALE, SCALE, WAIT, WAIT) == [0.9, 0.7, 0.6, 0.6]

    def test_asking_again_restarts_the_timer_and_nothing_wears_out(self) -> None:
        simulator = started(
            repeat_factor=0.5,
            initial={"memory_usage": 0.9},
            actions={"scale_up": {"reissue_restarts_timer": True, "later": {"after": 2, "memory_usage": -0.2}}},
        )
        assert trace(simulator, "memory_usage", SCALE, SCALE, WAIT, WAIT, WAIT) == [0.9, 0.9, 0.9, 0.7, 0.7]

    def test_an_effect_due_in_the_step_of_asking_again_has_happened(self) -> None:
        simulator = started(
            initial={"memory_usage": 0.9},
            actions={"scale_up": {"reissue_restarts_timer": True, "later": {"after": 1, "memory_usage": -0.2}}},
        )
        assert trace(simulator, "memory_usage", SCALE, SCALE, WAIT) == [0.9, 0.7, 0.5]

    def test_restarting_a_timer_leaves_the_effects_of_other_actions_alone(self) -> None:
        simulator = started(
            actions={
                "scale_up": {"reissue_restarts_timer": True, "later": {"after": 3, "latency": 0.1}},
                "clear_cache": {"later": {"after": 2, "latency": 0.05}},
            }
        )
        assert trace(simulator, "latency", SCALE, CLEAR, SCALE, WAIT, WAIT, WAIT) == [
            0.09, 0.09, 0.09, 0.14, 0.14, 0.24,
        ]  # fmt: skip

    def test_an_action_whose_requirement_was_not_met_has_no_delayed_effect(self) -> None:
        simulator = started(
            actions={
                "clear_cache": {"requires": "ready", "later": {"after": 1, "latency": 0.1}},
                "scale_up": {"sets": "ready"},
            }
        )
        assert trace(simulator, "latency", CLEAR, WAIT, SCALE, CLEAR, WAIT) == [0.09, 0.09, 0.09, 0.09, 0.19]

    def test_what_is_pending_is_told_soonest_first(self) -> None:
        simulator = started(actions={"scale_up": {"later": {"after": 3}}, "clear_cache": {"later": {"after": 1}}})
        simulator.step(SCALE)
        simulator.step(CLEAR)
        assert list(simulator.pending) == [(1, CLEAR), (2, SCALE)]
        simulator.step(WAIT)
        assert list(simulator.pending) == [(1, SCALE)]


class TestFlags:
    def test_a_flag_counts_from_the_step_that_sets_it(self) -> None:
        simulator = started(
            pressure={"initial": 0.5, "growth": 0.1, "growth_when_cured": -0.1},
            actions={"scale_up": {"sets": "cured"}},
        )
        assert pressures(simulator, WAIT, SCALE, WAIT) == [0.6, 0.5, 0.4]
        assert simulator.flags == {"cured"}

    def test_what_happens_otherwise_sets_no_flag(self) -> None:
        simulator = started(
            actions={
                "restart_service": {"requires": "space", "sets": "cured"},
                "clear_cache": {"sets": "space"},
            }
        )
        simulator.step(RESTART)
        assert simulator.flags == set()
        simulator.step(CLEAR)
        simulator.step(RESTART)
        assert simulator.flags == {"space", "cured"}

    def test_without_otherwise_an_unmet_requirement_does_nothing(self) -> None:
        simulator = started(
            actions={"clear_cache": {"memory_usage": -0.2, "requires": "ready"}, "scale_up": {"sets": "ready"}}
        )
        assert trace(simulator, "memory_usage", CLEAR, SCALE, CLEAR) == [0.44, 0.44, 0.24]


class TestOutage:
    def test_a_restart_takes_the_service_down_for_its_own_step(self) -> None:
        assert trace(started(), "service_healthy", RESTART, WAIT) == [0.0, 1.0]

    def test_down_for_keeps_it_down_for_so_many_more_steps(self) -> None:
        simulator = started(actions={"restart_service": {"down_for": 2}})
        assert trace(simulator, "service_healthy", WAIT, RESTART, WAIT, WAIT, WAIT) == [1.0, 0.0, 0.0, 0.0, 1.0]

    def test_any_action_may_take_it_down(self) -> None:
        simulator = started(actions={"scale_up": {"down_for": 1}})
        assert trace(simulator, "service_healthy", SCALE, WAIT, WAIT) == [0.0, 0.0, 1.0]

    def test_of_overlapping_outages_the_later_end_counts(self) -> None:
        simulator = started(actions={"restart_service": {"down_for": 3}, "scale_up": {"down_for": 1}})
        assert trace(simulator, "service_healthy", RESTART, SCALE, WAIT, WAIT, WAIT) == [0.0, 0.0, 0.0, 0.0, 1.0]

    def test_otherwise_has_an_outage_of_its_own(self) -> None:
        simulator = started(
            actions={
                "restart_service": {"down_for": 1, "requires": "space", "otherwise": {"down_for": 3}},
                "clear_cache": {"sets": "space"},
            }
        )
        down = trace(simulator, "service_healthy", RESTART, CLEAR, WAIT, WAIT, WAIT, RESTART, WAIT, WAIT)
        assert down == [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]

    def test_outage_left_counts_the_steps_still_to_come(self) -> None:
        simulator = started(actions={"restart_service": {"down_for": 2}})
        left = []
        for action in (RESTART, WAIT, WAIT, WAIT):
            simulator.step(action)
            left.append(simulator.outage_left)
        assert left == [2, 1, 0, 0]

    def test_a_service_that_fails_half_its_requests_fades_and_comes_back_at_once(self) -> None:
        simulator = started(initial={"error_rate": 0.55}, actions={"scale_up": {"error_rate": -0.1}})
        assert trace(simulator, "service_healthy", WAIT, WAIT, SCALE) == [0.9, 0.8, 1.0]

    def test_a_fading_service_ends_at_nought(self) -> None:
        simulator = started(initial={"error_rate": 0.55, "service_healthy": 0.25})
        assert trace(simulator, "service_healthy", WAIT, WAIT, WAIT, WAIT) == [0.15, 0.05, 0.0, 0.0]

    def test_the_error_rate_that_decides_is_the_one_before_noise_and_clip(self) -> None:
        # With noise some of the metrics seen lie above 0.5 though the raw figure never does.
        simulator = SystemSimulator(5)
        simulator.reset(make_incident(initial={"error_rate": 0.4999}, recovery=1.0, baseline={"error_rate": 0.4999},
                                      pressure={"initial": 0.0}, max_steps=100))  # fmt: skip
        seen = [simulator.step(WAIT)[0] for _ in range(100)]
        assert max(metrics.error_rate for metrics in seen) > 0.5
        assert {metrics.service_healthy for metrics in seen} == {1.0}


class TestPressure:
    def test_above_the_threshold_it_feeds_itself_and_below_it_heals(self) -> None:
        figures = {"threshold": 0.5, "growth": 0.1, "decay": 0.2}
        assert pressures(started(pressure={"initial": 0.6, **figures}), WAIT, WAIT) == [0.7, 0.8]
        assert pressures(started(pressure={"initial": 0.5, **figures}), WAIT, WAIT, WAIT) == [0.3, 0.1, 0.0]

    def test_without_a_threshold_it_grows_while_there_is_any(self) -> None:
        simulator = started(pressure={"initial": 0.2, "growth": 0.1}, actions={"scale_up": {"pressure": -1.0}})
        assert pressures(simulator, WAIT, SCALE, WAIT) == [0.3, 0.0, 0.0]

    def test_without_a_threshold_decay_means_nothing(self) -> None:
        simulator = started(pressure={"initial": 0.0, "decay": 0.2}, actions={"scale_up": {"pressure": 0.5}})
        assert pressures(simulator, WAIT, SCALE, WAIT) == [0.0, 0.5, 0.5]

    def test_it_stays_within_nought_and_one(self) -> None:
        simulator = started(pressure={"initial": 0.9, "growth": 0.4}, actions={"scale_up": {"pressure": -1.0}})
        assert pressures(simulator, WAIT, SCALE, SCALE) == [1.0, 0.4, 0.0]

    def test_it_does_not_fall_below_its_floor_until_the_floor_is_lifted(self) -> None:
        simulator = started(
            pressure={"initial": 0.8, "floor": 0.5, "floor_lifted_by": "warm"},
            actions={"scale_up": {"sets": "warm"}, "throttle_cpu": {"pressure": -0.6}},
        )
        assert pressures(simulator, THROTTLE, SCALE, THROTTLE) == [0.5, 0.5, 0.0]

    def test_once_cured_its_own_growth_replaces_the_other(self) -> None:
        simulator = started(
            pressure={"initial": 0.5, "threshold": 0.3, "growth": 0.1, "decay": 0.2, "growth_when_cured": -0.05},
            actions={"scale_up": {"sets": "cured"}},
        )
        assert pressures(simulator, WAIT, SCALE, WAIT, *[WAIT] * 5) == [0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25]

    def test_cured_means_nothing_where_no_growth_is_given_for_it(self) -> None:
        simulator = started(pressure={"initial": 0.5, "growth": 0.1}, actions={"scale_up": {"sets": "cured"}})
        assert pressures(simulator, SCALE, WAIT) == [0.6, 0.7]

    def test_it_scales_the_drift_of_its_own_step(self) -> None:
        simulator = started(drift={"latency": 0.1}, pressure={"initial": 0.5}, actions={"scale_up": {"pressure": -0.3}})
        assert trace(simulator, "latency", WAIT, SCALE) == [0.14, 0.16]

    def test_without_a_table_it_is_one_whatever_actions_do_to_it(self) -> None:
        simulator = started(drift={"latency": 0.01}, actions={"scale_up": {"pressure": -0.5}})
        assert pressures(simulator, WAIT, SCALE) == [1.0, 1.0]
        assert simulator.metrics.latency == pytest.approx(0.11)


class TestRecovery:
    def test_metrics_are_pulled_towards_the_baseline_as_the_pressure_falls(self) -> None:
        figures = {"recovery": 0.5, "baseline": {"latency": 0.1}, "initial": {"latency": 0.5}}
        assert trace(started(**figures, pressure={"initial": 0.0}), "latency", WAIT, WAIT) == [0.3, 0.2]
        assert trace(started(**figures, pressure={"initial": 0.5}), "latency", WAIT) == [0.4]
        assert trace(started(**figures, pressure={"initial": 1.0}), "latency", WAIT) == [0.5]

    def test_a_baseline_that_is_not_given_is_nought(self) -> None:
        simulator = started(recovery=0.5, pressure={"initial": 0.0}, initial={"latency": 0.4})
        assert trace(simulator, "latency", WAIT) == [0.2]


class TestEnd:
    def test_three_healthy_steps_in_a_row_resolve(self) -> None:
        simulator = started(initial={"latency": 0.3, "packet_loss": 0.01}, actions={"scale_up": {"latency": -0.2}})
        infos = [simulator.step(action)[1] for action in (WAIT, SCALE, WAIT, WAIT)]
        assert [info.resolved for info in infos] == [False, False, False, True]
        assert [info.transition.streak for info in infos] == [0, 1, 2, 3]
        assert infos[-1].terminated
        assert not infos[-1].truncated

    def test_an_unhealthy_step_breaks_the_streak(self) -> None:
        simulator = started(initial={"packet_loss": 0.01})
        infos = [simulator.step(action)[1] for action in (WAIT, WAIT, RESTART, WAIT, WAIT, WAIT)]
        assert [info.transition.streak for info in infos] == [1, 2, 0, 1, 2, 3]

    @pytest.mark.parametrize(("metric", "at"), [("cpu_usage", 0.98), ("memory_usage", 0.98), ("error_rate", 0.90)])
    def test_reaching_a_crash_threshold_crashes(self, metric: str, at: float) -> None:
        simulator = started(
            initial={metric: at - 0.05}, actions={"scale_up": {metric: 0.0499}, "clear_cache": {metric: 0.0002}}
        )
        _, before = simulator.step(SCALE)
        _, after = simulator.step(CLEAR)
        assert (before.crashed, after.crashed, after.terminated) == (False, True, True)

    @pytest.mark.parametrize("metric", ["latency", "packet_loss"])
    def test_latency_and_packet_loss_never_crash(self, metric: str) -> None:
        simulator = started(initial={metric: 1.0})
        assert not simulator.step(WAIT)[1].crashed

    def test_the_last_step_truncates_unless_it_resolves_or_crashes(self) -> None:
        bad = started(initial={"latency": 0.5}, max_steps=3)
        outcomes = [bad.step(WAIT)[1] for _ in range(3)]
        assert [info.truncated for info in outcomes] == [False, False, True]
        assert not outcomes[-1].terminated
        good = started(initial={"packet_loss": 0.01}, max_steps=3)
        assert [good.step(WAIT)[1].resolved for _ in range(3)][-1]
        crashing = started(initial={"cpu_usage": 0.9}, drift={"cpu_usage": 0.03}, max_steps=3)
        last = [crashing.step(WAIT)[1] for _ in range(3)][-1]
        assert (last.crashed, last.truncated) == (True, False)


def test_compiled_rules_survive_pickling() -> None:
    incident = bundled_incident("syn_flood")
    simulators = [SystemSimulator(4), SystemSimulator(4)]
    simulators[0].reset(incident)
    simulators[1].reset(pickle.loads(pickle.dumps(incident)))  # noqa: S301  (its own bytes)
    for action in (SCALE, SCALE, THROTTLE, RESTART, SCALE):
        assert simulators[0].step(action)[0] == simulators[1].step(action)[0]
