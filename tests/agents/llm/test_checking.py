"""Trying a profile out: one call, and a sentence that says whether it works and, if not, what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc_tui.agents.llm.checking import check_connection
from noc_tui.agents.llm.prices import Price
from tests.agents.llm.asking import profile
from tests.llm_server import LLMServer, Turn, failure

CANARY = "sk-canary-5Zr8wT1qLx0vNc7h"


async def test_a_profile_that_works_is_told_with_its_form_time_and_cost(server: LLMServer) -> None:
    works, message = await check_connection(profile(server, price=Price(input=1.0, output=2.0)))
    assert works
    assert message.startswith(f"llm: sample-1 at {server.host} answers by tool call in ")
    assert message.endswith(" ms, 400 tokens in, 30 out, cost 0.00046")
    assert len(server.received) == 1


async def test_what_is_not_known_is_told_as_such(server: LLMServer) -> None:
    server.tools = False
    server.policy = lambda _: Turn(usage=None)
    works, message = await check_connection(profile(server, name="llm:local"))
    assert works
    assert message.startswith(f"llm:local: sample-1 at {server.host} answers by JSON schema in ")
    assert message.endswith(" ms, cost unknown")


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (failure(401, f"Incorrect API key: {CANARY}"), "does not accept the API key (401)"),
        (failure(404, "no such model"), "knows no model sample-1, or no Chat Completions at that URL (404): no such"),
        (failure(429, "used up", code="insufficient_quota"), "is used up (429)"),
        (Turn(raw=b"hello"), "sent something that is no Chat Completions answer"),
        (Turn(content="hm"), "gave no answer that can be used: the answer names no action"),
    ],
)
async def test_a_profile_that_does_not_is_told_with_what_is_wrong(server: LLMServer, turn: Turn, says: str) -> None:
    server.policy = lambda _: turn
    works, message = await check_connection(profile(server, key=CANARY))
    assert not works
    assert says in message
    assert server.host in message
    assert CANARY not in message


async def test_a_host_that_is_not_there_is_told() -> None:
    works, message = await check_connection(profile(LLMServer(), base_url="http://127.0.0.1:9/v1"))
    assert not works
    assert message.startswith("llm: no connection to 127.0.0.1:9: ")


async def test_a_template_that_cannot_be_used_is_told(server: LLMServer) -> None:
    works, message = await check_connection(profile(server, prompt=Path("nowhere.txt")))
    assert not works
    assert message == "llm: prompt nowhere.txt: cannot be read: No such file or directory"
    assert server.received == []
