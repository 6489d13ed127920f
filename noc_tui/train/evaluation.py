"""How well a policy plays: the network that is exported, on seeds that no training has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.agents.policy_file import Evaluation, Result
from noc_tui.agents.policy_inputs import PolicyInputs
from noc_tui.gym.vector import NOCSystemVectorEnv
from noc_tui.train.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.agents.policy import Network
    from noc_tui.sim.incident import Incident

TRIAL_SEEDS: Final = (1_000_000_000, 20)
"""The first seed, and how many, of the evaluations during training, by which the best policy is chosen."""
FINAL_SEEDS: Final = (0, 200)
"""Those of the evaluation that is reported."""


class Trial(NamedTuple):
    """An evaluation, and what it comes to for the objective: the more, the better."""

    evaluation: Evaluation
    score: float


def evaluate(network: Network, incidents: Sequence[Incident], objective: Objective, seeds: tuple[int, int]) -> Trial:
    """Play each incident with as many seeds from the first one on."""
    first, count = seeds
    results: dict[str, Result] = {}
    scores = []
    for incident in incidents:
        result, steps = _play(network, incident, first, count)
        results[incident.id] = result
        scores.append(result.reward if objective is Objective.REWARD else -steps)
    return Trial(Evaluation(first_seed=first, seeds=count, incidents=results), float(np.mean(scores)))


def _play(network: Network, incident: Incident, first_seed: int, count: int) -> tuple[Result, float]:
    """The result, and the mean number of steps, where an episode that is not resolved counts all it might have had."""
    envs = NOCSystemVectorEnv(count, incident_type=incident, blind=True)
    observations, _ = envs.reset(seed=first_seed)
    inputs = PolicyInputs(network.inputs, count)
    inputs.start(observations)
    running, resolved = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    steps = np.full(count, incident.max_steps)
    total = np.zeros(count)
    for step in range(1, incident.max_steps + 1):
        actions = network.actions(inputs.numbers())
        observations, rewards, terminations, truncations, infos = envs.step(actions)
        inputs.step(actions, observations)
        total += np.where(running, rewards, 0.0)
        just = running & infos["resolved"]
        resolved |= just
        steps[just] = step
        running &= ~(terminations | truncations)
        if not running.any():
            break
    some = bool(resolved.any())
    result = Result(
        resolved=int(resolved.sum()),
        steps=round(float(steps[resolved].mean()), 3) if some else None,
        reward=round(float(total.mean()), 3),
    )
    return result, float(steps.mean())
