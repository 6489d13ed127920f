"""What lists and boards ask the database: sessions, dailies, the deck of cards, leaderboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select

from noc_tui.store.cards import Card
from noc_tui.store.entries import DailyEntry
from noc_tui.store.rerating import INCIDENT, PLAYER, standings_on
from noc_tui.store.schema import cards, dailies, players, reviews, sessions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import ColumnElement, Connection

    from noc_tui.episode.records import Outcome
    from noc_tui.review.model import Grade
    from noc_tui.store.entries import Kind
    from noc_tui.store.rating import Standing

MOST_ROWS: Final = 1000


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
    best: dict[tuple[str, Kind], BoardRow] = {}  # somebody may be called like an agent
    rows = [BoardRow(*row) for row in found]
    for row in sorted(rows, key=lambda row: (row.steps, -(row.accuracy or 0.0), row.ended, row.session)):
        best.setdefault((row.player, row.kind), row)
    return list(best.values())[:limit]


class TeamRow(NamedTuple):
    """What one of a team has done."""

    player: str
    kind: Kind
    sessions: int
    resolved: int
    incidents: int
    """How many different ones."""
    accuracy: float | None
    """Mean over the sessions, 0 to 100; None where none was judged."""
    answers: int
    """To cards: in the drill `spot`, and with whole incidents that the schedule chose."""
    dailies: int
    """Finished on their dates."""
    last: int
    """When the last session ended or the last answer was given, UTC, in milliseconds since 1970."""


def team(connection: Connection) -> list[TeamRow]:
    """Who has practised how much, the most recent first."""
    s, r, d = sessions.c, reviews.c, dailies.c
    won = func.count().filter(s.outcome == "resolved")
    played = _by_player(connection, s.player, func.count(), won, func.count(s.incident.distinct()), func.max(s.ended))
    accuracy = _by_player(connection, s.player, func.avg(s.accuracy))  # by itself: each is answered by an index alone
    answered = _by_player(connection, r.player, func.count(), func.max(r.at))
    finished = _by_player(connection, d.player, func.count().filter(d.ended.is_not(None)))
    rows = []
    for name, kind in connection.execute(select(players.c.name, players.c.kind)):
        if name in played or name in answered:
            count, resolved, incidents, ended = played.get(name, (0, 0, 0, 0))
            (mean,) = accuracy.get(name, (None,))
            answers, at = answered.get(name, (0, 0))
            (tries,) = finished.get(name, (0,))
            mean = None if mean is None else float(mean)
            rows.append(TeamRow(name, kind, count, resolved, incidents, mean, answers, tries, max(ended, at)))
    return sorted(rows, key=lambda row: (-row.last, row.player))


def _by_player(
    connection: Connection, player: ColumnElement[str], *figures: ColumnElement[Any]
) -> dict[str, tuple[Any, ...]]:
    """These figures of each player."""
    found = connection.execute(select(player, *figures).group_by(player))
    return {name: tuple(values) for name, *values in found}
