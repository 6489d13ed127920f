"""Asking the agent that drives a run, and letting go of agents: what every screen with a driver shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.tui.models import ModelAgent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.records import StepRecord
    from noc_tui.tui.app import NocApp
    from noc_tui.tui.live import LiveRun


class Answer(NamedTuple):
    """What has come of a question."""

    record: StepRecord | None = None
    """The step, where it was due already."""
    failed: bool = False
    """The agent has lost control."""


async def decide(
    run: LiveRun, agent: Agent, usual_limit: float, monotonic: Callable[[], float], is_wanted: Callable[[], bool]
) -> Answer | None:
    """Ask the agent that drives the run for its next decision, and report what comes to the run.

    None where the agent does not drive any more, or nobody is there to be told (`is_wanted`). `usual_limit` is in
    seconds, for agents that keep no limit of their own.
    """
    run.called()
    if isinstance(agent, ModelAgent):
        agent.on_rationale = run.hear
    try:
        decision = await ask(agent, run.episode.observation, usual_limit)
    except AgentError as error:
        if run.agent is not agent or not is_wanted():
            return None
        run.failed(str(error), monotonic(), usage=error.usage)
        return Answer(failed=True)
    if run.agent is not agent or not is_wanted():
        return None
    return Answer(run.decided(decision, monotonic()))


def close_agents(app: NocApp, agents: Iterable[Agent]) -> None:
    """Let agents that nobody will ask again close what they hold. The app outlives the screen that has asked them."""
    for agent in agents:
        app.run_worker(_close(app, agent), group="closing")


async def _close(app: NocApp, agent: Agent) -> None:
    try:
        await close_agent(agent)
    except AgentError as error:
        app.warn(str(error))
