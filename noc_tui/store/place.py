"""Where the database is, and how it is connected to."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

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
_VAGUE: Final = ("unable to open", "disk I/O error")
_WHERE: Final = ("host", "port")
_BESIDE: Final = ("-wal", "-shm")
"""What SQLite puts beside a file while it is open."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database: a SQLite file, or a PostgreSQL server."""

    url: URL
    file: Path | None
    """Where it is a file."""

    @property
    def shown(self) -> str:
        """As it may be shown: without a password."""
        return str(self.file) if self.file else _shown(self.url.set(drivername="postgresql"))


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
    raise BadPlaceError(f"store: {_shown(url)} is neither PostgreSQL nor a file of SQLite")


def _shown(url: URL) -> str:
    """A URL without what is secret in it: of its parameters, which may be passwords, only where the server is."""
    return url.set(query={key: url.query[key] for key in _WHERE if key in url.query}).render_as_string()


def place_of_file(file: Path) -> Place:
    """The SQLite database in this file, which need not be there yet."""
    return Place(make_url("sqlite://").set(database=str(file)), file)


def connect(place: Place, patience: float = PATIENCE) -> Engine:
    """An engine for the place; nothing is opened yet. Raises `BadPlaceError` where its driver is not installed."""
    try:
        if place.file is None:
            return _server(place, patience)
        url = _immutable(place.file) if _can_only_be_read(place.file) else place.url
        engine = create_engine(url, connect_args={"timeout": patience})
    except (ImportError, NoSuchModuleError) as error:
        raise BadPlaceError(
            f"store: {place.shown} needs a package that is not installed: pip install 'noc-tui[postgres]'"
        ) from error
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _can_only_be_read(file: Path) -> bool:
    """Whether a database may not be written, nor anybody has it open who may."""
    there = os.path.isfile(file)  # noqa: PTH113  (Path's raises where a folder above cannot be read)
    ours = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    return there and not ours and not any(os.path.lexists(f"{file}{end}") for end in _BESIDE)


def _immutable(file: Path) -> URL:
    """How a file is opened that does not change.

    Otherwise SQLite puts files beside it: where it may not, it reads nothing; where it may, they can be written as
    little as the file, and stay, so that it could not be written even when it may be again.
    """
    return make_url("sqlite://").set(database=f"file:{quote(str(file))}", query={"immutable": "1", "uri": "true"})


def _server(place: Place, patience: float) -> Engine:
    """An engine for PostgreSQL, whose connections are tried before they are used: a server may have been restarted."""
    given = {
        "connect_timeout": max(2, round(patience)),
        "prepare_threshold": None,  # how a statement is carried out would be kept from when the tables were empty
    }
    engine = create_engine(place.url, connect_args=given, pool_pre_ping=True)

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
    with _telling(place), engine.connect() as connection:
        if place.file is None:  # else each statement would see a state of its own
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
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
        remedy = "; noc-tui progress rebuild puts it aside and makes a new one" if place.file else ""
        return DamagedStoreError(f"{place.shown}: is damaged, or no database at all: {reason}{remedy}")
    if any(word in reason for word in _BUSY):
        return StoreError(f"{place.shown}: is locked by another program, which has not let go for a while")
    if "readonly" in reason:
        return StoreError(f"{place.shown}: may be read and not written")
    if place.file and any(word in reason for word in _VAGUE):
        reason = _about_the_file(place.file) or reason
    return StoreError(f"{place.shown}: cannot be used: {reason}")


def _about_the_file(file: Path) -> str | None:
    """What SQLite does not say of a file that it cannot open, as a clause; None where nothing can be seen."""
    folder = file.parent
    if os.path.isdir(file):  # noqa: PTH112  (Path's raises where a folder above cannot be read)
        return "it is a folder"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "nothing can be written in its folder"
    if os.path.lexists(file) and not os.access(file, os.R_OK):
        return "it may not be read"
    try:
        return None if shutil.disk_usage(folder).free else "the disk is full"
    except OSError:
        return None


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
