"""Trainings: small ones, to their end or interrupted, and what they leave behind."""

from __future__ import annotations

import pickle
import resource
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.policy import load_network
from noc_tui.agents.policy_file import read_policy
from noc_tui.sim.catalog import default_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.train.plan import Plan
    from noc_tui.train.run import Progress, Trained

ROLLOUT = 128


def small(timesteps: int = 3 * ROLLOUT, **changes: Any) -> Plan:
    """A plan of three stages, of one rollout each."""
    from noc_tui.train.plan import Plan

    incidents = tuple(map(default_catalog().load, ("tls_expiry", "flaky_nic")))
    return Plan(**{"incidents": incidents, "timesteps": timesteps, "envs": 2, "seed": 5, **changes})


def trained(plan: Plan, folder: Path, tell: Callable[[Progress], None] = lambda _: None, **options: Any) -> Trained:
    from noc_tui.train.checkpoint import write_plan
    from noc_tui.train.run import train

    folder.mkdir(exist_ok=True)
    write_plan(folder, plan)
    return train(plan, folder, tell=tell, **options)


def content(result: Trained) -> tuple[bytes, str]:
    return result.policy.read_bytes(), result.policy.with_suffix(".json").read_text()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A training that nobody interrupted."""
    return trained(small(), tmp_path_factory.mktemp("whole"))


class Interrupting:
    """Ctrl-C after so many rollouts."""

    def __init__(self, rollouts: int) -> None:
        self.left = rollouts

    def __call__(self, progress: Progress) -> None:
        if progress.trial is None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt


def test_a_plan_is_rounded_up_to_whole_rollouts_and_split_into_stages() -> None:
    assert (small(1).total, small(1).stage) == (ROLLOUT, ROLLOUT)
    assert (small(200 * ROLLOUT - 1).total, small(200 * ROLLOUT - 1).stage) == (200 * ROLLOUT, 10 * ROLLOUT)


def test_training_and_evaluation_share_no_seed() -> None:
    from noc_tui.train.evaluation import FINAL_SEEDS, TRIAL_SEEDS

    firsts = [small(seed=seed).seeds(stage)[1] for seed in (0, 42, 2**53 - 1) for stage in range(5)]
    assert len(set(firsts)) == len(firsts)
    assert min(firsts) > max(first + count for first, count in (FINAL_SEEDS, TRIAL_SEEDS))


def test_the_same_plan_comes_to_the_same_policy_whether_it_was_interrupted_or_not(
    whole: Trained, tmp_path: Path
) -> None:
    assert (whole.interrupted, whole.timesteps) == (False, 3 * ROLLOUT)
    parted = trained(small(), tmp_path / "parted", Interrupting(2))
    assert (parted.interrupted, parted.timesteps) == (True, 2 * ROLLOUT)
    resumed = trained(small(), tmp_path / "parted", resume=True)
    assert (resumed.interrupted, resumed.timesteps) == (False, 3 * ROLLOUT)
    assert content(resumed) == content(whole)


def test_another_seed_comes_to_another_policy(whole: Trained, tmp_path: Path) -> None:
    other = trained(small(ROLLOUT, seed=6), tmp_path / "a")
    assert other.policy.read_bytes() != whole.policy.read_bytes()


def test_a_training_interrupted_at_once_has_a_policy_all_the_same(whole: Trained, tmp_path: Path) -> None:
    result = trained(small(), tmp_path / "a", Interrupting(1))
    assert result.interrupted
    load_network(result.policy)
    assert content(trained(small(), tmp_path / "a", resume=True)) == content(whole)


def test_it_keeps_the_best_policy_and_not_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from noc_tui.train.evaluation import evaluate

    scores = iter([1.0, 3.0, 2.0, 0.0])
    monkeypatch.setattr("noc_tui.train.run.evaluate", lambda *given: evaluate(*given)._replace(score=next(scores)))
    told: list[Progress] = []
    result = trained(small(), tmp_path / "a", told.append)
    assert result.best_at == 2 * ROLLOUT
    assert [progress.is_best for progress in told if progress.trial] == [True, True, False]
    assert [progress.timesteps for progress in told if progress.trial is None] == [ROLLOUT, 2 * ROLLOUT, 3 * ROLLOUT]
    assert read_policy(result.policy).card.training["taken_at"] == 2 * ROLLOUT


def test_the_policy_says_what_it_is_and_what_it_achieves(whole: Trained) -> None:
    from noc_tui.train.evaluation import FINAL_SEEDS

    result = whole
    card = read_policy(result.policy).card
    assert card.incidents == ("tls_expiry", "flaky_nic")
    assert card.evaluation == result.evaluation
    assert (result.evaluation.first_seed, result.evaluation.seeds) == FINAL_SEEDS
    assert set(result.evaluation.incidents) == set(card.incidents)
    assert {"algorithm": "PPO", "objective": "reward", "seed": 5, "envs": 2}.items() <= card.training.items()
    assert list((result.policy.parent / "tensorboard").glob("events.*"))


def test_a_short_training_learns_to_renew_a_certificate(tmp_path: Path) -> None:
    from noc_tui.train.objective import Objective

    plan = small(8192, incidents=(default_catalog().load("tls_expiry"),), envs=64, objective=Objective.TIME)
    figures = trained(plan, tmp_path / "a").evaluation.incidents["tls_expiry"]
    assert figures.resolved >= 190  # of 200; any action resolves 50
    assert figures.steps is not None
    assert figures.steps < 7


def test_the_score_of_a_policy_is_what_it_is_trained_for(whole: Trained) -> None:
    from noc_tui.train.evaluation import evaluate
    from noc_tui.train.objective import Objective

    network = load_network(whole.policy)
    incident = default_catalog().load("cpu_overload")
    paid = evaluate(network, [incident], Objective.REWARD, (0, 10))
    timed = evaluate(network, [incident], Objective.TIME, (0, 10))
    figures = paid.evaluation.incidents["cpu_overload"]
    assert paid.evaluation == timed.evaluation
    assert paid.score == pytest.approx(figures.reward, abs=1e-3)
    lost = (10 - figures.resolved) * incident.max_steps
    assert -timed.score * 10 == pytest.approx(figures.resolved * (figures.steps or 0) + lost, abs=0.1)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    from noc_tui.train.checkpoint import read_plan, write_plan

    write_plan(tmp_path, small())
    assert read_plan(tmp_path, default_catalog()) == small()


def test_what_cannot_be_gone_on_with_is_told_in_a_sentence(tmp_path: Path) -> None:
    from noc_tui.train.checkpoint import PLAN_FILE, TrainingError, read_plan, write_plan

    def refusal() -> str:
        with pytest.raises(TrainingError) as caught:
            read_plan(tmp_path, default_catalog())
        return str(caught.value).removeprefix(f"{tmp_path / PLAN_FILE}: ")

    assert refusal() == "no training can be gone on with: No such file or directory"
    write_plan(tmp_path, small())
    path = tmp_path / PLAN_FILE
    text = path.read_text()
    path.write_text(text.replace("sha256:", "sha256:0"))
    assert refusal() == "tls_expiry is not what it was when this training began"
    path.write_text(text.replace('"seed"', '"sead"'))
    assert refusal().startswith("describes no training: seed")


def test_a_checkpoint_that_finds_no_room_is_an_error_of_the_system_and_leaves_nothing(tmp_path: Path) -> None:
    import torch

    from noc_tui.train.checkpoint import State, write_state

    state = State(1, 1, {"weights": torch.zeros(5000)}, {}, 0.0, 1, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_state(tmp_path, state)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it ran')",)


@pytest.mark.parametrize(
    "state", [b"", b"nonsense", pickle.dumps(Bomb(), protocol=2), pickle.dumps({"timesteps": 1}, protocol=2)]
)
def test_a_checkpoint_that_is_none_is_refused_and_nothing_in_it_runs(tmp_path: Path, state: bytes) -> None:
    from noc_tui.train.checkpoint import STATE_FILE, TrainingError

    (tmp_path / STATE_FILE).write_bytes(state)
    with pytest.raises(TrainingError, match="is no checkpoint that can be read"):
        trained(small(), tmp_path, resume=True)
