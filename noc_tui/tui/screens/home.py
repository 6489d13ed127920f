"""Home: where to go from here, and what was played last."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from textual.containers import Vertical
from textual.message import Message
from textual.worker import get_current_worker

from noc_tui import paths
from noc_tui.tui.actions import BY_ID, Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.recordings import age, read_recordings, title_of, when
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.columns import Layout
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint
from noc_tui.tui.widgets.masthead import Masthead
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList
from noc_tui.tui.widgets.session_columns import RECENT_COLUMNS, Dated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.library import SessionSummary
    from noc_tui.store.progress import Home

_LABEL_WIDTH: Final = 13
_LOOK_BACK: Final = 60
"""So many of the newest files are read: enough to find what was interrupted behind a run of an agent."""
_MOST_RECENT: Final = 16
"""So many are listed at most."""


@dataclass(frozen=True, slots=True)
class MenuRow:
    """Somewhere to go."""

    action: UserAction
    key: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """What stands between the rows that can be chosen: a heading, a hint, or nothing."""

    text: str = ""
    ink: str = "heading"


Row: TypeAlias = "MenuRow | TextRow | SessionSummary"

_TUTORIAL: Final = "home.tutorial"
_SPARED: Final = frozenset({"home.agents", "home.board", _TUTORIAL})
"""What has no row in a low window; the keys work."""
_ROOMY: Final = 17
"""Rows from which on everything has its own."""
_MENU: Final = (
    ("home.continue", "Continue", ""),
    ("home.play", "Play", "pick an incident and be the one on call"),
    ("home.watch", "Watch", "let an agent play; take over whenever you like"),
    ("home.drill", "Drill", "short practice on what you know least"),
    ("home.daily", "Daily", "today's incident, the same for everybody"),
    ("home.sessions", "Sessions", "replay, verify, or play on from any step"),
    ("home.progress", "Progress", "how you fare, and what is worth practising"),
    ("home.board", "Leaderboard", "who was quickest: people and agents side by side"),
    ("home.agents", "Agents", "choose who drives; test the connection to a model"),
    ("home.tutorial", "Tutorial", "the first two minutes, step by step"),
    ("help", "Help", "what the keys do"),
    ("leave", "Quit", ""),
)
_HEIGHTS: Final = [(0, "-low"), (16, "-usual"), (36, "-high"), (50, "-tall")]


class HomeScreen(NocScreen):
    """The first screen."""

    SCOPE: ClassVar[Scope] = "home"
    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("home")]
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Read(Message):
        """The newest recordings have been read."""

        def __init__(self, sessions: Sequence[SessionSummary]) -> None:
            super().__init__()
            self.sessions = tuple(sessions)

    class Standing(Message):
        """What the database says at a glance has been read."""

        def __init__(self, home: Home) -> None:
            super().__init__()
            self.home = home

    def __init__(self) -> None:
        super().__init__()
        self._sessions: tuple[SessionSummary, ...] | None = None
        """The newest; None until they have been read."""
        self._home: Home | None = None
        """How things stand; None until that has been read, or where nothing is remembered."""
        self._is_first = _is_first_start()

    @property
    def _list(self) -> RowList[Row]:
        return self.query_one("#menu", RowList)

    @property
    def _interrupted(self) -> SessionSummary | None:
        """The newest session that can be gone on with, if anything has happened in it."""
        started = (each for each in self._sessions or () if each.status == "interrupted" and each.steps)
        return next(started, None)

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Masthead()
            yield RowList[Row](self._paint, selectable=_can_be_chosen, one_click=True, id="menu")
        yield KeyBar()

    def can_do(self, action: UserAction) -> bool:
        """Continue only what was interrupted."""
        return action.id != "home.continue" or self._interrupted is not None

    def hints(self) -> tuple[KeyHint, ...]:
        """To leave this screen is to quit."""
        *others, leave = super().hints()
        return (*others, KeyHint(leave.key, "quit"))

    # --- what was played last

    def on_screen_resume(self) -> None:
        """Look what has been played since, beside the first paint and not before it."""
        super().on_screen_resume()
        was_first, self._is_first = self._is_first, _is_first_start() and not self.noc.is_tutored
        if was_first and not self._is_first:
            self._fill(to_top=True)  # what is next stands there now, and no more the tutorial
        self.run_worker(self._read, thread=True, exclusive=True, group="read")

    def on_remembering_kept(self) -> None:
        """Something has just been remembered. Who is covered reads it when in sight again."""
        if self.is_current:
            self.on_screen_resume()

    def on_remembering_caught(self) -> None:
        """What had been waiting is there now."""
        if self.is_current:
            self.on_screen_resume()

    def _read(self) -> None:
        worker = get_current_worker()
        # What cannot be read is told by the screen of the sessions.
        sessions = [found.session for batch in read_recordings({}, _LOOK_BACK) for found in batch.found]
        if not worker.is_cancelled:
            self.post_message(self.Read(sorted(sessions, key=age, reverse=True)))
            self._read_standing()

    def _read_standing(self) -> None:
        remembering = self.noc.remembering
        if remembering.is_empty:
            return
        from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415  (loads pydantic)
        from noc_tui.store.errors import StoreError  # noqa: PLC0415
        from noc_tui.store.progress import home_of  # noqa: PLC0415  (loads SQLAlchemy)

        try:
            with remembering.store.reading() as connection:
                home = home_of(connection, remembering.player, _now(), catalog_of(()).ids)
        except StoreError:
            return  # the screens that show more of it tell
        self.post_message(self.Standing(home))

    def on_home_screen_standing(self, event: Standing) -> None:
        """Say it in the menu."""
        self._home = event.home
        self._fill()

    def on_home_screen_read(self, event: Read) -> None:
        """List them. Who has not moved the cursor yet finds it on what was interrupted."""
        untouched = self._sessions is None and self._list.highlighted == 0
        self._sessions = event.sessions
        self._fill(to_top=untouched)
        self.refresh_keys()

    # --- the rows

    def on_mount(self) -> None:
        """Wait for a key in the menu."""
        self._list.focus()

    def on_resize(self) -> None:
        """List as many sessions as there is room for."""
        self.call_after_refresh(self._fill)

    def _fill(self, *, to_top: bool = False) -> None:
        before = self._list.current
        rows = list(self._rows())
        at = 0 if to_top else next((index for index, row in enumerate(rows) if _same(row, before)), 0)
        self._list.show(rows, at)

    def _rows(self) -> Iterator[Row]:
        menu = list(self._menu())
        yield from menu
        if self._sessions is None:
            return
        yield TextRow()
        if not self._sessions:
            play, enter = (display(self.noc.keys[name]) for name in ("home.play", "picker.start"))
            yield TextRow("Nothing played yet", "heading")
            yield TextRow(f"Press {play}, then {enter}: a network congestion is waiting for you.", "soft")
            if self._is_first:
                tutorial = display(self.noc.keys["home.tutorial"])
                yield TextRow(f"Or {tutorial} first: two minutes that show what the screen says.", "soft")
            return
        yield TextRow("Last played")
        yield from self._sessions[: min(_MOST_RECENT, max(0, self._list.size.height - len(menu) - 2))]

    def _menu(self) -> Iterator[MenuRow]:
        low = 0 < self._list.size.height < _ROOMY
        for action_id, label, text in sorted(_MENU, key=lambda entry: self._is_first and entry[0] != _TUTORIAL):
            if action_id in _SPARED and low and not (self._is_first and action_id == _TUTORIAL):
                continue
            note = self._note(action_id) or text
            if action_id == "home.continue":
                if self._interrupted is None:
                    continue
                session = self._interrupted
                ago = when(session.started, _now())
                note = f"{title_of(session)}, step {session.steps} of {session.max_steps}, {ago}"
            yield MenuRow(BY_ID[action_id], display(self.noc.keys[action_id]), label, note)

    def _note(self, action_id: str) -> str:
        """How things stand with where an entry of the menu leads; empty where there is nothing to say."""
        home = self._home
        if action_id == _TUTORIAL and self._is_first:
            return "new here? two minutes in the real dashboard"
        if home is None:
            return ""
        if action_id == "home.drill" and home.due:
            return "1 card is due" if home.due == 1 else f"{home.due} cards are due"
        if action_id == "home.daily":
            streak = f", {home.streak} in a row" if home.streak > 1 else ""
            return f"done today{streak}" if home.daily_done else f"still to be played today{streak}"
        return ""

    def _paint(self, row: Row, width: int) -> list[Run]:
        if isinstance(row, TextRow):
            return [Run(fit(row.text, width), row.ink)] if row.text else []
        if isinstance(row, MenuRow):
            keys = max(1, *(len(display(self.noc.keys[action_id])) for action_id, _, _ in _MENU))
            room = width - keys - 2 - _LABEL_WIDTH
            note = fit(row.note, room) if room > 0 else ""
            return [
                Run(f"{row.key:<{keys}}  ", "key"),
                Run(f"{row.label:<{_LABEL_WIDTH}}", "label"),
                Run(note, "muted"),
            ]
        return Layout.of(RECENT_COLUMNS, width).row(Dated(row, _now()))

    # --- keys

    async def on_row_list_chosen(self) -> None:
        """A click on a row does what `enter` does."""
        await self.action_choose()

    async def action_choose(self) -> None:
        """Do what the row under the cursor says; a session is replayed."""
        row = self._list.current
        if isinstance(row, MenuRow):
            await self.run_action(row.action.run)
        elif row is not None and not isinstance(row, TextRow):
            self.noc.open(Launch("replay", session=row.path, follow=row.status == "live"))

    def action_resume_last(self) -> None:
        """Go on with what was interrupted."""
        if self._interrupted is not None:
            self.noc.open(Launch("play", session=self._interrupted.path))

    def action_play(self) -> None:
        self.noc.open(Launch("picker"))

    def action_watch(self) -> None:
        self.noc.open(Launch("picker", watch=True))

    def action_drill(self) -> None:
        self.noc.open(Launch("drill"))

    def action_daily(self) -> None:
        self.noc.open(Launch("drill", drill="daily"))

    def action_progress(self) -> None:
        self.noc.open(Launch("progress"))

    def action_board(self) -> None:
        self.noc.open(Launch("leaderboard"))

    def action_tutorial(self) -> None:
        self.noc.open(Launch("tutorial"))

    def action_sessions(self) -> None:
        self.noc.open(Launch("sessions"))

    def action_agents(self) -> None:
        """Choose who drives."""
        from noc_tui.tui.screens.agents import AgentsScreen  # noqa: PLC0415

        self.app.push_screen(AgentsScreen(self.noc.preferences.agent))

    def action_close(self) -> None:
        """Escape does not quit the program by accident."""
        self.noc.tell(f"{display(self.noc.keys['leave'])} quits.")

    def action_leave(self) -> None:
        """Quit."""
        self.app.exit(0)


def _is_first_start() -> bool:
    """Whether somebody is new here: has set nothing and played nothing."""
    return not (paths.config_file().exists() or _has_recordings())


def _has_recordings() -> bool:
    # Only as far as the first one: a glob would list the whole folder, while the screen waits.
    try:
        with os.scandir(paths.sessions_dir()) as entries:
            return any(entry.name.endswith(".jsonl") for entry in entries)
    except OSError:
        return False


def _can_be_chosen(row: Row) -> bool:
    return not isinstance(row, TextRow)


def _same(row: Row, other: Row | None) -> bool:
    """Whether two rows lead to the same place, though their words may differ."""
    if isinstance(row, MenuRow):
        return isinstance(other, MenuRow) and row.action == other.action
    return not isinstance(row, TextRow) and not isinstance(other, MenuRow | TextRow | None) and row.path == other.path


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
