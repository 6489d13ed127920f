"""The reward as a tree of OpenEnv rubrics: one child for each term, the parent their sum in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openenv.core.rubrics.base import Rubric  # type: ignore[import-untyped]

from noc_tui.sim.reward import REWARD_TERMS, RewardTerms

if TYPE_CHECKING:
    from noc_tui.remote.models import NOCAction, NOCObservation


class Term(Rubric):  # type: ignore[misc]
    """One term of the reward, as the step has it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.term = name

    def forward(self, action: NOCAction, observation: NOCObservation) -> float:  # noqa: ARG002  (OpenEnv's signature)
        return observation.reward_terms[self.term] if observation.reward_terms else 0.0

    def __call__(self, action: NOCAction, observation: NOCObservation) -> Any:
        """The score. Where nobody has hung a hook on it, without the search for one, which takes longer."""
        if self._forward_hooks or self._forward_pre_hooks:
            return super().__call__(action, observation)
        self.__dict__["last_score"] = score = self.forward(action, observation)
        return score


class RewardRubric(Rubric):  # type: ignore[misc]
    """The reward of a step: its terms added from left to right, to the last bit what the simulator says."""

    def __init__(self) -> None:
        super().__init__()
        for name in REWARD_TERMS:
            setattr(self, name, Term(name))

    def forward(self, action: NOCAction, observation: NOCObservation) -> float:
        terms = RewardTerms._make(getattr(self, name)(action, observation) for name in REWARD_TERMS)
        return terms.total
