"""Verification: simulate a recording again from its seed and actions, and compare every figure bit for bit."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noc_tui.episode.errors import DifferenceError
from noc_tui.episode.figures import check_end, check_page, numpy_note, recorded_incident, take_again
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.episode.track import Track


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of simulating a recording again."""

    steps: int
    """How many steps came out the same."""
    difference: str | None
    """The first difference, in a sentence; None when every figure is equal."""
    note: str | None = None
    """What may explain a difference."""

    @property
    def ok(self) -> bool:
        return self.difference is None


def verify(track: Track) -> Verification:
    """Simulate `track` again and compare metrics, rewards, flags and hidden state of every step, and the totals.

    Texts (explanations, log lines, rationales) and times are no figures and are not compared. Raises
    `SessionDamagedError` when the file of a recording has been changed since it was opened.
    """
    steps = 0
    try:
        for steps in _simulated_again(track):  # noqa: B007  (the count is wanted when a difference ends the loop)
            pass
    except DifferenceError as difference:
        return Verification(steps, str(difference), numpy_note(track.header))
    return Verification(steps, None)


def _simulated_again(track: Track) -> Iterator[int]:
    """The number of equal steps, from 0 on, as it grows. Raises `DifferenceError` at the first difference."""
    header = track.header
    incident = recorded_incident(header)
    simulator = SystemSimulator.started(incident, header.seed, draws=header.draws, max_steps=header.max_steps)
    initial = simulator.metrics
    check_page(header, initial, Telemetry(incident, header.seed, header.draws).page(initial).samples)
    yield 0
    rewards = array("d")
    outcome = None
    for step in range(1, track.steps + 1):
        recorded = track.record(step)
        rewards.append(take_again(header, recorded, simulator).reward)
        outcome = recorded.outcome
        yield step
    if header.parent is not None and track.steps < header.parent.step:
        raise DifferenceError(
            f"{header.parent.step} steps should come from the parent session, {track.steps} are there"
        )
    if track.end is not None:  # without one it was interrupted, perhaps between the last step and its end
        check_end(track.end, outcome, rewards)
