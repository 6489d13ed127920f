"""The review of a session, move by move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from noc_tui.review.grade import accuracy, grade, ledger
from noc_tui.review.model import MoveReview, Review
from noc_tui.review.moves import Outlook, describe_move, outlooks
from noc_tui.review.odds import HEALTHY_BELOW, SERVICE, moved_metrics
from noc_tui.review.planner import REVIEW_WIDTH, Planner, joined
from noc_tui.review.positions import Ending, Shadow, ending_of, unwinnable_start
from noc_tui.review.verdicts import GOOD_FROM, INACCURACY_FROM
from noc_tui.sim.actions import ACTION_INDEX, ACTIONS, WAIT_INDEX, ActionType
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.simulator import STREAK_TO_RESOLVE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from noc_tui.episode.records import Outcome
    from noc_tui.episode.track import Track

    Progress = Callable[[int, int], None]
    """Told how many of how many positions have been looked at."""

HARMFUL_FROM: Final = 0.5
"""An intervention is harmful when it is expected to take so many steps more than waiting."""

_AT_ONCE: Final = 10
"""Positions that are looked at together: more is hardly quicker, and progress would be seen less often."""


def review_session(track: Track, progress: Progress | None = None, *, planner: Planner | None = None) -> Review:
    """Review a recording, or an episode up to where it stands.

    `progress(done, total)` is called from time to time, first with 0 and last with `total` done. Raises
    `CannotReviewError` when the session does not come out as it is recorded when simulated again.
    """
    planner = planner or Planner(REVIEW_WIDTH)
    shadow = Shadow(track)
    played = [shadow.step(step) for step in range(1, track.steps + 1)]
    simulator = shadow.at(track.steps)
    start = played[0].state if played else BatchState.of(simulator)
    ending = ending_of(simulator)
    states = [step.state for step in played]
    if ending.ahead is None:
        states.append(BatchState.of(simulator))
    seen = _look_at(states, planner, progress or (lambda _done, _total: None))
    aheads = [outlook.ahead for outlook in seen]
    if ending.ahead is not None:
        aheads.append(ending.ahead)
    lost_from = next((step for step, outlook in enumerate(seen) if outlook.lost), None)
    moves = tuple(
        describe_move(step, outlook, aheads[number], lost=lost_from is not None and number > lost_from)
        for number, (step, outlook) in enumerate(zip(played, seen, strict=False), 1)
    )
    header = track.header
    unwinnable = unwinnable_start(simulator.rules.incident, header.seed, draws=header.draws, max_steps=header.max_steps)
    ghost, ghost_actions = _best_play(start, planner)
    return _sum_up(
        moves,
        seen,
        aheads,
        ending,
        track.end.outcome if track.end else None,
        lost_from=lost_from,
        unwinnable=unwinnable,
        ghost=ghost,
        ghost_actions=ghost_actions,
    )


def par_of(track: Track, *, planner: Planner | None = None) -> float:
    """Par of a session or a running episode, whatever has been done in it. Raises `CannotReviewError`."""
    start = BatchState.of(Shadow(track).at(0))
    (outlook,) = outlooks(start, (planner or Planner(REVIEW_WIDTH)).evaluate(start))
    return outlook.ahead


def _look_at(states: Sequence[BatchState], planner: Planner, progress: Progress) -> list[Outlook]:
    seen: list[Outlook] = []
    progress(0, len(states))
    for first in range(0, len(states), _AT_ONCE):
        together = joined(states[first : first + _AT_ONCE])
        seen += outlooks(together, planner.evaluate(together))
        progress(len(seen), len(states))
    return seen


def _sum_up(
    moves: tuple[MoveReview, ...],
    seen: Sequence[Outlook],
    aheads: Sequence[float],
    ending: Ending,
    outcome: Outcome | None,
    *,
    lost_from: int | None,
    unwinnable: bool,
    ghost: tuple[SystemMetrics, ...],
    ghost_actions: tuple[ActionType, ...],
) -> Review:
    judged = [move for move in moves if not move.lost_position]
    par, lost = aheads[0], sum(move.lost for move in judged)
    counted = len(judged)
    why_ahead = ending.why if lost_from is None or counted == len(moves) else "expected once it was lost"
    luck = counted + aheads[counted] - par - lost
    regrets = [move.regret for move in judged]
    graded = None
    if outcome is not None and not unwinnable:
        graded = grade(outcome, steps=len(moves), par=par, luck=luck, regrets=regrets)
    harmful, useful = _interventions(moves, seen)
    worst = max(judged, key=lambda move: move.regret, default=None)
    return Review(
        moves=moves,
        outcome=outcome,
        steps=len(moves),
        par=par,
        lost=lost,
        luck=luck,
        ledger=ledger(counted, aheads[counted], par, lost, why_ahead),
        accuracy=accuracy(regrets),
        grade=graded,
        mttr_steps=len(moves) if outcome == "resolved" else None,
        harmful=len(harmful),
        first_useful=next(iter(useful), None),
        unwinnable_start=unwinnable,
        lost_from=lost_from,
        worst=worst.step if worst is not None and worst.regret >= INACCURACY_FROM else None,
        ghost=ghost,
        ghost_actions=ghost_actions,
    )


def _interventions(moves: Sequence[MoveReview], seen: Sequence[Outlook]) -> tuple[list[int], list[int]]:
    """The steps whose intervention was worse than waiting, and those whose was better."""
    harmful, useful = [], []
    for move, outlook in zip(moves, seen, strict=False):
        action = ACTION_INDEX[move.action]
        if action == WAIT_INDEX or move.lost_position:
            continue
        more = outlook.steps[action] - outlook.steps[WAIT_INDEX]
        if more >= HARMFUL_FROM:
            harmful.append(move.step)
        elif more <= -GOOD_FROM:
            useful.append(move.step)
    return harmful, useful


def _best_play(start: BatchState, planner: Planner) -> tuple[tuple[SystemMetrics, ...], tuple[ActionType, ...]]:
    """Best play without noise, until all that can be moved is healthy three steps running."""
    state = start.take(np.array([0]))
    moved = moved_metrics(state.tables)
    metrics, actions, streak = [_metrics(state)], [], int(state.streak[0])
    while streak < STREAK_TO_RESOLVE and state.step[0] < state.limit[0]:
        action = int(planner.evaluate(state).best[0])
        ended = state.advance(np.array([action]))
        metrics.append(_metrics(state))
        actions.append(ACTIONS[action])
        healthy = (state.metrics[moved] < HEALTHY_BELOW[moved]).all() and state.metrics[SERVICE, 0] >= 1.0
        streak = streak + 1 if healthy else 0
        if ended.crashed[0]:
            break
    return tuple(metrics), tuple(actions)


def _metrics(state: BatchState) -> SystemMetrics:
    return SystemMetrics(*state.metrics[:, 0].tolist())
