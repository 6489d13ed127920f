"""The table of what has been recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode import library
from noc_tui.tui import recordings
from noc_tui.tui.launch import Launch
from noc_tui.tui.recordings import Batch, Found
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.prompt import ConfirmScreen
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.screens.sessions import SessionsScreen
from tests.episode.builders import read_lines, write_lines
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.shelf import interrupted, resolved

if TYPE_CHECKING:
    from pathlib import Path

SESSIONS = Launch("sessions")


def rows(pit: Cockpit) -> list[str]:
    """The sessions that are listed, with single blanks between the columns."""
    lines = [" ".join(line.replace("▸", " ").split()) for line in pit.text().splitlines()]
    return [line for line in lines if any(glyph in line for glyph in "✓‼!…●")]


def footer(pit: Cockpit) -> str:
    return pit.text().splitlines()[-1]


def three() -> tuple[Path, Path, Path]:
    """The newest was interrupted, the others were resolved, the oldest by an agent."""
    return (
        interrupted("memory_leak", 12, minutes_ago=1),
        resolved(minutes_ago=10),
        resolved(driver="rules", minutes_ago=20),
    )


# --- the table


async def test_sessions_stand_newest_first_each_with_what_it_was() -> None:
    three()
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        assert rows(pit) == [
            "1 min ago Memory leak 12 you … interrupted at 2",
            "10 min ago CPU overload 3 you ✓ resolved in 4",
            "20 min ago CPU overload 3 rules ✓ resolved in 4",
        ]
        assert "3, newest first" in pit.text()


@pytest.mark.parametrize(
    ("size", "titles"),
    [
        ((50, 14), "Incident Driver Outcome"),
        ((80, 24), "Started Incident Seed Driver Outcome"),
        ((120, 40), "Started Incident Seed Driver Outcome Session"),
        ((200, 60), "Started Incident Seed Driver Outcome Session Forked from"),
    ],
)
async def test_columns_that_do_not_fit_go_whole_and_words_stay_full(size: tuple[int, int], titles: str) -> None:
    three()
    async with cockpit(SESSIONS, size=size) as pit:
        assert titles in [" ".join(line.split()) for line in pit.text().splitlines()]
        assert any("Memory leak" in row and "… interrupted at 2" in row for row in rows(pit))


async def test_a_session_that_is_being_written_is_shown_as_live_and_followed() -> None:
    episode = shelf.begin()
    async with cockpit(SESSIONS) as pit:
        assert "● live, step 2" in rows(pit)[0]
        assert "resume" not in footer(pit)
        await pit.press("enter")
        assert pit.replay.player.following
    episode.close()


async def test_an_empty_shelf_says_what_to_do() -> None:
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        assert "Nothing recorded yet" in pit.text()
        assert "q goes back" in pit.text()
        for key in ("replay", "resume", "verify", "delete"):
            assert key not in footer(pit)
        await pit.press("enter", "v", "d", "r")
        assert isinstance(pit.app.screen, SessionsScreen)


async def test_files_that_are_no_sessions_are_told_once_and_the_list_goes_on() -> None:
    resolved()
    for number in range(3):
        (paths.sessions_dir() / f"odd{number}.jsonl").write_text("no session\n")
    async with cockpit(SESSIONS) as pit:
        assert len(rows(pit)) == 1
        assert "(and 2 more)" in pit.told()
        await pit.press("enter", "q")
        assert pit.told().count("(and 2 more)") == 1


async def test_text_of_a_session_file_is_shown_as_it_is_and_steers_nothing() -> None:
    shelf.poison(interrupted())
    async with cockpit(SESSIONS, size=(120, 40)) as pit:
        await pit.press("d")
        assert pit.text().count(shelf.WITNESS) >= 2
        assert not {"\x1b", "\x9b", "\u202e"} & set(pit.text())


# --- many of them


def many(count: int) -> None:
    """So many sessions that were interrupted, each an hour older than the one before."""
    template = read_lines(interrupted("memory_leak"))
    for number in range(1, count):
        header = template[0] | {"session": f"0000{number:04}", "started": f"2025-01-01T{number % 24:02}:00:00.000000Z"}
        write_lines(paths.sessions_dir() / f"0000{number:04}.jsonl", [header, *template[1:]])


async def test_the_folder_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "BATCH", 3)
    many(8)
    batches = list(recordings.read_recordings({}))
    assert [(len(batch.found), batch.done, batch.total) for batch in batches] == [(3, 3, 8), (3, 6, 8), (2, 8, 8)]


async def test_the_more_has_been_read_the_larger_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "BATCH", 2)
    many(30)
    sizes = [len(batch.found) for batch in recordings.read_recordings({})]
    assert sizes == [2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 3]


async def test_whoever_leaves_does_not_wait_for_the_end_of_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    many(8)
    read = shelf.note_reads(monkeypatch)
    assert list(recordings.read_recordings({}, stopped=lambda: len(read) == 3)) == []
    assert len(read) == 3


async def test_what_has_been_read_is_there_while_the_rest_is_being_read() -> None:
    async with cockpit(SESSIONS) as pit:
        screen = pit.app.screen
        assert isinstance(screen, SessionsScreen)
        found = Found(library.summarize(interrupted()), "")
        screen._progress = (0, 0)
        screen.post_message(screen.Read(screen._reading, Batch((found,), (), 250, 5000)))
        await pit.settle()
        assert "reading 250 of 5,000" in pit.text()
        assert len(rows(pit)) == 1


async def test_what_an_earlier_reading_brings_late_is_left_out() -> None:
    async with cockpit(SESSIONS) as pit:
        screen = pit.app.screen
        assert isinstance(screen, SessionsScreen)
        found = Found(library.summarize(interrupted()), "")
        screen.post_message(screen.Read(screen._reading - 1, Batch((found,), (), 1, 1)))
        await pit.settle()
        assert rows(pit) == []


async def test_coming_back_reads_only_what_may_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    three()
    async with cockpit(SESSIONS) as pit:
        read = shelf.note_reads(monkeypatch)
        await pit.press("question_mark", "escape")
        assert len(read) == 1
        assert len(rows(pit)) == 3


async def test_the_cursor_reaches_the_end_of_a_long_list() -> None:
    many(60)
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        await pit.press("end")
        assert "▸" in pit.text()
        assert "1 Jan 2025" in next(line for line in pit.text().splitlines() if "▸" in line)
        await pit.press("pageup", "home")
        assert "Memory leak" in next(line for line in pit.text().splitlines() if "▸" in line)
        assert "Started" in pit.text()


# --- the filter


async def test_the_filter_takes_words_from_any_column_and_escape_clears_it() -> None:
    three()
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        await pit.press("slash", *"overload")
        assert len(rows(pit)) == 2
        await pit.press("space", *"RULES")
        assert rows(pit) == ["20 min ago CPU overload 3 rules ✓ resolved in 4"]
        assert "1 of 3" in pit.text()
        await pit.press("escape")
        assert len(rows(pit)) == 3
        await pit.press("escape")
        assert isinstance(pit.app.screen, HomeScreen)


async def test_letters_typed_into_the_filter_do_nothing_else() -> None:
    three()
    async with cockpit(SESSIONS) as pit:
        await pit.press("slash", *"dvrq")
        assert isinstance(pit.app.screen, SessionsScreen)
        assert "No session has 'dvrq' in it" in pit.text()


async def test_enter_keeps_the_filter_and_goes_on_with_the_table() -> None:
    three()
    async with cockpit(SESSIONS) as pit:
        await pit.press("slash", *"interrupted", "enter", "r")
        assert pit.episode.incident.id == "memory_leak"


@pytest.mark.parametrize("word", ["memory_leak", "truncated"])
async def test_the_filter_finds_ids_and_statuses_by_their_own_names(word: str) -> None:
    resolved()
    shelf.begin("memory_leak", max_steps=2).close()
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        await pit.press("slash", *(key if key != "_" else "underscore" for key in word))
        assert [row.split(" you ")[1] for row in rows(pit)] == ["! out of steps"]


# --- what is done with a session


async def test_enter_and_a_double_click_replay() -> None:
    resolved()
    async with cockpit(SESSIONS, size=(80, 24)) as pit:
        await pit.press("enter")
        assert isinstance(pit.app.screen, ReplayScreen)
        await pit.press("q")
        row = next(y for y, line in enumerate(pit.text().splitlines()) if "CPU overload" in line)
        await pit.pilot.click(offset=(20, row))
        await pit.settle()
        assert isinstance(pit.app.screen, SessionsScreen)
        await pit.pilot.click(offset=(20, row), times=2)
        await pit.settle()
        assert isinstance(pit.app.screen, ReplayScreen)


async def test_only_what_was_interrupted_can_be_resumed() -> None:
    three()
    async with cockpit(SESSIONS) as pit:
        assert "r resume" in footer(pit)
        await pit.press("down")
        assert "resume" not in footer(pit)
        await pit.press("r")
        assert isinstance(pit.app.screen, SessionsScreen)
        await pit.press("up", "r")
        assert isinstance(pit.app.screen, PlayScreen)
        assert pit.episode.steps == 2


async def test_a_true_recording_is_verified() -> None:
    resolved()
    async with cockpit(SESSIONS) as pit:
        await pit.press("v")
        await pit.settle()
        assert "CPU overload, seed 3: all figures of 4 steps are equal" in pit.told()
        assert "verifying" not in pit.text()


async def test_a_recording_with_a_changed_figure_is_not() -> None:
    path = resolved()
    lines = read_lines(path)
    lines[2]["after"]["cpu_usage"] += 1e-9
    write_lines(path, lines)
    async with cockpit(SESSIONS) as pit:
        await pit.press("v")
        await pit.settle()
        assert "CPU overload, seed 3 differs after 1 equal steps" in pit.told()


async def test_a_damaged_recording_says_where() -> None:
    path = resolved()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"{damage\n", *lines[3:]]))
    async with cockpit(SESSIONS) as pit:
        await pit.press("v")
        await pit.settle()
        assert "cannot be verified" in pit.told()
        assert "line 3 is damaged" in pit.told()


async def test_deleting_asks_first_and_the_cursor_stays_in_place() -> None:
    newest, middle, oldest = three()
    async with cockpit(SESSIONS) as pit:
        await pit.press("down", "d")
        assert isinstance(pit.app.screen, ConfirmScreen)
        assert "Delete the recording of CPU overload, seed 3, 4 steps?" in pit.text()
        await pit.press("n")
        assert middle.exists()
        await pit.press("d", "y")
        assert not middle.exists()
        assert newest.exists()
        assert oldest.exists()
        assert len(rows(pit)) == 2
        assert "rules" in next(line for line in pit.text().splitlines() if "▸" in line)


async def test_deleting_the_last_leaves_an_empty_shelf() -> None:
    resolved()
    async with cockpit(SESSIONS) as pit:
        await pit.press("d", "y")
        assert "Nothing recorded yet" in pit.text()


async def test_what_is_being_written_is_not_deleted_and_the_reason_is_told() -> None:
    episode = shelf.begin()
    async with cockpit(SESSIONS) as pit:
        await pit.press("d", "y")
        assert len(rows(pit)) == 1
        assert "is being recorded at this moment" in pit.told()
    episode.close()
