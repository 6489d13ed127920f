"""A round of spot as it is played: what is asked, how long there is for it, what was answered. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from noc_tui.tui.pacer import Pacer

if TYPE_CHECKING:
    from noc_tui.drills.spot import SpotAnswer, SpotQuestion, SpotRound
    from noc_tui.sim.actions import ActionType

Phase = Literal["preparing", "asked", "naming", "told", "over"]

NOT_KNOWN: Final = ""
"""The name given by who does not know: that of no incident."""
_NO_LIMIT: Final = 1e8
"""Seconds: longer than anybody looks at a position."""
STRAY_SECONDS: Final = 0.7
"""A key that comes so soon after the time was up was meant for the action."""


class Spotting:
    """A round in play. What depends on time takes the reading of the monotonic clock, so that a test can be the clock.

    An answer is the action, then the name; `round` takes it in with the name, or when the round is left before it.
    """

    def __init__(self, spot_round: SpotRound) -> None:
        self.round = spot_round
        self.question: SpotQuestion | None = None
        self.draft: SpotAnswer | None = None
        """What the action was worth, before the incident was named."""
        self._up = float("-inf")
        """When the time for an action was up last."""
        self.phase: Phase = "preparing"
        self._pacer = Pacer(spot_round.limit or _NO_LIMIT)

    @property
    def answer(self) -> SpotAnswer | None:
        """What the position on the screen has been answered with, its name included; None before that."""
        return self.round.answers[-1] if self.phase == "told" else None

    def ask(self, question: SpotQuestion, now: float) -> None:
        """Show a position: its time begins."""
        self.question, self.draft, self.phase = question, None, "asked"
        self._pacer = Pacer(self.round.limit or _NO_LIMIT)
        self._pacer.restart(now)

    def left(self, now: float) -> float | None:
        """Seconds left for the action; None without a limit, and once it has been chosen."""
        return self._pacer.remaining(now) if self.phase == "asked" and self.round.limit else None

    def cover(self, now: float) -> None:
        """Something lies over the position: the time stands still."""
        self._pacer.pause(now)

    def uncover(self, now: float) -> None:
        """The position is in sight again."""
        self._pacer.resume(now)

    def act(self, action: ActionType | None, now: float) -> bool:
        """The action that was chosen; None: nothing in time. False where none is asked for."""
        if self.phase != "asked" or self.question is None:
            return False
        seconds = self._pacer.interval - self._pacer.remaining(now)
        self.draft = self.round.judge(self.question, action, seconds)
        self.phase = "naming"
        return True

    def tick(self, now: float) -> bool:
        """Time has passed; True if it was up."""
        if self.phase != "asked" or not self._pacer.due(now):
            return False
        self._up = now
        return self.act(None, now)

    def is_stray(self, now: float) -> bool:
        """Whether a key that is pressed now names nothing: it was meant for the action, and came too late."""
        return self.phase == "naming" and now - self._up < STRAY_SECONDS

    def name(self, place: int | None, at: int) -> SpotAnswer | None:
        """The incident by its place among the names, from 0; None: not known. Ends the answer.

        `at` is the moment, in milliseconds since 1970. None comes back where no name is asked for, or has that place.
        """
        if self.phase != "naming" or self.question is None or self.draft is None:
            return None
        names = self.question.names
        if place is not None and not 0 <= place < len(names):
            return None
        name = NOT_KNOWN if place is None else names[place].incident
        answer = self.round.judge(self.question, self.draft.action, self.draft.seconds, name)
        self._take(answer, at)
        self.phase = "told"
        return answer

    def leave(self, at: int) -> SpotAnswer | None:
        """The round is left: an action that was chosen counts, though the incident was not named."""
        if self.phase != "naming" or self.draft is None:
            return None
        answer = self.draft
        self._take(answer, at)
        self.phase = "over"
        return answer

    def go_on(self) -> bool:
        """The answer has been read; True if there is another position."""
        self.phase = "over" if self.round.done else "preparing"
        return self.phase == "preparing"

    def _take(self, answer: SpotAnswer, at: int) -> None:
        self.round = self.round.answered(answer, at)
