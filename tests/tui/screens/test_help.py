"""Help: every key of a screen, as it is mapped now, and how to read what is shown."""

from __future__ import annotations

import pytest

from noc_tui.tui.actions import ALL, Scope, actions_of
from noc_tui.tui.keymap import display, resolve_keys
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.help import HelpScreen, keys_table, reading
from noc_tui.tui.screens.play import PlayScreen
from tests.tui.cockpit import cockpit, playing

SCREENS: list[Scope] = [scope for scope in ALL if scope != "help"]
DEFAULTS, _ = resolve_keys({})


def lines(scope: Scope, keys: dict[str, str]) -> list[str]:
    return [line.strip() for line in keys_table(scope, keys).plain.splitlines()]


@pytest.mark.parametrize("scope", SCREENS)
def test_every_key_of_a_screen_is_explained(scope: Scope) -> None:
    shown = lines(scope, DEFAULTS)
    for action in actions_of(scope):
        if scope in {"replay", "versus"} and action.id.startswith("act."):
            continue
        assert any(display(action.key) in line.partition("  ")[0].split() for line in shown), action.id


@pytest.mark.parametrize("scope", SCREENS)
def test_every_screen_tells_how_it_is_read(scope: Scope) -> None:
    assert len(reading(scope).plain) > 100


def test_twins_stand_side_by_side() -> None:
    assert "6 s  Scale up" in lines("play", DEFAULTS)
    assert ". →  One step" in lines("watch", DEFAULTS)


def test_the_keys_stand_in_groups_and_their_explanations_in_one_column() -> None:
    table = keys_table("watch", DEFAULTS).plain
    headings = [block.splitlines()[0] for block in table.split("\n\n")]
    assert headings == ["Act", "Control", "Time", "Log", "Everywhere"]
    rows = [line for line in table.splitlines() if line and line not in headings]
    width = max(len(row) - len(row.lstrip()) + len(row.strip().partition("  ")[0]) for row in rows)
    assert all(row[width : width + 2] == "  " and row[width + 2] != " " for row in rows)


@pytest.mark.parametrize("room", [40, 76, 84])
def test_what_is_too_long_for_a_row_goes_on_below_its_beginning(room: int) -> None:
    whole, broken = keys_table("play", DEFAULTS).plain, keys_table("play", DEFAULTS, room).plain
    assert broken.split() == whole.split()
    assert max(map(len, broken.splitlines())) <= room
    rows = broken.splitlines()
    at = next(index for index, row in enumerate(rows) if "What the episode" in row)
    begins = rows[at].index("What the episode")
    assert rows[at + 1].startswith(" " * begins)
    assert rows[at + 1][begins] != " "


async def test_the_help_is_broken_for_the_width_of_the_window() -> None:
    async with cockpit(playing(), size=(80, 24)) as pit:
        await pit.press("question_mark")
        await pit.pilot.resize_terminal(50, 24)
        await pit.settle()
        assert "  k  After each move, say what it cost and\n         what was better; or be silent\n" in pit.text()


def test_a_key_that_was_remapped_says_what_it_usually_is() -> None:
    keys, _ = resolve_keys({"act.scale_up": "x", "help": "f1"})
    shown = lines("play", keys)
    assert "x s  Scale up  (usually 6)" in shown
    assert any(line.startswith("f1  ") and line.endswith("(usually ?)") for line in shown)


def test_keys_that_do_nothing_in_a_recording_are_left_out_of_its_help() -> None:
    assert not any("Scale up" in line for line in lines("replay", DEFAULTS))
    assert "action keys are off" in reading("replay").plain


@pytest.mark.parametrize("key", ["question_mark", "escape", "q"])
async def test_the_key_that_opened_it_closes_it_and_so_does_leaving(key: str) -> None:
    async with cockpit(playing()) as pit:
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        await pit.press(key)
        assert isinstance(pit.app.screen, PlayScreen)


async def test_what_does_not_fit_is_reached_by_scrolling() -> None:
    async with cockpit(playing(), size=(80, 24)) as pit:
        await pit.press("question_mark")
        assert "Scale up" in pit.text()
        assert "In pace turn" not in pit.text()
        await pit.press("end")
        assert "In pace turn" in pit.text()


async def test_a_wide_window_shows_keys_and_reading_side_by_side() -> None:
    async with cockpit(playing(), size=(120, 40)) as pit:
        await pit.press("question_mark")
        assert any("Act" in line and "Reading the screen" in line for line in pit.text().splitlines())


async def test_the_footer_names_the_way_back() -> None:
    async with cockpit(Launch("home"), keys={"close": "f2"}) as pit:
        await pit.press("question_mark")
        footer = pit.text().splitlines()[-1]
        assert footer == " ↑ ↓ scroll   f2 back   q leave"
        await pit.pilot.click(offset=(footer.index("back"), pit.app.size.height - 1))
        await pit.settle()
        assert not isinstance(pit.app.screen, HelpScreen)
