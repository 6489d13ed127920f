"""The incident log on a screen: following, filtering, scrolling, selecting."""

from __future__ import annotations

from typing import get_args

import pytest
from textual.events import MouseScrollUp
from textual.selection import SELECT_ALL

from noc_tui.tui.theme import DARK, THEMES
from noc_tui.tui.widgets.incident_log import IncidentLog
from noc_tui.tui.widgets.log_lines import GLYPHS, LINES_KEPT, LogEntry, LogFilter, LogLevel
from tests.tui.test_theme import contrast
from tests.tui.widgets.hosting import Hosted, hosted, shown, style_of

LONG = "upstream timed out (110: Connection timed out) while reading response header"
HEAD = "00:12 · lb     "
SIZE = (61, 10)
"""Ten rows of sixty cells, and the scrollbar."""


def entry(text: str, level: LogLevel = "info", source: str = "lb") -> LogEntry:
    return LogEntry("00:12", GLYPHS[level], level, source, text)


def numbered(first: int, last: int) -> list[LogEntry]:
    return [entry(f"line {number}") for number in range(first, last + 1)]


def texts(log: IncidentLog) -> list[str]:
    """What stands on the screen, without the columns and without blank rows."""
    return [line.rstrip().removeprefix(HEAD) for line in shown(log) if line.strip()]


async def drag(host: Hosted, start: tuple[int, int], end: tuple[int, int]) -> str | None:
    """What is selected when the mouse is dragged over these cells."""
    await host.pilot.mouse_down(offset=start)
    await host.pilot.hover(offset=end)
    await host.pilot.mouse_up(offset=end)
    return host.pilot.app.screen.get_selected_text()


# --- following


async def test_the_newest_line_is_followed() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 20))
        log.append(numbered(21, 25))
        assert texts(log) == [f"line {number}" for number in range(16, 26)]
        assert (log.following, log.unread) == (True, 0)


async def test_lines_given_before_the_log_is_on_the_screen_are_shown_from_the_end() -> None:
    log = IncidentLog()
    log.show(numbered(1, 20))
    async with hosted(log, SIZE):
        assert texts(log)[-1] == "line 20"


async def test_a_log_without_lines_says_so() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        assert texts(log) == ["nothing logged yet"]


async def test_a_reader_who_has_scrolled_up_stays_there_and_is_told_how_many_lines_are_new() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 20))
        log.scroll_lines(-5)
        log.append(numbered(21, 23))
        assert texts(log)[0] == "line 6"
        assert (log.following, log.unread) == (False, 3)


async def test_lines_that_have_been_in_sight_are_no_longer_new() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 20))
        log.scroll_lines(-5)
        log.append(numbered(21, 23))
        log.scroll_lines(6)
        assert log.unread == 2
        log.scroll_lines(-3)
        assert log.unread == 2


async def test_at_the_end_it_follows_again() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 20))
        log.scroll_lines(-5)
        log.append(numbered(21, 23))
        log.jump_to_end()
        assert (log.following, log.unread) == (True, 0)
        log.append(numbered(24, 24))
        assert texts(log)[-1] == "line 24"


async def test_a_jump_back_in_a_replay_ends_with_the_last_line_of_that_step() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 40))
        log.show(numbered(1, 15))
        assert texts(log) == [f"line {number}" for number in range(6, 16)]
        log.show(numbered(1, 3))
        assert texts(log) == ["line 1", "line 2", "line 3"]
        log.show([])
        assert texts(log) == ["nothing logged yet"]


async def test_a_jump_to_before_the_place_of_reading_leaves_no_blank_screen() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 40))
        log.scroll_lines(-1)
        log.show(numbered(1, 12))
        assert texts(log)[-1] == "line 12"
        assert log.following


# --- scrolling


async def test_the_mouse_wheel_scrolls() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 50))
        await host.pilot.pause()
        await host.pilot._post_mouse_events([MouseScrollUp], log)
        assert not log.following
        assert texts(log)[0] < "line 41"


@pytest.mark.parametrize("key", ["up", "down", "home", "end", "pageup", "pagedown", "left", "right"])
async def test_no_key_is_taken_from_the_screen(key: str) -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 50))
        await host.pilot.click(log)
        await host.pilot.press(key)
        assert host.pilot.app.focused is None
        assert log.following


@pytest.mark.parametrize(("pages", "first"), [(-1, "line 32"), (-2, "line 23"), (-100, "line 1"), (1, "line 41")])
async def test_a_page_is_what_is_in_sight_less_a_row(pages: int, first: str) -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 50))
        log.scroll_pages(pages)
        assert texts(log)[0] == first


async def test_the_first_line_can_be_jumped_to() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 50))
        log.jump_to_start()
        assert texts(log)[0] == "line 1"


# --- the width


async def test_lines_are_wrapped_anew_when_the_width_changes() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry(LONG)])
        assert len(texts(log)) == 2
        await host.pilot.resize_terminal(101, 10)
        assert texts(log) == [LONG]
        await host.pilot.resize_terminal(41, 10)
        assert len(texts(log)) == 3


@pytest.mark.parametrize("scrolled", [False, True])
async def test_a_change_of_width_keeps_the_reader_at_the_same_line(scrolled: bool) -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry(f"{number} {LONG}") for number in range(50)])
        if scrolled:
            log.scroll_lines(-40)
        before = texts(log)[0 if scrolled else -2].split()[0]
        await host.pilot.resize_terminal(41, 10)
        assert texts(log)[0 if scrolled else -3].split()[0] == before
        assert log.following != scrolled


async def test_compact_lines_of_the_lowest_level_have_one_row_each() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry(LONG, "debug")])
        log.compact = True
        [row] = texts(log)
        assert row.endswith("upstream timed out (110: Connection timed ou…")


async def test_the_scrollbar_has_a_column_of_its_own_from_the_start() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry("x" * 45)])
        assert len(texts(log)) == 1
        log.append(numbered(1, 30))
        await host.pilot.pause()
        log.jump_to_start()
        assert texts(log)[:2] == ["x" * 45, "line 1"]


# --- the filter


async def test_only_lines_that_match_are_shown_and_both_are_counted() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 30))
        log.filter_by(LogFilter("LINE 2"))
        assert texts(log) == [f"line {number}" for number in range(20, 30)]
        assert log.counts == (11, 30)
        log.filter_by(LogFilter("nowhere"))
        assert texts(log) == ["no line matches"]


async def test_new_lines_that_the_filter_hides_are_not_called_new() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry(f"slow {number}") for number in range(20)])
        log.filter_by(LogFilter("slow"))
        log.scroll_lines(-3)
        log.append([entry("quick"), entry("slow again"), entry("quick")])
        assert log.unread == 1


async def test_without_the_filter_the_reader_is_where_the_filtered_line_stands() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry(f"{'odd' if number % 2 else 'even'} {number}") for number in range(100)])
        log.filter_by(LogFilter("odd"))
        log.scroll_lines(-20)
        place = texts(log)[0]
        log.filter_by(LogFilter())
        assert texts(log)[0] == place


async def test_what_matches_is_marked() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry("retries per request")])
        log.filter_by(LogFilter("PER"))
        assert style_of(log, "per").underline
        assert not style_of(log, "retries").underline


# --- selecting


async def test_text_is_selected_by_the_mouse_and_copied() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 3))
        await host.pilot.pause()
        assert await drag(host, (15, 0), (18, 1)) == "line 1\n00:12 · lb     line"


async def test_what_is_selected_is_marked_until_something_else_is_clicked() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 3))
        await host.pilot.pause()
        plain = style_of(log, "line 1").bgcolor
        await drag(host, (15, 0), (20, 0))
        assert style_of(log, "line 1").bgcolor != plain
        await host.pilot.click(offset=(3, 8))
        assert style_of(log, "line 1").bgcolor == plain


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("level", get_args(LogLevel))
async def test_what_is_selected_can_be_read(theme: str, level: LogLevel) -> None:
    log = IncidentLog()
    async with hosted(log, SIZE, theme=theme) as host:
        log.show([entry("line 1", level), entry("another", level)])
        await host.pilot.pause()
        await drag(host, (0, 0), (20, 0))
        unmarked = style_of(log, "another").bgcolor
        for part in (GLYPHS[level], "line 1"):
            style = style_of(log, part)
            assert style.color is not None
            assert style.bgcolor is not None
            assert contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex) >= 4.5
            assert style.bgcolor != unmarked


async def test_wrapped_text_is_copied_as_one_line() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry(LONG)])
        await host.pilot.pause()
        assert await drag(host, (15, 0), (59, 1)) == LONG


async def test_text_is_copied_from_where_the_log_has_been_scrolled_to() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 50))
        await host.pilot.pause()
        assert await drag(host, (15, 9), (20, 9)) == "line 5"


async def test_characters_of_two_cells_are_selected_as_one_each() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry("日本語")])
        await host.pilot.pause()
        assert await drag(host, (17, 0), (19, 0)) == "本語"


async def test_all_can_be_selected() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 30))
        host.pilot.app.screen.selections = {log: SELECT_ALL}
        copied = host.pilot.app.screen.get_selected_text() or ""
        assert [line.removeprefix(HEAD) for line in copied.split("\n")] == [f"line {number}" for number in range(1, 31)]


async def test_a_selection_stays_when_lines_are_added_and_goes_when_rows_move() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show(numbered(1, 3))
        await host.pilot.pause()
        await drag(host, (15, 0), (19, 0))
        log.append(numbered(4, 30))
        assert host.pilot.app.screen.get_selected_text() == "line "
        log.filter_by(LogFilter("2"))
        assert host.pilot.app.screen.get_selected_text() is None


# --- what it looks like


@pytest.mark.parametrize(
    ("level", "colour"),
    [
        ("debug", DARK.muted),
        ("info", DARK.soft),
        ("warning", DARK.breach),
        ("error", DARK.breach),
        ("critical", DARK.critical),
        ("action", DARK.accent),
        ("resolved", DARK.calm),
    ],
)
async def test_each_level_has_glyph_and_colour(level: LogLevel, colour: str) -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry("text", level)])
        found = style_of(log, f"{GLYPHS[level]} lb").color
        assert found is not None
        assert found.get_truecolor().hex == colour


async def test_rows_that_go_on_look_like_the_row_that_they_go_on_from() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry(LONG)])
        first, second = style_of(log, "upstream"), style_of(log, "response header")
        assert (second.color, second.bgcolor) == (first.color, first.bgcolor)
        assert second.bgcolor is not None


async def test_lines_are_drawn_anew_in_another_theme() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE) as host:
        log.show([entry("text", "critical")])
        before = style_of(log, "‼").color
        host.pilot.app.theme = "noc-light"
        await host.pilot.pause()
        assert style_of(log, "‼").color != before


async def test_a_line_is_never_markup_and_never_a_control_code() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show([entry("[red]a[/] \x1b[2Jb\x07 \u202ec\x9bd\nnext")])
        assert texts(log) == ["[red]a[/] b c next"]


async def test_a_hundred_thousand_lines_are_no_burden_to_the_screen() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, 100_000))
        log.append(numbered(100_001, 100_001))
        assert texts(log)[-1].endswith(" line 100001")
        log.jump_to_start()
        assert texts(log)[0].endswith("96,000 older lines are no longer listed here")
        assert texts(log)[1].endswith(" line 96001")


async def test_a_reader_stays_at_the_same_line_while_older_ones_are_dropped() -> None:
    log = IncidentLog()
    async with hosted(log, SIZE):
        log.show(numbered(1, LINES_KEPT))
        log.scroll_lines(-50)
        first, row = texts(log)[0], log.scroll_offset.y
        for number in range(LINES_KEPT + 1, LINES_KEPT + 1_500):
            log.append(numbered(number, number))
        assert texts(log)[0] == first
        assert log.scroll_offset.y < row
        assert log.unread == 1_499
