"""Recordings as screens list them: read one by one, so that a list can grow under the eyes, and put into words."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui import paths
from noc_tui.episode.track import BLIND_TITLE
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from noc_tui.episode.library import SessionSummary

UNFINISHED: Final = frozenset({"interrupted", "live"})
"""What may have changed when one looks again; every other status is for good."""

_DRIVERS: Final = {"human": "you", "clock": "the clock"}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OUTCOMES: Final[dict[str, tuple[str, str]]] = {
    "resolved": ("calm", "✓ resolved in {}"),
    "crashed": ("critical", "‼ crashed at {}"),
    "truncated": ("breach", "! out of steps"),
    "void": ("muted", "! void at {}"),
    "interrupted": ("soft", "… interrupted at {}"),
    "live": ("key", "● live, step {}"),
}


BATCH: Final = 100
"""So many files at least are read before what they hold is handed on."""


class Found(NamedTuple):
    """A session, and in lower case all that a filter may find it by."""

    session: SessionSummary
    text: str


class Batch(NamedTuple):
    """What some files of the sessions folder hold."""

    found: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()
    """One sentence for each file that is no readable session, or for the folder."""
    done: int = 0
    """How many files have been read with this batch, of how many."""
    total: int = 0


def read_recordings(
    known: Mapping[Path, SessionSummary], most: int | None = None, *, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Batch]:
    """What the user's sessions folder holds, or the `most` newest files of it, in at least one batch; newest first.

    What is `known` already and over for good is not read again. Nothing more is read once it is `stopped`. Heavy: meant
    for a thread.
    """
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (loads pydantic)
    from noc_tui.episode.library import summarize  # noqa: PLC0415

    folder = paths.sessions_dir()
    try:
        names = _session_names(folder)[:most]
    except SessionError as error:
        yield Batch(problems=(str(error),))
        return
    found: list[Found] = []
    problems: list[str] = []
    handed_on = 0
    for done, name in enumerate(names):
        if stopped():
            return
        # The more there are, the longer it takes to list them anew.
        if done - handed_on >= max(BATCH, handed_on // 4):
            yield Batch(tuple(found), tuple(problems), done, len(names))
            found, problems, handed_on = [], [], done
        path = folder / name  # not before it is needed: a hundred thousand of them take half a second
        session = known.get(path)
        try:
            if session is None or session.status in UNFINISHED:
                session = summarize(path)
        except SessionError as error:
            problems.append(str(error))
        else:
            found.append(Found(session, searchable(session)))
    yield Batch(tuple(found), tuple(problems), len(names), len(names))


def _session_names(folder: Path) -> list[str]:
    """The names of what may be sessions in a folder, newest first: ids are sortable by time.

    Raises `SessionError` for a folder that cannot be listed.
    """
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (loads pydantic)
    from noc_tui.episode.library import SUFFIX  # noqa: PLC0415

    try:
        names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208  (a tenth of the time)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SessionError(f"{folder}: cannot be listed: {error.strerror}") from error
    return sorted(names, reverse=True)


def verify_recording(session: SessionSummary) -> tuple[bool, str]:
    """Whether every figure comes out the same when it is simulated again, and that in a sentence. For a thread."""
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (loads pydantic)
    from noc_tui.episode.reader import SessionFile  # noqa: PLC0415
    from noc_tui.episode.verify import verify  # noqa: PLC0415

    what = f"{title_of(session)}, seed {session.seed}"
    try:
        with SessionFile.open(session.path) as file:
            result = verify(file)
    except SessionError as error:
        return False, f"{what} cannot be verified: {error}"
    if result.ok:
        return True, f"{what}: all figures of {result.steps} steps are equal, to the last bit."
    note = f" ({result.note})" if result.note else ""
    # A difference may be one of hidden figures, and says what they are.
    difference = "" if session.secret else f": {result.difference}"
    return False, f"{what} differs after {result.steps} equal steps{difference}{note}"


def age(session: SessionSummary) -> tuple[datetime, str]:
    """What sessions are sorted by."""
    return session.started, session.session


def driver_name(driver: str) -> str:
    """Who drove, as the person who played reads it."""
    return _DRIVERS.get(driver) or clean(driver, 80)


def when(moment: datetime, now: datetime) -> str:
    """A moment in at most 12 characters, in the time zone of `now`: as roughly as one remembers it."""
    try:
        moment = moment.astimezone(now.tzinfo)
    except OverflowError:  # a date at the edge of the calendar, from a file that somebody made up
        return str(moment.year)
    ago = now - moment
    if timedelta(0) <= ago < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= ago < timedelta(hours=1):
        return f"{ago // timedelta(minutes=1)} min ago"
    if moment.date() == now.date():
        return f"today {moment:%H:%M}"
    if moment.year == now.year:
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def title_of(session: SessionSummary) -> str:
    """What was played; while a blind episode can still be gone on with, no more than that."""
    return BLIND_TITLE if session.secret else session.title


def outcome_words(session: SessionSummary) -> str:
    """How a session stands, with its glyph: `✓ resolved in 24`."""
    return _OUTCOMES[session.status][1].format(session.steps)


def outcome_ink(session: SessionSummary) -> str:
    """The ink of those words in a `RowList`."""
    return _OUTCOMES[session.status][0]


def searchable(session: SessionSummary) -> str:
    """Everything that a filter can find a session by, in lower case."""
    words = (
        title_of(session), "" if session.secret else session.incident, str(session.seed),
        driver_name(session.driver), outcome_words(session),
        session.status, session.session, session.parent or "", f"{session.started:%Y-%m-%d}",
    )  # fmt: skip
    return "\n".join(words).lower()
