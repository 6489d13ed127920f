"""A running episode and who drives it: hand-over, pace, autopilot. Knows no widget and no clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from noc_tui.agents.asking import about_of
from noc_tui.agents.planner import show_episode
from noc_tui.episode.records import CLOCK, HUMAN, NO_USAGE, Decision, Usage
from noc_tui.sim.actions import ActionType
from noc_tui.tui.copilot import Copilot
from noc_tui.tui.models import ModelAgent, spent_by
from noc_tui.tui.pacer import Pacer, change_speed
from noc_tui.tui.spending import Meter

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import StepRecord

State = Literal["your_turn", "clock_runs", "thinking", "decided", "paused", "ended"]
Reply = Literal["stepped", "took_over", "over"]


class LiveRun:
    """An episode in play. Every method takes the reading of the monotonic clock, so that a test can be the clock.

    The face asks `wants_decision` after each change, lets the agent think, and reports by `decided` or `failed`.
    """

    def __init__(
        self, episode: Episode, *, agent: str, pace_seconds: float, speed: float, now: float, copilot: bool = False
    ) -> None:
        self.episode = episode
        self.copilot = Copilot(episode, always=copilot)
        """Who makes suggestions to the person in control."""
        self.meter = Meter(episode)
        """What the models have cost."""
        self.rationale = ""
        """What the agent has written since it was asked."""
        self.agent_name = agent
        """Who takes over on `a`."""
        self.agent: Agent | None = None
        """Who drives; None: a person."""
        self.speed = speed
        self.decision: Decision | None = None
        """What the agent has decided and not yet done."""
        self.thinking_since: float | None = None
        self.last_error: str | None = None
        """Why the agent lost control; cleared when somebody acts."""
        self.discarded: list[Agent] = []
        """Agents that nobody will ask again and that are to be closed."""
        self.may_step: Callable[[], bool] = lambda: True
        """Whether a step of the agent that is due may be taken: beside another run it may have to wait for that."""
        self._made: Agent | None = None
        self._is_called = False
        self._paused = False
        self._covered = False
        self._pace_seconds = pace_seconds
        self._pacer = Pacer(pace_seconds)
        self._single_steps = 0
        self._pacer.restart(now)

    # --- what stands

    @property
    def human(self) -> bool:
        """Whether a person is in control."""
        return self.agent is None

    @property
    def clock_runs(self) -> bool:
        """Whether the world moves by itself."""
        return self.human and self.episode.header.pace == "live" and not self.episode.done

    @property
    def paused(self) -> bool:
        return self._paused and (self.clock_runs or not self.human) and not self.episode.done

    @property
    def state(self) -> State:
        if self.episode.done:
            return "ended"
        if self.paused:
            return "paused"
        if self.human:
            return "clock_runs" if self.clock_runs else "your_turn"
        return "thinking" if self.decision is None else "decided"

    def remaining(self, now: float) -> float:
        """Seconds until the next step falls due."""
        return self._pacer.remaining(now)

    @property
    def interval(self) -> float:
        return self._pacer.interval

    @property
    def said(self) -> str:
        """The newest that the agent in control has said: what it writes now, or said to its last decision."""
        if self.decision is not None:
            return self.decision.rationale or ""
        if self.agent is None or self.rationale:
            return self.rationale
        last = self.episode.record(self.episode.steps).decision if self.episode.steps else None
        return (last.rationale or "") if last is not None and last.driver == self.agent.name else ""

    @property
    def last_usage(self) -> Usage | None:
        """What the newest decision of the agent in control has cost; None where it has made none."""
        if self.decision is not None:
            return self.decision.usage
        last = self.episode.record(self.episode.steps).decision if self.episode.steps else None
        return last.usage if last is not None and self.agent is not None and last.driver == self.agent.name else None

    # --- the person

    def operate(self, action: ActionType, now: float) -> Reply:
        """The person's action key: acts, or, while an agent drives, takes over and does no more."""
        if self.episode.done:
            return "over"
        if not self.human:
            self.take_over(now)
            return "took_over"
        self.last_error = None
        self.copilot.settle(now)
        self.episode.step(Decision(action=action, driver=HUMAN))
        self._pacer.restart(now)
        return "stepped"

    def follow(self, now: float) -> bool:
        """Do what the co-pilot suggests; False where it suggests nothing."""
        decision = self.copilot.decision
        if decision is None or not self.human or self.episode.done:
            return False
        self.copilot.settle(now, followed=True)
        return self.operate(decision.action, now) == "stepped"

    def take_over(self, now: float) -> None:
        """The person takes control. A decision that has not been carried out is dropped; what it cost is recorded."""
        if self.human or self.episode.done:
            return
        usage = Usage()
        if self.decision is not None:
            usage = self.decision.usage
        elif self.thinking_since is not None:
            usage = Usage(latency_ms=round((now - self.thinking_since) * 1000, 1))
            if self._is_called and self.agent is not None:
                usage = spent_by(self.agent, usage.latency_ms or 0.0, usage)
        self.episode.hand_over(HUMAN, "take_over", usage=usage)
        self._human_again(now)

    def leave(self, now: float) -> None:
        """Nobody is watching any more: what is asked of models is given up, and what it has cost is recorded."""
        self.copilot.settle(now)
        if isinstance(self.agent, ModelAgent) and (self.decision is not None or self.thinking_since is not None):
            self.take_over(now)

    @property
    def agent_at_hand(self) -> Agent | None:
        """The agent that has driven before and may again; None: one has to be made."""
        return self._made

    def hand_over(self, agent: Agent, now: float) -> None:
        """Hand control to the agent."""
        if self.human and not self.episode.done:
            self.copilot.settle(now)
            self.start_agent(agent, now)
            self.episode.hand_over(agent.name, "hand_over", agent=about_of(agent))

    def start_agent(self, agent: Agent, now: float) -> None:
        """Let the agent drive from here, as the header or an event of the session says."""
        show_episode(agent, self.episode)
        self.agent = self._made = agent
        self.rationale = ""
        self.last_error = None
        if isinstance(agent, ModelAgent):
            self.meter.add_model(agent.name)
        self._set_pacer(Pacer(1.0 / self.speed), now)

    def choose_agent(self, name: str) -> None:
        """Let another agent take over on `a`, and make the suggestions."""
        self.agent_name = name
        self.last_error = None
        for agent in (self._made, self.copilot.agent):
            if agent is not None and agent not in self.discarded:
                self.discarded.append(agent)
        self._made = self.copilot.agent = None

    # --- pace

    def toggle_pause(self, now: float) -> None:
        self._paused = not self._paused
        self._hold_or_let_go(now)

    def cover(self, now: float) -> None:
        """Something lies over the dashboard: the world waits, whoever drives."""
        self._covered = True
        self._hold_or_let_go(now)

    def uncover(self, now: float) -> None:
        """The dashboard is in sight again: the world goes on, unless it was paused."""
        self._covered = False
        self._hold_or_let_go(now)

    def _hold_or_let_go(self, now: float) -> None:
        if self._paused or self._covered:
            self._pacer.pause(now)
        else:
            self._pacer.resume(now)

    def _set_pacer(self, pacer: Pacer, now: float) -> None:
        self._pacer = pacer
        self._paused = False
        pacer.restart(now)
        self._hold_or_let_go(now)

    def single_step(self, now: float) -> None:
        """One step of the agent, and then pause."""
        if self.human:
            return
        self._paused = True
        self._hold_or_let_go(now)
        self._single_steps = 1
        self._carry_out_when_due(now)

    def change_speed(self, direction: int, now: float) -> None:
        self.speed = change_speed(self.speed, direction)
        if not self.human:
            self._pacer.set_interval(1.0 / self.speed, now)

    def tick(self, now: float) -> StepRecord | None:
        """Time has passed: the step that has fallen due, if one has."""
        if self.episode.done:
            return None
        if self.clock_runs and self._pacer.due(now):
            self._pacer.advance(now)
            self.copilot.settle(now)
            return self.episode.step(Decision(action=ActionType.DO_NOTHING, driver=CLOCK))
        return self._carry_out_when_due(now)

    # --- the agent

    @property
    def wants_decision(self) -> bool:
        """Whether the agent has to be asked now."""
        waiting = self.agent is not None and self.decision is None and self.thinking_since is None
        held = self._covered or (self.paused and not self._single_steps)
        return waiting and not held and not self.episode.done

    def asked(self, now: float) -> None:
        """The agent is being asked."""
        self.thinking_since = now
        self.rationale = ""

    def hear(self, text: str) -> None:
        """The agent has written so far; shown with the next tick, for a model writes faster than terminals paint."""
        self.rationale = text

    def called(self) -> None:
        """The agent has begun to think; from here on it may cost something."""
        self._is_called = True

    def decided(self, decision: Decision, now: float) -> StepRecord | None:
        """The agent has decided; the step, if it is due already."""
        self.thinking_since = None
        self._is_called = False
        self.decision = decision
        return self._carry_out_when_due(now)

    def failed(self, error: str, now: float, *, usage: Usage = NO_USAGE) -> None:
        """The agent has failed, at this cost: control goes to the person, and nothing is done in its place.

        A model is asked again by `a`, and knows what it has decided before; any other agent is made anew.
        """
        self.last_error = error
        self.episode.hand_over(HUMAN, "agent_error", error=error, usage=usage)
        if self._made is not None and not isinstance(self._made, ModelAgent):
            self.discarded.append(self._made)
            self._made = None
        self._human_again(now)

    def _carry_out_when_due(self, now: float) -> StepRecord | None:
        if self.decision is None or not (self._single_steps or self._pacer.due(now)) or not self.may_step():
            return None
        decision, self.decision = self.decision, None
        self.rationale = ""
        self._single_steps = 0
        self._pacer.advance(now)
        return self.episode.step(decision)

    def _human_again(self, now: float) -> None:
        self.agent = None
        self.decision = None
        self.thinking_since = None
        self._is_called = False
        self.rationale = ""
        self._single_steps = 0
        self._set_pacer(Pacer(self._pace_seconds), now)
