"""What an evaluation may spend, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noc_tui.bench.outcomes import Row
    from noc_tui.episode.records import Usage


@dataclass(slots=True)
class Budget:
    """Adds up what models cost. Once `problem` says that it is used up, nobody is to be asked any more.

    Calls that are under way at that moment are still paid for: one for each episode that goes on at the time.
    """

    max_cost: float | None = None
    """In the currency of the price table; None: whatever it costs."""
    max_tokens: int | None = None
    """Tokens in and out together."""
    cost: float = 0.0
    """Of the calls whose cost is known."""
    tokens: int = 0
    unknown: bool = False
    """Whether there was a call of unknown cost."""

    def spend(self, usage: Usage, *, asked: bool) -> None:
        """Take in what a decision cost; `asked` says whether a model was asked for it."""
        self.tokens += (usage.tokens_in or 0) + (usage.tokens_out or 0)
        self.cost += usage.cost or 0.0
        self.unknown |= usage.cost is None and (asked or usage.was_paid_for)

    def spent_before(self, row: Row) -> None:
        """Take in an episode of an earlier run."""
        self.tokens += row.tokens
        self.cost += row.cost or 0.0
        self.unknown |= row.cost is None

    @property
    def problem(self) -> str | None:
        """Why nothing more may be spent, in a clause; None while there is something left."""
        if self.max_tokens is not None and self.tokens >= self.max_tokens:
            return f"{self.tokens:,} of {self.max_tokens:,} tokens are used"
        if self.max_cost is None:
            return None
        if self.cost >= self.max_cost:
            return f"{self.cost:.4f} of {self.max_cost:g} is spent"
        if self.unknown:
            return "a model has no price in the config, and what it costs is unknown; give it one, or set --max-tokens"
        return None
