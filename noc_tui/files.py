"""Files of the user's: reading no more than is sensible, writing so that a crash leaves the old one or the new one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_small(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes.

    Raises `OSError`, also for what is larger, and for a pipe or a device, which might never end.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    with os.fdopen(file, "rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit // 1024} KiB", str(path))
    return content


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write `content`, or its pieces one after another, beside `path` and put it in its place.

    A file that is replaced passes its permissions on; of a symbolic link the target is replaced. Raises `OSError`, also
    where `path` is no regular file (a folder, a device), and whatever the pieces raise, with `path` as it was.
    """
    mode = _mode(path)
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:32]}.{os.urandom(4).hex()}")
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666 if mode is None else mode)
    except OSError as error:
        error.filename = str(path)  # not a name that nobody has heard of
        raise
    try:
        pieces = [content] if isinstance(content, str | bytes) else content
        with os.fdopen(file, "wb") as stream:
            if mode is not None:
                os.fchmod(stream.fileno(), mode)  # whatever the umask says
            stream.writelines(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in {None, str(beside)}:
            error.filename = str(path)  # a full disk names no file
        raise


def _mode(path: Path) -> int | None:
    """The permissions of the file that is replaced; None where there is none."""
    try:
        found = path.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found):
        raise OSError(errno.EINVAL, "it is no regular file, and is not replaced by one", str(path))
    return stat.S_IMODE(found)
