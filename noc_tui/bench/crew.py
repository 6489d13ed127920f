"""Processes in which agents wait for models: one that asks for hundreds of answers a second is busy all by itself."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from noc_tui.bench.engine import leave_interrupts_to_parent
from noc_tui.bench.playing import factory_of, play

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess

    from noc_tui.bench.budget import Budget
    from noc_tui.bench.playing import Played, Terms
    from noc_tui.sim.incident import Incident

EPISODES_EACH: Final = 32
"""So many episodes at a time are worth a process: it takes a second to start, and waits most of the time with fewer."""
_SECONDS_TO_END: Final = 10.0


class LostProcessError(Exception):
    """A process has died that was playing episodes."""


class Job(NamedTuple):
    """An episode that is to be played."""

    agent: str
    """As it is asked for on the command line."""
    incident: str
    seed: int


class Crew:
    """Plays episodes in processes of their own, each many at a time: as many as `play` is called for at once.

    To be used in an event loop, as a context; at its end whatever is still being played is broken off. What the
    episodes cost goes to the budget, which has to be shared (`Budget.share`).
    """

    def __init__(
        self, processes: int, incidents: Mapping[str, Incident], terms: Terms, budget: Budget, context: SpawnContext
    ) -> None:
        self._start = partial(_Member, context, (dict(incidents), terms, budget))
        self._processes = processes
        self._members: list[_Member] = []

    async def __aenter__(self) -> Self:
        self._members = [self._start() for _ in range(self._processes)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for member in self._members:
            member.dismiss()
        for member in self._members:
            await asyncio.to_thread(member.see_off)

    async def play(self, job: Job) -> Played:
        """What came of the episode, played by whoever has the least to do.

        Raises what `noc_tui.bench.playing.play` raises, and `LostProcessError`.
        """
        return await min(self._members, key=lambda member: member.busy).play(job)


class _Member:
    """A process, as the one that started it sees it."""

    def __init__(self, context: SpawnContext, arguments: tuple[object, ...]) -> None:
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_member, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()  # or its end would not be noticed
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._connection.fileno(), self._receive)
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Played]] = {}

    @property
    def busy(self) -> int:
        """How many episodes it plays."""
        return len(self._waiting)

    async def play(self, job: Job) -> Played:
        number = next(self._numbers)
        future: asyncio.Future[Played] = self._loop.create_future()
        self._waiting[number] = future
        try:
            self._send(number, job)
            return await future
        finally:
            self._waiting.pop(number, None)

    def dismiss(self) -> None:
        """Let it break off what it does, and end."""
        self._loop.remove_reader(self._connection.fileno())
        with suppress(LostProcessError):
            self._send(None, None)

    def see_off(self) -> None:
        """Wait for its end, and see to it."""
        self._process.join(_SECONDS_TO_END)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self._connection.close()

    def _send(self, number: int | None, job: Job | None) -> None:
        try:
            self._connection.send((number, job))
        except OSError as error:
            raise LostProcessError from error

    def _receive(self) -> None:
        try:
            number, played, error = self._connection.recv()
        except (EOFError, OSError):
            self._loop.remove_reader(self._connection.fileno())
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(LostProcessError())
            return
        asked = self._waiting.get(number)
        if asked is None or asked.done():
            return
        if error is None:
            asked.set_result(played)
        else:
            asked.set_exception(error)


# --- in the process


def _member(connection: Connection, incidents: dict[str, Incident], terms: Terms, budget: Budget) -> None:
    leave_interrupts_to_parent()
    asyncio.run(_serve(connection, incidents, terms, budget))


async def _serve(connection: Connection, incidents: dict[str, Incident], terms: Terms, budget: Budget) -> None:
    """Play what is asked for, until no more is."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def answer(number: int, job: Job) -> None:
        played, error = None, None
        try:
            factory = factory_of(job.agent)
            played = await play(factory, incidents[job.incident], job.seed, terms, budget)
        except Exception as failure:  # noqa: BLE001  (whatever it is, it is raised where the episode was asked for)
            error = failure
        connection.send((number, played, error))

    def receive() -> None:
        number, job = connection.recv()
        if job is None:
            over.set()
            return
        task = loop.create_task(answer(number, job))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    loop.add_reader(connection.fileno(), receive)
    await over.wait()
    loop.remove_reader(connection.fileno())
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    connection.close()


def spawning() -> SpawnContext:
    """How the processes are started: a fork would take over an event loop that runs."""
    return multiprocessing.get_context("spawn")
