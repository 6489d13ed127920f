"""Many clients for long, some of which vanish in the middle of a sentence: what does the server keep of them?

    python -m benchmarks.server_soak [--steps 200000] [--clients 64]

Needs the extra `server`. The server runs in this process, in a thread, so that its sessions can be counted; clients run
beside it. Each plays an episode after another with random actions and leaves after a while: closing its connection,
breaking it off, or breaking it off right after a request. At the end no session may be left, memory may not have grown
since a quarter of the steps had been taken (what an allocator keeps is forgiven: `BAR_GROWTH_MIB`), and every recorded
session has to verify.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.server.app import ServerSettings, create_app
from noc_tui.server.limits import Limits
from noc_tui.server.running import listen, make_server
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import default_catalog

if TYPE_CHECKING:
    import socket

    import uvicorn
    from fastapi import FastAPI

BAR_GROWTH_MIB = 8.0
_CHANCE_TO_LEAVE = 1 / 60
SEED = 1


@dataclass
class Progress:
    """How far it is."""

    wanted: int
    steps: int = 0
    left: int = 0
    """Clients that have left, one way or another."""
    memory_at_quarter: float = 0.0


def resident_mib() -> float:
    """Memory that this process holds, clients included."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def client(port: int, progress: Progress, chances: random.Random, incidents: tuple[str, ...]) -> None:
    """One place at the table: whoever leaves it is followed by another."""
    while progress.steps < progress.wanted:
        async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None, compression=None) as connection:
            with suppress(ConnectionClosed):
                await play(connection, progress, chances, incidents)
        progress.left += 1


async def play(
    connection: ClientConnection, progress: Progress, chances: random.Random, incidents: tuple[str, ...]
) -> None:
    """Play until there is enough, or until this client has had enough."""
    done = True
    while progress.steps < progress.wanted:
        if done:
            reset = {"incident_type": chances.choice(incidents), "seed": chances.randrange(2**32)}
            done = (await ask(connection, {"type": "reset", "data": reset}))["data"]["done"]
        action = {"type": "step", "data": {"action_type": str(chances.choice(ACTIONS))}}
        done = (await ask(connection, action))["data"]["done"]
        progress.steps += 1
        if progress.steps == progress.wanted // 4:
            progress.memory_at_quarter = resident_mib()
        if chances.random() < _CHANCE_TO_LEAVE:
            how = chances.randrange(3)
            if how == 2:
                await connection.send(json.dumps(action))
            if how:
                connection.transport.abort()
            return


async def ask(connection: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to a message."""
    await connection.send(json.dumps(message))
    answer: dict[str, Any] = json.loads(await connection.recv())
    if answer["type"] == "error":
        sys.exit(f"{message}: {answer}")
    return answer


async def all_clients(port: int, progress: Progress, clients: int) -> None:
    """All of them, until the steps are taken."""
    incidents = default_catalog().ids
    await asyncio.gather(
        *(client(port, progress, random.Random(f"{SEED} {index}"), incidents) for index in range(clients))
    )


def serve(server: uvicorn.Server, listener: socket.socket) -> None:
    """Run the server in the thread that this is called in."""
    asyncio.run(server.serve([listener]))


def left_sessions(app: FastAPI) -> int:
    """How many sessions are still there once the server has had time to see that all are gone."""
    until = time.monotonic() + 10
    while app.state.server.active_sessions and time.monotonic() < until:
        time.sleep(0.05)
    count: int = app.state.server.active_sessions
    return count


def unverified(folder: Path) -> tuple[int, list[str]]:
    """How many recordings there are, and which of them do not come out the same."""
    paths = sorted(folder.iterdir())
    wrong = []
    for path in paths:
        with SessionFile.open(path) as session:
            if not verify(session).ok or session.damage is not None:
                wrong.append(path.name)
    return len(paths), wrong


def main() -> None:
    """Print what was found; exit 1 when something was kept that should not, or a recording differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200_000, help="in all (default %(default)s)")
    parser.add_argument("--clients", type=int, default=64, help="at a time (default %(default)s)")
    options = parser.parse_args()
    progress = Progress(options.steps)
    with tempfile.TemporaryDirectory() as name, listen("127.0.0.1", 0) as listener:
        # A client that breaks off is still counted for a moment when the next one comes.
        limits = Limits(sessions=2 * options.clients, rate=1e6)
        settings = ServerSettings(record=Path(name), limits=limits)
        app = create_app(settings)
        server = make_server(app, settings)
        thread = threading.Thread(target=serve, args=(server, listener))
        thread.start()
        began = time.perf_counter()
        try:
            asyncio.run(all_clients(listener.getsockname()[1], progress, options.clients))
            seconds, left, memory = time.perf_counter() - began, left_sessions(app), resident_mib()
            threads = threading.active_count()
        finally:
            server.should_exit = True
            thread.join()
        recordings, wrong = unverified(Path(name))
    growth = memory - progress.memory_at_quarter
    print(
        f"{progress.steps:,} steps, {options.clients} clients at a time, {progress.left:,} that left: {seconds:.0f} s"
    )
    print(f"sessions left {left}, threads {threads}, memory {memory:.0f} MiB, {growth:+.1f} MiB since a quarter of it")
    print(f"{recordings:,} recordings, {len(wrong)} of which do not verify {wrong[:3] or ''}")
    sys.exit(bool(left or wrong or growth > BAR_GROWTH_MIB))


if __name__ == "__main__":
    main()
