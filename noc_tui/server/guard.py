"""What stands before OpenEnv's routes: who may come in, how large a message may be, how often, and in what form.

OpenEnv ends the session over a message that is no object, holds half a surrogate pair or a number of thousands of
digits. Here all of these are answered with an error of its own form, and the session goes on.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from openenv.core.env_server.types import WSErrorCode  # type: ignore[import-untyped]
from starlette.websockets import WebSocketDisconnect

from noc_tui.hosts import is_loopback
from noc_tui.server.limits import Bucket, Limits
from noc_tui.server.parsing import TOO_DEEP, parsed, problem_of
from noc_tui.sim.errors import SimulatorError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN_PATHS: Final = frozenset({"/health"})
"""What needs no token: a container is asked whether it is well by those who have none."""
_MOST_ADDRESSES: Final = 1_024
_BODY_SECONDS: Final = 20.0
_PARSE_ERROR: Final = -32700

_GONE: Final[Message] = {"type": "websocket.disconnect", "code": 1006}
"""What a connection says that has broken."""

Answering = Callable[[dict[str, Any]], str]
"""From the data of a step to the text of the answer. Raises `ValueError` or `SimulatorError`, having done nothing."""

_connection: ContextVar[Messages | None] = ContextVar("_connection", default=None)
"""The messages of the WebSocket that what runs serves."""


def current_connection() -> Messages | None:
    """The messages of the WebSocket that the caller serves; None when it serves a request."""
    return _connection.get()


class Guard:
    """ASGI middleware. Without a token, pages of other sites are refused: a browser would let them connect.

    On the `loopback`, so are those of a site whose name has come to mean this machine (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, limits: Limits, token: str | None = None, *, loopback: bool = False) -> None:
        self._app = app
        self._limits = limits
        self._loopback = loopback
        self._token = None if token is None else token.encode()
        self._addresses: dict[str, Bucket] = {}
        self._open: set[Messages] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection."""
        if scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        elif scope["type"] == "websocket":
            refusal = self._refusal(scope)
            if refusal:
                await _reject(send, *refusal)
                return
            messages = Messages(scope, receive, send, self._limits, self._open)
            _connection.set(messages)
            self._open.add(messages)
            try:
                await self._app(scope, messages.next, send)
            except WebSocketDisconnect:
                pass  # that of a client who did not wait to be told that there is no room
            finally:
                self._open.discard(messages)
        else:
            await self._app(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal:
            await _answer(send, *refusal)
            return
        if not self._bucket(scope).take():
            await _answer(send, 429, f"more than {self._limits.rate:g} requests a second", (b"retry-after", b"1"))
            return
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _body(receive, self._limits.message_bytes)
        except TimeoutError:
            await _answer(send, 408, f"the request has not come within {_BODY_SECONDS:g} seconds")
            return
        if body is None:
            await _answer(send, 413, f"the request holds more than {self._limits.message_bytes} bytes")
        elif body and (problem := problem_of(body)) is not None:
            await _answer(send, 422, problem)
        else:
            await self._app(scope, _Replay(body, receive).next, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and sentence for who may not come in."""
        headers = {name: value for name, value in scope["headers"] if name in _ASKED}
        if self._token is not None:
            if scope["path"] in OPEN_PATHS or secrets.compare_digest(_given_token(scope, headers), self._token):
                return None
            return 401, "this server wants its token, as `Authorization: Bearer TOKEN`"
        origin = headers.get(b"origin")
        if origin is not None and not self._is_our_own(origin, headers.get(b"host")):
            return 403, "this server has no token, and answers no page of another site"
        return None

    def _is_our_own(self, origin: bytes, host: bytes | None) -> bool:
        """Whether a page of that origin comes from here."""
        try:
            place = urlsplit(origin.decode("latin-1"))
            return place.netloc.encode("latin-1") == host and (not self._loopback or is_loopback(place.hostname or ""))
        except ValueError:
            return False

    def _bucket(self, scope: Scope) -> Bucket:
        address = scope["client"][0] if scope.get("client") else ""
        bucket = self._addresses.get(address)
        if bucket is None:
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses = {name: known for name, known in self._addresses.items() if not known.is_full}
            bucket = self._addresses[address] = Bucket(self._limits.rate)
        return bucket


_ASKED: Final = frozenset({b"authorization", b"origin", b"host"})


def _given_token(scope: Scope, headers: dict[bytes, bytes]) -> bytes:
    """What the client gave: a header, or, as a page in a browser can set none, `?token=`."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer" and token:
        return token.strip()
    query: str = scope["query_string"].decode("latin-1")  # not every server sees to it that it is ASCII
    given = parse_qs(query).get("token", [""])
    return given[0].encode()


async def _answer(send: Send, status: int, sentence: str, *headers: tuple[bytes, bytes], kind: str = "http") -> None:
    body = json.dumps({"detail": sentence}).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": f"{kind}.response.start", "status": status, "headers": fields})
    await send({"type": f"{kind}.response.body", "body": body})


async def _reject(send: Send, status: int, sentence: str) -> None:
    """Answer a WebSocket's handshake with a refusal."""
    await _answer(send, status, sentence, kind="websocket.http")


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The body of a request; None when it is longer than that, or the client is gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


class _Replay:
    """A request whose body has been read already."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def next(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class Messages:
    """The messages of one WebSocket, those that OpenEnv can take: the others are answered here.

    So are steps, once `answer_steps` has been called: they are nearly all that is sent, and what OpenEnv does around
    one takes longer than the step. What `answering` refuses, OpenEnv refuses in its own words.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits, everyone: set[Messages]) -> None:
        self._open = everyone
        self._receive = receive
        self._send = send
        self._limits = limits
        self._bucket = Bucket(limits.rate)
        self._is_rpc = scope["path"].rstrip("/").endswith("/mcp")
        self._answering: Answering | None = None

    def answer_steps(self, answering: Answering) -> None:
        """Let steps be answered by this, from now on."""
        if not self._is_rpc:
            self._answering = answering

    async def next(self) -> Message:
        """The next message that is for OpenEnv."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if (seconds := self._bucket.wait()) > 0.0:
                await asyncio.sleep(seconds)  # meanwhile nothing more is read: the client feels it, nobody else
            try:
                value = self._checked(message)
            except ValueError as error:
                answer = self._error(str(error)[:200])
            else:
                answered = self._answered(value)
                if answered is None:
                    return message
                answer = answered
            # All that has come in is answered before the first of the answers goes out: each that wakes its client
            # while another step is taken costs more than a step.
            if len(self._open) > 1:
                await asyncio.sleep(0)
            try:
                await self._send({"type": "websocket.send", "text": answer})
            except OSError:  # the client has gone meanwhile
                return _GONE

    def _checked(self, message: Message) -> dict[str, Any]:
        """The message as an object. Raises `ValueError` with a sentence."""
        text, limit = message.get("text"), self._limits.message_bytes
        if text is None:
            raise ValueError("a message is a text frame, and this is a binary one")
        if len(text) > limit or (not text.isascii() and len(text.encode()) > limit):
            raise ValueError(f"the message holds more than {limit} bytes")
        try:
            return parsed(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"the message is no JSON: {error}") from error
        except RecursionError:
            raise ValueError(TOO_DEEP) from None

    def _answered(self, value: dict[str, Any]) -> str | None:
        """The answer to a step; None where OpenEnv is to give it."""
        if self._answering is None or value.get("type") != "step" or len(value) != 2:
            return None
        data = value.get("data")
        if not isinstance(data, dict):
            return None
        try:
            return self._answering(data)
        except (ValueError, SimulatorError):
            return None

    def _error(self, problem: str) -> str:
        value: dict[str, Any]
        if self._is_rpc:
            value = {"jsonrpc": "2.0", "id": None, "error": {"code": _PARSE_ERROR, "message": problem}}
        else:
            value = {"type": "error", "data": {"message": problem, "code": WSErrorCode.INVALID_JSON.value}}
        return json.dumps(value)
