"""An episode that a driver can play, wherever it is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from noc_tui.episode.track import Track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import ControlReason, ControlRecord, Decision, EndRecord, StepRecord, Usage


class Playable(Track, Protocol):
    """What `Episode` has for whoever plays it."""

    @property
    def driver(self) -> str:
        """Who is in control."""

    @property
    def done(self) -> bool:
        """Whether the episode has ended."""

    @property
    def observation(self) -> Observation:
        """What the driver may know now."""

    @property
    def rewards(self) -> Sequence[float]:
        """Reward of each step."""

    @property
    def recording_problem(self) -> str | None:
        """Why events are not being saved at the moment; None while they are, or are not to be."""

    def step(self, decision: Decision) -> StepRecord:
        """Take the decided step."""

    def hand_over(
        self,
        taker: str,
        reason: ControlReason,
        *,
        agent: Mapping[str, str] | None = None,
        error: str | None = None,
        usage: Usage | None = None,
    ) -> ControlRecord:
        """Pass control to another driver between two steps."""

    def void(self) -> EndRecord:
        """End the episode without a result."""

    def close(self) -> None:
        """Stop."""
