"""Recordings as screens list them: read one by one, so that a list can grow while it is looked at, and put into words."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.text import clean
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import pad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from noc_tui.episode.errors import SessionError
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
_GAP: Final = 2


def session_files() -> list[Path]:
    """The files in the user's sessions folder, newest first: ids are sortable by time.

    Raises `SessionError` for a folder that cannot be listed.
    """
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (heavy; read in a thread)
    from noc_tui.episode.library import SUFFIX  # noqa: PLC0415

    folder = paths.sessions_dir()
    try:
        names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208  (a tenth of the time)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SessionError(f"{folder}: cannot be listed: {error.strerror}") from error
    return [folder / name for name in sorted(names, reverse=True)]


def read_recordings(
    files: Sequence[Path], known: Mapping[Path, SessionSummary]
) -> Iterator[SessionSummary | SessionError]:
    """What each file holds, or why it holds nothing. What is known already and over for good is not read again."""
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (heavy; read in a thread)
    from noc_tui.episode.library import summarize  # noqa: PLC0415

    for path in files:
        before = known.get(path)
        if before is not None and before.status not in UNFINISHED:
            yield before
            continue
        try:
            yield summarize(path)
        except SessionError as error:
            yield error


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


def outcome_words(session: SessionSummary) -> str:
    """How a session stands, with its glyph: `✓ resolved in 24`."""
    return _OUTCOMES[session.status][1].format(session.steps)


def searchable(session: SessionSummary) -> str:
    """Everything that a filter can find a session by, in lower case."""
    words = (
        session.title, session.incident, str(session.seed), driver_name(session.driver), outcome_words(session),
        session.status, session.session, session.parent or "", f"{session.started:%Y-%m-%d}",
    )  # fmt: skip
    return "\n".join(words).lower()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of sessions."""

    title: str
    text: Callable[[SessionSummary, datetime], str]
    width: int
    rank: int
    """The columns of the highest rank are left out first where there is no room."""
    most: int = 0
    """How far it may grow; 0: not at all."""
    right: bool = False
    ink: Callable[[SessionSummary], str] = lambda _: "soft"


COLUMNS: Final[tuple[Column, ...]] = (
    Column("Started", lambda session, now: when(session.started, now), 12, rank=3, ink=lambda _: "muted"),
    Column("Incident", lambda session, _: session.title, 14, rank=0, most=32, ink=lambda _: "label"),
    Column("Seed", lambda session, _: str(session.seed), 6, rank=4, most=10, right=True),
    Column("Driver", lambda session, _: driver_name(session.driver), 8, rank=2, most=20),
    Column("Outcome", lambda session, _: outcome_words(session), 20, rank=1, ink=lambda s: _OUTCOMES[s.status][0]),
    Column("Session", lambda session, _: session.session, 26, rank=5, ink=lambda _: "muted"),
    Column("Forked from", lambda session, _: session.parent or "", 26, rank=6, ink=lambda _: "muted"),
)
RECENT_COLUMNS: Final = tuple(column for column in COLUMNS if column.rank < 4)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that fit, each with its width."""

    columns: tuple[tuple[Column, int], ...]

    @classmethod
    def of(cls, columns: Sequence[Column], width: int) -> Layout:
        """As many of the columns as fit into `width` cells; the room that is left goes to those that may grow."""
        shown = list(columns)
        while len(shown) > 1 and _needed(shown) > width:
            shown.remove(max(shown, key=lambda column: column.rank))
        left = width - _needed(shown)
        widths = []
        for column in shown:
            more = min(max(left, 0), max(column.most - column.width, 0))
            left -= more
            widths.append((column, column.width + more))
        return cls(tuple(widths))

    def head(self) -> list[Run]:
        """The titles."""
        return [run for column, width in self.columns for run in self._cell(column.title, width, column, "muted")]

    def row(self, session: SessionSummary, now: datetime) -> list[Run]:
        """A session."""
        return [
            run
            for column, width in self.columns
            for run in self._cell(column.text(session, now), width, column, column.ink(session))
        ]

    @staticmethod
    def _cell(text: str, width: int, column: Column, ink: str) -> tuple[Run, Run]:
        return Run(pad(text, width, right=column.right), ink), Run(" " * _GAP)


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)
