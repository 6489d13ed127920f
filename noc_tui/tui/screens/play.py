"""Playing and watching: the dashboard over a running episode."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.worker import active_worker

from noc_tui.episode.track import BLIND_TITLE
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.coach import Coach
from noc_tui.tui.driving import action_keys, badge_of, driver_view
from noc_tui.tui.frame import between_entry, log_entries, step_entries, subtitle_of, title_of
from noc_tui.tui.keymap import display
from noc_tui.tui.models import ModelAgent, time_limit_of
from noc_tui.tui.pacer import HeldKey
from noc_tui.tui.screens.dashboard import DashboardScreen
from noc_tui.tui.widgets.action_pad import ActionPad
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.health_bar import HealthBar
from noc_tui.tui.widgets.keybar import KeyHint
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.events import Key

    from noc_tui.agents.base import Agent
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision, StepRecord
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.live import LiveRun
    from noc_tui.tui.widgets.log_lines import LogEntry

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


class PlayScreen(DashboardScreen):
    """An episode that a person plays, or watches an agent play."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("play", "watch")]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._run: LiveRun | None = None
        self._held = HeldKey()
        self._warned_of: str | None = None
        self._coach: Coach | None = None
        self._early: list[str] = []
        """Actions whose keys were pressed while the episode was still being loaded."""
        self._suggestions_told = 0

    @property
    def scope(self) -> Scope:
        return "play" if self._run is None or self._run.human else "watch"

    @property
    def run(self) -> LiveRun:
        """The episode in play. Only asked for once it has begun."""
        if self._run is None:
            raise RuntimeError("the episode has not begun")
        return self._run

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
            )
        except AgentError as error:
            self.noc.warn(str(error))
            self.action_leave()
            return
        self._open(agent)

    def _open(self, agent: Agent | None) -> None:
        """Open the episode, with the agent in control if there is one."""
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415
        from noc_tui.episode.records import HUMAN  # noqa: PLC0415
        from noc_tui.sim.errors import IncidentError  # noqa: PLC0415
        from noc_tui.tui.live import LiveRun  # noqa: PLC0415
        from noc_tui.tui.memory import give_back  # noqa: PLC0415
        from noc_tui.tui.opening import open_episode  # noqa: PLC0415

        preferences = self.noc.preferences
        try:
            episode = open_episode(self._launch, preferences, driver=agent.name if agent else HUMAN)
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
        if agent is not None:
            run.start_agent(agent, now)
        self.query_one(LogPanel).show(log_entries(episode, episode.steps))
        self._suggestions_told = len(episode.suggestions)
        self._show_all()
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
            self.noc.tell("The episode is over: enter opens the debrief, q leaves.")
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

    def action_agent(self) -> None:
        """Hand over to the agent, or take back from it."""
        if self._run is None or self.run.episode.done:
            return
        if not self.run.human:
            self._take_over()
        elif (agent := self.run.agent_at_hand) is not None:
            self._hand_over(agent)
        else:
            self.run_worker(self._bring_agent(), group="agent", exclusive=True)

    def _take_over(self) -> None:
        self.run.take_over(self.noc.monotonic())
        self._control_changed()

    async def _bring_agent(self) -> None:
        """Make the agent, which may be somebody's code that takes its time, and hand over to it."""
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.agents.making import make_agent_aside  # noqa: PLC0415

        run = self.run
        try:
            agent = await make_agent_aside(
                run.agent_name, seed=run.episode.header.seed, time_limit=self.noc.preferences.agent_seconds
            )
        except AgentError as error:
            self.noc.warn(str(error))
            return
        self._hand_over(agent)

    def _hand_over(self, agent: Agent) -> None:
        self.run.hand_over(agent, self.noc.monotonic())
        if not self.run.human:
            self._control_changed()

    def action_agents(self) -> None:
        """Choose who drives; the world waits meanwhile."""
        from noc_tui.tui.screens.agents import AgentsScreen  # noqa: PLC0415

        self.app.push_screen(AgentsScreen(self.run.agent_name, self._agent_chosen))

    def _agent_chosen(self, name: str) -> None:
        """Let this agent take over on `a`, or now, if another one drives."""
        if self.run.episode.done or name == self.run.agent_name:
            return
        watching = not self.run.human
        if watching:
            self._take_over()
        self._dismiss_suggestion()
        self.run.choose_agent(name)
        self._close_discarded()
        if watching:
            self.action_agent()
        else:
            self._show_all()

    # --- the co-pilot

    def action_suggest(self) -> None:
        """Ask the agent what it would do."""
        run = self.run
        if run.human and not run.episode.done and run.copilot.state != "thinking":
            run.copilot.asked(self.noc.monotonic())
            self._tell_suggestions()
            self.run_worker(self._suggest(), group="copilot", exclusive=True)
            self._show_driver()
            self.refresh_keys()

    async def _suggest(self) -> None:
        from noc_tui.agents.asking import ask  # noqa: PLC0415
        from noc_tui.agents.base import AgentError  # noqa: PLC0415

        copilot, preferences = self.run.copilot, self.noc.preferences
        try:
            agent = copilot.agent or await self._make_copilot()
            copilot.called(agent)
            if isinstance(agent, ModelAgent):
                self.run.meter.add_model(agent.name)
                agent.on_rationale = self._suggestion_grows
            limit = time_limit_of(agent, preferences.agent_seconds)
            decision = await ask(agent, self.run.episode.observation, limit)
            copilot.suggested(decision)
        except AgentError as error:
            copilot.failed(str(error), usage=error.usage)
        if not self._is_going:
            self._tell_suggestions()
            self._show_driver()
            self.refresh_keys()

    async def _make_copilot(self) -> Agent:
        """The agent that takes over on `a` where that is a model, else a model if there is one, else that agent."""
        from noc_tui.agents.making import make_agent_aside  # noqa: PLC0415
        from noc_tui.agents.planner import show_episode  # noqa: PLC0415
        from noc_tui.tui.choices import check_may_suggest, copilot_name  # noqa: PLC0415

        run = self.run
        name = await asyncio.to_thread(copilot_name, run.agent_name)
        check_may_suggest(name, run.episode)
        agent = await make_agent_aside(
            name, seed=run.episode.header.seed, time_limit=self.noc.preferences.agent_seconds
        )
        show_episode(agent, run.episode)
        return agent

    def _suggestion_grows(self, text: str) -> None:
        self.run.copilot.rationale = text  # shown with the next tick

    def _dismiss_suggestion(self) -> None:
        self._give_up("copilot")
        self.run.copilot.settle(self.noc.monotonic())
        self._tell_suggestions()

    def _tell_suggestions(self) -> None:
        """Put into the log what has become of suggestions since."""
        told, suggestions = self._suggestions_told, self.run.episode.suggestions
        if len(suggestions) > told:
            self._suggestions_told = len(suggestions)
            self.query_one(LogPanel).append([between_entry(each) for each in suggestions[told:]])
            self._show_recording_problem()

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
            self.run.copilot.settle(self.noc.monotonic())
            if episode.is_worth_a_file and not episode.done and not episode.recording_problem:
                self.noc.tell("The episode is kept: continue it from home, or noc-tui sessions.")
            episode.close()  # before the screen below looks at the recordings
        super().action_leave()

    def on_unmount(self) -> None:
        """Close the recording, and whoever has driven."""
        if self._run is not None:
            self._run.copilot.settle(self.noc.monotonic())
            self._run.episode.close()
            for agent in (self._run.agent_at_hand, self._run.copilot.agent):
                if agent is not None:
                    self._run.discarded.append(agent)
            self._close_discarded()

    # --- the agent

    def _go_on(self) -> None:
        """Ask the agent, if it is its turn; or for a suggestion, where that is wanted at each step."""
        if self._run is None or self.app.screen is not self:
            return
        if self.run.human and self.run.copilot.wants_question:
            self.action_suggest()
        if not self.run.wants_decision:
            return
        agent = self.run.agent
        if agent is not None:
            self.run.asked(self.noc.monotonic())
            self.run_worker(self._think(agent, self.run.episode.observation), group="agent", exclusive=True)
            self._show_driver()

    async def _think(self, agent: Agent, observation: Observation) -> None:
        from noc_tui.agents.asking import ask  # noqa: PLC0415
        from noc_tui.agents.base import AgentError  # noqa: PLC0415

        self.run.called()
        if isinstance(agent, ModelAgent):
            agent.on_rationale = self._rationale_grows
        try:
            decision = await ask(agent, observation, time_limit_of(agent, self.noc.preferences.agent_seconds))
        except AgentError as error:
            if self.run.agent is agent and not self._is_going:
                self.run.failed(str(error), self.noc.monotonic(), usage=error.usage)
                self._control_changed()
            return
        if self.run.agent is agent and not self._is_going:
            self._decided(decision)

    def _rationale_grows(self, text: str) -> None:
        self.run.rationale = text  # shown with the next tick: a model writes faster than a terminal is to be painted

    @property
    def _is_going(self) -> bool:
        """Whether the screen is being taken down: an answer that comes now has nowhere to be shown."""
        return not self.query(DriverPanel)

    def _decided(self, decision: Decision) -> None:
        record = self.run.decided(decision, self.noc.monotonic())
        if record is not None:
            self._stepped(record)
        else:
            self._show_driver()

    def _close_discarded(self) -> None:
        """Let agents that nobody will ask again close what they hold; the app outlives the screen."""
        discarded, self.run.discarded = self.run.discarded, []
        for agent in discarded:
            self.app.run_worker(self._close_agent(agent), group="closing")

    async def _close_agent(self, agent: Agent) -> None:
        from noc_tui.agents.asking import close_agent  # noqa: PLC0415
        from noc_tui.agents.base import AgentError  # noqa: PLC0415

        try:
            await close_agent(agent)
        except AgentError as error:
            self.noc.warn(str(error))

    # --- showing

    def _stepped(self, record: StepRecord) -> None:
        self._give_up("copilot")
        self._tell_suggestions()
        self.query_one(LogPanel).append([*self._named_with(record), *step_entries(record)])
        self.coach.look_at(record.step)
        self._show_all()
        self._listen_to_coach()
        self._go_on()

    def _named_with(self, record: StepRecord) -> list[LogEntry]:
        """The diagnosis that an agent's decision brought along, if it was news."""
        wanted = (record.step - 1, record.decision.driver, record.decision.diagnosis)
        last = self.run.episode.diagnoses[-1:]
        return [between_entry(each) for each in last if (each.step, each.driver, each.incident) == wanted]

    def _control_changed(self) -> None:
        self._give_up("agent", "copilot")
        self._close_discarded()
        self._tell_suggestions()
        self.query_one(LogPanel).append([between_entry(self.run.episode.controls[-1])])
        self._show_all()
        self._go_on()

    def _give_up(self, *groups: str) -> None:
        """Cancel the calls of these groups; the one that has led here has ended."""
        current = active_worker.get(None)
        for worker in list(self.workers):
            if worker.group in groups and worker.node is self and worker is not current:
                worker.cancel()

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
                step=episode.steps,
                max_steps=episode.header.max_steps,
                clock=self.clock_at(episode.steps),
                recording="failed" if episode.recording_problem else "rec",
                badge=badge,
                badge_kind=kind,
            )
        self.query_one(Banner).view = view

    def _state_in_words(self) -> str:
        diagnoses = self.run.episode.diagnoses
        words = [f"diagnosis: {diagnoses[-1].incident}"] if diagnoses else []
        return " · ".join([*words, "coach"] if self.coach.on else words)

    def _show_driver(self) -> None:
        if self._run is not None:
            self.query_one(DriverPanel).view = driver_view(self.run, self.noc.monotonic(), self.noc.keys)

    def _show_recording_problem(self) -> None:
        """Say once what is not being saved; the banner goes on saying it."""
        problem = self.run.episode.recording_problem
        if problem != self._warned_of:
            self._warned_of = problem
            self.noc.warn(problem or "The session is being saved again; nothing is missing.")
