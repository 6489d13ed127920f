"""Naming the incident of a blind episode: what is recorded, what counts, what a fork makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import CannotContinueError
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Decision, DiagnosisRecord, StepRecord
from noc_tui.episode.totals import diagnosis_of
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ActionType
from noc_tui.sim.errors import EpisodeOverError
from tests.episode.builders import (
    WAIT,
    ListRecorder,
    TickingClock,
    eventful,
    into,
    path_of,
    play,
    read_lines,
    write_lines,
)
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path


def blind(incident: str = "retry_storm", folder: Path | None = None, *, max_steps: int | None = None) -> Episode:
    record = None if folder is None else into(folder)
    return Episode(bundled_incident(incident), 7, blind=True, max_steps=max_steps, record=record, clock=TickingClock())


def says(diagnosis: str | None, driver: str = "llm") -> Decision:
    return Decision(action=WAIT, driver=driver, diagnosis=diagnosis)


# --- recording


def test_a_diagnosis_stands_in_the_file_between_the_steps_where_it_was_made(tmp_path: Path) -> None:
    episode = blind(folder=tmp_path)
    episode.act(WAIT)
    diagnosis = episode.diagnose("dns_failure")
    episode.act(WAIT)
    episode.close()
    assert (diagnosis.step, diagnosis.driver, diagnosis.incident) == (1, "human", "dns_failure")
    lines = read_lines(path_of(tmp_path, episode))
    assert [line["event"] for line in lines] == ["header", "step", "diagnosis", "step"]
    assert {key: lines[2][key] for key in ("step", "driver", "incident")} == {
        "step": 1, "driver": "human", "incident": "dns_failure",
    }  # fmt: skip
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.diagnoses == [diagnosis]
        assert session.asides == [diagnosis]
        assert verify(session).ok


def test_an_episode_that_is_not_blind_has_nothing_to_diagnose() -> None:
    episode = Episode(bundled_incident("retry_storm"), 7)
    with pytest.raises(ValueError, match="this one is known"):
        episode.diagnose("retry_storm")
    episode.step(says("retry_storm"))
    assert episode.diagnoses == []


@pytest.mark.parametrize("name", ["", "Retry storm", "retry_storm\n", "../retry_storm", "x" * 49, "\x1b[2J"])
def test_what_is_no_id_is_refused_and_not_recorded(name: str) -> None:
    episode = blind()
    with pytest.raises(ValueError, match="is the id of an incident"):
        episode.diagnose(name)
    with pytest.raises(ValidationError):
        says(name)
    assert episode.diagnoses == []


def test_after_the_end_it_is_too_late() -> None:
    episode = play(blind(max_steps=1), [WAIT])
    with pytest.raises(EpisodeOverError, match="no diagnosis can follow"):
        episode.diagnose("retry_storm")


def test_an_agents_diagnosis_is_recorded_before_its_step_and_only_when_it_is_news() -> None:
    recorder = ListRecorder()
    episode = Episode(bundled_incident("retry_storm"), 7, blind=True, record=lambda _: recorder)
    for diagnosis in (None, "syn_flood", "syn_flood", None, "retry_storm", "syn_flood"):
        episode.step(says(diagnosis))
    told = [event.incident if isinstance(event, DiagnosisRecord) else "." for event in recorder.events[1:]]
    assert told == [".", "syn_flood", ".", ".", ".", "retry_storm", ".", "syn_flood", "."]
    assert [(each.step, each.driver) for each in episode.diagnoses] == [(1, "llm"), (4, "llm"), (5, "llm")]
    decisions = [event.decision.diagnosis for event in recorder.events if isinstance(event, StepRecord)]
    assert decisions == [None, "syn_flood", "syn_flood", None, "retry_storm", "syn_flood"]


def test_a_session_with_nothing_but_a_diagnosis_is_kept(tmp_path: Path) -> None:
    episode = blind(folder=tmp_path)
    episode.diagnose("syn_flood")
    episode.close()
    assert path_of(tmp_path, episode).exists()


def test_a_resumed_session_goes_on_with_its_diagnoses(tmp_path: Path) -> None:
    path = eventful(tmp_path, blind=True)
    with SessionFile.open(path) as session:
        episode = Episode.resume(session, SessionWriter.reopen(path, session.whole_bytes))
    episode.diagnose("retry_storm")
    episode.close()
    with SessionFile.open(path) as session:
        assert [each.incident for each in session.diagnoses] == ["dns_failure", "retry_storm"]
        assert session.header.blind


# --- forks


def test_the_fork_of_a_blind_session_that_goes_on_is_blind_and_keeps_the_diagnoses() -> None:
    parent = blind()
    parent.diagnose("syn_flood")
    parent.act(WAIT)
    parent.diagnose("retry_storm")
    fork = Episode.fork(parent, 0)
    assert fork.header.blind
    assert [(each.incident, each.inherited) for each in fork.diagnoses] == [("syn_flood", True)]
    assert fork.observation.incident is None


def test_the_fork_of_a_blind_session_that_has_ended_is_not_blind(tmp_path: Path) -> None:
    parent = play(blind(max_steps=3), [WAIT] * 3)
    fork = Episode.fork(parent, 1, record=into(tmp_path))
    assert not fork.header.blind
    assert fork.observation.incident == "Retry storm"
    assert "in 2 steps" in fork.act(ActionType.SCALE_UP).explanation
    fork.void()
    fork.close()
    with SessionFile.open(path_of(tmp_path, fork)) as session:
        assert verify(session).ok
        assert diagnosis_of(session) is None


@pytest.mark.parametrize("ended", [False, True])
def test_only_where_the_truth_is_told_a_refusal_says_which_figure_differs(ended: bool, tmp_path: Path) -> None:
    episode = play(blind(folder=tmp_path, max_steps=3), [WAIT] * (3 if ended else 2))
    episode.close()
    lines = read_lines(path_of(tmp_path, episode))
    lines[1]["pressure"] = 0.123456
    path = write_lines(path_of(tmp_path, episode), lines)
    with SessionFile.open(path) as session, pytest.raises(CannotContinueError) as refused:
        Episode.fork(session, 2)
    assert ("pressure" in str(refused.value)) is ended


# --- what it came to


@pytest.mark.parametrize(
    ("named", "right", "first"),
    [
        (["retry_storm"], True, 0),
        (["syn_flood", "retry_storm"], True, 1),
        (["retry_storm", "syn_flood"], False, 0),
        (["syn_flood", "dns_failure"], False, None),
        (["syn_flood", "retry_storm", "syn_flood", "retry_storm"], True, 1),
    ],
)
def test_the_last_diagnosis_counts_and_the_first_right_one_is_remembered(
    named: list[str], right: bool, first: int | None
) -> None:
    episode = blind(max_steps=len(named))
    for name in named:
        episode.diagnose(name)
        assert diagnosis_of(episode) is None  # nobody is told before the end
        episode.act(WAIT)
    found = diagnosis_of(episode)
    assert found is not None
    assert (found.last, found.right) == (episode.diagnoses[-1], right)
    assert found.first_right == (None if first is None else episode.diagnoses[first])


def test_who_named_nothing_has_no_diagnosis() -> None:
    assert diagnosis_of(play(blind(max_steps=1), [WAIT])) is None
