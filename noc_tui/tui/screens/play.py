"""Playing and watching: the dashboard over a running episode."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.coach import Coach
from noc_tui.tui.driving import action_keys
from noc_tui.tui.frame import between_entry, log_entries
from noc_tui.tui.keymap import display
from noc_tui.tui.pacer import HeldKey
from noc_tui.tui.screens.autopilot import AutopilotScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.keybar import KeyHint
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.events import Key

    from noc_tui.agents.base import Agent
    from noc_tui.tui.launch import Launch

TICK_SECONDS = 0.05
_NEEDS_A_RUNNING_EPISODE: Final = frozenset(
    {
        "pause",
        "agent",
        "suggest",
        "agents",
        "mark",
        "diagnose",
        "coach",
        "step.next",
        "step.next.arrow",
        "faster",
        "slower",
    }
)


class PlayScreen(AutopilotScreen):
    """An episode that a person plays, or watches an agent play."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("play", "watch")]
    TELLS: ClassVar[bool] = True
    HAS_COURSE: ClassVar[bool] = True

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._held = HeldKey()
        self._early: list[str] = []
        """Actions whose keys were pressed while the episode was still being loaded."""

    @property
    def scope(self) -> Scope:
        return "play" if self._run is None or self._run.human else "watch"

    def can_do(self, action: UserAction) -> bool:
        """Pause only what moves; debrief only what has ended; follow only a suggestion; diagnose only what is blind."""
        run = self._run
        if run is None:
            return action.id in {"help", "leave", "close", "palette"} or action.id.startswith("act.")
        if action.id == "debrief":
            return run.episode.done or run.copilot.decision is not None
        if run.episode.done:
            return action.id not in _NEEDS_A_RUNNING_EPISODE
        if action.id == "diagnose":
            return run.episode.header.blind
        return action.id != "pause" or run.clock_runs or not run.human

    def hints(self) -> tuple[KeyHint, ...]:
        """The six actions come first; after the end, what there is to do then."""
        run, keys = self._run, self.noc.keys
        if run is None:
            return super().hints()
        words = {"pause": "go on" if run.paused else "pause", "autopilot": "autopilot" if run.human else "take back"}
        hints = tuple(hint._replace(label=words.get(hint.label, hint.label)) for hint in super().hints())
        if run.episode.done:
            return (KeyHint(display(keys["debrief"]), "debrief"), *hints)
        act = KeyHint(action_keys(keys), "act" if run.human else "take over")
        if run.copilot.decision is not None:
            return (KeyHint(display(keys["debrief"]), "do it"), act, *hints)
        return (act, *hints)

    # --- beginning

    def on_mount(self) -> None:
        """Show the frame at once; load what the episode needs after the first paint."""
        self._show_banner()
        self.noc.after_paint(self, self._begin)

    def _begin(self) -> None:
        if self._launch.watch:
            self.run_worker(self._begin_watching(), group="agent", exclusive=True)
        else:
            self._open(None)

    async def _begin_watching(self) -> None:
        """Make the agent first: its name stands in the recording."""
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.agents.making import make_agent_aside  # noqa: PLC0415

        preferences = self.noc.preferences
        try:
            agent = await make_agent_aside(
                self._launch.agent or preferences.agent,
                seed=self._launch.seed or 0,
                time_limit=preferences.agent_seconds,
                hints=self._launch.hints,
            )
        except AgentError as error:
            self.noc.warn(str(error))
            self.action_leave()
            return
        self._open(agent)

    def _open(self, agent: Agent | None) -> None:
        """Open the episode, with the agent in control if there is one."""
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.sim.errors import IncidentError  # noqa: PLC0415
        from noc_tui.tui.live import LiveRun  # noqa: PLC0415
        from noc_tui.tui.memory import give_back  # noqa: PLC0415
        from noc_tui.tui.opening import open_episode  # noqa: PLC0415

        preferences = self.noc.preferences
        try:
            episode = open_episode(self._launch, preferences, agent=agent)
        except (IncidentError, SessionError, ValueError) as error:
            self.noc.warn(str(error))
            self.action_leave()
            return
        now = self.noc.monotonic()
        self._run = run = LiveRun(
            episode,
            agent=self._launch.agent or preferences.agent,
            pace_seconds=preferences.pace_seconds,
            speed=preferences.watch_speed,
            now=now,
            copilot=preferences.copilot,
        )
        self._coach = Coach(episode, on=preferences.coach)
        self.noc.remembering.began(episode.header, self._launch.drill)
        if agent is not None:
            run.start_agent(agent, now)
        self.query_one(LogPanel).show(log_entries(episode, episode.steps))
        self._suggestions_told = len(episode.suggestions)
        self._show_all()
        if episode.done:  # the program had been killed before it could write down the end
            self.noc.remembering.ended(episode, self._launch.drill)
        self._begin_chase()
        if self.noc.live_timers:
            self.set_interval(TICK_SECONDS, self.tick)
        self._go_on()
        for action in self._early:
            self.action_operate(action)
        self.call_after_refresh(give_back)

    # --- time

    def tick(self) -> None:
        """Time has passed: take the step that is due, and let the countdown move."""
        if self._run is None:
            return
        record = self.run.tick(self.noc.monotonic())
        if record is not None:
            self._stepped(record)
        elif self.run.state in {"clock_runs", "thinking"} or self.run.copilot.state == "thinking":
            self._show_driver()

    def on_screen_suspend(self) -> None:
        """A modal covers the dashboard: the world waits."""
        if self._run is not None:
            self._run.cover(self.noc.monotonic())

    def on_screen_resume(self) -> None:
        """The dashboard is uncovered: the world goes on where it waited."""
        if self._run is not None:
            self._run.uncover(self.noc.monotonic())
            self._show_banner()
            self._show_driver()
        super().on_screen_resume()
        self._go_on()

    # --- the person's keys

    def on_key(self, event: Key) -> None:
        """An action key that is held down counts once."""
        if event.key in self._action_keys() and self._held.is_repeat(event.key, self.noc.monotonic()):
            event.stop()
            event.prevent_default()

    def _action_keys(self) -> set[str]:
        return {key for action_id, key in self.noc.keys.items() if action_id.startswith("act.")}

    def action_operate(self, action: str) -> None:
        """Do this, or take over from the agent and do no more."""
        if self._run is None:
            self._early.append(action)
            return
        reply = self.run.operate(ActionType(action), self.noc.monotonic())
        if reply == "over":
            debrief, leave = (display(self.noc.keys[name]) for name in ("debrief", "leave"))
            self.noc.tell(f"The episode is over: {debrief} opens the debrief, {leave} leaves.")
        elif reply == "took_over":
            self._control_changed()
            self.noc.tell("You are in control. The next action key acts.")
        else:
            self._acted(ActionType(action))

    def _acted(self, action: ActionType) -> None:
        self._stepped(self.run.episode.record(self.run.episode.steps))
        self.query_one(ActionPad).flash(ACTIONS.index(action))

    def on_action_pad_chosen(self, event: ActionPad.Chosen) -> None:
        """A click on an action does what its key does."""
        self.action_operate(ACTIONS[event.index])

    def action_pause(self) -> None:
        self.run.toggle_pause(self.noc.monotonic())
        self._show_driver()
        self._show_banner()
        self.refresh_keys()
        self._go_on()

    def action_next_step(self) -> None:
        """One step of the agent."""
        steps = self.run.episode.steps
        self.run.single_step(self.noc.monotonic())
        if self.run.episode.steps > steps:
            self._stepped(self.run.episode.record(steps + 1))
        self._go_on()

    def action_speed(self, direction: int) -> None:
        self.run.change_speed(direction, self.noc.monotonic())
        self._show_driver()

    def action_close(self) -> None:
        """Close the innermost thing: a suggestion, or the screen."""
        if self._run is not None and self.run.copilot.state != "idle":
            self._dismiss_suggestion()
            self._show_driver()
            self.refresh_keys()
        else:
            super().action_close()

    def action_mark(self) -> None:
        """Ask for a note, and set a bookmark."""
        from noc_tui.tui.screens.prompt import PromptScreen  # noqa: PLC0415

        self.app.push_screen(PromptScreen("Mark this step", "a note, or nothing", limit=200), self._marked)

    def _marked(self, text: str | None) -> None:
        if text is not None and not self.run.episode.done:
            mark = self.run.episode.mark(text)
            self.query_one(LogPanel).append([between_entry(mark)])
            self._show_recording_problem()

    def action_diagnose(self) -> None:
        """Ask which incident it is; the world waits meanwhile."""
        from noc_tui.tui.screens.diagnosis import DiagnosisScreen  # noqa: PLC0415

        episode = self.run.episode
        last = episode.diagnoses[-1].incident if episode.diagnoses else None
        screen = DiagnosisScreen(episode.incident, self._launch.incident_folders, last)
        self.app.push_screen(screen, self._diagnosed)

    def _diagnosed(self, incident: str | None) -> None:
        if incident is not None and not self.run.episode.done:
            self.query_one(LogPanel).append([between_entry(self.run.episode.diagnose(incident))])
            self._show_banner()
            self._show_recording_problem()

    # --- the end

    def action_debrief(self) -> None:
        """Look back at what has ended; do what the agent suggests in what has not."""
        from noc_tui.tui.screens.debrief import DebriefScreen  # noqa: PLC0415

        if self._run is not None and self.run.episode.done:
            self.app.push_screen(DebriefScreen(self.run.episode, self._launch))
        elif self._run is not None:
            decision = self.run.copilot.decision
            if decision is not None and self.run.follow(self.noc.monotonic()):
                self._acted(decision.action)

    def action_leave(self) -> None:
        """Leave; a running episode stays resumable. One that could not be saved is asked about first."""
        from noc_tui.tui.screens.prompt import ConfirmScreen  # noqa: PLC0415

        if self._run is not None and self.run.episode.is_worth_a_file and self.run.episode.recording_problem:
            question = "This episode could not be saved and will be lost. Leave it?"
            self.app.push_screen(ConfirmScreen(question), lambda yes: self._leave() if yes else None)
        else:
            self._leave()

    def _leave(self) -> None:
        if self._run is not None:
            episode = self.run.episode
            self.run.leave(self.noc.monotonic())
            if episode.is_worth_a_file and not episode.done and not episode.recording_problem:
                self.noc.tell("The episode is kept: continue it from home, or noc-tui sessions.")
            episode.close()  # before the screen below looks at the recordings
        super().action_leave()

    def on_unmount(self) -> None:
        """Close the recording, and whoever has driven."""
        if self._run is not None:
            self._run.leave(self.noc.monotonic())
            self._run.episode.close()
            if not self._run.episode.is_worth_a_file:
                self.noc.remembering.dropped(self._run.episode.header.session)
            for agent in (self._run.agent_at_hand, self._run.copilot.agent):
                if agent is not None:
                    self._run.discarded.append(agent)
            self._close_discarded()
