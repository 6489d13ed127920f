"""Leaderboards: of the daily and of seeds, people and agents side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from noc_tui import paths
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import DrillOptions, Launch
from noc_tui.tui.screens.remembered import RememberedScreen
from noc_tui.tui.titles import titles_of
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.board_columns import COLUMNS, Ranked
from noc_tui.tui.widgets.columns import ColumnTitles, Layout
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.drills.boards import ShownBoard
    from noc_tui.store.queries import BoardRow
    from noc_tui.tui.widgets.painted import Run


_HEIGHTS: Final = [(0, "-short"), (14, "-low")]


class LeaderboardScreen(RememberedScreen):
    """One board at a time."""

    SCOPE: ClassVar[Scope] = "leaderboard"
    CSS_PATH = "leaderboard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("leaderboard")]
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Read(Message):
        """Which boards there are, or why that cannot be said."""

        def __init__(self, boards: list[ShownBoard], titles: dict[str, str], problem: str = "") -> None:
            super().__init__()
            self.boards = boards
            self.titles = titles
            self.problem = problem

    class Ranking(Message):
        """Who stands on a board."""

        def __init__(self, board: ShownBoard, rows: list[BoardRow], problem: str = "") -> None:
            super().__init__()
            self.board = board
            self.rows = rows
            self.problem = problem

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._incident = launch.incident
        self._boards: list[ShownBoard] = []
        self._titles: dict[str, str] = {}
        self._at = 0
        self._problem = ""
        """Why what is asked for cannot be read now."""

    def compose(self) -> ComposeResult:
        yield Banner()
        with Vertical(id="board-shown"):
            yield Static(id="board-which", markup=False)
            yield ColumnTitles(COLUMNS)
            yield RowList(_row, id="board")
            yield Static(id="board-empty", markup=False)
        yield KeyBar()

    @property
    def _list(self) -> RowList[Ranked]:
        return self.query_one("#board", RowList)

    @property
    def _board(self) -> ShownBoard | None:
        return self._boards[self._at] if self._boards else None

    @property
    def _recording(self) -> Path | None:
        """The recording of the session under the cursor, where it is here and gives nothing away."""
        row, board = self._list.current, self._board
        if row is None or board is None or board.secret:
            return None
        path = paths.sessions_dir() / f"{row.row.session}.jsonl"
        return path if path.exists() else None

    def on_mount(self) -> None:
        """Wait for a key in the table."""
        self.query_one(Banner).view = BannerView("Leaderboard", "reading")
        self.query_one("#board-shown").display = False
        self._list.focus()

    def can_do(self, action: UserAction) -> bool:
        """Go to another board only where there is one; play and replay only what is here."""
        if action.id in {"board.next", "board.previous"}:
            return len(self._boards) > 1
        if action.id == "board.replay":
            return self._recording is not None
        return action.id != "board.play" or (self._board is not None and not self._board.foreign)

    # --- reading

    def read(self) -> None:
        """Read which boards there are."""
        from noc_tui.drills.boards import shown_boards  # noqa: PLC0415  (loads SQLAlchemy)
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        worker, remembering = get_current_worker(), self.noc.remembering
        try:
            with remembering.store.reading() as connection:
                boards = shown_boards(connection, remembering.player, datetime.now(UTC).date(), self._incident)
        except (StoreError, DrillError) as error:
            self.post_message(self.Read([], {}, str(error)))
            return
        if not worker.is_cancelled:
            self.post_message(self.Read(boards, titles_of(sorted({board.incident for board in boards}))))

    def on_leaderboard_screen_read(self, event: Read) -> None:
        """Show the board that was shown, or the first."""
        self._problem = event.problem
        before = self._board
        self._boards, self._titles = event.boards, event.titles
        self._at = next((at for at, board in enumerate(self._boards) if before and board == before), 0)
        self._turn()

    def _turn(self) -> None:
        """Show which board it is, and read who stands on it."""
        board = self._board
        self.query_one(Banner).view = BannerView(
            "Leaderboard", f"{self._at + 1} of {len(self._boards)}" if self._boards else ""
        )
        self.query_one("#board-which", Static).update(self._which(board) if board else "")
        if board is None:
            self._show_rows([])
        else:
            self.run_worker(lambda: self._rank(board), thread=True, exclusive=True, group="rank")
        self.refresh_keys()

    def _which(self, board: ShownBoard) -> Content:
        title = self._titles.get(board.incident, board.incident)
        seed = f"seed {board.seed}"
        if board.date is None:
            note = "  another definition than the one here" if board.foreign else ""
            return Content.assemble((title, "bold"), f"  {seed}{note}")
        today = "today" if board.date == datetime.now(UTC).date() else f"{board.date:%A}"
        what = "still to be played by you" if board.secret else f"{title}, {seed}"
        return Content.assemble((f"Daily of {board.date}", "bold"), f"  {today}  {what}")

    def _rank(self, board: ShownBoard) -> None:
        from noc_tui.drills.boards import rows_of  # noqa: PLC0415
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        worker = get_current_worker()
        try:
            with self.noc.remembering.store.reading() as connection:
                rows = rows_of(connection, board)
        except StoreError as error:
            self.post_message(self.Ranking(board, [], str(error)))
            return
        if not worker.is_cancelled:
            self.post_message(self.Ranking(board, rows))

    def on_leaderboard_screen_ranking(self, event: Ranking) -> None:
        """Show who stands on the board, if it is still the one."""
        if event.board == self._board:
            self._problem = event.problem
            self._show_rows(event.rows)

    def _show_rows(self, rows: list[BoardRow]) -> None:
        now, player = datetime.now(UTC).astimezone(), self.noc.remembering.player if rows else ""
        self.query_one("#board-shown").display = True
        self._list.show([Ranked(place, row, now, row.player == player) for place, row in enumerate(rows, 1)])
        self._list.display = self.query_one(ColumnTitles).display = bool(rows)
        empty = self.query_one("#board-empty", Static)
        empty.display = not rows
        empty.update(self._why_empty())

    def _why_empty(self) -> str:
        if self._problem:
            return self.cannot_be_read(self._problem)
        keys = self.noc.keys
        play, leave = display(keys["board.play"]), display(keys["leave"])
        if self._board is None:
            return f"Nobody has resolved this incident yet. {leave} goes back."
        return f"Nobody stands here yet. {play} plays it: be the first. {leave} goes back."

    def on_row_list_highlighted(self) -> None:
        """What can be done depends on the session."""
        self.refresh_keys()

    # --- keys

    def on_row_list_chosen(self) -> None:
        """A double click replays."""
        self.action_replay()

    def action_board(self, direction: int) -> None:
        """Turn to another board."""
        if self._boards:
            self._at = (self._at + direction) % len(self._boards)
            self._turn()

    def action_play(self) -> None:
        """Play the seed of the board; of today's daily, the try that counts."""
        board = self._board
        if board is None:
            return
        if board.secret:
            self.noc.open(Launch("drill", drill="daily", options=DrillOptions(day=board.date)))
        else:
            self.noc.open(Launch("play", incident=board.incident, seed=board.seed, blind=False))

    def action_replay(self) -> None:
        """Replay the session under the cursor."""
        if (path := self._recording) is not None:
            self.noc.open(Launch("replay", session=path))


def _row(row: Ranked, width: int) -> list[Run]:
    return Layout.of(COLUMNS, width).row(row)
