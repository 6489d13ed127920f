"""The debrief: what an episode came to, the review of its moves, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static
from textual.worker import get_current_worker

from noc_tui import paths
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.frame import clock_text, subtitle_of, title_of
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.summary import LESSON, REFERENCES, actions, facts, judged, prose, rewards, sentence, table
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.curve import CurveView
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint
from noc_tui.tui.widgets.result_line import ResultLine, ResultView
from noc_tui.tui.widgets.review_panel import ReviewPanel

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.records import Outcome
    from noc_tui.episode.totals import Diagnosis, Totals
    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review
    from noc_tui.tui.remembering import Remembering

_HEADLINES: Final = {
    "resolved": ("✓", "RESOLVED", "calm"),
    "crashed": ("‼", "CRASHED", "critical"),
    "truncated": ("!", "OUT OF STEPS", "breach"),
    "void": ("!", "VOID", "breach"),
    None: ("…", "UNFINISHED", "breach"),
}
MOST_REVIEWED: Final = 2_000
"""A longer recording is not reviewed by itself: it would take minutes."""
_NEEDS_A_RECORDING: Final = frozenset({"debrief.replay", "debrief.move", "debrief.retry"})
_WIDTHS: Final = [(0, "-narrow"), (72, "-usual"), (100, "-broad"), (170, "-wide")]
_HEIGHTS: Final = [(0, "-tiny"), (20, "-low"), (34, "-high"), (50, "-tall")]


class DebriefScreen(NocScreen):
    """The review of an episode that has ended, and its figures."""

    SCOPE: ClassVar[Scope] = "debrief"
    CSS_PATH = "debrief.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("debrief")]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    turned = reactive(False, toggle_class="-turned", init=False)
    """Whether lesson and figures are shown in place of the moves, where there is no room for both."""

    class Summed(Message):
        """The steps have been added up; or why they cannot be."""

        def __init__(self, totals: Totals | None, diagnosis: Diagnosis | None = None, *, problem: str = "") -> None:
            super().__init__()
            self.totals = totals
            self.diagnosis = diagnosis
            self.problem = problem

    class Reviewing(Message):
        """So many positions have been looked at; or why there is no review."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Reviewed(Message):
        """The review is there."""

        def __init__(self, review: Review) -> None:
            super().__init__()
            self.review = review

    class Rated(Message):
        """How player and incident are rated; names and ratings."""

        def __init__(self, rows: list[tuple[str, str]]) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, track: Track, launch: Launch) -> None:
        super().__init__()
        self._track = track
        self._launch = launch
        replayed = launch.session if launch.face == "replay" else None
        self._recording = replayed or paths.sessions_dir() / f"{track.header.session}.jsonl"

    def compose(self) -> ComposeResult:
        definition = self._track.header.incident
        yield Banner()
        yield ResultLine()
        with Horizontal(id="panes"):
            yield ReviewPanel()
            with VerticalScroll(id="lesson"):
                yield Static(prose(definition, LESSON), classes="card", markup=False)
                with Horizontal(id="tables"):
                    with Vertical():
                        yield Static(id="facts", classes="card", markup=False)
                        yield Static(id="judged", classes="card", markup=False)
                        yield Static(id="rated", classes="card", markup=False)
                    with Vertical():
                        yield Static(id="actions", classes="card", markup=False)
                        yield Static(id="rewards", classes="card", markup=False)
                yield Static(prose(definition, REFERENCES), classes="card", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Wait for keys in the table; sum up and review beside the first paint, for there may be 100,000 steps."""
        self.query_one(Banner).view = BannerView(
            title=title_of(self._track),
            subtitle=subtitle_of(self._track),
            step=self._track.steps,
            max_steps=self._track.header.max_steps,
            clock=clock_text(self._track.steps * 30),
        )
        self._panel.moves.focus()
        self.run_worker(self._sum_and_review, thread=True)
        self.run_worker(self._rate, thread=True, exclusive=True, group="rate")

    @property
    def _panel(self) -> ReviewPanel:
        return self.query_one(ReviewPanel)

    def can_do(self, action: UserAction) -> bool:
        """What goes back into the recording needs one; what goes to a move, a review."""
        review = self._panel.review
        if action.id == "debrief.retry" and (review is None or review.worst is None):
            return False
        if action.id == "debrief.move" and review is None:
            return False
        return action.id not in _NEEDS_A_RECORDING or self._recording.exists()

    def hints(self) -> tuple[KeyHint, ...]:
        """What the key that turns the page turns to."""
        words = {"lesson": "moves" if self.turned else "lesson"}
        return tuple(hint._replace(label=words.get(hint.label, hint.label)) for hint in super().hints())

    # --- the figures and the review

    def _sum_and_review(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (loads what the episode has loaded already)
        from noc_tui.episode.totals import diagnosis_of, totals_of  # noqa: PLC0415

        try:
            self.post_message(self.Summed(totals_of(self._track), diagnosis_of(self._track)))
        except SessionError as error:
            self.post_message(self.Summed(None, problem=str(error)))
            return
        self._review()

    def _review(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.review.session import review_session  # noqa: PLC0415  (the planner is loaded when it is wanted)

        if not self._track.steps:
            self.post_message(self.Reviewing("No steps were taken: there is nothing to review."))
            return
        if self._track.steps > MOST_REVIEWED:
            more = f"More than {MOST_REVIEWED} steps are reviewed by noc-tui review {self._track.header.session}."
            self.post_message(self.Reviewing(more))
            return
        known = self.noc.review_of(self._track.header.session)
        if known is not None and (known.steps, known.outcome) == (self._track.steps, _outcome(self._track)):
            self.post_message(self.Reviewed(known))  # whoever remembers results has made it
            return
        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise _LeftError
            self.post_message(self.Reviewing(f"Reviewing the moves: {done} of {total} positions"))

        try:
            self.post_message(self.Reviewed(review_session(self._track, progress)))
        except SessionError as error:
            self.post_message(self.Reviewing(f"There is no review: {error}"))
        except _LeftError:
            return

    def on_debrief_screen_summed(self, event: Summed) -> None:
        """Show the figures."""
        totals, header = event.totals, self._track.header
        if totals is None:
            self.noc.warn(event.problem)
            self.action_leave()
            return
        glyph, words, kind = _HEADLINES[totals.outcome]
        self.query_one(ResultLine).view = ResultView(f"{glyph} {words}", kind, sentence(totals, header.max_steps))
        self._panel.show_health(CurveView(totals.health, "page", f"{glyph} step {totals.steps}"))
        self.query_one("#facts", Static).update(table("Episode", facts(totals, header, event.diagnosis)))
        self.query_one("#actions", Static).update(actions(totals))
        self.query_one("#rewards", Static).update(rewards(totals))

    def on_debrief_screen_reviewing(self, event: Reviewing) -> None:
        """Say how far the review is."""
        self._panel.show_progress(event.text)

    def on_debrief_screen_reviewed(self, event: Reviewed) -> None:
        """Show the review; another screen may show its best play as a ghost."""
        self.noc.remember_review(self._track.header.session, event.review)
        review = event.review
        self._panel.show(review)
        line = self.query_one(ResultLine)
        line.view = line.view._replace(grade=review.grade, accuracy=review.accuracy)
        self.query_one("#judged", Static).update(table("Review", judged(review)))
        self.query_one("#judged").display = True
        self.refresh_keys()

    # --- the ratings

    def _rate(self) -> None:
        if self.noc.remembering.is_empty or not 0 < self._track.steps <= MOST_REVIEWED:
            return
        from noc_tui.tui.rated import ratings_of  # noqa: PLC0415  (loads SQLAlchemy)

        self.post_message(self.Rated(ratings_of(self._track, self.noc.remembering)))

    def on_debrief_screen_rated(self, event: Rated) -> None:
        """Show them, now that they can give nothing away."""
        rated = self.query_one("#rated", Static)
        rated.update(table("Rating", event.rows))
        rated.display = bool(event.rows)

    def on_remembering_kept(self, event: Remembering.Kept) -> None:
        """The episode counts from now on."""
        if event.result.entry.session == self._track.header.session:
            self.run_worker(self._rate, thread=True, exclusive=True, group="rate")

    # --- keys

    def action_lesson(self) -> None:
        """Turn to the lesson and the figures, or back to the moves."""
        self.turned = not self.turned
        (self.query_one("#lesson") if self.turned else self._panel.moves).focus()
        self.refresh_keys()

    def action_move(self) -> None:
        """Replay from just before the move under the cursor."""
        move = self._panel.move
        if move is not None:
            self._leave_for(Launch("replay", session=self._recording, step=move.step - 1))

    def action_retry(self) -> None:
        """The position before the worst move, until it is played well."""
        review = self._panel.review
        if review is not None and review.worst is not None:
            folders = self._launch.incident_folders
            worst = Launch("drill", drill="retry", session=self._recording, step=review.worst, incident_folders=folders)
            self._leave_for(worst)

    def action_again(self) -> None:
        """The same incident and seed again."""
        self._play(self._track.header.seed)

    def action_new_seed(self) -> None:
        """The same incident with any seed."""
        self._play(None)

    def _play(self, seed: int | None) -> None:
        header, before = self._track.header, self._launch
        self._leave_for(
            Launch(
                "play",
                incident=str(header.incident.get("id")),
                seed=seed,
                pace=header.pace,
                blind=False,  # by now it is known
                agent=before.agent,
                watch=before.watch,
                ghost=None if seed is None else before.ghost,  # whom there was to play against, it was on this seed
                hints=before.hints,
                incident_folders=before.incident_folders,
                server=before.server,
                token=before.token,
            )
        )

    def action_replay(self) -> None:
        """Replay what has just been played."""
        self._leave_for(Launch("replay", session=self._recording))

    def _leave_for(self, launch: Launch) -> None:
        self.noc.leave_to_home()
        self.noc.open(launch)

    def action_words(self) -> None:
        """Let a model word the report."""
        from noc_tui.tui.screens.account import AccountScreen  # noqa: PLC0415

        self.app.push_screen(AccountScreen(self._track, self._panel.review, self._recording))

    def action_home(self) -> None:
        self.noc.leave_to_home()


def _outcome(track: Track) -> Outcome | None:
    return track.end.outcome if track.end else None


class _LeftError(Exception):
    """The screen was left while the review was made."""
