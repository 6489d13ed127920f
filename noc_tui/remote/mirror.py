"""An episode that a server plays, and this program beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noc_tui.episode.episode import Episode
from noc_tui.episode.records import bounded
from noc_tui.remote.episode import RemoteError
from noc_tui.remote.models import MAX_DRIVER, MAX_RATIONALE, NOCAction

if TYPE_CHECKING:
    from noc_tui.episode.records import Decision, StepRecord
    from noc_tui.remote.episode import Connection
    from noc_tui.sim.incident import Incident


class MirroredEpisode(Episode):
    """Every step is taken on the server, and simulated here for what a server does not tell: review, coach, recording.

    Both have to agree to the last bit. Once they do not, or the server is gone, `notice` says so, and the episode goes
    on here alone. Raises `RemoteError` when they differ from the start, or there is no server.
    """

    def __init__(self, connection: Connection, incident: Incident, seed: int | None = None, **options: Any) -> None:
        self._connection = connection
        self._notice: str | None = None
        super().__init__(incident, seed, **options)
        try:
            self._begin_there()
        except RemoteError:
            self.close()
            raise

    def step(self, decision: Decision) -> StepRecord:
        """Take the decided step, there and here. Raises `EpisodeOverError` after the end."""
        self._check_running("step")
        there = None if self._notice else self._step_there(decision)
        record = super().step(decision)
        if there is not None and there != (record.after, record.reward):
            self._notice = f"{self._connection.url} plays by other rules; from here on it does not count there"
        return record

    def close(self) -> None:
        """Stop recording, and leave the server."""
        super().close()
        try:
            self._connection.close()
        except RemoteError as error:
            self._notice = str(error)

    @property
    def notice(self) -> str | None:
        """Why the episode is not played on the server any more; None while it is."""
        return self._notice

    def _begin_there(self) -> None:
        header = self.header
        place = self._connection.reset(
            incident_type=self.incident.id,
            seed=header.seed,
            max_steps=header.max_steps,
            blind=header.blind,
            driver=header.driver[:MAX_DRIVER],
        )
        seen = [tuple(metrics.model_dump().values()) for metrics in (*place.first.samples, place.first.metrics)]
        if seen != [*header.samples, header.initial]:
            raise RemoteError(f"{self._connection.url}: its incident {self.incident.id} is not the one of this program")

    def _step_there(self, decision: Decision) -> tuple[Any, float] | None:
        """Metrics and reward, as the server has them; None when it has gone."""
        rationale = None if decision.rationale is None else bounded(decision.rationale, MAX_RATIONALE)
        action = NOCAction(action_type=decision.action, rationale=rationale, diagnosis=decision.diagnosis)
        try:
            seen, reward = self._connection.step(action)
        except RemoteError as error:
            self._notice = f"{error}; from here on it is played here alone"
            return None
        return tuple(seen.metrics.model_dump().values()), reward
