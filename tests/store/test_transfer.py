"""Moving everything from one database to another."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.store.entries import SessionEntry
from noc_tui.store.errors import TransferError
from noc_tui.store.lines import check_entry, dump_entry
from noc_tui.store.store import Store
from noc_tui.store.transfer import entries_from, entries_of, export_to
from noc_tui.store.writing import Taken
from tests.store.builders import DAY, START, daily, derived, review, session

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.store.entries import Entry

ENTRIES = (
    session("S1", at=START + 1000, grade="S"),
    session("S2", at=START + 3 * DAY, player="rules", kind="agent", grade="F", diagnosis=True, parent=None),
    session("S3", at=START + 2 * DAY, reviewed=False, rated=False, grade=None, par=None, accuracy=None, verdicts=()),
    review("R1", at=START, seconds=2.5, named=True),
    review("R2", at=START + DAY, rating=1),
    daily("2026-12-01"),
    daily("2026-12-02", ended=None, outcome=None, steps=None, par=None, verdicts=None),
)


def exported(store: Store, path: Path) -> Path:
    with store.reading() as connection:
        export_to(connection, path)
    return path


def test_everything_arrives_and_arrives_once(store: Store, tmp_path: Path) -> None:
    store.remember(*ENTRIES)
    file = exported(store, tmp_path / "progress.json")
    with Store(f"sqlite:///{tmp_path / 'other.sqlite3'}", queue=tmp_path / "queue2") as other:
        assert other.remember(*entries_from(file)).taken == Taken(3, 2, 2)
        assert other.remember(*entries_from(file)).taken == Taken(0, 0, 0)
        for one, another in zip(derived(other), derived(store), strict=True):
            assert one == [pytest.approx(row) for row in another]
        assert exported(other, tmp_path / "again.json").read_text() == file.read_text()


def test_what_is_there_stays_and_what_is_imported_comes_beside_it(store: Store, tmp_path: Path) -> None:
    store.remember(*ENTRIES[:2])
    file = exported(store, tmp_path / "progress.json")
    with Store(f"sqlite:///{tmp_path / 'other.sqlite3'}", queue=tmp_path / "queue2") as other:
        mine = session("S1", grade="C"), session("S9")
        other.remember(*mine)
        other.remember(*entries_from(file))
        with other.reading() as connection:
            sessions = {e.session: e for e in entries_of(connection) if e.entry == "session"}
    assert sorted(sessions) == ["S1", "S2", "S9"]
    assert sessions["S1"].grade == "C"
    assert sessions["S2"] == ENTRIES[1]


def test_the_file_is_one_json_object_with_an_entry_a_line(sqlite: Store, tmp_path: Path) -> None:
    sqlite.remember(*ENTRIES)
    text = exported(sqlite, tmp_path / "progress.json").read_text()
    content = json.loads(text)
    assert (content["format"], content["version"]) == ("noc-tui-progress", 1)
    assert len(content["entries"]) == len(text.splitlines()) - 2 == 9


def test_nothing_to_export_is_a_file_that_can_be_imported(sqlite: Store, tmp_path: Path) -> None:
    assert entries_from(exported(sqlite, tmp_path / "progress.json")) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no exported progress"),
        ('{"format": "noc-tui-progress", "version": 2, "entries": []}', "is of version 2"),
        ('{"format": "noc-tui-progress", "version": 1}', "entries: is no list"),
        ('{"format": "noc-tui-progress", "version": 1, "entries": [3]}', "entry 1: "),
        ('{"format": "noc-tui-progress", "version": 1, "entries": [{}]}', "entry 1: entry: is missing"),
        (
            '{"format": "noc-tui-progress", "version": 1, "entries": [{"entry": "daily"}]}',
            "entry 1: daily.player: is missing",
        ),
    ],
)
def test_what_is_no_export_is_refused_in_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "progress.json"
    file.write_text(content)
    with pytest.raises(TransferError) as refused:
        entries_from(file)
    assert str(refused.value).startswith(f"{file}: {sentence}")


@pytest.mark.parametrize(("key", "value"), [("steps", "8"), ("rating", 7), ("ended", -1), ("grade", "Z"), ("more", 1)])
def test_an_entry_with_a_wrong_figure_is_refused(sqlite: Store, tmp_path: Path, key: str, value: Any) -> None:
    sqlite.remember(*ENTRIES)
    file = exported(sqlite, tmp_path / "progress.json")
    content = json.loads(file.read_text())
    for entry in content["entries"]:
        if key in entry or key == "more":
            entry[key] = value
    file.write_text(json.dumps(content))
    with pytest.raises(TransferError, match=key):
        entries_from(file)


def test_an_export_that_cannot_be_written_is_one_sentence(sqlite: Store, tmp_path: Path) -> None:
    sqlite.remember(*ENTRIES)
    with pytest.raises(TransferError, match="cannot be written"):
        exported(sqlite, tmp_path / "nowhere" / "progress.json")


def test_verdicts_that_a_file_tells_in_parts_are_added_up(store: Store) -> None:
    entry = session("S1")
    store.remember(replace(entry, verdicts=(*entry.verdicts, *entry.verdicts)))
    with store.reading() as connection:
        (kept,) = (e for e in entries_of(connection) if isinstance(e, SessionEntry))
    assert sorted(count.count for count in kept.verdicts) == [2, 14]


@pytest.mark.parametrize(
    ("entry", "key", "value"),
    [
        (review("R1"), "at", 253_402_300_799_999),  # the last moment of the year 9999: nothing could fall due after it
        (daily("2026-12-01"), "date", "2026-13-01"),
        (daily("2026-12-01"), "date", "２０２６-12-01"),
    ],
)
def test_what_is_no_moment_to_reckon_with_is_no_entry(entry: Entry, key: str, value: object) -> None:
    values = json.loads(dump_entry(entry))
    assert check_entry(values) == entry
    with pytest.raises(ValueError, match=key):
        check_entry(values | {key: value})
