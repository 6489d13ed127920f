"""The one loop: whoever drives, a step is decided, simulated, explained, recorded."""

from __future__ import annotations

import platform
from dataclasses import replace
from operator import index
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from ulid import ULID

from noc_tui import __version__
from noc_tui.episode.clock import Clock, SystemClock
from noc_tui.episode.errors import CannotContinueError, DifferenceError
from noc_tui.episode.figures import check_page, numpy_note, recorded_incident, step_figures, take_again
from noc_tui.episode.journal import Journal, details, driver_name
from noc_tui.episode.records import (
    FORMAT,
    FORMAT_VERSION,
    HUMAN,
    LARGEST_INTEGER,
    MAX_DRAWS,
    Decision,
    Header,
    Pace,
    Parent,
    StepRecord,
    Versions,
)
from noc_tui.episode.track import is_secret
from noc_tui.sim.actions import ActionType, parse_action
from noc_tui.sim.explain import explain
from noc_tui.sim.incident import MAX_STEPS_LIMIT
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from noc_tui.episode.observation import Observation
    from noc_tui.episode.track import Track
    from noc_tui.episode.writer import Recorder
    from noc_tui.sim.incident import Incident
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.simulator import StepInfo
    from noc_tui.sim.telemetry import LogLine


class Episode(Journal):
    """One run of one incident from a seed.

    `step(decision)` takes a step and returns its record. Everything that happens is told to the recorder that
    `record` makes from the header, the header first. `draws` says how many normals the stream of `seed` had given
    before; without a seed one is drawn, and stands in the header. `agent` is what else `driver` says of itself, where
    that is an agent (`noc_tui.agents.asking.about_of`).

    An episode is a `Track`: screens show it as they show a recording.

    Raises `ValueError` for a seed, draws or max_steps that no session can hold.
    """

    def __init__(
        self,
        incident: Incident,
        seed: int | None = None,
        *,
        draws: int = 0,
        max_steps: int | None = None,
        pace: Pace = "turn",
        blind: bool = False,
        driver: str = HUMAN,
        agent: Mapping[str, str] | None = None,
        parent: Parent | None = None,
        record: Callable[[Header], Recorder] | None = None,
        clock: Clock | None = None,
    ) -> None:
        limit = _in_range("max_steps", incident.max_steps if max_steps is None else max_steps, 1, MAX_STEPS_LIMIT)
        draws = _in_range("draws", draws, 0, MAX_DRAWS)
        if seed is not None:
            seed = _in_range("seed", seed, 0, LARGEST_INTEGER)
        clock = clock or SystemClock()
        self.incident = incident
        self._sim = SystemSimulator.started(incident, seed, draws=draws, max_steps=limit)
        self._telemetry = Telemetry(incident, self._sim.seed, draws)
        initial = self._sim.metrics
        page = self._telemetry.page(initial)
        super().__init__(
            Header(
                format=FORMAT,
                version=FORMAT_VERSION,
                session=str(ULID()),
                started=clock.now(),
                versions=Versions(program=__version__, python=platform.python_version(), numpy=np.__version__),
                incident=incident.definition(),
                incident_hash=incident.digest,
                seed=self._sim.seed,
                draws=draws,
                max_steps=limit,
                pace=pace,
                blind=blind,
                driver=driver_name(driver),
                agent=details(agent),
                parent=parent,
                initial=initial,
                samples=page.samples,
                lines=page.lines,
            ),
            clock,
        )
        if record is not None:
            self._start_recording(record)

    # --- the loop

    def step(self, decision: Decision) -> StepRecord:
        """Take the decided step. Raises `EpisodeOverError` after the end.

        Where the decision names the incident of a blind episode, and that is news, it is recorded first.
        """
        self._check_running("step")
        if self.header.blind and decision.diagnosis and not self._has_named(decision.diagnosis):
            self.diagnose(decision.diagnosis, driver=decision.driver)
        before = self._sim.metrics
        after, info = self._sim.step(decision.action)
        record = StepRecord(
            step=info.step,
            decision=decision,
            before=before,
            after=after,
            **step_figures(self._sim, info),
            explanation=explain(info.transition, blind=self.header.blind),
            lines=self._log_of(info),
            at=self._clock.now(),
            elapsed=self._elapsed(),
        )
        self._happens(record)
        if record.outcome:
            self._finish(record.outcome)
        return record

    def act(self, action: ActionType | str, *, driver: str | None = None) -> StepRecord:
        """Take a step with nothing to say about the decision but who made it."""
        return self.step(Decision(action=parse_action(action), driver=driver_name(driver or self.driver)))

    def _has_named(self, incident: str) -> bool:
        """Whether that is what was named last."""
        return bool(self.diagnoses) and self.diagnoses[-1].incident == incident

    def _log_of(self, info: StepInfo) -> tuple[LogLine, ...]:
        return self._telemetry.step(info.transition, info.step, self._sim.flags, self._sim.uses)

    # --- what stands

    @property
    def metrics(self) -> SystemMetrics:
        return self._sim.metrics

    @property
    def notice(self) -> str | None:
        """What else the player should know about how it is played, in a sentence; None: nothing."""
        return None

    @property
    def observation(self) -> Observation:
        """What the driver may know now."""
        return self.observed(
            self.metrics,
            streak=self._sim.streak,
            outage_left=self._sim.outage_left,
            incident=None if self.header.blind else self.incident.title,
        )

    # --- going on with a recording

    @classmethod
    def fork(
        cls,
        track: Track,
        step: int,
        *,
        driver: str = HUMAN,
        agent: Mapping[str, str] | None = None,
        record: Callable[[Header], Recorder] | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """A new session that goes on after `step` steps of another, on the same random stream.

        The steps before are copied, marked as inherited, so that the new session stands and verifies alone. Raises
        `CannotContinueError` when there is no such step, when it ended the episode, or when the steps up to it do not
        come out the same when simulated again. Nothing is recorded then.

        The fork of a blind session that has ended is not blind: its incident has been told. That of one that has not
        ended is as blind as its parent.
        """
        source = track.header
        if not 0 <= step <= track.steps:
            raise CannotContinueError(f"session {source.session} has no step {step}; it has {track.steps}")
        if step and track.record(step).outcome:
            raise CannotContinueError(f"session {source.session} ended at step {step}; go on from an earlier one")
        arguments = _arguments(track) | {"blind": is_secret(track)}
        episode = cls(**arguments, parent=Parent(session=source.session, step=step), clock=clock)
        episode._retrace(track, step, inherited=True)
        if record is not None:
            episode._start_recording(record)
        episode.hand_over(driver, "fork", agent=agent)
        return episode

    @classmethod
    def resume(
        cls,
        track: Track,
        recorder: Recorder,
        *,
        driver: str = HUMAN,
        agent: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Go on with an interrupted session; `recorder` appends to it. It may turn out to have ended.

        Raises `CannotContinueError` when it has its end already, or when its steps do not come out the same when
        simulated again. To close the recorder is the caller's business then.
        """
        if track.end is not None:
            raise CannotContinueError(
                f"session {track.header.session} has ended ({track.end.outcome}); fork it instead"
            )
        episode = cls(**_arguments(track), clock=clock)
        episode._retrace(track, track.steps, inherited=False)
        episode.header = track.header
        episode._recorder = recorder
        if episode.steps and (outcome := episode.record(episode.steps).outcome):
            episode._finish(outcome)  # the program was killed between the last step and the end
        else:
            episode.hand_over(driver, "resume", agent=agent)
        return episode

    def _retrace(self, track: Track, steps: int, *, inherited: bool) -> None:
        """Simulate the first `steps` steps of a recording again, and keep its records. Raises `CannotContinueError`."""
        try:
            check_page(track.header, self.header.initial, self.header.samples)
            for step in range(1, steps + 1):
                recorded = track.record(step)
                self._log_of(take_again(track.header, recorded, self._sim))
                self.keep(replace(recorded, inherited=True) if inherited else recorded)
        except DifferenceError as difference:
            raise _cannot_continue(track, difference) from difference
        self._lines[: len(self.header.lines)] = track.header.lines
        self.header = replace(self.header, lines=track.header.lines)
        for aside in track.asides:
            if aside.step <= steps:
                self.keep(replace(aside, inherited=True) if inherited else aside)
        self._began = self._clock.monotonic() - self.elapsed


def _arguments(track: Track) -> dict[str, Any]:
    """What makes an episode that begins as a recorded one did. Raises `CannotContinueError`."""
    header = track.header
    try:
        incident = recorded_incident(header)
    except DifferenceError as difference:
        raise _cannot_continue(track, difference) from difference
    return {
        "incident": incident,
        "seed": header.seed,
        "draws": header.draws,
        "max_steps": header.max_steps,
        "pace": header.pace,
        "blind": header.blind,
        "driver": header.driver,
        "agent": header.agent,
    }


def _cannot_continue(track: Track, difference: DifferenceError) -> CannotContinueError:
    note = numpy_note(track.header)
    why = f" ({note})" if note else ""
    # A difference may be one of hidden figures, and says what they are.
    what = "it does not come out the same when simulated again" if is_secret(track) else difference
    return CannotContinueError(f"session {track.header.session} cannot be gone on with: {what}{why}")


def _in_range(name: str, value: int, low: int, high: int) -> int:
    number = index(value)  # NumPy's integers are no Python ones, and no JSON
    if not low <= number <= high:
        raise ValueError(f"{name} is {number}; a session can hold {low} to {high}")
    return number
