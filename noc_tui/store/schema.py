"""The tables. Moments are UTC in milliseconds since 1970; whatever can be worked out anew is said so."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table

METADATA: Final = MetaData()

_SHORT: Final = 400
"""Characters: what a driver's name may have in a session file."""

meta: Final = Table(
    "meta",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("value", String(200), nullable=False),
)
"""`version`: the version of these tables."""

players: Final = Table(
    "players",
    METADATA,
    Column("name", String(_SHORT), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("since", BigInteger, nullable=False),
)
"""People and agents, and when they began."""

sessions: Final = Table(
    "sessions",
    METADATA,
    Column("session", String(64), primary_key=True),
    Column("player", String(_SHORT), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("incident", String(48), nullable=False),
    Column("incident_hash", String(80), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("draws", BigInteger, nullable=False),
    Column("max_steps", Integer, nullable=False),
    Column("pace", String(8), nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("parent", String(64)),
    Column("drill", String(16)),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("assisted", Boolean, nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("unwinnable", Boolean, nullable=False),
    Column("grade", String(1)),
    Column("accuracy", Float),
    Column("par", Float),
    Column("lost", Float),
    Column("luck", Float),
    Column("harmful", Integer),
    Column("first_useful", Integer),
    Column("first_useful_seconds", Float),
    Column("diagnosis", Boolean),
    Column("rated", Boolean, nullable=False),
    Index("sessions_by_end", "ended", "session"),
    Index("sessions_of_player", "player", "ended", "accuracy", "outcome"),
    Index("sessions_of_player_in_incident", "player", "incident", "ended", "outcome"),
    Index("sessions_of_incident", "incident", "ended"),
    Index("sessions_of_seed", "incident", "seed", "outcome", "steps"),
    Index("sessions_tried", "player", "incident", "seed", "ended"),
)
"""One row for each session that has ended."""

verdicts: Final = Table(
    "verdicts",
    METADATA,
    Column("session", String(64), primary_key=True),
    Column("verdict", String(12), primary_key=True),
    Column("action", String(20), primary_key=True),
    Column("best", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many moves of a session had which verdict: what was done, where what was best."""

reviews: Final = Table(
    "reviews",
    METADATA,
    Column("review", String(64), primary_key=True),
    Column("player", String(_SHORT), nullable=False),
    Column("incident", String(48), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("rating", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seconds", Float),
    Column("verdict", String(12)),
    Column("named", Boolean),
    Column("session", String(64)),
    Index("reviews_of_card", "player", "incident", "stage", "at"),
    Index("reviews_of_player", "player", "at"),
)
"""The answers: each adds to the schedule, none is ever changed."""

cards: Final = Table(
    "cards",
    METADATA,
    Column("player", String(_SHORT), primary_key=True),
    Column("incident", String(48), primary_key=True),
    Column("stage", String(16), primary_key=True),
    Column("state", Integer, nullable=False),
    Column("step", Integer),
    Column("stability", Float, nullable=False),
    Column("difficulty", Float, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("last_rating", Integer, nullable=False),
    Column("reviews", Integer, nullable=False),
    Column("lapses", Integer, nullable=False),
    Index("cards_due", "player", "due"),
)
"""Where the schedule stands: worked out from the reviews."""

ratings: Final = Table(
    "ratings",
    METADATA,
    Column("side", String(8), primary_key=True),
    Column("name", String(_SHORT), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("rating", Float, nullable=False),
    Column("deviation", Float, nullable=False),
    Column("volatility", Float, nullable=False),
    Column("games", Integer, nullable=False),
    Index("ratings_of_day", "day"),
)
"""Ratings at the end of each day on which there were games, days since 1970: worked out from the sessions."""

dailies: Final = Table(
    "dailies",
    METADATA,
    Column("player", String(_SHORT), primary_key=True),
    Column("date", String(10), primary_key=True),
    Column("incident", String(48), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("session", String(64), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("outcome", String(12)),
    Column("steps", Integer),
    Column("par", Float),
    Column("verdicts", String(4096)),
    Index("dailies_of_date", "date"),
)
"""The one try that counts on a date."""
