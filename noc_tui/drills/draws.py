"""Chance that is the same on every machine and in every version: whole numbers from SHA-256, not from a library."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

SEED_LIMIT: Final = 2**32
"""Seeds lie below this, so that they can be typed."""


class Draws:
    """A stream of numbers that what it is made from decides: texts and whole numbers."""

    def __init__(self, *words: str | int) -> None:
        self._key = "\x1f".join(map(str, ("noc-tui", *words)))
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1. The first are likelier by less than one in 2**192."""
        if limit < 1:
            raise ValueError(f"limit is {limit}; there must be something to choose from")
        digest = sha256(f"{self._key}\x1f{self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest, "big") % limit

    def seed(self) -> int:
        """A seed for a simulator."""
        return self.below(SEED_LIMIT)

    def choice(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.below(len(values))]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in another order, each as likely as any."""
        left = list(values)
        return [left.pop(self.below(len(left))) for _ in values]
