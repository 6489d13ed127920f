"""Results are remembered beside the play: written down at once, reviewed and put into the database by a thread."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Final

from textual.message import Message

from noc_tui import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from noc_tui.drills.results import Result
    from noc_tui.episode.records import Header
    from noc_tui.episode.track import Track
    from noc_tui.store.claims import Claim
    from noc_tui.store.entries import Entry
    from noc_tui.store.store import Store

    Job = Callable[[], None]

TUTORIAL: Final = "tutorial"
"""The drill that is not remembered: its incident is told, and lost on purpose."""
_PATIENCE: Final = 1.0
"""Seconds that the end of the program waits for the thread. What it has not done is taken in at the next start."""


class Remembering:
    """Whose results these are, and where they go.

    Every method may be called while a screen is shown: it returns at once and raises nothing. What is not in the
    database when the program ends, however it ends, lies in files and is taken in by the next one. `post` gives
    messages to the app, from any thread. Where it is not `on`, nothing is remembered; what there is can be read.
    """

    class Kept(Message, bubble=False):
        """A session is remembered. The app passes it on to every screen that is open."""

        def __init__(self, result: Result, *, saved: bool) -> None:
            super().__init__()
            self.result = result
            self.saved = saved
            """It is in the database; else it waits in the queue."""

    class Caught(Message, bubble=False):
        """What had been waiting has been taken in."""

    class Failed(Message, bubble=False):
        """Something that the user should know, in a sentence."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, store: str, player: str, post: Callable[[Message], object], *, on: bool = True) -> None:
        self.on = on
        self._url = store
        self._name = player
        self._post = post
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._leaving = threading.Event()
        self._told: set[str] = set()
        self._claims: dict[str, Claim] = {}

    @property
    def player(self) -> str:
        """Who plays. Heavy where nobody has said so: for after the first paint."""
        if not self._name:
            from noc_tui.store.people import default_player  # noqa: PLC0415  (loads pydantic)

            self._name = default_player()
        return self._name

    @property
    def store(self) -> Store:
        """The database, to be read in a thread. Heavy. Raises `StoreError` for a setting that names none."""
        from noc_tui.store.store import Store  # noqa: PLC0415  (loads SQLAlchemy)

        with self._opening:
            if self._store is None:
                self._store = Store(self._url)
            return self._store

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read, for the usual file is not there. Loads nothing."""
        return not self._url and not paths.progress_file().exists()

    def drill_of(self, session: str) -> str | None:
        """The drill that a session belongs to which can be gone on with; None: it is played for its own sake."""
        if not self.on:
            return None
        from noc_tui.store.claims import Claims  # noqa: PLC0415  (only for what is gone on with)

        claim = Claims(paths.queue_dir()).find(session)
        return claim.drill if claim is not None else None

    # --- what happens

    def began(self, header: Header, drill: str | None = None) -> None:
        """An episode has been opened: from now on its session is the player's, whatever happens to the program."""
        if not self.on or drill == TUTORIAL:
            return
        from noc_tui.store.claims import Claim, Claims  # noqa: PLC0415  (the episode has loaded what it loads)
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        claims = Claims(paths.queue_dir())
        # What is gone on with stays whose it is, and the drill that it is.
        claim = claims.find(header.session) or Claim(header.session, self.player, drill)
        self._claims[header.session] = claim
        try:
            claims.put(claim)
        except StoreError as error:
            self._tell([str(error)])

    def dropped(self, session: str) -> None:
        """An episode has been left in which nothing happened."""
        if not self.on:
            return
        from noc_tui.store.claims import Claims  # noqa: PLC0415
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        try:
            Claims(paths.queue_dir()).drop(session)
        except StoreError as error:
            self._tell([str(error)])

    def ended(self, track: Track, drill: str | None = None) -> None:
        """An episode has ended: let it be reviewed and remembered. `Kept` follows."""
        if self.on and drill != TUTORIAL:
            self._do(lambda: self._keep(track, drill))

    def remember(self, *entries: Entry) -> None:
        """Remember answers, or the beginning of a daily. They are in a file when this returns."""
        if not self.on:
            return
        from noc_tui.store.errors import StoreError  # noqa: PLC0415
        from noc_tui.store.queue import Queue  # noqa: PLC0415

        try:
            Queue(paths.queue_dir()).put(entries)
        except StoreError as error:
            self._tell([str(error)])
            self._do(lambda: self._tell(self.store.remember(*entries).notices))
        else:
            self._do(lambda: self._tell(self.store.take_in_queue().notices))

    def catch_up(self) -> None:
        """Take in what earlier programs have left waiting, if anything. `Caught` follows where there was something."""
        if self.on and self._is_anything_left():
            self._do(self._catch_up)

    def _is_anything_left(self) -> bool:
        """Whether more lies in the folder than the claims of this program. Loads nothing."""
        try:
            left = list(paths.queue_dir().iterdir())
        except OSError:
            return False
        return any(path.stem not in self._claims for path in left)

    def close(self) -> None:
        """The program ends: drop what has not been begun, and wait a moment for what has."""
        self._leaving.set()
        self._jobs.put(None)
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        if self._store is not None and (self._thread is None or not self._thread.is_alive()):
            self._store.close()

    # --- the thread

    def _do(self, job: Job) -> None:
        if self._leaving.is_set():
            return
        self._jobs.put(job)
        if self._thread is None:
            # Nothing is lost where it is cut off, so that the program need not wait for it.
            self._thread = threading.Thread(target=self._work, name="remembering", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        while True:
            job = self._jobs.get()
            try:
                if job is None:
                    return
                if not self._leaving.is_set():
                    job()
            except StoreError as error:
                self._tell([str(error)])
            except _LeavingError:
                continue
            except Exception as error:  # noqa: BLE001  (the thread's edge: play goes on, and so do other results)
                self._tell([f"results could not be remembered: unexpected {type(error).__name__}: {error}"])
            finally:
                self._jobs.task_done()

    def _keep(self, track: Track, drill: str | None) -> None:
        from noc_tui.drills.results import result_of  # noqa: PLC0415
        from noc_tui.store.errors import StoreError  # noqa: PLC0415

        claim = self._claims.get(track.header.session)
        player, drill = (claim.player, claim.drill) if claim else (self.player, drill)
        result = result_of(track, person=player, drill=drill, progress=self._go_on)
        try:
            store = self.store
        except StoreError as error:  # a setting that names no database: the claim stays until it is mended
            self._tell([str(error)])
            self._post(self.Kept(result, saved=False))
            return
        remembered = store.remember(*result.entries)
        if not remembered.lost:
            store.claims.drop(result.entry.session)
        self._tell(remembered.notices)
        self._post(self.Kept(result, saved=remembered.saved))

    def _catch_up(self) -> None:
        from noc_tui.store.claims import Claims  # noqa: PLC0415
        from noc_tui.store.queue import Queue  # noqa: PLC0415

        folder = paths.queue_dir()
        # What can be gone on with has a claim as well: what its result needs is loaded when it has ended.
        if not (Queue(folder).files() or any(map(_is_due, Claims(folder).files()))):
            return
        from noc_tui.drills.results import catch_up  # noqa: PLC0415

        self._tell(catch_up(self.store, paths.sessions_dir(), self._go_on))
        self._post(self.Caught())

    def _go_on(self, _done: int, _total: int) -> None:
        """End what takes long once the program is left."""
        if self._leaving.is_set():
            raise _LeavingError

    def _tell(self, sentences: Iterable[str]) -> None:
        """Tell each thing once: it may be met after every episode."""
        for sentence in sentences:
            if sentence not in self._told:
                self._told.add(sentence)
                self._post(self.Failed(sentence))


def _is_due(claim: Path) -> bool:
    """Whether a claim's session neither goes on nor can be gone on with."""
    from noc_tui.episode.library import SUFFIX, is_unfinished  # noqa: PLC0415

    return not is_unfinished(paths.sessions_dir() / f"{claim.stem}{SUFFIX}")


class _LeavingError(Exception):
    """The program is being left."""
