"""The recordings in a folder: listing them without reading them whole, finding one, deleting."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from noc_tui import paths
from noc_tui.episode.errors import SessionBusyError, SessionError
from noc_tui.episode.files import is_being_written, lock_for_writing, open_session_file
from noc_tui.episode.format import MAX_LINE_BYTES, parse_event, parse_header
from noc_tui.episode.records import EndRecord, Header, StepRecord
from noc_tui.text import clean

if TYPE_CHECKING:
    from datetime import datetime

SUFFIX: Final = ".jsonl"
_HEAD: Final = 16 * 1024
"""Most headers are shorter."""
_TAILS: Final = (16 * 1024, 2 * MAX_LINE_BYTES)
"""How far back from its end a file is searched for its last step: far enough for most, and for any."""

Status = Literal["resolved", "crashed", "truncated", "void", "interrupted", "live"]
UNFINISHED: Final[frozenset[Status]] = frozenset({"interrupted", "live"})


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What a list says about a session. Its texts can be shown as they are."""

    path: Path
    session: str
    started: datetime
    incident: str
    title: str
    seed: int
    driver: str
    """Who was in control at the start."""
    status: Status
    steps: int
    max_steps: int
    parent: str | None
    """The session that this one branched off."""
    blind: bool
    """Whether the title was kept from the driver."""

    @property
    def secret(self) -> bool:
        """Whether the title is still to be kept: the episode is blind, and can be gone on with."""
        return self.blind and self.status in UNFINISHED


def list_sessions(folder: Path | None = None) -> tuple[list[SessionSummary], list[str]]:
    """The sessions of a folder, newest first, and one sentence for each file that is no readable session.

    Of each file the first and the last lines are read. A folder that cannot be listed is such a sentence, too.
    """
    try:
        files = _files(folder or paths.sessions_dir())
    except SessionError as error:
        return [], [str(error)]
    summaries: list[SessionSummary] = []
    problems: list[str] = []
    for path in files:
        try:
            summaries.append(summarize(path))
        except SessionError as error:
            problems.append(str(error))
    summaries.sort(key=lambda summary: (summary.started, summary.session), reverse=True)
    return summaries, problems


def is_unfinished(path: Path) -> bool:
    """Whether a session is being played, or can be gone on with; not so if it is not there, or cannot be read."""
    if not path.exists():
        return path.with_name(f"{path.name}.partial").exists()
    try:
        return summarize(path).status in UNFINISHED
    except SessionError:
        return False


def _files(folder: Path) -> list[Path]:
    """What may be sessions, newest first: ids are sortable by time. Raises `SessionError` for an unreadable folder."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(SUFFIX)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SessionError(f"{folder}: cannot be listed: {error.strerror}") from error
    return [folder / name for name in sorted(names, reverse=True)]


def summarize(path: Path) -> SessionSummary:
    """What the first and the last lines of a session file say. Raises `SessionError` when it is none."""
    file = open_session_file(path)
    try:
        header, position = _read_header(path, file)
        status, steps = _read_progress(file, position)
    except OSError as error:
        raise SessionError(f"{path}: cannot be read: {error.strerror}") from error
    finally:
        os.close(file)
    return SessionSummary(
        path=path,
        session=header.session,
        started=header.started,
        incident=clean(str(header.incident.get("id", "?")), 48),
        title=clean(str(header.incident.get("title", "?")), 80),
        seed=header.seed,
        driver=clean(header.driver, 80),
        status=status,
        steps=steps,
        max_steps=header.max_steps,
        parent=header.parent.session if header.parent else None,
        blind=header.blind,
    )


def _read_header(path: Path, file: int) -> tuple[Header, int]:
    """The header, and where the events after it begin."""
    first = os.pread(file, _HEAD, 0)
    if b"\n" not in first:
        first = os.pread(file, MAX_LINE_BYTES + 1, 0)
    line, line_end, _ = first.partition(b"\n")
    if not line_end and len(line) <= MAX_LINE_BYTES:
        raise SessionError(f"{path}: is no noc-tui session: it holds no whole line")
    return parse_header(path, line), len(line) + 1


def _read_progress(file: int, position: int) -> tuple[Status, int]:
    """Status and steps, from the last whole step or end that stands after `position`."""
    size = os.fstat(file).st_size
    for length in _TAILS:
        start = max(position, size - length)
        lines = os.pread(file, size - start, start).split(b"\n")[:-1]
        for line in reversed(lines):
            try:
                event = parse_event(line)
            except ValueError:
                continue  # the rest of a line whose beginning was not read, or damage: opening the session will name it
            if isinstance(event, EndRecord):
                return event.outcome, event.steps
            if isinstance(event, StepRecord):
                return _unended(file), event.step
    return _unended(file), 0


def _unended(file: int) -> Status:
    return "live" if is_being_written(file) else "interrupted"


def find_session(name: str, folder: Path | None = None) -> Path:
    """The file of a session: a path (with a slash, or ending in .jsonl), an id or its unambiguous beginning or end, or
    `last`.

    Raises `SessionError` when there is none, or more than one.
    """
    folder = folder or paths.sessions_dir()
    if os.sep in name or name.endswith(SUFFIX):
        path = _expanded(name)
        os.close(open_session_file(path))
        return path
    files = _files(folder)
    if name == "last":
        if files:
            return files[0]
        raise SessionError(f"there are no sessions yet in {folder}; noc-tui play records one")
    wanted = name.upper()
    ids = [(path.stem.upper(), path) for path in files]
    found = [path for stem, path in ids if stem == wanted] or [
        path for stem, path in ids if wanted and (stem.startswith(wanted) or stem.endswith(wanted))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise SessionError(f"{name!r} fits {len(found)} sessions; type more of the id (noc-tui sessions list)")
    raise SessionError(f"no session {name[:80]!r} in {folder}; noc-tui sessions list shows what there is")


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise SessionError(f"{name}: there is no such user's folder") from error


def delete_session(path: Path) -> None:
    """Delete a session file, a damaged one too.

    Raises `SessionBusyError` while a program writes it, `SessionError` when it cannot be deleted or is called by
    another name than sessions are.
    """
    if path.suffix != SUFFIX:
        raise SessionError(f"{path}: is not deleted, for the name of a session ends in {SUFFIX}")
    file = open_session_file(path)
    try:
        lock_for_writing(file)  # so that nobody begins to go on with it now
        path.unlink()
    except BlockingIOError:
        raise SessionBusyError(f"{path}: is being recorded at this moment and is not deleted") from None
    except OSError as error:
        raise SessionError(f"{path}: cannot be deleted: {error.strerror}") from error
    finally:
        os.close(file)
