"""`noc-tui train`: what it trains, prints, refuses, and that it goes on after Ctrl-C."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.policy_file import read_policy
from noc_tui.cli import train as command
from tests.cli.shell import noc
from tests.cli.test_help import COMMANDS

if TYPE_CHECKING:
    from noc_tui.train.plan import Plan
    from noc_tui.train.run import Progress

OUT = Path("out")
QUICK = ("--timesteps", "1", "--envs", "1", "--incident", "tls_expiry", "--out", "out")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)


def test_it_trains_and_says_what_the_policy_achieves_and_how_to_play_it() -> None:
    done = noc("train", *QUICK, "--objective", "time", "--seed", "9")
    assert done.code == 0, done.err
    assert done.lines[0].split() == ["incident", "resolved", "steps", "reward"]
    assert done.lines[1].startswith("tls_expiry ")
    assert done.lines[1].split()[1].endswith("/200")
    assert done.lines[-1] == "play it: noc-tui watch tls_expiry --agent policy:out/policy.safetensors"
    assert "64 of 64 timesteps: " in done.err
    training = read_policy(OUT / "policy.safetensors").card.training
    assert (training["objective"], training["seed"], training["envs"]) == ("time", 9, 1)
    played = noc("run", "--agent", "policy:out/policy.json", "--incident", "tls_expiry", "--format", "json")
    assert json.loads(played.out)["agent"] == "policy:out"


def test_a_terminal_sees_how_far_it_is_and_what_the_best_policy_achieves() -> None:
    from rich.console import Console

    from noc_tui.agents.policy_file import Evaluation, Result
    from noc_tui.cli.train_progress import TrainingProgress
    from noc_tui.train.run import Progress

    screen, million = io.StringIO(), 1_000_000
    trial = Evaluation(first_seed=0, seeds=4, incidents={"a": Result(resolved=4, steps=15.0, reward=1.0)})
    with TrainingProgress(
        Console(file=screen, force_terminal=True, width=80, color_system=None), 20 * million
    ) as progress:
        progress.show(Progress(timesteps=5 * million, total=20 * million, resolved=0.5, steps=9.0))
        progress.show(
            Progress(timesteps=10 * million, total=20 * million, resolved=0.6, steps=8.0, trial=trial, is_best=True)
        )
        progress.show(
            Progress(timesteps=15 * million, total=20 * million, resolved=1.0, steps=7.0, trial=trial, is_best=False)
        )
    shown = screen.getvalue()
    assert "75 %" in shown
    assert "100 % resolved, best 100 % resolved in 15.0 steps" in shown
    assert "…" not in shown  # it has room for all of that in 80 columns


def test_ctrl_c_keeps_the_best_and_resume_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from noc_tui.cli.train_progress import TrainingProgress

    pressed = iter([True])
    show = TrainingProgress.show

    def interrupted(self: TrainingProgress, progress: Progress) -> None:
        if next(pressed, False):
            raise KeyboardInterrupt
        show(self, progress)

    monkeypatch.setattr(TrainingProgress, "show", interrupted)
    done = noc("train", *QUICK)
    assert done.code == 130
    assert "noc-tui train --resume out goes on" in done.err
    read_policy(OUT / "policy.safetensors")
    resumed = noc("train", "--resume", "out")
    assert resumed.code == 0, resumed.err
    assert noc("train", *QUICK).err.startswith(
        "noc-tui: --out out: holds a training already; go on with it by --resume"
    )


def test_ctrl_c_before_and_after_the_training_proper_says_how_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("noc_tui.train.run.TrainingVecEnv", interrupted)
        done = noc("train", *QUICK)
    assert (done.code, done.lines) == (130, [])
    assert done.err.splitlines()[-1] == "noc-tui: interrupted; noc-tui train --resume out goes on"
    assert noc("train", "--resume", "out").code == 0
    with monkeypatch.context() as patched:
        patched.setattr("noc_tui.train.run._Training.finish", interrupted)
        assert noc("train", "--resume", "out").code == 130
    read_policy(OUT / "policy.safetensors")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--incident", "nope"), "noc-tui: no incident 'nope'"),
        (("--incident", ""), "noc-tui: an incident without a name is selected"),
        (("--resume", "gone"), "noc-tui: gone/training.json: no training can be gone on with: No such file"),
        (("--resume", "gone", "--seed", "1"), "noc-tui: --resume goes on as the training was begun"),
        (("convert", "gone.zip"), "noc-tui: gone.zip: is no file"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(arguments: tuple[str, ...], complaint: str) -> None:
    done = noc("train", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(complaint)
    assert done.err.count("\n") == 1
    assert not list(Path().iterdir())


def test_a_foreign_model_is_loaded_only_for_those_who_say_that_they_trust_it() -> None:
    Path("model.zip").write_bytes(b"nothing")
    refused = noc("train", "convert", "model.zip")
    assert refused.code == 2
    assert "can run any code on this machine" in refused.err
    assert "--trust" in refused.err
    trusted = noc("train", "convert", "model.zip", "--trust")
    assert trusted.code == 1
    warning, outcome = trusted.err.splitlines()
    assert "can run any code" in warning
    assert outcome.startswith("noc-tui: model.zip: is no PPO model")


def test_converting_takes_the_place_of_nothing_unless_it_is_named() -> None:
    Path("model.zip").write_bytes(b"nothing")
    Path("model.json").write_text("mine")
    done = noc("train", "convert", "model.zip", "--trust")
    assert (done.code, Path("model.json").read_text()) == (2, "mine")
    assert done.err == "noc-tui: model.json: stands there already; --output names another place for the policy\n"
    assert "is no PPO model" in noc("train", "convert", "model.zip", "--trust", "-o", "model").err


def test_the_examples_of_the_help_begin_trainings(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[int, bool]] = []

    def run(plan: Plan, _: Path, *, resume: bool) -> None:
        begun.append((plan.timesteps, resume))

    monkeypatch.setattr(command, "_run", run)
    for line in COMMANDS[("train",)].epilog.splitlines():
        if line.startswith("  noc-tui "):
            assert noc(*line.split()[1:]).code == 0
    assert begun == [(200_000, False), (3_000_000, False), (3_000_000, True)]


def test_without_torch_one_sentence_says_which_extra_installs_it() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; sys.argv[1:] = ['train', '--timesteps', '1']\n"
        "from noc_tui.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "which the extra `train` installs: pip install 'noc-tui[train]'" in done.stderr
