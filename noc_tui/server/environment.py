"""One session of the server: episodes one after another, each over `Episode`."""

from __future__ import annotations

import logging
import secrets
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from openenv.core.env_server.interfaces import Environment  # type: ignore[import-untyped]
from openenv.core.env_server.types import EnvironmentMetadata  # type: ignore[import-untyped]
from pydantic_core import to_json

from noc_tui import __version__
from noc_tui.bench.selection import blind_incident
from noc_tui.episode.episode import Episode
from noc_tui.episode.records import Decision
from noc_tui.episode.writer import SessionWriter
from noc_tui.remote.models import NO_EPISODE, NOCAction, NOCObservation, NOCState
from noc_tui.server.arguments import RequestError, ResetArguments, reset_arguments
from noc_tui.server.observing import Observer
from noc_tui.server.rubric import RewardRubric
from noc_tui.server.tasks import SPLITS, Tasks
from noc_tui.sim.catalog import CLASSIC, default_catalog
from noc_tui.sim.errors import NotResetError, UnknownIncidentError, shown
from noc_tui.sim.reward import RUN_SCORE_STEPS
from noc_tui.sim.simulator import SEED_LIMIT
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from noc_tui.episode.records import StepRecord
    from noc_tui.sim.catalog import Catalog
    from noc_tui.sim.incident import Incident

_log: Final = logging.getLogger(__name__)

ENV_NAME: Final = "noc_env"
DESCRIPTION: Final = (
    "A flight simulator for on-call: one simulated Linux server under one incident, six metrics, six actions."
)
_CHANCE_STREAM: Final = 2
"""Beside the seed itself: as in Gymnasium, so that a seed without an incident means the same incident there."""
_NO_EPISODE: Final = (
    f"{NO_EPISODE}: reset first (over HTTP every request is a session of its own: to play, open a WebSocket on /ws)"
)


class NocEnvironment(Environment[NOCAction, NOCObservation, NOCState]):  # type: ignore[misc]
    """OpenEnv's environment over `Episode`.

    The same incident, seed and actions give the same episode as in the terminal, bit for bit. With `record` each
    episode in which something happens becomes a session file in that folder, written through at each step; the
    driver in it is the one that the client named. What a client gets wrong raises one sentence and changes nothing.
    """

    SUPPORTS_CONCURRENT_SESSIONS: ClassVar[bool] = True

    def __init__(self, catalog: Catalog | None = None, *, record: Path | None = None) -> None:
        super().__init__(rubric=RewardRubric())
        self._catalog = catalog or default_catalog()
        self._record = None if record is None else partial(SessionWriter.create, record)
        self._episode: Episode | None = None
        self._episode_id = ""
        self._warned_of: str | None = None
        """Why what happens is not being saved, as the server's log has it."""

    # --- the loop

    def reset(self, /, seed: int | None = None, episode_id: str | None = None, **options: Any) -> NOCObservation:
        """Begin an episode; see `ResetArguments`. Raises `RequestError`, `IncidentError`.

        Without an incident the seed chooses one of the classic three; in a blind episode, one of the program's own.
        """
        asked = reset_arguments({"seed": seed, "episode_id": episode_id, **options})
        episode = self._begin(asked)
        self.close()
        self._reset_rubric()
        self._episode = episode
        self._warned_of = None
        self._episode_id = asked.episode_id or episode.header.session
        self._observer = Observer(episode, self._episode_id)
        observation: NOCObservation = NOCObservation.model_validate(self._observer.first())
        return observation

    def step(self, action: NOCAction, /, timeout_s: float | None = None, **options: Any) -> NOCObservation:  # noqa: ARG002  (a step takes no time that could run out)
        """Take one step. Raises `NotResetError`, `EpisodeOverError`, `RequestError` for an argument it has not."""
        if options:
            raise RequestError(f"step has no argument {shown(next(iter(options)))}: it takes the action alone")
        record = self._act(action)
        observation: NOCObservation = NOCObservation.model_validate(
            self._observer.after(record) | {"done": record.outcome is not None}
        )
        observation.reward = self._apply_rubric(action, observation)
        return observation

    def answer(self, step: Mapping[str, Any]) -> str:
        """A step from its message's data to the text of the answer: what OpenEnv makes of `step`, in less of its time.

        The rubric is not asked: what it gives is the reward of the step, and nobody there could look at its tree.
        Raises `ValidationError` for what is no action, and what `step` raises.
        """
        record = self._act(NOCAction.model_validate(step))
        data = {
            "observation": self._observer.after(record),
            "reward": record.reward,
            "done": record.outcome is not None,
        }
        return to_json({"type": "observation", "data": data}).decode()

    def _act(self, action: NOCAction) -> StepRecord:
        episode = self._episode
        if episode is None:
            raise NotResetError(_NO_EPISODE)
        rationale = action.rationale and clean(action.rationale, keep_newlines=True).strip()
        record = episode.step(
            Decision(
                action=action.action_type,
                driver=episode.driver,
                rationale=rationale or None,
                diagnosis=action.diagnosis,
            )
        )
        if episode.recording_problem != self._warned_of:
            self._warned_of = episode.recording_problem
            _log.warning("%s", self._warned_of or f"Session {episode.header.session} is being saved again.")
        return record

    async def reset_async(
        self, /, seed: int | None = None, episode_id: str | None = None, **options: Any
    ) -> NOCObservation:
        """`reset` on the event loop: it is done sooner than it could be handed to a thread and back."""
        return self.reset(seed, episode_id, **options)

    async def step_async(self, action: NOCAction, /, timeout_s: float | None = None, **options: Any) -> NOCObservation:
        """`step` on the event loop, likewise."""
        return self.step(action, timeout_s, **options)

    def close(self) -> None:
        """Close the recording. An episode that has not ended stays resumable."""
        if self._episode is not None:
            self._episode.close()
            self._episode = None

    def _begin(self, asked: ResetArguments) -> Episode:
        incident, seed = self._wanted(asked)
        max_steps = asked.max_steps
        if max_steps is None and asked.blind and asked.incident_type is None and asked.split is None:
            # As in the terminal: the longer limit of the classic incidents would tell them from the others.
            max_steps = min(incident.max_steps, RUN_SCORE_STEPS)
        return Episode(
            incident,
            seed,
            max_steps=max_steps,
            blind=asked.blind,
            driver=clean(asked.driver).strip() or "remote",
            record=self._record,
        )

    def _wanted(self, asked: ResetArguments) -> tuple[Incident, int | None]:
        """Incident and seed; None: the episode draws one."""
        if asked.split is not None and asked.index is not None:
            try:
                return tasks().place(asked.split, asked.index)
            except IndexError as error:
                raise RequestError(f"reset: {error}") from error
        if asked.incident_type is not None:
            try:
                return self._catalog.load(asked.incident_type), asked.seed
            except UnknownIncidentError as error:
                allowed = ", ".join(self._catalog.ids)
                raise RequestError(f"no incident {shown(asked.incident_type)}: expected one of {allowed}") from error
        seed = secrets.randbelow(SEED_LIMIT) if asked.seed is None else asked.seed
        if asked.blind:
            return self._catalog.load(blind_incident(seed, self._catalog)), seed
        chance = np.random.default_rng([seed, _CHANCE_STREAM]).random()
        return self._catalog.load(CLASSIC[int(chance * len(CLASSIC))]), seed

    # --- what stands

    @property
    def state(self) -> NOCState:
        """Where the session stands. Hidden state and the recording's folder are no part of it."""
        episode = self._episode
        if episode is None:
            return NOCState()
        recorded = self._record is not None and episode.recording_problem is None
        return NOCState(
            episode_id=self._episode_id,
            step_count=episode.steps,
            incident=self._observer.incident()[0],
            seed=episode.header.seed,
            max_steps=episode.header.max_steps,
            blind=episode.header.blind,
            driver=episode.header.driver,
            outcome=None if episode.end is None else episode.end.outcome,
            session=episode.header.session if recorded else None,
        )

    def get_metadata(self) -> EnvironmentMetadata:
        """What the environment is."""
        return EnvironmentMetadata(name=ENV_NAME, description=DESCRIPTION, version=__version__)

    # --- tasks, as OpenEnv's task provider has them

    def list_splits(self) -> list[str]:
        """The splits."""
        return list(SPLITS)

    def list_tasks(self, split: str) -> list[dict[str, Any]]:
        """Every task of a split. Raises `RequestError` for an unknown one, as all of these do."""
        return tasks().specs(split)

    def num_tasks(self, split: str) -> int:
        """How many tasks a split has."""
        return tasks().count(split)

    def get_task(self, split: str, index: int) -> dict[str, Any]:
        """One task. Raises `IndexError` for one that there is not."""
        return tasks().spec(split, index)

    def get_task_range(self, split: str, start: int | None = None, stop: int | None = None) -> list[dict[str, Any]]:
        """The tasks of a slice."""
        return tasks().specs(split, start, stop)


@lru_cache(maxsize=1)
def tasks() -> Tasks:
    """The tasks, found when they are asked for the first time."""
    return Tasks()
