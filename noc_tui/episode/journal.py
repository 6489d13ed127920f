"""An episode as it is written down: what happens beside its steps, when, and whether it is being saved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from noc_tui.episode.figures import end_figures
from noc_tui.episode.records import (
    HUMAN,
    INCIDENT_ID,
    LONG_TEXT,
    MOST_DETAILS,
    NO_USAGE,
    SHORT_TEXT,
    Aside,
    ControlReason,
    ControlRecord,
    Decision,
    DiagnosisRecord,
    EndRecord,
    Header,
    MarkRecord,
    Outcome,
    StepRecord,
    SuggestionRecord,
    Usage,
    bounded,
)
from noc_tui.episode.timeline import Timeline
from noc_tui.episode.writer import NullRecorder, Recorder
from noc_tui.sim.errors import EpisodeOverError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from noc_tui.episode.clock import Clock


class Journal(Timeline):
    """A timeline in real time, each event of which is told to a recorder once there is one.

    Where a method names somebody who may be an agent, its `agent` is what else that one says of itself
    (`noc_tui.agents.asking.about_of`).
    """

    def __init__(self, header: Header, clock: Clock) -> None:
        super().__init__(header)
        self._clock = clock
        self._began = clock.monotonic()
        self._recorder: Recorder = NullRecorder()

    def hand_over(
        self,
        taker: str,
        reason: ControlReason,
        *,
        agent: Mapping[str, str] | None = None,
        error: str | None = None,
        usage: Usage | None = None,
    ) -> ControlRecord:
        """Pass control to another driver between two steps. An error that is too long for a record is cut.

        Raises `EpisodeOverError` after the end.
        """
        self._check_running("change of control")
        control = ControlRecord(
            step=self.steps,
            giver=self.driver,
            taker=driver_name(taker),
            reason=reason,
            error=None if error is None else bounded(error, LONG_TEXT),
            usage=usage or NO_USAGE,
            agent=details(agent),
            at=self._clock.now(),
            elapsed=self._elapsed(),
        )
        self._happens(control)
        return control

    def mark(self, text: str = "") -> MarkRecord:
        """Set a bookmark at the current step. A text that is too long for a record is cut.

        Raises `EpisodeOverError` after the end.
        """
        self._check_running("mark")
        mark = MarkRecord(
            step=self.steps, text=bounded(text, SHORT_TEXT), at=self._clock.now(), elapsed=self._elapsed()
        )
        self._happens(mark)
        return mark

    def diagnose(self, incident: str, *, driver: str = HUMAN) -> DiagnosisRecord:
        """Name the incident of a blind episode by its id. It can be named anew; the last one before the end counts.

        Raises `EpisodeOverError` after the end, `ValueError` when the episode is not blind, or for what is no id.
        """
        self._check_running("diagnosis")
        if not self.header.blind:
            raise ValueError("only the incident of a blind episode can be diagnosed; this one is known")
        if not re.fullmatch(INCIDENT_ID, incident):
            raise ValueError(f"a diagnosis is the id of an incident, not {bounded(repr(incident), SHORT_TEXT)}")
        diagnosis = DiagnosisRecord(
            step=self.steps,
            driver=driver_name(driver),
            incident=incident,
            at=self._clock.now(),
            elapsed=self._elapsed(),
        )
        self._happens(diagnosis)
        return diagnosis

    def suggest(
        self,
        driver: str,
        decision: Decision | None = None,
        *,
        agent: Mapping[str, str] | None = None,
        followed: bool = False,
        error: str | None = None,
        usage: Usage = NO_USAGE,
    ) -> SuggestionRecord:
        """Record what an agent suggested, and whether the person in control does it: the step is another event.

        Without a decision it gave none: it failed, or nobody waited for it; `usage` is what that has cost. An error
        that is too long for a record is cut. Raises `EpisodeOverError` after the end.
        """
        self._check_running("suggestion")
        suggestion = SuggestionRecord(
            step=self.steps,
            driver=driver_name(driver),
            action=None if decision is None else decision.action,
            rationale=None if decision is None else decision.rationale,
            answer_format=None if decision is None else decision.answer_format,
            error=None if error is None else bounded(error, LONG_TEXT),
            followed=followed,
            usage=usage if decision is None else decision.usage,
            agent=details(agent),
            at=self._clock.now(),
            elapsed=self._elapsed(),
        )
        self._happens(suggestion)
        return suggestion

    def void(self) -> EndRecord:
        """End the episode without a result: the agent failed, and nobody plays on.

        Raises `EpisodeOverError` after the end.
        """
        self._check_running("second end")
        return self._finish("void")

    def close(self) -> None:
        """Stop recording. An unfinished episode stays resumable; one in which nothing happened leaves no file."""
        if self.is_worth_a_file:
            self._recorder.close()
        else:
            self._recorder.discard()

    @property
    def is_worth_a_file(self) -> bool:
        """Whether anything happened that cannot be had again from the seed, or from the parent of a fork."""
        return (
            self.done
            or bool(self.steps and not self.record(self.steps).inherited)
            or any(
                not isinstance(aside, ControlRecord) or aside.error is not None or aside.usage.was_paid_for
                for aside in self.asides
                if not aside.inherited
            )
        )

    @property
    def recording_problem(self) -> str | None:
        """Why events are not being saved at the moment; None while they are, or are not to be."""
        return self._recorder.problem

    def _start_recording(self, record: Callable[[Header], Recorder]) -> None:
        self._recorder = record(self.header)
        self._recorder.record(self.header, *self.events)

    def _happens(self, event: StepRecord | Aside | EndRecord) -> None:
        self.keep(event)
        self._recorder.record(event)

    def _finish(self, outcome: Outcome) -> EndRecord:
        end = EndRecord(outcome=outcome, **end_figures(self.rewards), at=self._clock.now(), elapsed=self._elapsed())
        self._happens(end)
        return end

    def _check_running(self, what: str) -> None:
        if self.end is not None:
            raise EpisodeOverError(f"the episode ended {self.end.outcome} at step {self.steps}; no {what} can follow")

    def _elapsed(self) -> float:
        return round(max(0.0, self._clock.monotonic() - self._began), 3)


def driver_name(name: str) -> str:
    """The name as a record can hold it. Raises `ValueError` for an empty one."""
    if not name:
        raise ValueError("a driver needs a name")
    return bounded(name, SHORT_TEXT)


def details(agent: Mapping[str, str] | None) -> dict[str, str] | None:
    """What an agent says of itself, as a record can hold it; None where that is nothing."""
    entries = list((agent or {}).items())[:MOST_DETAILS]
    return {bounded(key, SHORT_TEXT): bounded(value, SHORT_TEXT) for key, value in entries} or None
