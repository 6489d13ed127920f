"""The recordings in a folder: listed from their first and last lines, found by name, deleted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import SessionBusyError, SessionError
from noc_tui.episode.format import MAX_LINE_BYTES
from noc_tui.episode.library import delete_session, find_session, list_sessions, summarize
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import LONG_TEXT, Decision
from tests.episode.builders import WAIT, ended, endless, eventful, into, path_of, play, read_lines, write_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_summary_says_what_the_session_says(tmp_path: Path) -> None:
    path = ended(tmp_path)
    summary = summarize(path)
    with SessionFile.open(path) as session:
        assert session.end is not None
        assert summary.session == session.header.session == path.stem
        assert summary.started == session.header.started
        assert (summary.incident, summary.title) == ("retry_storm", "Retry storm")
        assert (summary.seed, summary.driver, summary.max_steps, summary.parent) == (7, "human", 30, None)
        assert (summary.status, summary.steps) == (session.end.outcome, session.steps)


@pytest.mark.parametrize("blind", [False, True])
def test_a_summary_says_whether_its_title_was_a_secret(blind: bool, tmp_path: Path) -> None:
    assert summarize(eventful(tmp_path, blind=blind)).blind is blind


def test_the_status_is_that_of_the_file(tmp_path: Path) -> None:
    episode = Episode(endless(), 1, record=into(tmp_path))
    path = path_of(tmp_path, episode)
    found = [(summarize(path).status, summarize(path).steps)]
    play(episode, [WAIT] * 3)
    episode.mark("a mark is no step")
    found.append((summarize(path).status, summarize(path).steps))
    with path.open("ab") as file:
        file.write(b'{"event":"step","step":4')
    found.append((summarize(path).status, summarize(path).steps))
    episode.close()
    found.append((summarize(path).status, summarize(path).steps))
    assert found == [("live", 0), ("live", 3), ("live", 3), ("interrupted", 3)]


def test_a_void_session_and_a_fork_are_said_to_be_such(tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path)) as parent:
        fork = Episode.fork(parent, 2, record=into(tmp_path))
    fork.void()
    summary = summarize(path_of(tmp_path, fork))
    assert (summary.status, summary.steps, summary.parent) == ("void", 2, parent.header.session)


@pytest.mark.parametrize("marks", [0, 1, 200])
def test_the_last_step_is_found_however_much_stands_behind_it(marks: int, tmp_path: Path) -> None:
    episode = Episode(endless(), 1, record=into(tmp_path))
    long = "\U0001f525" * LONG_TEXT
    episode.step(Decision(action=WAIT, driver="llm", rationale=long))
    for _ in range(marks):
        episode.mark("x" * 400)
    if marks:
        episode.hand_over("human", "agent_error", error=long)
    assert summarize(path_of(tmp_path, episode)).steps == 1


def test_the_largest_header_is_read(tmp_path: Path) -> None:
    from noc_tui.sim.incident import Incident

    definition = bundled_incident("retry_storm").definition()
    logs = [{"source": "nginx", "text": "\U0001f525" * 330}] * 190  # 250 KB as a file, three times that as ASCII
    incident = Incident.model_validate({**definition, "logs": logs})
    episode = play(Episode(incident, 1, record=into(tmp_path)), [WAIT])
    path = path_of(tmp_path, episode)
    assert 700_000 < path.read_bytes().index(b"\n") < MAX_LINE_BYTES
    assert summarize(path).steps == 1
    with SessionFile.open(path) as session:
        assert session.header == episode.header


def test_text_of_a_session_is_made_safe_to_show(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    header["incident"] |= {"title": "\x1b[2Jgone\u202e" + "x" * 500, "id": ["\x07"]}
    header["driver"] = "\x1b]0;title\x07me"
    summary = summarize(write_lines(path, [header, *rest]))
    for text in (summary.title, summary.incident, summary.driver):
        assert text.isprintable()
        assert len(text) <= 80


# --- lists


def test_the_newest_session_comes_first_whatever_its_file_is_called(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 5, 1, tzinfo=UTC))
    sessions = []
    for name in ("b", "c", "a"):
        clock.at += timedelta(minutes=1)
        episode = play(Episode(endless(), 1, record=into(tmp_path), clock=clock), [WAIT])
        path_of(tmp_path, episode).rename(tmp_path / f"{name}.jsonl")
        sessions.append(episode.header.session)
    summaries, problems = list_sessions(tmp_path)
    assert [summary.session for summary in summaries] == sessions[::-1]
    assert problems == []


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


ODD: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: put(path, b""),
    "foreign": lambda path: put(path, b"{}\n"),
    "huge": lambda path: put(path, bytes(3_000_000)),
    "newer": lambda path: put(path, b'{"event":"header","format":"noc-tui-session","version":9}\n'),
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "dangling": lambda path: path.symlink_to("nowhere"),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "\x1b[31m\u202e": lambda path: put(path, b""),
}


def test_files_that_are_no_sessions_are_a_sentence_each(tmp_path: Path) -> None:
    good = eventful(tmp_path)
    for name, make in ODD.items():
        make(tmp_path / f"{name}.jsonl")
    (tmp_path / "notes.txt").write_text("is not looked at")
    summaries, problems = list_sessions(tmp_path)
    assert [summary.path for summary in summaries] == [good]
    assert len(problems) == len(ODD)
    assert all(problem.isprintable() and len(problem) < 700 for problem in problems)


def test_damage_in_the_middle_does_not_keep_a_session_from_the_list(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], b"damage\n", *lines[3:-1], b"damage\n", b"\xff\n"]))
    assert summarize(path).steps == 3


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list_sessions(tmp_path / "none") == ([], [])
    assert list_sessions() == ([], [])


def test_a_folder_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert list_sessions(tmp_path / "file") == ([], [f"{tmp_path / 'file'}: cannot be listed: Not a directory"])


def test_the_users_own_folder_is_looked_at_where_none_is_named() -> None:
    path = eventful(paths.sessions_dir())
    assert [summary.path for summary in list_sessions()[0]] == [path]
    assert find_session("last") == path


# --- finding


def named(folder: Path, *names: str) -> None:
    template = eventful(folder / "template")
    header, *rest = read_lines(template)
    for name in names:
        write_lines(folder / f"{name}.jsonl", [header | {"session": name}, *rest])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("01ABCDEF", "01ABCDEF"),
        ("01abcdef", "01ABCDEF"),
        ("01ABC", "01ABCDEF"),
        ("cdef", "01ABCDEF"),
        ("01AB", "01AB"),
        ("last", "01XYCDXX"),
    ],
)
def test_a_session_is_found_by_its_id_or_an_end_of_it(asked: str, found: str, tmp_path: Path) -> None:
    named(tmp_path, "01AB", "01ABCDEF", "01XYCDXX")
    assert find_session(asked, tmp_path) == tmp_path / f"{found}.jsonl"


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("01", "'01' fits 2 sessions; type more of the id"),
        ("CD", "no session 'CD' in "),
        ("", "no session '' in "),
        ("*", "no session '\\*' in "),
        ("./gone.jsonl", "gone.jsonl: cannot be opened: No such file"),
        ("gone.jsonl", "gone.jsonl: cannot be opened: No such file"),
        ("~nobody-of-that-name/x.jsonl", "there is no such user's folder"),
        ("/dev/zero", "it is no regular file"),
        ("a/\0", "is no name that a file can have"),
        ("./" + "x" * 300, "cannot be opened: File name too long"),
        ("\x1b[31m" * 100, "no session "),
    ],
)
def test_a_session_that_is_not_found_is_said_not_to_be(asked: str, complaint: str, tmp_path: Path) -> None:
    named(tmp_path, "01ABCDEF", "01XYCDXX")
    with pytest.raises(SessionError, match=complaint) as raised:
        find_session(asked, tmp_path)
    assert str(raised.value).isprintable()


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = eventful(tmp_path)
    assert find_session(str(path), tmp_path / "elsewhere") == path
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_session(path.name).resolve() == path
    assert find_session(f"~/{path.name}") == path


def test_there_is_no_last_session_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"there are no sessions yet in .*; noc-tui play records one"):
        find_session("last", tmp_path)


# --- deleting


def test_a_session_is_deleted_a_damaged_one_too(tmp_path: Path) -> None:
    path, damaged = eventful(tmp_path), tmp_path / "damaged.jsonl"
    damaged.write_bytes(b"\xff")
    delete_session(path)
    delete_session(damaged)
    assert list(tmp_path.iterdir()) == []


def test_a_session_that_is_being_recorded_is_not_deleted(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    path = path_of(tmp_path, episode)
    with pytest.raises(SessionBusyError, match="is being recorded at this moment and is not deleted"):
        delete_session(path)
    episode.close()
    delete_session(path)
    assert not path.exists()


def test_what_has_not_the_name_of_a_session_is_not_deleted(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    with pytest.raises(SessionError, match=r"the name of a session ends in \.jsonl"):
        delete_session(precious)
    assert precious.exists()


def test_a_link_is_deleted_and_not_what_it_leads_to(tmp_path: Path) -> None:
    path = eventful(tmp_path / "elsewhere")
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    delete_session(link)
    assert path.exists()
    assert not link.is_symlink()


def test_what_is_not_there_is_not_deleted_in_silence(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="cannot be opened: No such file"):
        delete_session(tmp_path / "gone.jsonl")


def test_a_list_reads_heads_and_tails_only(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    middle = json.dumps(rest[0])
    path.write_text("\n".join([json.dumps(header), *[middle] * 3, "garbage" * 500_000, json.dumps(rest[-1]), ""]))
    assert summarize(path).steps == rest[-1]["step"]
