"""Near-perfect play, and what actions cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.review.beam import CRASH_COST, HARM_LIMIT, PRICE
from noc_tui.review.planner import HORIZON, TIE, Evaluation, Planner, joined
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.catalog import default_catalog
from tests.factories import bundled_incident, make_incident
from tests.review.builders import plan_out, simulator_of

WAIT = ActionType.DO_NOTHING
INCIDENTS = [one for one in default_catalog().ids if bundled_incident(one).pressure is not None]
PLANNER = Planner(4, 10)
"""Quick, and good enough for what does not depend on finding the very best line."""


@pytest.mark.parametrize("incident", ["retry_storm", "syn_flood", "poison_backlog", "cold_standby", "slow_leak"])
def test_the_planner_resolves_what_no_reflex_does(incident: str) -> None:
    simulator = simulator_of(incident, seed=11)
    plan_out(simulator, Planner())
    assert simulator.streak == 3
    assert simulator.steps <= 14


def test_the_planner_keeps_its_hands_off_what_heals_by_itself() -> None:
    assert set(plan_out(simulator_of("backup_window", seed=5), Planner())) == {"-"}


@given(st.sampled_from(INCIDENTS), st.integers(0, 2**32), st.text("-XTCRS", max_size=6))
@settings(max_examples=15, deadline=None)
def test_costs_lie_between_a_step_and_a_crash_and_planning_leaves_the_simulator_alone(
    incident: str, seed: int, keys: str
) -> None:
    simulator = simulator_of(incident, seed=seed)
    for key in keys:
        if not simulator.done:
            simulator.step(ACTIONS["-XTCRS".index(key)])
    if simulator.done:
        return
    drawn, metrics, pending = simulator.normals_drawn, simulator.metrics, simulator.pending
    costs = PLANNER.q(simulator)
    most = simulator.max_steps - simulator.steps + CRASH_COST + PRICE * HORIZON
    assert all(1.0 <= cost <= most for cost in costs)
    assert PLANNER.cost(simulator) == min(costs)
    assert (simulator.normals_drawn, simulator.metrics, simulator.pending) == (drawn, metrics, pending)


def test_many_states_cost_what_each_of_them_costs_alone() -> None:
    simulators = [simulator_of("gc_death_spiral", keys, seed=4) for keys in ("", "S", "SS-", "TX", "SS-S-")]
    together = PLANNER.evaluate(joined([BatchState.of(simulator) for simulator in simulators]))
    for row, simulator in enumerate(simulators):
        assert together.cost[row].tolist() == pytest.approx(PLANNER.q(simulator), abs=1e-9)


def test_evaluating_leaves_the_states_as_they_are() -> None:
    state = BatchState.of(simulator_of("syn_flood", "RS"))
    metrics, pending, step = state.metrics.copy(), state.pending.copy(), state.step.copy()
    PLANNER.evaluate(state)
    assert (state.metrics == metrics).all()
    assert (state.pending == pending).all()
    assert (state.step == step).all()


def test_a_calm_server_costs_the_three_steps_of_the_streak() -> None:
    simulator = simulator_of(make_incident())
    assert PLANNER.best(simulator) is WAIT
    assert PLANNER.cost(simulator) == pytest.approx(3.0, abs=0.01)


def test_a_restart_while_the_streak_runs_starts_it_anew() -> None:
    simulator = simulator_of(make_incident(), "--")
    costs = PLANNER.q(simulator)
    assert costs[0] == pytest.approx(1.0, abs=0.01)
    assert costs[1] == pytest.approx(4.0 + PRICE, abs=0.01)


def test_a_crash_costs_the_rest_of_the_time_and_ten_steps() -> None:
    fatal = make_incident(max_steps=20, actions={"scale_up": {"cpu_usage": 0.9}})
    assert PLANNER.q(simulator_of(fatal))[5] == pytest.approx(1 + PRICE + 19 + CRASH_COST, abs=0.1)


def test_what_nothing_can_move_is_left_out_of_the_search() -> None:
    lossy = make_incident(initial={"packet_loss": 0.2})
    assert PLANNER.cost(simulator_of(lossy)) == pytest.approx(3.0, abs=0.01)


def test_harm_on_its_way_at_the_resolution_counts() -> None:
    later = {"after": 5, "latency": 0.6, "error_rate": 0.2}
    harmful = make_incident(actions={"scale_up": {"cpu_usage": -0.01, "later": later}})
    harmless = make_incident(actions={"scale_up": {"cpu_usage": -0.01}})
    cost, without = (PLANNER.q(simulator_of(one, "--"))[5] for one in (harmful, harmless))
    assert cost - without == pytest.approx(0.8, abs=0.01)


def test_harm_on_its_way_counts_up_to_a_limit() -> None:
    later = {"after": 5, "latency": 1.0, "error_rate": 1.0, "packet_loss": 1.0}
    harmful = make_incident(actions={"scale_up": {"cpu_usage": -0.01, "later": later}})
    harmless = make_incident(actions={"scale_up": {"cpu_usage": -0.01}})
    cost, without = (PLANNER.q(simulator_of(one, "--"))[5] for one in (harmful, harmless))
    assert cost - without == pytest.approx(HARM_LIMIT, abs=0.01)


@pytest.mark.parametrize(("waiting", "best"), [(5.0, 0), (5.0 + TIE - 0.001, 0), (5.0 + TIE + 0.001, 3)])
def test_waiting_is_best_where_nothing_is_better_by_more_than_next_to_nothing(waiting: float, best: int) -> None:
    cost = np.array([[waiting, 9.0, 9.0, 5.0, 9.0, 9.0]])
    assert Evaluation(cost, cost).best.tolist() == [best]


@pytest.mark.parametrize(("width", "horizon"), [(0, 14), (8, 0)])
def test_a_beam_needs_width_and_horizon(width: int, horizon: int) -> None:
    with pytest.raises(ValueError, match="expected at least 1 of each"):
        Planner(width, horizon)
