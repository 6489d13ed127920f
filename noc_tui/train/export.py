"""From a Stable-Baselines3 model to a policy that needs none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal
from zipfile import ZipFile

import numpy as np
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.torch_layers import FlattenExtractor
from torch import nn

from noc_tui.agents.asking import told
from noc_tui.agents.base import AgentError
from noc_tui.agents.policy_file import Architecture, Inputs, PolicyCard, write_policy
from noc_tui.agents.policy_inputs import MAX_HISTORY
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRIC_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.agents.policy_file import Weights

UNSIGNED: Final = "0" * 64
"""What a card has in place of the hash of its weights, until they are written."""
_ACTIVATIONS: Final[dict[type[nn.Module], Literal["tanh", "relu"]]] = {nn.Tanh: "tanh", nn.ReLU: "relu"}


def weights_of(policy: Any) -> Weights:
    """The weights of what chooses the actions in an actor-critic policy of dense layers, as policy files name them."""
    layers = [layer for layer in policy.mlp_extractor.policy_net if isinstance(layer, nn.Linear)]
    weights: Weights = {}
    for number, layer in enumerate([*layers, policy.action_net]):
        weights[f"layers.{number}.weight"] = layer.weight.detach().numpy().astype(np.float32)
        weights[f"layers.{number}.bias"] = layer.bias.detach().numpy().astype(np.float32)
    return weights


def convert(source: Path, target: Path) -> Path:
    """Make a policy of a model that Stable-Baselines3 has saved. Returns the path of its weights.

    The file can run any code while it is loaded: whoever calls this trusts it. It has to be PPO, or A2C, which stores
    the same, with an `MlpPolicy` over the observations of `noc_tui.gym`, as they are or stacked by `VecFrameStack`.
    Raises `AgentError` for another.
    """
    try:
        model = PPO.load(source, device="cpu")
    except Exception as error:  # whatever unpickling may raise
        raise AgentError(f"{source}: is no PPO model of Stable-Baselines3 that can be read: {told(error)}") from error
    architecture = _architecture(source, model)
    card = PolicyCard(
        weights_sha256=UNSIGNED,
        architecture=architecture,
        training={
            "algorithm": f"{_algorithm(source)} of Stable-Baselines3, converted",
            "timesteps": int(model.num_timesteps),
        },
    )
    return write_policy(target, card, weights_of(model.policy))


def _algorithm(source: Path) -> str:
    """What has trained a model, by what PPO alone has a setting for."""
    with ZipFile(source) as archive:
        settings = json.loads(archive.read("data"))
    return "PPO" if "clip_range" in settings else "A2C"


def _architecture(source: Path, model: PPO) -> Architecture:
    seen, done = model.observation_space, model.action_space
    frames, rest = divmod(int(np.prod(seen.shape or ())), len(METRIC_NAMES))
    if not isinstance(seen, spaces.Box) or rest or len(seen.shape) != 1 or not 1 <= frames <= MAX_HISTORY:
        raise AgentError(f"{source}: observes {seen}, expected the six metrics, once or up to {MAX_HISTORY} times")
    if not isinstance(done, spaces.Discrete) or done.n != len(ACTIONS) or done.start != 0:
        raise AgentError(f"{source}: acts in {done}, expected Discrete({len(ACTIONS)})")
    # That VecNormalize stood before it is not in the file; what it made of the last observations is.
    last = model._last_obs  # noqa: SLF001  (there is no other trace of it)
    was_changed = isinstance(last, np.ndarray) and bool((last < seen.low).any() or (last > seen.high).any())
    if type(model.policy.features_extractor) is not FlattenExtractor or was_changed:
        raise AgentError(f"{source}: changes what it observes before the dense layers, which a policy file cannot hold")
    layers = list(model.policy.mlp_extractor.policy_net)
    kinds = {_ACTIVATIONS.get(type(layer)) for layer in layers if not isinstance(layer, nn.Linear)} or {"tanh"}
    activation = kinds.pop()
    if kinds or activation is None:
        raise AgentError(f"{source}: has other layers than dense ones with tanh or ReLU behind them")
    hidden = tuple(layer.out_features for layer in layers if isinstance(layer, nn.Linear))
    return Architecture(inputs=Inputs(frames=frames), hidden=hidden, activation=activation)
