"""Who can drive, and who makes suggestions. Reads settings and packages; heavy, and imported by who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.profiles import AGENT, all_profiles, load_profile
from noc_tui.agents.registry import agent_names
from noc_tui.episode.track import is_secret

if TYPE_CHECKING:
    from noc_tui.agents.llm.profiles import Profile
    from noc_tui.episode.track import Track


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent that somebody may choose."""

    name: str
    """As one types it: `rules`, `llm:fast`, `script:FILE`."""
    about: str
    profile: Profile | None = None
    """Of a language model: where it is, and how it is asked."""
    missing: str = ""
    """Why it cannot be chosen here, in a sentence; empty where it can."""


def choices() -> tuple[list[Choice], list[str]]:
    """All agents, each model profile as one of them, and one sentence for each that cannot be used."""
    names, problems = agent_names()
    profiles, wrong = all_profiles()
    found = []
    for agent in names:
        if agent.name == AGENT:
            found += [Choice(profile.name, profile.model, profile) for profile in profiles]
            if not profiles:
                found.append(Choice(AGENT, agent.description, missing="None is set yet."))
        elif agent.takes and not agent.alone:
            hint = f"It needs {agent.needs}: noc-tui play --agent {agent.usage}"
            found.append(Choice(agent.usage, agent.description, missing=hint))
        else:
            found.append(Choice(agent.name, agent.description))
    return found, [*problems, *wrong]


def copilot_name(agent: str) -> str:
    """Who makes suggestions: the agent that takes over where it is a model, else a model if there is one, else it."""
    if agent.partition(":")[0] == AGENT:
        return agent
    profiles, _ = all_profiles()
    return profiles[0].name if profiles else agent


def model_for(agent: str) -> Profile:
    """The model that takes over, or else the first there is. Raises `AgentError` where there is none."""
    name, _, argument = agent.partition(":")
    if name == AGENT:
        return load_profile(argument or None)
    profiles, problems = all_profiles()
    if not profiles:
        raise AgentError(problems[0] if problems else "No model is set yet: the agents screen says how to set one")
    return profiles[0]


def check_may_suggest(agent: str, track: Track) -> None:
    """Raise `AgentError` for an agent that would tell what is kept from the person who plays."""
    if agent == "planner" and is_secret(track):
        raise AgentError("planner sees what is hidden, and makes no suggestions in a blind episode")
