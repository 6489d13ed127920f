"""What Stable-Baselines3 is given: the numbers of the policy's history, the rewards of the objective, true endings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.policy_inputs import BLOCKS, InputSpec, PolicyInputs
from noc_tui.sim.actions import ACTION_INDEX, ActionType
from noc_tui.sim.catalog import default_catalog

if TYPE_CHECKING:
    from noc_tui.train.vec_env import TrainingVecEnv

SPEC = InputSpec(frames=3, actions=2, blocks=BLOCKS)
WAIT, SCALE = ACTION_INDEX[ActionType.DO_NOTHING], ACTION_INDEX[ActionType.SCALE_UP]


def environments(count: int = 3, incident: str = "backup_window", **options: Any) -> TrainingVecEnv:
    from noc_tui.train.objective import Objective
    from noc_tui.train.vec_env import TrainingVecEnv

    incidents = [default_catalog().load(incident)]
    return TrainingVecEnv(count, incidents, SPEC, Objective.REWARD, discount=0.98, **options)


def started(envs: TrainingVecEnv, seed: int = 7) -> Any:
    envs.seed(seed)
    return envs.reset()


def gym_env(incident: str = "backup_window", **options: Any) -> Any:
    from noc_tui.gym import NOCSystemEnv

    return NOCSystemEnv(incident, **options)


@pytest.mark.parametrize("max_steps", [4, None], ids=["cut off", "resolved"])
def test_each_environment_is_that_of_gymnasium_with_the_same_seed(max_steps: int | None) -> None:
    envs = environments(max_steps=max_steps)
    seen = started(envs)
    singles = [gym_env(max_steps=max_steps) for _ in range(3)]
    inputs = [PolicyInputs(SPEC) for _ in singles]
    for row, (single, numbers) in enumerate(zip(singles, inputs, strict=True)):
        numbers.start(single.reset(seed=7 + row)[0][None])
    for _ in range(15):
        assert seen.tobytes() == np.concatenate([numbers.numbers() for numbers in inputs]).tobytes()
        seen, rewards, ended, infos = envs.step(np.full(3, WAIT))
        for row, (single, numbers) in enumerate(zip(singles, inputs, strict=True)):
            metrics, reward, terminated, truncated, _ = single.step(WAIT)
            numbers.step(np.array([WAIT]), metrics[None])
            assert rewards[row] == np.float32(reward)
            assert ended[row] == (terminated or truncated)
            if not ended[row]:
                assert infos[row] == {}
                continue
            assert infos[row]["TimeLimit.truncated"] is (truncated and not terminated)
            assert infos[row]["terminal_observation"].tobytes() == numbers.numbers()[0].tobytes()
            numbers.start(single.reset()[0][None])


def test_an_episode_that_ends_is_counted_with_its_rewards_and_steps() -> None:
    envs = environments(1, max_steps=3)
    started(envs)
    rewards = [envs.step(np.array([SCALE]))[1][0] for _ in range(2)]
    _, last, _, infos = envs.step(np.array([SCALE]))
    assert infos[0]["episode"]["l"] == 3
    assert infos[0]["episode"]["r"] == pytest.approx(sum(rewards) + last[0], abs=1e-5)
    (ended,) = envs.ended
    assert (ended.resolved, ended.steps) == (False, 3)
    assert ended.reward == pytest.approx(infos[0]["episode"]["r"], abs=1e-9)


def test_a_seed_starts_everything_anew_and_no_seed_goes_on() -> None:
    envs = environments()
    first = started(envs)
    again = envs.reset()
    assert again.tobytes() != first.tobytes()
    assert started(envs).tobytes() == first.tobytes()


def test_a_crash_costs_and_a_resolution_pays_when_time_is_the_objective() -> None:
    from noc_tui.train.objective import Objective, Steps, training_rewards

    steps = Steps(
        rewards=np.array([7.0, 7.0, 7.0]),
        resolved=np.array([True, False, False]),
        crashed=np.array([False, True, False]),
        health_before=np.zeros(3),
        health=np.zeros(3),
    )
    assert training_rewards(Objective.TIME, steps, 0.98).tolist() == pytest.approx([0.9, -5.1, -0.1])
    assert training_rewards(Objective.REWARD, steps, 0.98).tolist() == [7.0] * 3


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_of_two_ways_to_the_end_the_shorter_is_worth_more_whatever_health_did(
    one: list[float], other: list[float]
) -> None:
    from noc_tui.train.objective import Objective, Steps, training_rewards

    def value(path: list[float]) -> float:
        health = np.array([0.4, *path])
        last = np.arange(len(path)) == len(path) - 1
        steps = Steps(np.zeros(len(path)), last, np.zeros_like(last), health[:-1], health[1:])
        return float(training_rewards(Objective.TIME, steps, 0.98) @ 0.98 ** np.arange(len(path)))

    if len(one) == len(other):
        assert value(one) == pytest.approx(value(other))
    else:
        assert (value(one) > value(other)) == (len(one) < len(other))
