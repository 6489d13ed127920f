"""What a user may set, as a frozen value with its defaults: importable before anything heavy is."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from noc_tui import paths
from noc_tui.files import read_small

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
    blind: bool = False
    """Whether incidents are kept secret until the end, where nothing else is said."""
    coach: bool = False
    """Whether the coach says after each move what it cost."""
    copilot: bool = False
    """Whether the agent makes a suggestion at each step, unasked."""
    store: str = field(default="", repr=False)
    """Where results are remembered: a URL, which may hold a password; empty: the file in the user's data folder."""
    player: str = ""
    """Whose results they are; empty: the login name."""
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Keys that the user has remapped: action id to key."""
    notices: tuple[str, ...] = ()
    """What was wrong with the user's settings, in sentences; the defaults stand in for it."""


PREFIX: Final = "NOC_TUI_"
PLACES: Final = frozenset({"NOC_TUI_DATA", "NOC_TUI_CONFIG"})
"""Variables that `noc_tui.paths` reads: no settings."""
DOTENV: Final = Path(".env")
"""In the folder that the program was started in."""
MAX_FILE_BYTES: Final = 16 * 1024
"""The largest file that settings are read from. A malicious one of this size costs the TOML reader a second."""


def load_preferences() -> Preferences:
    """The user's preferences. Who has set nothing gets the defaults, and the first paint waits for no validation."""
    named = any(name.upper().startswith(PREFIX) and name.upper() not in PLACES for name in os.environ)
    if not (named or _may_be_there(paths.config_file()) or _says_something()):
        return Preferences()
    from noc_tui.settings import read_preferences  # noqa: PLC0415  (loads pydantic)

    return read_preferences()


def _may_be_there(file: Path) -> bool:
    """Whether reading the file would bring values, or an error that is worth telling."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read_dotenv() -> bytes:
    """What `.env` holds; nothing where there is none, or where it serves others alone. Raises `OSError`."""
    if not os.path.isfile(DOTENV):  # noqa: PTH113  (Path.is_file raises; a virtual environment may have that name)
        return b""
    content = read_small(DOTENV, MAX_FILE_BYTES)
    return content if PREFIX.encode() in content.upper() else b""


def _says_something() -> bool:
    """Whether `.env` holds settings, or cannot be read, which is worth telling."""
    try:
        return bool(read_dotenv())
    except OSError:
        return True
