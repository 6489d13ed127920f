"""Replaying: the dashboard over a recording, with a cursor to move about in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from noc_tui import paths
from noc_tui.episode.track import is_secret
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.frame import log_entries, subtitle_of, title_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.dashboard import DashboardScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.banner import BadgeKind, Banner, BannerView
from noc_tui.tui.widgets.driver_panel import DriverPanel, DriverView
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint
from noc_tui.tui.widgets.log_panel import LogPanel
from noc_tui.tui.widgets.timeline import Timeline, TimelineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.reader import SessionFile
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.tui.player import Player

TICK_SECONDS = 0.03
FOLLOW_SECONDS = 0.25
_TIMELINE_POINTS = 400
_EVENT: Final = "Event:"
"""What stands before what happened at the step that is shown."""


class ReplayScreen(DashboardScreen):
    """A recording. With `launch.follow` it may still be growing."""

    SCOPE: ClassVar[Scope] = "replay"
    PAD_ROWS: ClassVar[int] = 9
    """Room for the reason why the actions are off."""
    HAS_COURSE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("replay")]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._player: Player | None = None
        self._health: tuple[float, ...] = ()

    def compose_timeline(self) -> ComposeResult:
        yield Timeline()

    @property
    def player(self) -> Player:
        """The recording in play. Only asked for once it is open."""
        if self._player is None:
            raise RuntimeError("the recording is not open")
        return self._player

    def can_do(self, action: UserAction) -> bool:
        """Everything, once the recording is open; the debrief, once what it tells is no secret any more."""
        if self._player is None:
            return action.id in {"help", "leave", "close", "palette"}
        if action.id == "debrief":
            return self.player.session.end is not None
        return action.id != "review" or not is_secret(self.player.session)

    def hints(self) -> tuple[KeyHint, ...]:
        """Moving about comes first."""
        keys, playing = self.noc.keys, self._player is not None and self.player.playing
        words = {"pause": "pause" if playing else "play"}
        hints = [hint._replace(label=words.get(hint.label, hint.label)) for hint in super().hints()]
        step = KeyHint(f"{display(keys['step.back'])} {display(keys['step.next.arrow'])}", "step")
        others = [hint for hint in hints if hint.label != "step"]
        return (step, *others)

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on the pair of step keys steps on."""
        if " " in event.key:
            self.action_next_step()
        else:
            await super().on_key_bar_pressed(event)

    # --- beginning

    def on_mount(self) -> None:
        """Show the frame at once; open the recording after the first paint."""
        self.query_one(Banner).view = BannerView("Replay", badge="LOADING", badge_kind="paused")
        self.noc.after_paint(self, self._begin)

    def _begin(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.reader import SessionFile  # noqa: PLC0415
        from noc_tui.tui.player import Player  # noqa: PLC0415

        path = self._launch.session or paths.sessions_dir()  # which is no session, and says so
        try:
            session = SessionFile.open(path, salvage=True)
        except SessionError as error:
            self.noc.warn(str(error))
            self.action_leave()
            return
        for notice in session.notices:
            self.noc.warn(notice)
        self._player = Player(
            session,
            step=self._launch.step or 0,
            speed=self.noc.preferences.watch_speed,
            follow=self._launch.follow,
        )
        self._sample_health(session)
        self.show_position()
        if self.noc.live_timers:
            self.set_interval(TICK_SECONDS, self.tick)
            if session.state != "ended":
                self.set_interval(FOLLOW_SECONDS, self.follow)

    def on_unmount(self) -> None:
        """Close the file."""
        if self._player is not None:
            self._player.session.close()

    def on_screen_resume(self) -> None:
        """Show the keys as they stand, and the best play, if a review has told it meanwhile."""
        super().on_screen_resume()
        if self._player is not None:
            self.show_position()

    # --- time

    def tick(self) -> None:
        """Time has passed: show the next step if it is due."""
        if self._player is not None and self.app.screen is self and self.player.tick(self.noc.monotonic()):
            self.show_position()

    def follow(self) -> None:
        """Look whether the file has grown."""
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        if self._player is None or self.app.screen is not self or self.player.session.end is not None:
            return  # what lies over it, a review for one, counts on what there is
        try:
            grown = self.player.refresh()
        except SessionError as error:
            self.noc.warn(str(error))
            self.player.following = False
            return
        if grown:
            self._sample_health(self.player.session)
            self.show_position()

    # --- keys

    def action_operate(self, action: str) -> None:  # noqa: ARG002  (all six are off)
        """The action keys are off: say why, and what to do instead."""
        self.noc.tell(f"This is a recording. {display(self.noc.keys['fork'])} plays on from the step that is shown.")

    def on_action_pad_chosen(self) -> None:
        """The pad is off as well."""
        self.action_operate("")

    def action_pause(self) -> None:
        self.player.toggle(self.noc.monotonic())
        self.show_position()

    def action_next_step(self) -> None:
        self._seek(self.player.step + 1)

    def action_previous_step(self) -> None:
        self._seek(self.player.step - 1)

    def action_jump(self, steps: int) -> None:
        self._seek(self.player.step + steps)

    def action_jump_to(self, where: str) -> None:
        self._seek(0 if where == "start" else self.player.session.steps)

    def action_speed(self, direction: int) -> None:
        self.player.change_speed(direction, self.noc.monotonic())
        self._show_driver()

    def action_event(self, direction: int) -> None:
        """To the next or previous event."""
        step = self.player.event_step(direction)
        if step is None:
            self.noc.tell(f"There is no {'later' if direction > 0 else 'earlier'} event.")
        else:
            self._seek(step)

    def action_goto(self) -> None:
        """Ask for a step."""
        from noc_tui.tui.screens.prompt import PromptScreen  # noqa: PLC0415

        steps = self.player.session.steps
        self.app.push_screen(
            PromptScreen("Go to step", f"0 to {steps}", limit=7, digits=True, highest=steps), self._go_to
        )

    def _go_to(self, text: str | None) -> None:
        if text:
            self._seek(int(text))

    def on_timeline_seek(self, event: Timeline.Seek) -> None:
        self._seek(event.step)

    def action_fork(self) -> None:
        """Play on from the step that is shown, as a new session."""
        player = self.player
        if player.step and player.session.record(player.step).outcome:
            self.noc.tell("The episode ended with this step. Go back at least one, and fork there.")
            return
        player.playing = False
        self.noc.open(Launch("play", session=self._launch.session, step=player.step, agent=self._launch.agent))

    def action_debrief(self) -> None:
        from noc_tui.tui.screens.debrief import DebriefScreen  # noqa: PLC0415

        session = self.player.session
        launch = replace(self._launch, incident=str(session.header.incident.get("id")), seed=session.header.seed)
        self.app.push_screen(DebriefScreen(session, launch))

    def _seek(self, step: int) -> None:
        self.player.playing = False
        if self.player.seek(step):
            self.show_position()
        else:
            self._show_driver()

    # --- showing

    def show_position(self) -> None:
        """Show everything as it stood at the cursor."""
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        player = self.player
        try:
            self.show_metrics(player.session, player.step, enabled=False)
            self.query_one(LogPanel).show(log_entries(player.session, player.step))
        except SessionError as error:
            self.noc.warn(str(error))
            player.playing = False
        self.query_one(ActionPad).disabled_reason = f"a recording; {display(self.noc.keys['fork'])} plays on from here"
        self.query_one(Timeline).view = TimelineView(
            length=player.session.steps, position=player.step, health=self._health, ticks=player.ticks
        )
        self._show_banner()
        self._show_driver()
        self.refresh_keys()

    def ghost_metrics(self) -> tuple[SystemMetrics, ...]:
        """Best play, once a review has told it: in a replay alone, for before the end it would give the answer away."""
        review = self.noc.review_of(self.player.session.header.session)
        return review.ghost if review is not None else ()

    def _show_banner(self) -> None:
        session = self.player.session
        badge, kind = self._badge()
        self.query_one(Banner).view = BannerView(
            title=title_of(session),
            subtitle=subtitle_of(session),
            step=self.player.step,
            max_steps=session.header.max_steps,
            clock=self.clock_at(self.player.step),
            recording="off",
            badge=badge,
            badge_kind=kind,
        )

    def _badge(self) -> tuple[str, BadgeKind]:
        if self.player.following and self.player.session.end is None:
            return "FOLLOWING", "replay"
        return ("REPLAYING", "replay") if self.player.playing else ("REPLAY", "replay")

    def _show_driver(self) -> None:
        from noc_tui.episode.track import driver_at  # noqa: PLC0415

        player = self.player
        decision = player.session.record(player.step).decision if player.step else None
        driver = decision.driver if decision else driver_at(player.session, 0)
        name = {"human": "you", "clock": "the clock"}.get(driver, driver)
        event, said = player.event_label(), (decision.rationale or "") if decision else ""
        self.query_one(DriverPanel).view = DriverView(
            name=name,
            state="decided" if player.playing else "paused",
            rationale=f"{_EVENT} {event}{said and '. '}{said}" if event else said,
            action=decision.action.label if decision else "",
            speed=player.speed,
        )

    def _sample_health(self, session: SessionFile) -> None:
        self._health = downsampled((session.header.initial.health_score, *session.health), _TIMELINE_POINTS)


def downsampled(values: Sequence[float], points: int) -> tuple[float, ...]:
    """At most `points` of the values, at even distances, the first and the last among them."""
    if len(values) <= points:
        return tuple(values)
    last = len(values) - 1
    return tuple(values[round(index * last / (points - 1))] for index in range(points))
