"""An episode as its observations tell it: plain values, which are those of `NOCObservation`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noc_tui.episode.track import is_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import StepRecord
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.telemetry import LogLine

Values = dict[str, Any]


class Observer:
    """Makes the observations of one episode, one after the reset and one after each step, in order."""

    def __init__(self, episode: Episode, episode_id: str) -> None:
        self._episode = episode
        self._episode_id = episode_id
        self._firing: dict[str, None] = {}
        """The alerts that are firing, oldest first."""

    def first(self) -> Values:
        """What is seen after the reset: the page, and what led to it."""
        header, seen = self._episode.header, self._episode.observation
        return self._seen(header.initial, header.lines) | {
            "step": 0,
            "explanation": "",
            "terminated": False,
            "truncated": False,
            "resolved": False,
            "crashed": False,
            "health_score": header.initial.health_score,
            "action_was_effective": None,
            "reward_terms": None,
            "streak": seen.streak,
            "outage_left": seen.outage_left,
            "samples": [sample._asdict() for sample in header.samples],
        }

    def after(self, record: StepRecord) -> Values:
        """What is seen after a step."""
        return self._seen(record.after, record.lines) | {
            "step": record.step,
            "explanation": record.explanation,
            "terminated": record.resolved or record.crashed,
            "truncated": record.truncated,
            "resolved": record.resolved,
            "crashed": record.crashed,
            "health_score": record.health,
            "action_was_effective": record.effective,
            "reward_terms": record.reward_terms._asdict(),
            "streak": record.streak,
            "outage_left": record.outage_left,
            "samples": [],
        }

    def incident(self) -> tuple[str | None, str | None]:
        """Id and title, as far as they may be told."""
        incident = self._episode.incident
        return (None, None) if is_secret(self._episode) else (incident.id, incident.title)

    def _seen(self, metrics: SystemMetrics, lines: Sequence[LogLine]) -> Values:
        self._take_in(lines)
        incident, title = self.incident()
        return {
            "metadata": {},
            "metrics": metrics._asdict(),
            "incident_type": incident,
            "incident_title": title,
            "episode_id": self._episode_id,
            "max_steps": self._episode.header.max_steps,
            "log": [line._asdict() for line in lines],
            "alerts": list(self._firing),
        }

    def _take_in(self, lines: Sequence[LogLine]) -> None:
        for line in lines:
            if line.kind == "alert":
                _, name, *_ = line.text.split()
                if line.level == "resolved":
                    self._firing.pop(name, None)
                else:
                    self._firing[name] = None
