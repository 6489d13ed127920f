"""Reading: sessions of any kind and in any state, and files that are none."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import SessionDamagedError, SessionError
from noc_tui.episode.format import MAX_LINE_BYTES
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.track import driver_at, metrics_at
from noc_tui.episode.verify import Verification, verify
from noc_tui.sim.actions import ACTIONS
from tests.episode.builders import (
    WAIT,
    ended,
    endless,
    eventful,
    into,
    opened_steps,
    path_of,
    play,
    read_lines,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_session_reads_as_the_episode_was(tmp_path: Path) -> None:
    episode = play(Episode(endless(30), 5, record=into(tmp_path)), [*ACTIONS, *ACTIONS])
    episode.mark("half way")
    episode.hand_over("rules", "hand_over")
    play(episode, [WAIT] * 30)
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.header == episode.header
        assert session.steps == episode.steps == 30
        assert list(session.records()) == [episode.record(step) for step in range(1, 31)]
        assert session.asides == episode.asides
        assert session.controls == episode.controls
        assert session.marks == episode.marks
        assert session.end == episode.end
        assert list(session.health) == list(episode.health)
        assert [session.uses(step) for step in range(31)] == [episode.uses(step) for step in range(31)]
        assert session.uses(12) == (2,) * 6
        assert [driver_at(session, step) for step in (0, 11, 12, 30)] == ["human", "human", "rules", "rules"]
        assert metrics_at(session, 0) == episode.header.initial
        assert metrics_at(session, 30) == episode.metrics


@pytest.mark.parametrize("step", [-1, 0, 5, 10**9])
def test_a_step_that_is_not_there_is_said_to_be_so(step: int, tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path)) as session, pytest.raises(IndexError, match="there are steps 1 to 4"):
        session.record(step)


@pytest.mark.parametrize("step", [-1, 5])
def test_the_uses_of_a_step_that_is_not_there_are_not_made_up(step: int, tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path)) as session, pytest.raises(IndexError, match="there are steps 0 to 4"):
        session.uses(step)


def test_any_step_of_a_long_session_is_at_hand(tmp_path: Path) -> None:
    episode = Episode(endless(5_000), 1, record=into(tmp_path))
    while not episode.done:
        if episode.steps % 700 == 350:
            episode.mark(str(episode.steps))
        episode.act(ACTIONS[episode.steps % 6])
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        for step in (5_000, 1, 2_500, 4_999, 2, *range(1, 5_000, 97)):
            assert session.record(step) == episode.record(step)
            assert session.uses(step) == episode.uses(step)
        assert [record.step for record in session.records()] == list(range(1, 5_001))
        assert len(session._cache) < 5_000  # what has been shown is not all kept


# --- the end of the file


def test_a_file_cut_anywhere_in_its_last_line_opens_up_to_the_line_before(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for length in range(last, len(whole)):
        path.write_bytes(whole[:length])
        with SessionFile.open(path) as session:
            assert session.steps == 3
            assert session.whole_bytes == last
            assert session.torn is (length > last)
            assert len(session.notices) == (length > last)
            assert session.state == "interrupted"


def test_what_stands_before_a_torn_line_verifies(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with SessionFile.open(path) as session:
        assert verify(session) == Verification(3, None)


def test_a_torn_line_is_told_of(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with SessionFile.open(path) as session:
        assert session.notices == ("The last line is torn (the program was killed while writing it) and is left out.",)


def test_a_line_that_is_being_written_is_no_torn_one(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT])
    path = path_of(tmp_path, episode)
    with path.open("ab") as file:
        file.write(b'{"event":')
    with SessionFile.open(path) as session:
        assert session.state == "live"
        assert session.torn
        assert session.notices == ()


def test_a_header_alone_is_a_session_without_steps(tmp_path: Path) -> None:
    path = path_of(tmp_path, Episode(endless(), 1, record=into(tmp_path)))
    with SessionFile.open(path) as session:
        assert (session.steps, session.end, list(session.records())) == (0, None, [])
        assert session.uses(0) == (0,) * 6
        assert verify(session).ok


# --- files that are no session


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "a line end": b"\n",
    "text": b"hello\nworld\n",
    "half a header": b'{"event":"header","format":"noc-tui-session"',
    "binary": bytes(range(256)) * 40,
    "zeros": bytes(3_000_000),
    "other JSON": b'{"name": "noc"}\n',
    "a JSON list": b"[1, 2]\n",
    "a JSON text": b'"noc-tui-session"\n',
    "deep JSON": b"[" * 100_000 + b"]" * 100_000 + b"\n",
    "a huge number": b'{"format": ' + b"9" * 100_000 + b"}\n",
    "a byte order mark": b'\xef\xbb\xbf{"event":"header","format":"noc-tui-session","version":1}\n',
    "UTF-16": '{"event":"header","format":"noc-tui-session","version":1}\n'.encode("utf-16"),
    "another format": b'{"event":"header","format":"asciicast","version":2}\n',
    "a line without an end": b'{"event":"header","format":"noc-tui-session","incident":{"a":"' + b"x" * 5_000_000,
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("salvage", [False, True])
def test_a_foreign_file_is_said_to_be_one(kind: str, salvage: bool, tmp_path: Path) -> None:
    path = tmp_path / "foreign.jsonl"
    path.write_bytes(FOREIGN[kind])
    with pytest.raises(SessionError, match=r"foreign\.jsonl: is no noc-tui session: ") as raised:
        SessionFile.open(path, salvage=salvage)
    assert len(str(raised.value)) < 400 + len(str(path))


def test_a_session_without_its_header_is_said_to_be_one(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    write_lines(path, read_lines(path)[1:])
    with pytest.raises(SessionError, match="begins with a step event, not a header"):
        SessionFile.open(path)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def endless_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [fifo, folder, endless_device])
def test_what_is_no_regular_file_is_refused_and_never_waited_for(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    make(path)
    with pytest.raises(SessionError, match="it is no regular file"):
        SessionFile.open(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"gone\.jsonl: cannot be opened: No such file or directory"):
        SessionFile.open(tmp_path / "gone.jsonl")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "\udfff\ud800"])
def test_a_name_that_no_file_can_have_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(SessionError):
        SessionFile.open(tmp_path / name)


def test_a_name_with_control_codes_reaches_no_terminal(tmp_path: Path) -> None:
    with pytest.raises(SessionError) as raised:
        SessionFile.open(tmp_path / "\x1b[31mred\x07\u202e.jsonl")
    assert str(raised.value).isprintable()


def test_a_link_to_a_session_is_a_session_and_a_link_to_itself_is_none(tmp_path: Path) -> None:
    link, loop = tmp_path / "link.jsonl", tmp_path / "loop.jsonl"
    link.symlink_to(eventful(tmp_path / "elsewhere"))
    loop.symlink_to(loop)
    assert opened_steps(link) == 4
    with pytest.raises(SessionError, match="cannot be opened"):
        SessionFile.open(loop)


# --- versions


def test_a_newer_session_is_refused_with_the_version_that_is_needed(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    header |= {"version": 2, "mood": "calm", "versions": {"program": "3.4.5"}}
    write_lines(path, [header, *rest])
    with pytest.raises(SessionError) as raised:
        SessionFile.open(path, salvage=True)
    assert str(raised.value) == (
        f"{path}: is in session format 2, and this noc-tui reads formats up to 1;"
        " noc-tui 3.4.5, which wrote it, or a later one is needed"
    )


@pytest.mark.parametrize("versions", [None, [], {"program": 5}, {}])
def test_a_newer_session_that_does_not_say_who_wrote_it_is_refused_as_well(versions: Any, tmp_path: Path) -> None:
    path = tmp_path / "newer.jsonl"
    write_lines(path, [{"event": "header", "format": "noc-tui-session", "version": 7, "versions": versions}])
    with pytest.raises(SessionError, match=r"session format 7.* the version that wrote it or a later one is needed"):
        SessionFile.open(path)


@pytest.mark.parametrize("version", [0, -1, True, "1", 1.5, None, 10**9])
def test_a_version_that_never_was_is_damage(version: Any, tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    write_lines(path, [header | {"version": version}, *rest])
    with pytest.raises(SessionDamagedError, match="line 1 is damaged: version: "):
        SessionFile.open(path)


# --- damage in the middle


def damage(path: Path, line: int, change: Callable[[bytes], bytes]) -> Path:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = change(lines[line - 1])
    path.write_bytes(b"".join(lines))
    return path


def edited(**values: Any) -> Callable[[bytes], bytes]:
    return lambda line: json.dumps({**json.loads(line), **values}).encode() + b"\n"


def replaced(by: bytes) -> Callable[[bytes], bytes]:
    return lambda _: by


@pytest.mark.parametrize(
    ("line", "change", "complaint", "steps"),
    [
        # The lines: header, step 1, mark, control, mark, step 2, control, step 3, step 4.
        (2, lambda line: line[:-20] + b"\n", "line 2 is damaged: is no JSON: EOF while parsing", 0),
        (2, replaced(b""), "line 2 is damaged: step: is 1, but 0 steps stand before it", 0),
        (3, replaced(b"\n"), "line 3 is damaged: is no JSON: ", 1),
        (3, lambda line: line.replace(b"mark", b"song"), "line 3 is damaged: event: is 'song', expected one of ", 1),
        (4, lambda line: line[:9] + b"\x00\xff" + line[11:], "line 4 is damaged: is no JSON: ", 1),
        (4, edited(step=2), "line 4 is damaged: step: is 2, but 1 steps stand before it", 1),
        (5, lambda line: line + b"#\n", "line 6 is damaged: is no JSON: ", 1),
        (6, edited(step=3), "line 6 is damaged: step: is 3, but 2 comes next", 1),
        (6, edited(step=1), "line 6 is damaged: step: is 1, but 2 comes next", 1),
        (6, edited(event="header"), "line 6 is damaged: format: is missing", 1),
        (6, edited(after=[]), "line 6 is damaged: after: input should be an object", 1),
        (6, edited(health=float("nan")), "line 6 is damaged: health: ", 1),
        (6, replaced(b"[" * 100_000 + b"\n"), "line 6 is damaged: is no JSON: recursion limit exceeded", 1),
        (6, edited(streak=int("9" * 4000)), "line 6 is damaged: streak: ", 1),
        (6, edited(explanation="x" * MAX_LINE_BYTES), "line 6 is damaged: it is longer than any event", 1),
        (
            6,
            replaced(b'{"event":"step","lines":[' + b"0," * 300_000 + b"0]}\n"),
            "line 6 is damaged: step: is missing",
            1,
        ),
        (8, lambda line: line * 2, "line 9 is damaged: step: is 3, but 4 comes next", 3),
        (8, replaced(bytes(5_000_000)), "line 8 is damaged: it is longer than any event", 2),
        (9, lambda line: line + bytes(3_000_000), "line 10 is damaged: it is longer than any event", 4),
    ],
)
def test_damage_in_the_middle_names_its_line_and_what_stands_before_can_be_saved(
    line: int, change: Callable[[bytes], bytes], complaint: str, steps: int, tmp_path: Path
) -> None:
    path = damage(eventful(tmp_path), line, change)
    with pytest.raises(SessionDamagedError) as raised:
        SessionFile.open(path)
    assert str(raised.value).startswith(f"{path}: {complaint}")
    assert str(raised.value).isprintable()
    assert raised.value.steps == steps
    with SessionFile.open(path, salvage=True) as session:
        assert str(session.damage) == str(raised.value)
        assert session.notices == (f"{raised.value}; the {steps} steps before it are shown",)
        assert [record.step for record in session.records()] == list(range(1, steps + 1))
        assert session.refresh() is False
        assert verify(session).ok


@pytest.mark.parametrize("which", [0, 1, -1])
def test_nothing_may_stand_after_the_end(which: int, tmp_path: Path) -> None:
    path = ended(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[which]]))
    with pytest.raises(SessionDamagedError, match="event stands after the end of the session") as raised:
        SessionFile.open(path)
    assert raised.value.line == len(lines) + 1


def test_an_end_that_counts_other_steps_is_damage(tmp_path: Path) -> None:
    path = ended(tmp_path)
    *lines, end = read_lines(path)
    write_lines(path, [*lines, end | {"steps": end["steps"] - 1}])
    with pytest.raises(SessionDamagedError, match=f"steps: is {end['steps'] - 1}, but {end['steps']} steps stand"):
        SessionFile.open(path)


def test_a_second_header_is_damage(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    lines = read_lines(path)
    write_lines(path, [*lines, lines[0]])
    with pytest.raises(SessionDamagedError, match="a second header stands there"):
        SessionFile.open(path)


def test_line_ends_of_another_system_are_read(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with SessionFile.open(path) as session:
        assert (session.steps, session.torn, session.whole_bytes) == (4, False, path.stat().st_size)
        assert [record.step for record in session.records()] == [1, 2, 3, 4]
        assert verify(session).ok


def test_keys_in_another_order_and_spaces_are_read(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    path.write_text("".join(json.dumps(line, sort_keys=True, indent=None) + "\n" for line in read_lines(path)))
    with SessionFile.open(path) as session:
        assert verify(session).ok


# --- files that change while they are open


def test_a_deleted_file_stays_readable_while_it_is_open(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        path.unlink()
        assert session.record(4).step == 4
        assert session.refresh() is False
        assert session.state == "interrupted"


def test_a_file_that_is_cut_off_while_it_is_open_is_said_to_be(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        os.truncate(path, session.whole_bytes - 10)
        with pytest.raises(SessionDamagedError, match="line 9 is damaged: ") as raised:
            session.record(4)
        assert raised.value.steps == 3
        assert session.record(1).step == 1
        with pytest.raises(SessionError, match="has become shorter"):
            session.refresh()


def test_a_file_that_is_overwritten_while_it_is_open_is_said_to_be(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        lines = path.read_bytes().splitlines(keepends=True)
        other = lines[1].replace(b'"step":1', b'"step":2')
        path.write_bytes(b"".join([lines[0], other, *lines[2:]]))
        with pytest.raises(SessionDamagedError, match="line 2 is damaged: step 1 no longer stands there"):
            session.record(1)


def test_a_closed_session_says_so(tmp_path: Path) -> None:
    session = SessionFile.open(eventful(tmp_path))
    session.close()
    session.close()
    for use in (lambda: session.record(1), session.refresh, lambda: session.state):
        with pytest.raises(SessionError, match="has been closed"):
            use()


# --- whatever the bytes


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    path = eventful(tmp_path_factory.mktemp("fuzz"))
    return path, path.read_bytes()


edits = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 40),
    st.binary(max_size=12)
    | st.sampled_from(
        (b"\n", b"}\n{", b'"', b"\\", b"NaN", b"-0", b"1e400", b"null", b"[", b"{}", b"\r", b"\xef\xbb\xbf")
    ),
)


def works(use: Callable[[], object]) -> bool:
    """Whether something can be done; if not, the error must be a sentence about the session."""
    problem = ""
    try:
        use()
    except SessionError as error:
        problem = str(error)
    assert problem.isprintable()
    return not problem


@given(st.lists(edits, min_size=1, max_size=4), st.booleans())
def test_whatever_the_bytes_nothing_but_a_session_error_is_raised(
    valid: tuple[Path, bytes],
    changes: list[tuple[float, int, bytes]],
    salvage: bool,
) -> None:
    path, data = valid
    for place, removed, added in changes:
        at = int(place * len(data))
        data = data[:at] + added + data[at + removed :]
    path.write_bytes(data)
    if works(lambda: SessionFile.open(path, salvage=salvage).close()):
        with SessionFile.open(path, salvage=salvage) as session:
            assert [record.step for record in session.records()] == list(range(1, session.steps + 1))
            assert session.refresh() is False
            assert verify(session).steps <= session.steps
            assert all(notice.isprintable() for notice in session.notices)


@given(st.integers(0, 8), st.data())
def test_whatever_becomes_of_an_open_file_nothing_but_a_session_error_is_raised(
    valid: tuple[Path, bytes], lines: int, data: st.DataObject
) -> None:
    path, whole = valid
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[: lines + 1]))
    with SessionFile.open(path) as session:
        path.write_bytes(
            data.draw(st.binary(max_size=2000) | st.integers(0, len(whole)).map(lambda size: whole[:size]))
        )
        for step in range(1, session.steps + 1):
            works(partial(session.record, step))
        works(session.refresh)
        works(lambda: session.state)
