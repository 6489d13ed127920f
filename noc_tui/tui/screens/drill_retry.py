"""The drill `retry`: the position before the worst move of a session, until it is played well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.message import Message

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.answering import TONES
from noc_tui.tui.driving import action_keys
from noc_tui.tui.frame import pad_items, title_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_position import PositionScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.answer_panel import AnswerPanel, AnswerView
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.keybar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from textual.binding import BindingType

    from noc_tui.drills.retry import Retry
    from noc_tui.episode.episode import Episode
    from noc_tui.review.model import Review

_LOOK_BACK: Final = 60
_LOOKED_AT: Final = 5
"""So many of the newest sessions that a person began are looked at for a mistake, among so many recordings."""


class Worst(NamedTuple):
    """The worst move of a session, and the episode before it."""

    session: Path
    retry: Retry
    episode: Episode
    reasons: Mapping[ActionType, str]


class RetryScreen(PositionScreen):
    """The position, what has been tried in it, and, once it went well, the way on."""

    SCOPE: ClassVar[Scope] = "mistake"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("mistake")]

    class Found(Message):
        """There is a mistake to play again; or none, and why, in a sentence."""

        def __init__(self, worst: Worst | None, problem: str = "") -> None:
            super().__init__()
            self.worst = worst
            self.problem = problem

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._worst: Worst | None = None
        self._retry: Retry | None = None
        self._is_shown = False
        """Whether the best move has been asked for."""

    def can_do(self, action: UserAction) -> bool:
        """Try until it went well; then play on."""
        retry = self._retry
        if action.id.startswith("act."):
            return retry is not None and not retry.done
        if action.id == "mistake.next":
            return retry is not None and retry.done
        if action.id == "mistake.show":
            return retry is not None and bool(retry.attempts) and not retry.done and not self._is_shown
        return True

    def hints(self) -> tuple[KeyHint, ...]:
        """The six actions come first."""
        hints = super().hints()
        asked = self._retry is not None and not self._retry.done
        return (KeyHint(action_keys(self.noc.keys), "act"), *hints) if asked else hints

    # --- beginning

    def on_mount(self) -> None:
        """Look for the mistake, after the first paint."""
        self.query_one(Banner).view = BannerView("Retry", badge="LOADING", badge_kind="paused")
        self.query_one(AnswerPanel).view = AnswerView("Looking for the worst move…", loading=True)
        self.noc.after_paint(self, lambda: self.run_worker(self._look, thread=True))

    def _look(self) -> None:
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415  (heavy; this is a thread)
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        play = display(self.noc.keys["home.play"])
        try:
            self.post_message(self.Found(worst_of(self._launch, self.noc.review_of, play)))
        except (DrillError, SessionError) as error:
            self.post_message(self.Found(None, str(error)))

    def on_retry_screen_found(self, event: Found) -> None:
        """Show the position."""
        if event.worst is None:
            self.noc.warn(event.problem)
            self.action_leave()
            return
        self._worst, self._retry = event.worst, event.worst.retry
        self.show_position(event.worst.episode)
        self._show()

    # --- keys

    def action_operate(self, action: str) -> None:
        """Try this action."""
        if self._retry is not None and not self._retry.done:
            self._retry = self._retry.tried(ActionType(action))
            self.query_one(ActionPad).flash(ACTIONS.index(ActionType(action)))
            self._show()

    def on_action_pad_chosen(self, event: ActionPad.Chosen) -> None:
        """A click on an action does what its key does."""
        self.action_operate(ACTIONS[event.index])

    def action_show(self) -> None:
        """Show what was best."""
        self._is_shown = True
        self._show()

    def action_next(self) -> None:
        """Play on from here, as a new session."""
        worst = self._worst
        if worst is not None:
            launch = Launch(
                "play",
                session=worst.session,
                step=worst.retry.step - 1,
                drill="retry",
                incident_folders=self._launch.incident_folders,
            )
            self.noc.open(launch, instead=True)

    # --- showing

    def _show(self) -> None:
        worst, retry = self._worst, self._retry
        if worst is None or retry is None:
            return
        episode = worst.episode
        badge = "WELL PLAYED" if retry.done else "TRY AGAIN" if retry.attempts else "WHAT IS BETTER?"
        self.query_one(Banner).view = BannerView(
            title=title_of(episode),
            subtitle=f"retry · before step {retry.step}",
            step=episode.steps,
            max_steps=episode.header.max_steps,
            clock=self.clock_at(episode.steps),
            badge=badge,
            badge_kind="ended" if retry.done else "you",
        )
        items = pad_items(episode, episode.steps, self._shown_keys(), enabled=not retry.done)
        self.query_one(ActionPad).items = items
        enter = display(self.noc.keys["mistake.next"])
        self.query_one(AnswerPanel).view = answer_view(worst, retry, enter=enter, shown=self._is_shown)
        self.refresh_keys()


def answer_view(worst: Worst, retry: Retry, *, enter: str, shown: bool) -> AnswerView:
    """What is said of the last attempt, or of the move that was played; what was best only once it is asked for."""
    move = retry.move
    count = len(retry.attempts)
    note = f"{count} attempt{'' if count == 1 else 's'}" if count else ""
    if not retry.attempts:
        cost = f"{move.verdict.glyph} {move.verdict.label.upper()}"
        tone = TONES[move.verdict.category]
        played = f"{move.action.label}: {move.lost:.1f} steps lost"
        return AnswerView("What would have been better?", tone, cost, played, "This was played here.", note=note)
    last = retry.attempts[-1]
    if retry.done:
        why, asks = worst.reasons[last.action], f"Well played. {enter} plays on from here."
    elif shown:
        why, asks = worst.reasons[last.action], "Now play it."
    else:
        # Of the move that was played, what the debrief says that it lost.
        more = move.lost if last.action == move.action else last.regret
        why, asks = f"It costs {more:.1f} steps more than the best.", "Try again."
    headline = f"{last.verdict.glyph} {last.verdict.label.upper()}"
    return AnswerView(asks, TONES[last.verdict.category], headline, last.action.label, why, note=note)


def worst_of(launch: Launch, known: Callable[[str], Review | None], play: str) -> Worst:
    """The worst move of the session that was asked for, or of the newest one with a mistake in it. For a worker.

    `known` gives the review of a session that has been made already. `play` is the key of the home screen that begins
    one, for whom there is none.
    Raises `DrillError` where there is none, and `SessionError` for a session that cannot be reviewed.
    """
    from noc_tui.drills.errors import DrillError  # noqa: PLC0415
    from noc_tui.episode.records import HUMAN  # noqa: PLC0415
    from noc_tui.tui.recordings import UNFINISHED, read_recordings  # noqa: PLC0415

    if launch.session is not None:
        return _worst_in(launch.session, launch.step, known)
    newest = [found.session for batch in read_recordings({}, _LOOK_BACK) for found in batch.found]
    ended = [each for each in newest if each.steps and each.driver == HUMAN and each.status not in UNFINISHED]
    for summary in ended[:_LOOKED_AT]:
        try:
            return _worst_in(summary.path, None, known)
        except DrillError:
            continue  # no mistake in this one
    if not ended:
        raise DrillError(f"Nothing has been played yet: there is no mistake to try again. {play} at home plays.")
    raise DrillError(f"There was no mistake in the last {min(len(ended), _LOOKED_AT)} sessions. Well done.")


def _worst_in(path: Path, step: int | None, known: Callable[[str], Review | None]) -> Worst:
    from noc_tui.drills.retry import episode_before, reasons, retry_of  # noqa: PLC0415
    from noc_tui.episode.reader import SessionFile  # noqa: PLC0415
    from noc_tui.review.session import review_session  # noqa: PLC0415

    with SessionFile.open(path) as file:
        retry = retry_of(file, known(file.header.session) or review_session(file), step)
        episode = episode_before(file, retry)
        return Worst(path, retry, episode, reasons(episode, retry))
