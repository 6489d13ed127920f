"""A running episode and who drives it: hand-over, pace, autopilot. Knows no widget and no clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from noc_tui.episode.records import CLOCK, HUMAN, Decision, Usage
from noc_tui.sim.actions import ActionType
from noc_tui.tui.pacer import Pacer, change_speed

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import StepRecord

State = Literal["your_turn", "clock_runs", "thinking", "decided", "paused", "ended"]
Reply = Literal["stepped", "took_over", "over"]


class LiveRun:
    """An episode in play. Every method takes the reading of the monotonic clock, so that a test can be the clock.

    The face asks `wants_decision` after each change, lets the agent think, and reports by `decided` or `failed`.
    """

    def __init__(self, episode: Episode, *, agent: str, pace_seconds: float, speed: float, now: float) -> None:
        self.episode = episode
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
        return self._pacer.paused and (self.clock_runs or not self.human) and not self.episode.done

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

    # --- the person

    def operate(self, action: ActionType, now: float) -> Reply:
        """The person's action key: acts, or, while an agent drives, takes over and does no more."""
        if self.episode.done:
            return "over"
        if not self.human:
            self.take_over(now)
            return "took_over"
        self.last_error = None
        self.episode.step(Decision(action=action, driver=HUMAN))
        self._pacer.restart(now)
        return "stepped"

    def take_over(self, now: float) -> None:
        """The person takes control. A decision that has not been carried out is dropped; what it cost is recorded."""
        if self.human or self.episode.done:
            return
        usage = Usage()
        if self.decision is not None:
            usage = self.decision.usage
        elif self.thinking_since is not None:
            usage = Usage(latency_ms=round((now - self.thinking_since) * 1000, 1))
        self.episode.hand_over(HUMAN, "take_over", usage=usage)
        self._human_again(now)

    def hand_over(self, now: float) -> None:
        """Hand control to the agent. Raises `AgentError` when there is no such agent."""
        if not self.human or self.episode.done:
            return
        self.start_agent(now)
        if self.agent is not None:
            self.episode.hand_over(self.agent.name, "hand_over")

    def start_agent(self, now: float) -> None:
        """Let the agent drive from here, as the header or an event of the session says. Raises `AgentError`."""
        from noc_tui.agents.registry import make_agent  # noqa: PLC0415  (whoever plays alone needs no agents)

        self.agent = make_agent(self.agent_name, seed=self.episode.header.seed)
        self.last_error = None
        self._pacer = Pacer(1.0 / self.speed)
        self._pacer.restart(now)

    # --- pace

    def toggle_pause(self, now: float) -> None:
        if self._pacer.paused:
            self._pacer.resume(now)
        else:
            self._pacer.pause(now)

    def single_step(self, now: float) -> None:
        """One step of the agent, and then pause."""
        if self.human:
            return
        self._pacer.pause(now)
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
            self._pacer.restart(now)
            return self.episode.step(Decision(action=ActionType.DO_NOTHING, driver=CLOCK))
        return self._carry_out_when_due(now)

    # --- the agent

    @property
    def wants_decision(self) -> bool:
        """Whether the agent has to be asked now."""
        waiting = self.agent is not None and self.decision is None and self.thinking_since is None
        return waiting and not self.episode.done and (not self.paused or self._single_steps > 0)

    def asked(self, now: float) -> None:
        """The agent has begun to think."""
        self.thinking_since = now

    def decided(self, decision: Decision, now: float) -> StepRecord | None:
        """The agent has decided; the step, if it is due already."""
        self.thinking_since = None
        self.decision = decision
        return self._carry_out_when_due(now)

    def failed(self, error: str, now: float) -> None:
        """The agent has failed: control goes to the person, and nothing is done in its place."""
        self.last_error = error
        self.episode.hand_over(HUMAN, "agent_error", error=error)
        self._human_again(now)

    def _carry_out_when_due(self, now: float) -> StepRecord | None:
        if self.decision is None or not (self._single_steps or self._pacer.due(now)):
            return None
        decision, self.decision = self.decision, None
        self._single_steps = 0
        self._pacer.restart(now)
        return self.episode.step(decision)

    def _human_again(self, now: float) -> None:
        self.agent = None
        self.decision = None
        self.thinking_since = None
        self._single_steps = 0
        self._pacer = Pacer(self._pace_seconds)
        self._pacer.restart(now)
