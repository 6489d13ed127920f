"""The simulator as its users see it: seeds and streams, what may be called when, what a step reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim import simulator as module
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import IncidentType
from noc_tui.sim.errors import EpisodeOverError, NotResetError, UnknownActionError, UnknownIncidentError
from noc_tui.sim.incident import Incident
from noc_tui.sim.simulator import SEED_LIMIT, StepInfo, SystemSimulator
from tests.factories import make_incident
from tests.strategies import SEEDS, episodes

Episode = tuple[dict[str, Any], int, list[ActionType]]
WAIT = ActionType.DO_NOTHING


def play(simulator: SystemSimulator, actions: list[ActionType]) -> list[StepInfo]:
    """Take these steps until the episode ends."""
    return [simulator.step(action)[1] for action in actions if not simulator.done]


def figures(infos: list[StepInfo]) -> list[tuple[object, ...]]:
    """All that steps report, without what points at the incident."""
    return [(*info[:-1], *info.transition[1:]) for info in infos]


def restless(**changes: Any) -> Incident:
    """An incident that neither resolves nor crashes by itself."""
    return make_incident(initial={"packet_loss": 0.3}, **{"max_steps": 50, "start_sd": 0.02, **changes})


class TestAnyEpisode:
    @given(episodes())
    def test_metrics_pressure_and_health_stay_within_nought_and_one(self, episode: Episode) -> None:
        definition, seed, actions = episode
        simulator = SystemSimulator(seed)
        assert all(0 <= value <= 1 for value in simulator.reset(Incident.model_validate(definition)))
        for info in play(simulator, actions):
            assert all(0 <= value <= 1 for value in info.transition.after)
            assert 0 <= info.health <= 1
            assert 0 <= info.transition.pressure <= 1

    @given(episodes())
    def test_it_ends_once_at_the_step_limit_at_the_latest(self, episode: Episode) -> None:
        definition, seed, actions = episode
        simulator = SystemSimulator(seed)
        simulator.reset(Incident.model_validate(definition))
        limit = definition.get("max_steps", 30)
        infos = play(simulator, actions * limit)
        assert len(infos) <= limit
        assert [info.done for info in infos] == [False] * (len(infos) - 1) + [True]
        assert [info.step for info in infos] == list(range(1, len(infos) + 1))
        last = infos[-1]
        assert [last.resolved, last.crashed, last.truncated].count(True) == 1
        assert last.terminated is (last.resolved or last.crashed)
        assert len(infos) == limit or last.terminated

    @given(episodes())
    def test_the_same_seed_and_actions_give_the_same_episode(self, episode: Episode) -> None:
        definition, seed, actions = episode
        incident = Incident.model_validate(definition)
        runs = []
        for _ in range(2):
            simulator = SystemSimulator(seed)
            runs.append((simulator.reset(incident), figures(play(simulator, actions))))
        assert runs[0] == runs[1]

    @given(episodes())
    def test_the_reward_is_the_sum_of_its_terms_to_the_last_bit(self, episode: Episode) -> None:
        definition, seed, actions = episode
        simulator = SystemSimulator(seed)
        simulator.reset(Incident.model_validate(definition))
        for info in play(simulator, actions):
            assert info.reward.hex() == info.reward_terms.total.hex()

    @given(episodes())
    def test_each_step_begins_where_the_last_one_ended(self, episode: Episode) -> None:
        definition, seed, actions = episode
        simulator = SystemSimulator(seed)
        metrics, uses = simulator.reset(Incident.model_validate(definition)), dict.fromkeys(ACTIONS, 0)
        health, pressure = metrics.health_score, simulator.pressure
        for info in play(simulator, actions):
            transition = info.transition
            assert transition.before == metrics
            assert (info.health_before, transition.pressure_before) == (health, pressure)
            assert transition.uses == uses[info.action]
            assert info.health == transition.after.health_score
            metrics, health, pressure = transition.after, info.health, transition.pressure
            uses[info.action] += 1
        assert simulator.uses == tuple(uses.values())
        assert simulator.metrics == metrics


class TestStream:
    @given(episodes(), st.sampled_from([1, 3, 1000]))
    def test_it_does_not_matter_how_far_ahead_normals_are_drawn(self, episode: Episode, block: int) -> None:
        definition, seed, actions = episode
        incident = Incident.model_validate(definition)
        usual = SystemSimulator(seed)
        expected = (usual.reset(incident), figures(play(usual, actions)), usual.reset(incident))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_BLOCK", block)
            simulator = SystemSimulator(seed)
            assert (simulator.reset(incident), figures(play(simulator, actions)), simulator.reset(incident)) == expected
        assert simulator.normals_drawn == usual.normals_drawn

    def test_reset_and_each_step_draw_five_normals_of_the_seed_in_order(self) -> None:
        simulator = SystemSimulator(7)
        simulator.reset(restless(start_sd=0.05))
        rng = np.random.default_rng(7)
        jitter = rng.normal(0, 0.05, 5)
        values = dict(zip(("cpu_usage", "memory_usage", "latency", "packet_loss", "error_rate"), jitter, strict=True))
        assert simulator.metrics.packet_loss == 0.3 + values["packet_loss"]
        assert simulator.metrics.cpu_usage == 0.40 + values["cpu_usage"]
        before = simulator.metrics
        after, _ = simulator.step(WAIT)
        noise = rng.normal(0, 0.008, 5)
        assert after.cpu_usage == before.cpu_usage + noise[0]
        assert after.packet_loss == before.packet_loss + noise[3]
        assert simulator.normals_drawn == 10

    @given(SEEDS, st.integers(1, 200))
    def test_a_reset_without_a_seed_goes_on_with_the_stream(self, seed: int, steps: int) -> None:
        incident = restless(max_steps=steps)
        simulator = SystemSimulator(seed)
        simulator.reset(incident)
        play(simulator, [WAIT] * steps)
        second = simulator.reset(incident)
        assert simulator.normals_before_reset == 5 * (1 + simulator_steps(seed, incident, steps))
        assert second != SystemSimulator(seed).reset(incident)

    @given(SEEDS, st.integers(1, 200), st.booleans())
    def test_skipping_normals_is_as_good_as_the_earlier_episode(self, seed: int, steps: int, twice: bool) -> None:
        incident = restless(max_steps=steps)
        first = SystemSimulator(seed)
        first.reset(incident)
        play(first, [WAIT] * steps)
        expected = (first.reset(incident), figures(play(first, [WAIT] * 3)))
        later = SystemSimulator(seed)
        if twice:
            later.skip_normals(3)
            later.skip_normals(first.normals_before_reset - 3)
        else:
            later.skip_normals(first.normals_before_reset)
        assert (later.reset(incident), figures(play(later, [WAIT] * 3))) == expected
        assert later.normals_before_reset == first.normals_before_reset
        assert later.normals_drawn == first.normals_drawn

    def test_many_normals_can_be_skipped(self) -> None:
        simulator = SystemSimulator(3)
        simulator.skip_normals(200_005)
        metrics = simulator.reset(restless(start_sd=0.02))
        normals = np.random.default_rng(3).standard_normal(200_010)
        assert metrics.packet_loss == 0.3 + 0.02 * normals[200_008]

    def test_a_seed_given_to_reset_starts_the_stream_anew(self) -> None:
        incident = restless()
        simulator = SystemSimulator(1)
        simulator.reset(incident)
        play(simulator, [WAIT] * 7)
        assert simulator.reset(incident, 2) == SystemSimulator(2).reset(incident)
        assert (simulator.seed, simulator.normals_before_reset) == (2, 0)

    def test_a_seed_that_no_generator_takes_leaves_the_simulator_as_it_was(self) -> None:
        simulator = SystemSimulator(1)
        metrics = simulator.reset(restless())
        with pytest.raises(ValueError, match="non-negative"):
            simulator.reset(restless(), -1)
        assert (simulator.seed, simulator.metrics) == (1, metrics)
        simulator.step(WAIT)

    def test_without_a_seed_one_is_drawn_and_told(self) -> None:
        seeds = {SystemSimulator().seed for _ in range(20)}
        assert len(seeds) > 15
        assert all(0 <= seed < SEED_LIMIT for seed in seeds)
        simulator = SystemSimulator()
        assert simulator.reset(restless()) == SystemSimulator(simulator.seed).reset(restless())

    def test_two_simulators_never_share_a_stream(self) -> None:
        one, other = SystemSimulator(5), SystemSimulator(5)
        one.reset(restless())
        one.step(WAIT)
        other.reset(restless())
        assert one.step(WAIT)[0] != other.step(WAIT)[0]

    def test_asking_for_explanations_changes_no_metric(self) -> None:
        runs = []
        for asked in (True, False):
            simulator = SystemSimulator(11)
            simulator.reset(restless())
            infos = play(simulator, [WAIT] * 5)
            runs.append([info.transition.after for info in infos if not asked or info.explanation])
        assert runs[0] == runs[1]


def simulator_steps(seed: int, incident: Incident, steps: int) -> int:
    """How many steps an episode of waiting lasts."""
    simulator = SystemSimulator(seed)
    simulator.reset(incident)
    return len(play(simulator, [WAIT] * steps))


class TestCalls:
    def test_a_step_before_the_first_reset_says_what_is_missing(self) -> None:
        with pytest.raises(NotResetError, match=r"^the simulator has not been reset; call reset\(incident\) before"):
            SystemSimulator(0).step(WAIT)

    @pytest.mark.parametrize(
        ("changes", "ending", "step"),
        [
            ({"max_steps": 3, "initial": {"latency": 0.5}}, "truncated", 3),
            ({"initial": {"cpu_usage": 0.97}, "drift": {"cpu_usage": 0.2}}, "crashed", 1),
            ({"initial": {"latency": 0.0}}, "resolved", 3),
        ],
    )
    def test_a_step_after_the_end_says_how_it_ended(self, changes: dict[str, Any], ending: str, step: int) -> None:
        simulator = SystemSimulator(0)
        simulator.reset(make_incident(**changes))
        play(simulator, [WAIT] * 40)
        sentence = f"^the episode ended {ending} at step {step}; call reset before the next step$"
        with pytest.raises(EpisodeOverError, match=sentence):
            simulator.step(WAIT)
        assert simulator.done

    def test_a_reset_in_the_middle_or_after_the_end_starts_afresh(self) -> None:
        incident = restless(
            max_steps=4,
            pressure={"initial": 0.5, "growth": 0.1},
            actions={"restart_service": {"down_for": 9, "sets": "cured", "later": {"after": 9, "latency": 0.5}}},
        )
        simulator = SystemSimulator(0)
        for steps in (2, 4):
            simulator.reset(incident)
            play(simulator, [ActionType.RESTART_SERVICE] * steps)
            simulator.reset(incident)
            assert (simulator.pressure, simulator.flags, simulator.streak) == (0.5, frozenset(), 0)
            assert (simulator.uses, simulator.pending, simulator.outage_left) == ((0,) * 6, (), 0)
            assert not simulator.done
            metrics, info = simulator.step(WAIT)
            assert (metrics.service_healthy, info.step) == (1.0, 1)

    @pytest.mark.parametrize("action", ["", "RESTART_SERVICE", "reboot", 1, None, ["do_nothing"], "x" * 5000])
    def test_an_unknown_action_is_refused_and_changes_nothing(self, action: Any) -> None:
        simulator = SystemSimulator(0)
        before = simulator.reset(restless())
        with pytest.raises(
            UnknownActionError, match=r"^unknown action .*: expected one of do_nothing, .*, scale_up$"
        ) as e:
            simulator.step(action)
        assert len(str(e.value)) < 250
        assert (simulator.metrics, simulator.normals_drawn, sum(simulator.uses)) == (before, 5, 0)
        assert simulator.step(WAIT)[1].step == 1

    def test_an_action_may_be_given_by_its_name(self) -> None:
        runs = []
        for action in (ActionType.SCALE_UP, "scale_up"):
            simulator = SystemSimulator(0)
            simulator.reset(restless(actions={"scale_up": {"latency": -0.05}}))
            runs.append(simulator.step(action)[0])
        assert runs[0] == runs[1]

    @pytest.mark.parametrize("name", [*IncidentType, "syn_flood"])
    def test_an_incident_may_be_given_by_its_id(self, name: str) -> None:
        simulator = SystemSimulator(0)
        simulator.reset(name)
        _, info = simulator.step(WAIT)
        assert info.transition.rules.incident.id == name

    def test_an_incident_that_does_not_exist_suggests_the_nearest(self) -> None:
        with pytest.raises(UnknownIncidentError, match=r"no incident 'cpu_overlord': did you mean cpu_overload\?"):
            SystemSimulator(0).reset("cpu_overlord")

    def test_the_step_limit_may_be_overridden(self) -> None:
        simulator = SystemSimulator(0)
        simulator.reset(restless(max_steps=50), max_steps=2)
        assert [info.truncated for info in play(simulator, [WAIT] * 50)] == [False, True]

    def test_a_step_explains_itself_when_asked(self) -> None:
        simulator = SystemSimulator(0)
        simulator.reset("cpu_overload")
        _, info = simulator.step("throttle_cpu")
        assert "CPU" in info.explanation
