"""Servers that are no noc-tui server."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

METRICS = dict.fromkeys(("cpu_usage", "memory_usage", "latency", "packet_loss", "service_healthy", "error_rate"), 0.5)
SEEN: dict[str, Any] = {
    "metrics": METRICS,
    "incident_type": "cpu_overload",
    "incident_title": "CPU overload",
    "episode_id": "a",
    "step": 0,
    "max_steps": 30,
    "explanation": "",
    "terminated": False,
    "truncated": False,
    "resolved": False,
    "crashed": False,
    "health_score": 0.5,
    "action_was_effective": None,
    "reward_terms": None,
    "streak": 0,
    "outage_left": 0,
    "log": [],
    "alerts": [],
    "samples": [],
}
"""An observation as a server sends it."""


def observation(*, reward: object = None, done: object = False, **other: object) -> dict[str, Any]:
    """The answer to a reset or a step, where something is otherwise."""
    return {"type": "observation", "data": {"observation": {**SEEN, **other}, "reward": reward, "done": done}}


def state(seed: object = 7) -> dict[str, Any]:
    """The answer to a question for the state."""
    return {"type": "state", "data": {"episode_id": "a", "step_count": 0, "seed": seed}}


def error(message: object) -> dict[str, Any]:
    """A refusal."""
    return {"type": "error", "data": {"message": message, "code": "EXECUTION_ERROR"}}


@asynccontextmanager
async def saying(*answers: Any) -> AsyncIterator[str]:
    """Where a server listens that says these, one after the other, whatever it is asked.

    Text and bytes are said as they are, the rest as JSON, and None breaks the connection.
    """

    async def answer(socket: ServerConnection) -> None:
        for each in answers:
            await socket.recv()
            if each is None:
                socket.transport.abort()
                return
            await socket.send(each if isinstance(each, str | bytes) else json.dumps(each))
        await socket.wait_closed()

    async with serve(answer, "127.0.0.1", 0) as server:
        host, port = next(iter(server.sockets)).getsockname()
        yield f"http://{host}:{port}"


@contextmanager
def saying_in_a_thread(*answers: Any) -> Iterator[str]:
    """The same for those who block."""
    urls: list[str] = []
    ready = threading.Event()
    over: asyncio.Future[None]
    loop = asyncio.new_event_loop()

    async def run() -> None:
        nonlocal over
        over = loop.create_future()
        async with saying(*answers) as url:
            urls.append(url)
            ready.set()
            await over

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert ready.wait(60)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(over.set_result, None)
        thread.join()
        loop.close()
