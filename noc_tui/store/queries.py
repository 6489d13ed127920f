"""What lists and boards ask the database: sessions, dailies, the deck of cards, leaderboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, func, or_, select

from noc_tui.store.cards import Card
from noc_tui.store.entries import DailyEntry
from noc_tui.store.rating import Standing
from noc_tui.store.rerating import INCIDENT, PLAYER, standings_on
from noc_tui.store.schema import cards, dailies, players, ratings, sessions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import ColumnElement, Connection

    from noc_tui.episode.records import Outcome
    from noc_tui.review.model import Grade
    from noc_tui.store.entries import Kind

MOST_ROWS: Final = 1000


class SessionRow(NamedTuple):
    """A session as a table shows it."""

    session: str
    player: str
    kind: Kind
    incident: str
    seed: int
    started: int
    """UTC, in milliseconds since 1970; so is `ended`."""
    ended: int
    outcome: Outcome
    steps: int
    par: float | None
    grade: Grade | None
    accuracy: float | None
    drill: str | None


_ROW: Final = [sessions.c[name] for name in SessionRow._fields]


def recent_sessions(
    connection: Connection,
    *,
    player: str | None = None,
    incident: str | None = None,
    outcome: str | None = None,
    before: SessionRow | None = None,
    limit: int = 200,
) -> list[SessionRow]:
    """The sessions, newest first, at most `limit` (and 1000); those that come after `before` in that order."""
    wanted: list[ColumnElement[bool]] = []
    for column, value in ((sessions.c.player, player), (sessions.c.incident, incident), (sessions.c.outcome, outcome)):
        if value is not None:
            wanted.append(column == value)
    if before is not None:
        wanted.append(
            or_(
                sessions.c.ended < before.ended,
                and_(sessions.c.ended == before.ended, sessions.c.session < before.session),
            )
        )
    query = select(*_ROW).where(*wanted).order_by(sessions.c.ended.desc(), sessions.c.session.desc())
    return [SessionRow(*row) for row in connection.execute(query.limit(max(1, min(limit, MOST_ROWS))))]


def count_sessions(connection: Connection, player: str | None = None) -> int:
    """How many sessions there are, of a player or in all."""
    query = select(func.count()).select_from(sessions)
    if player is not None:
        query = query.where(sessions.c.player == player)
    return connection.execute(query).scalar_one()


# --- schedule

CardKey = tuple[str, str]
"""Incident and cue stage."""


def deck_of(connection: Connection, player: str) -> dict[CardKey, Card]:
    """Every card that a player has answered."""
    columns = [cards.c[name] for name in Card._fields]
    found = connection.execute(select(cards.c.incident, cards.c.stage, *columns).where(cards.c.player == player))
    return {(incident, stage): Card(*values) for incident, stage, *values in found}


# --- ratings


def rating_history(connection: Connection, side: str, name: str) -> list[tuple[int, Standing]]:
    """The ratings of a player (`PLAYER`) or an incident (`INCIDENT`), a day each (days since 1970), oldest first."""
    columns = [ratings.c[column] for column in Standing._fields]
    found = connection.execute(
        select(ratings.c.day, *columns).where(ratings.c.side == side, ratings.c.name == name).order_by(ratings.c.day)
    )
    return [(day, Standing(*values)) for day, *values in found]


def player_standing(connection: Connection, player: str, day: int) -> Standing | None:
    """How a player is rated on a day (days since 1970); None before the first rated session."""
    return standings_on(connection, day, PLAYER, player).get((PLAYER, player))


def incident_standings(connection: Connection, day: int) -> dict[str, Standing]:
    """How the incidents are rated on a day."""
    return {name: standing for (_, name), standing in standings_on(connection, day, INCIDENT).items()}


# --- dailies


def daily_entry(connection: Connection, player: str, date: str) -> DailyEntry | None:
    """The try of a player that counts on a date (YYYY-MM-DD); None where there was none."""
    found = connection.execute(select(dailies).where(dailies.c.player == player, dailies.c.date == date))
    row = found.mappings().first()
    return None if row is None else _daily(row)


def daily_dates(connection: Connection, player: str) -> list[str]:
    """The dates whose daily a player has finished, oldest first."""
    query = select(dailies.c.date).where(dailies.c.player == player, dailies.c.ended.is_not(None))
    return list(connection.execute(query.order_by(dailies.c.date)).scalars())


def _daily(row: Mapping[Any, Any]) -> DailyEntry:
    return DailyEntry(**{str(key): value for key, value in row.items()})


# --- boards


class BoardRow(NamedTuple):
    """The best session of a player, on a board."""

    player: str
    kind: Kind
    session: str
    outcome: Outcome
    steps: int
    par: float | None
    grade: Grade | None
    accuracy: float | None
    ended: int


def leaderboard(
    connection: Connection, incident: str, seed: int, incident_hash: str, limit: int = 50
) -> list[BoardRow]:
    """The best session of each player at a seed, people and agents side by side.

    Only sessions that came out bit for bit when simulated again count, of this very definition of the incident, and
    played alone from the start. Fewest steps first; of equals the more accurate, then the earlier.
    """
    columns = [sessions.c[name] for name in BoardRow._fields]
    found = connection.execute(
        select(*columns).where(
            sessions.c.incident == incident,
            sessions.c.seed == seed,
            sessions.c.incident_hash == incident_hash,
            sessions.c.reviewed,
            ~sessions.c.assisted,
            sessions.c.parent.is_(None),
            sessions.c.draws == 0,
            sessions.c.outcome == "resolved",
        )
    )
    best: dict[str, BoardRow] = {}
    rows = [BoardRow(*row) for row in found]
    for row in sorted(rows, key=lambda row: (row.steps, -(row.accuracy or 0.0), row.ended, row.session)):
        best.setdefault(row.player, row)
    return list(best.values())[:limit]


def best_run(connection: Connection, player: str, incident: str, seed: int, incident_hash: str) -> str | None:
    """The session in which a player resolved a seed in the fewest steps; None where there is none."""
    rows = leaderboard(connection, incident, seed, incident_hash, limit=MOST_ROWS)
    return next((row.session for row in rows if row.player == player), None)


class TeamRow(NamedTuple):
    """What one of a team has done."""

    player: str
    kind: Kind
    sessions: int
    resolved: int
    incidents: int
    """How many different ones."""
    last: int
    """When the last one ended, UTC, in milliseconds since 1970."""


def team(connection: Connection) -> list[TeamRow]:
    """Who has played how much, the most recent first."""
    last = func.max(sessions.c.ended)
    found = connection.execute(
        select(
            players.c.name,
            players.c.kind,
            func.count(),
            func.count().filter(sessions.c.outcome == "resolved"),
            func.count(sessions.c.incident.distinct()),
            last,
        )
        .join(sessions, sessions.c.player == players.c.name)
        .group_by(players.c.name, players.c.kind)
        .order_by(last.desc(), players.c.name)
    )
    return [TeamRow(*row) for row in found]
