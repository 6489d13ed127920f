"""What an agent suggested to the person in control: how it is recorded, read back, and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import LONG_TEXT, Decision, Usage
from noc_tui.episode.verify import verify
from noc_tui.report.atif import atif_trajectory
from noc_tui.report.events import events_of
from noc_tui.report.facts import facts_of
from noc_tui.sim.actions import ActionType
from noc_tui.sim.errors import EpisodeOverError
from tests.episode.builders import WAIT, TickingClock, into, path_of, play, read_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path

PAID = Usage(latency_ms=900.0, tokens_in=400, tokens_out=30, cost=0.25, first_token_ms=80.0)
ADVICE = Decision(
    action=ActionType.SCALE_UP, driver="llm", rationale="More of it.", answer_format="tool call", usage=PAID
)


def episode(folder: Path | None = None, *, max_steps: int | None = None) -> Episode:
    record = None if folder is None else into(folder)
    return Episode(bundled_incident("retry_storm"), 7, max_steps=max_steps, record=record, clock=TickingClock())


def test_it_stands_in_the_file_before_the_step_that_follows_it(tmp_path: Path) -> None:
    played = episode(tmp_path)
    played.act(WAIT)
    suggestion = played.suggest("llm", ADVICE, followed=True)
    played.act(ActionType.SCALE_UP)
    played.close()
    lines = read_lines(path_of(tmp_path, played))
    assert [line["event"] for line in lines] == ["header", "step", "suggestion", "step"]
    assert {key: lines[2][key] for key in ("step", "driver", "action", "rationale", "followed", "error")} == {
        "step": 1, "driver": "llm", "action": "scale_up", "rationale": "More of it.", "followed": True, "error": None,
    }  # fmt: skip
    assert lines[2]["usage"]["first_token_ms"] == 80.0
    with SessionFile.open(path_of(tmp_path, played)) as session:
        assert session.suggestions == [suggestion]
        assert session.asides == [suggestion]
        assert verify(session).ok


def test_one_that_never_came_keeps_what_it_cost_and_why() -> None:
    played = episode()
    given_up = played.suggest("llm", usage=Usage(latency_ms=5.0))
    failed = played.suggest("llm", error="x" * (LONG_TEXT + 1), usage=PAID)
    assert (given_up.action, given_up.followed, given_up.usage.latency_ms) == (None, False, 5.0)
    assert failed.usage == PAID
    assert failed.error is not None
    assert len(failed.error) == LONG_TEXT


def test_after_the_end_there_is_none() -> None:
    with pytest.raises(EpisodeOverError, match="no suggestion can follow"):
        play(episode(max_steps=1), [WAIT]).suggest("llm", ADVICE)


def test_a_fork_inherits_it(tmp_path: Path) -> None:
    played = episode()
    played.suggest("llm", ADVICE)
    played.act(WAIT)
    fork = Episode.fork(played, 1, record=into(tmp_path))
    fork.close()
    assert [each.inherited for each in fork.suggestions] == [True]


def test_a_session_with_nothing_but_a_suggestion_is_kept(tmp_path: Path) -> None:
    played = episode(tmp_path)
    played.suggest("llm", ADVICE)
    played.close()
    assert path_of(tmp_path, played).exists()


def test_reports_tell_it_and_count_what_it_cost() -> None:
    played = episode(max_steps=2)
    played.suggest("llm", ADVICE, followed=True)
    played.act(ActionType.SCALE_UP)
    played.suggest("llm", error="it broke", usage=PAID)
    played.act(WAIT)
    told = [(event.kind, event.text) for event in events_of(played) if event.kind == "suggestion"]
    assert told == [
        ("suggestion", "Suggested: Scale up; followed."),
        ("suggestion", "Was asked and suggested nothing. it broke"),
    ]
    (use,) = facts_of(played).models
    assert (use.driver, use.steps, use.calls, use.failed, use.cost) == ("llm", 0, 2, 1, 0.5)
    trajectory = atif_trajectory(played)
    assert trajectory["final_metrics"]["total_prompt_tokens"] == 800
    said = [step["message"] for step in trajectory["steps"] if step.get("extra", {}).get("event") == "suggestion"]
    assert said == ["Suggestion, followed: Scale up. More of it.", "No suggestion. it broke"]
