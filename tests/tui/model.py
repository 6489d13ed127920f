"""A language model behind a real server on loopback, and what the screen shows of it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.agents.llm import adapting
from noc_tui.episode.reader import SessionFile
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.log_panel import LogPanel
from tests.llm_server import LLMServer, Turn
from tests.tui.shelf import WON
from tests.tui.widgets.hosting import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.cockpit import Cockpit

KEY = "sk-canary-5Zr8wT1qLx0vNc7h"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No `.env`, no model of the developer's, and nothing known of other endpoints."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name in {"API_BASE_URL", "MODEL_NAME", "API_KEY", "HF_TOKEN"} or name.startswith("NOC_TUI_LLM_"):
            monkeypatch.delenv(name)
    adapting.forget()
    yield
    adapting.forget()


@pytest.fixture
def server(alone: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[LLMServer]:
    """A server that resolves the CPU overload with seed 3, and is what `llm` stands for."""
    with LLMServer(key=KEY) as running:
        running.then(*(Turn(action=action) for action in WON))
        use(running, monkeypatch)
        yield running


def use(server: LLMServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `llm` stand for this server."""
    monkeypatch.setenv("API_BASE_URL", server.url)
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    monkeypatch.setenv("API_KEY", KEY)
    monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")


def recorded(pit: Cockpit) -> SessionFile:
    return SessionFile.open(paths.sessions_dir() / f"{pit.episode.header.session}.jsonl")


def panel(pit: Cockpit) -> str:
    return "\n".join(shown(pit.app.screen.query_one(DriverPanel)))


def logged(pit: Cockpit) -> str:
    lines = pit.app.screen.query_one(LogPanel).incident_log._lines
    return "\n".join(f"{entry.source}: {entry.text}" for entry in lines._entries)


async def decided(pit: Cockpit) -> None:
    """Wait until the agent has decided, and its step is not due yet."""
    await pit.settle()
    assert pit.play.run.state == "decided"


async def held(pit: Cockpit, server: LLMServer) -> None:
    """Wait until the server keeps the program waiting, and it has shown what has come until then."""
    assert await asyncio.to_thread(server.waiting.wait, 30)
    for _ in range(20):
        await pit.pilot.pause()
    pit.play.tick()
    await pit.pilot.pause()
