"""The server behind `noc-tui web`: textual-serve, a guard in front, and a page that loads nothing from elsewhere."""

from __future__ import annotations

import asyncio
import hmac
import shlex
import signal
import sys
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from noc_tui.hosts import is_loopback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

T = TypeVar("T")

COOKIE: Final = "noc_tui_token"
PAGES: Final = Path(__file__).parent / "web_page"
# -P: nothing is imported from the folder that the server was started in.
VISITOR: Final = "exec " + shlex.join([sys.executable, "-P", "-m", "noc_tui.cli.web_visitor"])
_LONGEST_TOKEN: Final = 200
_CLOSING: Final = 5.0
"""Seconds that a visitor's process has to end in; it is killed after that."""
_HEARTBEAT: Final = 15.0
"""Seconds after which a browser that is silent is asked whether it is still there."""
_PATIENCE: Final = 3.0
"""Seconds that somebody for whom there is no room waits for somebody else to leave. A page that is loaded again leaves
only when its successor is there."""
_LONGEST_MESSAGE: Final = 256 * 1024
"""Bytes: of what is pasted, the most that is taken."""
_MOST_CELLS: Final = 1000
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Program(AppService):
    """The process of a visitor."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment: dict[str, str] = super()._build_environment(width, height)
        return environment | {"TEXTUAL_DRIVER": "noc_tui.cli.web_driver:VisitorDriver"}

    async def run(self) -> None:
        """Pass on what the process writes, until it has ended; then the page is told so.

        textual-serve leaves that to the program, which cannot say anything when it has been killed.
        """
        try:
            await super().run()
        finally:  # of a process that ends at once, textual-serve's own tasks are cancelled before they have begun
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                await self.remote_close()


class WebServer(Server):
    """One process of the program for each visitor, `most` of them at a time.

    Whoever reaches the server plays as the user who started it. Without a `token` it answers to the names of this
    machine only, so that no web page can point a name of its own at it, and with one to whoever knows that. A page from
    elsewhere that tries to connect is refused in either case.
    """

    def __init__(self, *, token: str | None, most: int, command: str = VISITOR) -> None:
        super().__init__(command, title="noc-tui", templates_path=PAGES)
        self._token = token
        self._most = most
        self._programs: set[_Program] = set()
        self._visits: set[asyncio.Task[web.WebSocketResponse]] = set()
        self._ends: set[asyncio.Task[None]] = set()
        """Of processes, which outlast the visits that they belong to by a moment."""
        self._left = asyncio.Event()

    async def application(self) -> web.Application:
        """What answers the requests."""
        app: web.Application = await self._make_app()
        app.router.add_get("/room", self.handle_room)
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command says where it can be reached."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002  (textual-serve's signature)
        """End all visits, and with each its process."""
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        await asyncio.gather(*self._ends)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if refused := self._refusal(request):
            return web.Response(text=f"noc-tui: {refused}\n", status=HTTPStatus.FORBIDDEN)
        if self._token is not None and "token" in request.query:
            return self._admitted(request)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(_HEADERS)
            raise
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _refusal(self, request: web.Request) -> str | None:
        """Why a request is not answered, in a sentence."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return "a page from elsewhere may not connect"
        if self._token is None:
            name = urlsplit(f"//{request.host}").hostname or ""
            return None if is_loopback(name) else "it answers to localhost and 127.0.0.1 only"
        given = request.query.get("token") or request.cookies.get(COOKIE, "")
        if hmac.compare_digest(given[:_LONGEST_TOKEN].encode(), self._token.encode()):
            return None
        return "add ?token= and the token that it was started with to the address"

    def _admitted(self, request: web.Request) -> web.Response:
        """The token goes into a cookie, and out of the address, which browsers remember and people share."""
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": request.path, **_HEADERS})
        response.set_cookie(COOKIE, self._token or "", httponly=True, samesite="Strict")
        return response

    async def handle_room(self, request: web.Request) -> web.Response:  # noqa: ARG002  (aiohttp's signature)
        """Whether there is room for one more: a page that was not let in learns nothing of the reason otherwise."""
        if len(self._programs) >= self._most:
            raise self._full()
        return web.Response(text="There is room.\n")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One visit: a process from the first byte to the last."""
        await self._need_room()
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LONGEST_MESSAGE)
        program = self._program(socket)
        self._programs.add(program)
        return await _kept(self._visit(request, socket, program), self._visits)

    async def _need_room(self) -> None:
        """Where there is no room, wait for somebody to leave. Raises `HTTPServiceUnavailable` if nobody does."""
        while len(self._programs) >= self._most:
            self._left.clear()
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._left.wait()
            except TimeoutError:
                if not self._ends:  # nobody is about to leave
                    raise self._full() from None

    def _full(self) -> web.HTTPServiceUnavailable:
        many = "Somebody is" if self._most == 1 else f"{self._most} visitors are"
        return web.HTTPServiceUnavailable(text=f"{many} here already, and there is no room for more.\n")

    def _program(self, socket: web.WebSocketResponse) -> _Program:
        async def close() -> None:
            await socket.close()

        return _Program(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=self.download_manager,
        )

    async def _visit(
        self, request: web.Request, socket: web.WebSocketResponse, program: _Program
    ) -> web.WebSocketResponse:
        try:
            await socket.prepare(request)
            await program.start(_cells(request, "width", 80), _cells(request, "height", 24))
            await self._process_messages(socket, program)
        except (AssertionError, LookupError, TypeError, ValueError):  # what no page of ours sends
            await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
        finally:
            # Even when the visit is cancelled: no process is left behind.
            await asyncio.shield(_kept(self._end(program), self._ends))
        return socket

    async def _end(self, program: _Program) -> None:
        try:
            await _end(program)
        finally:
            self._programs.discard(program)
            self._left.set()


def _cells(request: web.Request, name: str, usual: int) -> int:
    """A size that the page gives, as far as it is one."""
    given = request.query.get(name, "")
    return min(int(given), _MOST_CELLS) if given.isascii() and given.isdigit() and len(given) < 6 else usual


def _kept(work: Coroutine[Any, Any, T], tasks: set[asyncio.Task[T]]) -> asyncio.Task[T]:
    """A task, kept in `tasks` until it is done."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


async def _end(program: AppService) -> None:
    """Have the visitor's process end: it is asked to, and killed where it does not."""
    process = program._process  # noqa: SLF001  (there is no other way to it)
    if process is None:
        return
    # A task of its own: textual-serve swallows one cancellation, and lets another out that is none of ours.
    asking = asyncio.create_task(program.stop())
    await asyncio.wait({asking}, timeout=_CLOSING)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    program.stdin.close()
    try:
        async with asyncio.timeout(_CLOSING):
            await process.communicate()  # what it still writes, or it might wait for somebody to read it
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def serve(server: WebServer, host: str, port: int, *, ready: Callable[[str], None]) -> None:
    """Answer until SIGINT or SIGTERM. `ready` is told the address once there is one. Raises `OSError`."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(await server.application(), access_log=None, handle_signals=False, shutdown_timeout=_CLOSING)
    try:
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{bound}/")
        await stop.wait()
    finally:
        await runner.cleanup()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
