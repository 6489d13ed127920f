"""Looking at a database: what it holds is told, and nothing is changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text

from noc_tui.store.checking import state_of
from noc_tui.store.errors import StoreError
from noc_tui.store.place import connect, place_of_file, reading
from tests.store.builders import session

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.store.store import Store


def tables(store: Store) -> list[str]:
    engine = connect(store.place)
    try:
        with reading(engine, store.place) as connection:
            return inspect(connection).get_table_names()
    finally:
        engine.dispose()


def test_an_empty_database_stays_empty(store: Store) -> None:
    if store.place.file is not None:
        assert state_of(store.place).startswith("not there yet")
        assert not store.place.file.exists()
        store.place.file.touch()
    assert state_of(store.place) == "empty"
    assert tables(store) == []


def test_a_file_that_cannot_be_looked_for_is_not_there(tmp_path: Path) -> None:
    assert state_of(place_of_file(tmp_path / ("x" * 300) / "progress.sqlite3")).startswith("not there yet")


def test_what_is_remembered_is_counted(store: Store) -> None:
    store.remember(session("S1"))
    assert state_of(store.place) == "1 session"
    store.remember(session("S2"))
    assert state_of(store.place) == "2 sessions"


def test_a_newer_database_cannot_be_used(store: Store) -> None:
    store.remember(session("S1"))
    with store.writing() as connection:
        connection.execute(text("UPDATE meta SET value = '2'"))
    with pytest.raises(StoreError, match="is of version 2"):
        state_of(store.place)


def test_one_that_another_program_is_writing_to_cannot_be_used_now(store: Store) -> None:
    store.remember(session("S1"))
    with store.writing(), pytest.raises(StoreError, match="is locked by another program"):
        state_of(store.place, 0.05)


def test_one_that_may_only_be_read_cannot_be_used_and_what_is_tried_leaves_no_trace(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite.remember(session("S1"))
    sqlite.close()
    assert sqlite.place.file is not None
    before = sqlite.place.file.read_bytes()
    assert state_of(sqlite.place) == "1 session"
    assert sqlite.place.file.read_bytes() == before
    monkeypatch.setattr("os.access", lambda _path, mode: mode == os.F_OK)
    with pytest.raises(StoreError, match="may be read and not written"):
        state_of(sqlite.place)
