"""What a running episode and a recording have in common: all that a screen needs to show either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from noc_tui.sim.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.episode.records import (
        Aside,
        ControlRecord,
        DiagnosisRecord,
        EndRecord,
        Header,
        MarkRecord,
        StepRecord,
        SuggestionRecord,
    )
    from noc_tui.sim.metrics import SystemMetrics

BLIND_TITLE: Final = "Blind incident"
"""What a blind episode is called until it has ended."""


class Track(Protocol):
    """A sequence of recorded steps with the events between them."""

    @property
    def header(self) -> Header: ...
    @property
    def steps(self) -> int:
        """How many steps there are."""

    @property
    def asides(self) -> Sequence[Aside]:
        """What happened between the steps: controls, marks, diagnoses and suggestions, in order."""

    @property
    def controls(self) -> Sequence[ControlRecord]:
        """The controls among the asides."""

    @property
    def marks(self) -> Sequence[MarkRecord]:
        """The marks among the asides."""

    @property
    def diagnoses(self) -> Sequence[DiagnosisRecord]:
        """The diagnoses among the asides."""

    @property
    def suggestions(self) -> Sequence[SuggestionRecord]:
        """The suggestions among the asides."""

    @property
    def end(self) -> EndRecord | None: ...
    @property
    def health(self) -> Sequence[float]:
        """Health after each step."""

    def record(self, step: int) -> StepRecord:
        """Step `step`, from 1 to `steps`; `IndexError` outside of that."""

    def uses(self, step: int) -> tuple[int, ...]:
        """How often each action had been chosen after `step` steps, in the order of `ACTIONS`."""


def is_secret(track: Track) -> bool:
    """Whether name and hidden state are kept from whoever looks at it: it is blind, and has not ended."""
    return track.header.blind and track.end is None


def metrics_at(track: Track, step: int) -> SystemMetrics:
    """The metrics after `step` steps; at 0, those at the page."""
    return track.record(step).after if step else track.header.initial


def driver_at(track: Track, step: int) -> str:
    """Who was in control once `step` steps had been taken."""
    driver = track.header.driver
    for control in track.controls:
        if control.step > step:
            break
        driver = control.taker
    return driver


def count_uses(actions: bytearray, step: int) -> tuple[int, ...]:
    """`uses` of a track whose actions are given by their indices. Raises `IndexError` for a step that it has not."""
    check_step_number(step, 0, len(actions))
    return tuple(actions.count(index, 0, step) for index in range(len(ACTIONS)))


def check_step_number(step: int, first: int, last: int) -> None:
    """Raise `IndexError` unless `first <= step <= last`."""
    if not first <= step <= last:
        raise IndexError(f"step {step} was asked for; there are steps {first} to {last}")
