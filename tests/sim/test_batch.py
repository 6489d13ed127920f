"""The batch simulator: each of its environments is a simulator of its own, and what may be called when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim import streams, tables
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.batch import BatchError, BatchSimulator, BatchStep
from noc_tui.sim.catalog import IncidentType, default_catalog
from noc_tui.sim.errors import EpisodeOverError, NotResetError, UnknownIncidentError
from noc_tui.sim.incident import Incident
from noc_tui.sim.simulator import StepInfo, SystemSimulator
from tests.factories import make_incident
from tests.sim.batches import told, told_of_row
from tests.strategies import SEEDS, incident_definitions

WAIT = [0, 0, 0]
SEED_OR_NONE = st.none() | SEEDS


def restless(**changes: Any) -> Incident:
    """An incident that neither resolves nor crashes by itself."""
    return make_incident(initial={"packet_loss": 0.3}, **{"max_steps": 50, "start_sd": 0.02, **changes})


def three(**changes: Any) -> BatchSimulator:
    """Three restless servers, reset."""
    batch = BatchSimulator(restless(**changes), 3, 0)
    batch.reset()
    return batch


def assert_same(batch: BatchSimulator, row: int, simulator: SystemSimulator) -> None:
    """The row is in the state of the simulator, what nobody sees included."""
    assert told_of_row(batch._state, row) == told(simulator)


def assert_reported(step: BatchStep, row: int, info: StepInfo) -> None:
    """The row of the step says what the simulator said."""
    assert step.metrics[row].tobytes() == info.transition.after.to_array().tobytes()
    assert step.rewards[row].hex() == info.reward.hex()
    got = (step.resolved[row], step.crashed[row], step.truncated[row], step.effective[row], step.done[row])
    assert got == (info.resolved, info.crashed, info.truncated, info.action_was_effective, info.done)


def turns(n: int) -> st.SearchStrategy[tuple[list[int], list[bool], list[int | None] | None]]:
    """Actions of `n` environments, which of them are reset afterwards, and with which seeds."""

    def as_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(values, min_size=n, max_size=n)

    rarely = st.integers(0, 9).map(lambda number: number == 9)
    return st.tuples(as_many(st.integers(0, 5)), as_many(rarely), st.none() | as_many(SEED_OR_NONE))


class TestAnyBatch:
    @given(data=st.data(), block=st.sampled_from([1, 3, 64]), uses=st.sampled_from([2, 5, 32]))
    def test_each_environment_equals_a_simulator_of_the_same_seed(
        self, data: st.DataObject, block: int, uses: int
    ) -> None:
        incidents = [
            Incident.model_validate(data.draw(incident_definitions())) for _ in range(data.draw(st.integers(1, 3)))
        ]
        each = data.draw(st.lists(st.sampled_from(incidents), min_size=1, max_size=5))
        n = len(each)
        seeds = data.draw(st.lists(SEEDS, min_size=n, max_size=n))
        plan = data.draw(st.lists(turns(n), min_size=10, max_size=30))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "BLOCK", block)
            patch.setattr(tables, "_FIRST_TABULATED", uses)
            batch = BatchSimulator(each, n, seeds)
            simulators = [SystemSimulator(seed) for seed in seeds]
            metrics = batch.reset()
            for row, simulator in enumerate(simulators):
                assert metrics[row].tobytes() == simulator.reset(each[row]).to_array().tobytes()
            for actions, resets, fresh in plan:
                step = batch.step(actions)
                for row, simulator in enumerate(simulators):
                    assert_reported(step, row, simulator.step(ACTIONS[actions[row]])[1])
                    assert_same(batch, row, simulator)
                mask = batch.done | np.array(resets)
                metrics = batch.reset(fresh, mask)
                for row in np.flatnonzero(mask).tolist():
                    simulator = simulators[row]
                    started = simulator.reset(each[row], fresh[row] if fresh else None)
                    assert metrics[row].tobytes() == started.to_array().tobytes()
                    assert_same(batch, row, simulator)
                    assert (batch.seeds[row], batch.normals_before_reset[row]) == (
                        simulator.seed,
                        simulator.normals_before_reset,
                    )

    def test_all_bundled_incidents_side_by_side_equal_their_simulators(self) -> None:
        ids = [incident for incident in default_catalog().ids for _ in range(2)]
        batch = BatchSimulator(ids, len(ids), 40)
        simulators = [SystemSimulator(40 + row) for row in range(len(ids))]
        batch.reset()
        for simulator, incident in zip(simulators, batch.incidents, strict=True):
            simulator.reset(incident)
        rng = np.random.default_rng(1)
        for _ in range(90):
            actions = rng.integers(0, 6, len(ids))
            step = batch.step(actions)
            for row, simulator in enumerate(simulators):
                assert_reported(step, row, simulator.step(ACTIONS[actions[row]])[1])
                if step.done[row]:
                    simulator.reset(batch.incidents[row])
            batch.reset(mask=step.done)

    def test_uses_beyond_any_table_still_wear_out_as_they_should(self) -> None:
        remedy = {"latency": -0.3, "pressure": -0.2, "later": {"after": 2, "latency": -0.4, "packet_loss": 0.01}}
        factors = (0.5, 0.97, 0.999, 0.0, 1.0)
        each = [
            restless(
                repeat_factor=factor,
                max_steps=1200,
                drift={"latency": 0.2},
                baseline={"latency": 0.5, "packet_loss": 0.3},
                recovery=0.5,
                pressure={"initial": 0.5, "growth": 0.03},
                actions={"clear_cache": remedy},
            )
            for factor in factors
        ]
        batch = BatchSimulator(each, len(each), 3)
        simulators = [SystemSimulator(3 + row) for row in range(len(each))]
        batch.reset()
        for simulator, incident in zip(simulators, each, strict=True):
            simulator.reset(incident)
        clear = [ACTIONS.index(ActionType.CLEAR_CACHE)] * len(each)
        for _ in range(1200):
            step = batch.step(clear)
            for row, simulator in enumerate(simulators):
                assert_reported(step, row, simulator.step("clear_cache")[1])
        assert batch.done.all()
        assert all(batch._state.uses[3] == 1200)


def test_the_example_of_the_page_runs() -> None:
    page = (Path(__file__).parents[2] / "docs/simulator.md").read_text(encoding="utf-8")
    section = page.partition("\n## Batches\n")[2].partition("\n## ")[0]
    code = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ") or not line)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  (it is our own page)
    assert names["metrics"].shape == (256, 6)
    assert names["step"].done.any()


class TestSeeds:
    def test_one_integer_stands_for_it_and_those_that_follow(self) -> None:
        batch = BatchSimulator(restless(), 3, 7)
        assert batch.seeds == (7, 8, 9)
        assert batch.reset().tobytes() == BatchSimulator(restless(), 3, [7, 8, 9]).reset().tobytes()
        assert batch.reset(20).tobytes() == BatchSimulator(restless(), 3, np.array([20, 21, 22])).reset().tobytes()
        assert batch.seeds == (20, 21, 22)

    def test_with_a_mask_an_environment_has_the_seed_of_its_own_place(self) -> None:
        batch = three()
        batch.reset(20, [False, False, True])
        assert batch.seeds == (0, 1, 22)
        batch.reset([50, -1, "none of this is looked at"], [True, False, False])  # type: ignore[list-item]
        assert batch.seeds == (50, 1, 22)

    def test_a_reset_without_a_seed_goes_on_with_the_stream(self) -> None:
        batch = three()
        for _ in range(4):
            batch.step(WAIT)
        metrics = batch.reset([None, 1, None])
        assert batch.normals_before_reset.tolist() == [25, 0, 25]
        simulator = SystemSimulator(2)
        simulator.skip_normals(25)
        assert metrics[2].tolist() == list(simulator.reset(restless()))
        assert metrics[1].tolist() == list(SystemSimulator(1).reset(restless()))

    @pytest.mark.parametrize(
        ("seeds", "sentence"),
        [
            ([1, 2], "seeds: 2 given; expected 3, one for each environment"),
            ([], "seeds: 0 given; expected 3, one for each environment"),
            ("abc", "seeds: 'abc' given; expected a list of 3, or one whole number from 0 on"),
            (1.5, "seeds: 1.5 given; expected a list of 3, or one whole number from 0 on"),
            (True, "seeds: true given; expected a list of 3, or one whole number from 0 on"),
            (-1, "seeds is -1; expected a whole number from 0 on"),
            ([1, -2, 3], "the seed of environment 1 is -2; expected a whole number from 0 on"),
            ([1, 2, 3.0], "the seed of environment 2 is 3.0; expected a whole number from 0 on"),
            (np.zeros(3), "the seed of environment 0 is 0.0; expected a whole number from 0 on"),
        ],
    )
    def test_seeds_that_are_none_are_refused_and_change_nothing(self, seeds: Any, sentence: str) -> None:
        with pytest.raises(BatchError) as error:
            BatchSimulator(restless(), 3, seeds)
        assert str(error.value) == sentence
        batch, other = three(), three()
        with pytest.raises(BatchError) as error:
            batch.reset(seeds)
        assert str(error.value) == sentence
        assert batch.seeds == (0, 1, 2)
        assert batch.step(WAIT).metrics.tobytes() == other.step(WAIT).metrics.tobytes()

    def test_every_environment_needs_a_seed_of_its_own_at_first(self) -> None:
        with pytest.raises(BatchError, match=r"^the seed of environment 1 is None; expected a whole number from 0 on$"):
            BatchSimulator(restless(), 3, [1, None, 3])  # type: ignore[list-item]


class TestIncidents:
    def test_they_may_be_given_by_id(self) -> None:
        batch = BatchSimulator([IncidentType.MEMORY_LEAK, "syn_flood", restless()], 3, 0)
        assert [incident.id for incident in batch.incidents] == ["memory_leak", "syn_flood", "sample"]
        metrics = batch.reset()
        assert metrics[1].tolist() == list(SystemSimulator(1).reset("syn_flood"))
        one_for_all = BatchSimulator("syn_flood", 2, 0)
        assert one_for_all.reset()[1].tolist() == metrics[1].tolist()

    @pytest.mark.parametrize(
        ("incidents", "sentence"),
        [
            (["syn_flood"] * 2, "incidents: 2 given; expected 3, one for each environment, or just one"),
            (None, "incidents: None given; expected an incident, its id, or a list of 3"),
            (["syn_flood", 7, None], "the incident of environment 1 is 7; expected an incident or its id"),
        ],
    )
    def test_incidents_that_do_not_fit_are_refused(self, incidents: Any, sentence: str) -> None:
        with pytest.raises(BatchError) as error:
            BatchSimulator(incidents, 3, 0)
        assert str(error.value) == sentence

    def test_an_incident_that_does_not_exist_suggests_the_nearest(self) -> None:
        with pytest.raises(UnknownIncidentError, match=r"did you mean syn_flood\?"):
            BatchSimulator("syn_floot", 3, 0)

    @pytest.mark.parametrize("count", [0, -3, 2.0, True, "3"])
    def test_there_has_to_be_an_environment(self, count: Any) -> None:
        with pytest.raises(BatchError, match=r"^num_envs is .*; expected a whole number from 1 on$"):
            BatchSimulator(restless(), count, 0)

    def test_the_step_limits_may_be_overridden(self) -> None:
        batch = BatchSimulator([restless(max_steps=9), restless(max_steps=1)], 2, 0, max_steps=2)
        batch.reset()
        assert batch.step([0, 0]).truncated.tolist() == [False, False]
        assert batch.step([0, 0]).truncated.tolist() == [True, True]
        with pytest.raises(BatchError, match=r"^max_steps is 0; expected a whole number from 1 on$"):
            BatchSimulator(restless(), 3, 0, max_steps=0)


class TestReset:
    def test_a_mask_leaves_the_others_where_they_are(self) -> None:
        batch, other = three(), three()
        for simulator in (batch, other):
            simulator.step(WAIT)
        before = batch.metrics
        metrics = batch.reset(mask=[False, True, False])
        assert (metrics != before).any(axis=1).tolist() == [False, True, False]
        assert batch.normals_before_reset.tolist() == [0, 10, 0]
        step, expected = batch.step([0, 0, 3]), other.step([0, 0, 3])
        for row in (0, 2):
            assert step.metrics[row].tobytes() == expected.metrics[row].tobytes()
            assert step.rewards[row] == expected.rewards[row]

    def test_a_mask_of_nobody_changes_nothing(self) -> None:
        batch, other = three(), three()
        batch.reset(5, [False] * 3)
        assert batch.seeds == (0, 1, 2)
        assert batch.step(WAIT).metrics.tobytes() == other.step(WAIT).metrics.tobytes()

    @pytest.mark.parametrize("mask", [[True], [True, False], [[True, False, True]], [0, 2, 1], True, "yes"])
    def test_a_mask_of_another_shape_or_kind_is_refused(self, mask: Any) -> None:
        with pytest.raises(BatchError, match=r"^mask has shape .* and type .*; expected 3 of true and false$"):
            three().reset(mask=mask)

    def test_before_the_first_reset_there_are_no_metrics(self) -> None:
        batch = BatchSimulator(restless(), 3, 0)
        assert np.isnan(batch.metrics).all()
        assert np.isnan(batch.reset(mask=[True, False, True])).all(axis=1).tolist() == [False, True, False]


class TestStep:
    def test_arrays_have_the_promised_shapes_and_types(self) -> None:
        step = three().step(WAIT)
        assert step.metrics.shape == (3, 6)
        assert {array.dtype for array in step[:2]} == {np.dtype(np.float64)}
        assert {(array.shape, array.dtype) for array in step[2:]} == {((3,), np.dtype(np.bool_))}

    def test_what_was_returned_is_the_callers_own(self) -> None:
        batch, other = three(), three()
        first = batch.reset(1)
        expected = other.reset(1)
        kept = []
        for _ in range(3):
            step = batch.step(WAIT)
            kept.append((step, [array.copy() for array in step]))
            other_step = other.step(WAIT)
            assert [array.tobytes() for array in step] == [array.tobytes() for array in other_step]
        assert first.tobytes() == expected.tobytes()
        for step, copies in kept:
            assert [array.tobytes() for array in step] == [array.tobytes() for array in copies]
        for array in (first, batch.metrics, batch.done, batch.normals_before_reset, *step):
            array[:] = True
        assert batch.step(WAIT).metrics.tobytes() == other.step(WAIT).metrics.tobytes()

    def test_actions_are_taken_in_any_type_of_whole_numbers(self) -> None:
        given = ([1, 2, 3], (1, 2, 3), np.array([1, 2, 3], dtype=np.uint8), np.array([1, 2, 3], dtype=np.int64))
        assert len({three().step(actions).metrics.tobytes() for actions in given}) == 1

    def test_the_actions_array_is_left_as_it_was(self) -> None:
        actions = np.array([5, 4, 3], dtype=np.intp)
        three().step(actions)
        assert actions.tolist() == [5, 4, 3]

    @pytest.mark.parametrize(
        ("actions", "sentence"),
        [
            ([0, 6, 9], "the action of environment 1 is 6; expected 0 to 5"),
            ([0, 0, -1], "the action of environment 2 is -1; expected 0 to 5"),
            ([0, 0], "actions have shape (2,) and type int64; expected 3 whole numbers"),
            ([[0, 0, 0]], "actions have shape (1, 3) and type int64; expected 3 whole numbers"),
            ([0.0, 1.0, 2.0], "actions have shape (3,) and type float64; expected 3 whole numbers"),
            ([True, False, True], "actions have shape (3,) and type bool; expected 3 whole numbers"),
            (np.array([0, 1, 2**63], dtype=np.uint64), f"the action of environment 2 is {2**63}; expected 0 to 5"),
        ],
    )
    def test_actions_that_are_none_are_refused_and_change_nothing(self, actions: Any, sentence: str) -> None:
        batch, other = three(), three()
        with pytest.raises(BatchError) as error:
            batch.step(actions)
        assert str(error.value) == sentence
        assert batch.step(WAIT).metrics.tobytes() == other.step(WAIT).metrics.tobytes()

    def test_a_step_before_the_first_reset_names_the_environment(self) -> None:
        batch = BatchSimulator(restless(), 3, 0)
        batch.reset(mask=[True, False, True])
        sentence = r"^environment 1 has not been reset; call reset\(\) before the first step$"
        with pytest.raises(NotResetError, match=sentence):
            batch.step(WAIT)

    @pytest.mark.parametrize(
        ("changes", "ending", "step"),
        [
            ({"max_steps": 3, "initial": {"latency": 0.5}}, "truncated", 3),
            ({"initial": {"cpu_usage": 0.97}, "drift": {"cpu_usage": 0.2}}, "crashed", 1),
            ({"initial": {"latency": 0.0}}, "resolved", 3),
        ],
    )
    def test_a_step_after_the_end_says_where_and_how_it_ended(
        self, changes: dict[str, Any], ending: str, step: int
    ) -> None:
        batch = BatchSimulator([restless(), restless(), make_incident(**changes)], 3, 0)
        batch.reset()
        steps = [batch.step(WAIT) for _ in range(step)]
        assert [one.done.tolist() for one in steps] == [[False] * 3] * (step - 1) + [[False, False, True]]
        assert getattr(steps[-1], ending).tolist() == [False, False, True]
        assert batch.done.tolist() == [False, False, True]
        before = batch.metrics
        sentence = f"^the episode of environment 2 ended {ending} at step {step}; call reset with a mask that names it"
        with pytest.raises(EpisodeOverError, match=sentence):
            batch.step(WAIT)
        assert batch.metrics.tobytes() == before.tobytes()
        batch.reset(mask=batch.done)
        assert not batch.step(WAIT).done[:2].any()
