"""Who plays, where nobody has said so."""

from __future__ import annotations

import getpass
from typing import Final

from noc_tui.store.entries import player_name

NOBODY: Final = "player"


def default_player() -> str:
    """The name that the operating system knows the user by; `player` where it knows none."""
    try:
        return player_name(getpass.getuser())
    except (ImportError, KeyError, OSError, ValueError):  # no such variable, no such entry: a container has neither
        return NOBODY
