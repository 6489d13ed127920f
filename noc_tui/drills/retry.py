"""The drill `retry`: the position before the worst move of a session, until it is played well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from noc_tui.drills.errors import DrillError
from noc_tui.episode.episode import Episode
from noc_tui.episode.track import is_secret
from noc_tui.review.positions import Shadow
from noc_tui.review.reasons import Position, why
from noc_tui.review.verdicts import verdict_on
from noc_tui.sim.actions import ACTION_INDEX, ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.episode.clock import Clock
    from noc_tui.episode.records import Header
    from noc_tui.episode.track import Track
    from noc_tui.episode.writer import Recorder
    from noc_tui.review.model import MoveReview, Review, Verdict
    from noc_tui.sim.actions import ActionType


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried."""

    action: ActionType
    verdict: Verdict
    regret: float
    """Steps that it costs more than the best, prices of keys included."""

    @property
    def well(self) -> bool:
        """Whether that is good enough."""
        return self.verdict.category == "fine"


@dataclass(frozen=True, slots=True)
class Retry:
    """The position before a move, and what has been tried in it. A value: each attempt makes a new one."""

    session: str
    step: int
    """The step that is played again, from 1."""
    move: MoveReview
    """What was played, and what was better."""
    left: int
    """Steps to go before it."""
    attempts: tuple[Attempt, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it has been played well."""
        return bool(self.attempts) and self.attempts[-1].well

    def tried(self, action: ActionType) -> Retry:
        """The drill after another attempt. Raises `DrillError` once it has been played well."""
        if self.done:
            raise DrillError("it has been played well; there is nothing to try again")
        index = ACTION_INDEX[action]
        verdict = verdict_on(self.move.q, index, self.left)
        attempt = Attempt(action, verdict, self.move.q[index] - min(self.move.q))
        return replace(self, attempts=(*self.attempts, attempt))


def retry_of(track: Track, review: Review, step: int | None = None) -> Retry:
    """The drill from a session's worst move, or from another.

    Raises `DrillError` where there was no mistake, for a step that there is not, where the position counted as lost,
    and for a blind session that has not ended: what is better would tell what it is.
    """
    if is_secret(track):
        raise DrillError("it is a blind episode that has not ended; its moves can be tried again after its end")
    chosen = review.worst if step is None else step
    if chosen is None:
        raise DrillError("there was no mistake in this session; nothing to try again")
    if not 1 <= chosen <= len(review.moves):
        raise DrillError(f"step {chosen} was asked for; the session has steps 1 to {len(review.moves)}")
    move = review.move(chosen)
    if move.lost_position:
        raise DrillError(f"the position before step {chosen} counted as lost already; try an earlier one")
    return Retry(track.header.session, chosen, move, track.header.max_steps - chosen + 1)


def episode_before(
    track: Track,
    retry: Retry,
    *,
    record: Callable[[Header], Recorder] | None = None,
    clock: Clock | None = None,
) -> Episode:
    """The episode as it stood before the move, to try in, or to play on from once it went well.

    Raises `CannotContinueError` where the session does not come out the same when simulated again.
    """
    return Episode.fork(track, retry.step - 1, record=record, clock=clock)


def reasons(episode: Episode, retry: Retry) -> dict[ActionType, str]:
    """Why each action is worth in the position what it is; that of the best one says what was right.

    `episode` stands before the move (`episode_before`). Tells hidden state.
    """
    position = Position.of(Shadow(episode).at(episode.steps))
    best = ACTION_INDEX[retry.move.best]
    return {
        action: why(position, index, best, verdict_on(retry.move.q, index, retry.left))
        for index, action in enumerate(ACTIONS)
    }
