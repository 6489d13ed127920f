"""What is put into the store: frozen values, checked where they come from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, ConfigDict, FailFast, Field

from noc_tui.episode.records import (
    INCIDENT_ID,
    LARGEST_INTEGER,
    MAX_DRAWS,
    Outcome,
    Pace,
    SessionId,
)
from noc_tui.review.model import Grade, Verdict  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.actions import ActionType  # noqa: TC001  (see above)
from noc_tui.sim.incident import MAX_STEPS_LIMIT
from noc_tui.store.people import PlayerName  # noqa: TC001  (see above)


def _calendar_date(text: str) -> str:
    date.fromisoformat(text)
    return text


Kind = Literal["person", "agent"]
Millis = Annotated[int, Field(ge=0, le=253_000_000_000_000)]
"""UTC, in milliseconds since 1970, up to the year 9987: what falls due later must still be a date."""
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_calendar_date)]
Incident = Annotated[str, Field(pattern=INCIDENT_ID)]
Whole = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Steps = Annotated[int, Field(ge=0, le=MAX_STEPS_LIMIT)]
Real = Annotated[float, Field(ge=-1e9, le=1e9)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]
Stage = Annotated[str, Field(pattern=r"^[a-z_]{1,16}$")]

MILLIS_A_DAY: Final = 86_400_000


class _Strict:
    __slots__ = ()
    __pydantic_config__: ClassVar = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCount(_Strict):
    """How many moves had this verdict: what was done, where what was best."""

    verdict: Verdict
    action: ActionType
    best: ActionType
    count: Annotated[int, Field(ge=1, le=MAX_STEPS_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry(_Strict):
    """A session that has ended. The figures of the review are None where it could not be reviewed."""

    entry: Literal["session"] = "session"
    session: SessionId
    player: PlayerName
    kind: Kind
    incident: Incident
    incident_hash: Annotated[str, Field(pattern=r"^[!-~]{1,80}$")]
    seed: Whole
    draws: Annotated[int, Field(ge=0, le=MAX_DRAWS)]
    max_steps: Steps
    pace: Pace
    blind: bool
    parent: SessionId | None
    drill: Annotated[str, Field(pattern=r"^[a-z_]{1,16}$")] | None
    """Which drill it belonged to; None: played for its own sake, or not known."""
    started: Millis
    ended: Millis
    seconds: Seconds
    outcome: Outcome
    steps: Steps
    assisted: bool
    """More than one driver took its steps."""
    reviewed: bool
    """It came out bit for bit when simulated again, and every move has its verdict."""
    unwinnable: bool
    grade: Grade | None
    accuracy: Annotated[float, Field(ge=0, le=100)] | None
    par: Real | None
    lost: Real | None
    luck: Real | None
    harmful: Steps | None
    first_useful: Steps | None
    first_useful_seconds: Seconds | None
    diagnosis: bool | None
    """Whether the incident was named rightly; None where it was not asked, or not named."""
    rated: bool
    """Whether it may count in the rating."""
    verdicts: Annotated[tuple[MoveCount, ...], Field(max_length=300), FailFast()] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEntry(_Strict):
    """An answer to a card. The rating is FSRS's: 1 again, 2 hard, 3 good, 4 easy."""

    entry: Literal["review"] = "review"
    review: SessionId
    """An id of its own, sortable by time: the same answer is never counted twice."""
    player: PlayerName
    incident: Incident
    stage: Stage
    rating: Literal[1, 2, 3, 4]
    at: Millis
    seconds: Seconds | None = None
    """How long the answer took."""
    verdict: Verdict | None = None
    named: bool | None = None
    """Whether the incident was named rightly, where it was asked."""
    session: SessionId | None = None
    """The session that it was, where it was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyEntry(_Strict):
    """The daily of a date: put in when it is begun, and again with its result."""

    entry: Literal["daily"] = "daily"
    player: PlayerName
    date: Date
    incident: Incident
    seed: Whole
    session: SessionId
    started: Millis
    ended: Millis | None = None
    """None: begun, and not finished."""
    outcome: Outcome | None = None
    steps: Steps | None = None
    par: Real | None = None
    verdicts: Annotated[str, Field(max_length=4096, pattern=r"^[bgnimx-]*$")] | None = None
    """A letter for each move: b best, g good, n needless, i inaccuracy, m mistake, x blunder, - none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerEntry(_Strict):
    """Somebody who plays."""

    entry: Literal["player"] = "player"
    name: PlayerName
    kind: Kind
    since: Millis


Entry = SessionEntry | ReviewEntry | DailyEntry | PlayerEntry


def millis(moment: datetime) -> int:
    """A moment as the store keeps it. Raises `ValueError` for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def moment_of(value: int) -> datetime:
    """The moment that stands in the store, in UTC."""
    seconds, rest = divmod(value, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def day_of(value: int) -> int:
    """The day, in UTC, as days since 1970."""
    return value // MILLIS_A_DAY


def date_of_day(day: int) -> date:
    """The calendar date of such a day."""
    return moment_of(day * MILLIS_A_DAY).date()
