"""The coach: says after each move what it cost and what was better. Knows no widget.

What it says is for whoever plays, and stands in no recording. While an episode is blind it tells what is visible alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.episode.track import is_secret
from noc_tui.text import clean
from noc_tui.tui.frame import STEP_SECONDS, clock_text
from noc_tui.tui.widgets.log_lines import LogEntry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from noc_tui.episode.track import Track
    from noc_tui.review.model import MoveReview
    from noc_tui.review.planner import Planner
    from noc_tui.review.positions import Shadow
    from noc_tui.tui.widgets.log_lines import LogLevel

SOURCE: Final = "coach"
_LEVELS: Final[dict[str, LogLevel]] = {
    "best": "resolved",
    "good": "info",
    "needless": "info",
    "inaccuracy": "warning",
    "mistake": "warning",
    "blunder": "critical",
    "none": "info",
}
"""By verdict: the ink of the line."""
_LEAST_LOST: Final = 0.1
"""Steps that are worth naming."""
_WHY_LIMIT: Final = 600


class Advice(NamedTuple):
    """What the coach says of one move."""

    step: int
    line: LogEntry | None
    """For the log; None where there is nothing to say."""
    short: str
    """A glyph and a word or two: `× Blunder 4.3`."""


class Coach:
    """Looks at the moves of a running episode, one after the other, in a thread of its own.

    `look_at` a step, then go through `advice` unless that is being done already.
    """

    def __init__(self, track: Track, *, on: bool = False) -> None:
        self.on = on
        self.short = ""
        """What was said of the last move, in short; empty as long as nothing was."""
        self._track = track
        self._waiting: deque[int] = deque()
        self._is_busy = False
        self._told_lost = False
        self._tools: tuple[Planner, Shadow] | None = None

    def toggle(self) -> None:
        """Switch on, beginning with the last move; or off."""
        self.on = not self.on
        self.short = ""
        self._waiting.clear()
        if self.on and self._track.steps:
            self._waiting.append(self._track.steps)

    def look_at(self, step: int) -> None:
        """A move has been made."""
        if self.on:
            self.short = ""
            self._waiting.append(step)

    @property
    def has_work(self) -> bool:
        """Whether somebody has to go through `advice`."""
        return bool(self._waiting) and not self._is_busy

    async def advice(self) -> AsyncIterator[Advice]:
        """What there is to say of the moves that wait, each as soon as it has been looked at.

        Raises `CannotReviewError` where the episode does not come out as it was recorded; the coach is off then.
        """
        from noc_tui.review.positions import CannotReviewError  # noqa: PLC0415  (loaded by who wants a coach)

        if (
            self._is_busy
        ):  # somebody else, who was asked before this one began: the moves cannot be simulated twice at once
            return
        self._is_busy = True
        try:
            while self._waiting:
                step = self._waiting.popleft()
                move = await asyncio.to_thread(self._review, step)
                if self.on:  # else it was switched off meanwhile
                    yield self._advice_on(move)
        except CannotReviewError:
            self.toggle()
            raise
        finally:
            self._is_busy = False

    def _review(self, step: int) -> MoveReview:
        from noc_tui.review.moves import review_move  # noqa: PLC0415
        from noc_tui.review.planner import Planner  # noqa: PLC0415
        from noc_tui.review.positions import Shadow  # noqa: PLC0415

        if self._tools is None:
            self._tools = Planner(), Shadow(self._track)
        planner, shadow = self._tools
        return review_move(self._track, step, planner=planner, shadow=shadow)

    def _advice_on(self, move: MoveReview) -> Advice:
        text = said_of(move, secret=is_secret(self._track))
        if move.lost_position:
            text = "" if self._told_lost else text
            self._told_lost = True
        if move.step < self._track.steps:
            text = text and f"step {move.step}: {text}"
        else:
            self.short = short_of(move)
        clock = clock_text(move.step * STEP_SECONDS)
        line = LogEntry(clock, move.verdict.glyph, _LEVELS[move.verdict], SOURCE, text) if text else None
        return Advice(move.step, line, self.short)


def said_of(move: MoveReview, *, secret: bool) -> str:
    """The move in a sentence: the verdict, what it cost, and why; of a blind episode only what is visible."""
    why = clean(move.why_blind if secret else move.why, _WHY_LIMIT)
    verdict = move.verdict.label
    match move.verdict:
        case "best":
            return f"{verdict}."
        case "needless" | "none":
            return why
        case _ if move.throws_away:
            return f"{verdict}, it throws the incident away: {why}"
        case _ if secret or move.lost < _LEAST_LOST:  # what is said of a blind one has the cost in it
            return f"{verdict}: {why}"
    steps = "1 step" if f"{move.lost:.1f}" == "1.0" else f"{move.lost:.1f} steps"
    return f"{verdict}, about {steps}: {why}"


def short_of(move: MoveReview) -> str:
    """The verdict with its glyph, and what it cost: `× Blunder 4.3`."""
    if move.lost_position:
        return f"{move.verdict.glyph} lost"
    cost = f" {move.lost:.1f}" if move.lost >= _LEAST_LOST else ""
    return f"{move.verdict.glyph} {move.verdict.label}{cost}"
