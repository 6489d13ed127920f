"""Clients that come, stay, vanish; a server that is told to go."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket as sockets
import subprocess
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from openenv.core.env_server import http_server  # type: ignore[import-untyped]

from noc_tui.episode.library import list_sessions
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.hosts import is_loopback
from noc_tui.remote import ActionType, NOCAction, NocAgentEnvClient
from noc_tui.server.app import IDLE_SECONDS, ServerSettings
from noc_tui.server.running import ServeError, listen, serve
from tests.cli.shell import noc
from tests.server.serving import ask, served

if TYPE_CHECKING:
    from pathlib import Path

STATE = {"type": "state"}
THROTTLE = NOCAction(action_type=ActionType.THROTTLE_CPU)


def shaken_hands(url: str) -> sockets.socket:
    """The connection of a client that opens a WebSocket and never says anything again, not even to a ping."""
    host, port = url.removeprefix("http://").split(":")
    connection = sockets.create_connection((host, int(port)))
    key = b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return connection


async def test_the_slot_of_a_client_that_has_vanished_is_free_again() -> None:
    async with served(ping_seconds=0.05) as server:
        with await asyncio.to_thread(shaken_hands, server.url):
            await server.freed.get()
            assert server.sessions.active_sessions == 0


async def test_a_client_whose_connection_breaks_leaves_its_recording_whole_and_its_slot_free(tmp_path: Path) -> None:
    async with served(ServerSettings(record=tmp_path)) as server:
        client = server.client()
        await client.reset(seed=7, incident_type="cpu_overload")
        await client.step(THROTTLE)
        client._ws.transport.abort()
        await server.freed.get()
        (recorded,), problems = list_sessions(tmp_path)
        assert (recorded.status, recorded.steps, problems) == ("interrupted", 1, [])
        await client.close()


async def test_what_any_client_can_bring_about_is_no_matter_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with served():
        asyncio_log = logging.getLogger("asyncio")
        asyncio_log.warning("socket.send() raised exception.")
        for error in (asyncio.CancelledError(), UnicodeDecodeError("utf-8", b"", 0, 1, "what a client sends")):
            asyncio_log.error("it failed", exc_info=error)
        asyncio_log.warning("something else")
    assert caplog.messages == ["something else"]


class OneRound:
    """`asyncio`, but for a loop that sleeps: it goes round once, and at once."""

    def __init__(self) -> None:
        self._slept = False

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        if self._slept:
            raise asyncio.CancelledError
        self._slept = True


async def test_a_person_who_thinks_for_long_keeps_the_session_and_one_made_over_http_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create = {"jsonrpc": "2.0", "id": 1, "method": "openenv/session/create"}
    async with served(ping_seconds=0.05) as server, server.socket() as socket:
        await ask(socket, STATE)
        async with httpx2.AsyncClient(base_url=server.url) as http:
            forgotten = (await http.post("/mcp", json=create)).json()["result"]["session_id"]
        sessions = server.sessions
        assert sessions.active_sessions == 2
        for info in sessions._session_info.values():
            info.last_activity_at -= 2 * IDLE_SECONDS
        monkeypatch.setattr(http_server, "asyncio", OneRound())
        await sessions._reap_idle_sessions()
        assert server.freed.get_nowait() == forgotten
        assert sessions.active_sessions == 1
        assert (await ask(socket, STATE))["type"] == "state"


async def test_a_session_that_is_being_played_can_be_followed(tmp_path: Path) -> None:
    async with served(ServerSettings(record=tmp_path)) as server, server.client() as client:
        await client.reset(seed=7, incident_type="cpu_overload")
        state = await client.state()
        await client.step(THROTTLE)
        with SessionFile.open(tmp_path / f"{state.session}.jsonl") as following:
            assert (following.steps, following.end) == (1, None)
            await client.step(THROTTLE)
            assert following.refresh()
            assert following.steps == 2
        assert list_sessions(tmp_path)[0][0].status == "live"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),  # noqa: S104  (that it is refused is what is tested)
        ("::", False),
        ("192.168.1.4", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_need_no_token(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    if not loopback:
        with pytest.raises(ServeError, match=r"can be reached from other machines: give a --token, or listen on 127"):
            listen(host, 0)


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(ServeError, match=r"Address already in use$"):
        listen("127.0.0.1", taken.getsockname()[1])


# --- the command


@pytest.mark.parametrize(("told", "interrupted"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_it_serves_until_it_is_told_to_stop_and_says_whether_it_was_ctrl_c(
    told: signal.Signals, interrupted: bool
) -> None:
    before = signal.getsignal(told)
    urls: list[str] = []

    def ready(url: str) -> None:
        urls.append(url)
        signal.raise_signal(told)

    assert serve(ServerSettings(), "127.0.0.1", 0, ready=ready) is interrupted
    assert urls[0].startswith("http://127.0.0.1:")
    assert signal.getsignal(told) is before


def test_a_server_that_is_told_to_stop_while_somebody_plays_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "noc_tui", "serve", "--port", "0", "--web", "--record", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            said = process.stdout.readline()
            url = said.split()[2]
            assert said == f"noc-tui serves {url} and a page to play on at {url}/web (Ctrl-C ends it)\n"
            rebound = {"host": "evil.example", "origin": "http://evil.example"}
            assert httpx2.get(f"{url}/schema", headers=rebound).status_code == 403
            client = NocAgentEnvClient(base_url=url).sync()
            client.reset(seed=7, incident_type="cpu_overload", driver="policy")
            client.step(THROTTLE)
            client.step(THROTTLE)
            process.terminate()
            assert process.wait(60) == 0
            assert process.stderr.read() == ""
            client.close()
        finally:
            process.kill()
    (summary,), problems = list_sessions(tmp_path)
    assert (summary.status, summary.steps, summary.driver, problems) == ("interrupted", 2, "policy", [])
    with SessionFile.open(summary.path) as recorded:
        assert verify(recorded).ok


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "::"], ":: can be reached from other machines: give a --token, or listen on 127.0.0.1"),
        (["--token", "a\nb"], "the token has to be of printable ASCII characters, without a space at its ends"),
        (["--record", "/dev/null/x"], "recordings cannot be kept in /dev/null/x: Not a directory"),
    ],
)
def test_what_cannot_be_served_is_refused_with_exit_code_2(arguments: list[str], sentence: str) -> None:
    done = noc("serve", "--port", "0", *arguments)
    assert (done.code, done.out, done.err) == (2, "", f"noc-tui: {sentence}\n")
