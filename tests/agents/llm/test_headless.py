"""`noc-tui run --agent llm`: a model plays whole episodes, fails without harm, and leaves no key behind."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from tests.cli.shell import noc, program
from tests.llm_server import LLMServer, Turn, failure

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "sk-canary-5Zr8wT1qLx0vNc7h"


@pytest.fixture(autouse=True)
def endpoint(server: LLMServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who has set a model up."""
    monkeypatch.setenv("API_BASE_URL", server.url)
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    monkeypatch.setenv("API_KEY", CANARY)
    monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")


def sessions() -> list[Path]:
    return sorted(paths.sessions_dir().glob("*.jsonl"))


def steps() -> list[dict[str, object]]:
    """The decisions of the one session that was recorded."""
    (file,) = sessions()
    events = [json.loads(line) for line in file.read_text().splitlines()]
    return [event["decision"] for event in events if event["event"] == "step"]


def test_a_model_plays_to_the_end(server: LLMServer) -> None:
    server.policy = lambda _: Turn(action="reroute_traffic", rationale="Around the congestion.")
    done = noc("run", "--agent", "llm", "--incident", "network_congestion")
    assert done.code == 0
    assert done.lines[0].startswith("[START] task=network_congestion env=noc_agent model=")
    assert done.lines[1].startswith("[STEP] step=1 action=reroute_traffic reward=")
    assert done.lines[-4].startswith("[END] success=")
    for decision in steps():
        assert (decision["driver"], decision["answer_format"]) == ("llm", "tool call")
        assert decision["rationale"] == "Around the congestion."
        assert (decision["usage"]["tokens_in"], decision["usage"]["tokens_out"]) == (400, 30)  # type: ignore[index]


def test_each_episode_asks_in_the_form_that_worked_in_the_first(server: LLMServer) -> None:
    server.tools = False
    done = noc("run", "--agent", "llm", "--incident", "network_congestion", "--seeds", "2")
    assert done.code == 0
    assert sum("tools" in request.body for request in server.received) == 1


def test_a_model_that_fails_voids_the_episode_and_takes_no_step(server: LLMServer) -> None:
    server.policy = lambda _: failure(500, f"out of memory, key {CANARY}")
    done = noc("run", "--agent", "llm", "--incident", "network_congestion")
    assert done.code == 1
    steps_told = [line for line in done.lines if line.startswith("[STEP]")]
    assert steps_told
    for line in steps_told:
        assert line.startswith("[STEP] step=1 action=null reward=0.00 done=")
        assert line.endswith(f" error={server.host} failed (500): out of memory, key [key]")
    assert "[END] success=false steps=0 score=0.000 rewards=" in done.lines
    assert steps() == []


def test_an_agent_that_cannot_be_had_is_told_before_anything_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_NAME")
    done = noc("run", "--agent", "llm")
    assert (done.code, done.out) == (2, "")
    assert "agent llm has no model: set MODEL_NAME" in done.err


@pytest.mark.parametrize(
    "turn",
    [
        failure(401, f"Incorrect API key provided: {CANARY}."),
        Turn(arguments=json.dumps({"action": "do_nothing", "rationale": f"I was sent {CANARY}."})),
        Turn(content=CANARY),
    ],
)
def test_the_key_is_in_no_session_no_output_and_no_traceback(server: LLMServer, turn: Turn) -> None:
    server.policy = lambda _: turn
    done = noc("--debug", "run", "--agent", "llm", "--incident", "network_congestion")
    left = [file.read_text() for file in paths.data_dir().rglob("*") if file.is_file()]
    assert left
    for text in (done.out, done.err, *left):
        assert CANARY not in text
        assert CANARY[:12] not in text


def test_it_plays_as_a_program_of_its_own(server: LLMServer, here: Path) -> None:
    server.policy = lambda _: Turn(action="do_nothing")
    done = program("run", "--agent", "llm", "--incident", "memory_leak", cwd=here)
    assert done.returncode == 0
    assert done.stdout.count("[STEP] ") >= 1
    assert CANARY not in done.stdout + done.stderr


def test_who_asks_no_model_does_not_load_the_client() -> None:
    code = (
        "import sys; from noc_tui.agents.registry import make_agent; make_agent('llm', seed=1);"
        "print('openai' in sys.modules, 'httpx2' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False False\n"
