"""The checkers of Gymnasium and of Stable-Baselines3 find nothing, warnings included."""

from __future__ import annotations

import warnings

import pytest

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

import gymnasium
from gymnasium.utils.env_checker import check_env

from noc_tui.gym import ENV_ID, env_id

IDS = [ENV_ID, env_id("cpu_overload"), env_id("cold_standby")]


@pytest.mark.parametrize("name", IDS)
def test_the_checker_of_gymnasium_has_nothing_to_say(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(name).unwrapped)


@pytest.mark.parametrize("render_mode", [None, "ansi", "human"])
def test_the_checker_of_stable_baselines3_has_nothing_to_say(render_mode: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checker = pytest.importorskip(
            "stable_baselines3.common.env_checker", reason="Stable-Baselines3 is not installed"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checker.check_env(gymnasium.make(ENV_ID, render_mode=render_mode).unwrapped, skip_render_check=False)


def test_stable_baselines3_makes_environments_by_their_id() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        util = pytest.importorskip("stable_baselines3.common.env_util", reason="Stable-Baselines3 is not installed")
    with pytest.warns(UserWarning, match="render_mode='rgb_array'"):
        envs = util.make_vec_env(ENV_ID, n_envs=2, seed=1)
    envs.reset()
    assert [info["action"] for info in envs.step([0, 5])[3]] == ["do_nothing", "scale_up"]


def test_the_wrappers_of_gymnasium_have_nothing_to_say_of_a_whole_episode() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(ENV_ID, render_mode="ansi")
        env.reset(seed=1)
        ended = False
        while not ended:
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            env.render()
            ended = terminated or truncated
        env.close()
        env.close()
