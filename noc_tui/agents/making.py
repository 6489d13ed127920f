"""Making an agent without waiting for other people's code: it is loaded and made in a thread that can be given up."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING

from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import make_agent
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent


async def make_agent_aside(spec: str, *, seed: int, time_limit: float, hints: bool = False) -> Agent:
    """The agent `NAME` or `NAME:ARGUMENT`, as `make_agent` makes it, while the event loop goes on.

    Raises `AgentError` when there is no such agent, it cannot be loaded, or is not ready within `time_limit` seconds.
    """
    loop = asyncio.get_running_loop()
    made: asyncio.Future[Agent] = loop.create_future()

    def settle(agent: Agent | None, error: AgentError | None) -> None:
        if made.done():
            return
        if agent is not None:
            made.set_result(agent)
        else:
            made.set_exception(error or AgentError(f"agent {clean(spec, 60)} was not made"))

    def work() -> None:
        agent, error = None, None
        try:
            agent = make_agent(spec, seed=seed, hints=hints)
        except AgentError as failure:
            error = failure
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, agent, error)

    Thread(target=work, name=f"making {clean(spec, 60)}", daemon=True).start()
    try:
        async with asyncio.timeout(time_limit):
            return await made
    except TimeoutError as error:
        raise AgentError(f"agent {clean(spec, 60)} was not ready within {time_limit:g} s") from error
