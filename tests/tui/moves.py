"""Moves and reviews that say what a test wants them to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from noc_tui.review.model import MoveReview, Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.sim.metrics import SystemMetrics
from tests.factories import CALM
from tests.report.samples import made_review
from tests.review.builders import episode_of

if TYPE_CHECKING:
    from noc_tui.review.model import Review


def state(**changes: float) -> SystemMetrics:
    """All healthy, but for these."""
    return SystemMetrics(**{"service_healthy": 1.0, **CALM, **changes})


def move(verdict: Verdict = Verdict.MISTAKE, **changes: Any) -> MoveReview:
    """Waiting in a CPU overload, where throttling was better."""
    judged = verdict is not Verdict.NONE
    plain = MoveReview(
        step=3,
        action=ActionType.DO_NOTHING,
        driver="human",
        inherited=False,
        best=ActionType.THROTTLE_CPU,
        q=(5.0, 6.0, 3.0, 5.0, 5.0, 5.0),
        regret=2.0 if judged else 0.0,
        lost=2.0 if judged else 0.0,
        verdict=verdict,
        throws_away=False,
        lost_position=not judged,
        luck=0.0,
        ahead=3.0,
        before=state(cpu_usage=0.9),
        after=state(cpu_usage=0.9),
        expected=state(cpu_usage=0.8),
        why="Throttle CPU first: it takes 18.0 % off CPU now.",
        why_blind="Throttle CPU was better, by 2.0 steps.",
    )
    return replace(plain, **changes)


def review(*verdicts: Verdict, **changes: Any) -> Review:
    """A review with these verdicts."""
    made = made_review(episode_of("network_congestion", "-" * len(verdicts), seed=5), verdicts)
    return replace(made, **changes)
