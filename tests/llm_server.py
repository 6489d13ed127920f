"""A server on loopback that speaks Chat Completions, and can fail in every way that servers do.

It runs in a thread of its own, so that the program under test may be this process or another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Policy = Callable[[dict[str, Any]], "Turn"]
    """What to answer to the body of a request."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One answer: by default, a decision in the form that the request asks for."""

    action: str = "scale_up"
    rationale: str = "The load has to go somewhere."
    content: str | None = None
    """The text of the message, instead of a decision."""
    arguments: str | None = None
    """The arguments of the call, instead of a decision."""
    calls: int = 1
    function: str = "act"
    finish: str | None = "stop"
    refusal: str | None = None
    usage: tuple[int, int] | None = (400, 30)
    piece: int = 7
    """Characters of an event of a stream."""
    status: int = 200
    error: object = None
    """What stands in the body of a status that is no 200."""
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    """The whole body, instead of all this."""
    events: Sequence[object] | None = None
    """The events of the stream, instead of those that the decision makes."""
    cut_after: int | None = None
    """Close the connection after so many events (0: after the headers)."""
    hold_after: int | None = None
    """Send so many events and then nothing until `LLMServer.release`, or until the client goes."""
    hold_end: bool = False
    """Send all of a stream, and end it only when it is released, or never when the client goes."""
    endless: bool = False
    """Go on sending until the client goes."""


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All that the model is told."""
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass
class LLMServer:
    """`with LLMServer() as server:` answers at `server.url` as `turns` say, one after another, and then as `policy`."""

    policy: Policy = field(default=lambda _: Turn())
    turns: deque[Turn] = field(default_factory=deque)
    tools: bool = True
    """Whether it knows tools; it refuses a request with them otherwise."""
    schemas: bool = True
    """Whether it knows JSON schemas."""
    ignores: frozenset[str] = frozenset()
    """Parameters that it takes and does nothing about: `tools`, `response_format`, `stream`."""
    refuses: frozenset[str] = frozenset()
    """Parameters that it refuses, naming them."""
    key: str | None = None
    """The one key that it accepts."""
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    """How often a client has connected."""

    def __post_init__(self) -> None:
        self._ready = Event()
        self._stop: asyncio.Event | None = None
        self._go = Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self.gone = Event()
        """Set once a client has gone while it was kept waiting."""
        self.waiting = Event()
        """Set once a client is being kept waiting."""
        self._port = 0

    # --- for the test

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    def then(self, *turns: Turn) -> None:
        """What to answer next."""
        self.turns.extend(turns)

    def release(self) -> None:
        """Let go of the clients that are being kept waiting."""
        self._go.set()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._go.set()
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def again(self) -> LLMServer:
        """A server at the same port, for when this one is dead."""
        server = LLMServer(policy=self.policy, key=self.key)
        server._port = self._port
        return server

    # --- in the thread

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        # asyncio leaves a connection open for ever that it is accepting while its server closes: so it accepts no more
        # first, and closes last.
        self._loop.remove_reader(server.sockets[0].fileno())
        await self._hang_up()
        server.close()

    async def _hang_up(self) -> None:
        """Close every connection, those too that are being accepted this moment."""
        this = asyncio.current_task()
        while (others := asyncio.all_tasks() - {this}) or self._writers:
            for writer in self._writers:
                writer.close()
            await asyncio.wait(others, timeout=0.01) if others else await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._writers.discard(writer)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is not to be used again."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
        self.received.append(Received(head[0].split()[1], headers, body))
        turn = self._refusal(headers, body) or (self.turns.popleft() if self.turns else self.policy(body))
        if turn.status != 200 or turn.raw is not None:
            content = turn.raw if turn.raw is not None else _dumped(turn.error)
            return await _send(writer, turn, content)
        if body.get("stream") and "stream" not in self.ignores:
            return await self._stream(reader, writer, turn, self._events(turn, body))
        return await _send(writer, turn, _dumped(self._whole(turn, body)))

    def _refusal(self, headers: dict[str, str], body: dict[str, Any]) -> Turn | None:
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            return failure(401, f"Incorrect API key provided: {headers.get('authorization')}.", code="invalid_api_key")
        if not self.tools and "tools" in body:
            return failure(400, f"{body['model']} does not support tools")
        if not self.schemas and "response_format" in body:
            return failure(400, "response_format: json_schema is not available for this model", param="response_format")
        for name in self.refuses & set(body):
            return failure(400, f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
        return None

    async def _stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: Turn, events: list[object]
    ) -> bool:
        writer.write(_head(turn, "text/event-stream") + b"Transfer-Encoding: chunked\r\n\r\n")
        for number, event in enumerate([*events, "[DONE]"]):
            if number == turn.cut_after:
                return False
            if number == turn.hold_after and not await self._held(reader):
                return False
            writer.write(_chunk(b"data: " + _dumped(event) + b"\n\n"))
            await writer.drain()
            while turn.endless:
                writer.write(_chunk(b": and on it goes " + b"." * 60_000 + b"\n\n"))
                await writer.drain()
        if turn.hold_end and not await self._held(reader):
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _held(self, reader: asyncio.StreamReader) -> bool:
        """Wait to be released; False when the client went before."""
        self.waiting.set()
        released = asyncio.ensure_future(asyncio.to_thread(self._go.wait))
        left = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({released, left}, return_when=asyncio.FIRST_COMPLETED)
        if left.done():
            self.gone.set()
            self._go.set()
            await released
            return False
        left.cancel()
        return True

    # --- what is answered

    def _message(self, turn: Turn, body: dict[str, Any]) -> dict[str, Any]:
        decision = json.dumps({"rationale": turn.rationale, "action": turn.action})
        if turn.refusal is not None:
            return {"role": "assistant", "content": None, "refusal": turn.refusal}
        if turn.content is not None:
            return {"role": "assistant", "content": turn.content}
        if "tools" in body and "tools" not in self.ignores:
            function = {"name": turn.function, "arguments": decision if turn.arguments is None else turn.arguments}
            calls = [
                {"id": f"call_{number}", "type": "function", "function": function, "index": number}
                for number in range(turn.calls)
            ]
            return {"role": "assistant", "content": None, "tool_calls": calls}
        if "response_format" in body and "response_format" not in self.ignores:
            return {"role": "assistant", "content": decision}
        return {"role": "assistant", "content": f"{turn.rationale}\n{turn.action}"}

    def _whole(self, turn: Turn, body: dict[str, Any]) -> dict[str, Any]:
        choice = {"index": 0, "message": self._message(turn, body), "finish_reason": turn.finish}
        return _object("chat.completion", body, choices=[choice], usage=_usage(turn))

    def _events(self, turn: Turn, body: dict[str, Any]) -> list[object]:
        """The message in pieces of a few characters, as a model writes it."""
        if turn.events is not None:
            return list(turn.events)
        message = self._message(turn, body)
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "" if message["content"] else None}]
        deltas += [{"refusal": piece} for piece in _pieces(message.get("refusal") or "", turn.piece)]
        deltas += [{"content": piece} for piece in _pieces(message["content"] or "", turn.piece)]
        for call in message.get("tool_calls", ()):
            arguments = call["function"]["arguments"]
            deltas.append({"tool_calls": [call | {"function": call["function"] | {"arguments": ""}}]})
            for piece in _pieces(arguments, turn.piece):
                deltas.append({"tool_calls": [{"index": call["index"], "function": {"arguments": piece}}]})
        choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": turn.finish})
        events: list[object] = [_object("chat.completion.chunk", body, choices=[choice]) for choice in choices]
        if turn.usage and body.get("stream_options", {}).get("include_usage"):
            events.append(_object("chat.completion.chunk", body, choices=[], usage=_usage(turn)))
        return events


def failure(status: int, message: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Turn:
    """An error in the form that OpenAI gives it."""
    error: dict[str, Any] = {"message": message, "type": "invalid_request_error", "param": None, "code": None, **fields}
    return Turn(status=status, error={"error": error}, headers=tuple((headers or {}).items()))


def _object(kind: str, body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body.get("model"), **fields}


def _usage(turn: Turn) -> dict[str, Any] | None:
    if turn.usage is None:
        return None
    return {"prompt_tokens": turn.usage[0], "completion_tokens": turn.usage[1], "total_tokens": sum(turn.usage)}


def _pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _dumped(value: object) -> bytes:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else json.dumps(value).encode()


def _head(turn: Turn, kind: str) -> bytes:
    lines = [f"HTTP/1.1 {turn.status} Status", *(f"{name}: {value}" for name, value in turn.headers)]
    if not any(name.lower() == "content-type" for name, _ in turn.headers):
        lines.append(f"Content-Type: {kind}")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


async def _send(writer: asyncio.StreamWriter, turn: Turn, content: bytes) -> bool:
    writer.write(_head(turn, "application/json") + f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
    await writer.drain()
    return True


def _chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"
