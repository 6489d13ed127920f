"""The guard, between a client and an application that the test plays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect

from noc_tui.server.guard import Guard
from noc_tui.server.limits import Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SOCKET: Scope = {"type": "websocket", "path": "/ws", "headers": [], "query_string": b""}


async def serve(application: ASGIApp, messages: list[Any], send: Send) -> None:
    """Serve a WebSocket whose client sends these messages."""
    coming = iter(messages)

    async def receive() -> Message:
        return {"type": "websocket.receive", "text": json.dumps(next(coming))}

    await Guard(application, Limits())(SOCKET, receive, send)


async def test_a_query_that_is_no_ascii_holds_no_token_and_is_no_error() -> None:
    answers: list[Any] = []

    async def told(message: Message) -> None:
        answers.append(message)

    async def never(*_: Any) -> Any:
        raise AssertionError

    for query in (b"token=\xff", b"\xff", b"token=%ff"):
        await Guard(never, Limits(), "sesame")({**SOCKET, "query_string": query}, never, told)
    assert [answer["status"] for answer in answers if "status" in answer] == [401] * 3


async def gone(_message: Message) -> None:
    raise ConnectionResetError


async def test_a_client_who_has_gone_before_the_answer_is_a_disconnect_and_no_error() -> None:
    heard: list[Message] = []

    async def application(_scope: Scope, receive: Receive, _send: Send) -> None:
        heard.append(await receive())

    await serve(application, ["no object"], gone)
    assert heard == [{"type": "websocket.disconnect", "code": 1006}]


async def test_a_client_who_does_not_wait_to_be_told_that_there_is_no_room_is_no_error() -> None:
    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            await send({"type": "websocket.send", "text": "no room"})
        except OSError:
            raise WebSocketDisconnect(1006) from None  # as Starlette has it

    await serve(application, [], gone)
