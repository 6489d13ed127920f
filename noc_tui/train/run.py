"""A training from its beginning, or from its last checkpoint, to the policy that comes out of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import stable_baselines3
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import configure
from stable_baselines3.common.utils import set_random_seed
from torch import nn

from noc_tui import __version__
from noc_tui.agents.policy import Network
from noc_tui.agents.policy_file import IN_FOLDER, PolicyCard, write_policy
from noc_tui.train import plan as hyper
from noc_tui.train.checkpoint import State, TrainingError, read_state, write_state
from noc_tui.train.evaluation import FINAL_SEEDS, TRIAL_SEEDS, evaluate
from noc_tui.train.export import UNSIGNED, weights_of
from noc_tui.train.plan import ARCHITECTURE
from noc_tui.train.vec_env import TrainingVecEnv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.agents.policy_file import Evaluation, Weights
    from noc_tui.train.evaluation import Trial
    from noc_tui.train.plan import Plan
    from noc_tui.train.vec_env import Ended

LOG_FOLDER: Final = "tensorboard"
_RECENT: Final = 500
"""Episodes that the progress speaks of."""
_FEWEST: Final = 0.05
"""What the learning rate falls to, of what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a training has come, told after each rollout."""

    timesteps: int
    total: int
    resolved: float | None
    """Share of the last episodes, exploring as they were; none before the first has ended."""
    steps: float | None
    """Their mean length."""
    trial: Evaluation | None = None
    """At the end of a stage: what the policy of that moment achieves."""
    is_best: bool = False
    """Whether none before it achieved more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training came to."""

    policy: Path
    evaluation: Evaluation
    best_at: int
    """The timesteps after which the policy stood."""
    timesteps: int
    interrupted: bool


def train(plan: Plan, folder: Path, *, tell: Callable[[Progress], None], resume: bool = False) -> Trained:
    """Train in that folder, which gets the best policy so far, a checkpoint, and a log for TensorBoard.

    With `resume` it goes on from the checkpoint, and comes to the same policy as if it had never stopped. Ctrl-C ends
    it early: the best policy is what it comes to. The same plan gives the same policy on the same machine. torch is set
    to one thread: two wait for each other, with networks as small as these.

    Raises `TrainingError` for a checkpoint that cannot be used, `OSError` for a folder that cannot be written to.
    """
    torch.set_num_threads(1)
    training = _Training(plan, folder, tell, read_state(folder) if resume else None)
    interrupted = False
    try:
        training.run()
    except KeyboardInterrupt:
        interrupted = True
        training.try_out()
    finally:
        training.close()
    return training.finish(interrupted=interrupted)


class _Training:
    def __init__(self, plan: Plan, folder: Path, tell: Callable[[Progress], None], state: State | None) -> None:
        self._plan = plan
        self._folder = folder
        self._tell = tell
        self._recent: deque[Ended] = deque(maxlen=_RECENT)
        self._env = TrainingVecEnv(
            plan.envs, plan.incidents, ARCHITECTURE.inputs.spec, plan.objective, discount=hyper.DISCOUNT
        )
        self._stage = 0
        self._best: Weights | None = None
        self._best_score, self._best_at = float("-inf"), 0
        set_random_seed(plan.seeds(0)[0])  # the weights to begin with
        self._model = PPO(
            "MlpPolicy",
            self._env,
            n_steps=hyper.ROLLOUT_STEPS,
            batch_size=plan.rollout // hyper.BATCHES,
            n_epochs=hyper.EPOCHS,
            gamma=hyper.DISCOUNT,
            gae_lambda=hyper.GAE_LAMBDA,
            clip_range=hyper.CLIP_RANGE,
            ent_coef=hyper.ENTROPY,
            learning_rate=self._learning_rate,
            policy_kwargs={"net_arch": list(ARCHITECTURE.hidden), "activation_fn": nn.Tanh},
            device="cpu",
        )
        if state is not None:
            self._go_on_from(state)
        self._log = configure(str(folder / LOG_FOLDER), ["tensorboard"])
        self._model.set_logger(self._log)

    def _learning_rate(self, _: float) -> float:
        """By how much of the whole training is left; what the model is told of is left of a stage."""
        done = self._model.num_timesteps if hasattr(self, "_model") else 0
        return hyper.LEARNING_RATE * max(1.0 - done / self._plan.total, _FEWEST)

    def _go_on_from(self, state: State) -> None:
        try:
            self._model.policy.load_state_dict(state.policy)
            self._model.policy.optimizer.load_state_dict(state.optimizer)
        except (KeyError, RuntimeError, ValueError) as error:
            raise TrainingError(f"the checkpoint in {self._folder} is of another kind of policy") from error
        self._model.num_timesteps = state.timesteps
        self._stage = state.stage
        self._best, self._best_score, self._best_at = state.best, state.best_score, state.best_at
        self._write_best(None)

    def run(self) -> None:
        """Train stage by stage.

        Each begins with episodes and random streams of its own, so that one that follows a checkpoint is the same as
        one that follows the stage before.
        """
        plan, model = self._plan, self._model
        while (left := plan.total - model.num_timesteps) > 0:
            drawn, first = plan.seeds(self._stage + 1)
            set_random_seed(drawn)
            self._env.seed(first)
            model._last_obs = None  # noqa: SLF001  (the way to have it reset the environments)
            model.learn(min(plan.stage, left), callback=_Teller(self._told), reset_num_timesteps=False)
            self._stage += 1
            self.try_out()
            assert self._best is not None  # noqa: S101  (somebody was tried out)
            write_state(
                self._folder,
                State(
                    timesteps=model.num_timesteps,
                    stage=self._stage,
                    policy=model.policy.state_dict(),
                    optimizer=model.policy.optimizer.state_dict(),
                    best_score=self._best_score,
                    best_at=self._best_at,
                    best=self._best,
                ),
            )

    def try_out(self) -> None:
        """See what the policy of this moment achieves, and keep it if that is more than any before."""
        weights = {name: array.copy() for name, array in weights_of(self._model.policy).items()}
        trial = self._evaluated(weights, TRIAL_SEEDS)
        is_best = trial.score > self._best_score
        if is_best:
            self._best, self._best_score, self._best_at = weights, trial.score, self._model.num_timesteps
            self._write_best(None)
        results = trial.evaluation.incidents.values()
        for name, value in (
            ("resolved", np.mean([result.resolved for result in results]) / trial.evaluation.seeds),
            ("reward", np.mean([result.reward for result in results])),
            ("score", trial.score),
        ):
            self._log.record(f"evaluation/{name}", float(value))
        self._log.dump(self._model.num_timesteps)
        self._tell(self._progress(trial.evaluation, is_best=is_best))

    def finish(self, *, interrupted: bool) -> Trained:
        """Evaluate the best policy at length, and write that beside it."""
        assert self._best is not None  # noqa: S101  (somebody was tried out, or it is the one that was gone on from)
        evaluation = self._evaluated(self._best, FINAL_SEEDS).evaluation
        return Trained(
            policy=self._write_best(evaluation),
            evaluation=evaluation,
            best_at=self._best_at,
            timesteps=self._model.num_timesteps,
            interrupted=interrupted,
        )

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def _evaluated(self, weights: Weights, seeds: tuple[int, int]) -> Trial:
        return evaluate(Network(ARCHITECTURE, weights), self._plan.incidents, self._plan.objective, seeds)

    def _write_best(self, evaluation: Evaluation | None) -> Path:
        assert self._best is not None  # noqa: S101
        plan = self._plan
        card = PolicyCard(
            weights_sha256=UNSIGNED,
            architecture=ARCHITECTURE,
            incidents=tuple(incident.id for incident in plan.incidents),
            training={
                "algorithm": "PPO",
                "objective": str(plan.objective),
                "timesteps": plan.total,
                "taken_at": self._best_at,
                "seed": plan.seed,
                "envs": plan.envs,
                "rollout_steps": hyper.ROLLOUT_STEPS,
                "batches": hyper.BATCHES,
                "epochs": hyper.EPOCHS,
                "discount": hyper.DISCOUNT,
                "gae_lambda": hyper.GAE_LAMBDA,
                "clip_range": hyper.CLIP_RANGE,
                "entropy": hyper.ENTROPY,
                "learning_rate": hyper.LEARNING_RATE,
                "noc_tui": __version__,
                "stable_baselines3": stable_baselines3.__version__,
                "torch": torch.__version__,
                "numpy": np.__version__,
            },
            evaluation=evaluation,
        )
        return write_policy(self._folder / IN_FOLDER, card, self._best)

    def _told(self) -> None:
        self._recent.extend(self._env.ended)
        self._env.ended.clear()
        self._tell(self._progress(None, is_best=False))

    def _progress(self, trial: Evaluation | None, *, is_best: bool) -> Progress:
        recent = self._recent
        return Progress(
            timesteps=self._model.num_timesteps,
            total=self._plan.total,
            resolved=float(np.mean([one.resolved for one in recent])) if recent else None,
            steps=float(np.mean([one.steps for one in recent])) if recent else None,
            trial=trial,
            is_best=is_best,
        )


class _Teller(BaseCallback):
    """Calls back after each rollout."""

    def __init__(self, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        self._told()
