"""What tests ask a database that no screen does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from noc_tui.store.rating import Standing
from noc_tui.store.schema import ratings, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row


def recent_sessions(connection: Connection) -> Sequence[Row[Any]]:
    """All sessions, the one that ended last first."""
    return connection.execute(select(sessions).order_by(sessions.c.ended.desc(), sessions.c.session.desc())).all()


def rating_history(connection: Connection, side: str, name: str) -> list[tuple[int, Standing]]:
    """The ratings of a player or an incident, a day each (days since 1970), oldest first."""
    columns = [ratings.c[column] for column in Standing._fields]
    mine = (ratings.c.side == side) & (ratings.c.name == name)
    found = connection.execute(select(ratings.c.day, *columns).where(mine).order_by(ratings.c.day))
    return [(day, Standing(*values)) for day, *values in found]
