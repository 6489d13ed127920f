"""The leaderboards that are shown: of dailies, and of what has been played; without giving away a daily. Heavy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from noc_tui.drills.daily import bundled_catalog, daily_of
from noc_tui.sim.catalog import catalog_of
from noc_tui.sim.errors import IncidentError
from noc_tui.store.boards import blind_since, boards, daily_board, dates_played
from noc_tui.store.entries import millis
from noc_tui.store.queries import daily_dates, leaderboard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from noc_tui.store.boards import Board
    from noc_tui.store.queries import BoardRow

_DAILIES: Final = 7
"""So many days back."""


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """A board to look at."""

    incident: str
    seed: int
    incident_hash: str
    date: date | None = None
    """Of a daily."""
    secret: bool = False
    """Whether it is a daily that the player has still to play: what it is must not be shown."""
    foreign: bool = False
    """Whether the incident is defined otherwise here: a recording brings its definition along, and may bring any."""


def boards_of_dailies(connection: Connection, player: str, days: Sequence[date]) -> list[ShownBoard]:
    """The boards of the dailies of these days (at least one).

    What a daily is stays secret until the player has played it to its end, on its date or later.
    """
    begins = {day: millis(datetime.combine(day, time(), UTC)) for day in days}
    done = daily_dates(connection, player)
    ended = blind_since(connection, player, min(begins.values()))
    boards = []
    for day in days:
        daily = daily_of(day)
        known = day.isoformat() in done or ended.get((daily.incident, daily.seed), -1) >= begins[day]
        digest = bundled_catalog().load(daily.incident).digest
        boards.append(ShownBoard(daily.incident, daily.seed, digest, day, secret=not known))
    return boards


def shown_boards(
    connection: Connection, player: str, today: date, incident: str | None = None, seed: int | None = None
) -> list[ShownBoard]:
    """The boards to page through: today's daily, those of the last days that somebody has played, then seeds.

    With an incident, its seeds alone, or the one. The seed of a daily that the player has still to play is left out.
    What was played by another definition of an incident than it has here comes last.
    """
    days = [today - timedelta(days=ago) for ago in range(_DAILIES)]
    dailies = boards_of_dailies(connection, player, days)
    secret = {(board.incident, board.seed) for board in dailies if board.secret}
    seeds = [
        ShownBoard(board.incident, board.seed, board.incident_hash, foreign=_is_foreign(board))
        for board in boards(connection, incident, seed)
        if (board.incident, board.seed) not in secret
    ]
    seeds.sort(key=lambda board: board.foreign)
    if incident is not None:
        return seeds
    played = dates_played(connection, days[-1].isoformat())
    return [board for board in dailies if board.date == today or str(board.date) in played] + seeds


def rows_of(connection: Connection, board: ShownBoard) -> list[BoardRow]:
    """Who stands on a board, the best first."""
    if board.date is not None:
        return daily_board(connection, board.date.isoformat(), board.incident, board.seed, board.incident_hash)
    return leaderboard(connection, board.incident, board.seed, board.incident_hash)


def seed_board(connection: Connection, player: str, today: date, incident: str, seed: int | None) -> ShownBoard | None:
    """The board of a seed; None where nobody has resolved it. Without a seed, of that which was played last.

    Where nobody has resolved the incident as it is defined here, as it was in the last session.
    """
    return next(iter(shown_boards(connection, player, today, incident, seed)), None)


def _is_foreign(board: Board) -> bool:
    try:
        return catalog_of(()).load(board.incident).digest != board.incident_hash
    except IncidentError:  # not here, or not to be used: there is nothing that it could be another of
        return False
