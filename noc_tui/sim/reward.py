"""The reward of one step, its terms kept apart, and the run score of an episode.

The reward is part of the environment's contract. It is no measure of skill: the health bonus outweighs the step
penalty, so an operator who keeps breaking the streak earns more than one who resolves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

HEALTH_DELTA_WEIGHT: Final = 5.0
HEALTH_WEIGHT: Final = 0.5
STEP_PENALTY: Final = -0.10
RESOLUTION_BONUS: Final = 15.0
CRASH_PENALTY: Final = -10.0
INEFFECTIVE_PENALTY: Final = -0.30
EFFECTIVE_RISE: Final = 0.005
"""Health has to rise by more than this for an action to count as effective."""

RUN_SCORE_STEPS: Final = 30
RUN_SCORE_SCALE: Final = 25.0
RUN_SCORE_SUCCESS: Final = 0.5


class RewardTerms(NamedTuple):
    """The terms of a step's reward, in the order in which they are added."""

    health_delta: float
    health_bonus: float
    step_penalty: float
    resolution: float
    crash: float
    ineffective: float

    @property
    def total(self) -> float:
        """The reward: the terms added from left to right. (`sum` compensates and differs in the last bit.)"""
        return (
            self.health_delta + self.health_bonus + self.step_penalty + self.resolution + self.crash + self.ineffective
        )


REWARD_TERMS: Final = RewardTerms._fields


def reward_terms(before: float, after: float, *, waited: bool, resolved: bool, crashed: bool) -> RewardTerms:
    """The reward of a step that took health from `before` to `after`, both in [0, 1]."""
    idle = waited or resolved or after - before > EFFECTIVE_RISE
    return RewardTerms(
        health_delta=(after - before) * HEALTH_DELTA_WEIGHT,
        health_bonus=after * HEALTH_WEIGHT,
        step_penalty=STEP_PENALTY,
        resolution=RESOLUTION_BONUS if resolved else 0.0,
        crash=CRASH_PENALTY if crashed else 0.0,
        ineffective=0.0 if idle else INEFFECTIVE_PENALTY,
    )


def run_score(rewards: Iterable[float]) -> float:
    """The run score in [0, 1]: rewards of the first 30 steps added in order, over 25, clipped. Success is from 0.5."""
    total = 0.0
    for step, reward in enumerate(rewards):
        if step == RUN_SCORE_STEPS:
            break
        total += reward
    return min(max(total / RUN_SCORE_SCALE, 0.0), 1.0)
