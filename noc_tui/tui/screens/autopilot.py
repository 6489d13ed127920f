"""Agents at the dashboard: one drives, another suggests; questions to them run beside the screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.worker import active_worker

from noc_tui.tui.frame import between_entry, step_entries
from noc_tui.tui.models import ModelAgent
from noc_tui.tui.screens.chased import ChasedScreen
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.episode.records import StepRecord
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.widgets.log_lines import LogEntry


class AutopilotScreen(ChasedScreen):
    """Hands an episode to an agent and takes it back, asks it when it is its turn, and asks for suggestions."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._suggestions_told = 0

    # --- who drives

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
                run.agent_name,
                seed=run.episode.header.seed,
                time_limit=self.noc.preferences.agent_seconds,
                hints=self._launch.hints,
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
            decision = await ask(agent, self.run.episode.observation, preferences.agent_seconds)
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
            name,
            seed=run.episode.header.seed,
            time_limit=self.noc.preferences.agent_seconds,
            hints=self._launch.hints,
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
            self.run_worker(self._think(agent), group="agent", exclusive=True)
            self._show_driver()

    async def _think(self, agent: Agent) -> None:
        from noc_tui.tui.questions import decide  # noqa: PLC0415

        limit = self.noc.preferences.agent_seconds
        answer = await decide(self.run, agent, limit, self.noc.monotonic, lambda: not self._is_going)
        if answer is None:
            return
        if answer.failed:
            self._control_changed()
        elif answer.record is not None:
            self._stepped(answer.record)
        else:
            self._show_driver()

    def _close_discarded(self) -> None:
        """Let agents that nobody will ask again close what they hold."""
        from noc_tui.tui.questions import close_agents  # noqa: PLC0415

        discarded, self.run.discarded = self.run.discarded, []
        close_agents(self.noc, discarded)

    # --- what follows

    def _stepped(self, record: StepRecord) -> None:
        self._give_up("copilot")
        self._tell_suggestions()
        done, *told = step_entries(record)
        self.query_one(LogPanel).append([*self._named_with(record), done, *self._ghost_lines(), *told])
        self._listen_to_ghost()
        self.coach.look_at(record.step)
        self._show_all()
        self._listen_to_coach()
        if record.outcome:
            self.noc.remembering.ended(self.run.episode, self._launch.drill)
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
