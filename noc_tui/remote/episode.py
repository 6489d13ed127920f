"""An episode that a server simulates, as one that can be played here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from noc_tui.episode.clock import SystemClock
from noc_tui.episode.errors import SessionError
from noc_tui.episode.journal import Journal
from noc_tui.episode.records import (
    FORMAT,
    FORMAT_VERSION,
    SHORT_TEXT,
    Decision,
    Header,
    StepRecord,
    Versions,
    bounded,
)
from noc_tui.episode.track import BLIND_TITLE
from noc_tui.remote.client import NocAgentEnvClient
from noc_tui.remote.failures import FAILURES, STRANGE, sentence_of
from noc_tui.remote.models import MAX_DRIVER, MAX_RATIONALE, NOCAction, NOCMetrics, NOCObservation
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.reward import REWARD_TERMS, RewardTerms
from noc_tui.sim.telemetry import LogLine
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.episode.observation import Observation

UNKNOWN: Final = "unknown"
_NO_HASH: Final = "sha256:" + "0" * 64
_SECONDS: Final = 30.0
"""How long an answer of the server may take."""
_LARGEST_ANSWER_MB: Final = 4.0
"""Some hundred times what a server has to say."""


class RemoteError(SessionError):
    """A server that cannot be played on, or refused. The message is one sentence that can be shown as it is."""


class Place(NamedTuple):
    """What a server says of an episode that it has begun."""

    first: NOCObservation
    seed: int
    session: str | None
    """The id of the server's recording; None where it keeps none."""


class Connection:
    """A session on a server, which plays one episode at a time. Every method raises `RemoteError`."""

    def __init__(self, url: str, token: str | None = None, *, seconds: float = _SECONDS) -> None:
        self.url = url
        with self._told():
            client = NocAgentEnvClient(
                url,
                token=token,
                connect_timeout_s=seconds,
                message_timeout_s=seconds,
                max_message_size_mb=_LARGEST_ANSWER_MB,
            )
            self._client = client.sync()

    def reset(self, **asked: Any) -> Place:
        """Begin an episode; the arguments are those of `NocAgentEnvClient`, where None is left out."""
        with self._told():
            first = self._client.reset(**{name: value for name, value in asked.items() if value is not None})
            state = self._client.state()
            if state.seed is None:
                raise self.doubt()
            return Place(first.observation, state.seed, state.session)

    def step(self, action: NOCAction) -> tuple[NOCObservation, float]:
        """Take a step: what is seen, and the reward."""
        with self._told():
            result = self._client.step(action)
            return result.observation, float(result.reward)

    def doubt(self) -> RemoteError:
        """What to raise over an answer that is in itself well-formed, and cannot be."""
        return RemoteError(f"{self.url} {STRANGE}")

    def close(self) -> None:
        """Leave the server."""
        with self._told():
            self._client.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise RemoteError(sentence_of(self.url, error)) from error


class RemoteEpisode(Journal):
    """A `Playable` over a connection.

    What only a simulation knows stands at 0: pressure and delayed effects. Nothing is recorded here; the session in the
    header is the server's recording, empty where it keeps none. The server is told of steps alone: not of who is in
    control, nor that an episode was given up. The connection stays, for the next one.
    """

    def __init__(self, connection: Connection, place: Place, *, driver: str, blind: bool) -> None:
        self._connection = connection
        clock = SystemClock()
        self._last = first = place.first
        super().__init__(
            Header(
                format=FORMAT,
                version=FORMAT_VERSION,
                session=place.session or "",
                started=clock.now(),
                versions=Versions(program=UNKNOWN, python=UNKNOWN, numpy=UNKNOWN),
                incident={
                    "id": clean(first.incident_type or UNKNOWN, 48),
                    "title": clean(first.incident_title or BLIND_TITLE, 80),
                },
                incident_hash=_NO_HASH,
                seed=place.seed,
                max_steps=first.max_steps,
                blind=blind,
                driver=driver,
                initial=_metrics(first.metrics),
                samples=tuple(map(_metrics, first.samples)),
                lines=_lines(first),
            ),
            clock,
        )

    @classmethod
    def begin(
        cls,
        connection: Connection,
        *,
        incident: str | None = None,
        seed: int | None = None,
        at_most: int | None = None,
        blind: bool = False,
        driver: str,
    ) -> Self:
        """Begin an episode of at most `at_most` steps; the incident may have fewer. Raises `RemoteError`."""
        asked = {"incident_type": incident, "seed": seed, "blind": blind, "driver": driver[:MAX_DRIVER]}
        place = connection.reset(**asked)
        if at_most is not None and place.first.max_steps > at_most:
            place = connection.reset(**asked | {"seed": place.seed, "max_steps": at_most})
            if place.first.max_steps != at_most:
                raise connection.doubt()
        return cls(connection, place, driver=driver, blind=blind)

    def step(self, decision: Decision) -> StepRecord:
        """Take the decided step on the server. Raises `EpisodeOverError` after the end, `RemoteError`."""
        self._check_running("step")
        before = _metrics(self._last.metrics)
        rationale = None if decision.rationale is None else bounded(decision.rationale, MAX_RATIONALE)
        seen, reward = self._connection.step(
            NOCAction(action_type=decision.action, rationale=rationale, diagnosis=decision.diagnosis)
        )
        over = seen.resolved or seen.crashed or seen.truncated
        if seen.step != self.steps + 1 or not (over or seen.step < self.header.max_steps):
            raise self._connection.doubt()
        self._last = seen
        terms = seen.reward_terms or {}
        record = StepRecord(
            step=seen.step,
            decision=decision,
            before=before,
            after=_metrics(seen.metrics),
            reward_terms=RewardTerms._make(terms.get(name, 0.0) for name in REWARD_TERMS),
            reward=reward,
            health=seen.health_score,
            effective=bool(seen.action_was_effective),
            resolved=seen.resolved,
            crashed=seen.crashed,
            truncated=seen.truncated,
            streak=seen.streak,
            pressure=0.0,
            outage_left=seen.outage_left,
            pending=(),
            explanation=clean(seen.explanation),
            lines=_lines(seen),
            at=self._clock.now(),
            elapsed=self._elapsed(),
        )
        self._happens(record)
        if record.outcome:
            if seen.incident_type is not None:  # told at the end of a blind episode
                told = {"id": clean(seen.incident_type, 48), "title": clean(seen.incident_title or UNKNOWN, 80)}
                self.header = replace(self.header, incident=told)
            self._finish(record.outcome)
        return record

    @property
    def metrics(self) -> SystemMetrics:
        """What stands now."""
        return _metrics(self._last.metrics)

    @property
    def observation(self) -> Observation:
        """What the driver may know now: what the server has told."""
        return self.observed(
            self.metrics,
            streak=self._last.streak,
            outage_left=self._last.outage_left,
            incident=self._last.incident_title,
        )


def _metrics(metrics: NOCMetrics) -> SystemMetrics:
    return SystemMetrics(**metrics.model_dump())


def _lines(seen: NOCObservation) -> tuple[LogLine, ...]:
    """The log lines of an observation. They come from outside, and are to be shown."""
    return tuple(
        LogLine(line.clock, line.level, clean(line.source, SHORT_TEXT), clean(line.text), line.kind)
        for line in seen.log
    )
