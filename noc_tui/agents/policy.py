"""Trained policies as agents, in plain NumPy: `policy:FILE`, and `ppo`, which comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from noc_tui.agents.asking import NAME_LIMIT
from noc_tui.agents.base import AgentError, InstantAgent
from noc_tui.agents.policy_file import WEIGHTS, read_policy
from noc_tui.agents.policy_inputs import PolicyInputs
from noc_tui.sim.actions import ACTION_INDEX, ACTIONS, ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.agents.policy_file import Architecture, Weights
    from noc_tui.episode.observation import Observation

SHIPPED: Final = ("all", "classic", "pack")
"""The policies that come with the program, by what they were trained on; the first where none is named."""
_FOLDER: Final = Path(__file__).parent / "policies"
_WORTH_TELLING: Final = 0.05
"""The least probability at which a second choice is named."""


class Network:
    """A network of dense layers."""

    def __init__(self, architecture: Architecture, weights: Weights) -> None:
        self.inputs = architecture.inputs.spec
        """What it takes."""
        self._is_tanh = architecture.activation == "tanh"
        self._layers = [
            (np.ascontiguousarray(weights[f"layers.{layer}.weight"].T), weights[f"layers.{layer}.bias"])
            for layer in range(len(architecture.hidden) + 1)
        ]

    def logits(self, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
        """An output for each action, (n, 6), for each row of numbers, (n, inputs.size)."""
        for weight, bias in self._layers[:-1]:
            numbers = numbers @ weight + bias
            numbers = np.tanh(numbers) if self._is_tanh else np.maximum(numbers, np.float32(0.0))
        weight, bias = self._layers[-1]
        return numbers @ weight + bias

    def actions(self, numbers: NDArray[np.float32]) -> NDArray[np.intp]:
        """The likeliest action for each row of numbers, (n,)."""
        chosen: NDArray[np.intp] = self.logits(numbers).argmax(axis=1)
        return chosen


class PolicyAgent(InstantAgent):
    """Does what a network holds likeliest, by the metrics and actions of the episode so far, and by nothing else.

    It reads neither the log nor the incident's name, and nothing from before the page.
    """

    def __init__(self, name: str, network: Network) -> None:
        super().__init__(name)
        self._network = network

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        logits = self._network.logits(numbers_of(self._network, observation))[0].astype(np.float64)
        likely = np.exp(logits - logits.max())
        likely /= likely.sum()
        first, second = np.argsort(-likely, kind="stable")[:2].tolist()
        rationale = f"{ACTIONS[first].label} {likely[first] * 100:.0f} %"
        if likely[second] >= _WORTH_TELLING:
            rationale += f", {ACTIONS[second].label} {likely[second] * 100:.0f} %"
        return ACTIONS[first], f"{rationale}."


def numbers_of(network: Network, observation: Observation) -> NDArray[np.float32]:
    """What the network takes at this point of an episode, (1, inputs.size)."""
    inputs = PolicyInputs(network.inputs)
    frames = np.array(observation.history, dtype=np.float32)
    inputs.start(frames[:1])
    for action, metrics in zip(observation.actions, frames[1:], strict=True):
        inputs.step(np.array([ACTION_INDEX[action]]), metrics[None])
    return inputs.numbers()


def load_network(path: Path) -> Network:
    """The network of a policy, found as by `read_policy`. Raises `AgentError` that names the file and what is wrong."""
    stored = read_policy(path)
    return Network(stored.card.architecture, stored.weights)


def policy_name(path: Path) -> str:
    """What the agent of a policy file is called: by the file, or by the folder of the training that it came out of."""
    whole = path.absolute()
    name = whole.name if whole.is_dir() else whole.parent.name if whole.stem == "policy" else whole.stem
    return clean(f"policy:{name}", NAME_LIMIT)


def shipped_policy(name: str | None) -> Path:
    """The file of a policy that comes with the program. Raises `AgentError` for a name that there is not."""
    if name is not None and name not in SHIPPED:
        raise AgentError(f"agent ppo takes one of {', '.join(SHIPPED)} behind its name, not {clean(name, 60)!r}")
    return _FOLDER / f"ppo-{name or SHIPPED[0]}{WEIGHTS}"
