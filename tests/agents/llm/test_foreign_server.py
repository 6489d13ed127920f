"""A run against a server that somebody else wrote: mockllm, which knows no tools and no schemas, and says nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from tests.cli.shell import noc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(find_spec("mockllm") is None, reason="mockllm is not installed (dependency group dev)")

ANSWERS = """
responses: {}
defaults:
  unknown_response: "The path is congested, the machine is not.\\nreroute_traffic"
settings:
  lag_enabled: false
"""


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """The server, as the model that the environment names."""
    answers = tmp_path / "answers.yml"
    answers.write_text(ANSWERS)
    command = [sys.executable, "-m", "uvicorn", "mockllm.server:app", "--host", "127.0.0.1", "--port", "0"]
    environment = os.environ | {"MOCKLLM_RESPONSES_FILE": str(answers)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = next(found[0] for line in server.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        monkeypatch.setenv("API_BASE_URL", f"{address}/v1")
        monkeypatch.setenv("MODEL_NAME", "gpt-4")
        monkeypatch.setenv("API_KEY", "sk-canary-5Zr8wT1qLx0vNc7h")
        monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")
        yield server
        server.terminate()
        server.communicate()


def test_a_whole_run_is_played_against_it_and_ends_well_when_it_is_gone(foreign: subprocess.Popen[str]) -> None:
    done = noc("run", "--agent", "llm", "--incident", "network_congestion")
    assert done.code == 0
    assert done.lines[-4].startswith("[END] success=true ")
    (session,) = paths.sessions_dir().glob("*.jsonl")
    decisions = [
        event["decision"] for event in map(json.loads, session.read_text().splitlines()) if "decision" in event
    ]
    assert {decision["action"] for decision in decisions} == {"reroute_traffic"}
    assert {decision["answer_format"] for decision in decisions} == {"text"}
    assert decisions[0]["rationale"].startswith("The path is congested, the machine is not.")
    assert "sk-canary" not in session.read_text()

    foreign.kill()
    foreign.wait()
    done = noc("run", "--agent", "llm", "--incident", "network_congestion")
    assert done.code == 1
    assert " error=no connection to 127.0.0.1:" in done.out
