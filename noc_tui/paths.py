"""Where things are. Nothing here creates a folder: whoever writes does."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("noc-tui", appauthor=False)


def _overridden(variable: str) -> Path | None:
    value = os.environ.get(variable)
    # Path.expanduser raises for a user who is not there, and this is asked before errors can be told.
    return Path(os.path.expanduser(value)) if value else None  # noqa: PTH111


def data_dir() -> Path:
    """The user's data folder; `NOC_TUI_DATA` overrides it."""
    return _overridden("NOC_TUI_DATA") or _DIRS.user_data_path


def config_file() -> Path:
    """The user's settings; `NOC_TUI_CONFIG` overrides where they lie."""
    return _overridden("NOC_TUI_CONFIG") or _DIRS.user_config_path / "config.toml"


def sessions_dir() -> Path:
    """Where recordings are kept."""
    return data_dir() / "sessions"


def progress_file() -> Path:
    """The database that results are remembered in, where no other is named."""
    return data_dir() / "progress.sqlite3"


def queue_dir() -> Path:
    """Where results wait that are not in the database yet."""
    return data_dir() / "queue"


def shift_file() -> Path:
    """The shift that was interrupted."""
    return data_dir() / "shift.json"


def user_incidents_dir() -> Path:
    """Where a user's own incident files are looked for."""
    return data_dir() / "incidents"


def bundled_incidents_dir() -> Path:
    """The incident files of the program: inside an installed package, or at the top of a checkout."""
    package = Path(__file__).parent
    installed = package / "_incidents"
    return installed if installed.is_dir() else package.parent / "incidents"
