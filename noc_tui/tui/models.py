"""Agents that are language models: what more can be shown of them while they think."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.records import Usage


@runtime_checkable
class ModelAgent(Protocol):
    """An agent that tells what it writes, takes and costs (see `noc_tui.agents.llm.agent.LLMAgent`)."""

    on_rationale: Callable[[str], None] | None

    @property
    def model(self) -> str: ...
    @property
    def spent(self) -> Usage: ...


def spent_by(agent: Agent, latency_ms: float, usage: Usage) -> Usage:
    """What a call that is given up has cost after so many milliseconds, as far as the agent knows, else `usage`."""
    known = agent.spent if isinstance(agent, ModelAgent) else usage
    return replace(known, latency_ms=round(latency_ms, 1))
