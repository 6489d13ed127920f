"""Sessions: what has been recorded, filterable; replay, resume, verify, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.recordings import age, read_recordings, title_of, verify_recording
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.columns import ColumnTitles, Layout
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.row_list import RowList
from noc_tui.tui.widgets.session_columns import COLUMNS, Dated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.app import ComposeResult

    from noc_tui.episode.library import SessionSummary
    from noc_tui.tui.recordings import Batch, Found
    from noc_tui.tui.widgets.painted import Run

_FILTER_LIMIT: Final = 80
_NEEDS_A_SESSION: Final = frozenset({"sessions.open", "sessions.verify", "sessions.delete"})


class SessionsScreen(NocScreen):
    """A table of the recordings, newest first."""

    SCOPE: ClassVar[Scope] = "sessions"
    CSS_PATH = "sessions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("sessions")]

    _filter = getters.query_one("#sessions-filter-input", Input)

    class Read(Message):
        """Some more files have been read."""

        def __init__(self, reading: int, batch: Batch) -> None:
            super().__init__()
            self.reading = reading
            """Which reading of the folder it belongs to."""
            self.batch = batch

    class Verified(Message):
        """A session has been simulated again, or could not be."""

        def __init__(self, sentence: str, *, ok: bool) -> None:
            super().__init__()
            self.sentence = sentence
            self.ok = ok

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Found] = []
        self._incoming: list[Found] = []
        self._problems: list[str] = []
        self._told: list[str] = []
        """The problems that have been told already: coming back from a replay is no news."""
        self._reading = 0
        self._progress: tuple[int, int] | None = (0, 0)
        """Files read, of how many; None when all have been."""
        self._verifying = False

    def compose(self) -> ComposeResult:
        yield Banner()
        with Horizontal(id="sessions-filter"):
            yield Static("/ ", id="sessions-slash")
            yield FilterInput(
                placeholder="words in any column", id="sessions-filter-input", compact=True, max_length=_FILTER_LIMIT
            )
        with Vertical(id="sessions-table"):
            yield ColumnTitles(COLUMNS)
            yield RowList(_row, id="sessions")
        yield Static(id="sessions-empty", markup=False)
        yield KeyBar()

    @property
    def _list(self) -> RowList[SessionSummary]:
        return self.query_one("#sessions", RowList)

    @property
    def _current(self) -> SessionSummary | None:
        return self._list.current

    def on_mount(self) -> None:
        """Wait for a key in the table."""
        self._list.focus()
        self._show_title()

    def can_do(self, action: UserAction) -> bool:
        """What needs a session needs one under the cursor."""
        if action.id == "sessions.resume":
            return self._current is not None and self._current.status == "interrupted"
        return action.id not in _NEEDS_A_SESSION or self._current is not None

    # --- reading the folder

    def on_screen_resume(self) -> None:
        """Read the folder again, beside everything else: something may have been played meanwhile."""
        super().on_screen_resume()
        self._reading += 1
        self._incoming, self._problems = [], []
        known = {found.session.path: found.session for found in self._found}
        reading = self._reading
        self.run_worker(lambda: self._read(reading, known), thread=True, exclusive=True, group="read")

    def _read(self, reading: int, known: Mapping[Path, SessionSummary]) -> None:
        worker = get_current_worker()
        for batch in read_recordings(known, stopped=lambda: worker.is_cancelled):
            if worker.is_cancelled:
                return
            self.post_message(self.Read(reading, batch))

    def on_sessions_screen_read(self, event: Read) -> None:
        """Show what is there: as it comes at first, and all at once when the folder is read again."""
        batch = event.batch
        if event.reading != self._reading:
            return
        self._incoming += batch.found
        self._problems += batch.problems
        done = batch.done == batch.total
        if done or self._progress is not None:
            self._found = sorted(self._incoming, key=lambda found: age(found.session), reverse=True)
            self._progress = None if done else (batch.done, batch.total)
            self._fill()
        if done and self._problems != self._told:
            self._told = self._problems
            if self._told:
                more = f" (and {len(self._told) - 1} more)" if len(self._told) > 1 else ""
                self.noc.warn(f"{self._told[0]}{more}")

    # --- showing

    @property
    def _words(self) -> list[str]:
        return clean(self._filter.value, _FILTER_LIMIT + 1).lower().split()

    def _fill(self, at: int | None = None) -> None:
        """List what the filter lets through, with the cursor where it was, or at row `at`."""
        before, words = self._current, self._words
        shown = [found.session for found in self._found if all(word in found.text for word in words)]
        if at is None:
            at = next((index for index, each in enumerate(shown) if before and each.path == before.path), 0)
        self._list.show(shown, at)
        self.query_one("#sessions-table").display = bool(shown)
        empty = self.query_one("#sessions-empty", Static)
        empty.display = not shown and self._progress is None
        empty.update(self._why_empty())
        self._show_title()

    def _why_empty(self) -> str:
        keys = self.noc.keys
        if self._found:
            return f"No session has {' '.join(self._words)!r} in it. {display(keys['close'])} clears the filter."
        return (
            "Nothing recorded yet.\n\nEvery episode that you play or watch is kept here, to be replayed, verified or"
            f" played on from any step. {display(keys['leave'])} goes back."
        )

    def _show_title(self) -> None:
        shown, total = len(self._list.rows), len(self._found)
        words = f"{shown:,} of {total:,}" if self._words else f"{total:,}, newest first" if total else ""
        if self._progress is not None:
            done, of = self._progress
            words = f"reading {done:,} of {of:,}" if of else "reading"
        if self._verifying:
            words = "verifying"
        self.query_one(Banner).view = BannerView("Sessions", words)

    def on_row_list_highlighted(self) -> None:
        """What can be done depends on the session."""
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """A double click replays."""
        self.action_open()

    # --- the filter

    def action_filter(self) -> None:
        """Type what to look for."""
        self.query_one("#sessions-filter").display = True
        self._filter.focus()

    def on_input_changed(self) -> None:
        """Filter while typing."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Back to the table; the filter stays."""
        self._list.focus()

    def action_close(self) -> None:
        """Clear the filter, if there is one; else leave."""
        line = self.query_one("#sessions-filter")
        if line.display:
            self._filter.value = ""
            line.display = False
            self._list.focus()
        else:
            self.action_leave()

    # --- what is done with a session

    def action_open(self) -> None:
        """Replay it; follow it, if it is still being written."""
        if (session := self._current) is not None:
            self.noc.open(Launch("replay", session=session.path, follow=session.status == "live"))

    def action_resume(self) -> None:
        """Go on with the interrupted session under the cursor."""
        if (session := self._current) is not None and session.status == "interrupted":
            self.noc.open(Launch("play", session=session.path))

    def action_verify(self) -> None:
        """Simulate the session again and compare every figure, in a thread."""
        if (session := self._current) is None:
            return
        if self._verifying:
            self.noc.tell("Still verifying the one before.")
            return
        self._verifying = True
        self._show_title()
        self.run_worker(lambda: self._verify(session), thread=True, group="verify")

    def _verify(self, session: SessionSummary) -> None:
        ok, sentence = verify_recording(session)
        self.post_message(self.Verified(sentence, ok=ok))

    def on_sessions_screen_verified(self, event: Verified) -> None:
        """Tell the result."""
        self._verifying = False
        self._show_title()
        if event.ok:
            self.noc.tell(f"✓ {event.sentence}")
        else:
            self.noc.warn(f"! {event.sentence}")

    def action_delete(self) -> None:
        """Ask, then delete."""
        from noc_tui.tui.screens.prompt import ConfirmScreen  # noqa: PLC0415

        if (session := self._current) is not None:
            question = f"Delete the recording of {title_of(session)}, seed {session.seed}, {session.steps} steps?"
            self.app.push_screen(ConfirmScreen(question), lambda yes: self._delete(session) if yes else None)

    def _delete(self, session: SessionSummary) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.library import delete_session  # noqa: PLC0415

        try:
            delete_session(session.path)
        except SessionError as error:
            self.noc.warn(str(error))
            return
        self._found = [found for found in self._found if found.session.path != session.path]
        self._fill(self._list.highlighted)
        self.noc.tell("Deleted.")


class FilterInput(Input):
    """Where the filter is typed; `down` goes on to what it lets through."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "submit", show=False)]


def _row(session: SessionSummary, width: int) -> list[Run]:
    return Layout.of(COLUMNS, width).row(Dated(session, datetime.now(UTC).astimezone()))
