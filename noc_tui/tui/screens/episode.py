"""A running episode on the dashboard: what it shows of it, and what the coach says. Who drives is built on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from noc_tui.episode.track import BLIND_TITLE
from noc_tui.tui.driving import badge_of, driver_view
from noc_tui.tui.frame import subtitle_of, title_of
from noc_tui.tui.screens.dashboard import DashboardScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.health_bar import HealthBar
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from noc_tui.tui.coach import Coach
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.live import LiveRun


class EpisodeScreen(DashboardScreen):
    """The dashboard over an episode that goes on."""

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._run: LiveRun | None = None
        self._warned_of: str | None = None
        self._noticed: str | None = None
        self._coach: Coach | None = None

    @property
    def run(self) -> LiveRun:
        """The episode in play. Only asked for once it has begun."""
        if self._run is None:
            raise RuntimeError("the episode has not begun")
        return self._run

    @property
    def _is_going(self) -> bool:
        """Whether the screen is being taken down: an answer that comes now has nowhere to be shown."""
        return not self.query(DriverPanel)

    # --- the coach

    @property
    def coach(self) -> Coach:
        """Who says what each move cost. Only asked for once the episode has begun."""
        if self._coach is None:
            raise RuntimeError("the episode has not begun")
        return self._coach

    def action_coach(self) -> None:
        """Let the coach speak, beginning with the last move; or be silent."""
        self.coach.toggle()
        self.noc.tell("The coach judges every move." if self.coach.on else "The coach is off.")
        self._listen_to_coach()

    def _listen_to_coach(self) -> None:
        self._show_coach()
        if self.coach.has_work:
            self.run_worker(self._hear_advice(), group="coach")

    async def _hear_advice(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        try:
            async for advice in self.coach.advice():
                if advice.line is not None:
                    self.query_one(LogPanel).append([advice.line])
                self._show_coach()
        except SessionError as error:
            self.noc.warn(f"The coach is off: {error}")
            self._show_coach()

    def _show_coach(self) -> None:
        bar = self.query_one(HealthBar)
        bar.view = replace(bar.view, extras=self._extras())
        self._show_banner()

    def _extras(self) -> tuple[tuple[str, str], ...]:
        return (("Coach", self.coach.short or "…"),) if self.coach.on else ()

    # --- showing

    def _show_all(self) -> None:
        episode = self.run.episode
        self.show_metrics(episode, episode.steps, enabled=not episode.done, extras=self._extras())
        self._show_banner()
        self._show_driver()
        self._show_recording_problem()
        self.refresh_keys()

    def _show_banner(self) -> None:
        run = self._run
        if run is None:
            fresh = self._launch.session is None
            known = "" if fresh and self._launch.is_blind(self.noc.preferences) else self._launch.incident or "incident"
            title = known.replace("_", " ").capitalize() or BLIND_TITLE
            view = BannerView(title, badge="LOADING", badge_kind="paused")
        else:
            episode = run.episode
            badge, kind = badge_of(run)
            view = BannerView(
                title=title_of(episode),
                subtitle=subtitle_of(episode),
                extra=self._state_in_words(),
                lead=self._lead(),
                step=episode.steps,
                max_steps=episode.header.max_steps,
                clock=self.clock_at(episode.steps),
                recording="failed" if episode.recording_problem else "rec",
                badge=badge,
                badge_kind=kind,
            )
        self.query_one(Banner).view = view

    def _lead(self) -> str:
        """How far the player is ahead of a ghost, in words; empty without one."""
        return ""

    def _state_in_words(self) -> str:
        diagnoses = self.run.episode.diagnoses
        words = [f"diagnosis: {diagnoses[-1].incident}"] if diagnoses else []
        if (server := self._launch.server) is not None:
            words.append(f"on {urlsplit(server).netloc}" if self.run.episode.notice is None else "played here alone")
        return " · ".join([*words, "coach"] if self.coach.on else words)

    def _show_driver(self) -> None:
        if self._run is not None:
            self.query_one(DriverPanel).view = driver_view(self.run, self.noc.monotonic(), self.noc.keys)

    def _show_recording_problem(self) -> None:
        """Say once what is not being saved, which the banner goes on saying, and what else there is to know."""
        problem = self.run.episode.recording_problem
        if problem != self._warned_of:
            self._warned_of = problem
            self.noc.warn(problem or "The session is being saved again; nothing is missing.")
        notice = self.run.episode.notice
        if notice != self._noticed:
            self._noticed = notice
            if notice is not None:
                self.noc.warn(notice)
