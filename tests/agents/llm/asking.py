"""Profiles and questions, with as little in them as a test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.agent import LLMAgent
from noc_tui.agents.llm.profiles import Profile
from noc_tui.agents.llm.prompt import load_prompt
from tests.agents.samples import observe

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision
    from tests.llm_server import LLMServer

AMPLE = 60.0
"""Seconds: a limit that no answer of these tests comes near."""


def profile(server: LLMServer, *, key: str | None = None, **changes: Any) -> Profile:
    """A profile for the test's server; no second attempts unless the test is about them."""
    values = {"base_url": server.url, "model": "sample-1", "retries": 0, **changes}
    return Profile(api_key=SecretStr(key) if key else None, **values)


def agent(server: LLMServer, **changes: Any) -> LLMAgent:
    """An agent that asks the test's server."""
    chosen = profile(server, **changes)
    return LLMAgent(chosen, load_prompt(chosen.prompt))


async def decide(player: LLMAgent, *observations: Observation) -> list[Decision]:
    """What the agent decides, through the one way that there is to ask it."""
    try:
        return [await ask(player, observation, AMPLE) for observation in observations or (observe(),)]
    finally:
        await close_agent(player)


async def decided(server: LLMServer, **changes: Any) -> Decision:
    """The one decision of a new agent."""
    (decision,) = await decide(agent(server, **changes))
    return decision


async def failure(server: LLMServer, **changes: Any) -> AgentError:
    """How a new agent fails."""
    with pytest.raises(AgentError) as caught:
        await decide(agent(server, **changes))
    return caught.value
