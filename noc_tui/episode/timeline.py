"""What has happened in an episode so far, kept in memory."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from noc_tui.episode.asides import Asides
from noc_tui.episode.observation import Observation
from noc_tui.episode.records import Aside, ControlRecord, EndRecord, StepRecord
from noc_tui.episode.track import check_step_number, count_uses
from noc_tui.sim.actions import ACTION_INDEX, ActionType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.episode.records import Header
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine


class Timeline(Asides):
    """The `Track` of a running episode, which grows by `keep`."""

    def __init__(self, header: Header) -> None:
        super().__init__()
        self.header = header
        self.driver = header.driver
        """Who is in control."""
        self.end: EndRecord | None = None
        self.rewards = array("d")
        """Reward of each step."""
        # What observations show, gathered as it comes: to do it anew at each step would cost the square of the steps.
        self._history: list[SystemMetrics] = [header.initial]
        self._lines: list[LogLine] = list(header.lines)
        self._actions: list[ActionType] = []
        self._explanations: list[str] = []
        self._records: list[StepRecord] = []
        self._health = array("d")
        self._action_indices = bytearray()

    def keep(self, event: StepRecord | Aside | EndRecord) -> None:
        """Take in what has just happened."""
        match event:
            case StepRecord():
                self._records.append(event)
                self._health.append(event.health)
                self._action_indices.append(ACTION_INDEX[event.decision.action])
                self.rewards.append(event.reward)
                self._history.append(event.after)
                self._lines += event.lines
                self._actions.append(event.decision.action)
                self._explanations.append(event.explanation)
            case EndRecord():
                self.end = event
            case _:
                self.keep_aside(event)
                if isinstance(event, ControlRecord):
                    self.driver = event.taker

    @property
    def steps(self) -> int:
        return len(self._records)

    @property
    def done(self) -> bool:
        """Whether the episode has ended."""
        return self.end is not None

    @property
    def health(self) -> Sequence[float]:
        return self._health

    def record(self, step: int) -> StepRecord:
        """Step `step`, from 1 to `steps`. Raises `IndexError` outside of that."""
        check_step_number(step, 1, self.steps)
        return self._records[step - 1]

    def uses(self, step: int) -> tuple[int, ...]:
        """How often each action had been chosen after `step` steps, in the order of `ACTIONS`."""
        return count_uses(self._action_indices, step)

    @property
    def events(self) -> list[StepRecord | Aside]:
        """Steps and asides in the order in which they happened: an aside stands after the step that it follows."""
        return sorted([*self._records, *self.asides], key=lambda event: event.step)

    @property
    def elapsed(self) -> float:
        """Seconds of play at the last event."""
        return max((event.elapsed for event in (*self._records[-1:], *self.asides[-1:])), default=0.0)

    def observed(self, metrics: SystemMetrics, *, streak: int, outage_left: int, incident: str | None) -> Observation:
        """What the driver may know, where these are the metrics, and what else only a simulation tells."""
        return Observation(
            step=self.steps,
            max_steps=self.header.max_steps,
            metrics=metrics,
            history=tuple(self._history),
            samples=self.header.samples,
            lines=tuple(self._lines),
            actions=tuple(self._actions),
            explanations=tuple(self._explanations),
            streak=streak,
            outage_left=outage_left,
            incident=incident,
        )
