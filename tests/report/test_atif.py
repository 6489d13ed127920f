"""Trajectories: as the models of the Harbor framework want them, and true to the session."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.totals import totals_of
from noc_tui.report.atif import atif_json
from tests.episode.builders import TickingClock, ended, eventful, into, path_of
from tests.report.samples import begin, named, poisoned, recorded

SCHEMA = json.loads((Path(__file__).parent / "atif-v1.8.schema.json").read_text())


def trajectory(path: Path) -> dict[str, Any]:
    with SessionFile.open(path) as session:
        text = atif_json(session)
    assert text.isascii()
    assert "\x7f" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def forked(folder: Path) -> Path:
    with SessionFile.open(eventful(folder)) as parent:
        fork = Episode.fork(parent, 2, record=into(folder), clock=TickingClock())
    fork.act("do_nothing")
    fork.close()
    return path_of(folder, fork)


def marked(folder: Path) -> Path:
    episode = begin(folder)
    episode.mark("before anything was done")
    episode.close()
    return path_of(folder, episode)


MAKERS = {
    "eventful": eventful,
    "ended": ended,
    "blind": lambda folder: eventful(folder, blind=True),
    "poisoned": lambda folder: poisoned(eventful(folder)),
    "forked": forked,
    "without a step": marked,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
def test_it_is_what_the_format_wants(tmp_path: Path, make: Any) -> None:
    found = trajectory(make(tmp_path))
    Draft202012Validator(SCHEMA).validate(found)
    # What the specification demands beyond the schema.
    assert [step["step_id"] for step in found["steps"]] == list(range(1, len(found["steps"]) + 1))
    for step in found["steps"]:
        datetime.fromisoformat(step["timestamp"])
        calls = {call["tool_call_id"] for call in step.get("tool_calls", ())}
        assert {result["source_call_id"] for result in step.get("observation", {}).get("results", ())} == calls
        if step["source"] != "agent":
            assert not set(step) & {"model_name", "reasoning_effort", "reasoning_content", "tool_calls", "metrics"}
        if step.get("llm_call_count") == 0:
            assert not set(step) & {"metrics", "reasoning_content"}
    assert found["final_metrics"]["total_steps"] == len(found["steps"])


def test_it_has_a_call_and_its_result_for_every_step(tmp_path: Path) -> None:
    path = ended(tmp_path)
    acted = [step for step in trajectory(path)["steps"] if step["source"] == "agent"]
    with SessionFile.open(path) as session:
        assert len(acted) == session.steps
        for step, record in zip(acted, session.records(), strict=True):
            (call,) = step["tool_calls"]
            (result,) = step["observation"]["results"]
            assert call["function_name"] == "act"
            assert call["arguments"] == {"action": record.decision.action}
            assert result["extra"]["metrics"] == record.after._asdict()
            assert result["extra"]["reward"] == record.reward
            assert record.explanation in result["content"]


def test_the_tool_is_defined_with_all_six_actions(tmp_path: Path) -> None:
    (tool,) = trajectory(recorded(tmp_path))["agent"]["tool_definitions"]
    assert tool["function"]["name"] == "act"
    assert len(tool["function"]["parameters"]["properties"]["action"]["enum"]) == 6


def test_what_a_model_thought_and_cost_stands_at_its_step_and_in_the_sum(tmp_path: Path) -> None:
    found = trajectory(eventful(tmp_path))
    (asked,) = [step for step in found["steps"] if "metrics" in step]
    assert asked["metrics"] == {
        "prompt_tokens": 300,
        "completion_tokens": 7,
        "cost_usd": 0.25,
        "extra": {"latency_ms": 12.5},
    }
    assert asked["message"] == "“CPU” is hot\n"
    assert (asked["model_name"], asked["extra"]["driver"], asked["extra"]["answer_format"]) == (
        "rules",
        "rules",
        "text",
    )
    assert "llm_call_count" not in asked
    final = found["final_metrics"]
    assert (final["total_prompt_tokens"], final["total_completion_tokens"], final["total_cost_usd"]) == (300, 7, 0.75)
    (failed,) = [step for step in found["steps"] if step.get("extra", {}).get("reason") == "agent_error"]
    assert failed["extra"]["usage"] == {"cost_usd": 0.5}


def test_who_asked_no_model_has_no_metrics(tmp_path: Path) -> None:
    found = trajectory(recorded(tmp_path))
    assert {step.get("llm_call_count") for step in found["steps"] if step["source"] == "agent"} == {0}
    assert "total_cost_usd" not in found["final_metrics"]
    assert "model_name" not in found["agent"]


def test_marks_are_said_by_the_user_and_control_by_the_system(tmp_path: Path) -> None:
    told = [(step["source"], step["message"]) for step in trajectory(eventful(tmp_path))["steps"]]
    assert ("user", "Mark: before the autopilot") in told
    assert ("system", "Control passed from human to rules (hand over).") in told


def test_steps_of_the_parent_session_are_copied_context(tmp_path: Path) -> None:
    found = trajectory(forked(tmp_path))
    acted = [step for step in found["steps"] if step["source"] == "agent"]
    assert [step.get("is_copied_context", False) for step in acted] == [True, True, False]
    assert found["extra"]["parent"]["step"] == 2


def test_the_end_and_its_totals(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    found = trajectory(path)
    assert found["steps"][-1]["message"] == "Resolved at step 4."
    with SessionFile.open(path) as session:
        totals = totals_of(session)
        assert found["session_id"] == session.header.session
    assert found["final_metrics"]["extra"]["total_reward"] == totals.total_reward
    assert found["final_metrics"]["extra"]["outcome"] == "resolved"
    assert "has no end" not in found["notes"]
    assert "has no end" in trajectory(eventful(tmp_path))["notes"]


def test_what_a_blind_session_is_about_is_not_told_before_its_end(tmp_path: Path) -> None:
    path = eventful(tmp_path, blind=True)
    text = json.dumps(trajectory(path))
    assert named(text) == []
    assert "pressure" not in text
    assert "pressure" in json.dumps(trajectory(eventful(tmp_path)))
