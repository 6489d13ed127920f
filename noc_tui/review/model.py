"""What a review says: immutable values, from which screens, exports and the command line read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from noc_tui.episode.records import Outcome
    from noc_tui.sim.actions import ActionType
    from noc_tui.sim.metrics import SystemMetrics

Category = Literal["fine", "inaccuracy", "mistake", "blunder", "none"]
Grade = Literal["S", "A", "B", "C", "D", "F"]
GRADES: Final[tuple[Grade, ...]] = ("S", "A", "B", "C", "D", "F")
"""Best first."""

Costs = tuple[float, float, float, float, float, float]
"""A figure for each of the six actions, in the order of `ACTIONS`."""


class Verdict(StrEnum):
    """What a move was worth. The order of definition is from best to worst, and then no verdict."""

    BEST = "best"
    GOOD = "good"
    NEEDLESS = "needless"
    """An intervention that costs little, where waiting would have been as good."""
    INACCURACY = "inaccuracy"
    MISTAKE = "mistake"
    BLUNDER = "blunder"
    NONE = "none"
    """Not judged: the position was lost already, whatever was done."""

    @property
    def glyph(self) -> str:
        """One column, told apart without colour."""
        return _GLYPHS[self]

    @property
    def category(self) -> Category:
        """What colours follow: the first three are fine."""
        return _CATEGORIES[self]

    @property
    def label(self) -> str:
        """The word for a table."""
        return "—" if self is Verdict.NONE else self.value.capitalize()


_GLYPHS: Final = {
    Verdict.BEST: "✓",
    Verdict.GOOD: "·",
    Verdict.NEEDLESS: "○",
    Verdict.INACCURACY: "~",
    Verdict.MISTAKE: "?",
    Verdict.BLUNDER: "×",
    Verdict.NONE: "–",
}
_CATEGORIES: Final[dict[Verdict, Category]] = {
    Verdict.BEST: "fine",
    Verdict.GOOD: "fine",
    Verdict.NEEDLESS: "fine",
    Verdict.INACCURACY: "inaccuracy",
    Verdict.MISTAKE: "mistake",
    Verdict.BLUNDER: "blunder",
    Verdict.NONE: "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReview:
    """One move: what it cost, and what was better."""

    step: int
    """The step that the move made, from 1."""
    action: ActionType
    driver: str
    """Who decided: `human`, `clock`, an agent's name."""
    inherited: bool
    """Copied from the session that this one branched off."""
    best: ActionType
    q: Costs
    """Expected cost of each action: the step itself, what follows with near-perfect play, and 0.25 an intervention."""
    regret: float
    """What the verdict goes by: how much more the action costs than the cheapest; 0 where nothing is judged."""
    lost: float
    """Steps that the move is expected to have cost, at least 0: the regret, as far as it is not the price of keys."""
    verdict: Verdict
    throws_away: bool
    """The position could still be won before the move, and not any more after it."""
    lost_position: bool
    """Nothing could win the position before the move any more: no verdict."""
    luck: float
    """Steps that chance cost (above 0) or gave (below 0) in this step; 0 where nothing is judged."""
    ahead: float
    """Steps that near-perfect play is expected to need before the move."""
    before: SystemMetrics
    after: SystemMetrics
    expected: SystemMetrics
    """What the metrics would have been after the best action, without noise."""
    why: str
    """A sentence or two for a person: what was better and why, in units. May tell hidden state."""
    why_blind: str
    """The same for a blind episode that still runs: nothing but what is visible."""


class Ledger(NamedTuple):
    """Where the steps went, in tenths that add up exactly: `steps + ahead == par + lost + luck`.

    `steps` are those accounted for: all, or those up to the moment at which the position was lost. `ahead` is what is
    counted on top: nothing once resolved or out of time, the rest of the time and ten steps for a crash, and what was
    still expected where the session was interrupted or the position lost.
    """

    steps: int
    ahead: float
    par: float
    lost: float
    luck: float
    why_ahead: str
    """What `ahead` stands for; empty where it is 0."""

    @property
    def text(self) -> str:
        """`9 steps = 6.3 par + 1.2 lost + 1.5 luck`."""
        more = f" + {self.ahead:.1f} {self.why_ahead}" if self.why_ahead else ""
        luck = f"{'−' if self.luck < 0 else '+'} {abs(self.luck):.1f} luck"
        return (
            f"{self.steps} step{'' if self.steps == 1 else 's'}{more} = "
            f"{self.par:.1f} par + {self.lost:.1f} lost {luck}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A session, move by move."""

    moves: tuple[MoveReview, ...]
    """One for each step, in order."""
    outcome: Outcome | None
    """None: the session has no end (yet)."""
    steps: int
    """Steps taken."""
    par: float
    """Steps that near-perfect play is expected to need from this very start."""
    lost: float
    """Sum over the moves."""
    luck: float
    """What chance cost (above 0) or gave (below 0): all that is neither par nor lost."""
    ledger: Ledger
    """`steps = par + lost + luck`, as it is shown."""
    accuracy: float | None
    """0 to 100; None when no move could be judged."""
    grade: Grade | None
    """None while the episode goes on, when it is void, and when the start could not be won."""
    mttr_steps: int | None
    """Steps until it was resolved; None when it was not."""
    harmful: int
    """Interventions that left the server worse off than waiting would have."""
    first_useful: int | None
    """The first step whose intervention was better than waiting."""
    unwinnable_start: bool
    """A metric that nothing moves was out of range from the start: nobody can resolve it but by chance."""
    lost_from: int | None
    """After how many steps the position was lost; None when it never was."""
    worst: int | None
    """The step of the worst move, where one was an inaccuracy or worse: where to try again from."""
    ghost: tuple[SystemMetrics, ...]
    """Best play from the same start without noise: the metrics at the page and after each step."""
    ghost_actions: tuple[ActionType, ...]
    """What that play does."""

    def count(self, verdict: Verdict) -> int:
        """How many moves had this verdict."""
        return sum(move.verdict is verdict for move in self.moves)

    def move(self, step: int) -> MoveReview:
        """The move that made step `step`, from 1. Raises `IndexError` for one that there is not."""
        if not 1 <= step <= len(self.moves):
            raise IndexError(f"step {step} was asked for; the review has steps 1 to {len(self.moves)}")
        return self.moves[step - 1]
