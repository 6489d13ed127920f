"""Errors of the store. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

from typing import Final

from noc_tui.text import clean

_LIMIT: Final = 700


class StoreError(Exception):
    """A database that cannot be used as asked: which one, what is wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(clean(message, _LIMIT))


class BadPlaceError(StoreError):
    """A `--store` that names no database that could be used."""


class DamagedStoreError(StoreError):
    """A file that is no database, or one that is broken."""


class TransferError(StoreError):
    """A file of exported progress that cannot be read or written."""
