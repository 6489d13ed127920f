"""A shift in its file: kept, continued, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui import paths
from noc_tui.drills.errors import DrillError
from noc_tui.drills.shift_file import Shift, caught_up, forget_shift, load_shift, save_shift
from noc_tui.drills.whole import Assignment, ShiftPage
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ActionType
from tests.drills.builders import incidents
from tests.store.builders import session

if TYPE_CHECKING:
    from pathlib import Path

PAGES = tuple(ShiftPage(Assignment("flaky_nic", seed), 10) for seed in range(5))
NEW = Shift("ana", PAGES)


def recorded(*, steps: int | None = None) -> str:
    """A session of a page, played to its end, or left after so many steps."""
    episode = Episode(
        incidents()["flaky_nic"], 3, blind=True, max_steps=8,
        record=lambda header: SessionWriter.create(paths.sessions_dir(), header),
    )  # fmt: skip
    while not episode.done and (steps is None or episode.steps < steps):
        episode.act(ActionType.DO_NOTHING)
    episode.close()
    return episode.header.session


@given(st.integers(0, 5), st.booleans(), st.sets(st.integers(0, 4)))
def test_what_is_kept_is_what_comes_back(
    tmp_path_factory: pytest.TempPathFactory, count: int, over: bool, known: set[int]
) -> None:
    path = tmp_path_factory.mktemp("shift") / "shift.json"
    shift = NEW
    for number in range(count):
        shift = shift.begun(f"S{number}")
        if over or number < count - 1:
            shift = shift.played()
            if number in known:
                shift = shift.ended(session(f"S{number}"))
    save_shift(path, shift)
    assert load_shift(path) == shift


def test_without_a_file_there_is_none_and_one_that_is_over_is_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "shift.json"
    assert load_shift(path) is None
    save_shift(path, NEW)
    forget_shift(path)
    forget_shift(path)
    assert load_shift(path) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no shift"),
        ("{}", "format: is missing"),
        ('{"format": "noc-tui shift", "version": 2}', "version"),
        ("[" * 5000, "is no shift"),
        ("x" * 300_000, "larger than 256 KiB"),
    ],
)
def test_what_is_no_shift_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "shift.json"
    path.write_text(text)
    with pytest.raises(DrillError, match=said):
        load_shift(path)


def test_more_answers_than_pages_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shift.json"
    shift = Shift("ana", PAGES[:1]).begun("S0").played()
    save_shift(path, Shift("ana", PAGES[:1], shift.answered * 2))
    with pytest.raises(DrillError, match="more pages were answered"):
        load_shift(path)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DrillError, match="cannot be kept"):
        save_shift(tmp_path / "file" / "shift.json", NEW)


def test_after_the_last_page_there_is_none() -> None:
    shift = NEW
    for number in range(5):
        shift = shift.begun(f"S{number}").played()
    assert shift.next_page is None
    with pytest.raises(DrillError, match="no more pages"):
        shift.begun("S5")


# --- continuing


def test_a_page_that_can_be_gone_on_with_stays_open() -> None:
    shift = NEW.begun(recorded(steps=2))
    assert caught_up(shift, paths.sessions_dir()) == shift


def test_a_page_that_ended_before_the_program_was_killed_is_reviewed() -> None:
    name = recorded()
    shift = caught_up(NEW.begun(name), paths.sessions_dir())
    assert shift.open_session is None
    (entry,) = shift.entries
    assert (entry.session, entry.drill, entry.reviewed) == (name, "shift", True)


def test_a_page_in_which_nothing_happened_comes_again() -> None:
    assert caught_up(NEW.begun("GONE"), paths.sessions_dir()) == NEW


def test_a_shift_of_which_a_session_was_deleted_cannot_be_continued() -> None:
    with pytest.raises(DrillError, match="cannot be continued"):
        caught_up(NEW.begun("GONE").played().begun("S1"), paths.sessions_dir())
