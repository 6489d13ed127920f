"""Who plays, by name. Light: every episode that is begun asks."""

from __future__ import annotations

import getpass
from typing import Annotated, Final
from unicodedata import category

from pydantic import Field

from noc_tui.episode.records import SHORT_TEXT
from noc_tui.text import FORBIDDEN

PlayerName = Annotated[str, Field(min_length=1, max_length=SHORT_TEXT, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""No control characters: databases refuse some of them, and terminals obey others."""
NOBODY: Final = "player"


def player_name(text: str) -> str:
    """A name as it can be kept and shown: nothing invisible in it, at most 80 characters. Raises `ValueError`."""
    name = "".join(" " if category(c) in FORBIDDEN else c for c in text).strip()[:80]
    if not name:
        raise ValueError("a player needs a name")
    return name


def default_player() -> str:
    """The name that the operating system knows the user by; `player` where it knows none."""
    try:
        return player_name(getpass.getuser())
    except (ImportError, KeyError, OSError, ValueError):  # no such variable, no such entry: a container has neither
        return NOBODY
