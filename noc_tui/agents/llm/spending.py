"""What the calls of one question cost, added up as they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from noc_tui.episode.records import LARGEST_INTEGER, Usage

if TYPE_CHECKING:
    from noc_tui.agents.llm.answers import Reply
    from noc_tui.agents.llm.prices import Price


@dataclass(slots=True)
class Spending:
    """Adds up what the calls of one question cost. What one of them does not say, nobody knows of their sum."""

    price: Price | None
    began: float = field(default_factory=perf_counter)
    ended: float | None = None
    calls: int = 0
    tokens_in: int | None = 0
    tokens_out: int | None = 0
    first_token_ms: float | None = None

    def begin(self) -> None:
        """Measure the time from here on."""
        self.began = perf_counter()

    def add(self, reply: Reply) -> None:
        """Take in what a call came to."""
        self.calls += 1
        self.tokens_in = _sum(self.tokens_in, reply.tokens_in)
        self.tokens_out = _sum(self.tokens_out, reply.tokens_out)
        self.first_token_ms = None if reply.first_token is None else round(reply.first_token * 1000, 3)

    def end(self) -> None:
        """Measure no further; a second time changes nothing."""
        self.ended = self.ended or perf_counter()

    @property
    def usage(self) -> Usage:
        """What is known so far."""
        known = self.calls and self.tokens_in is not None and self.tokens_out is not None
        cost = self.price.of(self.tokens_in or 0, self.tokens_out or 0) if known and self.price is not None else None
        return Usage(
            latency_ms=round(((self.ended or perf_counter()) - self.began) * 1000, 3),
            tokens_in=self.tokens_in if known else None,
            tokens_out=self.tokens_out if known else None,
            cost=cost,
            first_token_ms=self.first_token_ms,
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else min(one + other, LARGEST_INTEGER)
