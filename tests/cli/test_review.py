"""`noc-tui review`: a session, move by move."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.review.session import review_session
from tests.cli.shell import noc
from tests.episode.builders import eventful, read_lines, write_lines
from tests.report.samples import HOSTILE, named, poisoned
from tests.tui import shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("recorded")
def test_the_text_has_the_grade_and_every_move() -> None:
    done = noc("review", "last")
    assert (done.code, done.err) == (0, "")
    assert done.lines[0].startswith("CPU overload, seed ")
    assert any(line.startswith("Grade ") for line in done.lines)
    assert [line.split()[0] for line in done.lines if line.startswith("   ") and line.strip()[0].isdigit()] == [
        "1",
        "2",
        "3",
        "4",
    ]


def test_the_json_is_the_review_that_the_program_makes(recorded: Path) -> None:
    told = json.loads(noc("review", "last", "--format", "json").out)
    with SessionFile.open(recorded) as session:
        review = review_session(session)
    assert (told["grade"], told["par"], told["sum"]) == (review.grade, review.par, review.ledger.text)
    assert [(move["verdict"], move["lost"]) for move in told["moves"]] == [
        (move.verdict, move.lost) for move in review.moves
    ]


@pytest.mark.usefixtures("recorded")
def test_the_markdown_is_a_document_of_its_own() -> None:
    done = noc("review", "last", "--format", "md")
    assert done.lines[0].startswith("# Review: CPU overload, seed ")
    assert [line.split(" | ")[0] for line in done.lines if line.startswith("| ")] == [
        "| Step", "| ---:", "| 1", "| 2", "| 3", "| 4",
    ]  # fmt: skip


def test_a_file_an_id_and_its_end_name_a_session(recorded: Path) -> None:
    whole = noc("review", str(recorded)).out
    assert whole == noc("review", recorded.stem).out == noc("review", recorded.stem[-6:]).out


@pytest.mark.usefixtures("recorded")
def test_at_a_terminal_it_says_how_far_it_is_and_leaves_nothing_of_that_behind() -> None:
    done = noc("review", "last", terminal=True)
    assert "reviewing 0/" in done.err
    assert done.err.endswith("\r\x1b[K")
    assert "reviewing" not in done.out


def test_an_unfinished_session_is_reviewed_as_far_as_it_goes() -> None:
    eventful(paths.sessions_dir())
    done = noc("review", "last")
    assert done.code == 0
    assert "Unfinished" in done.out
    assert "expected still to come" in done.out


@pytest.mark.parametrize("name", ["text", "md", "json"])
def test_a_blind_session_that_has_not_ended_is_not_reviewed(name: str) -> None:
    eventful(paths.sessions_dir(), blind=True)
    done = noc("review", "last", "--format", name)
    assert (done.code, done.out) == (1, "")
    assert "is a blind episode that has not ended" in done.err
    assert named(done.err) == []
    assert len(done.err.splitlines()) == 1


def test_a_blind_session_that_has_ended_is_reviewed() -> None:
    shelf.begin("retry_storm", blind=True, max_steps=2).close()
    done = noc("review", "last")
    assert done.code == 0
    assert done.lines[0].startswith("Retry storm")


def test_without_a_step_there_is_nothing_to_review() -> None:
    episode = shelf.begin(actions=())
    episode.mark("nothing yet")
    episode.close()
    done = noc("review", "last")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("has no steps yet; there is nothing to review\n")


def test_a_session_that_comes_out_differently_says_where(recorded: Path) -> None:
    header, first, *rest = read_lines(recorded)
    first["after"]["cpu_usage"] += 1e-9
    write_lines(recorded, [header, first, *rest])
    done = noc("review", "last")
    assert (done.code, done.out) == (1, "")
    assert "cannot be reviewed" in done.err
    assert "step 1" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_damaged_file_is_one_sentence(recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes().replace(b'"event":"step"', b'"event":"spet"', 1))
    done = noc("review", str(recorded))
    assert done.code == 1
    assert len(done.err.splitlines()) == 1


def test_what_is_not_there_is_wrong_use() -> None:
    done = noc("review", "nothing-like-it")
    assert done.code in {1, 2}
    assert "nothing-like-it" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["text", "md", "json"])
def test_nothing_of_a_stranger_steers_the_terminal(recorded: Path, name: str) -> None:
    poisoned(recorded)
    done = noc("review", "last", "--format", name)
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.out + done.err)
    assert HOSTILE not in done.out
