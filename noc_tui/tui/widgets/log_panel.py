"""The incident log with its title row: what it is filtered by, how much of it is shown, whether it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, getters, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from noc_tui.text import clean
from noc_tui.tui.widgets.incident_log import IncidentLog
from noc_tui.tui.widgets.log_lines import SEVERITIES, LogFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from noc_tui.tui.widgets.log_lines import LogEntry

FILTER_LIMIT: Final = 80
"""Characters of a filter."""


class FilterInput(Input, can_focus=False):
    """Where the filter is typed. Enter keeps it, escape clears it.

    It can be focused only while it is open: a screen that looks for something to focus would find it hidden.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", show=False)]

    class GivenUp(Message):
        """Escape was pressed."""

    def action_give_up(self) -> None:
        """Say so."""
        self.post_message(self.GivenUp())


class LogPanel(Vertical):
    """Title row and log. `incident_log` is the list itself, for scrolling by the screen's keys.

    `filter_key` is the screen's key for the filter, as it is shown.
    """

    DEFAULT_CSS = """
    LogPanel {
        background: $surface;
        padding: 0 0 0 1;
        .log-panel--head { height: 1; padding: 0 1 0 0; }
        .log-panel--head Static { height: 1; width: auto; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; }
        #log-title { color: $foreground; text-style: bold; margin-right: 3; }
        #log-filter { width: 1fr; min-width: 4; }
        #log-filter-input {
            width: 1fr;
            background: $surface;
            color: $foreground;
            display: none;
            &:focus { background-tint: $surface 0%; }
        }
        #log-severity:hover, #log-filter:hover, #log-follow:hover { color: $foreground; text-style: underline; }
        #log-counts { margin-left: 2; }
        #log-follow { margin-left: 2; }
        #log-follow.-active { color: $breach; text-style: bold; }
        #log-filter.-active, #log-severity.-active { color: $accent; }
        IncidentLog { height: 1fr; }
        &.-filtering {
            #log-filter { display: none; }
            #log-filter-input { display: block; }
        }
        &.-compact #log-title { margin-right: 1; }
    }
    """

    compact: reactive[bool] = reactive(False, toggle_class="-compact")
    """One row for a line of the lowest level, and a shorter title."""

    filtering: reactive[bool] = reactive(False, init=False, toggle_class="-filtering")
    """Whether the filter is being typed."""
    wanted: reactive[LogFilter] = reactive(LogFilter(), init=False)
    """Which lines are shown."""

    incident_log = getters.query_one(IncidentLog)
    _input = getters.query_one("#log-filter-input", FilterInput)

    class FilterChanged(Message):
        """Other lines are shown than before."""

        def __init__(self, wanted: LogFilter) -> None:
            super().__init__()
            self.text = wanted.text
            self.severity = wanted.severity

    def __init__(
        self,
        *,
        compact: bool = False,
        filter_key: str = "/",
        id: str | None = None,  # noqa: A002  (Textual's name)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._filter_key = filter_key
        self.set_reactive(LogPanel.compact, compact)
        self.set_class(compact, "-compact")
        self._focused_before: Widget | None = None

    def compose(self) -> ComposeResult:
        """The title row, and the log below it."""
        with Horizontal(classes="log-panel--head"):
            yield Static(id="log-title")
            yield Static(id="log-severity")
            yield Static(f" · {self._filter_key} ", markup=False)
            yield Static(id="log-filter")
            yield FilterInput(id="log-filter-input", compact=True, max_length=FILTER_LIMIT)
            yield Static(id="log-counts")
            yield Static(id="log-follow")
        log = IncidentLog()
        log.set_reactive(IncidentLog.compact, self.compact)
        yield log

    def on_mount(self) -> None:
        """Keep the title row up to date."""
        for state in ("following", "unread", "counts"):
            self.watch(self.incident_log, state, self._show_state)

    def show(self, entries: Sequence[LogEntry]) -> None:
        """Make these the lines, as when a replay jumps."""
        self.incident_log.show(entries)

    def append(self, entries: Sequence[LogEntry]) -> None:
        """Add lines."""
        self.incident_log.append(entries)

    def weave(self, entries: Sequence[LogEntry]) -> None:
        """Add lines that come late, each behind the action of the same clock."""
        self.incident_log.weave(entries)

    def open_filter(self) -> None:
        """Let the filter be typed: enter keeps it, escape clears it."""
        if not self.filtering:
            self._focused_before = self.screen.focused
        self._input.value = self.wanted.text
        self.filtering = self._input.can_focus = True
        self._input.focus()

    def close_filter(self) -> None:
        """Show the lines of all texts again; the severity stays."""
        self.wanted = self.wanted._replace(text="")
        self._stop_typing()

    def cycle_severity(self) -> None:
        """All, warnings and worse, alerts, actions, and all again."""
        following = (SEVERITIES.index(self.wanted.severity) + 1) % len(SEVERITIES)
        self.wanted = self.wanted._replace(severity=SEVERITIES[following])

    def watch_compact(self, compact: bool) -> None:
        """Pass it on."""
        self.incident_log.compact = compact
        self._show_state()

    def watch_wanted(self, wanted: LogFilter) -> None:
        """Filter."""
        self.incident_log.filter_by(wanted)
        self._show_state()
        self.post_message(self.FilterChanged(wanted))

    @on(Input.Changed, "#log-filter-input")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.filtering:
            self.wanted = self.wanted._replace(text=clean(event.value, FILTER_LIMIT))

    @on(Input.Submitted, "#log-filter-input")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._stop_typing()

    @on(FilterInput.GivenUp)
    def _given_up(self, event: FilterInput.GivenUp) -> None:
        event.stop()
        self.close_filter()

    @on(events.Click, "#log-severity")
    def _severity_clicked(self) -> None:
        self.cycle_severity()

    @on(events.Click, "#log-filter")
    def _filter_clicked(self) -> None:
        self.open_filter()

    @on(events.Click, "#log-follow")
    def _follow_clicked(self) -> None:
        self.incident_log.jump_to_end()

    def _stop_typing(self) -> None:
        if not self.filtering:
            return
        before, self._focused_before = self._focused_before, None
        # Before the input goes out of sight, or Textual would hand the focus to whatever comes next.
        self.screen.set_focus(before if before is not None and before.is_attached else None)
        self.filtering = self._input.can_focus = False

    def _show_state(self) -> None:
        log, (text, severity) = self.incident_log, self.wanted
        shown, total = log.counts
        follow = "▼ following" if log.following else f"{log.unread:,} new ↓" if log.unread else "↓ newest"
        self._write("#log-title", "Log" if self.compact else "Incident log")
        self._write("#log-severity", severity, active=severity != "all")
        self._write("#log-filter", text or "filter", active=bool(text))
        self._write("#log-counts", "" if self.wanted == LogFilter() else f"{shown:,} of {total:,}")
        self._write("#log-follow", follow, active=bool(log.unread))

    def _write(self, selector: str, text: str, *, active: bool = False) -> None:
        static = self.query_one(selector, Static)
        static.update(Content(text))
        static.set_class(active, "-active")
