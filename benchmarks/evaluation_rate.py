"""How fast an evaluation plays: scripted agents on all processors, and how busy it keeps a model's endpoint.

    python -m benchmarks.evaluation_rate [--seeds N] [--episodes N] [--slots N]

First `rules` on the program's 20 incidents with 100 seeds, recorded, as a user starts it, start and report included.
The bar is 10 s on two processors, that is 20 s of CPU time in all, which depends less on who else uses the machine.

Then 200 episodes at a time against an endpoint on loopback that answers after 50 ms and takes `--slots` requests at
once, in a process of its own. Capacity is what it could answer in the time from its first request to its last; the bar
is 80 % of it. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("noc-tui"))
CPU_BAR = 20.0
BUSY_BAR = 0.8
LATENCY = 0.05
TOGETHER = 200


def main() -> None:
    """Measure both; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="for each incident (default %(default)s)")
    parser.add_argument("--episodes", type=int, default=400, help="that ask a model (default %(default)s)")
    parser.add_argument("--slots", type=int, default=8, help="requests that it takes at once (default %(default)s)")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve))
        return
    reached = [scripted(options.seeds), model(options.episodes, options.slots)]
    sys.exit(not all(reached))


def scripted(seeds: int) -> bool:
    """Let `rules` play; whether that took no more than the bar."""
    with tempfile.TemporaryDirectory() as folder:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        bench("--agent", "rules", "--seeds", str(seeds), "--output", folder)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    bar = CPU_BAR * seeds / 100
    print(f"rules, 20 incidents x {seeds} seeds: {cpu:.1f} s CPU (bar {bar:.1f}), {wall:.1f} s wall", flush=True)
    return cpu <= bar


def model(episodes: int, slots: int) -> bool:
    """Let a model play; whether its endpoint was as busy as the bar says."""
    command = [sys.executable, "-m", "benchmarks.evaluation_rate", "--serve", str(slots)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None  # noqa: S101  (a pipe was asked for)
    environment = {"API_BASE_URL": f"http://127.0.0.1:{server.stdout.readline().strip()}/v1", "MODEL_NAME": "sample"}
    with tempfile.TemporaryDirectory() as folder:
        bench(
            "--agent", "llm", "--incident", "retry_storm", "--seeds", str(episodes), "--concurrency", str(TOGETHER),
            "--output", folder, env=environment | {"API_KEY": "none"},
        )  # fmt: skip
    told, _ = server.communicate()
    answered, seconds = json.loads(told)
    busy = answered * LATENCY / (seconds * slots)
    print(f"{TOGETHER} episodes at a time, {slots} slots of 50 ms: {answered / seconds:.0f} answers/s, {busy:.0%} busy")
    return bool(busy >= BUSY_BAR)


def bench(*arguments: str, env: dict[str, str] | None = None) -> None:
    """Run the program without references and reviews."""
    command = [PROGRAM, "bench", "--no-reference", "--no-review", *arguments]
    subprocess.run(command, check=True, env=os.environ | (env or {}), stdout=subprocess.DEVNULL)


async def serve(slots: int) -> None:
    """Answer until standard input ends; then print how many answers there were, and in how many seconds."""
    free, times = asyncio.Semaphore(slots), list[float]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                async with free:
                    times.append(time.monotonic())
                    await asyncio.sleep(LATENCY)
                    times.append(time.monotonic())
                writer.write(answer(body))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps([len(times) // 2, max(times) - min(times)]))


def answer(body: dict[str, object]) -> bytes:
    """A call of the tool, streamed or not."""
    arguments = json.dumps({"rationale": "Room is what it needs.", "action": "scale_up"})
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "act", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    common = {"id": "1", "created": 1, "model": "sample"}
    usage = {"prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940}
    kind, part = ("chat.completion.chunk", "delta") if body.get("stream") else ("chat.completion", "message")
    choice = {"index": 0, part: message, "finish_reason": "tool_calls"}
    content = json.dumps({**common, "object": kind, "choices": [choice], "usage": usage}).encode()
    if body.get("stream"):
        content = b"data: " + content + b"\n\ndata: [DONE]\n\n"
    what = b"text/event-stream" if body.get("stream") else b"application/json"
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (what, len(content), content)


if __name__ == "__main__":
    main()
