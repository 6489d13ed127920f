"""Sessions: what has been recorded, filterable; replay, resume, verify, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widgets import DataTable, Input, Static

from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.library import SessionSummary
    from noc_tui.episode.verify import Verification

_COLUMNS = (("Started", 16), ("Incident", 24), ("Seed", 10), ("Driver", 10), ("Outcome", 12), ("Steps", 7), ("Id", 26))
_GLYPHS = {"resolved": "✓", "crashed": "‼", "truncated": "!", "void": "!", "interrupted": "…", "live": "●"}


class SessionsScreen(NocScreen):
    """A table of the recordings, newest first."""

    SCOPE: ClassVar[Scope] = "sessions"
    CSS_PATH = "sessions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("sessions")]

    def __init__(self) -> None:
        super().__init__()
        self._sessions: list[SessionSummary] = []
        self._filter = ""

    def compose(self) -> ComposeResult:
        yield Static(id="sessions-title", markup=False)
        yield Input(placeholder="text in any column; esc clears", id="sessions-filter", max_length=80)
        yield DataTable(id="sessions", cursor_type="row", zebra_stripes=True)
        yield Static(id="sessions-empty", markup=False)
        yield KeyBar()

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#sessions", DataTable)

    def on_mount(self) -> None:
        for label, width in _COLUMNS:
            self._table.add_column(label, width=width)
        self.query_one("#sessions-filter").display = False
        self._table.focus()

    def on_screen_resume(self) -> None:
        """Read the folder again: something may have been played meanwhile."""
        super().on_screen_resume()
        self.call_after_refresh(self.reload)

    def can_do(self, action: UserAction) -> bool:
        """What needs a session needs one under the cursor."""
        if action.id == "sessions.resume":
            return self._current is not None and self._current.status == "interrupted"
        if action.id in {"sessions.open", "sessions.verify", "sessions.delete"}:
            return self._current is not None
        return True

    # --- the list

    def reload(self) -> None:
        """List the folder."""
        from noc_tui.episode.library import list_sessions  # noqa: PLC0415

        self._sessions, problems = list_sessions()
        self._fill()
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            self.noc.warn(f"{problems[0]}{more}")

    def _fill(self) -> None:
        table = self._table
        row = table.cursor_row
        table.clear()
        shown = [session for session in self._sessions if self._filter in _searchable(session)]
        for session in shown:
            table.add_row(*_cells(session), key=str(session.path))
        table.display = bool(shown)
        table.move_cursor(row=min(row, max(0, len(shown) - 1)))
        counted = f"{len(shown)} of {len(self._sessions)}" if self._filter else str(len(self._sessions))
        self.query_one("#sessions-title", Static).update(f"Sessions   {counted}")
        empty = self.query_one("#sessions-empty", Static)
        empty.display = not shown
        empty.update(
            f"No session holds “{self._filter}”. Esc clears the filter."
            if self._sessions
            else "Nothing recorded yet. Every episode you play or watch is kept here; q goes back to play one."
        )
        self.refresh_keys()

    @property
    def _current(self) -> SessionSummary | None:
        table = self._table
        if not table.row_count or not table.is_valid_row_index(table.cursor_row):
            return None
        key = table.coordinate_to_cell_key((table.cursor_row, 0)).row_key.value  # type: ignore[arg-type]
        return next((session for session in self._sessions if str(session.path) == key), None)

    def on_data_table_row_highlighted(self) -> None:
        self.refresh_keys()

    def on_data_table_row_selected(self) -> None:
        """Enter or a click."""
        self.action_open()

    # --- keys

    def action_filter(self) -> None:
        box = self.query_one("#sessions-filter", Input)
        box.display = True
        box.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        self._filter = event.value.strip().lower()
        self._fill()

    def on_input_submitted(self) -> None:
        self._table.focus()

    def action_close(self) -> None:
        """Clear the filter, if there is one; else leave."""
        box = self.query_one("#sessions-filter", Input)
        if box.display:
            box.value = ""
            box.display = False
            self._table.focus()
        else:
            self.action_leave()

    def action_open(self) -> None:
        if (session := self._current) is not None:
            self.noc.open(Launch("replay", session=session.path, follow=session.status == "live"))

    def action_resume(self) -> None:
        """Go on with the interrupted session under the cursor."""
        if (session := self._current) is not None and session.status == "interrupted":
            self.noc.open(Launch("play", session=session.path))

    def action_verify(self) -> None:
        """Simulate the session again and compare every figure, in a thread."""
        if (session := self._current) is not None:
            self.run_worker(lambda: self._verify(session), thread=True, group="verify", exclusive=True)

    def _verify(self, session: SessionSummary) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.reader import SessionFile  # noqa: PLC0415
        from noc_tui.episode.verify import verify  # noqa: PLC0415

        try:
            file = SessionFile.open(session.path)
            try:
                result = verify(file)
            finally:
                file.close()
        except SessionError as error:
            self.app.call_from_thread(self.noc.warn, str(error))
        else:
            self.app.call_from_thread(self._verified, result)

    def _verified(self, result: Verification) -> None:
        if result.ok:
            self.noc.tell(f"Verified: all figures of {result.steps} steps are equal, to the last bit.")
        else:
            self.noc.warn(f"Differs after {result.steps} equal steps: {result.difference}. {result.note or ''}".strip())

    def action_delete(self) -> None:
        """Ask, then delete."""
        from noc_tui.tui.screens.prompt import ConfirmScreen  # noqa: PLC0415

        if (session := self._current) is not None:
            question = f"Delete the session {session.title}, seed {session.seed}, {session.steps} steps?"
            self.app.push_screen(ConfirmScreen(question), lambda yes: self._delete(session) if yes else None)

    def _delete(self, session: SessionSummary) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.library import delete_session  # noqa: PLC0415

        try:
            delete_session(session.path)
        except SessionError as error:
            self.noc.warn(str(error))
        self.reload()


def _searchable(session: SessionSummary) -> str:
    return " ".join(cell.plain for cell in _cells(session)).lower() + session.incident.lower()


def _cells(session: SessionSummary) -> tuple[Text, ...]:
    driver = "you" if session.driver == "human" else session.driver
    return (
        Text(session.started.astimezone().strftime("%Y-%m-%d %H:%M")),
        Text(session.title),
        Text(str(session.seed), justify="right"),
        Text(driver),
        Text(f"{_GLYPHS[session.status]} {session.status}"),
        Text(str(session.steps), justify="right"),
        Text(session.session),
    )
