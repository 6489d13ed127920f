"""Tables of another version."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text

from noc_tui.store.errors import StoreError
from noc_tui.store.migrations import prepare
from noc_tui.store.place import connect, reading
from noc_tui.store.queries import count_sessions
from tests.store.builders import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from noc_tui.store.store import Store


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    """An engine for a database of version 1 with one session in it."""
    store.remember(session("S1"))
    made = connect(store.place, 5)
    yield made
    made.dispose()


def add_mood(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE sessions ADD COLUMN mood INTEGER"))
    connection.execute(text("UPDATE sessions SET mood = 7"))


def test_a_migration_is_done_once_after_a_backup(store: Store, engine: Engine) -> None:
    for _ in range(2):
        prepare(engine, store.place, [add_mood])
    with reading(engine, store.place) as connection:
        assert connection.execute(text("SELECT session, mood FROM sessions")).all() == [("S1", 7)]
        assert connection.execute(text("SELECT value FROM meta")).scalar() == "2"
        if store.place.file is None:
            assert "noc_tui_v1_backup" in inspect(connection).get_schema_names()
            saved = connection.execute(text("SELECT session FROM noc_tui_v1_backup.sessions")).all()
            assert saved == [("S1",)]
            return
    backup = sqlite3.connect(store.place.file.with_name("progress.sqlite3.v1.backup"))
    try:
        assert backup.execute("SELECT session FROM sessions").fetchall() == [("S1",)]
        assert backup.execute("SELECT value FROM meta").fetchall() == [("1",)]
    finally:
        backup.close()


def test_a_migration_that_fails_leaves_everything_as_it_was(store: Store, engine: Engine) -> None:
    def fail(connection: Connection) -> None:
        add_mood(connection)
        connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(StoreError, match="cannot be used"):
        prepare(engine, store.place, [fail])
    prepare(engine, store.place)
    with reading(engine, store.place) as connection:
        assert "mood" not in {column["name"] for column in inspect(connection).get_columns("sessions")}
        assert count_sessions(connection) == 1


def test_a_newer_database_is_refused_with_its_version(store: Store, engine: Engine) -> None:
    prepare(engine, store.place, [add_mood])
    store.close()
    kept = store.remember(session("S2"))
    assert not kept.saved
    assert "is of version 2, and this noc-tui knows versions up to 1" in kept.notices[0]


def test_migrations_are_done_in_order(store: Store, engine: Engine) -> None:
    def double(connection: Connection) -> None:
        connection.execute(text("UPDATE sessions SET mood = mood * 2"))

    prepare(engine, store.place, [add_mood, double])
    with reading(engine, store.place) as connection:
        assert connection.execute(text("SELECT mood FROM sessions")).scalar() == 14
        assert connection.execute(text("SELECT value FROM meta")).scalar() == "3"


def test_what_another_program_has_made_newer_meanwhile_is_left_as_it_is(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter([1, 2])
    monkeypatch.setattr("noc_tui.store.migrations.version_of", lambda *_: next(versions))
    prepare(engine, store.place, [add_mood])
    with reading(engine, store.place) as connection:
        assert "mood" not in {column["name"] for column in inspect(connection).get_columns("sessions")}
        assert "noc_tui_v1_backup" not in inspect(connection).get_schema_names()
    if store.place.file is not None:
        assert not store.place.file.with_name("progress.sqlite3.v1.backup").exists()
