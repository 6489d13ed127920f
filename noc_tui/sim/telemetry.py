"""What a person sees beside the six numbers: the samples before the page, the alerts, the log.

All of it comes from a random stream of its own, so that the metrics of a seed never depend on what is shown. Same
incident, seed, normals drawn before the reset, and actions give the same telemetry; the samples need no actions, and
no file but the incident's, so that a recording can be verified by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.alerts import AlertBoard, AlertRules, default_alert_rules
from noc_tui.sim.conditions import Facts
from noc_tui.sim.incident import PAGE_SAMPLES
from noc_tui.sim.logs import HOST, Chance, LogRules, default_background, fill_in
from noc_tui.sim.metrics import CONTINUOUS, METRIC_NAMES, SystemMetrics
from noc_tui.sim.simulator import NOISE_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident, LogRule
    from noc_tui.sim.simulator import Transition

SAMPLE_SECONDS: Final = 30
"""Between two samples, and the length of a step on the incident clock."""

USUAL: Final = SystemMetrics(
    cpu_usage=0.40, memory_usage=0.44, latency=0.09, packet_loss=0.01, service_healthy=1.0, error_rate=0.02
)
"""Where a healthy server stands when the incident gives no `baseline`."""

# Together with one line for each alert rule they fit into the seconds of a step, so that every line has its own.
_MAX_INCIDENT_LINES: Final = 10
_MAX_BACKGROUND_LINES: Final = 2

_CONTINUOUS_COLUMNS: Final = [METRIC_NAMES.index(name) for name in CONTINUOUS]
_SERVICE_COLUMN: Final = METRIC_NAMES.index("service_healthy")

_NEVER_USED: Final = (0,) * len(ACTIONS)

LineLevel = Literal["debug", "info", "warning", "error", "critical", "resolved"]
LineKind = Literal["incident", "background", "alert", "page"]


class LogLine(NamedTuple):
    """One line of the incident log."""

    clock: int
    """Seconds on the incident clock; 0 is the page, below it lies what came before."""
    level: LineLevel
    """As the source gives it; of an alert its severity, or `resolved`."""
    source: str
    text: str
    kind: LineKind = "incident"


class Page(NamedTuple):
    """What lies before an operator who has just been paged."""

    samples: tuple[SystemMetrics, ...]
    """`PAGE_SAMPLES` states, `SAMPLE_SECONDS` apart, oldest first; the last is that long before the page."""
    lines: tuple[LogLine, ...]
    """The log up to the page; the last line is the page itself."""


class Telemetry:
    """The samples and the log of one episode.

    `page` is asked for once, then `step` once after every step, in order; `ValueError` says so when they are not.
    """

    def __init__(
        self, incident: Incident, seed: int, normals_before_reset: int, rules: AlertRules | None = None
    ) -> None:
        rng = np.random.default_rng([seed, 1, normals_before_reset])
        self._incident = incident
        self._noise = rng.normal(0.0, NOISE_SD, (PAGE_SAMPLES, len(CONTINUOUS)))
        self._chance = Chance(rng)
        self._alerts = AlertBoard(default_alert_rules() if rules is None else rules)
        self._incident_logs = LogRules(incident.logs, self._chance)
        self._background = LogRules(default_background().logs, self._chance)
        self._step: int | None = None

    def page(self, initial: SystemMetrics) -> Page:
        """The samples and lines that led to the page; `initial` are the metrics at the reset."""
        if self._step is not None:
            raise ValueError("the page of this episode has been made already")
        self._step = 0
        samples = _samples(self._incident, initial, self._noise)
        pressure = self._incident.rules.initial_pressure
        lines: list[LogLine] = []
        for tick, metrics in enumerate((*samples, initial), -PAGE_SAMPLES):
            facts = Facts((*metrics, pressure, tick, *_NEVER_USED), None, frozenset())
            lines += self._tick(metrics, tick, facts)
        return Page(samples, (*lines, LogLine(0, "critical", "pager", self._page_text(), "page")))

    def step(
        self, transition: Transition, step: int, flags: frozenset[str], uses: Sequence[int]
    ) -> tuple[LogLine, ...]:
        """The lines of step `step` (from 1), their clocks between `30 * (step - 1)` and `30 * step`, increasing.

        `flags` are those set after the step; `uses` is how often each action has been chosen, this step included, in
        the order of `ACTIONS`.
        """
        if self._step is None or step != self._step + 1:
            last = "there has been no page yet" if self._step is None else f"the last one was step {self._step}"
            raise ValueError(f"telemetry is asked for step {step}, but {last}")
        self._step = step
        metrics = transition.after
        facts = Facts((*metrics, transition.pressure, step, *uses), ACTIONS[transition.action], flags)
        return tuple(self._tick(metrics, step, facts))

    def _tick(self, metrics: SystemMetrics, tick: int, facts: Facts) -> list[LogLine]:
        """The lines of the 30 s that end in this state."""
        chosen = self._incident_logs.written(facts, tick, _MAX_INCIDENT_LINES)
        lines = [self._line(rule, metrics, tick, "incident") for rule in chosen]
        for change in self._alerts.update(metrics):
            level: LineLevel = change.rule.severity if change.firing else "resolved"
            lines.append(LogLine(0, level, "alert", change.text, "alert"))
        for rule in self._background.written(facts, tick, _MAX_BACKGROUND_LINES):
            lines.insert(self._chance.below(len(lines) + 1), self._line(rule, metrics, tick, "background"))
        return self._timed(lines, tick)

    def _line(self, rule: LogRule, metrics: SystemMetrics, tick: int, kind: LineKind) -> LogLine:
        return LogLine(0, rule.level, rule.source, fill_in(rule.text, metrics, tick, self._chance), kind)

    def _timed(self, lines: list[LogLine], tick: int) -> list[LogLine]:
        """The lines spread over the seconds before the tick, each in a second of its own."""
        begin, seconds, count = (tick - 1) * SAMPLE_SECONDS + 1, SAMPLE_SECONDS - 1, len(lines)
        timed = []
        for index, (_, level, source, text, kind) in enumerate(lines):
            first, end = seconds * index // count, seconds * (index + 1) // count
            timed.append(LogLine(begin + first + self._chance.below(end - first), level, source, text, kind))
        return timed

    def _page_text(self) -> str:
        firing = self._alerts.firing
        if not firing:
            return f"Page: {HOST} needs a look; no alert is firing"
        if len(firing) == 1:
            return f"Page: {firing[0].name} is firing on {HOST}"
        more = f"{len(firing) - 1} more alert{'s' if len(firing) > 2 else ''}"
        return f"Page: {firing[0].name} and {more} are firing on {HOST}"


def _samples(incident: Incident, initial: SystemMetrics, noise: NDArray[np.float64]) -> tuple[SystemMetrics, ...]:
    """From normal life to the start: each metric begins to move as many samples before the page as `onset` says.

    `noise` has shape (`PAGE_SAMPLES`, 5), in the order of `CONTINUOUS`. The service falls as it does in the simulator,
    by a tenth a step.
    """
    usual = incident.baseline or USUAL
    level, start = (np.array([getattr(each, name) for name in CONTINUOUS]) for each in (usual, initial))
    onset = np.array([getattr(incident.onset, name) for name in CONTINUOUS])
    before_page = np.arange(PAGE_SAMPLES, 0, -1.0)[:, np.newaxis]
    moved = np.clip((onset + 1 - before_page) / onset, 0.0, 1.0)
    rows = np.empty((PAGE_SAMPLES, len(METRIC_NAMES)))
    rows[:, _CONTINUOUS_COLUMNS] = np.clip(level + moved * (start - level) + noise, 0.0, 1.0)
    rows[:, [_SERVICE_COLUMN]] = np.minimum(1.0, initial.service_healthy + 0.1 * before_page)
    return tuple(SystemMetrics._make(row) for row in rows.tolist())
