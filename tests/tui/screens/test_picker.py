"""Choosing an incident, and how it is to be played."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from noc_tui import paths
from noc_tui.bench.selection import blind_incident
from noc_tui.sim.catalog import default_catalog
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.picker import PickerScreen
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.screens.prompt import PromptScreen
from tests.tui.cockpit import Cockpit, cockpit

PICKER = Launch("picker")
BROKEN = 'id = "broken"\ntitle = 3\n'


def own_incident(name: str, text: str) -> None:
    folder = paths.user_incidents_dir()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text)


def own_text(name: str, title: str) -> str:
    return f'id = "{name}"\ntitle = "{title}"\ndifficulty = "easy"\nsummary = "Mine."\n[initial]\ncpu_usage = 0.4\n'


def setting(pit: Cockpit, name: str) -> str:
    return next(line.partition(name)[2].strip() for line in pit.text().splitlines() if f" {name} " in line)


async def pick(pit: Cockpit, title: str) -> None:
    """Move the cursor to that incident."""
    for _ in range(40):
        if any("▸" in line and title in line for line in pit.text().splitlines()):
            return
        await pit.pilot.press("down")
        await pit.pilot.pause()
    raise AssertionError(f"{title} is not in the list")


async def type_seed(pit: Cockpit, text: str) -> None:
    await pit.press("s", *text, "enter")


# --- the list


async def test_every_incident_stands_there_with_its_difficulty_in_one_column() -> None:
    async with cockpit(PICKER, size=(80, 24)) as pit:
        rows = [line for line in pit.text().splitlines() if "●" in line or "○○○" in line]
        assert len(rows) == 20
        places = {min(line.find(glyph) for glyph in "●○" if glyph in line) for line in rows}
        assert len(places) == 1
        assert any("CPU overload" in row and "●●● hard" in row for row in rows)
        assert any("Backup window" in row and "○○○ control" in row for row in rows)


async def test_the_list_is_in_the_order_of_what_it_shows_after_the_classic_ones() -> None:
    async with cockpit(PICKER, size=(80, 24)) as pit:
        rows = [line for line in pit.text().splitlines() if "●" in line or "○○○" in line]
        titles = [re.split("  +", row.lstrip(" ▸"))[0] for row in rows]
        assert titles[:3] == ["Network congestion", "Memory leak", "CPU overload"]
        assert titles[3:] == sorted(titles[3:], key=str.lower)


async def test_the_incident_under_the_cursor_is_told_about() -> None:
    async with cockpit(PICKER, size=(120, 40)) as pit:
        assert "A bulk copy between data centres" in pit.text()
        await pit.press("down")
        assert "A bulk copy between data centres" not in pit.text()
        assert "medium · up to 60 steps · memory_leak" in pit.text()


async def test_the_incident_that_was_asked_for_is_under_the_cursor() -> None:
    async with cockpit(Launch("picker", incident="retry_storm")) as pit:
        assert any("▸" in line and "Retry storm" in line for line in pit.text().splitlines())


async def test_a_broken_file_of_ones_own_is_told_and_the_list_goes_on() -> None:
    own_incident("broken", BROKEN)
    own_incident("mine", own_text("mine", "Mine, and [bold]not[/bold] markup"))
    async with cockpit(PICKER, size=(120, 40)) as pit:
        assert "broken.toml" in pit.told()
        assert "Mine, and [bold]not[/bold] markup" in pit.text()
        assert "21 incidents" in pit.text()


async def test_many_broken_files_are_counted_instead_of_filling_the_screen() -> None:
    for number in range(9):
        own_incident(f"broken{number}", BROKEN)
    async with cockpit(PICKER) as pit:
        assert len(pit.told().splitlines()) == 4
        assert "6 more incident files" in pit.told()


async def test_a_long_text_is_read_on_with_tab_and_the_arrows_and_enter_still_starts() -> None:
    own_incident("mine", own_text("mine", "Mine").replace("Mine.", "word " * 300 + "the end"))
    async with cockpit(Launch("picker", incident="mine"), size=(80, 24)) as pit:
        assert "the end" not in pit.text()
        await pit.press("tab", "end")
        assert "the end" in pit.text()
        await pit.press("enter")
        assert pit.episode.incident.id == "mine"


# --- starting


async def test_enter_starts_what_is_under_the_cursor() -> None:
    async with cockpit(PICKER) as pit:
        await pit.press("down", "enter")
        assert pit.episode.incident.id == "memory_leak"
        assert pit.play.run.human


@pytest.mark.parametrize("launch", [PICKER, Launch("picker", watch=True)])
async def test_a_ghost_is_named_from_the_first_and_kept(launch: Launch) -> None:
    async with cockpit(replace(launch, ghost="fixed:[b]33[/b]"), size=(80, 24)) as pit:
        assert "20 incidents · against fixed:[b]33[/b]" in pit.text()
        await pit.press("b")
        assert "chosen by the seed · against fixed:[b]33[/b]" in pit.text()


async def test_enter_pressed_twice_starts_once() -> None:
    async with cockpit(PICKER) as pit:
        picker = pit.app.screen
        assert isinstance(picker, PickerScreen)
        picker.action_start()
        picker.action_start()
        await pit.settle()
        assert sum(isinstance(screen, PlayScreen) for screen in pit.app.screen_stack) == 1
        assert len(list(paths.sessions_dir().glob("*.jsonl"))) == 1


async def test_one_click_looks_at_an_incident_and_a_double_click_starts_it() -> None:
    async with cockpit(PICKER, size=(80, 24)) as pit:
        row = next(y for y, line in enumerate(pit.text().splitlines()) if "CPU overload" in line)
        await pit.pilot.click(offset=(10, row))
        await pit.settle()
        assert isinstance(pit.app.screen, PickerScreen)
        assert "cpu_overload" in pit.text()
        await pit.pilot.click(offset=(10, row), times=2)
        await pit.settle()
        assert pit.episode.incident.id == "cpu_overload"


async def test_the_key_that_starts_can_be_another_one() -> None:
    async with cockpit(PICKER, keys={"picker.start": "x"}) as pit:
        await pit.press("enter")
        assert isinstance(pit.app.screen, PickerScreen)
        await pit.press("x")
        assert isinstance(pit.app.screen, PlayScreen)


async def test_escape_leaves_without_starting() -> None:
    async with cockpit(PICKER) as pit:
        await pit.press("escape")
        assert isinstance(pit.app.screen, HomeScreen)
        assert not paths.sessions_dir().exists()


# --- the settings


@pytest.mark.parametrize("size", [(50, 14), (80, 24), (120, 40), (200, 60)])
async def test_all_three_settings_are_in_sight_with_their_keys(size: tuple[int, int]) -> None:
    async with cockpit(PICKER, size=size) as pit:
        assert setting(pit, "Driver") == "you   rules on a"
        assert setting(pit, "Pace") == "turn  the world waits"
        assert setting(pit, "Seed") == "any   new each time"


async def test_the_settings_are_what_is_played() -> None:
    async with cockpit(PICKER) as pit:
        await pit.press("p")
        assert setting(pit, "Pace").startswith("live  a step every 4 s")
        await type_seed(pit, "1042")
        assert setting(pit, "Seed").startswith("1042  r any")
        await pit.press("enter")
        assert (pit.episode.header.pace, pit.episode.header.seed) == ("live", 1042)


async def test_the_driver_can_be_an_agent_from_the_first_step() -> None:
    async with cockpit(PICKER) as pit:
        await pit.press("d")
        assert setting(pit, "Driver").startswith("rules  you watch")
        assert "Choose an incident to watch" in pit.text()
        await pit.press("enter")
        assert pit.episode.header.driver == "rules"


async def test_a_click_on_a_setting_does_what_its_key_does() -> None:
    async with cockpit(PICKER, size=(80, 24)) as pit:
        row = next(y for y, line in enumerate(pit.text().splitlines()) if " Pace " in line)
        await pit.pilot.click(offset=(50, row))
        await pit.settle()
        assert setting(pit, "Pace").startswith("live")


@pytest.mark.parametrize("wrong", ["12a4", "-3", "1.5", "9007199254740992", "²"])
async def test_a_seed_that_is_none_says_so_and_is_not_taken(wrong: str) -> None:
    async with cockpit(PICKER) as pit:
        await pit.press("s")
        await pit.pilot.press(*wrong)
        await pit.press("enter")
        assert isinstance(pit.app.screen, PromptScreen)
        assert "! " in pit.text()
        await pit.press("escape")
        assert setting(pit, "Seed").startswith("any")


async def test_an_empty_seed_is_any_and_so_is_r() -> None:
    async with cockpit(PICKER) as pit:
        await type_seed(pit, "7")
        await pit.press("s", "backspace", "enter")
        assert setting(pit, "Seed").startswith("any")
        await type_seed(pit, "7")
        assert "r random" in pit.text().splitlines()[-1]
        await pit.press("r")
        assert setting(pit, "Seed").startswith("any")
        assert "r random" not in pit.text().splitlines()[-1]


async def test_what_there_is_no_room_for_is_left_out_whole() -> None:
    async with cockpit(PICKER, size=(50, 14)) as pit:
        await pick(pit, "Connection pool exhaustion")
        row = next(line for line in pit.text().splitlines() if "▸" in line)
        assert row.rstrip().endswith("●●○ medium")
        assert "Settings" not in pit.text()


# --- blind


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_b_hides_the_incidents_and_starts_one_that_nobody_has_chosen(size: tuple[int, int]) -> None:
    async with cockpit(Launch("picker", seed=5), size=size) as pit:
        await pit.press("down", "b")
        assert "▸ Blind incident" in pit.text()
        assert "Memory leak" not in pit.text()
        assert re.search(r"b Blind +on ", pit.text())
        await pit.press("enter")
        assert pit.episode.header.blind
        assert pit.episode.incident.id == blind_incident(5, default_catalog())
        assert pit.episode.incident.title not in pit.text()


async def test_b_again_brings_them_back_with_the_cursor_where_it_was() -> None:
    async with cockpit(PICKER, size=(80, 24)) as pit:
        await pit.press("down", "b", "b")
        assert any("▸ Memory leak" in line for line in pit.text().splitlines())
        await pit.press("enter")
        assert pit.episode.incident.id == "memory_leak"
        assert not pit.episode.header.blind


async def test_the_settings_say_whether_it_is_blind_unless_the_command_does() -> None:
    async with cockpit(PICKER, blind=True) as pit:
        assert "▸ Blind incident" in pit.text()
    async with cockpit(Launch("picker", blind=False), blind=True) as pit:
        assert "Blind incident" not in pit.text()
