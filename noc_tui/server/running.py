"""Serving: one process, one event loop, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import uvicorn

from noc_tui.hosts import is_loopback
from noc_tui.server.app import ServerSettings, create_app
from noc_tui.server.connections import DoorProtocol, allow_open_files
from noc_tui.server.frames import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

PING_SECONDS: Final = 20.0
"""How often a WebSocket is asked whether its client is there, and how long the answer may take."""
_GRACE_SECONDS: Final = 5
_BACKLOG: Final = 256
_CLIENTS_DO: Final = frozenset(
    {
        "ASGI callable returned without completing handshake.",  # a request for a WebSocket is answered with a status
        "socket.send() raised exception.",  # the client has gone, and there is more to answer
    }
)
"""What uvicorn and asyncio take for mistakes of the program, and is none."""


class ServeError(Exception):
    """A server that cannot be started as asked. The message is one sentence that can be shown as it is."""


def listen(host: str, port: int, *, public: bool = False) -> socket.socket:
    """A socket that listens there; port 0: any. Raises `ServeError`, for an address that is not for the public too."""
    if not public and not is_loopback(host):
        raise ServeError(f"{host} can be reached from other machines: give a --token, or listen on 127.0.0.1")
    try:
        family, *_, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        # Python says the address once more; negative are the numbers of what is wrong with a name.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ServeError(f"cannot listen on {host}, port {port}: {reason}") from error


def url_of(listener: socket.socket) -> str:
    """Where a listening socket can be reached."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(app: FastAPI, settings: ServerSettings, *, ping_seconds: float = PING_SECONDS) -> uvicorn.Server:
    """The server of an application. Clients that do not answer a ping are gone, and their slots are free again."""
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_is_worth_telling)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=DoorProtocol,
            limit_concurrency=settings.limits.connections,
            ws=PatientProtocol,
            ws_max_size=settings.limits.message_bytes + 1,  # so much of a longer one comes through, to be refused
            ws_per_message_deflate=False,  # a small message would grow to any size
            ws_ping_interval=ping_seconds,
            ws_ping_timeout=ping_seconds,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            log_level="warning",
            access_log=False,  # it would show tokens
            server_header=False,
        )
    )


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Whether that is for the log, and not what any client can bring about: no UTF-8; no answer until the end."""
    if record.exc_info is not None and isinstance(record.exc_info[1], UnicodeDecodeError | asyncio.CancelledError):
        return False
    return record.msg not in _CLIENTS_DO


def serve(
    settings: ServerSettings, host: str, port: int, *, ready: Callable[[str], None], public: bool = False
) -> bool:
    """Serve until SIGTERM or Ctrl-C; `ready` is told the address. Whether it was Ctrl-C.

    Recordings are closed, and connections told to go away. Raises `ServeError`: for a token that no client could send,
    a folder that no recordings can be kept in, more sessions than the system has room for, an address that cannot be
    listened on, and one that others can reach where there is no token, unless it is meant to be `public`.
    """
    _check_token(settings.token)
    _check_folder(settings.record)
    limits = settings.limits
    if (allowed := allow_open_files(limits.open_files)) < limits.open_files:
        raise ServeError(
            f"{limits.sessions} sessions need {limits.open_files} open files, and a process may have {allowed} here:"
            " allow fewer sessions, or more files (ulimit -n)"
        )
    with listen(host, port, public=public or settings.token is not None) as listener:
        server = make_server(create_app(replace(settings, loopback=is_loopback(host))), settings)
        with _stopping(server) as stopped_by, _collecting_rarely():
            ready(url_of(listener))
            server.run(sockets=[listener])
    return signal.SIGINT in stopped_by


def _check_token(token: str | None) -> None:
    if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token != ""):
        raise ServeError("the token has to be of printable ASCII characters, without a space at its ends")


def _check_folder(folder: Path | None) -> None:
    """Refuse a folder that cannot be written before anybody has played for nothing."""
    if folder is None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServeError(f"recordings cannot be kept in {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ServeError(f"recordings cannot be kept in {folder}: it cannot be written")


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Leave what has been loaded out of garbage collection, and collect less often: a tenth of the time of a step.

    What an episode leaves behind holds no cycles worth hurrying for.
    """
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextmanager
def _stopping(server: uvicorn.Server) -> Iterator[list[int]]:
    """Signals end the server and no more: those before it runs, and those that it raises again once it has stopped."""
    received: list[int] = []

    def stop(number: int, _frame: object) -> None:
        received.append(number)
        server.should_exit = True

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
