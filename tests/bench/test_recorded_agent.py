"""A headless run records how its model was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.llm import adapting
from noc_tui.agents.llm.prompt import load_prompt
from noc_tui.bench.run import EpisodeResult, run_many
from noc_tui.episode.reader import SessionFile
from tests.factories import bundled_incident
from tests.llm_server import LLMServer, Turn

if TYPE_CHECKING:
    from pathlib import Path

WON = ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing")
"""Resolves the CPU overload with seed 3."""


def agent_of(folder: Path) -> dict[str, str] | None:
    """What the header of the one recording in the folder says of the agent."""
    (path,) = folder.glob("*.jsonl")
    with SessionFile.open(path) as session:
        return session.header.agent


@pytest.mark.parametrize("hints", [False, True])
async def test_the_header_has_model_hints_and_the_hash_of_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hints: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    adapting.forget()
    with LLMServer() as server:
        server.then(*(Turn(action=action) for action in WON))
        monkeypatch.setenv("API_BASE_URL", server.url)
        monkeypatch.setenv("MODEL_NAME", "sample-1")
        events = run_many("llm", [bundled_incident("cpu_overload")], [3], record=tmp_path, hints=hints)
        results = [event async for event in events if isinstance(event, EpisodeResult)]
    assert [result.outcome for result in results] == ["resolved"]
    agent = agent_of(tmp_path)
    assert agent is not None
    assert (agent["model"], agent["prompt"]) == ("sample-1", load_prompt(None).digest)
    assert agent["hints"] == ("yes" if hints else "no")
