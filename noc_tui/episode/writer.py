"""Writing a session as it is played: each event reaches the file before the next one is decided."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Protocol, Self

from noc_tui.episode.errors import SessionBusyError, SessionError
from noc_tui.episode.files import lock_for_writing, open_session_file
from noc_tui.episode.format import MAX_LINE_BYTES, dump_event
from noc_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.records import Event, Header


class Recorder(Protocol):
    """What an episode tells its events to, the header first."""

    @property
    def problem(self) -> str | None:
        """Why events are not being saved at the moment, in one sentence; None while they are."""

    def record(self, *events: Event) -> None:
        """Take events in; those of one call are kept together or not at all."""

    def close(self) -> None: ...
    def discard(self) -> None:
        """Close, and leave nothing behind: for a session in which nothing happened."""


class NullRecorder:
    """Keeps nothing: for episodes that nobody asked to record."""

    problem: str | None = None

    def record(self, *events: Event) -> None:
        """Forget the events."""

    def close(self) -> None:
        """Nothing to close."""

    def discard(self) -> None:
        """Nothing to leave behind."""


class SessionWriter:
    """Appends events to a session file, mode 0600, and holds a lock on it so that nobody else does.

    A full disk or an unwritable folder never raises from `record`: the events are kept in memory, `problem` says what
    is wrong, and each further event tries again to write all of them.

    A new session gets its name once the events of the first `record` are in the file, so that nobody ever finds one
    that begins in the middle; a fork's first events are the header and all that it copies.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._file: int | None = None
        self._named = False
        self._closed = False
        self._size = 0
        """Bytes of the file that are whole events."""
        self._unwritten = bytearray()

    @classmethod
    def create(cls, folder: Path, header: Header) -> Self:
        """Make ready for a new session in `folder`, which is made if need be. The first `record` makes the file."""
        return cls(folder / f"{header.session}.jsonl")

    @classmethod
    def reopen(cls, path: Path, whole_bytes: int) -> Self:
        """Go on with an interrupted session whose first `whole_bytes` are whole events; a torn rest is cut off.

        Raises `SessionBusyError` while another program writes it, `SessionError` when it cannot be written or is not
        what it was when the whole events were counted.
        """
        writer = cls(path)
        file = open_session_file(path, os.O_RDWR)
        try:
            lock_for_writing(file)
            _check_unchanged(path, file, whole_bytes)
            os.ftruncate(file, whole_bytes)
        except BlockingIOError:
            os.close(file)
            raise SessionBusyError(f"{path}: another program is recording this session") from None
        except OSError as error:
            os.close(file)
            raise SessionError(f"{path}: cannot be continued: {error.strerror}") from error
        except SessionError:
            os.close(file)
            raise
        writer._file = file
        writer._named = True
        writer._size = whole_bytes
        return writer

    def record(self, *events: Event) -> None:
        """Write the events through to the file; on failure keep them and say so in `problem`."""
        for event in events:
            self._unwritten += dump_event(event)
        self._save()

    def close(self) -> None:
        """Release the file. What could not be written is lost with the program, as `problem` has said."""
        if self._closed:
            return
        if self._unwritten:
            self._save()
        self._release(leave=self._named)

    def discard(self) -> None:
        """Close and delete the file: for a session in which nothing happened."""
        if not self._closed:
            self._release(leave=False)

    # --- the file

    @property
    def _path_now(self) -> Path:
        return self.path if self._named else self.path.with_name(f"{self.path.name}.partial")

    def _save(self) -> None:
        try:
            if self._closed:
                raise OSError(errno.EBADF, "it has been closed", str(self.path))  # noqa: TRY301  (one place makes the sentence)
            if self._file is None:
                self._file = self._create()
            self._flush(self._file)
            if not self._named:
                self._name()
        except OSError as error:
            where, why = error.filename or self.path, error.strerror or str(error)
            self.problem = clean(f"This session is not being saved: {where}: {why}", 600)
        else:
            self.problem = None

    def _create(self) -> int:
        path = self._path_now
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            lock_for_writing(file)
        except OSError:
            os.close(file)
            path.unlink()
            raise
        return file

    def _flush(self, file: int) -> None:
        """Write what is unwritten at the end of the whole events, over whatever a failed write left behind."""
        found = os.fstat(file)
        if not found.st_nlink:
            raise OSError(errno.ENOENT, "it has been deleted", str(self.path))
        if found.st_size < self._size:
            raise OSError(errno.EIO, "another program has cut it off", str(self.path))
        written = 0
        while written < len(self._unwritten):
            written += os.pwrite(file, self._unwritten[written:], self._size + written)
        self._size += written
        self._unwritten.clear()

    def _name(self) -> None:
        if self.path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))
        self._path_now.rename(self.path)
        self._named = True

    def _release(self, *, leave: bool) -> None:
        self._closed = True
        if self._file is None:
            return
        try:
            if not leave:  # while the lock is held, or another program could begin to write it
                self._path_now.unlink(missing_ok=True)
        except OSError as error:
            self.problem = clean(f"{self._path_now}: cannot be deleted: {error.strerror}", 600)
        finally:
            os.close(self._file)
            self._file = None


def _check_unchanged(path: Path, file: int, whole_bytes: int) -> None:
    """Raise `SessionError` unless the last whole line still ends where it did: nothing cut off, nothing added."""
    last, rest = os.pread(file, 1, whole_bytes - 1), os.pread(file, MAX_LINE_BYTES, whole_bytes)
    if last != b"\n" or b"\n" in rest:
        raise SessionError(f"{path}: has changed since it was read, or is damaged; open it again")
