"""Moving all that is remembered from one database to another, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from noc_tui.files import read_small, write_whole
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import DailyEntry, MoveCount, PlayerEntry, ReviewEntry, SessionEntry
from noc_tui.store.errors import TransferError
from noc_tui.store.lines import check_entry, dump_entry
from noc_tui.store.schema import dailies, players, reviews, sessions, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from noc_tui.store.entries import Entry

FORMAT: Final = "noc-tui-progress"
VERSION: Final = 1
MAX_BYTES: Final = 512 * 1024 * 1024
"""Half a million sessions are less."""


def entries_of(connection: Connection) -> Iterator[Entry]:
    """Everything that is remembered. Schedule and ratings follow from it, and are worked out where it is taken in."""
    for row in connection.execute(select(players).order_by(players.c.name)).mappings():
        yield PlayerEntry(**_named(row))
    counts: dict[str, list[MoveCount]] = {}
    ordered = select(verdicts).order_by(verdicts.c.session, verdicts.c.verdict, verdicts.c.action, verdicts.c.best)
    for row in connection.execute(ordered).mappings():
        count = MoveCount(
            verdict=Verdict(row["verdict"]),
            action=ActionType(row["action"]),
            best=ActionType(row["best"]),
            count=row["count"],
        )
        counts.setdefault(row["session"], []).append(count)
    for row in connection.execute(select(sessions).order_by(sessions.c.ended, sessions.c.session)).mappings():
        yield SessionEntry(**_named(row), verdicts=tuple(counts.get(row["session"], ())))
    for row in connection.execute(select(reviews).order_by(reviews.c.at, reviews.c.review)).mappings():
        values = _named(row)
        verdict = values.pop("verdict")
        yield ReviewEntry(**values, verdict=None if verdict is None else Verdict(verdict))
    for row in connection.execute(select(dailies).order_by(dailies.c.date, dailies.c.player)).mappings():
        yield DailyEntry(**_named(row))


def _named(row: Any) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def export_to(connection: Connection, path: Path) -> int:
    """Write everything to a file, an entry a line; returns how many. Raises `TransferError`."""
    count = 0

    def pieces() -> Iterator[str]:
        nonlocal count
        yield json.dumps({"format": FORMAT, "version": VERSION})[:-1] + ', "entries": ['
        for count, entry in enumerate(entries_of(connection), 1):
            yield ("\n" if count == 1 else ",\n") + dump_entry(entry)
        yield "\n]}\n"

    try:
        write_whole(path, pieces())
    except OSError as error:
        raise TransferError(f"{path}: cannot be written: {error.strerror}") from error
    return count


def entries_from(path: Path) -> list[Entry]:
    """The entries of an exported file. Raises `TransferError` for one that is none, is newer, or is damaged."""
    try:
        content: Any = json.loads(read_small(path, MAX_BYTES))
    except OSError as error:
        raise TransferError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise TransferError(f"{path}: is no JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise TransferError(f"{path}: is no exported progress of noc-tui")
    if content.get("version") != VERSION:
        raise TransferError(
            f"{path}: is of version {str(content.get('version'))[:20]}, and this noc-tui reads version {VERSION}"
        )
    listed = content.get("entries")
    if not isinstance(listed, list):
        raise TransferError(f"{path}: entries: is no list")
    entries: list[Entry] = []
    for number, values in enumerate(listed, 1):
        try:
            entries.append(check_entry(values))
        except ValueError as error:
            raise TransferError(f"{path}: entry {number}: {error}") from error
    return entries
