"""Progress: how somebody fares, overall and in each incident, and what is worth practising."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from noc_tui import paths
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.remembered import RememberedScreen
from noc_tui.tui.titles import titles_of
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.columns import ColumnTitles, Layout
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.practice_panel import PracticePanel, PracticeView
from noc_tui.tui.widgets.progress_columns import COLUMNS, Shown, percent
from noc_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.review.model import Review
    from noc_tui.store.progress import IncidentProgress, Mistake, Progress
    from noc_tui.tui.widgets.painted import Run

_HEIGHTS: Final = [(0, "-short"), (14, "-low"), (36, "-high")]


class ProgressScreen(RememberedScreen):
    """The figures of the player, with a row for each incident."""

    SCOPE: ClassVar[Scope] = "progress"
    CSS_PATH = "progress.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("progress")]
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Read(Message):
        """The database has been read; or why it cannot be."""

        def __init__(
            self, progress: Progress | None, titles: dict[str, str], session: str | None = None, problem: str = ""
        ) -> None:
            super().__init__()
            self.progress = progress
            self.titles = titles
            self.session = session
            """The last in which the commonest mistake was made."""
            self.problem = problem

    class Found(Message):
        """The commonest mistake has been looked for in the last session in which it was made."""

        def __init__(self, path: Path, review: Review | None, step: int | None) -> None:
            super().__init__()
            self.path = path
            self.review = review
            self.step = step
            """None: it is not there, or the session cannot be reviewed."""

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self._session: str | None = None
        self._titles: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield Banner()
        with Vertical(id="progress-shown"):
            yield PracticePanel()
            yield ColumnTitles(COLUMNS)
            yield RowList(_row, id="progress-rows")
            yield Static(id="progress-more", markup=False)
        yield Static(id="progress-empty", markup=False)
        yield KeyBar()

    @property
    def _list(self) -> RowList[Shown]:
        return self.query_one("#progress-rows", RowList)

    def on_mount(self) -> None:
        """Wait for a key in the table."""
        self.query_one(Banner).view = BannerView("Progress", "reading")
        self.query_one("#progress-shown").display = False
        self._list.focus()

    def can_do(self, action: UserAction) -> bool:
        """What needs an incident needs one under the cursor; what drills a mistake, a mistake."""
        if action.id == "progress.mistake":
            return self._progress is not None and self._progress.mistake is not None
        return action.id not in {"progress.play", "progress.board"} or self._list.current is not None

    # --- reading

    def read(self) -> None:
        """Read the figures."""
        from noc_tui.store.errors import StoreError  # noqa: PLC0415  (loads pydantic)

        worker, remembering = get_current_worker(), self.noc.remembering
        if remembering.is_empty:
            self.post_message(self.Read(None, {}))
            return
        from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415
        from noc_tui.store.progress import last_session_with, progress_of  # noqa: PLC0415  (loads SQLAlchemy)

        session = None
        try:
            with remembering.store.reading() as connection:
                progress = progress_of(connection, remembering.player, datetime.now(UTC), catalog_of(()).ids)
                if progress.mistake is not None:
                    session = last_session_with(connection, progress.player, progress.mistake)
        except StoreError as error:
            self.post_message(self.Read(None, {}, problem=str(error)))
            return
        if not worker.is_cancelled:
            self.post_message(self.Read(progress, titles_of([each.incident for each in progress.incidents]), session))

    def on_progress_screen_read(self, event: Read) -> None:
        """Show what there is, or say what to press."""
        self._progress, self._titles, self._session = event.progress, event.titles, event.session
        shown = event.progress is not None and bool(event.progress.home.sessions or event.progress.home.next_due)
        self.query_one("#progress-shown").display = shown
        empty = self.query_one("#progress-empty", Static)
        empty.display = not shown
        empty.update(self._why_empty(event.problem))
        if shown and event.progress is not None:
            self._show(event.progress)
        else:
            self.query_one(Banner).view = BannerView("Progress")
        self.refresh_keys()

    def _why_empty(self, problem: str) -> str:
        if problem:
            return self.cannot_be_read(problem)
        keys = self.noc.keys
        leave, play = display(keys["leave"]), display(keys["home.play"])
        return (
            "Nothing to show yet.\n\nEvery episode that you play to its end counts: how many you resolve, in how many"
            f" steps over par, how accurately, and what is worth practising.\n\n{leave} goes back, and {play} plays one"
            " from there."
        )

    def _show(self, progress: Progress) -> None:
        now, before = datetime.now(UTC), self._list.current
        self.query_one(Banner).view = BannerView("Progress", progress.player)
        self.query_one(PracticePanel).view = PracticeView(
            facts=tuple(_facts(progress)),
            days=progress.calendar,
            today=now.date(),
            mistake=self._mistake(progress),
            better=f"better: {progress.mistake.best.label}" if progress.mistake else "",
            key=display(self.noc.keys["progress.mistake"]),
        )
        rows = [Shown(each, self._titles.get(each.incident, each.incident), now) for each in progress.incidents]
        at = next((i for i, row in enumerate(rows) if before and row.incident.incident == before.incident.incident), 0)
        self._list.show(rows, at)

    def _mistake(self, progress: Progress) -> str:
        mistake = progress.mistake
        if mistake is None:
            return ""
        title = self._titles.get(mistake.incident, mistake.incident)
        return f"{mistake.action.label} in {title}, {mistake.times}×"

    def on_row_list_highlighted(self) -> None:
        """Say what else there is to say of the incident under the cursor."""
        row = self._list.current
        self.query_one("#progress-more", Static).update("" if row is None else "\n".join(_more(row.incident)))
        self.refresh_keys()

    # --- keys

    def on_row_list_chosen(self) -> None:
        """A double click plays."""
        self.action_play()

    def action_play(self) -> None:
        """Play the incident under the cursor, from a new seed."""
        if (row := self._list.current) is not None:
            self.noc.open(Launch("play", incident=row.incident.incident, blind=False))

    def action_mistake(self) -> None:
        """Drill the commonest mistake: in the last session in which it was made; else the incident."""
        if self._progress is None or self._progress.mistake is None:
            return
        mistake, path = self._progress.mistake, paths.sessions_dir() / f"{self._session}.jsonl"
        if self._session is not None and path.exists():
            self.query_one(Banner).view = BannerView("Progress", "looking for it")
            known = self.noc.review_of(self._session)
            self.run_worker(lambda: self._look(path, mistake, known), thread=True, exclusive=True, group="mistake")
        else:
            self.noc.open(Launch("play", incident=mistake.incident, blind=False))

    def _look(self, path: Path, mistake: Mistake, review: Review | None) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.reader import SessionFile  # noqa: PLC0415
        from noc_tui.review.session import review_session  # noqa: PLC0415  (the planner is loaded when it is wanted)

        worker, step = get_current_worker(), None
        try:
            with SessionFile.open(path) as file:
                review = review or review_session(file)
        except SessionError:
            review = None  # the drill tells why
        else:
            moves = [move for move in review.moves if mistake.is_made_in(move)]
            step = max(moves, key=lambda move: move.regret).step if moves else None
        if not worker.is_cancelled:
            self.post_message(self.Found(path, review, step))

    def on_progress_screen_found(self, event: Found) -> None:
        """Drill it there; where it is not to be found, whatever was worst."""
        if event.review is not None:
            self.noc.remember_review(event.path.stem, event.review)
        if self.is_current:
            self.noc.open(Launch("drill", drill="retry", session=event.path, step=event.step))

    def action_drill(self) -> None:
        """Practise what is due."""
        self.noc.open(Launch("drill"))

    def action_board(self) -> None:
        """Who else has played the incident under the cursor."""
        if (row := self._list.current) is not None:
            self.noc.open(Launch("leaderboard", incident=row.incident.incident))


def _row(row: Shown, width: int) -> list[Run]:
    return Layout.of(COLUMNS, width).row(row)


def _facts(progress: Progress) -> Iterator[tuple[str, str]]:
    home = progress.home
    yield progress.standing.text if progress.standing else "no", "rating" if progress.standing else "rating yet"
    yield str(home.sessions), "session" if home.sessions == 1 else "sessions"
    yield str(home.streak), "daily in a row" if home.streak == 1 else "dailies in a row"
    yield str(home.due), "card due" if home.due == 1 else "cards due"


def _more(incident: IncidentProgress) -> Iterator[str]:
    """What no column has room for at 80 cells."""
    step, seconds = incident.first_useful, incident.first_useful_seconds
    if step is None:
        first = "No useful action yet"
    else:
        first = f"First useful action at step {step:g}" + ("" if seconds is None else f", after {seconds:.0f} s")
    named = "" if incident.diagnosed is None else f" · named rightly {percent(incident.diagnosed)}"
    yield f"{first}{named}"
    rating = f"Rating of the incident {incident.standing.text}" if incident.standing else "Not rated yet"
    grades = f" · grades {' '.join(incident.grades)}" if incident.grades else ""
    yield f"{rating}{grades}"
