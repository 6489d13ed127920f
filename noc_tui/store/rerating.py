"""Ratings by day: worked out from the sessions, and kept up to date as sessions come in."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, delete, exists, func, insert, or_, select

from noc_tui.store.entries import MILLIS_A_DAY, day_of
from noc_tui.store.rating import SCORES, Game, Standing, idle, rated
from noc_tui.store.schema import ratings, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from noc_tui.store.entries import SessionEntry

    Side = tuple[str, str]
    """`player` or `incident`, and which."""

PLAYER: Final = "player"
INCIDENT: Final = "incident"


class _Played(NamedTuple):
    day: int
    player: str
    incident: str
    score: float


class _Latest(NamedTuple):
    """Where a side stood at the end of a day."""

    day: int
    standing: Standing

    def on(self, day: int) -> Standing:
        """Where it stands when `day` begins."""
        return idle(self.standing, day - self.day - 1)


def rerate(connection: Connection, changed: Sequence[SessionEntry]) -> None:
    """Bring the ratings up to date after these sessions have come in, or have changed.

    The day of the newest is worked out for those who played; where sessions came late, everything since is worked out
    anew. What comes out is the same whatever the order in which they came.
    """
    if not changed:
        return
    first = min(day_of(entry.ended) for entry in changed)
    last = max(day_of(entry.ended) for entry in changed)
    known_until = connection.execute(select(func.max(ratings.c.day))).scalar()
    if first == last and (known_until is None or known_until <= first):
        touched = {(PLAYER, entry.player) for entry in changed} | {(INCIDENT, entry.incident) for entry in changed}
        _rate_days(connection, first, touched)
    else:
        _rate_days(connection, first, None)


def rerate_all(connection: Connection) -> None:
    """Work all ratings out anew."""
    _rate_days(connection, 0, None)


def _rate_days(connection: Connection, first: int, touched: set[Side] | None) -> None:
    """Rate the days from `first` on; of a single day, only those who are touched."""
    games = _games_since(connection, first)
    known = _known(connection, ratings.c.day < first)
    rows: list[tuple[Side, _Latest]] = []
    for day, played in groupby(games, key=lambda game: game.day):
        today = _rate_day(day, list(played), known, touched)
        known |= today
        rows += today.items()
    if touched is None:
        connection.execute(delete(ratings).where(ratings.c.day >= first))
    else:
        for side, name in touched:
            connection.execute(
                delete(ratings).where(ratings.c.side == side, ratings.c.name == name, ratings.c.day >= first)
            )
    if rows:
        connection.execute(
            insert(ratings),
            [{"side": s, "name": n, "day": at.day, **at.standing._asdict()} for (s, n), at in rows],
        )


def _rate_day(
    day: int, played: Sequence[_Played], known: dict[Side, _Latest], touched: set[Side] | None
) -> dict[Side, _Latest]:
    games: dict[Side, list[Game]] = {}
    before: dict[Side, Standing] = {}
    for player, incident, score in ((game.player, game.incident, game.score) for game in played):
        one, other = (PLAYER, player), (INCIDENT, incident)
        for side in (one, other):
            if side not in before:
                before[side] = known[side].on(day) if side in known else Standing()
                games[side] = []
        games[one].append(Game(before[other], score))
        games[other].append(Game(before[one], 1.0 - score))
    return {
        side: _Latest(day, rated(before[side], sorted(against)))
        for side, against in games.items()
        if touched is None or side in touched
    }


def _games_since(connection: Connection, first: int) -> Iterator[_Played]:
    """The games from a day on, oldest first: of the tries of a player at a seed, the first."""
    earlier = sessions.alias("earlier")
    tried_before = exists().where(
        earlier.c.player == sessions.c.player,
        earlier.c.incident == sessions.c.incident,
        earlier.c.seed == sessions.c.seed,
        earlier.c.rated,
        or_(
            earlier.c.ended < sessions.c.ended,
            and_(earlier.c.ended == sessions.c.ended, earlier.c.session < sessions.c.session),
        ),
    )
    found = connection.execute(
        select(sessions.c.ended, sessions.c.player, sessions.c.incident, sessions.c.grade)
        .where(sessions.c.ended >= first * MILLIS_A_DAY, sessions.c.rated, ~tried_before)
        .order_by(sessions.c.ended, sessions.c.session)
    )
    for ended, player, incident, grade in found:
        if grade in SCORES:
            yield _Played(day_of(ended), player, incident, SCORES[grade])


def standings_on(connection: Connection, day: int, side: str, name: str | None = None) -> dict[Side, Standing]:
    """Where the players stand on a day, or the incidents, or one of them."""
    wanted = [ratings.c.side == side, *([] if name is None else [ratings.c.name == name])]
    return {of: idle(at.standing, day - at.day) for of, at in _known(connection, ratings.c.day <= day, *wanted).items()}


def _known(connection: Connection, *wanted: ColumnElement[bool]) -> dict[Side, _Latest]:
    """The latest of the ratings that are wanted, for each side."""
    latest = (
        select(ratings.c.side, ratings.c.name, func.max(ratings.c.day).label("day"))
        .where(*wanted)
        .group_by(ratings.c.side, ratings.c.name)
        .subquery()
    )
    same = [ratings.c[key] == latest.c[key] for key in ("side", "name", "day")]
    return {
        (row.side, row.name): _Latest(row.day, Standing(row.rating, row.deviation, row.volatility, row.games))
        for row in connection.execute(select(ratings).join(latest, and_(*same)))
    }
