"""The columns of the table of sessions: which of them fit, and how a session looks in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from noc_tui.tui.recordings import driver_name, outcome_ink, outcome_words, title_of, when
from noc_tui.tui.widgets.painted import Painted, Run
from noc_tui.tui.widgets.row_list import MARGIN, pad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from noc_tui.episode.library import SessionSummary
    from noc_tui.tui.inks import Inks

_GAP: Final = 2


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
    Column("Incident", lambda session, _: title_of(session), 14, rank=0, most=32, ink=lambda _: "label"),
    Column("Seed", lambda session, _: str(session.seed), 6, rank=4, most=10, right=True),
    Column("Driver", lambda session, _: driver_name(session.driver), 8, rank=2, most=20),
    Column("Outcome", lambda session, _: outcome_words(session), 20, rank=1, ink=outcome_ink),
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


class ColumnTitles(Painted):
    """The titles of the columns, over a `RowList` of the same width."""

    INKS: ClassVar[Inks] = {
        "muted": "muted",
    }
    DEFAULT_CSS = """
    ColumnTitles {
        height: 1;
    }
    """

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:  # noqa: ARG002  (it has one line)
        yield [Run(" " * MARGIN), *Layout.of(COLUMNS, width - MARGIN).head()]
