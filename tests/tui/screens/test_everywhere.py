"""What every screen but the dashboard has in common: help, palette, footer, themes, windows of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from noc_tui.store.people import default_player
from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.theme import PALETTES
from tests.store.builders import session
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit

if TYPE_CHECKING:
    from collections.abc import Sequence

# The keys that lead to a screen from home, with a session on the shelf that was resolved.
WAYS: dict[str, Sequence[str]] = {
    "home": (),
    "picker": ("p",),
    "sessions": ("s",),
    "debrief": ("s", "enter", "end", "enter"),
    "agents": ("a",),
    "progress": ("g",),
    "leaderboard": ("l",),
    "help": ("question_mark",),
}
screens = pytest.mark.parametrize("name", WAYS)


async def go(pit: Cockpit, name: str) -> NocScreen:
    for key in WAYS[name]:
        await pit.press(key)
        await pit.settle()
    assert isinstance(pit.app.screen, NocScreen)
    assert pit.app.screen.scope == name
    return pit.app.screen


def colours(pit: Cockpit) -> set[str]:
    """Every colour on the screen, as `#rrggbb`."""
    styles = [segment.style for row in pit.app.screen._compositor.render_strips() for segment in row]
    found = [colour for style in styles if style for colour in (style.color, style.bgcolor) if colour]
    return {colour.get_truecolor().hex for colour in found}


@pytest.fixture(autouse=True)
def _shelf() -> None:
    path = shelf.resolved(minutes_ago=2)
    with Store() as store:
        store.remember(session(path.stem, player=default_player()))


@screens
async def test_another_theme_repaints_everything_at_once(name: str) -> None:
    async with cockpit(Launch("home")) as pit:
        await go(pit, name)
        pit.app.theme = "noc-dark"
        await pit.settle()
        dark = colours(pit)
        pit.app.theme = "noc-light"
        await pit.settle()
        assert PALETTES["noc-light"].background in colours(pit)
        assert not dark & colours(pit)


@screens
async def test_the_palette_lists_what_the_screen_can_do(name: str) -> None:
    async with cockpit(Launch("home")) as pit:
        await go(pit, name)
        titles = {command.title for command in pit.app.get_system_commands(pit.app.screen)}
        assert {"Help", "Leave", "Theme"} <= titles
        wanted = {
            "home": "Play",
            "picker": "Seed",
            "sessions": "Verify",
            "debrief": "New seed",
            "agents": "Choose",
            "progress": "Drill mistake",
            "leaderboard": "Play it",
            "help": "Leave",
        }
        assert wanted[name] in titles
        await pit.press("colon")
        assert isinstance(pit.app.screen, CommandPalette)


@pytest.mark.parametrize("name", [name for name in WAYS if name != "help"])
async def test_help_is_a_key_away_and_explains_the_screen_below(name: str) -> None:
    async with cockpit(Launch("home")) as pit:
        screen = await go(pit, name)
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        await pit.press("escape")
        assert pit.app.screen is screen


@screens
@pytest.mark.parametrize("size", [(50, 14), (20, 5)])
async def test_a_tiny_window_still_shows_the_way_out(name: str, size: tuple[int, int]) -> None:
    async with cockpit(Launch("home"), size=size) as pit:
        await go(pit, name)
        footer = pit.text().splitlines()[-1]
        assert "? " in footer or "esc " in footer
        assert "q" in footer


@screens
async def test_a_resize_in_the_middle_of_it_leaves_a_whole_screen(name: str) -> None:
    async with cockpit(Launch("home")) as pit:
        await go(pit, name)
        before = pit.text()
        for size in ((40, 8), (200, 60), (20, 3), (120, 40)):
            await pit.pilot.resize_terminal(*size)
            await pit.settle()
        assert pit.text() == before


async def test_what_is_told_takes_the_place_of_what_was_told_before_and_a_warning_stays() -> None:
    async with cockpit(Launch("home"), size=(80, 24)) as pit:
        pit.app.warn("The disk is full.")
        for text in ("The coach judges every move.", "The coach is off.", "The coach is off."):
            pit.app.tell(text)
            await pit.settle()
        assert pit.told().splitlines() == ["The disk is full.", "The coach is off."]
        assert "judges" not in pit.text()
