"""The review of a single move: for the coach during play, and for the review of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from noc_tui.review.model import Costs, MoveReview, Verdict
from noc_tui.review.planner import Planner, joined, six
from noc_tui.review.positions import Played, Shadow, ending_of
from noc_tui.review.reasons import why, why_blind
from noc_tui.review.verdicts import LOST_ABOVE, is_lost, throws_away, verdict_on
from noc_tui.sim.actions import ACTION_INDEX, ACTIONS
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.metrics import SystemMetrics

if TYPE_CHECKING:
    from noc_tui.episode.track import Track
    from noc_tui.review.planner import Evaluation


class Outlook(NamedTuple):
    """What the planner expects of one position."""

    costs: Costs
    """Of the six actions, prices included."""
    steps: Costs
    """The same in steps alone."""
    best: int
    left: int
    """Steps to go until time is up."""

    @property
    def ahead(self) -> float:
        """Steps that best play is expected to need."""
        return self.steps[self.best]

    @property
    def lost(self) -> bool:
        return is_lost(min(self.costs), self.left)

    def regret(self, action: int) -> float:
        """What the verdict goes by: how much more the action costs than the cheapest."""
        return self.costs[action] - min(self.costs)

    def steps_lost(self, action: int) -> float:
        """Steps that the action is expected to lose: the regret, as far as it is one of steps."""
        return max(0.0, min(self.steps[action] - self.ahead, self.regret(action)))


def outlooks(states: BatchState, evaluation: Evaluation) -> list[Outlook]:
    """One for each row."""
    left = states.limit - states.step
    return [
        Outlook(six(cost), six(steps), int(best), int(to_go))
        for cost, steps, best, to_go in zip(evaluation.cost, evaluation.steps, evaluation.best, left, strict=True)
    ]


def review_move(track: Track, step: int, *, planner: Planner | None = None, shadow: Shadow | None = None) -> MoveReview:
    """The review of step `step` of a session or a running episode: what it cost, what was better, and why.

    A `shadow` of the track spares simulating the steps before it again. Raises `CannotReviewError` when the steps do
    not come out as they are recorded, `IndexError` for a step that there is not.
    """
    planner, shadow = planner or Planner(), shadow or Shadow(track)
    states: list[BatchState] = []
    last_said = track.header.max_steps - LOST_ABOVE - 1
    if step - 1 > last_said >= 0:  # too late to say whether the position is lost: whether it was when one could
        states.append(BatchState.of(shadow.at(last_said)))
    played = shadow.step(step)
    states.append(played.state)
    simulator = shadow.at(step)
    ending = ending_of(simulator)
    if ending.ahead is None:
        states.append(BatchState.of(simulator))
    together = joined(states)
    seen = outlooks(together, planner.evaluate(together))
    ahead_after = seen.pop().ahead if ending.ahead is None else ending.ahead
    return describe_move(played, seen[-1], ahead_after, lost=any(outlook.lost for outlook in seen))


def describe_move(played: Played, outlook: Outlook, ahead_after: float, *, lost: bool) -> MoveReview:
    """Put together what is known of a move. `lost`: the position was lost before it, now or earlier."""
    record = played.record
    action, best = ACTION_INDEX[record.decision.action], outlook.best
    verdict = Verdict.NONE if lost else verdict_on(outlook.costs, action, outlook.left)
    steps_lost = 0.0 if lost else outlook.steps_lost(action)
    return MoveReview(
        step=record.step,
        action=record.decision.action,
        driver=record.decision.driver,
        inherited=record.inherited,
        best=ACTIONS[best],
        q=outlook.costs,
        regret=0.0 if lost else outlook.regret(action),
        lost=steps_lost,
        verdict=verdict,
        throws_away=not lost and throws_away(outlook.costs, action, outlook.left),
        lost_position=lost,
        luck=0.0 if lost else ahead_after + 1.0 - outlook.ahead - steps_lost,
        ahead=outlook.ahead,
        before=record.before,
        after=record.after,
        expected=_without_noise(played.state, best),
        why=why(played.position, action, best, verdict),
        why_blind=why_blind(action, best, verdict, steps_lost, record.before),
    )


def _without_noise(state: BatchState, action: int) -> SystemMetrics:
    after = state.take(np.array([0]))
    after.advance(np.array([action]))
    return SystemMetrics(*after.metrics[:, 0].tolist())
