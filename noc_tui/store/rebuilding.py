"""Restoring what is remembered from the session files: all but the schedule, which they say nothing about."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select

from noc_tui.episode.errors import SessionError
from noc_tui.episode.reader import SessionFile
from noc_tui.store.entries import DailyEntry, SessionEntry, date_of_day, day_of
from noc_tui.store.errors import DamagedStoreError, StoreError
from noc_tui.store.rerating import rerate_all
from noc_tui.store.schema import sessions
from noc_tui.store.summary import session_entry, verdict_letters
from noc_tui.store.verified import verified_review
from noc_tui.store.writing import Taken, take_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection

    from noc_tui.store.entries import Entry
    from noc_tui.store.store import Store

    Progress = Callable[[int, int], None]
    """Told how many of how many files have been looked at."""
    DailyOf = Callable[[date], tuple[str, int]]
    """Incident and seed of the daily of a date."""

_ASIDE: Final = ".damaged"


class Rebuilt(NamedTuple):
    """What came of it."""

    taken: Taken
    problems: tuple[str, ...]
    """A sentence for each file that gave nothing, or less than it should."""


def rebuild(
    store: Store, files: Sequence[Path], *, person: str, daily_of: DailyOf, progress: Progress | None = None
) -> Rebuilt:
    """Review the sessions in these files anew and put them into the database, in place of what it says of them.

    `person` is who played what a human did, where the database does not know. Sessions of other files, and the answers
    to cards, stay as they are. Raises `StoreError`.
    """
    with store.writing():
        pass  # reviews take long: what cannot be written to is told before them
    entries: list[Entry] = []
    problems: list[str] = []
    for number, path in enumerate(files):
        if progress:
            progress(number, len(files))
        try:
            entries += entries_of_file(path, person, daily_of, problems)
        except SessionError as error:
            problems.append(str(error))
    if progress:
        progress(len(files), len(files))
    with store.writing() as connection:
        taken = take_in(connection, _as_known(connection, entries), anew=True)
        rerate_all(connection)
    return Rebuilt(taken, tuple(problems))


def entries_of_file(path: Path, person: str, daily_of: DailyOf, problems: list[str]) -> list[Entry]:
    """What is remembered of a session file: nothing of one that has not ended; a daily, where it was that of its date.

    A session that cannot be reviewed is remembered without; `problems` says why. Raises `SessionError`.
    """
    with SessionFile.open(path) as file:
        if file.end is None:
            return []
        review = None
        try:
            review = verified_review(file)
        except SessionError as error:
            problems.append(str(error))
        entry = session_entry(file, review, person=person)
        date = date_of_day(day_of(entry.started))
        is_daily = entry.kind == "person" and entry.blind and entry.parent is None and not entry.draws
        if not is_daily or daily_of(date) != (entry.incident, entry.seed):
            return [entry]
        return [replace(entry, drill="daily"), daily_result(entry, date, verdict_letters(review) if review else None)]


def daily_result(entry: SessionEntry, date: date, verdicts: str | None) -> DailyEntry:
    """The result of a daily, from the session that it was."""
    return DailyEntry(
        player=entry.player,
        date=date.isoformat(),
        incident=entry.incident,
        seed=entry.seed,
        session=entry.session,
        started=entry.started,
        ended=entry.ended,
        outcome=entry.outcome,
        steps=entry.steps,
        par=entry.par,
        verdicts=verdicts,
    )


def put_aside_if_damaged(store: Store) -> Path | None:
    """Put a SQLite file that is damaged out of the way; returns where it lies then. Raises `StoreError`."""
    file = store.place.file
    try:
        with store.reading() as connection:
            if file is None or connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok":
                return None
    except DamagedStoreError:
        pass  # which is what was asked
    if file is None:
        return None
    store.close()
    number = 1
    while (aside := file.with_name(f"{file.name}{_ASIDE}-{number}")).exists():
        number += 1
    try:
        for end in ("-wal", "-shm"):  # before it, or a new database would be given what belongs to the old one
            with suppress(FileNotFoundError):
                file.with_name(file.name + end).replace(aside.with_name(aside.name + end))
        file.replace(aside)
    except OSError as error:
        raise StoreError(f"{file}: is damaged, and cannot be moved out of the way: {error.strerror}") from error
    return aside


def _as_known(connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """The entries, with what the database knows and a file does not: who played it, and for which drill."""
    columns = sessions.c.session, sessions.c.player, sessions.c.drill
    known = {session: (player, drill) for session, player, drill in connection.execute(select(*columns))}
    completed: list[Entry] = []
    for entry in entries:
        if isinstance(entry, SessionEntry | DailyEntry) and entry.session in known:
            player, drill = known[entry.session]
            if isinstance(entry, DailyEntry):
                completed.append(replace(entry, player=player))
            else:
                completed.append(replace(entry, player=player, drill=drill or entry.drill))
        else:
            completed.append(entry)
    return completed
