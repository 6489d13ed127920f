"""A program killed at any moment loses at most the step in flight."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from noc_tui.episode.episode import Episode
from noc_tui.episode.library import list_sessions
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from tests.episode.builders import WAIT

KILLS = 20


def test_twenty_of_twenty_killed_programs_leave_sessions_that_open_verify_and_can_be_gone_on_with(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.episode.nursery", str(tmp_path), str(KILLS), "1042"]
    nursery = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    told = [int(line) for line in nursery.stdout.split()]
    assert len(told) == KILLS
    for number, steps in enumerate(told):
        folder = tmp_path / str(number)
        paths = sorted(folder.glob("*.jsonl"))
        assert steps <= sum(opens_and_verifies(path) for path in paths)
        states = [can_be_gone_on_with(path) for path in paths]
        assert states.count("interrupted") <= 1
        assert list_sessions(folder)[1] == []


def opens_and_verifies(path: Path) -> int:
    with SessionFile.open(path) as session:
        verification = verify(session)
        assert verification.ok, verification
        return session.steps


def can_be_gone_on_with(path: Path) -> str:
    with SessionFile.open(path) as session:
        state = session.state
        if state == "interrupted":
            episode = Episode.resume(session, SessionWriter.reopen(path, session.whole_bytes))
            while not episode.done:
                episode.act(WAIT)
            episode.close()
    with SessionFile.open(path) as session:
        assert session.state == "ended"
        assert verify(session).ok
        assert session.notices == ()
    return state


def test_a_session_killed_between_its_last_step_and_its_end_resumes_to_ended(tmp_path: Path) -> None:
    from tests.episode.builders import ended

    path = ended(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with SessionFile.open(path) as session:
        assert session.state == "interrupted"
        assert verify(session).ok
        episode = Episode.resume(session, SessionWriter.reopen(path, session.whole_bytes))
    assert episode.done
    episode.close()
    with SessionFile.open(path) as session:
        assert session.end is not None
        assert session.state == "ended"
        assert verify(session).ok
        assert session.controls == []


@pytest.mark.parametrize("left", ["nothing", "half a header"])
def test_a_program_killed_before_a_session_has_its_name_leaves_nothing_in_the_list(left: str, tmp_path: Path) -> None:
    (tmp_path / "01ABC.jsonl.partial").write_bytes(b"" if left == "nothing" else b'{"event":"header","form')
    assert list_sessions(tmp_path) == ([], [])
