"""What a drill begins with: the incidents there are, and what the player remembers of them. Heavy; for a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from noc_tui import paths
from noc_tui.drills.errors import DrillError
from noc_tui.drills.schedule import Deck
from noc_tui.drills.standing import DailyStanding, daily_standing
from noc_tui.sim.catalog import catalog_of
from noc_tui.store.entries import DailyEntry, millis
from noc_tui.store.errors import StoreError
from noc_tui.store.queries import deck_of
from noc_tui.store.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from noc_tui.drills.spot import SpotQuestion, SpotRound
    from noc_tui.review.planner import Planner
    from noc_tui.sim.incident import Incident
    from noc_tui.store.cards import Card
    from noc_tui.tui.remembering import Remembering


@dataclass(frozen=True, slots=True)
class Practice:
    """What there is to practise."""

    incidents: Mapping[str, Incident]
    """By id."""
    deck: Deck
    notices: tuple[str, ...] = ()
    """What the user should know, in sentences: incidents that cannot be used, a database that cannot be read."""


def load_practice(remembering: Remembering, folders: Sequence[Path] = ()) -> Practice:
    """All incidents, and the cards of the player. A database that cannot be read leaves the deck of a beginner."""
    incidents, errors = catalog_of(folders).load_all()
    notices = [str(error) for error in errors]
    stored: Mapping[tuple[str, str], Card] = {}
    try:
        if not remembering.is_empty:
            with remembering.store.reading() as connection:
                stored = deck_of(connection, remembering.player)
    except StoreError as error:
        notices.append(f"{error}; what you know already cannot be looked up")
    by_id = {incident.id: incident for incident in incidents}
    return Practice(by_id, Deck.of(incidents, stored), tuple(notices))


class KnownDaily(NamedTuple):
    """What is known of a daily."""

    standing: DailyStanding
    unread: str
    """Why the database could not be asked, in a clause; empty where it could."""
    problems: tuple[str, ...]
    """Sentences on what waits for the database, and cannot be understood."""


def load_daily(remembering: Remembering, day: date, today: date) -> KnownDaily:
    """How the player stands with the daily of a day, by the database and by what waits for it.

    Raises `DrillError` where the program has no incidents.
    """
    standing, unread = DailyStanding.unknown(day, today), ""
    try:
        if not remembering.is_empty:
            with remembering.store.reading() as connection:
                standing = daily_standing(connection, remembering.player, day, today)
    except StoreError as error:
        unread = str(error)
    waiting, problems = Queue(paths.queue_dir()).read()
    for item in waiting:
        for entry in item.entries:
            if isinstance(entry, DailyEntry) and entry.player == remembering.player:
                standing = standing.with_try(entry)
    return KnownDaily(standing, unread, tuple(problems))


def next_question(
    spot_round: SpotRound, incidents: Mapping[str, Incident], now: int, planner: Planner
) -> tuple[SpotQuestion, SpotRound]:
    """The next position, and the round without the incidents that turned out to be no practice.

    Raises `DrillError` where there is none.
    """
    while True:
        key = spot_round.next_key(now)
        if key is None:
            raise DrillError("there is no incident to practise")
        try:
            return spot_round.question(key, incidents, planner), spot_round
        except DrillError:
            # One of the user's own that can hardly ever be won: it is no practice, and the round goes on without it.
            spot_round = replace(spot_round, deck=spot_round.deck.without(key.incident))


def now_millis() -> int:
    """The time by which cards fall due: UTC, in milliseconds since 1970."""
    return millis(datetime.now(UTC))
