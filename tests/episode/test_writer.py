"""Writing: each event is in the file before the next; a full disk and other trouble never end the game."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from unittest.mock import Mock

import pytest

from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import SessionBusyError, SessionError
from noc_tui.episode.library import summarize
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from tests.episode.builders import WAIT, ended, endless, eventful, into, path_of, play, read_lines

ROOT = Path(__file__).parents[2]


def events_in(path: Path) -> list[str]:
    return [line["event"] for line in read_lines(path)]


def test_each_event_is_in_the_file_before_the_next(tmp_path: Path) -> None:
    episode = Episode(endless(2), 1, record=into(tmp_path))
    path = path_of(tmp_path, episode)
    assert events_in(path) == ["header"]
    episode.act(WAIT)
    assert events_in(path) == ["header", "step"]
    episode.mark()
    assert events_in(path) == ["header", "step", "mark"]
    episode.act(WAIT)
    assert events_in(path) == ["header", "step", "mark", "step", "end"]


def test_the_file_and_its_folder_are_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "data" / "sessions"
        path = path_of(folder, Episode(endless(), 1, record=into(folder)))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_episode_in_which_nothing_happened_leaves_nothing(tmp_path: Path) -> None:
    episode = Episode(endless(), 1, record=into(tmp_path))
    episode.hand_over("rules", "hand_over")
    episode.close()
    assert list(tmp_path.iterdir()) == []


def test_a_session_that_cannot_be_named_leaves_nothing_when_it_is_closed(tmp_path: Path) -> None:
    episode = Episode(endless(), 1)
    path = path_of(tmp_path, episode)
    path.mkdir()
    writer = SessionWriter.create(tmp_path, episode.header)
    writer.record(episode.header)
    assert writer.problem is not None
    assert str(path) in writer.problem
    writer.close()
    assert list(tmp_path.iterdir()) == [path]


def test_a_session_never_overwrites_another_of_its_name(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    before = path.read_bytes()
    with SessionFile.open(path) as session:
        writer = SessionWriter.create(tmp_path, session.header)
        writer.record(session.header)
    writer.close()
    assert writer.problem == f"This session is not being saved: {path}: File exists"
    assert path.read_bytes() == before


def test_what_happens_after_the_close_is_said_not_to_be_saved(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    episode.close()
    assert episode.recording_problem is None
    episode.mark("too late")
    assert episode.recording_problem is not None
    assert episode.recording_problem.endswith("it has been closed")
    episode.close()
    assert events_in(path_of(tmp_path, episode)) == ["header", "step"]


# --- trouble, and play that goes on


def test_a_folder_that_cannot_be_made_is_named_and_play_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    episode = Episode(endless(), 1, record=into(file / "sessions"))
    assert episode.recording_problem == f"This session is not being saved: {file / 'sessions'}: Not a directory"
    play(episode, [WAIT] * 3)
    assert episode.steps == 3


def test_a_folder_that_is_a_file_is_named_and_all_events_are_saved_once_it_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.write_text("in the way")
    episode = play(Episode(endless(), 1, record=into(folder)), [WAIT] * 3)
    assert episode.recording_problem == f"This session is not being saved: {folder}: File exists"
    folder.unlink()
    episode.mark("now")
    assert episode.recording_problem is None
    assert events_in(path_of(folder, episode)) == ["header", "step", "step", "step", "mark"]


def test_what_could_not_be_saved_is_tried_once_more_at_the_close(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.write_text("in the way")
    episode = play(Episode(endless(), 1, record=into(folder)), [WAIT])
    folder.unlink()
    episode.close()
    assert episode.recording_problem is None
    assert events_in(path_of(folder, episode)) == ["header", "step"]


def test_a_file_that_is_deleted_while_it_is_recorded_is_noticed(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    path_of(tmp_path, episode).unlink()
    episode.act(WAIT)
    assert episode.recording_problem is not None
    assert episode.recording_problem.endswith("it has been deleted")
    episode.close()


def test_a_file_that_is_cut_off_while_it_is_recorded_is_noticed_and_not_filled_with_zeros(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    path = path_of(tmp_path, episode)
    os.truncate(path, 100)
    episode.act(WAIT)
    assert episode.recording_problem is not None
    assert episode.recording_problem.endswith("another program has cut it off")
    assert path.stat().st_size == 100


ON_A_FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    from noc_tui.episode.episode import Episode
    from tests.episode.builders import WAIT, endless, into, path_of, play

    folder = Path(sys.argv[1])
    episode = play(Episode(endless(), 1, record=into(folder)), [WAIT] * 5)
    path = path_of(folder, episode)
    full = path.stat().st_size + 700  # in the middle of the next line
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
    play(episode, [WAIT] * 20)
    print(episode.recording_problem)
    print(path.stat().st_size - full, episode.steps)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    episode.mark("there is room again")
    print(episode.recording_problem)
    {end}
"""


def run_on_a_full_disk(folder: Path, end: str) -> list[str]:
    script = textwrap.dedent(ON_A_FULL_DISK).format(end=end)
    command = [sys.executable, "-c", script, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_full_disk_is_said_and_every_event_is_saved_in_order_once_there_is_room(tmp_path: Path) -> None:
    told = run_on_a_full_disk(tmp_path, "episode.close()")
    (path,) = tmp_path.iterdir()
    assert told == [f"This session is not being saved: {path}: File too large", "0 25", "None"]
    assert events_in(path) == ["header", *["step"] * 25, "mark"]
    with SessionFile.open(path) as session:
        assert session.notices == ()
        assert verify(session).ok


def test_a_program_killed_while_the_disk_is_full_leaves_what_fitted(tmp_path: Path) -> None:
    almost = "resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, -1))"
    run_on_a_full_disk(tmp_path, f"{almost}; play(episode, [WAIT]); signal.raise_signal(signal.SIGKILL)")
    (path,) = tmp_path.iterdir()
    with SessionFile.open(path) as session:
        assert session.torn
        assert session.steps == 25
        assert verify(session).ok


# --- going on with a file


def test_only_one_program_records_a_session(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    path = path_of(tmp_path, episode)
    with pytest.raises(SessionBusyError, match="another program is recording this session"):
        SessionWriter.reopen(path, path.stat().st_size)
    episode.close()
    SessionWriter.reopen(path, path.stat().st_size).close()


def test_a_reader_who_looks_whether_a_session_is_live_does_not_take_it_from_its_recorder(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        states = [session.state]
        writer = SessionWriter.reopen(path, session.whole_bytes)
        states.append(session.state)
        with pytest.raises(SessionBusyError):
            SessionWriter.reopen(path, session.whole_bytes)
        writer.close()
        states.append(session.state)
    assert states == ["interrupted", "live", "interrupted"]


def test_a_recorder_waits_for_a_reader_who_looks_at_that_very_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = eventful(tmp_path)
    with path.open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        monkeypatch.setattr("time.sleep", lambda _: fcntl.flock(reader, fcntl.LOCK_UN))
        SessionWriter.reopen(path, path.stat().st_size).close()


@pytest.mark.parametrize("missing", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_recorded_to_all_the_same(
    missing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcntl.flock", Mock(side_effect=OSError(missing, "no locks here")))
    path = eventful(tmp_path)
    assert summarize(path).status == "interrupted"
    SessionWriter.reopen(path, path.stat().st_size).close()


def test_a_lock_that_fails_for_another_reason_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = eventful(tmp_path / "old")
    monkeypatch.setattr("fcntl.flock", Mock(side_effect=OSError(errno.EIO, "the disk is on fire")))
    episode = Episode(endless(), 1, record=into(tmp_path / "new"))
    assert episode.recording_problem is not None
    assert episode.recording_problem.endswith("the disk is on fire")
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(SessionError, match="cannot be continued: the disk is on fire"):
        SessionWriter.reopen(path, path.stat().st_size)
    with pytest.raises(SessionError, match="cannot be read: the disk is on fire"):
        summarize(path)


def test_a_torn_line_is_cut_off_before_anything_is_appended(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event": "step", "half": ' + b"x" * 5000)
    with SessionFile.open(path) as session:
        writer = SessionWriter.reopen(path, session.whole_bytes)
        writer.record(session.marks[0])
    writer.close()
    assert path.read_bytes() == whole + whole.splitlines(keepends=True)[2]


@pytest.mark.parametrize("change", ["grown", "shorter"])
def test_a_session_that_changed_since_it_was_read_is_not_gone_on_with(change: str, tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        whole = path.read_bytes()
        changed = whole + whole.splitlines(keepends=True)[-1] if change == "grown" else whole[:-30]
        path.write_bytes(changed)
        with pytest.raises(SessionError, match="has changed since it was read"):
            SessionWriter.reopen(path, session.whole_bytes)
    assert path.read_bytes() == changed


def test_a_session_that_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="No such file"):
        SessionWriter.reopen(tmp_path / "gone.jsonl", 100)
    assert list(tmp_path.iterdir()) == []


def test_events_of_one_call_reach_the_file_together(tmp_path: Path) -> None:
    with SessionFile.open(ended(tmp_path / "source")) as session:
        steps = list(session.records())
        writer = SessionWriter.create(tmp_path / "copies", session.header)
        assert not (tmp_path / "copies").exists()
        writer.record(session.header, *steps)
    assert events_in(writer.path) == ["header", *["step"] * len(steps)]
    writer.close()
