"""The drill `daily`: the incident that everybody gets on a date. The try that is begun first counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from noc_tui import paths
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.dailies import briefing_text, result_text
from noc_tui.tui.screens.drill_brief import BriefScreen
from noc_tui.tui.screens.drill_play import DrillPlayScreen
from noc_tui.tui.widgets.banner import Banner, BannerView

if TYPE_CHECKING:
    from pathlib import Path

    from textual.binding import BindingType

    from noc_tui.drills.standing import DailyStanding
    from noc_tui.episode.episode import Episode
    from noc_tui.store.entries import DailyEntry
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.remembering import Remembering
    from noc_tui.tui.widgets.keybar import KeyHint


class DailyScreen(BriefScreen):
    """What is known of the date before, and three lines to share after."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("briefing", "daily")]

    class Found(Message):
        """The daily, and what the player has made of it already; or why there is none, in a sentence.

        `result` is what the try came to that has just been finished.
        """

        def __init__(
            self, standing: DailyStanding | None, notices: tuple[str, ...] = (), result: DailyEntry | None = None
        ) -> None:
            super().__init__()
            self.standing = standing
            self.notices = notices
            self.result = result

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._standing: DailyStanding | None = None
        self._game: DrillPlayScreen | None = None
        self._ended: Episode | None = None
        """The try that has just been finished."""
        self._result: DailyEntry | None = None
        """What it came to."""

    @property
    def scope(self) -> Scope:
        return "daily" if self._shown is not None else "briefing"

    @property
    def _shown(self) -> DailyEntry | None:
        """The result whose lines are shown: that of the last try, or, before one, of the try that counted."""
        if self._result is not None or self._ended is not None:
            return self._result
        scored = self._standing.scored if self._standing else None
        return scored if scored is not None and scored.outcome is not None else None

    def can_do(self, action: UserAction) -> bool:
        """Begin once it is known what; look back at what has just been played."""
        if action.id == "briefing.begin":
            return self._standing is not None and self._ended is None
        if action.id == "daily.debrief":
            return self._ended is not None
        if action.id == "daily.copy":
            return self._counted
        return True

    def hints(self) -> tuple[KeyHint, ...]:
        """Begin, or go on."""
        word = "go on" if self._left is not None else "begin"
        return tuple(h._replace(label=word) if h.label == "begin" else h for h in super().hints())

    # --- beginning

    def on_mount(self) -> None:
        """Look up the daily, after the first paint."""
        self.query_one(Banner).view = BannerView("Daily", "the same for everybody")
        self._look_up()

    def _look_up(self) -> None:
        self.say(("Looking up the daily…", "$muted"))
        self.noc.after_paint(self, lambda: self.run_worker(self._find, thread=True))

    def _find(self) -> None:
        from noc_tui.drills.daily import daily_date  # noqa: PLC0415  (heavy; this is a thread)
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415
        from noc_tui.tui.practice import load_daily  # noqa: PLC0415

        today = daily_date(datetime.now(UTC))
        try:
            standing, unread, problems = load_daily(self.noc.remembering, self._launch.options.day or today, today)
        except DrillError as error:
            self.post_message(self.Found(None, (str(error),)))
            return
        unknown = [f"{unread}; whether this is the first try is not known now"] if unread else []
        self.post_message(self.Found(standing, (*unknown, *problems)))

    def on_daily_screen_found(self, event: Found) -> None:
        """Say what is coming, or what came of it."""
        for sentence in event.notices:
            self.noc.warn(sentence)
        if event.standing is None:
            self.action_leave()
            return
        self._standing = event.standing
        if event.result is not None and event.result.session == self._played:
            self._result = event.result
        self._leave_behind()
        if self.app.screen is self:
            self._show()

    def on_remembering_caught(self) -> None:
        """What had been waiting is known now: a try that had been finished, perhaps."""
        if self._played is None:
            self._look_up()

    # --- playing

    def action_begin(self) -> None:
        """Begin, or go on with the try that counts."""
        from noc_tui.drills.daily import daily_date  # noqa: PLC0415  (loaded by now)

        standing = self._standing
        if standing is None:
            return
        self._result = self._ended = None
        if self._launch.options.day is None and standing.today != daily_date(datetime.now(UTC)):
            self._standing = None  # the page has been open over midnight
            self._look_up()
            return
        launch = replace(
            self._launch,
            face="play",
            drill="daily",
            incident=standing.daily.incident,
            seed=standing.daily.seed,
            blind=True,
            incident_folders=(),
            session=self._left,
        )
        alone = standing.counts or self._left is not None
        self._game = DrillPlayScreen(launch, stepped=self._stepped, then="result", alone=alone)
        self.app.push_screen(self._game)

    def action_again(self) -> None:
        """Another try."""
        self.action_begin()

    def _stepped(self, episode: Episode) -> None:
        """With its first step a try counts, if it is the first."""
        from noc_tui.drills.daily import begin_daily  # noqa: PLC0415  (loaded by now)

        standing = self._standing
        if standing is not None and standing.counts:
            entry = begin_daily(standing.daily, self.noc.remembering.player, episode.header)
            self._standing = standing.with_try(entry)
            self.noc.remembering.remember(entry)

    def on_screen_resume(self) -> None:
        """Back from the try."""
        episode = self._game.episode if self._game is not None else None
        self._game = None
        if episode is not None and episode.done:
            self._ended = episode
        self._show()

    @property
    def _played(self) -> str | None:
        """The session of the try that is being played, or has just been finished."""
        episode = self._ended or (self._game.episode if self._game is not None else None)
        return episode.header.session if episode is not None else None

    @property
    def _left(self) -> Path | None:
        """The recording of the try that counts, where it can be gone on with."""
        session = self._standing.unfinished if self._standing is not None else None
        path = paths.sessions_dir() / f"{session}.jsonl"
        return path if session is not None and path.exists() else None

    def on_remembering_kept(self, event: Remembering.Kept) -> None:
        """The try has been reviewed: show what it came to, and whether another program had begun one before it."""
        from noc_tui.store.rebuilding import daily_result  # noqa: PLC0415
        from noc_tui.store.summary import verdict_letters  # noqa: PLC0415

        standing, result, entry = self._standing, event.result, event.result.entry
        if standing is None or entry.session != self._played:
            return
        letters = verdict_letters(result.review) if result.review else None
        came_to = daily_result(entry, standing.daily.date, letters)
        known = standing.with_try(came_to)
        if event.saved:
            self.run_worker(lambda: self._look_again(known, came_to), thread=True)
        else:
            self.post_message(self.Found(known, result=came_to))

    def _look_again(self, known: DailyStanding, came_to: DailyEntry) -> None:
        from noc_tui.tui.practice import load_daily  # noqa: PLC0415

        standing, unread, problems = load_daily(self.noc.remembering, known.daily.date, known.today)
        self.post_message(self.Found(known if unread else standing, problems, came_to))

    def _leave_behind(self) -> None:
        """The lines of the try that counts stand in the terminal when the program has closed."""
        from noc_tui.drills.daily import share_text  # noqa: PLC0415  (loaded by now)

        if self._shown is not None and self._counted:
            self.noc.parting = ["", *share_text(self._shown).splitlines(), ""]

    @property
    def _counted(self) -> bool:
        """Whether the result that is shown is that of the try that counts."""
        standing, shown = self._standing, self._shown
        scored = standing.scored if standing else None
        return scored is not None and shown is not None and scored.session == shown.session

    # --- keys of the result

    def action_copy(self) -> None:
        """Copy the three lines."""
        from noc_tui.drills.daily import share_text  # noqa: PLC0415  (loaded by now)

        if self._shown is not None:
            self.app.copy_to_clipboard(share_text(self._shown))
            self.noc.tell("Copied.")

    def action_debrief(self) -> None:
        """What each move cost."""
        from noc_tui.tui.screens.debrief import DebriefScreen  # noqa: PLC0415

        if self._ended is not None:
            self.app.push_screen(DebriefScreen(self._ended, self._launch))

    # --- showing

    def _show(self) -> None:
        standing, shown = self._standing, self._shown
        if standing is None:
            return
        from noc_tui.drills.daily import share_text  # noqa: PLC0415  (loaded by now)

        badge = "DONE" if shown is not None else ""
        self.query_one(Banner).view = BannerView("Daily", f"{standing.daily.date} UTC", badge=badge, badge_kind="ended")
        if shown is not None:
            self.say(*result_text(share_text(shown), standing, self.noc.keys, counted=self._counted))
        elif self._ended is not None:
            self.say(("The moves are being reviewed…", "$muted"))
        else:
            self.say(*briefing_text(standing, self.noc.keys, goes_on=self._left is not None))
        self.refresh_keys()
