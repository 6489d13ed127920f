"""The store as the rest of the program uses it: whatever happens to the database, play goes on and nothing is lost."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self

from noc_tui import paths
from noc_tui.store.claims import Claims
from noc_tui.store.errors import StoreError
from noc_tui.store.migrations import prepare
from noc_tui.store.place import PATIENCE, Place, connect, place_of, reading, writing
from noc_tui.store.queue import Queue
from noc_tui.store.writing import Taken, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from noc_tui.store.entries import Entry


class Remembered(NamedTuple):
    """What became of entries that were to be remembered."""

    saved: bool
    """They are in the database. False: they wait in the queue, or, if even that failed, are lost; see `notices`."""
    taken: Taken
    """What was new, that from the queue included."""
    notices: tuple[str, ...]
    """What the user should know, in sentences."""
    lost: bool = False
    """Not even the queue could take them."""


class Store:
    """One database, opened when it is first needed, with a queue of files for the time when it cannot be.

    `store` is a URL, or empty for the file in the user's data folder. Calls may wait `patience` seconds for another
    program, so that a screen makes them in a worker; two threads may use one store.
    """

    def __init__(self, store: str = "", *, queue: Path | None = None, patience: float = PATIENCE) -> None:
        self.place: Place = place_of(store)
        self.queue = Queue(paths.queue_dir() if queue is None else queue)
        self.claims = Claims(self.queue.folder)
        self._patience = patience
        self._engine: Engine | None = None
        self._opening = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database. It is opened again when it is needed again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for the functions of `noc_tui.store.queries`. Raises `StoreError`."""
        with reading(self._ready(), self.place) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes take effect at the end, or not at all. Raises `StoreError`."""
        with writing(self._ready(), self.place) as connection:
            yield connection

    def remember(self, *entries: Entry) -> Remembered:
        """Put entries into the database, and all that waits in the queue before them. Raises nothing.

        Where the database cannot be used they are queued in a file, and a notice says so.
        """
        waiting, problems = self.queue.read()
        try:
            with self.writing() as connection:
                taken = take_in(connection, [*(e for item in waiting for e in item.entries), *entries])
        except StoreError as error:
            return self._wait(entries, error, problems)
        try:
            self.queue.done(waiting)
        except StoreError as error:
            problems.append(str(error))
        return Remembered(saved=True, taken=taken, notices=tuple(problems))

    def take_in_queue(self) -> Remembered:
        """Take in what waits in the queue, if anything does. Raises nothing."""
        if not self.queue.files():
            return Remembered(saved=True, taken=Taken(), notices=())
        return self.remember()

    def _wait(self, entries: tuple[Entry, ...], error: StoreError, problems: list[str]) -> Remembered:
        if not entries:
            return Remembered(saved=False, taken=Taken(), notices=(*problems, str(error)))
        try:
            self.queue.put(entries)
        except StoreError as worse:
            notice = f"{error}; and what was played now is not remembered, for {worse}"
            return Remembered(saved=False, taken=Taken(), notices=(*problems, notice), lost=True)
        notice = f"{error}; results wait in {self.queue.folder} and are taken in once it can be used"
        return Remembered(saved=False, taken=Taken(), notices=(*problems, notice))

    def _ready(self) -> Engine:
        with self._opening:  # of two engines one would be lost, with its connections open
            if self._engine is None:
                self._engine = self._opened()
            return self._engine

    def _opened(self) -> Engine:
        if self.place.file is not None:
            try:
                self.place.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{self.place.file.parent}: cannot be made: {error.strerror}") from error
        engine = connect(self.place, self._patience)
        try:
            prepare(engine, self.place)
        except BaseException:
            engine.dispose()
            raise
        return engine
