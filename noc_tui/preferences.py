"""What a user may set, as a frozen value with its defaults: importable before anything heavy is."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from noc_tui import paths

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings that the faces read. `noc_tui.settings` fills them from the user's file and environment."""

    theme: str = "noc-dark"
    reduced_motion: bool = False
    agent: str = "rules"
    """Who takes over on `a`."""
    pace: Literal["turn", "live"] = "turn"
    pace_seconds: float = 4.0
    """How long the world waits for the operator in pace `live`."""
    watch_speed: float = 1.0
    """Steps a second while an agent drives."""
    agent_seconds: float = 30.0
    """How long an agent may think."""
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Keys that the user has remapped: action id to key."""
    notices: tuple[str, ...] = ()
    """What was wrong with the user's settings, in sentences; the defaults stand in for it."""


PREFIX: Final = "NOC_TUI_"
_PLACES: Final = frozenset({"NOC_TUI_DATA", "NOC_TUI_CONFIG"})
"""Variables that `noc_tui.paths` reads: no settings."""


def load_preferences() -> Preferences:
    """The user's preferences. Who has set nothing gets the defaults, and the first paint waits for no validation."""
    named = any(name.startswith(PREFIX) and name not in _PLACES for name in os.environ)
    if not (named or paths.config_file().exists() or Path(".env").exists()):
        return Preferences()
    from noc_tui.settings import read_preferences  # noqa: PLC0415

    return read_preferences()
