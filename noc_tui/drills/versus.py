"""The drill `versus`: the same seed against a ghost. It may be an earlier run, the planner, an agent, a colleague's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.drills.errors import DrillError
from noc_tui.episode.track import metrics_at
from noc_tui.review.moves import outlooks
from noc_tui.review.planner import Planner, joined
from noc_tui.review.positions import Shadow, ending_of
from noc_tui.sim.batch_state import BatchState

if TYPE_CHECKING:
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import Header
    from noc_tui.episode.track import Track
    from noc_tui.sim.actions import ActionType
    from noc_tui.sim.metrics import SystemMetrics

_AT_ONCE: Final = 10
"""Positions that are looked at together; more is hardly quicker."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A run that is played against: what it did, and how far it had come after each step."""

    name: str
    """As the screen calls it."""
    incident_hash: str
    seed: int
    draws: int
    max_steps: int
    metrics: tuple[SystemMetrics, ...]
    """At the page and after each step."""
    actions: tuple[ActionType, ...]
    """Its moves; the first is that of step 1."""
    ahead: tuple[float, ...]
    """Steps that were expected to be needed still, at the page and after each step; 0 once it was resolved."""
    resolved: bool

    @property
    def steps(self) -> int:
        return len(self.actions)

    def metrics_at(self, step: int) -> SystemMetrics:
        """Its metrics after `step` steps; after its end, those at its end. Raises `IndexError` below 0."""
        _check(step)
        return self.metrics[min(step, self.steps)]

    def move_at(self, step: int) -> ActionType | None:
        """What it did in step `step`, from 1; None after its end."""
        _check(step - 1)
        return self.actions[step - 1] if step <= self.steps else None

    def ahead_at(self, step: int) -> float:
        """Steps that it needs still after `step` steps. Below 0: it has been done for so many."""
        _check(step)
        if step <= self.steps:
            return self.ahead[step]
        return self.ahead[-1] + (self.steps - step if self.resolved else 0)


def _check(step: int) -> None:
    if step < 0:
        raise IndexError(f"step {step} was asked for; there is none before the page")


def ghost_of(track: Track, name: str, *, planner: Planner | None = None) -> Ghost:
    """The ghost of a recording, or of an episode up to where it stands.

    Takes some milliseconds for each step: for a worker. Raises `CannotReviewError` where the recording does not come
    out the same when simulated again, so that nobody runs against figures that somebody made up.
    """
    shadow, header = Shadow(track), track.header
    states = []
    ending = None
    for step in range(track.steps + 1):
        simulator = shadow.at(step)
        if simulator.done:
            ending = ending_of(simulator).ahead
        else:
            states.append(BatchState.of(simulator))
    ahead = _expected(states, planner or Planner())
    if ending is not None:
        ahead.append(ending)
    return Ghost(
        name=name,
        incident_hash=header.incident_hash,
        seed=header.seed,
        draws=header.draws,
        max_steps=header.max_steps,
        metrics=tuple(metrics_at(track, step) for step in range(track.steps + 1)),
        actions=tuple(track.record(step).decision.action for step in range(1, track.steps + 1)),
        ahead=tuple(ahead),
        resolved=bool(track.steps) and track.record(track.steps).resolved,
    )


def _expected(states: list[BatchState], planner: Planner) -> list[float]:
    ahead: list[float] = []
    for first in range(0, len(states), _AT_ONCE):
        together = joined(states[first : first + _AT_ONCE])
        ahead += [outlook.ahead for outlook in outlooks(together, planner.evaluate(together))]
    return ahead


def check_same_start(ghost: Ghost, header: Header) -> None:
    """Raise `DrillError` unless an episode begins as the ghost's did: incident, seed, stream and steps."""
    for what, ours, theirs in (
        ("plays another incident, or another version of it", header.incident_hash, ghost.incident_hash),
        (f"plays seed {ghost.seed}, not {header.seed}", header.seed, ghost.seed),
        ("begins elsewhere in the random stream", header.draws, ghost.draws),
        (f"has {ghost.max_steps} steps, not {header.max_steps}", header.max_steps, ghost.max_steps),
    ):
        if ours != theirs:
            raise DrillError(f"{ghost.name} {what}; a ghost needs the same start")


class Course:
    """How far a run has come after each step, in steps that are expected to be needed still."""

    def __init__(self, track: Track, *, planner: Planner | None = None) -> None:
        """Raises `CannotReviewError` where the recording does not come out the same when simulated again."""
        self.track = track
        self._planner = planner or Planner()
        self._shadow = Shadow(track)
        self._ahead: list[float] = []

    def ahead(self, step: int) -> float:
        """What is needed still after `step` steps, 0 once it is resolved. Takes some milliseconds the first time.

        Below 0 after the end of a run that resolved: it has been done for so many. Raises `IndexError` after the last
        step of one that goes on, and `CannotReviewError` as above.
        """
        _check(step)
        end = self.track.steps
        if step > end and self.track.end is not None:
            resolved = bool(end) and self.track.record(end).resolved
            return self.ahead(end) + (end - step if resolved else 0)
        while len(self._ahead) <= step:
            simulator = self._shadow.at(len(self._ahead))
            ending = ending_of(simulator).ahead
            self._ahead.append(_expected([BatchState.of(simulator)], self._planner)[0] if ending is None else ending)
        return self._ahead[step]


class Race:
    """An episode against a ghost, step by step."""

    def __init__(self, episode: Episode, ghost: Ghost, *, planner: Planner | None = None) -> None:
        """Raises `DrillError` where the two do not begin alike."""
        check_same_start(ghost, episode.header)
        self.episode = episode
        self.ghost = ghost
        self._course = Course(episode, planner=planner)

    def lead(self) -> float:
        """By how many steps the player leads now; below 0: is behind.

        It is what the ghost was expected to need still at this step, less what the player is. Takes some milliseconds
        where it is asked for the first time.
        """
        step = self.episode.steps
        return self.ghost.ahead_at(step) - self._course.ahead(step)
