"""The state behind the batch: what a planner copies out of a running episode, expands and steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim import tables as module
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch import BatchSimulator
from noc_tui.sim.batch_state import BatchState, health_scores
from noc_tui.sim.errors import NotResetError
from noc_tui.sim.incident import Incident
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.tables import Tables
from tests.factories import NoiselessSimulator, bundled_incident, make_incident
from tests.sim.batches import told, told_of_row
from tests.strategies import SEEDS, episodes, incident_definitions

Episode = tuple[dict[str, Any], int, list[ActionType]]
INDICES = st.lists(st.integers(0, 5), min_size=1, max_size=12)


def played(incident: Incident, actions: list[ActionType]) -> NoiselessSimulator:
    """A simulator without noise after these actions, or after those of them that the episode lasted."""
    simulator = NoiselessSimulator(0)
    simulator.reset(incident)
    for action in actions:
        if not simulator.done:
            simulator.step(action)
    return simulator


class TestOf:
    @given(episodes(), st.integers(1, 3))
    def test_it_is_in_the_whole_state_of_the_simulator_hidden_state_included(
        self, episode: Episode, copies: int
    ) -> None:
        definition, seed, actions = episode
        simulator = SystemSimulator(seed)
        simulator.reset(Incident.model_validate(definition))
        for action in actions:
            state = BatchState.of(simulator, copies)
            assert len(state) == copies
            assert [told_of_row(state, row) for row in range(copies)] == [told(simulator)] * copies
            if not simulator.done:
                simulator.step(action)

    @given(episodes(), st.integers(0, 20), st.sampled_from([2, 32]))
    def test_it_goes_on_as_the_simulator_does(self, episode: Episode, start: int, uses: int) -> None:
        definition, _, actions = episode
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_FIRST_TABULATED", uses)
            simulator = played(Incident.model_validate(definition), actions[:start])
            state = BatchState.of(simulator, 2)
            for action in actions[start:]:
                if simulator.done:
                    break
                _, info = simulator.step(action)
                step = state.advance(np.full(2, ACTIONS.index(action)))
                assert [told_of_row(state, row) for row in range(2)] == [told(simulator)] * 2
                assert step.resolved.tolist() == [info.resolved] * 2
                assert step.crashed.tolist() == [info.crashed] * 2
                assert health_scores(state.metrics).tolist() == [info.health] * 2

    @given(SEEDS, INDICES)
    def test_with_the_noise_of_a_simulator_it_meets_the_same_metrics(self, seed: int, actions: list[int]) -> None:
        simulator, rng = SystemSimulator(seed), np.random.default_rng(seed)
        simulator.reset(bundled_incident("retry_storm"))
        rng.standard_normal(5)
        state = BatchState.of(simulator)
        for action in actions:
            if not simulator.done:
                simulator.step(ACTIONS[action])
                state.advance(np.array([action]), rng.normal(0, 0.008, 5)[:, None])
                assert told_of_row(state, 0) == told(simulator)

    def test_a_simulator_that_has_not_been_reset_has_no_state(self) -> None:
        with pytest.raises(NotResetError, match="call reset"):
            BatchState.of(SystemSimulator(0))

    def test_a_step_limit_of_its_own_is_copied_too(self) -> None:
        simulator = SystemSimulator(0)
        simulator.reset(bundled_incident("retry_storm"), max_steps=7)
        assert BatchState.of(simulator).limit.tolist() == [7]

    def test_an_effect_that_began_after_many_uses_is_on_its_way(self) -> None:
        incident = make_incident(
            initial={"packet_loss": 0.3},
            max_steps=400,
            repeat_factor=0.99,
            actions={"scale_up": {"later": {"after": 3, "latency": -0.5}}},
        )
        simulator = played(incident, [ActionType.SCALE_UP] * 300)
        state = BatchState.of(simulator)
        assert told_of_row(state, 0) == told(simulator)
        assert len(told(simulator)["pending"]) == 3


class TestTake:
    @given(episodes(), st.integers(0, 12), st.integers(1, 3))
    def test_every_action_can_be_tried_from_one_state(self, episode: Episode, start: int, more: int) -> None:
        definition, _, actions = episode
        incident = Incident.model_validate(definition)
        simulator = played(incident, actions[:start])
        if simulator.done:
            return
        node = BatchState.of(simulator)
        tried = node.take(np.zeros(6, dtype=np.intp))
        tried.advance(np.arange(6))
        begun = actions[: simulator.steps]
        lines = [played(incident, [*begun, action]) for action in ACTIONS]
        assert [told_of_row(tried, row) for row in range(6)] == [told(line) for line in lines]
        assert told_of_row(node, 0) == told(simulator)

        chosen = np.array([5, 1, 1])
        kept = tried.take(chosen)
        for _ in range(more):
            kept.advance(np.array([0, 1, 5]))
        for row, (first, then) in enumerate(zip(chosen, (0, 1, 5), strict=True)):
            line = played(incident, [*begun, ACTIONS[first], *[ACTIONS[then]] * more])
            if line.steps == len(begun) + 1 + more:
                assert told_of_row(kept, row) == told(line)
        assert [told_of_row(tried, row) for row in range(6)] == [told(line) for line in lines]

    @pytest.mark.parametrize("incident", ["cpu_overload", "slow_leak"])
    def test_there_may_be_no_rows_at_all(self, incident: str) -> None:
        nobody = np.zeros(0, dtype=np.intp)
        state = BatchState.of(played(bundled_incident(incident), [])).take(nobody)
        assert [array.shape for array in state.advance(nobody)] == [(0,), (0,)]
        assert (len(state), state.metrics.shape) == (0, (6, 0))

    @given(st.lists(incident_definitions(), min_size=2, max_size=3), SEEDS)
    def test_rows_keep_their_incidents(self, definitions: list[dict[str, Any]], seed: int) -> None:
        incidents = [Incident.model_validate(definition) for definition in definitions]
        n = len(incidents)
        batch = BatchSimulator(incidents, n, seed)
        batch.reset()
        rows = np.array([n - 1, 0, 0])
        taken = batch._state.take(rows)
        assert taken.incident.tolist() == rows.tolist()
        actions = np.array([1, 2, 3])
        taken.advance(actions)
        for row in range(3):
            simulator = SystemSimulator(seed + int(rows[row]))
            simulator.reset(incidents[rows[row]])
            simulator._noise = np.zeros_like(simulator._normals).tolist()
            simulator.step(ACTIONS[actions[row]])
            assert told_of_row(taken, row) == told(simulator)


class TestAdvance:
    def test_rows_that_have_ended_go_on_and_end_no_second_time(self) -> None:
        simulator = played(make_incident(), [])
        state = BatchState.of(simulator)
        resolved = [bool(state.advance(np.array([0])).resolved[0]) for _ in range(6)]
        assert resolved == [False, False, True, False, False, False]
        assert state.streak.tolist() == [6]

    def test_the_actions_and_the_noise_are_left_as_they_were(self) -> None:
        simulator = played(bundled_incident("retry_storm"), [])
        actions, noise = np.array([1, 5]), np.full((5, 2), 0.01)
        BatchState.of(simulator, 2).advance(actions, noise)
        assert (actions.tolist(), noise.tolist()) == ([1, 5], [[0.01] * 2] * 5)

    def test_effects_that_fall_due_together_are_added_oldest_first(self) -> None:
        oldest, middle, youngest = 0.1, 0.2, 0.3
        assert (oldest + middle) + youngest != (youngest + middle) + oldest
        incident = make_incident(
            initial={"latency": 0.0, "packet_loss": 0.3},
            actions={
                "scale_up": {"later": {"after": 3, "latency": oldest}},
                "reroute_traffic": {"later": {"after": 2, "latency": middle}},
                "clear_cache": {"later": {"after": 1, "latency": youngest}},
            },
        )
        state = BatchState.of(played(incident, []))
        for action in (5, 4, 3, 0):
            state.advance(np.array([action]))
        assert state.metrics[2].tolist() == [(oldest + middle) + youngest]

    def test_restarting_a_timer_leaves_the_effects_of_other_actions_on_their_way(self) -> None:
        incident = make_incident(
            initial={"packet_loss": 0.3},
            actions={
                "clear_cache": {"later": {"after": 3, "latency": 0.1}},
                "reroute_traffic": {"later": {"after": 3, "latency": 0.05}},
                "scale_up": {"later": {"after": 3, "latency": 0.2}, "reissue_restarts_timer": True},
            },
        )
        simulator = played(incident, [])
        state = BatchState.of(simulator)
        for action, on_their_way in ((3, 1), (5, 2), (4, 3), (5, 2), (0, 2), (0, 1), (0, 0)):
            simulator.step(ACTIONS[action])
            state.advance(np.array([action]))
            assert told_of_row(state, 0) == told(simulator)
            assert len(simulator.pending) == on_their_way


class TestTables:
    @given(incident_definitions(), st.integers(0, 150))
    def test_a_row_is_what_the_rules_say_after_so_many_uses(self, definition: dict[str, Any], uses: int) -> None:
        rules = Incident.model_validate(definition).rules
        tables = Tables([rules])
        tables.make_room(0, uses)
        for action, compiled in enumerate(rules.actions):
            effect = compiled.main if compiled.requires is None else compiled.otherwise
            number = tables.first[action] + min(uses, tables.cap[action])
            *five, pressure = effect.worn[uses]
            expected = [*five[:4], 0.0, five[4], pressure if rules.pressure else 0.0]
            assert tables.figures[:, number].tolist() == expected

    def test_making_room_leaves_the_numbers_of_old_rows_as_they_are(self) -> None:
        rules = bundled_incident("retry_storm").rules
        tables = Tables([rules])
        before = tables.figures.copy()
        tables.make_room(0, 500)
        assert tables.figures.shape[1] > before.shape[1]
        assert tables.figures[:, : before.shape[1]].tolist() == before.tolist()

    def test_no_figure_is_a_negative_zero(self) -> None:
        incident = make_incident(repeat_factor=0.0, actions={"scale_up": {"latency": -0.1, "cpu_usage": -0.0}})
        tables = Tables([incident.rules])
        assert not np.signbit(tables.figures[tables.figures == 0.0]).any()

    def test_the_tables_of_an_incident_are_made_once(self) -> None:
        rules = bundled_incident("retry_storm").rules
        assert Tables.of([rules]) is Tables.of([rules])
        assert Tables.of([rules, rules]) is not Tables.of([rules])
