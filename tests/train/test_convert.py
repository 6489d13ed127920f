"""What Stable-Baselines3 has saved, as policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.policy import load_network
from noc_tui.agents.policy_file import read_policy
from noc_tui.agents.policy_inputs import PolicyInputs

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, *, stack: int = 1, envs: Any = None, **options: Any) -> Any:
    """A model as somebody might save one, untrained, and its environments."""
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecFrameStack

    from noc_tui.gym import NOCSystemEnv

    envs = envs or make_vec_env(NOCSystemEnv, n_envs=2, seed=1, env_kwargs={"incident_type": "syn_flood"})
    envs = VecFrameStack(envs, stack) if stack > 1 else envs
    model = PPO("MlpPolicy", envs, device="cpu", seed=3, **options)
    model.save(folder / "model.zip")
    return model, envs


@pytest.mark.parametrize("stack", [1, 3])
def test_a_converted_policy_does_what_the_model_does(tmp_path: Path, stack: int) -> None:
    from torch import nn

    from noc_tui.train.export import convert

    options = {"policy_kwargs": {"net_arch": [16, 12], "activation_fn": nn.ReLU}} if stack > 1 else {}
    model, envs = saved(tmp_path, stack=stack, **options)
    network = load_network(convert(tmp_path / "model.zip", tmp_path / "mine"))
    inputs = PolicyInputs(network.inputs, 2)
    seen = envs.reset()
    inputs.start(seen[:, -6:])
    drawn = np.random.default_rng(1)
    for _ in range(5):
        assert inputs.numbers().tobytes() == seen.tobytes()
        logits = network.logits(inputs.numbers())
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        told = model.policy.get_distribution(model.policy.obs_to_tensor(seen)[0]).distribution.logits
        np.testing.assert_allclose(logits, told.detach().numpy(), atol=1e-5)
        assert network.actions(inputs.numbers()).tolist() == model.predict(seen, deterministic=True)[0].tolist()
        actions = drawn.integers(0, 6, 2)
        seen, _, ended, _ = envs.step(actions)
        assert not ended.any()
        inputs.step(actions, seen[:, -6:])


def test_the_card_names_the_algorithm(tmp_path: Path) -> None:
    from stable_baselines3 import A2C

    from noc_tui.train.export import convert

    _, envs = saved(tmp_path)
    A2C("MlpPolicy", envs, device="cpu").save(tmp_path / "other.zip")
    named = [
        read_policy(convert(tmp_path / name, tmp_path / name)).card.training["algorithm"]
        for name in ("model.zip", "other.zip")
    ]
    assert named == ["PPO of Stable-Baselines3, converted", "A2C of Stable-Baselines3, converted"]


def refusal(folder: Path) -> str:
    from noc_tui.train.export import convert

    with pytest.raises(AgentError) as caught:
        convert(folder / "model.zip", folder / "mine")
    assert not list(folder.glob("mine*"))
    return str(caught.value).removeprefix(f"{folder / 'model.zip'}: ")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.zip").write_bytes(b"nothing")
    assert refusal(tmp_path).startswith("is no PPO model of Stable-Baselines3 that can be read: ")


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    from stable_baselines3.common.env_util import make_vec_env

    saved(tmp_path, envs=make_vec_env("CartPole-v1", n_envs=1))
    assert "expected the six metrics" in refusal(tmp_path)


def test_a_model_that_observed_normalised_metrics_is_refused(tmp_path: Path) -> None:
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecNormalize

    from noc_tui.gym import NOCSystemEnv

    model, _ = saved(tmp_path, envs=VecNormalize(make_vec_env(NOCSystemEnv, n_envs=2, seed=1)), n_steps=8, batch_size=8)
    model.learn(16)
    model.save(tmp_path / "model.zip")
    assert refusal(tmp_path).startswith("changes what it observes before the dense layers")


class Grumbling:
    """Raises a long story when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise KeyError('\x1b[31m' + 'and so on ' * 1000)",)


def test_what_a_file_says_when_it_is_loaded_is_cut_short(tmp_path: Path) -> None:
    model, _ = saved(tmp_path)
    model.grumble = Grumbling()
    model.save(tmp_path / "model.zip")
    said = refusal(tmp_path)
    assert said.startswith("is no PPO model of Stable-Baselines3 that can be read: ")
    assert said.isprintable()
    assert len(said) < 500


def test_a_model_with_other_layers_is_refused(tmp_path: Path) -> None:
    from torch import nn

    saved(tmp_path, policy_kwargs={"activation_fn": nn.ELU})
    assert refusal(tmp_path) == "has other layers than dense ones with tanh or ReLU behind them"
