"""Making the tables, and bringing those of an older version up to date: a backup first, then all or nothing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from noc_tui.store.errors import StoreError
from noc_tui.store.place import reading, writing
from noc_tui.store.schema import METADATA, meta

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from noc_tui.store.place import Place

    Migration = Callable[[Connection], None]

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""What turns version n into n + 1, for n from 1 on. `schema.py` describes the last; a new version adds one here."""


def prepare(engine: Engine, place: Place, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables where there are none, and bring older ones up to date. Raises `StoreError`.

    Before a migration the database is copied: a file to one beside it (`.v1.backup`), on a server to a schema of its
    own (`noc_tui_v1_backup`).
    """
    newest = len(migrations) + 1
    with reading(engine, place) as connection:
        version = version_of(connection, place, newest)
    if version == newest:
        return
    if place.file is not None:
        _write_ahead(engine, place)
    with writing(engine, place) as connection:
        version = version_of(connection, place, newest)  # another program may have been quicker
        if version is None:
            METADATA.create_all(connection)
            connection.execute(insert(meta).values(key="version", value=str(newest)))
        elif version < newest:
            # Nobody else writes meanwhile: what is copied is what is migrated.
            if place.file is not None:
                _copy_file(place.file, version)
            else:
                _copy_tables(connection, version)
            for migration in migrations[version - 1 :]:
                migration(connection)
            connection.execute(update(meta).where(meta.c.key == "version").values(value=str(newest)))


def version_of(connection: Connection, place: Place, newest: int = len(MIGRATIONS) + 1) -> int | None:
    """The version of the tables, at most `newest`; None where there are none.

    Raises `StoreError` for tables of a later version, and for such as are not ours.
    """
    found = set(inspect(connection).get_table_names())
    if found.isdisjoint(METADATA.tables):
        return None
    named = meta.name in found
    value = connection.execute(select(meta.c.value).where(meta.c.key == "version")).scalar() if named else None
    if value is None or not str(value).isdecimal() or int(value) < 1:
        raise StoreError(f"{place.shown}: holds tables that are not ours; name an empty database")
    if int(value) > newest:
        raise StoreError(
            f"{place.shown}: is of version {value}, and this noc-tui knows versions up to {newest};"
            " a later one is needed"
        )
    return int(value)


def _write_ahead(engine: Engine, place: Place) -> None:
    """Let readers and a writer work at the same time from now on; SQLite remembers it."""
    try:
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA journal_mode = WAL")
    except (sqlite3.Error, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise StoreError(f"{place.shown}: cannot be set up: {reason}") from error


def _copy_file(file: Path, version: int) -> None:
    backup = file.with_name(f"{file.name}.v{version}.backup")
    try:
        source, target = sqlite3.connect(file), sqlite3.connect(backup)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
    except sqlite3.Error as error:
        raise StoreError(f"{backup}: no backup can be made there, so nothing was migrated: {error}") from error


def _copy_tables(connection: Connection, version: int) -> None:
    schema = f"noc_tui_v{version}_backup"
    tables = inspect(connection).get_table_names()
    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    for table in tables:
        quoted = table.replace('"', '""')
        connection.execute(text(f'DROP TABLE IF EXISTS "{schema}"."{quoted}"'))
        connection.execute(text(f'CREATE TABLE "{schema}"."{quoted}" AS TABLE "{quoted}"'))
