"""What could not be put into the database yet: a file for each time, taken in as soon as it can be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ulid import ULID

from noc_tui.files import read_small, write_whole
from noc_tui.store.errors import StoreError
from noc_tui.store.lines import dump_entry, parse_entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from noc_tui.store.entries import Entry

SUFFIX: Final = ".jsonl"
DAMAGED: Final = ".damaged"
MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file of the queue."""

    path: Path
    entries: tuple[Entry, ...]


class Queue:
    """Files of entries in a folder, a line of JSON each.

    A file appears whole or not at all, and goes once its entries are in the database: a program that is killed in
    between leaves it to be taken in again, which changes nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, entries: Sequence[Entry]) -> Path:
        """Keep these entries. Raises `StoreError` where that cannot be."""
        path = self.folder / f"{ULID()}{SUFFIX}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, (f"{dump_entry(entry)}\n" for entry in entries))
        except OSError as error:
            raise StoreError(f"{self.folder}: results cannot be kept there: {error.strerror}") from error
        return path

    def files(self) -> list[Path]:
        """What waits, oldest first; nothing where the folder is not there, or cannot be read."""
        try:
            with os.scandir(self.folder) as found:
                # Names that begin with a dot are those of files that are being written.
                names = sorted(e.name for e in found if e.name.endswith(SUFFIX) and not e.name.startswith("."))
        except OSError:
            return []
        return [self.folder / name for name in names]

    def read(self) -> tuple[list[Waiting], list[str]]:
        """What waits, oldest first, and a sentence for each file that could not be understood.

        Such a file is called `.damaged` from then on, for somebody to look at, and asked for no more.
        """
        waiting: list[Waiting] = []
        problems: list[str] = []
        for path in self.files():
            try:
                lines = read_small(path, MAX_BYTES).splitlines()
                waiting.append(Waiting(path, tuple(parse_entry(line) for line in lines)))
            except FileNotFoundError:
                continue  # another program has taken it in
            except OSError as error:
                problems.append(f"{path}: cannot be read: {error.strerror}")
            except ValueError as error:
                problems.append(f"{path}: is damaged: {error}; it is kept as {path.name}{DAMAGED}")
                _put_aside(path)
        return waiting, problems

    def done(self, waiting: Sequence[Waiting]) -> None:
        """Let go of what has been taken in. Raises `StoreError` where it cannot be."""
        for item in waiting:
            try:
                item.path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(f"{item.path}: cannot be removed: {error.strerror}") from error


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(path.name + DAMAGED))
    except OSError:
        return  # it is met again, and told again
