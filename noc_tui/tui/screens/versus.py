"""Two drivers on one seed, side by side: agents that both play, or an agent and a recording."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from noc_tui.episode.track import BLIND_TITLE
from noc_tui.text import clean
from noc_tui.tui.actions import UserAction, bindings_of
from noc_tui.tui.frame import between_entry, log_entries, step_entries
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.side_by_side import SideBySideScreen
from noc_tui.tui.sides import GhostSide, LiveSide
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.keybar import KeyHint
from noc_tui.tui.widgets.side_column import SideColumn

if TYPE_CHECKING:
    from textual.binding import BindingType

    from noc_tui.agents.base import Agent
    from noc_tui.tui.sides import Side
    from noc_tui.tui.widgets.log_lines import LogEntry

TICK_SECONDS = 0.05
_NEEDS_THE_DUEL: Final = frozenset(
    {"pause", "step.next", "step.next.arrow", "faster", "faster.unshifted", "slower", "versus.other", "debrief"}
)


class VersusScreen(SideBySideScreen):
    """Two runs of the same incident and seed, in lock step."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("versus")]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch

    def can_do(self, action: UserAction) -> bool:
        """Pace while something moves; ask again who has failed; look back at what has ended."""
        duel = self._duel
        if duel is None:
            return action.id not in _NEEDS_THE_DUEL and action.id != "versus.retry"
        if action.id == "versus.retry":
            return any(side.failed for side in duel.sides)
        if action.id == "debrief":
            return duel.sides[self._chosen].done
        return action.id not in _NEEDS_THE_DUEL - {"versus.other"} or not duel.over

    def hints(self) -> tuple[KeyHint, ...]:
        """The footer says what the keys come to now."""
        duel = self._duel
        hints = super().hints()
        if duel is None:
            return hints
        other = clean(duel.sides[1 - self._chosen].name, 24)
        words = {"pause": "go on" if duel.paused else "pause", "other": other}
        hints = tuple(hint._replace(label=words.get(hint.label, hint.label)) for hint in hints)
        if duel.sides[self._chosen].done:
            return (KeyHint(display(self.noc.keys["debrief"]), "debrief"), *hints)
        return hints

    # --- beginning

    def on_mount(self) -> None:
        """Show the frame at once; make the agents after the first paint."""
        blind = self._launch.is_blind(self.noc.preferences)
        title = BLIND_TITLE if blind else (self._launch.incident or "incident").replace("_", " ").capitalize()
        self.query_one(Banner).view = BannerView(title, badge="LOADING", badge_kind="paused")
        self._choose(0)
        self.noc.after_paint(self, lambda: self.run_worker(self._begin(), group="begin", exclusive=True))

    async def _begin(self) -> None:
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.sim.errors import IncidentError  # noqa: PLC0415
        from noc_tui.tui.matchup import make_duel  # noqa: PLC0415
        from noc_tui.tui.memory import give_back  # noqa: PLC0415

        try:
            self._duel = duel = await make_duel(self._launch, self.noc.preferences, self.noc.monotonic)
        except (AgentError, IncidentError, SessionError, ValueError) as error:
            self.noc.warn(str(error))
            self.action_leave()
            return
        for index, side in enumerate(duel.sides):
            if isinstance(side, LiveSide):
                self.noc.remembering.began(side.track.header)
            self.column(index).log_panel.show(log_entries(side.track, side.step))
        self._show_all()
        if self.noc.live_timers:
            self.set_interval(TICK_SECONDS, self.tick)
        self._go_on()
        self._look_who_is_ahead()
        self.call_after_refresh(give_back)

    # --- time

    def tick(self) -> None:
        """Time has passed: take the steps that are due."""
        duel = self._duel
        if duel is None or self.app.screen is not self:
            return
        for index, stepped in enumerate(duel.tick(self.noc.monotonic())):
            if stepped:
                self._stepped(index)
            else:
                self._show_driver(index)

    def on_screen_suspend(self) -> None:
        """Something covers the screen: both wait."""
        if self._duel is not None:
            for side in self._duel.sides:
                side.cover(self.noc.monotonic(), covered=True)

    def on_screen_resume(self) -> None:
        """They go on where they waited."""
        super().on_screen_resume()
        if self._duel is not None:
            for side in self._duel.sides:
                side.cover(self.noc.monotonic(), covered=False)
            self._show_all()
            self._go_on()

    # --- the agents

    def _go_on(self) -> None:
        """Ask each agent whose turn it is."""
        if self._duel is None or self.app.screen is not self:
            return
        for index, side in enumerate(self._duel.sides):
            if isinstance(side, LiveSide) and side.run.wants_decision and side.run.agent is not None:
                side.run.asked(self.noc.monotonic())
                self.run_worker(self._think(index, side, side.run.agent), group=f"agent-{index}", exclusive=True)
                self._show_driver(index)

    async def _think(self, index: int, side: LiveSide, agent: Agent) -> None:
        from noc_tui.tui.questions import decide  # noqa: PLC0415

        limit = self.noc.preferences.agent_seconds
        answer = await decide(side.run, agent, limit, self.noc.monotonic, lambda: not self._is_going)
        if answer is None:
            return
        if answer.failed:
            self._failed(index, side)
        elif answer.record is not None:
            self._stepped(index)
        else:
            self._show_driver(index)

    @property
    def _is_going(self) -> bool:
        """Whether the screen is being taken down: an answer that comes now has nowhere to be shown."""
        return not self.query(SideColumn)

    def _failed(self, index: int, side: LiveSide) -> None:
        """The agent has failed: say so in its own log, and let the other go on."""
        self._close_discarded(side)
        control = side.track.controls[-1]
        key = display(self.noc.keys["versus.retry"])
        entry = between_entry(control)
        text = f"{(control.error or 'it failed').rstrip('.')}. {key} tries again."
        self.column(index).log_panel.append([entry._replace(text=text)])
        self._show_all()

    def action_retry(self) -> None:
        """Ask those again that have failed."""
        for index, side in enumerate(self.duel.sides):
            if isinstance(side, LiveSide) and side.failed:
                self.run_worker(self._bring_back(index, side), group=f"agent-{index}", exclusive=True)

    async def _bring_back(self, index: int, side: LiveSide) -> None:
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.tui.matchup import bring_back  # noqa: PLC0415

        try:
            agent = await bring_back(side, self._launch, self.noc.preferences)
        except AgentError as error:
            self.noc.warn(str(error))
            return
        side.run.hand_over(agent, self.noc.monotonic())
        self.duel.hold(self.noc.monotonic())
        self.column(index).log_panel.append([between_entry(side.track.controls[-1])])
        self._show_all()
        self._go_on()

    def _close_discarded(self, side: LiveSide) -> None:
        from noc_tui.tui.questions import close_agents  # noqa: PLC0415

        discarded, side.run.discarded = side.run.discarded, []
        close_agents(self.noc, discarded)

    # --- what follows

    def _stepped(self, index: int) -> None:
        side = self.duel.sides[index]
        record = side.track.record(side.step)
        self.column(index).log_panel.append([*self._between(side, record.step - 1), *step_entries(record)])
        if isinstance(side, LiveSide) and record.outcome:
            self.noc.remembering.ended(side.track)
        self._show_all()
        self._look_who_is_ahead()
        self._go_on()

    def _between(self, side: Side, step: int) -> list[LogEntry]:
        """What stands in a recording between the step that was shown and the next."""
        if not isinstance(side, GhostSide):
            return []
        return [between_entry(event) for event in side.track.asides if event.step == step and step]

    def _look_who_is_ahead(self) -> None:
        self.run_worker(self._look(), group="lead")

    async def _look(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        try:
            news = await self.duel.look()
        except SessionError as error:
            self._warn_once(f"Who is ahead is not known: {error}")
            return
        if news and not self._is_going:
            self._show_comparison()

    # --- keys

    def action_pause(self) -> None:
        self.duel.toggle_pause(self.noc.monotonic())
        self._show_all()
        self._go_on()

    def action_next_step(self) -> None:
        """One step of both."""
        duel = self.duel
        before = [side.step for side in duel.sides]
        duel.single_step(self.noc.monotonic())
        self._show_all()
        for index, side in enumerate(duel.sides):
            if side.step > before[index]:
                self._stepped(index)
        self._go_on()

    def action_speed(self, direction: int) -> None:
        self.duel.change_speed(direction, self.noc.monotonic())
        self._show_all()

    def action_operate(self, action: str) -> None:  # noqa: ARG002  (all six are off)
        """The action keys are off: say why, and what to do instead."""
        self.noc.tell("Two drivers are compared here: noc-tui watch without --versus lets you take over.")

    def action_debrief(self) -> None:
        """Look back at the run of the chosen side."""
        from noc_tui.tui.screens.debrief import DebriefScreen  # noqa: PLC0415

        side = self.duel.sides[self._chosen]
        if isinstance(side, GhostSide):
            header = side.track.header
            seen = Launch(
                "replay", session=side.session.path, incident=str(header.incident.get("id")), seed=header.seed
            )
            self.app.push_screen(DebriefScreen(side.track, seen))
        elif isinstance(side, LiveSide):
            launch = replace(self._launch, agent=side.spec, ghost=None, seed=side.track.header.seed)
            self.app.push_screen(DebriefScreen(side.track, launch))

    # --- leaving

    def action_leave(self) -> None:
        """Leave; what has not ended stays resumable."""
        sides = self._duel.sides if self._duel is not None else ()
        running = [side for side in sides if isinstance(side, LiveSide) and not side.done]
        if any(side.track.is_worth_a_file and not side.track.recording_problem for side in running):
            self.noc.tell("What has not ended is kept: noc-tui sessions goes on with it.")
        for side in sides:
            self._close(side)  # before the screen below looks at the recordings
        super().action_leave()

    def on_unmount(self) -> None:
        """Close the recordings, and the agents."""
        for side in self._duel.sides if self._duel is not None else ():
            self._close(side)
            if isinstance(side, LiveSide):
                if side.run.agent_at_hand is not None:
                    side.run.discarded.append(side.run.agent_at_hand)
                self._close_discarded(side)

    def _close(self, side: Side) -> None:
        if isinstance(side, GhostSide):
            side.session.close()
        elif isinstance(side, LiveSide):
            side.run.leave(self.noc.monotonic())
            side.track.close()
            if not side.track.is_worth_a_file:
                self.noc.remembering.dropped(side.track.header.session)
