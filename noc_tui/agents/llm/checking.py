"""Trying a profile out: one question, and a sentence that says whether it works and, if not, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.agent import LLMAgent
from noc_tui.agents.llm.prompt import load_prompt
from noc_tui.episode.observation import Observation
from noc_tui.sim.metrics import SystemMetrics

if TYPE_CHECKING:
    from noc_tui.agents.llm.profiles import Profile

_STATE: Final = SystemMetrics(0.93, 0.48, 0.31, 0.01, 1.0, 0.06)
_QUESTION: Final = Observation(
    step=0,
    max_steps=30,
    metrics=_STATE,
    history=(_STATE,),
    samples=(),
    lines=(),
    actions=(),
    explanations=(),
    streak=0,
    outage_left=0,
    incident=None,
)


class Connection(NamedTuple):
    """What came of trying a profile."""

    works: bool
    message: str
    """One sentence that can be shown as it is."""


async def check_connection(profile: Profile) -> Connection:
    """Ask the model of a profile for one decision. Raises nothing but `CancelledError`."""
    try:
        agent = LLMAgent(profile, load_prompt(profile.prompt))
        try:
            decision = await ask(agent, _QUESTION, profile.time_limit)
        finally:
            await close_agent(agent)
    except AgentError as error:
        return Connection(works=False, message=f"{profile.name}: {error}")
    usage = decision.usage
    tokens = f", {usage.tokens_in} tokens in, {usage.tokens_out} out" if usage.tokens_in is not None else ""
    cost = f", cost {usage.cost:.6g}" if usage.cost is not None else ", cost unknown"
    took = f"{usage.latency_ms or 0:.0f} ms"
    said = f"{agent.model} at {profile.host} answers by {decision.answer_format} in {took}{tokens}{cost}"
    return Connection(works=True, message=f"{profile.name}: {said}")
