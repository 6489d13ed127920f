"""The folder of an evaluation: the recordings, and beside them what has been measured of each.

DIR/sessions/ID.jsonl    the recorded episodes: all that the report needs
DIR/episodes.jsonl       a row for each finished episode, with its review: saves measuring it again
DIR/report.*             what came out
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from noc_tui.bench.outcomes import Row, dump_row, measure, parse_row
from noc_tui.episode.errors import SessionError
from noc_tui.episode.files import lock_for_writing, open_session_file
from noc_tui.episode.reader import SessionFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SESSIONS: Final = "sessions"
ROWS: Final = "episodes.jsonl"
SUFFIX: Final = ".jsonl"


class FolderError(Exception):
    """A folder that cannot be used. The message is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder holds."""

    folder: Path
    rows: tuple[Row, ...]
    """Finished episodes, in the order in which they were begun."""
    interrupted: tuple[Row, ...]
    unlisted: tuple[Row, ...]
    """Those of `rows` that had to be measured, for they do not stand in the list of rows."""
    problems: tuple[str, ...]
    """A sentence for each file that is no episode."""

    def path(self, row: Row) -> Path:
        """The recording of a row."""
        return sessions_in(self.folder) / f"{row.session}{SUFFIX}"


def sessions_in(folder: Path) -> Path:
    """Where the recordings of a folder lie: in its folder `sessions`, or beside each other in itself."""
    inside = folder / SESSIONS
    return inside if inside.is_dir() else folder


def read_folder(folder: Path) -> Contents:
    """All episodes of a folder. Raises `FolderError` when it cannot be read."""
    listed, problems = _listed(folder / ROWS)
    rows: list[Row] = []
    interrupted: list[Row] = []
    unlisted: list[Row] = []
    for path in _recordings(sessions_in(folder)):
        row = listed.get(path.stem)
        if row is None:
            try:
                with SessionFile.open(path) as session:
                    row = measure(session)
            except SessionError as error:
                problems.append(str(error))
                continue
            if row.session != path.stem:
                problems.append(f"{path}: holds session {row.session}, and is not counted under another name")
                continue
            if row.outcome is not None:
                unlisted.append(row)
        (rows if row.outcome else interrupted).append(row)
    return Contents(folder, tuple(rows), tuple(interrupted), tuple(unlisted), tuple(problems))


def _recordings(folder: Path) -> list[Path]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        raise FolderError(f"{folder}: cannot be listed: {error.strerror}") from error
    return [folder / name for name in names if name.endswith(SUFFIX) and name != ROWS]


def _listed(path: Path) -> tuple[dict[str, Row], list[str]]:
    """The rows by session, and a sentence for each line that is none. The last of several counts."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        raise FolderError(f"{path}: cannot be read: {error.strerror}") from error
    rows: dict[str, Row] = {}
    problems: list[str] = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):  # what is torn is measured again
        try:
            row = parse_row(line)
        except ValueError as error:
            problems.append(f"{path}: line {number}: {error}; the recording is measured again")
        else:
            rows[row.session] = row
    return rows, problems


class RowList:
    """Appends rows to the list of a folder, and holds a lock on it, so that no two programs play into one folder."""

    def __init__(self, folder: Path) -> None:
        """Raises `FolderError` when the folder cannot be written, or another program does."""
        path = folder / ROWS
        try:
            (folder / SESSIONS).mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)
            self._file = open_session_file(path, os.O_RDWR | os.O_APPEND)
        except OSError as error:
            raise FolderError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
        except SessionError as error:
            raise FolderError(str(error)) from error
        try:
            lock_for_writing(self._file)
            self._cut_torn_line()
        except BlockingIOError:
            os.close(self._file)
            raise FolderError(f"{folder}: another program is playing into this folder") from None

    def append(self, rows: Iterable[Row]) -> None:
        """Write rows through to the file. Raises `OSError`."""
        content = b"".join(map(dump_row, rows))
        while content:
            content = content[os.write(self._file, content) :]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def _cut_torn_line(self) -> None:
        """What a killed program has not finished would make the next line unreadable."""
        size = os.fstat(self._file).st_size
        content = os.pread(self._file, size, 0)
        os.ftruncate(self._file, content.rfind(b"\n") + 1)


class MergeError(Exception):
    """Folders that do not go together. The message is one sentence that names what differs."""


def merged(folders: Sequence[Contents]) -> tuple[list[Row], int]:
    """The rows of several folders in one, each episode once, and how many were there twice.

    Raises `MergeError`, naming both recordings, where the same agent, incident and seed was played differently, or an
    incident on other terms (its definition, its step limit, blind or not).
    """
    found: dict[tuple[str, str, int], tuple[Contents, Row]] = {}
    terms: dict[str, tuple[Contents, Row]] = {}
    twice = 0
    for contents in folders:
        for row in contents.rows:
            first, same = terms.setdefault(row.incident, (contents, row))
            if row.terms != same.terms:
                raise MergeError(
                    f"{row.incident} was played {_difference(same, row)}: {first.path(same)} and {contents.path(row)}"
                )
            before, other = found.setdefault(row.key, (contents, row))
            if other is row:
                continue
            twice += 1
            if not row.same_as(other):
                raise MergeError(
                    f"{row.agent} played {row.incident}, seed {row.seed}, twice and not the same way: "
                    f"{before.path(other)} and {contents.path(row)}; remove one of them"
                )
            if other.reviewed is None and row.reviewed is not None:
                found[row.key] = contents, row
    return [row for _, row in found.values()], twice


def _difference(one: Row, other: Row) -> str:
    if one.incident_hash != other.incident_hash:
        return "with two definitions"
    if one.blind != other.blind:
        return "once blind and once not"
    if one.max_steps != other.max_steps:
        return f"with {one.max_steps} and with {other.max_steps} steps at most"
    return "from different places of the random stream"
