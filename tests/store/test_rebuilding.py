"""Sessions remembered as they were played, and restored from their files."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.review.model import Verdict
from noc_tui.review.session import review_session
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import ReviewEntry, SessionEntry
from noc_tui.store.errors import StoreError
from noc_tui.store.queries import daily_entry, deck_of, leaderboard
from noc_tui.store.rebuilding import put_aside_if_damaged, rebuild
from noc_tui.store.store import Store
from noc_tui.store.summary import session_entry, verdict_letters
from noc_tui.store.transfer import entries_of
from tests.factories import bundled_incident
from tests.review.builders import KEYS
from tests.store.asking import recent_sessions
from tests.store.builders import derived, review

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.track import Track

SEED = 1


def no_daily(_: date) -> tuple[str, int]:
    return "none", 0


def played(folder: Path | None = None, keys: str = "RR-------", **arguments: Any) -> Episode:
    """An episode of flaky_nic by these keys, recorded in a folder."""
    record = partial(SessionWriter.create, folder) if folder else None
    clock = FrozenClock(datetime(2026, 12, 1, 12, tzinfo=UTC))
    episode = Episode(bundled_incident("flaky_nic"), SEED, record=record, clock=clock, **arguments)
    for key in keys:
        if episode.done:
            break
        clock.seconds += 2.0
        episode.act(KEYS[key])
    episode.close()
    return episode


def entry_of(track: Track, **arguments: Any) -> SessionEntry:
    return session_entry(track, review_session(track), person="ana", **arguments)


# --- what is remembered of a session


def test_a_session_is_remembered_with_the_figures_of_its_review() -> None:
    episode = played(blind=True, keys="")
    episode.act(ActionType.CLEAR_CACHE)
    episode.diagnose("flaky_nic")
    for key in "RR" + "-" * 28:
        if not episode.done:
            episode.act(KEYS[key])
    reviewed = review_session(episode)
    entry = session_entry(episode, reviewed, person="ana", drill="incident")
    assert (entry.player, entry.kind, entry.incident, entry.seed) == ("ana", "person", "flaky_nic", SEED)
    assert (entry.outcome, entry.steps) == ("resolved", episode.steps)
    assert (entry.grade, entry.par, entry.accuracy) == (reviewed.grade, reviewed.par, reviewed.accuracy)
    assert entry.diagnosis is True
    assert entry.drill == "incident"
    assert entry.rated
    assert sum(count.count for count in entry.verdicts) == episode.steps
    first = reviewed.move(1)
    assert any((c.verdict, c.action, c.best) == (first.verdict, first.action, first.best) for c in entry.verdicts)
    assert verdict_letters(reviewed)[0] == {Verdict.INACCURACY: "i", Verdict.MISTAKE: "m"}[first.verdict]


def test_the_time_of_the_first_useful_action_is_told() -> None:
    entry = entry_of(played())
    assert (entry.first_useful, entry.first_useful_seconds) == (1, 2.0)


def test_an_agent_plays_for_itself() -> None:
    entry = entry_of(played(driver="rules"))
    assert (entry.player, entry.kind, entry.assisted, entry.rated) == ("rules", "agent", False, True)


def test_whoever_was_helped_is_not_rated() -> None:
    episode = played(keys="R")
    episode.hand_over("rules", "hand_over")
    while not episode.done:
        episode.act(ActionType.REROUTE_TRAFFIC if episode.steps < 2 else ActionType.DO_NOTHING)
    entry = entry_of(episode)
    assert (entry.player, entry.assisted, entry.rated) == ("ana", True, False)


def test_a_fork_is_not_rated() -> None:
    fork = Episode.fork(played(), 2)
    while not fork.done:
        fork.act(ActionType.DO_NOTHING)
    entry = entry_of(fork)
    assert entry.parent is not None
    assert not entry.rated
    assert sum(count.count for count in entry.verdicts) == fork.steps - 2


def test_a_session_without_an_end_is_not_remembered() -> None:
    with pytest.raises(ValueError, match="has not ended"):
        session_entry(played(keys="R"), None, person="ana")


def test_a_session_that_cannot_be_reviewed_is_remembered_without() -> None:
    entry = session_entry(played(), None, person="ana")
    assert (entry.reviewed, entry.rated, entry.grade, entry.verdicts) == (False, False, None, ())


# --- restoring


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_rebuilding_restores_sessions_and_ratings_and_leaves_the_schedule(store: Store, tmp_path: Path) -> None:
    first, second = played(tmp_path / "sessions"), played(tmp_path / "sessions", keys="S" * 30)
    entries = [entry_of(first), entry_of(second)]
    store.remember(*entries, review("R1"))
    before = derived(store)
    with store.writing() as connection:
        for table in ("sessions", "verdicts", "ratings"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  (names of ours)
    rebuilt = rebuild(store, files_of(tmp_path / "sessions"), person="ana", daily_of=no_daily)
    assert (rebuilt.taken.sessions, rebuilt.problems) == (2, ())
    assert derived(store) == before
    with store.reading() as connection:
        restored = [e for e in entries_of(connection) if isinstance(e, SessionEntry)]
        assert sorted(restored, key=str) == sorted(entries, key=str)


def test_rebuilding_keeps_what_the_files_do_not_say(store: Store, tmp_path: Path) -> None:
    entry = entry_of(played(tmp_path / "sessions"), drill="shift")
    elsewhere = replace(entry, session="ELSEWHERE", player="ben", seed=9)
    store.remember(replace(entry, player="colleague"), elsewhere)
    rebuild(store, files_of(tmp_path / "sessions"), person="ana", daily_of=no_daily)
    with store.reading() as connection:
        rows = {row.session: row for row in recent_sessions(connection)}
    assert (rows[entry.session].player, rows[entry.session].drill) == ("colleague", "shift")
    assert rows["ELSEWHERE"].player == "ben"


def test_rebuilding_knows_a_daily_again(store: Store, tmp_path: Path) -> None:
    episode = played(tmp_path / "sessions", blind=True)
    played(tmp_path / "sessions")  # the same seed, but not blind: no daily

    def daily_of(day: date) -> tuple[str, int]:
        assert day == date(2026, 12, 1)
        return "flaky_nic", SEED

    assert rebuild(store, files_of(tmp_path / "sessions"), person="ana", daily_of=daily_of).taken.dailies == 1
    with store.reading() as connection:
        daily = daily_entry(connection, "ana", "2026-12-01")
    assert daily is not None
    assert (daily.session, daily.outcome, daily.steps) == (episode.header.session, "resolved", episode.steps)
    assert daily.verdicts == verdict_letters(review_session(episode))


def test_a_file_that_is_damaged_or_unfinished_costs_no_other(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    played(folder)
    played(folder, keys="R")
    (folder / "0.jsonl").write_text("nonsense\n")
    seen: list[tuple[int, int]] = []
    rebuilt = rebuild(store, files_of(folder), person="ana", daily_of=no_daily, progress=lambda *at: seen.append(at))
    assert rebuilt.taken.sessions == 1
    (problem,) = rebuilt.problems
    assert problem.startswith(f"{folder / '0.jsonl'}: is no noc-tui session")
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_session_with_doctored_figures_is_remembered_without_a_review(store: Store, tmp_path: Path) -> None:
    played(tmp_path / "sessions")
    (file,) = files_of(tmp_path / "sessions")
    file.write_text(file.read_text().replace('"pressure":', '"pressure":0.123,"was":', 1).replace(',"was":1.0', ""))
    lines = file.read_text().splitlines()
    lines[1] = lines[1].replace('"health":0.', '"health":0.9', 1)
    file.write_text("\n".join(lines) + "\n")
    rebuilt = rebuild(store, [file], person="ana", daily_of=no_daily)
    assert len(rebuilt.problems) == 1
    with store.reading() as connection:
        assert all(row.grade is None for row in recent_sessions(connection))


@pytest.mark.parametrize(
    ("steps", "outcome"), [(3, "resolved"), (4, "crashed")], ids=["cut short, and called resolved", "called crashed"]
)
def test_a_session_that_ends_otherwise_than_it_says_is_not_believed(
    store: Store, tmp_path: Path, steps: int, outcome: str
) -> None:
    episode = played(tmp_path / "sessions")
    assert (episode.steps, episode.end and episode.end.outcome) == (4, "resolved")
    (file,) = files_of(tmp_path / "sessions")
    lines = file.read_text().splitlines()
    end = json.loads(lines[-1]) | {"steps": steps, "outcome": outcome}
    file.write_text("\n".join([*lines[: 1 + steps], json.dumps(end)]) + "\n")
    (problem,) = rebuild(store, [file], person="ana", daily_of=no_daily).problems
    assert f"outcome is recorded as {outcome!r}" in problem
    with store.reading() as connection:
        assert leaderboard(connection, "flaky_nic", SEED, episode.header.incident_hash) == []
        (row,) = recent_sessions(connection)
    assert row.grade is None


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        (('"2026-12-01T', '"1026-12-01T'), "session.started: input should be greater than or equal to 0"),
        (('"elapsed":8.0', '"elapsed":8e99'), "session.seconds: input should be less than or equal to"),
        (('"id":"flaky_nic"', f'"id":"{"x" * 99}"'), "session.incident"),
    ],
)
def test_a_session_with_figures_that_cannot_be_kept_is_told_and_costs_no_other(
    store: Store, tmp_path: Path, change: tuple[str, str], clause: str
) -> None:
    played(tmp_path / "sessions")
    first, *_ = files_of(tmp_path / "sessions")
    played(tmp_path / "sessions")
    assert change[0] in first.read_text()
    first.write_text(first.read_text().replace(*change))
    rebuilt = rebuild(store, files_of(tmp_path / "sessions"), person="ana", daily_of=no_daily)
    assert rebuilt.taken.sessions == 1
    assert f"session {first.stem} cannot be remembered: {clause}" in rebuilt.problems[-1]


def test_nothing_is_reviewed_for_a_database_that_cannot_be_written_to(store: Store, tmp_path: Path) -> None:
    played(tmp_path / "sessions")
    shown = store.place.url.render_as_string(hide_password=False)
    looked: list[int] = []
    with Store(shown, queue=tmp_path / "queue", patience=0.05) as hasty:
        hasty.remember()
        with store.writing(), pytest.raises(StoreError, match="is locked by another program"):
            rebuild(
                hasty,
                files_of(tmp_path / "sessions"),
                person="ana",
                daily_of=no_daily,
                progress=lambda done, _: looked.append(done),
            )
    assert looked == []


def test_a_damaged_database_is_put_aside_and_made_anew(sqlite: Store, tmp_path: Path) -> None:
    played(tmp_path / "sessions")
    file = sqlite.place.file
    assert file is not None
    file.write_text("no database " * 1000)
    moved = put_aside_if_damaged(sqlite)
    assert moved == file.with_name("progress.sqlite3.damaged-1")
    assert moved.read_text().startswith("no database")
    assert rebuild(sqlite, files_of(tmp_path / "sessions"), person="ana", daily_of=no_daily).taken.sessions == 1


def test_what_another_program_has_just_written_to_a_damaged_database_goes_with_it(sqlite: Store) -> None:
    sqlite.remember(review("R1"))
    file = sqlite.place.file
    assert file is not None
    other = sqlite3.connect(file)
    try:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 40_960)
        sqlite.close()
        other.execute("SELECT * FROM sqlite_master").fetchone()
        moved = put_aside_if_damaged(sqlite)
        assert moved is not None
        assert sorted(path.name for path in file.parent.glob("progress.sqlite3*")) == [
            f"{moved.name}{end}" for end in ("", "-shm", "-wal")
        ]
    finally:
        other.close()


def test_a_sound_database_is_never_put_aside(store: Store) -> None:
    store.remember(ReviewEntry(review="R1", player="ana", incident="flaky_nic", stage="page", rating=3, at=0))
    assert put_aside_if_damaged(store) is None
    with store.reading() as connection:
        assert len(deck_of(connection, "ana")) == 1
