"""What a policy is trained for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_COST: Final = 0.1
RESOLVED: Final = 1.0
CRASHED: Final = -5.0
SHAPING: Final = 2.0


class Objective(StrEnum):
    """Which rewards a policy is trained on."""

    REWARD = "reward"
    """Those of the environment, which pay for dawdling."""
    TIME = "time"
    """For resolving fast."""


@dataclass(frozen=True, slots=True)
class Steps:
    """One step of many environments; each array is of shape (num_envs,)."""

    rewards: NDArray[np.float64]
    """The environment's own."""
    resolved: NDArray[np.bool_]
    crashed: NDArray[np.bool_]
    health_before: NDArray[np.float64]
    health: NDArray[np.float64]
    """From 0 to 1, 1 being best."""


def training_rewards(objective: Objective, steps: Steps, discount: float) -> NDArray[np.float64]:
    """What PPO is given for these steps, (num_envs,).

    For `TIME`: -0.1 a step, 1 for a resolution, -5 for a crash, and twice the growth of health, discounted so that it
    adds up to the same over any way from a state to the end, which leaves the best policy what it is (Ng, Harada and
    Russell, "Policy invariance under reward transformations", 1999).
    """
    if objective is Objective.REWARD:
        return steps.rewards
    health = np.where(steps.resolved | steps.crashed, 0.0, steps.health)
    shaping = SHAPING * (discount * health - steps.health_before)
    rewards: NDArray[np.float64] = shaping - STEP_COST + RESOLVED * steps.resolved + CRASHED * steps.crashed
    return rewards
