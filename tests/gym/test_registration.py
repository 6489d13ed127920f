"""The ids that Gymnasium knows after `import noc_tui.gym`."""

from __future__ import annotations

import warnings

import pytest

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

import gymnasium
from gymnasium.envs.registration import EnvSpec, registry

from noc_tui.gym import ENV_ID, NOCSystemEnv, NOCSystemVectorEnv, env_id
from noc_tui.gym.registration import register_environments
from noc_tui.sim.catalog import default_catalog


def test_there_is_an_id_for_each_bundled_incident_and_one_for_all() -> None:
    expected = {ENV_ID, *(f"noc_tui/{incident}-v0" for incident in default_catalog().ids)}
    assert {name for name in registry if name.startswith("noc_tui/")} == expected


@pytest.mark.parametrize("incident", ["network_congestion", "retry_storm"])
def test_the_id_of_an_incident_plays_that_incident(incident: str) -> None:
    env = gymnasium.make(env_id(incident))
    for _ in range(4):
        assert env.reset()[1]["incident_type"] == incident
    envs = gymnasium.make_vec(env_id(incident), num_envs=3)
    assert isinstance(envs, NOCSystemVectorEnv)
    assert envs.reset()[1]["incident_type"].tolist() == [incident] * 3


def test_arguments_of_make_reach_the_environment() -> None:
    env = gymnasium.make(ENV_ID, incident_type="syn_flood", max_steps=2, blind=True).unwrapped
    assert isinstance(env, NOCSystemEnv)
    env.reset(seed=1)
    assert (env.incident.id, env.simulator.max_steps) == ("syn_flood", 2)


def test_an_episode_that_resolves_on_its_last_step_is_not_truncated_by_gymnasium() -> None:
    assert registry[ENV_ID].max_episode_steps is None


def test_a_specification_goes_through_json() -> None:
    spec = gymnasium.make(ENV_ID, max_steps=7).spec
    assert spec is not None
    again = gymnasium.make(EnvSpec.from_json(spec.to_json())).unwrapped
    assert isinstance(again, NOCSystemEnv)
    again.reset(seed=1)
    assert again.simulator.max_steps == 7


def test_to_register_twice_changes_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        register_environments()
