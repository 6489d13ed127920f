"""How far a training has come: a bar while standard error is a terminal, a line at the end of each stage otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from noc_tui.cli.common import notice

if TYPE_CHECKING:
    from rich.console import Console

    from noc_tui.agents.policy_file import Evaluation
    from noc_tui.train import run


class TrainingProgress:
    """Shows what a training tells."""

    def __init__(self, console: Console, timesteps: int) -> None:
        self._lines = not console.is_terminal
        self._best = ""
        self._bar = Progress(
            BarColumn(bar_width=12),
            TextColumn("{task.percentage:.0f} %"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.description}", markup=False),
            console=console,
            disable=self._lines,
            transient=True,
        )
        self._task = self._bar.add_task("", total=timesteps)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, progress: run.Progress) -> None:
        """What has been trained, what the last episodes came to, and what the best policy so far achieves."""
        if progress.trial is not None:
            achieved = told(progress.trial)
            if progress.is_best:
                self._best = f", best {achieved}"
            if self._lines:
                mark = ", the best so far" if progress.is_best else ""
                notice(f"{progress.timesteps:,} of {progress.total:,} timesteps: {achieved}{mark}")
        now = f"{_percent(progress.resolved)} resolved" if progress.resolved is not None else ""
        self._bar.update(self._task, completed=progress.timesteps, description=f"{now}{self._best}")


def told(trial: Evaluation) -> str:
    """An evaluation in a few words: `98 % resolved in 6.1 steps`."""
    results = trial.incidents.values()
    resolved = sum(result.resolved for result in results)
    share = f"{_percent(resolved / (trial.seeds * len(results)))} resolved"
    if not resolved:
        return share
    steps = sum(result.resolved * (result.steps or 0.0) for result in results) / resolved
    return f"{share} in {steps:.1f} steps"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
