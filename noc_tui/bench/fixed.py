"""Fixed strings of keys as agents, `fixed:KEYS`: what can be had without looking at anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import agent_factory
from noc_tui.agents.script import ScriptAgent
from noc_tui.report.charts import LETTERS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.agents.registry import AgentFactory
    from noc_tui.sim.actions import ActionType

FIXED: Final = "fixed"
LONGEST: Final = 120
"""Keys; a driver's name has to hold them."""
_ACTIONS: Final[dict[str, ActionType]] = {letter: action for action, letter in LETTERS.items()}


def keys_of(actions: Iterable[ActionType]) -> str:
    """The actions as one types them: `TTSW`."""
    return "".join(map(LETTERS.__getitem__, actions))


def actions_of(keys: str) -> tuple[ActionType, ...]:
    """What the keys do. Raises `AgentError` for what is no such string."""
    if not 0 < len(keys) <= LONGEST - len(FIXED) - 1 or not set(keys.upper()) <= set(_ACTIONS):
        raise AgentError(
            f"agent {FIXED} takes up to {LONGEST - len(FIXED) - 1} keys of {''.join(_ACTIONS)}, "
            f"not {clean(keys, 60)!r}; for example {FIXED}:TTS"
        )
    return tuple(_ACTIONS[key] for key in keys.upper())


def evaluated_agent(spec: str) -> AgentFactory:
    """What makes the agents that an evaluation knows: those of the registry, and `fixed:KEYS`, which then waits.

    Raises `AgentError` when there is no such agent, or it cannot be loaded; so does the factory.
    """
    name, colon, keys = spec.partition(":")
    if name != FIXED or not colon:
        return agent_factory(spec)
    actions = actions_of(keys)
    return lambda _: ScriptAgent(f"{FIXED}:{keys_of(actions)}", actions)
