"""What the models of an episode have cost so far, kept up as it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from noc_tui.episode.records import Usage
    from noc_tui.episode.track import Track

UNKNOWN: Final = "cost unknown"


class Spending(NamedTuple):
    """Sums over calls. What a call does not say is in no sum, and makes it a lower bound."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_unknown: int = 0
    """Calls that did not say how many tokens they used."""
    cost: float = 0.0
    cost_unknown: int = 0
    """Calls whose cost nobody knows."""

    def plus(self, usage: Usage) -> Spending:
        """With another call."""
        untold = usage.tokens_in is None or usage.tokens_out is None
        return Spending(
            self.calls + 1,
            self.tokens_in + (usage.tokens_in or 0),
            self.tokens_out + (usage.tokens_out or 0),
            self.tokens_unknown + untold,
            self.cost + (usage.cost or 0.0),
            self.cost_unknown + (usage.cost is None),
        )

    @property
    def tokens_text(self) -> str:
        """`1,640 in 130 out`; `≥` where some calls did not say."""
        if self.tokens_unknown == self.calls:
            return "tokens unknown"
        least = "≥ " if self.tokens_unknown else ""
        return f"{least}{self.tokens_in:,} in {self.tokens_out:,} out"

    @property
    def cost_text(self) -> str:
        """`cost 0.0031`, `cost ≥ 0.0031` where it is unknown of some calls, `cost unknown` where it is of all."""
        if self.cost_unknown == self.calls:
            return UNKNOWN
        return f"cost {'≥ ' if self.cost_unknown else ''}{amount(self.cost)}"


def amount(cost: float) -> str:
    """A cost, with as many digits as a small one needs."""
    return f"{cost:,.2f}" if cost >= 0.1 or not cost else f"{cost:.4f}" if cost >= 0.001 else f"{cost:.6f}"


class Meter:
    """Adds up the calls of models in an episode: steps, take-overs, failures and suggestions, but no inherited ones."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._steps = 0
        self._asides = 0
        self._models: set[str] = set()
        self._spending = Spending()

    def add_model(self, driver: str) -> None:
        """Count the calls of this driver also where they did not cost anything but time."""
        self._models.add(driver)

    @property
    def spending(self) -> Spending:
        """What has been spent up to now."""
        track = self._track
        while self._steps < track.steps:
            self._steps += 1
            record = track.record(self._steps)
            decision = record.decision
            if decision.answer_format is not None:
                self._models.add(decision.driver)
            if not record.inherited:
                self._count(decision.driver, decision.usage)
        for aside in track.asides[self._asides :]:
            self._asides += 1
            if not aside.inherited and aside.event in {"control", "suggestion"}:
                self._count(aside.giver if aside.event == "control" else aside.driver, aside.usage)
        return self._spending

    def _count(self, driver: str, usage: Usage) -> None:
        if usage.was_paid_for or (driver in self._models and usage.latency_ms is not None):
            self._spending = self._spending.plus(usage)
