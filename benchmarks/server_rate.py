"""WebSocket steps a second of the server, against a bare OpenEnv echo environment in the same run.

    python -m benchmarks.server_rate [--clients 1 4 32] [--seconds N] [--repeats N] [--starts N] [--record]

Needs the extra `server`. Both servers run in processes of their own and are driven by the same clients in a third,
with a reset after every 60 steps; the echo environment is that of OpenEnv's template, served as OpenEnv does. Loads are
short and alternate, so that a busy moment of the machine touches both; the share is the median of the pairs. CPU is
what the server's process has used for a step, and says more than the rate where other programs want the processors too.
Start time is from the process to its first answer on `/health`; memory is resident, after the load. The page is off.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

EPISODE_STEPS = 60
"""After so many steps a client begins anew, on either server; on ours the episode ends there."""
BAR_RATE = 0.85
BAR_START = 2.5
_ECHO = """
import sys, uvicorn
from openenv.core.env_server.http_server import create_fastapi_app
from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, State

class EchoAction(Action):
    message: str

class EchoObservation(Observation):
    echoed_message: str
    message_length: int

class EchoEnvironment(Environment):
    SUPPORTS_CONCURRENT_SESSIONS = True
    def __init__(self):
        self._state = State(episode_id="echo", step_count=0)
    def reset(self, seed=None, episode_id=None, **kwargs):
        self._state = State(episode_id=episode_id, step_count=0)
        return EchoObservation(echoed_message="ready", message_length=0, done=False, reward=0.0)
    def step(self, action):
        self._state.step_count += 1
        return EchoObservation(echoed_message=action.message, message_length=len(action.message), reward=0.1)
    @property
    def state(self):
        return self._state

app = create_fastapi_app(EchoEnvironment, EchoAction, EchoObservation, max_concurrent_envs=64)
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""
RESET = {
    "noc-tui": {"type": "reset", "data": {"incident_type": "network_congestion", "seed": 7}},
    "echo": {"type": "reset", "data": {"seed": 7}},
}
STEP = {
    "noc-tui": json.dumps({"type": "step", "data": {"action_type": "do_nothing"}}),
    "echo": json.dumps({"type": "step", "data": {"message": "do_nothing"}}),
}


class Server(NamedTuple):
    """A server that runs."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float


class Load(NamedTuple):
    """What came of a load."""

    rate: float
    """Steps a second of all clients together."""
    latencies: list[float]
    """Of each step, in seconds."""
    cpu: float
    """Seconds of the processors that the server has used for a step."""


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(name: str, record: Path | None) -> Iterator[Server]:
    """A server in a process of its own, from its start to its end."""
    port = free_port()
    if name == "echo":
        command = [sys.executable, "-c", _ECHO, str(port)]
    else:
        command = [sys.executable, "-m", "noc_tui", "serve", "--port", str(port), "--rate", "1000000"]
        command += ["--record", str(record)] if record else []
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while True:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                break
            if process.poll() is not None:
                sys.exit(f"the server {name} ended with {process.returncode}")
            time.sleep(0.01)
        yield Server(name, port, process, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


class Race:
    """Clients that begin together, once all of them have reset."""

    def __init__(self, server: Server, clients: int, seconds: float) -> None:
        self.latencies: list[float] = []
        self.began = self.used = 0.0
        self._server = server
        self._seconds = seconds
        self._waiting = clients
        self._start = asyncio.Event()

    async def client(self) -> None:
        """One client: episode after episode until it is time."""
        name = self._server.name
        reset, step = json.dumps(RESET[name]), STEP[name]
        async with connect(f"ws://127.0.0.1:{self._server.port}/ws", proxy=None, compression=None) as socket_:
            await socket_.send(reset)
            await socket_.recv()
            await self._at_the_start()
            until, taken = self.began + self._seconds, 0
            while (began := time.perf_counter()) < until:
                await socket_.send(step)
                answer: Any = json.loads(await socket_.recv())
                self.latencies.append(time.perf_counter() - began)
                if answer["type"] != "observation":
                    sys.exit(f"{name}: {answer}")
                taken += 1
                if answer["data"]["done"] is not (name == "noc-tui" and taken == EPISODE_STEPS):
                    sys.exit(f"{name}: done is {answer['data']['done']} after {taken} steps")
                if taken == EPISODE_STEPS:
                    await socket_.send(reset)
                    await socket_.recv()
                    taken = 0
            self.used = cpu_seconds(self._server.process) - self._used_before

    async def _at_the_start(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.began, self._used_before = time.perf_counter(), cpu_seconds(self._server.process)
            self._start.set()
        await self._start.wait()


async def load(server: Server, clients: int, seconds: float) -> Load:
    """So many clients for so long."""
    race = Race(server, clients, seconds)
    await asyncio.gather(*(race.client() for _ in range(clients)))
    steps = len(race.latencies)
    return Load(steps / seconds, race.latencies, race.used / steps)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """What the process has used of the processors."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Memory that the process holds."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))]


def start_times(repeats: int) -> dict[str, float]:
    """Median seconds until the first answer, starts alternating."""
    found: dict[str, list[float]] = {"noc-tui": [], "echo": []}
    for _ in range(repeats):
        for name, seconds in found.items():
            with running(name, None) as server:
                seconds.append(server.start_seconds)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def main() -> None:
    """Print tables; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 32], help="(default %(default)s)")
    parser.add_argument("--seconds", type=float, default=0.6, help="of each load (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=15, help="of each load (default %(default)s)")
    parser.add_argument("--starts", type=int, default=3, help="of each server (default %(default)s)")
    parser.add_argument("--record", action="store_true", help="record what is played on ours")
    options = parser.parse_args()
    missed = False
    starts = start_times(options.starts)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) if options.record else None
        servers = [stack.enter_context(running(name, folder)) for name in ("noc-tui", "echo")]
        print(f"{'clients':>7} {'server':<8} {'steps/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'CPU us':>7} {'of echo':>8}")
        for clients in options.clients:
            loads: dict[str, list[Load]] = {server.name: [] for server in servers}
            for _ in range(options.repeats):
                for server in servers:
                    loads[server.name].append(asyncio.run(load(server, clients, options.seconds)))
            rates = {name: statistics.median(each.rate for each in some) for name, some in loads.items()}
            pairs = zip(loads["noc-tui"], loads["echo"], strict=True)
            share = statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)
            missed |= share < BAR_RATE
            for name, some in loads.items():
                latencies = [latency for each in some for latency in each.latencies]
                told = f"{share:8.0%}" if name == "noc-tui" else ""
                cpu = 1e6 * statistics.median(each.cpu for each in some)
                p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
                print(f"{clients:>7} {name:<8} {rates[name]:>8,.0f} {p50:>7.2f} {p99:>7.2f} {cpu:>7.0f} {told}")
        for server in servers:
            print(f"{server.name}: start {starts[server.name]:.2f} s, {resident_mib(server.process):.0f} MiB")
    missed |= starts["noc-tui"] > BAR_START
    print(f"bars: {BAR_RATE:.0%} of the echo environment's rate, start {BAR_START} s: {'missed' if missed else 'met'}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
