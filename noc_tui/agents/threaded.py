"""Other people's agents, each in a thread of its own: nothing that one does there can stop the program."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from noc_tui.agents.base import AgentError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision

T = TypeVar("T")

GRACE: Final = 0.5
"""Seconds that a question which was given up may take to end before the agent counts as hung."""


class Decider(Protocol):
    """The part of an agent that somebody else has to write. It may also have `async def close(self) -> None`."""

    async def decide(self, observation: Observation) -> Decision: ...


class ThreadedAgent:
    """Runs `decider` in a daemon thread with an event loop of its own, from the first question until `close`.

    A decider that blocks its thread keeps nobody waiting: a question can be given up at any time. Until the decider
    has come back from it, further questions raise `AgentError`.
    """

    def __init__(self, decider: Decider, name: str, *, grace: float = GRACE) -> None:
        self.name = name
        self._decider = decider
        self._grace = grace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last: Future[None] | None = None
        """Done once the decider has come back from the last question."""

    async def decide(self, observation: Observation) -> Decision:
        """What the decider answers. Raises what it raises."""
        if not await self._came_back():
            raise AgentError(f"agent {self.name} hangs: it has not come back from a question that was given up")
        return await self._call(lambda: self._decider.decide(observation))

    async def close(self) -> None:
        """Let the decider close what it holds, and end the thread. A decider that hangs is left behind as it is.

        Raises what the decider's own `close` raises.
        """
        close = getattr(self._decider, "close", None)
        try:
            if close is not None and await self._came_back():
                await self._call(close)
        finally:
            if self._loop is not None:
                with suppress(RuntimeError):  # the decider has ended the loop itself
                    self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None

    async def _call(self, function: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Await `function()` in the thread. When this is cancelled, so is that, and its result goes nowhere."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            Thread(target=_serve, args=(self._loop,), name=f"agent {self.name}", daemon=True).start()
        loop, call = self._loop, _Call(function)
        loop.call_soon_threadsafe(call.begin)
        self._last = call.ended
        try:
            return await asyncio.wrap_future(call.answer)
        except asyncio.CancelledError:
            loop.call_soon_threadsafe(call.cancel)
            raise

    async def _came_back(self) -> bool:
        if self._last is None or self._last.done():
            return True
        await asyncio.wait({asyncio.wrap_future(self._last)}, timeout=self._grace)
        return self._last.done()


class _Call(Generic[T]):
    """One coroutine that runs in another thread's loop. All methods are called there."""

    def __init__(self, function: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._function = function
        self._task: asyncio.Task[T] | None = None
        self.answer: Future[T] = Future()
        self.ended: Future[None] = Future()

    def begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> T:
        try:
            return await self._function()
        except (SystemExit, KeyboardInterrupt) as error:
            # Either would end the loop, and with it the agent, without a word.
            raise RuntimeError(f"it tried to end the program ({type(error).__name__})") from error

    def _end(self, task: asyncio.Task[T]) -> None:
        self.ended.set_result(None)
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if not self.answer.set_running_or_notify_cancel():
            return  # nobody waits any more
        if error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(task.result())


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    """What the thread does: run the loop until it is stopped, then clean up behind it."""
    loop.set_default_executor(_DaemonExecutor())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop().run_forever()


class _DaemonExecutor(ThreadPoolExecutor):
    """Runs what an agent hands to `asyncio.to_thread`. Python's own waits at exit for threads that never end."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001  (it is raised where the future is awaited)
                future.set_exception(error)

        Thread(target=work, daemon=True).start()
        return future
