"""Connections that nobody uses: they are few, and short, and take no room from those who play."""

from __future__ import annotations

import asyncio
import resource
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from noc_tui.server import connections, guard, running
from noc_tui.server.app import ServerSettings, create_app
from noc_tui.server.connections import allow_open_files
from noc_tui.server.limits import Limits
from noc_tui.server.running import ServeError, serve
from tests.server.serving import Served, ask, served

STATE = {"type": "state"}


async def connected(server: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which nothing has been said yet."""
    host, port = server.url.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


async def until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """What comes until the server hangs up. Raises `TimeoutError` if it does not."""
    try:
        async with asyncio.timeout(60):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_who_is_one_too_many_is_hung_up_on_and_the_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SILENT_SECONDS", 3_600.0)
    async with served(ServerSettings(limits=Limits(sessions=2, others=0))) as server, server.socket() as socket:
        await ask(socket, STATE)
        idle = await connected(server)
        assert await until_the_end(*await connected(server)) == b""
        assert (await ask(socket, STATE))["type"] == "state"
        idle[1].close()


async def test_who_connects_and_asks_for_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as server, server.socket() as socket:
        monkeypatch.setattr(connections, "SILENT_SECONDS", 0.0)
        assert await until_the_end(*await connected(server)) == b""
        assert (await ask(socket, STATE))["type"] == "state"


async def test_who_has_been_answered_and_never_finishes_asking_again_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doors: list[Any] = []
    made = connections.DoorProtocol.connection_made

    def noted(door: Any, transport: Any) -> None:
        doors.append(door)
        made(door, transport)

    monkeypatch.setattr(connections.DoorProtocol, "connection_made", noted)
    async with served() as server:
        reader, writer = await connected(server)
        writer.write(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")
        await reader.readuntil(b"healthy")
        writer.write(b"GET / HTTP/1.1\r\nNever: ")
        doors[0].hang_up_if_silent(doors[0].cycle)
        assert await until_the_end(reader, writer) in {b"", b'"}'}  # the rest of the first answer, and no other


class Transport:
    """What a protocol asks of a connection."""

    def __init__(self) -> None:
        self.protocol: Any = None
        self.closed = False

    def get_protocol(self) -> Any:
        return self.protocol

    def get_extra_info(self, _name: str) -> Any:
        return None

    def close(self) -> None:
        self.closed = True


class Loop:
    """A loop that notes what is to be done later."""

    def __init__(self) -> None:
        self.later: list[Any] = []

    def call_later(self, _seconds: float, _do: Any, argument: Any) -> None:
        self.later.append(argument)


ANSWERED, UNDER_WAY = SimpleNamespace(response_complete=True), SimpleNamespace(response_complete=False)


@pytest.mark.parametrize(
    ("last", "now", "upgraded", "closed"),
    [
        (None, None, False, True),
        (None, None, True, False),
        (None, ANSWERED, False, False),
        (ANSWERED, ANSWERED, False, True),
        (UNDER_WAY, UNDER_WAY, False, False),
        (ANSWERED, UNDER_WAY, False, False),
    ],
)
def test_only_a_connection_on_which_nothing_was_asked_since_the_last_answer_is_silent(
    last: Any, now: Any, upgraded: bool, closed: bool
) -> None:
    door: Any = connections.DoorProtocol.__new__(connections.DoorProtocol)
    door.loop, door.transport, door.cycle = Loop(), Transport(), now
    door.transport.protocol = object() if upgraded else door
    door.hang_up_if_silent(last)
    assert door.transport.closed is closed
    assert door.loop.later == ([] if closed or upgraded else [now])


async def test_nothing_is_kept_of_a_connection_that_has_ended() -> None:
    config = uvicorn.Config(create_app(), limit_concurrency=1)
    config.load()
    door: Any = connections.DoorProtocol(config, ServerState(), {})
    door.connection_made(Transport())
    assert not door.watch.cancelled()
    door.connection_lost(None)
    assert door.watch.cancelled()


async def test_a_request_that_does_not_come_to_an_end_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_BODY_SECONDS", 0.0)
    async with served() as server:
        reader, writer = await connected(server)
        writer.write(b"POST /reset HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{")
        answer = await until_the_end(reader, writer)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert answer.endswith(b'{"detail": "the request has not come within 0 seconds"}')


@pytest.mark.parametrize(
    ("soft", "hard", "allowed"),
    [(256, 4096, 1000), (256, 512, 512), (2048, 4096, 2048), (256, -1, 1000), (-1, -1, 1000)],
)
def test_the_process_may_open_the_files_it_needs_as_far_as_the_system_lets_it(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, allowed: int
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: limits.append(given))
    monkeypatch.setattr(resource, "RLIM_INFINITY", -1)
    assert allow_open_files(1000) == allowed
    assert limits[-1] == ((soft, hard) if soft in {-1, 2048} else (allowed, hard))


def test_more_sessions_than_there_is_room_for_are_refused_before_anybody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "allow_open_files", lambda _: 1024)
    sentence = (
        "4096 sessions need 8448 open files, and a process may have 1024 here: allow fewer sessions, or more files"
    )
    with pytest.raises(ServeError, match=sentence):
        serve(ServerSettings(limits=Limits(sessions=4096)), "127.0.0.1", 0, ready=print)
