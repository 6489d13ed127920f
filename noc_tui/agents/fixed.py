"""Fixed strings of keys as agents, `fixed:KEYS`: what can be had without looking at anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.agents.base import AgentError
from noc_tui.sim.actions import LETTERS, ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

FIXED: Final = "fixed"
LONGEST: Final = 120 - len(FIXED) - 1
"""Keys; a driver's name has to hold them."""
_ACTIONS: Final[dict[str, ActionType]] = {letter: action for action, letter in LETTERS.items()}


def keys_of(actions: Iterable[ActionType]) -> str:
    """The actions as one types them: `TTSW`."""
    return "".join(map(LETTERS.__getitem__, actions))


def actions_of(keys: str) -> tuple[ActionType, ...]:
    """What the keys do. Raises `AgentError` for what is no such string."""
    if not 0 < len(keys) <= LONGEST or not set(keys.upper()) <= set(_ACTIONS):
        raise AgentError(
            f"agent {FIXED} takes up to {LONGEST} keys of {''.join(_ACTIONS)}, "
            f"not {clean(keys, 60)!r}; for example {FIXED}:TTS"
        )
    return tuple(_ACTIONS[key] for key in keys.upper())
