"""`noc-tui web`: whom it lets in, and what it refuses. (What a browser makes of it: `tests/e2e/test_browser.py`.)"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import WebSocketResponse

from noc_tui.cli.web_server import COOKIE, VISITOR, WebServer, _end
from noc_tui.hosts import is_loopback
from tests.cli.shell import noc
from tests.cli.test_help import COMMANDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

HELP = "import sys; sys.argv[1:] = [{!r}, '--help']\nfrom noc_tui.cli import main\ntry: main()\nexcept SystemExit: pass"
TOKEN = "correcthorse7"  # noqa: S105  (of this test alone)
POLITE = "exec head -c 1 3>&1 >/dev/null"
"""A program that ends as soon as it is told anything, such as to end. Until then it could still write."""


@asynccontextmanager
async def visited(server: WebServer | None = None) -> AsyncIterator[TestClient[Any, Any]]:
    server = server or WebServer(token=None, most=2, command=POLITE)
    async with TestClient(TestServer(await server.application())) as client:
        yield client


def guarded() -> WebServer:
    return WebServer(token=TOKEN, most=2, command=POLITE)


async def everybody_left(server: WebServer) -> None:
    while busy := server._visits | server._ends:
        await asyncio.wait(busy)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_is_what_this_machine_alone_reaches(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", ""])  # noqa: S104
def test_any_other_address_is_public(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--host", "0.0.0.0"), "--host 0.0.0.0: whoever reaches that address would play as you"),  # noqa: S104
        (("--token", "short"), "--token: expected 8 or more letters and digits"),
        (("--token", "with spaces & signs"), "--token: expected 8 or more letters and digits"),
    ],
)
def test_what_would_not_be_safe_is_refused_in_a_sentence(arguments: tuple[str, ...], complaint: str) -> None:
    done = noc("web", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"noc-tui: {complaint}")
    assert done.err.count("\n") == 1


def test_without_textual_serve_one_sentence_says_which_extra_installs_it() -> None:
    code = (
        "import sys; sys.modules['textual_serve'] = None; sys.argv[1:] = ['web']\nfrom noc_tui.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "noc-tui: noc-tui web needs textual-serve; this installs it: pip install 'noc-tui[web]'\n"


def test_the_examples_of_the_help_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    async def serve(_: WebServer, host: str, port: int, *, ready: Callable[[str], None]) -> None:
        served.append((host, port))
        ready(f"http://{host}:{port}/")

    monkeypatch.setattr("noc_tui.cli.web_server.serve", serve)
    examples = [line for line in COMMANDS[("web",)].epilog.splitlines() if line.startswith("  noc-tui ")]
    said = [noc(*line.split()[1:]) for line in examples]
    assert served == [("127.0.0.1", 8000), ("127.0.0.1", 9000), ("0.0.0.0", 8000)]  # noqa: S104  (as the example says)
    assert [done.code for done in said] == [0, 0, 0]
    assert said[0].out == "open http://127.0.0.1:8000/ in a browser (Ctrl-C ends it)\n"
    assert said[2].out == "open http://0.0.0.0:8000/?token=correcthorse in a browser (Ctrl-C ends it)\n"


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = noc("web", "--port", str(taken.getsockname()[1]))
    assert (done.code, done.out) == (1, "")
    assert "address already in use" in done.err
    assert done.err.count("\n") == 1


async def test_the_page_comes_whole_from_here() -> None:
    async with visited() as client:
        page = await client.get("/")
        text = await page.text()
        assert page.status == 200
        assert "//" not in re.sub("// [A-Z]", "", text)  # no address of anybody else's
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        for part in ("static/js/textual.js", "static/css/xterm.css", "static/fonts/RobotoMono-VariableFont_wght.ttf"):
            assert part in text
            assert (await client.get(f"/{part}")).status == 200


async def test_without_a_token_it_answers_to_the_names_of_this_machine_only() -> None:
    async with visited() as client:
        for host, status in (("localhost:1", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example:8000", 403)):
            assert (await client.get("/", headers={"Host": host})).status == status
        for path in ("/ws", "/static/js/textual.js", "/download/x"):
            assert (await client.get(path, headers={"Host": "evil.example"})).status == 403


@pytest.mark.parametrize("server", [None, guarded()], ids=["open", "guarded"])
async def test_a_page_from_elsewhere_may_not_connect(server: WebServer | None) -> None:
    async with visited(server) as client:
        client.session.cookie_jar.update_cookies({COOKIE: TOKEN})
        with pytest.raises(WSServerHandshakeError) as caught:
            await client.ws_connect("/ws", origin="https://evil.example")
        assert caught.value.status == 403
        own = f"http://{client.host}:{client.port}"
        async with client.ws_connect("/ws", origin=own) as socket:
            assert not socket.closed


async def test_a_token_opens_the_door_once_and_then_leaves_the_address() -> None:
    async with visited(guarded()) as client:
        for path in ("/", "/?token=wrong", "/?token=", "/ws", "/static/js/textual.js"):
            answer = await client.get(path)
            assert answer.status == 403
            assert "?token=" in await answer.text()
        admitted = await client.get(f"/?token={TOKEN}", allow_redirects=False)
        assert (admitted.status, admitted.headers["Location"]) == (303, "/")
        cookie = admitted.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
        assert (await client.get("/", cookies={COOKIE: TOKEN})).status == 200
        assert (await client.get("/", cookies={COOKIE: TOKEN}, headers={"Host": "any.example"})).status == 200


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for room."""
    monkeypatch.setattr("noc_tui.cli.web_server._PATIENCE", 0.0)


@pytest.mark.usefixtures("impatient")
async def test_no_more_visitors_come_in_than_there_may_be_and_a_place_becomes_free() -> None:
    server = WebServer(token=None, most=1, command=POLITE)
    async with visited(server) as client:
        async with client.ws_connect("/ws"):
            with pytest.raises(WSServerHandshakeError) as caught:
                await client.ws_connect("/ws")
            assert caught.value.status == 503
        await everybody_left(server)
        async with client.ws_connect("/ws") as again:
            assert not again.closed


async def test_the_page_comes_to_whoever_asks_and_can_ask_whether_there_is_room() -> None:
    server = WebServer(token=None, most=1, command=POLITE)
    async with visited(server) as client:
        async with client.ws_connect("/ws"):
            assert (await client.get("/")).status == 200  # it may be one that is loaded again, whose visit is not over
            room = await client.get("/room")
            assert room.status == 503
            assert await room.text() == "Somebody is here already, and there is no room for more.\n"
        await everybody_left(server)
        assert (await client.get("/room")).status == 200


async def test_whoever_comes_waits_for_somebody_who_leaves() -> None:
    server = WebServer(token=None, most=1, command=POLITE)
    async with visited(server) as client:
        visit = await client.ws_connect("/ws")
        coming = asyncio.create_task(client.ws_connect("/ws"))
        closing = asyncio.create_task(visit.close())
        async with await coming as come:
            assert not come.closed
        await closing


@pytest.mark.usefixtures("impatient")
async def test_whoever_comes_while_somebody_is_leaving_waits_for_as_long_as_that_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaving, over = asyncio.Event(), asyncio.Event()

    async def end(program: Any) -> None:
        leaving.set()
        await over.wait()
        await _end(program)

    monkeypatch.setattr("noc_tui.cli.web_server._end", end)
    server = WebServer(token=None, most=1, command=POLITE)
    async with visited(server) as client:
        visit = await client.ws_connect("/ws")
        closing = asyncio.create_task(visit.close())
        await leaving.wait()
        coming = asyncio.create_task(server._need_room())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not coming.done()
        over.set()
        await coming
        await closing


@pytest.mark.parametrize("last_words", ["", "echo __GANGLION__; "], ids=["at once", "later"])
async def test_a_page_is_told_that_its_program_has_ended_without_a_word(last_words: str) -> None:
    server = WebServer(token=None, most=1, command=f"{last_words}kill -9 $$")
    async with visited(server) as client, client.ws_connect("/ws") as visit:
        message = await visit.receive(timeout=60)
        assert message.type is WSMsgType.CLOSE


async def test_a_process_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.cli.web_server._CLOSING", 0.01)
    server = WebServer(token=None, most=1, command=f"echo $$ > {tmp_path / 'pid'}; echo __GANGLION__; exec sleep 1000")
    async with visited(server) as client:
        async with client.ws_connect("/ws?width=-3&height=9999999") as visit:
            await visit.send_str("no list")
            await visit.receive()
            assert visit.close_code == 1003
        await everybody_left(server)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_visitors_program_imports_nothing_from_where_the_server_was_started() -> None:
    assert " -P -m noc_tui.cli.web_visitor" in VISITOR


def test_a_visitors_program_ends_when_its_server_is_gone_without_a_word(tmp_path: Path) -> None:
    program = WebServer(token=None, most=1)._program(WebSocketResponse())
    folders = {"NOC_TUI_DATA": str(tmp_path), "NOC_TUI_CONFIG": str(tmp_path / "config.toml")}
    with subprocess.Popen(
        shlex.split(VISITOR.removeprefix("exec ")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=program._build_environment() | folders,
    ) as visitor:
        try:
            assert visitor.stdout is not None
            assert visitor.stdout.readline() == b"__GANGLION__\n"
            visitor.communicate(timeout=60)  # closes what it listens to, and reads what it says
        finally:
            visitor.kill()
    assert visitor.returncode == 0


@pytest.mark.parametrize(
    "path",
    [
        "import noc_tui.tui.app, noc_tui.tui.screens.play, noc_tui.bench.run",
        HELP.format("train"),
        HELP.format("web"),
    ],
    ids=["the screens", "help on training", "help on the web"],
)
def test_nobody_loads_what_serves_and_trains_who_does_not_ask_for_it(path: str) -> None:
    heavy = {"aiohttp", "textual_serve", "torch", "stable_baselines3", "tensorboard", "noc_tui.train", "playwright"}
    code = f"{path}\nimport sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines()[-1] == "set()", done.stderr
