"""The lines that evaluation scripts parse, to the letter."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.bench.report_lines import json_line, log_line, summary_lines
from noc_tui.bench.run import AgentFailed, EpisodeResult, EpisodeStarted, Notice, run_many
from tests.factories import bundled_incident, make_incident

if TYPE_CHECKING:
    from noc_tui.episode.records import Outcome


def result(
    incident: str = "cpu_overload", outcome: Outcome = "resolved", score: float = 0.8, **changes: Any
) -> EpisodeResult:
    values: dict[str, Any] = {
        "incident": incident,
        "seed": 7,
        "agent": "rules",
        "outcome": outcome,
        "steps": 3,
        "total_reward": 16.25,
        "score": score,
        "rewards": (0.455, -0.001, 15.9),
        "session": "01JZ",
        "error": None,
    }
    return EpisodeResult(**{**values, **changes})


async def test_a_played_episode_in_the_log_format() -> None:
    incident = make_incident(max_steps=2, initial={"cpu_usage": 0.80})
    lines = [log_line(event) async for event in run_many("wait", [incident], [1], record=None)]
    assert lines == [
        "[START] task=sample env=noc_agent model=wait",
        "[STEP] step=1 action=do_nothing reward=0.23 done=false error=null",
        "[STEP] step=2 action=do_nothing reward=0.24 done=true error=null",
        "[END] success=false steps=2 score=0.019 rewards=0.23,0.24",
    ]


async def test_every_line_of_a_run_fits_the_format() -> None:
    format_of_lines = re.compile(
        r"\[START\] task=\w+ env=noc_agent model=\S+"
        r"|\[STEP\] step=\d+ action=[a-z_]+ reward=-?\d+\.\d\d done=(true|false) error=null"
        r"|\[END\] success=(true|false) steps=\d+ score=[01]\.\d{3} rewards=-?\d+\.\d\d(,-?\d+\.\d\d)*"
    )
    incidents = [bundled_incident(name) for name in ("network_congestion", "memory_leak", "cpu_overload")]
    lines = [log_line(event) async for event in run_many("random", incidents, range(3), record=None)]
    assert len(lines) > 60
    assert [line for line in lines if line is None or not format_of_lines.fullmatch(line)] == []


def test_a_failure_is_a_step_without_action_and_its_text_one_line() -> None:
    event = AgentFailed(step=4, error="agent x failed:\nbad\x1b[31m \u202enews" + "x" * 5_000)
    line = log_line(event)
    assert line is not None
    assert line.startswith("[STEP] step=4 action=null reward=0.00 done=true error=agent x failed: bad newsxxx")
    assert line.isprintable()
    assert len(line) < 500


def test_an_agents_name_stays_on_its_line() -> None:
    assert log_line(EpisodeStarted(incident="a", seed=1, agent="script:a\n[END] b")) == (
        "[START] task=a env=noc_agent model=script:a [END] b"
    )


def test_the_end_of_an_episode_never_says_minus_nothing() -> None:
    assert log_line(result()) == "[END] success=true steps=3 score=0.800 rewards=0.46,0.00,15.90"


@pytest.mark.parametrize(
    ("outcome", "score", "success"),
    [("resolved", 0.5, True), ("resolved", 0.4999, False), ("truncated", 0.6, True), ("void", 0.9, False)],
)
def test_success_is_the_run_scores_business_and_never_that_of_a_void_episode(
    outcome: Outcome, score: float, success: bool
) -> None:
    line = log_line(result(outcome=outcome, score=score))
    assert line is not None
    assert line.startswith(f"[END] success={str(success).lower()} ")


def test_an_episode_without_steps_has_no_rewards() -> None:
    assert log_line(result(outcome="void", steps=0, score=0.0, rewards=())) == (
        "[END] success=false steps=0 score=0.000 rewards="
    )


def test_a_notice_has_no_line() -> None:
    assert log_line(Notice("the disk is full")) is None


def test_the_summary_has_a_row_a_task_and_the_mean_score() -> None:
    results = [result("network_congestion"), result("memory_leak", "truncated", 0.25, steps=30)]
    assert summary_lines(results) == [
        "[SUMMARY] Task                Success  Steps  Score",
        "[SUMMARY] network_congestion     true      3  0.800",
        "[SUMMARY] memory_leak           false     30  0.250",
        "[SUMMARY] overall_score=0.525",
    ]


def test_the_summary_of_several_seeds_gives_share_and_means_and_leaves_void_episodes_out() -> None:
    results = [
        result("memory_leak", score=0.9, steps=4),
        result("memory_leak", "truncated", 0.1, steps=30),
        result("memory_leak", "void", 0.0, steps=1),
        result("cpu_overload", "void", 0.7, steps=2),
    ]
    assert summary_lines(results) == [
        "[SUMMARY] Task          Success  Steps  Score",
        "[SUMMARY] memory_leak       1/2   17.0  0.500",
        "[SUMMARY] cpu_overload     void      2  0.000",
        "[SUMMARY] overall_score=0.500",
    ]


def test_a_run_in_which_nothing_counts_scores_nothing() -> None:
    assert summary_lines([result("memory_leak", "void", 0.3)] * 2)[1:] == [
        "[SUMMARY] memory_leak     void    0.0  0.000",
        "[SUMMARY] overall_score=0.000",
    ]


def test_an_episode_as_json_is_one_line_with_exact_figures() -> None:
    line = json_line(result(total_reward=16.354999999999997, session=None))
    assert "\n" not in line
    assert json.loads(line) == {
        "incident": "cpu_overload",
        "seed": 7,
        "agent": "rules",
        "outcome": "resolved",
        "steps": 3,
        "return": 16.354999999999997,
        "score": 0.8,
        "session": None,
    }
