"""`NOCSystemVectorEnv`: many environments at once, each of which is a `NOCSystemEnv`."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

import gymnasium
from gymnasium.spaces import Box, Discrete, MultiDiscrete
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import DictInfoToList, RecordEpisodeStatistics

from noc_tui.gym import ENV_ID, NOCSystemEnv, NOCSystemVectorEnv
from noc_tui.sim import streams, tables
from noc_tui.sim.catalog import CLASSIC, default_catalog
from noc_tui.sim.errors import EpisodeOverError, NotResetError, UnknownIncidentError
from noc_tui.sim.incident import Incident
from tests.factories import bundled_incident, make_incident
from tests.gym.same import assert_same
from tests.strategies import SEEDS, incident_definitions

MODES = list(AutoresetMode)


class Pair(NamedTuple):
    """A vector environment, and Gymnasium's own way to step as many scalar ones."""

    ours: NOCSystemVectorEnv
    theirs: SyncVectorEnv[Any, Any]

    def reset(self, seed: Any = None, **options: Any) -> None:
        # Gymnasium takes the mask out of the options that it is given.
        assert_same(
            self.ours.reset(seed=seed, options=dict(options)), self.theirs.reset(seed=seed, options=dict(options))
        )
        assert_same(self.ours.render(), self.theirs.render())

    def step(self, actions: Any) -> tuple[Any, ...]:
        told = self.ours.step(actions)
        assert_same(told, self.theirs.step(np.asarray(actions)))
        assert_same(self.ours.render(), self.theirs.render())
        return told


def pair(n: int, mode: AutoresetMode, **arguments: Any) -> Pair:
    """`n` environments of equal seeds, either way."""
    ours = NOCSystemVectorEnv(n, autoreset_mode=mode, render_mode="ansi", **arguments)
    seeds = ours.np_random_seed
    alike = {**arguments, "render_mode": "ansi"}
    makers = [partial(NOCSystemEnv, **{**alike, "seed": seed}) for seed in seeds]
    theirs = SyncVectorEnv(makers, autoreset_mode=mode)
    return Pair(ours, theirs)


def restless(**changes: Any) -> Incident:
    """An incident that neither resolves nor crashes by itself."""
    return make_incident(initial={"packet_loss": 0.3}, **{"max_steps": 50, "start_sd": 0.02, **changes})


def masks(n: int) -> st.SearchStrategy[Any]:
    return st.lists(st.booleans(), min_size=n, max_size=n).filter(any).map(np.array)


def seeds_of(n: int) -> st.SearchStrategy[Any]:
    return st.none() | SEEDS | st.lists(st.none() | SEEDS, min_size=n, max_size=n)


class TestAnyBatch:
    @given(
        data=st.data(), mode=st.sampled_from(MODES), block=st.sampled_from([1, 3, 64]), uses=st.sampled_from([2, 32])
    )
    def test_it_gives_what_sync_vector_env_gives(
        self, data: st.DataObject, mode: AutoresetMode, block: int, uses: int
    ) -> None:
        n = data.draw(st.integers(1, 4))
        pool = [Incident.model_validate(data.draw(incident_definitions())) for _ in range(data.draw(st.integers(1, 3)))]
        others = st.sampled_from([None, pool[0], *CLASSIC, Incident.model_validate(data.draw(incident_definitions()))])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "BLOCK", block)
            patch.setattr(tables, "_FIRST_TABULATED", uses)
            both = pair(
                n,
                mode,
                incidents=pool,
                seed=data.draw(SEEDS),
                blind=data.draw(st.booleans()),
                max_steps=data.draw(st.none() | st.integers(1, 8)),
            )
            both.reset(data.draw(seeds_of(n)))
            for _ in range(data.draw(st.integers(5, 25))):
                *_, terminated, truncated, _ = both.step(data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)))
                if mode is AutoresetMode.DISABLED and (terminated | truncated).any():
                    both.reset(incident_type=data.draw(others), reset_mask=terminated | truncated)
                elif data.draw(st.integers(0, 5)) == 0:
                    both.reset(data.draw(seeds_of(n)), incident_type=data.draw(others), reset_mask=data.draw(masks(n)))
                elif data.draw(st.integers(0, 9)) == 0:
                    both.reset(data.draw(seeds_of(n)), incident_type=data.draw(others))
        for ours, theirs in zip(both.ours.np_random, both.theirs.np_random, strict=True):
            assert ours.bit_generator.state == theirs.bit_generator.state

    @pytest.mark.parametrize("mode", MODES)
    def test_all_bundled_incidents_over_many_episodes(self, mode: AutoresetMode) -> None:
        both = pair(8, mode, incidents=default_catalog().ids)
        both.reset(11)
        rng = np.random.default_rng(5)
        met: set[str] = set()
        for _ in range(120):
            *_, terminated, truncated, infos = both.step(rng.integers(0, 6, 8))
            met.update(infos["incident_type"])
            if mode is AutoresetMode.DISABLED and (terminated | truncated).any():
                both.reset(reset_mask=terminated | truncated)
        assert len(met) > 15


class TestAutoreset:
    """Two environments, of which the first ends at the second step."""

    def played(self, mode: AutoresetMode) -> tuple[NOCSystemVectorEnv, list[tuple[Any, ...]]]:
        envs = NOCSystemVectorEnv(2, restless(max_steps=2), autoreset_mode=mode)
        envs.reset(seed=1)
        envs.step([0, 0])
        envs.reset(options={"reset_mask": np.array([False, True])})
        return envs, [envs.step([5, 5])]

    def test_next_step_resets_in_the_next_step_and_ignores_the_action(self) -> None:
        envs, told = self.played(AutoresetMode.NEXT_STEP)
        _, _, terminated, truncated, infos = told[0]
        assert (terminated.tolist(), truncated.tolist()) == ([False, False], [True, False])
        assert infos["step"].tolist() == [2, 1]
        _, rewards, terminated, truncated, infos = envs.step([-7, 5])
        assert (rewards[0], truncated.tolist(), infos["step"].tolist()) == (0.0, [False, True], [0, 2])
        assert infos["_action"].tolist() == [False, True]
        assert infos["explanation"][0] is None

    def test_same_step_resets_at_once_and_tells_the_end_apart(self) -> None:
        _, told = self.played(AutoresetMode.SAME_STEP)
        observations, _, _, truncated, infos = told[0]
        assert (truncated.tolist(), infos["step"].tolist()) == ([True, False], [0, 1])
        assert infos["final_info"]["step"].tolist() == [2, 0]
        assert infos["final_info"]["action"].tolist() == ["scale_up", None]
        assert infos["final_obs"][1] is None
        assert infos["final_obs"][0].tolist() != observations[0].tolist()

    def test_disabled_refuses_to_step_what_has_ended_until_it_is_reset(self) -> None:
        envs, _ = self.played(AutoresetMode.DISABLED)
        with pytest.raises(
            EpisodeOverError, match="the episode of environment 0 has ended; reset it with a reset_mask"
        ):
            envs.step([0, 0])
        envs.reset(options={"reset_mask": np.array([True, False])})
        assert envs.step([0, 0])[4]["step"].tolist() == [1, 2]

    @pytest.mark.parametrize("mode", MODES)
    def test_the_mode_can_be_given_as_gymnasium_writes_it_and_stands_in_the_metadata(self, mode: AutoresetMode) -> None:
        envs = gymnasium.make_vec(ENV_ID, 2, "vector_entry_point", autoreset_mode=mode.value)
        assert envs.metadata["autoreset_mode"] is mode

    def test_nothing_that_was_given_changes_afterwards(self) -> None:
        for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
            envs, kept = self.played(mode)
            frozen = pickle.dumps(kept)
            _, fresh = self.played(mode)
            for _ in range(4):
                envs.step([1, 2])
            assert_same(fresh, pickle.loads(frozen))  # noqa: S301  (written above)
            late, untouched = self.played(mode)
            for _ in range(4):
                late.step([1, 2])
            assert_same(untouched, fresh)


class TestSeeds:
    def test_one_integer_counts_up(self) -> None:
        envs = NOCSystemVectorEnv(3)
        one, _ = envs.reset(seed=5)
        assert envs.np_random_seed == (5, 6, 7)
        other, _ = NOCSystemVectorEnv(3, seed=[5, 6, 7]).reset()
        assert one.tobytes() == other.tobytes()
        assert NOCSystemVectorEnv(3, seed=np.array([5, 6, 7])).np_random_seed == (5, 6, 7)  # type: ignore[arg-type]  # kind

    def test_without_seeds_they_differ(self) -> None:
        assert len(set(NOCSystemVectorEnv(8).np_random_seed)) == 8

    def test_seeds_of_environments_that_are_not_reset_are_not_looked_at(self) -> None:
        envs = NOCSystemVectorEnv(2, seed=3)
        envs.reset()
        envs.reset(seed=[8, 9], options={"reset_mask": np.array([False, True])})
        assert envs.np_random_seed == (3, 9)

    @pytest.mark.parametrize("seed", [-1, [1, -2], [1], "12", [1, True], [1, 1.5], 1.5])
    def test_what_is_no_seed_is_an_error(self, seed: Any) -> None:
        with pytest.raises(ValueError, match=r"seed .*; expected a whole number"):
            NOCSystemVectorEnv(2).reset(seed=seed)


class TestArguments:
    def test_spaces_are_those_of_the_scalar_environment_and_batched(self) -> None:
        envs = NOCSystemVectorEnv(3)
        assert envs.single_observation_space == Box(0, 1, (6,), np.float32)
        assert envs.single_action_space == Discrete(6)
        assert envs.observation_space == Box(0, 1, (3, 6), np.float32)
        assert envs.action_space == MultiDiscrete([6, 6, 6])
        observations, _ = envs.reset(seed=1)
        assert observations in envs.observation_space
        assert envs.step(envs.action_space.sample())[0] in envs.observation_space

    @pytest.mark.parametrize(
        ("actions", "message"),
        [
            ([0, 6], "the action of environment 1 is 6; expected 0 to 5"),
            ([-1, 0], "the action of environment 0 is -1; expected 0 to 5"),
            ([0.0, 1.0], "actions have shape .* and type float64; expected 2 whole numbers"),
            ([0], r"actions have shape \(1,\)"),
        ],
    )
    def test_what_are_no_actions_is_a_value_error_that_names_it_and_changes_nothing(
        self, actions: Any, message: str
    ) -> None:
        envs = NOCSystemVectorEnv(2, restless())
        envs.reset(seed=1)
        with pytest.raises(ValueError, match=message):
            envs.step(actions)
        assert envs.step([0, 0])[4]["step"].tolist() == [1, 1]

    @pytest.mark.parametrize(
        "mask", [[True, False], np.array([1, 0]), np.array([True]), np.array([False, False])], ids=str
    )
    def test_what_is_no_mask_is_an_error(self, mask: Any) -> None:
        envs = NOCSystemVectorEnv(2)
        envs.reset()
        with pytest.raises(
            ValueError, match=r"reset_mask is .*; expected an array of 2 of true and false, not all false"
        ):
            envs.reset(options={"reset_mask": mask})

    def test_options_of_the_caller_stay_as_they_are(self) -> None:
        envs = NOCSystemVectorEnv(2)
        envs.reset()
        options = {"reset_mask": np.array([True, False]), "incident_type": "syn_flood"}
        envs.reset(options=options)
        assert set(options) == {"reset_mask", "incident_type"}
        with pytest.raises(ValueError, match="unknown reset option 'mask': expected one of incident_type, reset_mask"):
            envs.reset(options={"mask": options["reset_mask"]})

    def test_infos_stay_as_they_are_when_the_caller_uses_the_mask_again(self) -> None:
        envs = NOCSystemVectorEnv(2, seed=1)
        envs.reset()
        mask = np.array([True, False])
        _, infos = envs.reset(options={"reset_mask": mask})
        mask[:] = False
        assert infos["metrics"]["_latency"].tolist() == [True, False]
        assert infos["_step"].tolist() == [True, False]

    def test_before_the_first_reset_of_all_nothing_can_be_done(self) -> None:
        envs = NOCSystemVectorEnv(2, render_mode="ansi")
        for refused in (
            lambda: envs.step([0, 0]),
            lambda: envs.reset(options={"reset_mask": np.array([True, False])}),
            envs.render,
            lambda: envs.incidents,
        ):
            with pytest.raises(NotResetError, match="have not been reset"):
                refused()

    @pytest.mark.parametrize("num_envs", [0, -1, 1.5, True])
    def test_there_is_at_least_one(self, num_envs: Any) -> None:
        with pytest.raises(ValueError, match=r"num_envs is .*; expected a whole number from 1 on"):
            NOCSystemVectorEnv(num_envs)

    def test_a_mode_to_render_in_is_ansi_or_none(self) -> None:
        with pytest.raises(ValueError, match="render_mode is 'human'; expected None or one of ansi"):
            NOCSystemVectorEnv(2, render_mode="human")
        envs = NOCSystemVectorEnv(2)
        with pytest.warns(UserWarning, match="give one of: ansi"):
            assert envs.render() is None

    def test_an_unknown_incident_is_an_error_that_changes_nothing(self) -> None:
        envs = NOCSystemVectorEnv(2, seed=1)
        envs.reset()
        with pytest.raises(UnknownIncidentError, match="memory_lek"):
            envs.reset(seed=9, options={"incident_type": "memory_lek"})
        assert envs.np_random_seed == (1, 2)


class TestIncidents:
    def test_one_from_outside_the_set_plays_beside_what_is_under_way(self) -> None:
        both = pair(3, AutoresetMode.NEXT_STEP, incidents=["cold_standby", "retry_storm"], seed=4)
        both.reset()
        for actions in ([5, 4, 5], [1, 5, 4], [5, 5, 5]):  # delayed effects are on their way
            both.step(actions)
        both.reset(reset_mask=np.array([False, True, False]), incident_type="slow_leak")
        assert [incident.id for incident in both.ours.incidents][1] == "slow_leak"
        for actions in ([5, 4, 5], [1, 3, 4], [0, 0, 0]) * 20:
            both.step(actions)

    def test_effects_that_repeats_have_worn_out_stay_on_their_way_when_another_incident_joins(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "_FIRST_TABULATED", 2)
        slow = {"scale_up": {"cpu_usage": -0.01, "later": {"after": 3, "memory_usage": -0.05}}}
        both = pair(2, AutoresetMode.NEXT_STEP, incident_type=restless(repeat_factor=0.9, actions=slow), seed=4)
        both.reset()
        for _ in range(7):
            both.step([5, 5])
        both.reset(reset_mask=np.array([False, True]), incident_type="slow_leak")
        for _ in range(5):
            both.step([0, 0])

    def test_those_from_outside_are_forgotten_by_a_reset_of_all(self) -> None:
        envs = NOCSystemVectorEnv(2, seed=1)
        for k in range(3):
            envs.reset(options={"incident_type": restless(title=f"Number {k}")})
            assert [incident.title for incident in envs.incidents] == [f"Number {k}"] * 2
            assert len(envs._servers.incidents) == len(CLASSIC) + 1

    def test_one_of_the_set_that_was_read_anew_is_the_same_one(self) -> None:
        envs = NOCSystemVectorEnv(2, seed=1, incidents=["retry_storm", "syn_flood"])
        again = Incident.model_validate(bundled_incident("syn_flood").definition())
        _, infos = envs.reset(options={"incident_type": again})
        assert infos["incident_type"].tolist() == ["syn_flood", "syn_flood"]
        assert len(envs._servers.incidents) == 2


class TestWithGymnasium:
    def test_a_wrapper_that_reads_infos_understands_them(self) -> None:
        envs = DictInfoToList(NOCSystemVectorEnv(2, restless(), seed=1))
        envs.reset()
        infos: Any = envs.step(np.array([0, 5]))[4]
        assert [info["action"] for info in infos] == ["do_nothing", "scale_up"]
        assert [info["metrics"]["service_healthy"] for info in infos] == [1.0, 1.0]

    def test_a_wrapper_that_adds_to_infos_can(self) -> None:
        envs = RecordEpisodeStatistics(NOCSystemVectorEnv(2, restless(max_steps=1), seed=1))
        envs.reset()
        _, rewards, _, _, infos = envs.step(np.array([0, 5]))
        assert infos["episode"]["r"].tolist() == rewards.tolist()

    def test_make_vec_says_nothing_against_it(self, recwarn: pytest.WarningsRecorder) -> None:
        envs = gymnasium.make_vec(ENV_ID, num_envs=2, vectorization_mode="vector_entry_point", max_steps=9)
        assert isinstance(envs, NOCSystemVectorEnv)
        assert envs.spec is not None
        assert envs.spec.id == ENV_ID
        envs.close()
        assert list(recwarn) == []
