"""What is to be trained, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from noc_tui.agents.policy_file import Architecture, Inputs
from noc_tui.agents.policy_inputs import BLOCKS
from noc_tui.train.objective import Objective

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident

ROLLOUT_STEPS: Final = 64
"""Steps of each environment between two updates."""
BATCHES: Final = 8
"""Parts that these are split into, in each of `EPOCHS` passes over them."""
EPOCHS: Final = 5
DISCOUNT: Final = 0.98
GAE_LAMBDA: Final = 0.95
CLIP_RANGE: Final = 0.2
ENTROPY: Final = 0.01
LEARNING_RATE: Final = 1e-3
"""At the start; it falls in a straight line, to a twentieth."""
STAGES: Final = 20
"""A training has about as many stages, each of which ends with an evaluation and a checkpoint."""

ARCHITECTURE: Final = Architecture(
    inputs=Inputs(frames=4, actions=4, blocks=BLOCKS), hidden=(128, 128), activation="tanh"
)
"""What one observation tells is not enough: which incident it is shows in how metrics answer to actions."""

_NOT_EVALUATED: Final = 2**33
"""Training has seeds from here on, evaluations below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that the result of a training depends on, beside the versions of what computes it."""

    incidents: tuple[Incident, ...]
    """What is trained on, each as often as the others."""
    timesteps: int = 200_000
    """At least so many, rounded up to whole rollouts."""
    seed: int = 42
    envs: int = 64
    objective: Objective = Objective.REWARD

    @property
    def rollout(self) -> int:
        """Timesteps between two updates."""
        return self.envs * ROLLOUT_STEPS

    @property
    def total(self) -> int:
        """Timesteps in all."""
        return -(-self.timesteps // self.rollout) * self.rollout

    @property
    def stage(self) -> int:
        """Timesteps of a stage; the last one may be shorter."""
        return -(-self.total // self.rollout // STAGES) * self.rollout

    def seeds(self, stage: int) -> tuple[int, int]:
        """The seed of whatever is drawn in that stage, and that of the first environment."""
        drawn, first = np.random.SeedSequence([self.seed, stage]).generate_state(2).tolist()
        return drawn, _NOT_EVALUATED + first
