"""What a headless run writes, line by line: the log format that evaluation scripts parse, and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from noc_tui.bench.run import AgentFailed, EpisodeResult, EpisodeStarted
from noc_tui.episode.records import StepRecord
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.bench.run import RunEvent

ENVIRONMENT: Final = "noc_agent"
"""What `env=` names."""


def log_line(event: RunEvent) -> str | None:
    """The event in the log format; None for one that has no line there."""
    match event:
        case EpisodeStarted():
            return f"[START] task={event.incident} env={ENVIRONMENT} model={_one_line(event.agent)}"
        case StepRecord():
            done = event.outcome is not None
            return _step_line(event.step, event.decision.action, event.reward, done=done, error=None)
        case AgentFailed():
            # The step was not taken: there is no action to name, and nothing to reward.
            return _step_line(event.step, "null", 0.0, done=event.final, error=event.error)
        case EpisodeResult():
            rewards = ",".join(_figure(reward, 2) for reward in event.rewards)
            success, score = _flag(event.success), _figure(event.score, 3)
            return f"[END] success={success} steps={event.steps} score={score} rewards={rewards}"
        case _:
            return None


def _step_line(step: int, action: str, reward: float, *, done: bool, error: str | None) -> str:
    told = "null" if error is None else _one_line(error)
    return f"[STEP] step={step} action={action} reward={_figure(reward, 2)} done={_flag(done)} error={told}"


def summary_lines(results: Sequence[EpisodeResult]) -> list[str]:
    """The table with a row for each task, and the mean score over all episodes.

    Of several episodes the row gives the share that succeeded and the means. Void episodes count in neither; a task
    that has no others is void.
    """
    by_task: dict[str, list[EpisodeResult]] = {}
    for result in results:
        by_task.setdefault(result.incident, []).append(result)
    rows = [("Task", "Success", "Steps", "Score"), *(_row(task, some) for task, some in by_task.items())]
    width = max(len(row[0]) for row in rows)
    lines = [f"[SUMMARY] {task:<{width}}  {success:>7}  {steps:>5}  {score:>5}" for task, success, steps, score in rows]
    counted = [result.score for result in results if result.outcome != "void"]
    return [*lines, f"[SUMMARY] overall_score={_figure(_mean(counted), 3)}"]


def _row(task: str, results: Sequence[EpisodeResult]) -> tuple[str, str, str, str]:
    counted = [result for result in results if result.outcome != "void"]
    score = _figure(_mean([result.score for result in counted]), 3)
    if len(results) == 1:
        only = results[0]
        return task, "void" if only.outcome == "void" else _flag(only.success), str(only.steps), score
    succeeded = sum(result.success for result in counted)
    steps = _figure(_mean([result.steps for result in counted]), 1)
    return task, f"{succeeded}/{len(counted)}" if counted else "void", steps, score


def json_line(result: EpisodeResult) -> str:
    """The result of an episode as one JSON object."""
    return json.dumps(
        {
            "incident": result.incident,
            "seed": result.seed,
            "agent": result.agent,
            "outcome": result.outcome,
            "steps": result.steps,
            "return": result.total_reward,
            "score": result.score,
            "session": result.session,
        }
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _figure(value: float, digits: int) -> str:
    return f"{value:z.{digits}f}"  # z: never "-0.00"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _one_line(text: str) -> str:
    return clean(text, 400)
