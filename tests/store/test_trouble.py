"""Databases that cannot be used: play goes on, one sentence says so, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from noc_tui.store.errors import BadPlaceError, StoreError
from noc_tui.store.lines import dump_entry, parse_entry
from noc_tui.store.place import connect, place_of
from noc_tui.store.queries import deck_of
from noc_tui.store.queue import Queue
from noc_tui.store.store import Remembered, Store
from noc_tui.store.writing import Taken
from tests.store.asking import recent_sessions
from tests.store.builders import START, daily, derived, review, session

if TYPE_CHECKING:
    from typing import Any


def impatient(store: Store) -> Store:
    """The same database and queue, for somebody who does not wait."""
    shown = store.place.url.render_as_string(hide_password=False)
    return Store(shown, queue=store.queue.folder, patience=0.05)


def test_what_cannot_be_written_while_another_program_writes_is_taken_in_later(store: Store) -> None:
    store.remember(review("R0"))
    with impatient(store) as hasty:
        hasty.take_in_queue()
        with store.writing():
            kept = hasty.remember(review("R1", at=START + 1), session("S1"), daily("2026-12-01"))
            assert not kept.saved
            (notice,) = kept.notices
            assert "is locked by another program" in notice
            assert f"results wait in {store.queue.folder}" in notice
        assert hasty.take_in_queue().taken == Taken(1, 1, 1)
        assert hasty.queue.files() == []
    with store.reading() as connection:
        assert deck_of(connection, "ana")["cpu_overload", "page"].reviews == 2


def test_what_waits_is_taken_in_with_the_next_that_is_remembered(sqlite: Store) -> None:
    sqlite.queue.put([review("R1")])
    sqlite.queue.put([review("R2", at=START + 1)])
    assert sqlite.remember(session("S1")) == Remembered(saved=True, taken=Taken(1, 2, 0), notices=())
    assert sqlite.queue.files() == []


def test_nothing_is_opened_where_nothing_waits(sqlite: Store) -> None:
    assert sqlite.take_in_queue() == Remembered(saved=True, taken=Taken(), notices=())
    assert sqlite.place.file is not None
    assert not sqlite.place.file.exists()


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    file.write_text("this is somebody's shopping list " * 100)
    with Store(f"sqlite:///{file}", queue=tmp_path / "queue") as store:
        kept = store.remember(review("R1"))
        assert not kept.saved
        assert f"{file}: is damaged, or no database at all" in kept.notices[0]
        assert "noc-tui progress rebuild" in kept.notices[0]
        with pytest.raises(StoreError, match="is damaged"), store.reading():
            pass
    assert file.read_text().startswith("this is somebody's shopping list")
    assert len(store.queue.files()) == 1


def test_a_folder_in_place_of_the_file_is_named_as_one(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}", queue=tmp_path / "queue") as store:
        assert store.remember(review("R1")).notices[0].startswith(f"{tmp_path}: cannot be used: it is a folder;")


def test_a_file_that_may_not_be_read_is_named_as_one(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite.remember(review("R1"))
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.R_OK)
    failed = sqlite3.OperationalError("unable to open database file")
    with pytest.raises(StoreError, match="cannot be used: it may not be read"), sqlite.reading():
        raise OperationalError("SELECT 1", None, failed)


def test_a_full_disk_is_named_where_sqlite_speaks_of_an_error(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    failed = sqlite3.OperationalError("disk I/O error")
    with pytest.raises(StoreError, match="cannot be used: the disk is full"), sqlite.reading():
        raise OperationalError("SELECT 1", None, failed)


def test_a_place_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with Store(f"sqlite:///{tmp_path / 'taken' / 'progress.sqlite3'}", queue=tmp_path / "queue") as store:
        kept = store.remember(review("R1"))
    assert not kept.saved
    assert kept.notices[0].startswith(f"{tmp_path / 'taken'}: cannot be made: ")


@pytest.mark.parametrize(
    ("pragma", "sentence"), [("query_only = 1", "may be read and not written"), ("max_page_count = 1", "is full")]
)
def test_a_database_that_is_read_only_or_full_can_still_be_read(sqlite: Store, pragma: str, sentence: str) -> None:
    sqlite.remember(session("S1"))

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    engine = sqlite._ready()
    engine.dispose()
    event.listen(engine, "connect", limit)
    kept = sqlite.remember(*(review(f"R{number}", player="x" * 400) for number in range(100)))
    assert not kept.saved
    assert sentence in kept.notices[0]
    with sqlite.reading() as connection:
        assert len(recent_sessions(connection)) == 1
    sqlite.close()
    assert sqlite.take_in_queue().taken.answers == 100


@pytest.mark.parametrize("readable", ["", "progress.sqlite3"], ids=["the folder", "the file"])
def test_a_database_that_may_only_be_read_leaves_nothing_behind_that_would_keep_it_so(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch, readable: str
) -> None:
    sqlite.remember(session("S1"))
    sqlite.close()
    file = sqlite.place.file
    assert file is not None
    with monkeypatch.context() as patched:  # whoever runs the tests may be allowed everything
        patched.setattr("os.access", lambda path, _mode: Path(path) != file.parent / readable)
        with sqlite.reading() as connection:
            assert len(recent_sessions(connection)) == 1
        assert [path.name for path in file.parent.glob(f"{file.name}*")] == [file.name]
        assert "may be read and not written" in sqlite.remember(session("S2")).notices[0]
    sqlite.close()
    assert sqlite.take_in_queue().taken.sessions == 1


def test_where_not_even_the_queue_can_be_written_it_is_said_that_something_is_lost(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with Store(f"sqlite:///{tmp_path / 'taken' / 'a.sqlite3'}", queue=tmp_path / "taken" / "queue") as store:
        kept = store.remember(review("R1"))
    assert not kept.saved
    assert "is not remembered" in kept.notices[0]


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql://ana:secret@/nowhere?host={tmp_path}"
    with Store(url, queue=tmp_path / "queue", patience=1) as store:
        kept = store.remember(review("R1"))
    assert not kept.saved
    assert "cannot be used" in kept.notices[0]
    assert "secret" not in kept.notices[0]


@pytest.mark.parametrize("parameters", ["?password=secret", "?host=db&sslpassword=secret", "?passwrod=secret"])
def test_a_password_among_the_parameters_of_a_url_is_not_shown(parameters: str) -> None:
    assert "secret" not in place_of(f"postgresql://ana@db/noc{parameters}").shown
    with pytest.raises(BadPlaceError) as refused:
        place_of(f"mysql://ana@db/noc{parameters}")
    assert "secret" not in str(refused.value)


def test_a_server_that_is_reached_by_a_parameter_is_named() -> None:
    assert place_of("postgresql://ana@/noc?host=/run/pg&port=5433").shown.endswith("?host=%2Frun%2Fpg&port=5433")


@pytest.mark.parametrize("url", ["nonsense", "mysql://ana:secret@host/db", "sqlite://", "sqlite:///:memory:", "://"])
def test_what_names_no_database_is_refused_at_once(url: str) -> None:
    with pytest.raises(BadPlaceError) as refused:
        place_of(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("damage", ["DELETE FROM meta", "DROP TABLE meta"])
def test_a_database_of_somebody_else_is_not_written_to(store: Store, damage: str) -> None:
    with store.writing() as connection:
        connection.execute(text(damage))
    with impatient(store) as again:
        kept = again.remember(review("R1"))
    assert not kept.saved
    assert "holds tables that are not ours" in kept.notices[0]


# --- the queue


def test_a_damaged_file_of_the_queue_is_put_aside_and_the_others_are_taken_in(sqlite: Store) -> None:
    good = sqlite.queue.put([review("R1")])
    bad = good.with_name("00000000000000000000000000.jsonl")
    bad.write_text('{"entry": "review", "review": "R2"}\n')
    taken = sqlite.take_in_queue()
    assert taken.taken.answers == 1
    (problem,) = taken.notices
    assert "player: is missing" in problem
    assert [path.name for path in sqlite.queue.folder.iterdir()] == [f"{bad.name}.damaged"]
    assert sqlite.take_in_queue().notices == ()


def test_a_file_that_is_still_being_written_is_not_read(sqlite: Store) -> None:
    sqlite.queue.folder.mkdir()
    (sqlite.queue.folder / ".01ABC.jsonl").write_text('{"entry": "rev')
    assert sqlite.take_in_queue() == Remembered(saved=True, taken=Taken(), notices=())


def test_a_program_that_dies_before_it_empties_the_queue_counts_nothing_twice(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite.queue.put([review("R1"), session("S1")])

    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Queue, "done", die)
        with pytest.raises(KilledError):
            sqlite.take_in_queue()
    before = derived(sqlite)
    assert len(sqlite.queue.files()) == 1
    assert sqlite.take_in_queue().taken == Taken(0, 0, 0)
    assert derived(sqlite) == before
    assert sqlite.queue.files() == []


@given(st.sampled_from([review("R1", seconds=1.5, named=False), session("S1"), daily("2026-12-01")]))
def test_a_line_reads_back_as_the_entry_that_it_was(entry: Any) -> None:
    line = dump_entry(entry)
    assert "\n" not in line
    assert line.isascii()
    assert parse_entry(line) == entry


@given(st.binary(max_size=200))
def test_what_is_no_line_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_entry(line)


def test_a_player_whose_name_would_steer_a_terminal_is_no_entry() -> None:
    with pytest.raises(ValueError, match="player"):
        parse_entry(dump_entry(review("R1")).replace('"ana"', '"\\u0000\\u001b[2J"'))


def test_threads_that_open_a_store_at_the_same_time_share_one_engine(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Barrier(2)
    made: list[object] = []

    def connected(*arguments: Any) -> Any:
        made.append(connect(*arguments))
        return made[-1]

    def read(_: int) -> int:
        both.wait(10)
        with sqlite.reading() as connection:
            return len(recent_sessions(connection))

    monkeypatch.setattr("noc_tui.store.store.connect", connected)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(read, range(2))) == [0, 0]
    assert len(made) == 1


def test_no_sqlite_file_is_left_open(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'a.sqlite3'}", queue=tmp_path / "queue") as store:
        store.remember(review("R1"))
    connection = sqlite3.connect(tmp_path / "a.sqlite3")
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        connection.close()
    assert not (tmp_path / "a.sqlite3-wal").exists()
