"""A server of the test's own, nothing remembered of others, and no settings but the test's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.llm import adapting
from tests.llm_server import LLMServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, an environment that names no model, and no memory of other endpoints."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name in {"API_BASE_URL", "MODEL_NAME", "API_KEY", "HF_TOKEN"} or name.startswith("NOC_TUI_LLM_"):
            monkeypatch.delenv(name)
    adapting.forget()
    yield folder
    adapting.forget()


@pytest.fixture
def server() -> Iterator[LLMServer]:
    """A server that answers every question with a decision."""
    with LLMServer() as running:
        yield running
