"""The planner as an agent: near-perfect play, by what no other agent is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.agents.base import AgentError, InstantAgent

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.track import Track
    from noc_tui.review.positions import Shadow
    from noc_tui.sim.actions import ActionType


class PlannerAgent(InstantAgent):
    """Plays what the review calls best. It sees the rules and the hidden state, and says so at every step.

    An observation hides what it plays by: `see` has to show it the episode first. It simulates the episode again from
    header and actions, on a stream of its own.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._track: Track | None = None
        self._shadow: Shadow | None = None

    def see(self, track: Track) -> None:
        """Play this episode, hidden state included."""
        self._track = track
        self._shadow = None

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        # Made when first asked: to show an episode to an agent should cost nothing, nor should to import this module.
        from noc_tui.review.planner import Planner  # noqa: PLC0415
        from noc_tui.review.positions import Shadow  # noqa: PLC0415
        from noc_tui.sim.actions import ACTION_INDEX, ActionType  # noqa: PLC0415

        if self._track is None:
            raise AgentError(f"agent {self.name} plays by the hidden state, and was not shown the episode")
        if self._shadow is None:
            self._shadow = Shadow(self._track)
        planner, simulator = Planner(), self._shadow.at(observation.step)
        action, costs = planner.decide(simulator)
        more = costs[ACTION_INDEX[ActionType.DO_NOTHING]] - costs[ACTION_INDEX[action]]
        instead = "" if action is ActionType.DO_NOTHING else f", {more:.1f} less than when waiting"
        return action, f"Sees the hidden state. {action.label}: a cost of {min(costs):.1f} steps expected{instead}."


def show_episode(agent: Agent, track: Track) -> None:
    """Show an episode to an agent that plays by hidden state, before its first decision. Others see nothing of it."""
    if isinstance(agent, PlannerAgent):
        agent.see(track)
