"""Every test of the command line starts in an empty folder, without settings of the person who runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.library import list_sessions
from tests.cli.shell import noc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.episode.library import SessionSummary


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in os.environ:
        if name.startswith("NOC_TUI_") and name not in {"NOC_TUI_DATA", "NOC_TUI_CONFIG"}:
            monkeypatch.delenv(name)


@pytest.fixture
def sessions() -> Callable[[], list[SessionSummary]]:
    """The recordings in the user's folder now, newest first."""

    def now() -> list[SessionSummary]:
        found, problems = list_sessions()
        assert problems == []
        return found

    return now


@pytest.fixture
def recorded() -> Path:
    """The file of a session that the agent `rules` has just played and resolved, in 4 steps."""
    assert noc("run", "--agent", "rules", "--incident", "cpu_overload", "--format", "json").code == 0
    (file,) = paths.sessions_dir().glob("*.jsonl")
    return file
