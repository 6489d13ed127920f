"""Making an agent aside: other people's code may take its time, the event loop does not wait."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.making import make_agent_aside
from tests.agents.samples import install

if TYPE_CHECKING:
    from pathlib import Path

let_go = Event()


async def test_a_built_in_agent_is_made() -> None:
    agent = await make_agent_aside("rules", seed=1, time_limit=30)
    assert agent.name == "rules"


async def test_an_unknown_agent_is_an_error_with_its_name() -> None:
    with pytest.raises(AgentError, match="nobody"):
        await make_agent_aside("nobody", seed=1, time_limit=30)


async def test_a_factory_that_blocks_is_given_up_and_the_loop_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "from tests.agents.test_making import let_go\ndef make(argument, seed): let_go.wait()\n"
    monkeypatch.syspath_prepend(install(tmp_path, "slow = slowpoke:make", code=code, module="slowpoke"))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    with pytest.raises(AgentError, match=r"agent slow was not ready within 0\.1 s"):
        await make_agent_aside("slow", seed=1, time_limit=0.1)
    ticking.cancel()
    let_go.set()
    assert ticks > 10
