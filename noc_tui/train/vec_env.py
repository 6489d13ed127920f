"""The vector environment as Stable-Baselines3 wants one, which has no adapter for those of Gymnasium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import VecEnv

from noc_tui.agents.policy_inputs import PolicyInputs
from noc_tui.gym.vector import NOCSystemVectorEnv
from noc_tui.train.objective import Steps, training_rewards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

    from noc_tui.agents.policy_inputs import InputSpec
    from noc_tui.sim.incident import Incident
    from noc_tui.train.objective import Objective


class Ended(NamedTuple):
    """An episode that has ended in training."""

    resolved: bool
    steps: int
    reward: float
    """The environment's own rewards, added up."""


class TrainingVecEnv(VecEnv):
    """`num_envs` environments, each with one of `incidents` a time, for a policy that takes the numbers of `spec`.

    Observations are those numbers, rewards those of the objective. What ends is started anew at once. Its info has
    `terminal_observation`, `TimeLimit.truncated`, which is false where the last step resolved or crashed, and
    `episode`, with the sum of the rewards (`r`) and the steps (`l`).
    """

    def __init__(
        self,
        num_envs: int,
        incidents: Sequence[Incident],
        spec: InputSpec,
        objective: Objective,
        *,
        discount: float,
        max_steps: int | None = None,
    ) -> None:
        self._envs = NOCSystemVectorEnv(
            num_envs, incidents=incidents, max_steps=max_steps, autoreset_mode=AutoresetMode.SAME_STEP
        )
        self._inputs = PolicyInputs(spec, num_envs)
        self._objective = objective
        self._discount = discount
        self._health = np.zeros(num_envs)
        self._trained_on = np.zeros(num_envs)
        self._rewards = np.zeros(num_envs)
        self._steps = np.zeros(num_envs, dtype=np.int64)
        self._actions: NDArray[np.intp] = np.zeros(num_envs, dtype=np.intp)
        self.ended: list[Ended] = []
        """Every episode that has ended, until somebody takes it away."""
        super().__init__(num_envs, spaces.Box(-1.0, 1.0, (spec.size,), np.float32), spaces.Discrete(6))

    def reset(self) -> NDArray[np.float32]:
        """Start all episodes, with the seeds `s`, `s + 1`, ... after `seed(s)`."""
        observations, infos = self._envs.reset(seed=self._seeds[0])
        self._reset_seeds()
        self._inputs.start(observations)
        self._health = infos["health_score"]
        for sums in (self._trained_on, self._rewards, self._steps):
            sums[:] = 0
        return self._inputs.numbers()

    def step_async(self, actions: NDArray[np.intp]) -> None:
        """Remember what is to be done."""
        self._actions = actions

    def step_wait(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Take the step."""
        observations, rewards, terminations, truncations, told = self._envs.step(self._actions)
        ended: NDArray[np.bool_] = terminations | truncations
        rows = np.flatnonzero(ended)
        last, health = observations.copy(), told["health_score"]
        resolved = crashed = np.zeros(self.num_envs, dtype=np.bool_)
        if rows.size:
            final = told["final_info"]
            last[rows] = np.stack(told["final_obs"][rows])
            health = np.where(ended, final["health_score"], health)
            resolved, crashed = final["resolved"], final["crashed"]
        steps = Steps(rewards, resolved, crashed, self._health, health)
        given = training_rewards(self._objective, steps, self._discount)
        self._health = told["health_score"]
        self._inputs.step(self._actions, last)
        self._trained_on += given
        self._rewards += rewards
        self._steps += 1
        numbers = self._inputs.numbers()
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for row in rows.tolist():
            infos[row] = {
                "terminal_observation": numbers[row],
                "TimeLimit.truncated": bool(truncations[row]),
                "episode": {"r": float(self._trained_on[row]), "l": int(self._steps[row]), "t": 0.0},
            }
            self.ended.append(Ended(bool(resolved[row]), int(self._steps[row]), float(self._rewards[row])))
        if rows.size:
            self._inputs.start(observations[ended], ended)
            for sums in (self._trained_on, self._rewards, self._steps):
                sums[ended] = 0
            numbers = self._inputs.numbers()
        return numbers, given.astype(np.float32), ended, infos

    def close(self) -> None:
        """Nothing is held."""

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The same for each environment, as they are one: the attribute of the vector environment, or None."""
        return [getattr(self._envs, attr_name, None) for _ in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type[Any], indices: VecEnvIndices = None) -> list[bool]:  # noqa: ARG002  (there is no wrapper)
        """None is."""
        return [False for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Not to be had, as no environment is an object of its own. Raises `NotImplementedError`."""
        raise NotImplementedError(f"{attr_name} cannot be set in one environment of many that are one object")

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Likewise."""
        raise NotImplementedError(f"{method_name} cannot be called in one environment of many that are one object")
