"""The positions of a session: simulated again from its seed and actions, hidden state included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from noc_tui.episode.errors import DifferenceError, SessionError
from noc_tui.episode.figures import numpy_note, recorded_incident, take_again
from noc_tui.episode.track import check_step_number
from noc_tui.review.beam import CRASH_COST
from noc_tui.review.odds import HEALTHY_BELOW, SERVICE, unmoved_metrics
from noc_tui.review.reasons import Position
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.simulator import NOISE_SD, STREAK_TO_RESOLVE, SystemSimulator
from noc_tui.sim.tables import Tables

if TYPE_CHECKING:
    from noc_tui.episode.records import Header, StepRecord
    from noc_tui.episode.track import Track
    from noc_tui.sim.incident import Incident


class CannotReviewError(SessionError):
    """A recording that cannot be reviewed: it comes out differently when simulated again."""


class Ending(NamedTuple):
    """What is still to be counted after the last step."""

    ahead: float | None
    """In steps; None: the session goes on, or was interrupted, and the planner has to say."""
    why: str


@dataclass(frozen=True, slots=True)
class Played:
    """A step as it was recorded, and the state it was taken in."""

    record: StepRecord
    state: BatchState
    """One row: the state before the step."""
    position: Position
    """What the actions' figures were."""


class Shadow:
    """A simulator of its own that follows a session or a running episode. Nobody else's random stream is touched.

    Raises `CannotReviewError` where the incident, or a step, does not come out as it is recorded.
    """

    def __init__(self, track: Track) -> None:
        self._track = track
        try:
            self._incident = recorded_incident(track.header)
        except DifferenceError as difference:
            raise _cannot_review(track.header, difference) from difference
        self._simulator = self._start()

    def at(self, step: int) -> SystemSimulator:
        """The simulator after `step` steps; it stays there until the shadow is asked for another step."""
        check_step_number(step, 0, self._track.steps)
        if step < self._simulator.steps:
            self._simulator = self._start()
        while self._simulator.steps < step:
            self._follow()
        return self._simulator

    def step(self, step: int) -> Played:
        """Step `step`, played as it is recorded. Raises `IndexError` for one that there is not."""
        check_step_number(step, 1, self._track.steps)
        simulator = self.at(step - 1)
        state, position = BatchState.of(simulator), Position.of(simulator)
        return Played(self._follow(), state, position)

    def _follow(self) -> StepRecord:
        record = self._track.record(self._simulator.steps + 1)
        try:
            take_again(self._track.header, record, self._simulator)
        except DifferenceError as difference:
            raise _cannot_review(self._track.header, difference) from difference
        return record

    def _start(self) -> SystemSimulator:
        header = self._track.header
        return SystemSimulator.started(self._incident, header.seed, draws=header.draws, max_steps=header.max_steps)


def ending_of(simulator: SystemSimulator) -> Ending:
    """What is counted on top of the steps taken, where the simulator stands after them."""
    if not simulator.done:
        return Ending(None, "expected still to come")
    left = simulator.max_steps - simulator.steps
    if simulator.metrics.is_critical:
        return Ending(left + CRASH_COST, "for the crash")
    return Ending(0.0, "")


def unwinnable_start(incident: Incident, seed: int, *, draws: int = 0, max_steps: int | None = None) -> bool:
    """Whether nobody can resolve the incident from this seed within its steps, whatever is done.

    That is so where metrics that nothing in the incident moves are never healthy on three steps in a row: chance alone
    moves them, and the seed says how.
    """
    rules = incident.rules
    limit = rules.max_steps if max_steps is None else max_steps
    fixed = unmoved_metrics(Tables.of([rules]))
    if not fixed.size:
        return False
    level = np.array(SystemSimulator.started(incident, seed, draws=draws).metrics)[fixed]
    stream = np.random.default_rng(seed)
    stream.standard_normal(draws + 5)
    noise = stream.standard_normal((limit, 5))[:, [index - (index > SERVICE) for index in fixed]] * NOISE_SD
    streak = 0
    for change in noise:
        level = np.clip(level + change, 0.0, 1.0)
        streak = streak + 1 if (level < HEALTHY_BELOW[fixed, 0]).all() else 0
        if streak == STREAK_TO_RESOLVE:
            return False
    return True


def _cannot_review(header: Header, difference: DifferenceError) -> CannotReviewError:
    note = numpy_note(header)
    why = f" ({note})" if note else ""
    return CannotReviewError(f"session {header.session} cannot be reviewed: {difference}{why}")
