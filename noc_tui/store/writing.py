"""Putting entries into the database. The same entry twice changes nothing, and the order makes no difference.

Whoever calls holds the only connection that writes (`noc_tui.store.place.writing`): what is looked up is still so when
it is acted upon.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from sqlalchemy import delete, insert, select, update

from noc_tui.store.cards import after_all
from noc_tui.store.entries import DailyEntry, PlayerEntry, ReviewEntry, SessionEntry
from noc_tui.store.rerating import rerate
from noc_tui.store.schema import cards, dailies, players, reviews, sessions, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, RowMapping, Table

    from noc_tui.store.entries import Entry

_AT_ONCE: Final = 400
"""Ids in one statement: databases limit how many figures one may carry."""
_MANY: Final = 1000

T = TypeVar("T")


class Taken(NamedTuple):
    """How many entries changed anything."""

    sessions: int = 0
    answers: int = 0
    dailies: int = 0

    @property
    def text(self) -> str:
        """`3 sessions, 1 answer, 0 dailies`."""
        counts = (
            (self.sessions, "session", "sessions"),
            (self.answers, "answer", "answers"),
            (self.dailies, "daily", "dailies"),
        )
        return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)


def take_in(connection: Connection, entries: Iterable[Entry], *, anew: bool = False) -> Taken:
    """Put these entries into the database, and bring schedule and ratings up to date with them.

    A session that is there already stays as it is, unless it is reviewed now and was not; with `anew` it is replaced.
    """
    given = list(entries)
    _take_players(connection, given)
    return Taken(
        sessions=_take_sessions(connection, _of(given, SessionEntry), anew=anew),
        answers=_take_reviews(connection, _of(given, ReviewEntry)),
        dailies=sum(_take_daily(connection, entry) for entry in _of(given, DailyEntry)),
    )


def _of(entries: Sequence[Entry], kind: type[T]) -> list[T]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(values), _AT_ONCE):
        yield values[first : first + _AT_ONCE]


# --- players


def _take_players(connection: Connection, entries: Sequence[Entry]) -> None:
    met: dict[str, PlayerEntry] = {}
    for entry in entries:
        player = _player_of(entry)
        known = met.get(player.name)
        if known is None or player.since < known.since:
            met[player.name] = player
    for names in _chunks(list(met)):
        found = connection.execute(select(players.c.name, players.c.since).where(players.c.name.in_(names)))
        since: dict[str, int] = {row.name: row.since for row in found}
        new = [met[name] for name in names if name not in since]
        if new:
            connection.execute(insert(players), [_columns(players, player) for player in new])
        for name, moment in since.items():
            if met[name].since < moment:
                connection.execute(update(players).where(players.c.name == name).values(since=met[name].since))


def _player_of(entry: Entry) -> PlayerEntry:
    match entry:
        case PlayerEntry():
            return entry
        case SessionEntry():
            return PlayerEntry(name=entry.player, kind=entry.kind, since=entry.started)
        case ReviewEntry():
            return PlayerEntry(name=entry.player, kind="person", since=entry.at)
        case DailyEntry():
            return PlayerEntry(name=entry.player, kind="person", since=entry.started)


# --- sessions


def _take_sessions(connection: Connection, entries: Sequence[SessionEntry], *, anew: bool) -> int:
    changed: list[SessionEntry] = []
    for chunk in _chunks(list({entry.session: entry for entry in entries}.values())):
        ids = [entry.session for entry in chunk]
        found = connection.execute(select(sessions.c.session, sessions.c.reviewed).where(sessions.c.session.in_(ids)))
        known: dict[str, bool] = {row.session: row.reviewed for row in found}
        taken = [e for e in chunk if e.session not in known or anew or (e.reviewed and not known[e.session])]
        if replaced := [entry.session for entry in taken if entry.session in known]:
            for table in (sessions, verdicts):
                connection.execute(delete(table).where(table.c.session.in_(replaced)))
        if taken:
            connection.execute(insert(sessions), [_columns(sessions, entry) for entry in taken])
        counts = [
            {"session": entry.session, "verdict": verdict, "action": action, "best": best, "count": count}
            for entry in taken
            for (verdict, action, best), count in _added_up(entry).items()
        ]
        if counts:
            connection.execute(insert(verdicts), counts)
        changed += taken
    if len(changed) >= _MANY:
        connection.exec_driver_sql("ANALYZE")  # or the next queries would be planned for empty tables
    rerate(connection, changed)
    return len(changed)


def _added_up(entry: SessionEntry) -> Counter[tuple[str, str, str]]:
    """How many moves had which verdict; a file from elsewhere may say it in parts."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for each in entry.verdicts:
        counted[each.verdict, each.action, each.best] += each.count
    return counted


def _columns(table: Table, entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in table.c.keys()}  # noqa: SIM118  (iterating gives columns)


# --- schedule


def _take_reviews(connection: Connection, entries: Sequence[ReviewEntry]) -> int:
    given = list({entry.review: entry for entry in entries}.values())
    touched: set[tuple[str, str, str]] = set()
    new = 0
    for chunk in _chunks(given):
        ids = [entry.review for entry in chunk]
        known = set(connection.execute(select(reviews.c.review).where(reviews.c.review.in_(ids))).scalars())
        taken = [entry for entry in chunk if entry.review not in known]
        if taken:
            connection.execute(insert(reviews), [_columns(reviews, entry) for entry in taken])
        new += len(taken)
        touched |= {(entry.player, entry.incident, entry.stage) for entry in taken}
    for player, incident, stage in sorted(touched):
        _schedule(connection, player, incident, stage)
    return new


def _schedule(connection: Connection, player: str, incident: str, stage: str) -> None:
    """Work out where a card stands from all its answers, so that a late one counts as if it had been in time."""
    answers = connection.execute(
        select(reviews.c.rating, reviews.c.at)
        .where(reviews.c.player == player, reviews.c.incident == incident, reviews.c.stage == stage)
        .order_by(reviews.c.at, reviews.c.review)
    )
    card = after_all((rating, at) for rating, at in answers)
    key = {"player": player, "incident": incident, "stage": stage}
    connection.execute(
        delete(cards).where(cards.c.player == player, cards.c.incident == incident, cards.c.stage == stage)
    )
    if card is not None:
        connection.execute(insert(cards).values(**key, **card._asdict()))


# --- dailies


def _take_daily(connection: Connection, entry: DailyEntry) -> bool:
    """The try that was begun first is the one that counts; its result is added once it is known."""
    which = (dailies.c.player == entry.player) & (dailies.c.date == entry.date)
    known = connection.execute(select(dailies).where(which)).mappings().first()
    if known is not None and not _supersedes(entry, known):
        return False
    connection.execute(delete(dailies).where(which))
    connection.execute(insert(dailies).values(**_columns(dailies, entry)))
    return True


def _supersedes(entry: DailyEntry, known: RowMapping) -> bool:
    if entry.session == known["session"]:
        return known["outcome"] is None and entry.outcome is not None
    return (entry.started, entry.session) < (int(known["started"]), str(known["session"]))
