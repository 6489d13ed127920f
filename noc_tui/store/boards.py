"""Leaderboards: which there are, and who stands where on that of a seed or of a daily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select

from noc_tui.store.queries import MOST_ROWS, BoardRow, leaderboard
from noc_tui.store.schema import dailies, sessions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

LOOKED_AT: Final = 2000
"""Sessions that boards are looked for in."""
MOST_BOARDS: Final = 200


class Board(NamedTuple):
    """The seed of an incident that somebody has resolved."""

    incident: str
    seed: int
    incident_hash: str
    last: int
    """When the last of its sessions ended, UTC, in milliseconds since 1970."""


def boards(
    connection: Connection, incident: str | None = None, seed: int | None = None, limit: int = MOST_BOARDS
) -> list[Board]:
    """The boards that the last 2000 sessions (of an incident, from a seed) stand on, the one played last first."""
    latest = select(*(sessions.c[name] for name in _NEEDED)).order_by(sessions.c.ended.desc()).limit(LOOKED_AT)
    for column, wanted in ((sessions.c.incident, incident), (sessions.c.seed, seed)):
        if wanted is not None:
            latest = latest.where(column == wanted)
    c = latest.subquery().c
    ended = func.max(c.ended)
    found = connection.execute(
        select(c.incident, c.seed, c.incident_hash, ended)
        .where(c.reviewed, ~c.assisted, c.parent.is_(None), c.draws == 0, c.outcome == "resolved")
        .group_by(c.incident, c.seed, c.incident_hash)
        .order_by(ended.desc(), c.incident, c.seed)
        .limit(limit)
    )
    return [Board(*row) for row in found]


_NEEDED: Final = (
    "incident",
    "seed",
    "incident_hash",
    "ended",
    "reviewed",
    "assisted",
    "parent",
    "draws",
    "outcome",
)


def daily_board(connection: Connection, date: str, incident: str, seed: int, incident_hash: str) -> list[BoardRow]:
    """Who stands where on the daily of a date (YYYY-MM-DD): of people the try that counts, of agents the best session.

    Only what came out bit for bit when simulated again counts. What was resolved stands before what was not, then the
    fewest steps, then the greater accuracy, then who was first.
    """
    columns = [sessions.c[name] for name in BoardRow._fields]
    found = connection.execute(
        select(*columns)
        .join(dailies, (dailies.c.session == sessions.c.session) & (dailies.c.player == sessions.c.player))
        .where(
            dailies.c.date == date,
            sessions.c.incident == incident,
            sessions.c.seed == seed,
            sessions.c.incident_hash == incident_hash,
            sessions.c.reviewed,
            ~sessions.c.assisted,
        )
    )
    everybody = leaderboard(connection, incident, seed, incident_hash, limit=MOST_ROWS)
    agents = [row for row in everybody if row.kind == "agent"]
    return _ranked([*(BoardRow(*row) for row in found), *agents])


def blind_since(connection: Connection, player: str, since: int) -> dict[tuple[str, int], int]:
    """Which seeds a player has played blind to the end since a moment: incident and seed, and when last.

    Moments are UTC in milliseconds since 1970.
    """
    c = sessions.c
    found = connection.execute(
        select(c.incident, c.seed, func.max(c.ended))
        .where(c.player == player, c.ended >= since, c.blind)
        .group_by(c.incident, c.seed)
    )
    return {(incident, seed): ended for incident, seed, ended in found}


def dates_played(connection: Connection, first: str) -> set[str]:
    """The dates (YYYY-MM-DD), from `first` on, whose daily somebody has finished."""
    query = select(dailies.c.date).distinct().where(dailies.c.date >= first, dailies.c.ended.is_not(None))
    return set(connection.execute(query).scalars())


def _ranked(rows: Iterable[BoardRow]) -> list[BoardRow]:
    return sorted(
        rows, key=lambda r: (r.outcome != "resolved", r.steps, -(r.accuracy or 0.0), r.ended, r.player, r.session)
    )
