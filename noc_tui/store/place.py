"""Where the database is, and how it is connected to."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from noc_tui import paths
from noc_tui.store.errors import BadPlaceError, DamagedStoreError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

PATIENCE: Final = 5.0
"""Seconds that one program waits for another to finish writing."""

_WRITERS: Final = 0x6E6F632D
"""The advisory lock that writers of a PostgreSQL database take, one at a time."""
_BUSY: Final = ("locked", "lock timeout")
_DAMAGED: Final = ("not a database", "malformed")


@dataclass(frozen=True, slots=True)
class Place:
    """A database: a SQLite file, or a PostgreSQL server."""

    url: URL
    file: Path | None
    """Where it is a file."""

    @property
    def shown(self) -> str:
        """As it may be shown: without a password."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)


def place_of(given: str = "") -> Place:
    """The database that a setting names; without one, the file in the user's data folder.

    Raises `BadPlaceError` for what is no URL of SQLite or PostgreSQL.
    """
    if not given:
        return place_of_file(paths.progress_file())
    try:
        url = make_url(given)
    except ArgumentError:
        raise BadPlaceError(
            "store: is no URL; expected postgresql://USER@HOST/DATABASE or sqlite:////PATH/TO/FILE"
        ) from None  # the text may hold a password
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return place_of_file(Path(os.path.expanduser(url.database)))  # noqa: PTH111  (Path.expanduser may raise)
    if backend in {"postgresql", "postgres"}:
        return Place(url.set(drivername="postgresql+psycopg"), None)
    raise BadPlaceError(f"store: {url.render_as_string(hide_password=True)} is neither PostgreSQL nor a file of SQLite")


def place_of_file(file: Path) -> Place:
    """The SQLite database in this file, which need not be there yet."""
    return Place(make_url("sqlite://").set(database=str(file)), file)


def connect(place: Place, patience: float = PATIENCE) -> Engine:
    """An engine for the place; nothing is opened yet. Raises `BadPlaceError` where its driver is not installed."""
    try:
        if place.file is None:
            return _server(place, patience)
        engine = create_engine(place.url, connect_args={"timeout": patience})
    except (ImportError, NoSuchModuleError) as error:
        raise BadPlaceError(
            f"store: {place.shown} needs a package that is not installed: pip install 'noc-tui[postgres]'"
        ) from error
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server(place: Place, patience: float) -> Engine:
    """An engine for PostgreSQL, whose connections are tried before they are used: a server may have been restarted."""
    engine = create_engine(place.url, connect_args={"connect_timeout": max(2, round(patience))}, pool_pre_ping=True)

    def wait_no_longer(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = {max(1, round(patience * 1000))}")
        connection.commit()

    event.listen(engine, "connect", wait_no_longer)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions when it pleases; and a reader that turns writer could be refused.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A program that is killed loses nothing; a power cut at most the last answers, for many fewer waits for the disk.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def reading(engine: Engine, place: Place) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout. Raises `StoreError`."""
    with _telling(place), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, place: Place) -> Iterator[Connection]:
    """A connection whose changes all take effect at the end, or none; nobody else writes meanwhile.

    Raises `StoreError`.
    """
    with _telling(place), engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():
            if place.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
            yield connection


@contextmanager
def _telling(place: Place) -> Iterator[None]:
    """What the database objects to as one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise _told(place, error) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{place.shown}: cannot be used: {_first_line(error)}") from error


def _told(place: Place, error: DBAPIError) -> StoreError:
    reason = _first_line(error.orig or error)
    if isinstance(error, DatabaseError) and any(word in reason for word in _DAMAGED):
        return DamagedStoreError(f"{place.shown}: is damaged, or no database at all: {reason}")
    if any(word in reason for word in _BUSY):
        return StoreError(f"{place.shown}: is locked by another program, which has not let go for a while")
    if "readonly" in reason:
        return StoreError(f"{place.shown}: may be read and not written")
    return StoreError(f"{place.shown}: cannot be used: {reason}")


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
