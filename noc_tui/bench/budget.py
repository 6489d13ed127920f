"""What an evaluation may spend, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext

    from noc_tui.bench.outcomes import Row
    from noc_tui.episode.records import Usage


class Spent(NamedTuple):
    """What calls of models have cost."""

    tokens: int = 0
    """In and out together."""
    cost: float = 0.0
    """Of the calls whose cost is known."""
    unknown: bool = False
    """Whether there was a call of unknown cost."""


class Account(Protocol):
    """Adds up what is spent."""

    @property
    def spent(self) -> Spent: ...
    def add(self, more: Spent) -> None: ...


class OwnAccount:
    """The account of one process."""

    def __init__(self) -> None:
        self.spent = Spent()

    def add(self, more: Spent) -> None:
        tokens, cost, unknown = self.spent
        self.spent = Spent(tokens + more.tokens, cost + more.cost, unknown or more.unknown)


class SharedAccount:
    """The account of several processes: to be given to each as it is started, as nothing else can share memory."""

    def __init__(self, context: SpawnContext, spent: Spent) -> None:
        self._figures = context.Array("d", [float(figure) for figure in spent])

    @property
    def spent(self) -> Spent:
        with self._figures.get_lock():
            tokens, cost, unknown = self._figures[:]
        return Spent(int(tokens), cost, bool(unknown))

    def add(self, more: Spent) -> None:
        with self._figures.get_lock():
            self._figures[0] += more.tokens
            self._figures[1] += more.cost
            self._figures[2] = float(self._figures[2] or more.unknown)


@dataclass(slots=True)
class Budget:
    """Adds up what models cost. Once `problem` says that it is used up, nobody is to be asked any more.

    Calls that are under way at that moment are still paid for: one for each episode that goes on at the time.
    """

    max_cost: float | None = None
    """In the currency of the price table; None: whatever it costs."""
    max_tokens: int | None = None
    """Tokens in and out together."""
    account: Account = field(default_factory=OwnAccount)

    @property
    def spent(self) -> Spent:
        """What has been spent so far."""
        return self.account.spent

    def spend(self, usage: Usage, *, asked: bool) -> None:
        """Take in what a decision cost; `asked` says whether a model was asked for it."""
        unknown = usage.cost is None and (asked or usage.was_paid_for)
        self.account.add(Spent((usage.tokens_in or 0) + (usage.tokens_out or 0), usage.cost or 0.0, unknown))

    def spent_before(self, row: Row) -> None:
        """Take in an episode of an earlier run."""
        self.account.add(Spent(row.tokens, row.cost or 0.0, row.cost is None))

    def share(self, context: SpawnContext) -> None:
        """Go on in memory that other processes can be given."""
        self.account = SharedAccount(context, self.spent)

    @property
    def problem(self) -> str | None:
        """Why nothing more may be spent, in a clause; None while there is something left."""
        tokens, cost, unknown = self.spent
        if self.max_tokens is not None and tokens >= self.max_tokens:
            return f"{tokens:,} of {self.max_tokens:,} tokens are used"
        if self.max_cost is None:
            return None
        if cost >= self.max_cost:
            return f"{cost:.4f} of {self.max_cost:g} is spent"
        if unknown:
            return "a model has no price in the config, and what it costs is unknown; give it one, or set --max-tokens"
        return None
