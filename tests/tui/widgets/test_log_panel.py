"""The title row of the incident log: filter, severity, follow state."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from noc_tui.tui.widgets.log_lines import GLYPHS, LogEntry, LogFilter, LogLevel
from noc_tui.tui.widgets.log_panel import LogPanel
from tests.tui.widgets.hosting import Hosted, hosted, shown

LEVELS: tuple[LogLevel, ...] = ("info", "warning", "critical", "action")


def entries(count: int) -> list[LogEntry]:
    made = []
    for number in range(count):
        level = LEVELS[number % 4]
        made.append(LogEntry("00:12", GLYPHS[level], level, "alert" if level == "critical" else "lb", f"line {number}"))
    return made


def title(panel: LogPanel) -> str:
    """The title row, its parts set apart by a bar each."""
    parts = [static for static in panel.query(Static) if static.display and str(static.content)]
    return "|".join(str(static.content).strip() for static in parts)


def lines(panel: LogPanel) -> list[str]:
    return [line.split(" ", 3)[-1].strip() for line in shown(panel.incident_log) if line.strip()]


def changes(host: Hosted) -> list[tuple[str, str]]:
    return [(message.text, message.severity) for message in host.posted(LogPanel.FilterChanged)]


async def test_it_says_what_is_shown_and_that_it_follows() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(4))
        await host.pilot.pause()
        assert title(panel) == "Incident log|all|· /|filter|▼ following"
        panel.compact = True
        await host.pilot.pause()
        assert title(panel) == "Log|all|· /|filter|▼ following"
        assert panel.incident_log.compact


async def test_a_reader_who_has_scrolled_up_is_told_what_is_new_and_gets_there_by_a_click() -> None:
    panel = LogPanel()
    async with hosted(panel, (80, 10)) as host:
        panel.show(entries(20))
        panel.incident_log.scroll_lines(-5)
        await host.pilot.pause()
        assert title(panel).endswith("|↓ newest")
        panel.append(entries(3))
        await host.pilot.pause()
        assert title(panel).endswith("|3 new ↓")
        await host.pilot.click("#log-follow")
        assert title(panel).endswith("|▼ following")


async def test_the_filter_works_while_it_is_typed_and_enter_keeps_it() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(40))
        panel.open_filter()
        await host.pilot.press("3", "9")
        assert panel.filtering
        assert panel.wanted == LogFilter("39")
        assert title(panel) == "Incident log|all|· /|1 of 40|▼ following"
        await host.pilot.press("enter")
        assert not panel.filtering
        assert host.pilot.app.focused is None
        assert title(panel) == "Incident log|all|· /|39|1 of 40|▼ following"
        assert changes(host) == [("3", "all"), ("39", "all")]


async def test_escape_clears_the_filter_and_closes_nothing_else() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(40))
        panel.open_filter()
        await host.pilot.press("9", "escape")
        assert not panel.filtering
        assert host.pilot.app.focused is None
        assert title(panel) == "Incident log|all|· /|filter|▼ following"
        assert changes(host) == [("9", "all"), ("", "all")]


@pytest.mark.parametrize(("keys", "text"), [(["2"], "2"), (["end", "2"], "12")])
async def test_the_filter_that_was_there_can_be_replaced_or_gone_on_with(keys: list[str], text: str) -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(40))
        panel.open_filter()
        await host.pilot.press("1", "enter")
        panel.open_filter()
        await host.pilot.press(*keys, "enter")
        assert panel.wanted.text == text


async def test_a_hidden_filter_takes_no_keys() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        await host.pilot.press("x", "tab", "x")
        assert host.pilot.app.focused is None
        assert changes(host) == []


@pytest.mark.parametrize(
    ("times", "severity", "texts"),
    [
        (1, "warnings+", ["line 1", "line 2", "line 5", "line 6"]),
        (2, "alerts", ["line 2", "line 6"]),
        (3, "actions", ["line 3", "line 7"]),
    ],
)
async def test_severities_are_gone_through_one_after_the_other(times: int, severity: str, texts: list[str]) -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(8))
        for _ in range(times):
            panel.cycle_severity()
        await host.pilot.pause()
        assert [line.removeprefix("alert").removeprefix("lb").strip() for line in lines(panel)] == texts
        assert title(panel) == f"Incident log|{severity}|· /|filter|{len(texts)} of 8|▼ following"
        for _ in range(4 - times):
            panel.cycle_severity()
        await host.pilot.pause()
        assert title(panel) == "Incident log|all|· /|filter|▼ following"


async def test_clearing_the_text_leaves_the_severity() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(8))
        panel.cycle_severity()
        panel.open_filter()
        await host.pilot.press("1", "escape")
        assert panel.wanted == LogFilter("", "warnings+")


async def test_severity_and_filter_can_be_clicked() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(8))
        await host.pilot.click("#log-severity")
        assert panel.wanted.severity == "warnings+"
        await host.pilot.click("#log-filter")
        assert panel.filtering


async def test_what_is_typed_is_never_markup() -> None:
    panel = LogPanel()
    async with hosted(panel) as host:
        panel.show(entries(4))
        panel.open_filter()
        await host.pilot.press("left_square_bracket", "b", "right_square_bracket", "enter")
        assert title(panel) == "Incident log|all|· /|[b]|0 of 4|▼ following"
