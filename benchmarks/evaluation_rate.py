"""How fast an evaluation plays: scripted agents on all processors, and how busy it keeps a model's endpoint.

    python -m benchmarks.evaluation_rate [--seeds N] [--runs N] [--episodes N] [--slots N ...]

First `rules` on the program's 20 incidents with 100 seeds, recorded and without review, as a user starts it, start and
report included. The bar is 10 s for the quickest of the runs, on two processors.

Then 200 episodes at a time against an endpoint on loopback, for each number of slots: it answers after 50 ms and takes
so many requests at once, others wait. Its capacity is what it could answer in the time from its first request to its
last answer: 20 a second and slot. The bar is 80 % of it. It runs on the same processors as the program, which also pays
for its work; more slots than two processors can keep busy miss the bar. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple

PROGRAM = str(Path(sys.executable).with_name("noc-tui"))
WALL_BAR = 10.0
BUSY_BAR = 0.8
LATENCY = 0.05
TOGETHER = 200


class Cost(NamedTuple):
    """What a run took, in seconds."""

    wall: float
    cpu: float


def main() -> None:
    """Measure both; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="for each incident (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="of the scripted agent (default %(default)s)")
    parser.add_argument("--episodes", type=int, default=800, help="that ask a model (default %(default)s)")
    parser.add_argument("--slots", type=int, nargs="*", default=[8, 16, 32], help="requests at once (8, 16 and 32)")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve))
        return
    reached = [scripted(options.seeds, options.runs)] if options.runs else []
    reached += [model(options.episodes, slots) for slots in options.slots]
    sys.exit(not all(reached))


def scripted(seeds: int, runs: int) -> bool:
    """Let `rules` play; whether the quickest run took no more than the bar."""
    costs = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            costs.append(bench("--agent", "rules", "--seeds", str(seeds), "--output", folder))
    bar = WALL_BAR * seeds / 100
    quickest, cheapest = min(cost.wall for cost in costs), min(cost.cpu for cost in costs)
    wall, cpu = statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs)
    print(
        f"rules, 20 incidents x {seeds} seeds, {runs} runs: wall {quickest:.1f} s at best, {wall:.1f} s median "
        f"(bar {bar:.1f}); CPU {cheapest:.1f} s at best, {cpu:.1f} s median; {load()}",
        flush=True,
    )
    return quickest <= bar


def model(episodes: int, slots: int) -> bool:
    """Let a model play; whether its endpoint was as busy as the bar says."""
    command = [sys.executable, "-m", "benchmarks.evaluation_rate", "--serve", str(slots)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None  # noqa: S101  (a pipe was asked for)
    environment = {"API_BASE_URL": f"http://127.0.0.1:{server.stdout.readline().strip()}/v1", "MODEL_NAME": "sample"}
    with tempfile.TemporaryDirectory() as folder:
        cost = bench(
            "--agent", "llm", "--incident", "retry_storm", "--seeds", str(episodes), "--concurrency", str(TOGETHER),
            "--output", folder, env=environment | {"API_KEY": "none"},
        )  # fmt: skip
    told, _ = server.communicate()
    answered, seconds, its_cpu = json.loads(told)
    busy = answered * LATENCY / (seconds * slots)
    print(
        f"{TOGETHER} episodes at a time, {slots} slots of 50 ms: {answered:,} answers, {answered / seconds:.0f}/s, "
        f"{busy:.0%} busy; CPU an answer {cost.cpu / answered * 1000:.2f} ms, start and report included, and "
        f"{its_cpu / answered * 1000:.2f} ms of the endpoint; {load()}",
        flush=True,
    )
    return bool(busy >= BUSY_BAR)


def bench(*arguments: str, env: dict[str, str] | None = None) -> Cost:
    """Run the program without references and reviews."""
    command = [PROGRAM, "bench", "--no-reference", "--no-review", *arguments]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=os.environ | (env or {}), stdout=subprocess.DEVNULL)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def load() -> str:
    """How much else is going on: the mean of the last minute, this program included."""
    return f"load {os.getloadavg()[0]:.1f}"


# --- the endpoint


async def serve(slots: int) -> None:
    """Answer until standard input ends; then print how many answers there were, in how many seconds, at what CPU."""
    endpoint = Endpoint(slots)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(endpoint), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps([endpoint.answered, endpoint.last - endpoint.first, time.process_time()]))


class Endpoint:
    """So many slots, each busy for 50 ms with an answer; who comes when all are waits."""

    def __init__(self, slots: int) -> None:
        self.answered = 0
        self.first = self.last = 0.0
        self._free = slots
        self._waiting: deque[Connection] = deque()
        self._loop = asyncio.get_running_loop()

    def take(self, connection: Connection) -> None:
        """Take a request in."""
        self.first = self.first or self._loop.time()
        if self._free:
            self._free -= 1
            self._loop.call_later(LATENCY, self._finish, connection)
        else:
            self._waiting.append(connection)

    def _finish(self, connection: Connection) -> None:
        self.answered += 1
        self.last = self._loop.time()
        self._free += 1
        connection.answer()
        if self._waiting:
            self.take(self._waiting.popleft())


class Connection(asyncio.Protocol):
    """Reads requests no further than to know where they end: what it costs is taken from what is measured."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (of a socket it is one)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a request in once all of it is there."""
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            self._came = b""
            self._endpoint.take(self)

    def answer(self) -> None:
        """Call the tool, in a stream of one piece."""
        self._transport.write(ANSWER)


def _answer() -> bytes:
    arguments = json.dumps({"rationale": "Room is what it needs.", "action": "scale_up"})
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "act", "arguments": arguments}}
    delta = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "delta": delta, "finish_reason": "tool_calls"}
    usage = {"prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940}
    event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "sample", "choices": [choice]}
    content = f"data: {json.dumps(event | {'usage': usage})}\n\ndata: [DONE]\n\n".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%b" % (
        len(content),
        content,
    )


ANSWER = _answer()


if __name__ == "__main__":
    main()
