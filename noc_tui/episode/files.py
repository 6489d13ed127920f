"""Session files as the operating system sees them: what may be opened, and who is writing."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from typing import TYPE_CHECKING, Final

from noc_tui.episode.errors import SessionError

if TYPE_CHECKING:
    from pathlib import Path

_LOCK_TRIES: Final = 10
_LOCK_PAUSE_SECONDS: Final = 0.005
_NO_LOCKS_HERE: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})
"""What file systems answer that know no locks. A session is better recorded without one than not at all."""


def open_session_file(path: Path, flags: int = os.O_RDONLY) -> int:
    """The descriptor of an existing regular file; a pipe or a device would hang or never end.

    Raises `SessionError`.
    """
    try:
        file = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SessionError(f"{path}: cannot be opened: {error.strerror}") from error
    except ValueError as error:  # a NUL, or what the file system's encoding cannot express
        raise SessionError(f"{str(path)!r}: is no name that a file can have") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise SessionError(f"{path}: is no session: it is no regular file")
    return file


def lock_for_writing(file: int) -> None:
    """Let nobody else write this file until it is closed. Raises `BlockingIOError` while another program does."""
    for tries_left in reversed(range(_LOCK_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not tries_left:
                raise
            # Whoever asks `is_being_written` holds the file for a moment, too.
            time.sleep(_LOCK_PAUSE_SECONDS)
        except OSError as error:
            if error.errno not in _NO_LOCKS_HERE:
                raise
            return
        else:
            return


def is_being_written(file: int) -> bool:
    """Whether a program has this file open for recording. Raises `OSError` for a closed descriptor."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno not in _NO_LOCKS_HERE:
            raise
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
