"""What the progress screen, the home screen and `noc-tui progress` say: figures by incident, and overall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, select, union_all

from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import MILLIS_A_DAY, date_of_day, day_of, millis
from noc_tui.store.queries import count_sessions, daily_dates, deck_of, incident_standings, player_standing
from noc_tui.store.schema import sessions, verdicts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from noc_tui.review.model import Grade, MoveReview
    from noc_tui.store.cards import Card
    from noc_tui.store.queries import CardKey
    from noc_tui.store.rating import Standing

RECENT: Final = 50
"""Sessions of an incident that its medians and means are about."""
GRADES_SHOWN: Final = 10
CALENDAR_DAYS: Final = 371
"""53 weeks."""
LOOKED_AT: Final = 200
"""Sessions that the commonest mistake is looked for in."""
WRONG: Final = (Verdict.MISTAKE, Verdict.BLUNDER)
"""What counts as a mistake: no inaccuracy does."""
_ASKED_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentProgress:
    """How somebody fares in one incident. The figures after `resolved` are of the last 50 sessions."""

    incident: str
    played: int
    resolved: int
    """Of all that were played."""
    grades: tuple[Grade, ...]
    """The last ten, newest last."""
    over_par: float | None
    """Median steps over par where it was resolved."""
    accuracy: float | None
    """Mean, 0 to 100."""
    first_useful: float | None
    """Median step of the first useful action."""
    first_useful_seconds: float | None
    """Median time to it."""
    diagnosed: float | None
    """In which share of those in which the incident was named it was named rightly, 0 to 1."""
    trend: tuple[float, ...]
    """Accuracy of each session, oldest first."""
    standing: Standing | None
    """How the incident is rated."""
    due: int | None
    """When the first of its cards falls due, UTC, in milliseconds since 1970; None: it has none."""

    @property
    def resolved_rate(self) -> float:
        return self.resolved / self.played if self.played else 0.0


class Mistake(NamedTuple):
    """What was done wrong most often of late."""

    incident: str
    action: ActionType
    best: ActionType
    times: int

    def is_made_in(self, move: MoveReview) -> bool:
        """Whether a move is one of those that are counted."""
        same = move.action == self.action and move.best == self.best
        return same and move.verdict in WRONG and not move.inherited


class DayOfPractice(NamedTuple):
    """A day in the calendar, UTC."""

    date: date
    sessions: int
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the home screen says at a glance."""

    sessions: int
    streak: int
    """Dailies on so many days in a row, up to today or yesterday (UTC)."""
    daily_done: bool
    """Whether that of today is."""
    due: int
    """Cards that are due now."""
    next_due: int | None
    """When the next one falls due, UTC, in milliseconds since 1970; None: no card at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How somebody fares."""

    player: str
    home: Home
    standing: Standing | None
    """None before the first rated session."""
    incidents: tuple[IncidentProgress, ...]
    """Those that were played, by name."""
    calendar: tuple[DayOfPractice, ...]
    """The days with sessions in the last 53 weeks, oldest first."""
    mistake: Mistake | None


def home_of(connection: Connection, player: str, now: datetime, known: Collection[str] | None = None) -> Home:
    """The figures of the home screen. Due are cards of the incidents that are `known` here; None: of all."""
    return _home(connection, player, now, _of_known(deck_of(connection, player), known))


def _of_known(deck: dict[CardKey, Card], known: Collection[str] | None) -> dict[CardKey, Card]:
    """The cards that can be drilled here."""
    return deck if known is None else {key: card for key, card in deck.items() if key[0] in known}


def _home(connection: Connection, player: str, now: datetime, deck: Mapping[CardKey, Card]) -> Home:
    moment = millis(now)
    dates = daily_dates(connection, player)
    today = date_of_day(day_of(moment))
    return Home(
        sessions=count_sessions(connection, player),
        streak=streak(dates, today),
        daily_done=today.isoformat() in dates,
        due=sum(card.due <= moment for card in deck.values()),
        next_due=min((card.due for card in deck.values()), default=None),
    )


def streak(dates: Sequence[str], today: date) -> int:
    """Days in a row up to today, or to yesterday while today's is still to come. `dates` are of finished dailies."""
    done = set(dates)
    day = today if today.isoformat() in done else today - timedelta(days=1)
    length = 0
    while day.isoformat() in done:
        length += 1
        day -= timedelta(days=1)
    return length


def progress_of(connection: Connection, player: str, now: datetime, known: Collection[str] | None = None) -> Progress:
    """All figures of a player. Due are cards of the incidents that are `known` here; None: of all."""
    day = day_of(millis(now))
    deck = _of_known(deck_of(connection, player), known)
    standings = incident_standings(connection, day)
    counts = connection.execute(
        select(sessions.c.incident, sessions.c.outcome, func.count())
        .where(sessions.c.player == player)
        .group_by(sessions.c.incident, sessions.c.outcome)
    )
    played: dict[str, dict[str, int]] = {}
    for incident, outcome, count in counts:
        played.setdefault(incident, {})[outcome] = count
    recent = _recent(connection, player, sorted(played))
    incidents = tuple(
        _incident(
            incident,
            outcomes,
            recent[incident],
            standing=standings.get(incident),
            due=min((card.due for (of, _), card in deck.items() if of == incident), default=None),
        )
        for incident, outcomes in sorted(played.items())
    )
    return Progress(
        player=player,
        home=_home(connection, player, now, deck),
        standing=player_standing(connection, player, day),
        incidents=incidents,
        calendar=_calendar(connection, player, day),
        mistake=commonest_mistake(connection, player),
    )


def _recent(connection: Connection, player: str, incidents: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The last 50 sessions of each incident, oldest first. Asked for many at a time: a server may be far away."""
    c = sessions.c
    about_it = c.incident, c.ended, c.outcome, c.grade, c.steps, c.par, c.accuracy, c.diagnosis
    columns = [*about_it, c.first_useful, c.first_useful_seconds]
    rows: dict[str, list[Row[Any]]] = {incident: [] for incident in incidents}
    for first in range(0, len(incidents), _ASKED_AT_ONCE):
        each = [
            select(*columns)
            .where(c.player == player, c.incident == incident)
            .order_by(c.ended.desc())
            .limit(RECENT)
            .subquery()
            for incident in incidents[first : first + _ASKED_AT_ONCE]
        ]
        for row in connection.execute(union_all(*(select(latest) for latest in each))):
            rows[row.incident].append(row)
    return {incident: sorted(found, key=lambda row: row.ended) for incident, found in rows.items()}


def _incident(
    incident: str,
    outcomes: Mapping[str, int],
    rows: Sequence[Row[Any]],
    *,
    standing: Standing | None,
    due: int | None,
) -> IncidentProgress:
    named = [row.diagnosis for row in rows if row.diagnosis is not None]
    trend = tuple(row.accuracy for row in rows if row.accuracy is not None)
    over = [row.steps - row.par for row in rows if row.outcome == "resolved" and row.par is not None]
    return IncidentProgress(
        incident=incident,
        played=sum(outcomes.values()),
        resolved=outcomes.get("resolved", 0),
        grades=tuple(row.grade for row in rows if row.grade is not None)[-GRADES_SHOWN:],
        over_par=median(over) if over else None,
        accuracy=fmean(trend) if trend else None,
        first_useful=_median([row.first_useful for row in rows]),
        first_useful_seconds=_median([row.first_useful_seconds for row in rows]),
        diagnosed=sum(named) / len(named) if named else None,
        trend=trend,
        standing=standing,
        due=due,
    )


def _median(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return median(there) if there else None


def _calendar(connection: Connection, player: str, today: int) -> tuple[DayOfPractice, ...]:
    day = sessions.c.ended // MILLIS_A_DAY
    found = connection.execute(
        select(day, func.count(), func.avg(sessions.c.accuracy))
        .where(sessions.c.player == player, sessions.c.ended >= (today - CALENDAR_DAYS + 1) * MILLIS_A_DAY)
        .group_by(day)
        .order_by(day)
    )
    return tuple(
        DayOfPractice(date_of_day(int(at)), count, None if mean is None else float(mean)) for at, count, mean in found
    )


def commonest_mistake(connection: Connection, player: str) -> Mistake | None:
    """The wrong action that was chosen most often in the last 200 sessions; of equals the first by name."""
    latest = (
        select(sessions.c.session, sessions.c.incident)
        .where(sessions.c.player == player)
        .order_by(sessions.c.ended.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    total = func.sum(verdicts.c.count)
    row = connection.execute(
        select(latest.c.incident, verdicts.c.action, verdicts.c.best, total)
        .join(latest, latest.c.session == verdicts.c.session)
        .where(verdicts.c.verdict.in_(WRONG))
        .group_by(latest.c.incident, verdicts.c.action, verdicts.c.best)
        .order_by(total.desc(), latest.c.incident, verdicts.c.action, verdicts.c.best)
        .limit(1)
    ).first()
    return None if row is None else Mistake(row[0], ActionType(row[1]), ActionType(row[2]), int(row[3]))


def last_session_with(connection: Connection, player: str, mistake: Mistake) -> str | None:
    """The last session in which a player made a mistake; None where it is not among the last 200."""
    latest = (
        select(sessions.c.session, sessions.c.incident, sessions.c.ended)
        .where(sessions.c.player == player)
        .order_by(sessions.c.ended.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    return connection.execute(
        select(latest.c.session)
        .join(verdicts, latest.c.session == verdicts.c.session)
        .where(
            latest.c.incident == mistake.incident,
            verdicts.c.action == mistake.action,
            verdicts.c.best == mistake.best,
            verdicts.c.verdict.in_(WRONG),
        )
        .order_by(latest.c.ended.desc(), latest.c.session)
        .limit(1)
    ).scalar()
