"""The drill `shift`: a night on call. Quiet, a page, quiet again; five times, then the result sheet."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from noc_tui import paths
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.drill_brief import BriefScreen, is_kept
from noc_tui.tui.screens.drill_play import DrillPlayScreen
from noc_tui.tui.widgets.banner import Banner, BannerView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from noc_tui.drills.shift_file import Shift
    from noc_tui.episode.episode import Episode
    from noc_tui.sim.incident import Incident
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.remembering import Remembering
    from noc_tui.tui.shifting import ShiftRun
    from noc_tui.tui.widgets.keybar import KeyHint

_TICK_SECONDS = 0.25


class ShiftScreen(BriefScreen):
    """On call. The pages open over it."""

    SCOPE: ClassVar[Scope] = "shift"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("shift")]

    class Loaded(Message):
        """There is a shift, new or to be continued; or none, and why."""

        def __init__(self, shift: Shift | None, incidents: Mapping[str, Incident], notices: tuple[str, ...]) -> None:
            super().__init__()
            self.shift = shift
            self.incidents = incidents
            self.notices = notices

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._shift: ShiftRun | None = None
        self._incidents: Mapping[str, Incident] = {}
        self._game: DrillPlayScreen | None = None
        self._warned = False

    def can_do(self, action: UserAction) -> bool:
        """Go on once there is something to go on with; let go of a shift that has been begun."""
        shift = self._shift
        if action.id == "shift.go_on":
            return shift is not None and shift.phase in {"ready", "quiet"}
        if action.id == "shift.new":
            return shift is not None and shift.phase == "ready" and bool(shift.shift.answered)
        return True

    def hints(self) -> tuple[KeyHint, ...]:
        """Begin, continue, or let the page come."""
        shift = self._shift
        word = "page now"
        if shift is not None and shift.phase == "ready":
            word = "continue" if shift.shift.answered else "begin"
        return tuple(hint._replace(label=word) if hint.label == "page now" else hint for hint in super().hints())

    # --- beginning

    def on_mount(self) -> None:
        """Look whether a shift is to be continued, after the first paint."""
        self._load(anew=False)
        if self.noc.live_timers:
            self.set_interval(_TICK_SECONDS, self.tick)

    def _load(self, *, anew: bool) -> None:
        self._shift = None
        self.query_one(Banner).view = BannerView("Shift")
        self.say(("Looking at the roster…", "$muted"))
        self.noc.after_paint(self, lambda: self.run_worker(lambda: self._plan(anew), thread=True))

    def _plan(self, anew: bool) -> None:
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415  (heavy; this is a thread)
        from noc_tui.drills.shift_file import Shift  # noqa: PLC0415
        from noc_tui.drills.whole import plan_shift  # noqa: PLC0415
        from noc_tui.tui.practice import load_practice, now_millis  # noqa: PLC0415

        practice = load_practice(self.noc.remembering, self._launch.incident_folders)
        notices, shift = list(practice.notices), None
        if not anew:
            try:
                shift = self._left_over(practice.incidents)
            except DrillError as error:
                notices.append(str(error))
        if shift is None:
            seed = secrets.randbelow(2**32) if self._launch.seed is None else self._launch.seed
            try:
                pages = plan_shift(practice.deck, practice.incidents, now_millis(), seed)
                shift = Shift(self.noc.remembering.player, pages)
            except DrillError as error:
                notices.append(str(error))
        self.post_message(self.Loaded(shift, practice.incidents, tuple(notices)))

    def _left_over(self, incidents: Mapping[str, Incident]) -> Shift | None:
        """The shift of this player that was interrupted. Raises `DrillError` where it cannot be continued."""
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415
        from noc_tui.drills.shift_file import caught_up, load_shift  # noqa: PLC0415

        shift = load_shift(paths.shift_file())
        if shift is None or shift.player != self.noc.remembering.player:
            return None
        if gone := {page.assignment.incident for page in shift.pages} - set(incidents):
            raise DrillError(f"the shift cannot be continued: there is no incident {min(gone)} any more")
        return caught_up(shift, paths.sessions_dir())

    def on_shift_screen_loaded(self, event: Loaded) -> None:
        """Say what is coming."""
        from noc_tui.tui.shifting import ShiftRun  # noqa: PLC0415  (loaded by now)

        for sentence in event.notices[:3]:
            self.noc.warn(sentence)
        if event.shift is None:
            self.action_leave()
            return
        self._incidents = event.incidents
        self._shift = ShiftRun(event.shift)
        if event.shift.is_over:  # it was left before its last page had been reviewed
            self._save()
        self._show()

    def action_new(self) -> None:
        """Let go of the shift that was interrupted."""
        self._load(anew=True)

    # --- time

    def tick(self) -> None:
        """Time has passed: the page may come."""
        if self._shift is None or self._shift.phase != "quiet" or self.app.screen is not self:
            return
        if self._shift.tick(self.noc.monotonic()):
            self.app.bell()
            self._answer()
        else:
            self._show_text()

    def on_screen_suspend(self) -> None:
        """Something covers the shift: the time stands still."""
        if self._shift is not None:
            self._shift.cover(self.noc.monotonic())

    def on_screen_resume(self) -> None:
        """Back from a page, or from what covered the shift."""
        shift, game = self._shift, self._game
        if shift is None:
            return
        now = self.noc.monotonic()
        shift.uncover(now)
        if game is not None:
            self._game, episode = None, game.episode
            if episode is None:  # it could not be opened: another program may be playing it
                shift.left(ended=False, kept=True, now=now)
            else:
                shift.left(ended=episode.done, kept=is_kept(episode), now=now)
                self._save()
        self._show()

    # --- the pages

    def action_go_on(self) -> None:
        """Begin, continue, or let the page come at once."""
        shift = self._shift
        if shift is not None and shift.phase == "ready" and shift.shift.open_session is None:
            shift.watch(self.noc.monotonic())
            self._show()
        elif shift is not None and shift.phase in {"ready", "quiet"}:
            self._answer()

    def _answer(self) -> None:
        shift = self._shift
        if shift is None:
            return
        left, chosen = shift.shift.open_session, shift.page.assignment
        launch = replace(
            self._launch,
            face="play",
            drill="shift",
            incident=chosen.incident,
            seed=chosen.seed,
            pace=chosen.pace,
            blind=chosen.blind,
            session=None if left is None else paths.sessions_dir() / f"{left}.jsonl",
        )
        last = shift.number == len(shift.shift.pages)
        shift.paged()
        self._game = DrillPlayScreen(launch, begun=self._begun, then="result" if last else "go on")
        self.app.push_screen(self._game)

    def _begun(self, episode: Episode) -> None:
        if self._shift is not None:
            self._shift.begun(episode.header.session)
            self._save()

    def on_remembering_kept(self, event: Remembering.Kept) -> None:
        """A page has been reviewed."""
        if self._shift is not None:
            self._shift.ended(event.result.entry)
            self._save()
            if self.app.screen is self:
                self._show()

    def _save(self) -> None:
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415  (loaded by now)
        from noc_tui.drills.shift_file import forget_shift, save_shift  # noqa: PLC0415

        if self._shift is None:
            return
        try:
            if self._shift.shift.is_over:
                forget_shift(paths.shift_file())
            elif self._shift.shift.answered:
                save_shift(paths.shift_file(), self._shift.shift)
        except DrillError as error:
            if not self._warned:
                self.noc.warn(str(error))
            self._warned = True

    # --- showing

    def _show(self) -> None:
        shift = self._shift
        if shift is None:
            return
        if shift.phase == "over":
            from noc_tui.tui.screens.drill_shift_sheet import ShiftSheetScreen  # noqa: PLC0415

            self.app.switch_screen(ShiftSheetScreen(shift.shift, self._incidents, self._launch))
            return
        badge = {"quiet": "ON CALL", "reviewing": "MORNING"}.get(shift.phase, "")
        pages = f"page {shift.number} of {len(shift.shift.pages)}"
        self.query_one(Banner).view = BannerView("Shift", pages, badge=badge)
        self._show_text()
        self.refresh_keys()

    def _show_text(self) -> None:
        shift, keys = self._shift, self.noc.keys
        if shift is None:
            return
        enter = (display(keys["shift.go_on"]), "$accent bold")
        count, answered = len(shift.shift.pages), len(shift.shift.answered)
        match shift.phase:
            case "quiet":
                minutes, seconds = divmod(int(shift.quiet_for(self.noc.monotonic())), 60)
                self.say(
                    ("All quiet.\n\n", "bold"),
                    f"{minutes}:{seconds:02} without a page. {answered} of {count} so far.\n\n",
                    enter, (" lets the next one come at once", "$muted"),
                )  # fmt: skip
            case "reviewing":
                self.say(("The night is over.\n\n", "bold"), ("The moves are being reviewed…", "$muted"))
            case "ready" if answered:
                from noc_tui.drills.wording import interruption  # noqa: PLC0415  (loaded by now)

                more = "It goes on where it was." if shift.shift.open_session else "The next one is still to come."
                self.say(
                    (f"Your shift was {interruption(shift.shift)}.\n\n", "bold"),
                    f"{more}\n\n",
                    enter, " continues   ", (display(keys["shift.new"]), "$accent bold"), " begins another shift",
                )  # fmt: skip
            case "ready":
                self.say(
                    (f"You are on call tonight. {count} pages will come in, one after another.\n\n", "bold"),
                    "What they are, nobody says, and the world does not wait. Not every page is an incident: sometimes"
                    " the best that can be done is nothing.\n\nThe result comes in the morning, all at once. A shift"
                    " that is interrupted can be continued.\n\n",
                    enter, " goes on call",
                )  # fmt: skip
            case _:
                pass
