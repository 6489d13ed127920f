"""Many simulated servers as one Gymnasium vector environment."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from gymnasium import logger
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from noc_tui.gym.arguments import (
    INCIDENT_OPTION,
    MASK_OPTION,
    action_indices,
    asked_for,
    incident_pool,
    known_render_mode,
    reset_mask,
    reset_seeds,
    step_limit,
)
from noc_tui.gym.env import RENDER_FPS, action_space, chances_of, chosen, observation_space
from noc_tui.gym.frames import Frame, outcome
from noc_tui.gym.servers import Servers
from noc_tui.gym.vector_info import standing_info, tell_step
from noc_tui.sim.batch import BatchError
from noc_tui.sim.catalog import CLASSIC
from noc_tui.sim.errors import EpisodeOverError, NotResetError, shown
from noc_tui.sim.explain import explain
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.simulator import SEED_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from noc_tui.gym.info import Info
    from noc_tui.gym.servers import Course
    from noc_tui.sim.incident import Incident

RENDER_MODES: Final = ("ansi",)


class NOCSystemVectorEnv(VectorEnv["NDArray[np.float32]", "ArrayLike", "NDArray[Any]"]):
    """`num_envs` environments like `NOCSystemEnv`, stepped together.

    Whatever it gives equals, bit for bit, what `gymnasium.vector.SyncVectorEnv` gives over as many `NOCSystemEnv`s with
    the same seeds: observations (num_envs, 6) float32, rewards (num_envs,) float64, flags, infos with their masks, and
    which incident is drawn at each reset. It is `gymnasium.make_vec`'s choice for the ids of `noc_tui.gym`.

    `reset(seed=)` takes one integer `s` for `s, s + 1, ...`, a list of an integer or None each, or None, and so does
    `seed`, which is that of the first reset where it is given none. Where a seed is None, the streams go on.
    Options: `incident_type` for every episode that this reset starts, `reset_mask` for which environments it is.

    `autoreset_mode` is an `AutoresetMode` or its value:

    - `NEXT_STEP`: what has ended is reset by the next step, which ignores its action and gives it reward 0.
    - `SAME_STEP`: what ends is reset at once; its last observation and info are `final_obs` and `final_info`.
    - `DISABLED`: to step what has ended is an error; reset it with `reset_mask`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        incident_type: Incident | str | None = None,
        seed: int | Sequence[int | None] | None = None,
        max_steps: int | None = None,
        render_mode: str | None = None,
        *,
        blind: bool = False,
        incidents: Sequence[Incident | str] = CLASSIC,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        if type(num_envs) is not int or num_envs < 1:
            raise BatchError(f"num_envs is {shown(num_envs)}; expected a whole number from 1 on")
        self.num_envs = num_envs
        self.render_mode = known_render_mode(render_mode, RENDER_MODES)
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            "render_modes": list(RENDER_MODES),
            "render_fps": RENDER_FPS,
            "autoreset_mode": self.autoreset_mode,
        }
        self.single_observation_space = observation_space()
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._pool = incident_pool(incident_type, incidents)
        self._blind = bool(blind)
        first = [secrets.randbelow(SEED_LIMIT) if one is None else one for one in reset_seeds(seed, num_envs)]
        self._servers = Servers(num_envs, first, step_limit(max_steps))
        self._chances = [chances_of(one) for one in first]
        self._everybody: NDArray[np.bool_] = np.ones(num_envs, dtype=np.bool_)
        self._ended: NDArray[np.bool_] = np.zeros(num_envs, dtype=np.bool_)
        self._began = False
        self._last: Course | None = None
        self._fresh: NDArray[np.bool_] = np.ones(num_envs, dtype=np.bool_)
        """Which rows have taken no step in their episode; the last course tells nothing of them."""

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # type: ignore[override]  # one each, as SyncVectorEnv has it
        """The seed of each environment."""
        return tuple(self._servers.streams.seeds)

    @property  # type: ignore[misc]  # read-only, as SyncVectorEnv has it
    def np_random(self) -> tuple[np.random.Generator, ...]:  # type: ignore[override]  # likewise
        """What chooses the incidents of each environment."""
        return tuple(self._chances)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incident of each environment. Raises `NotResetError` before the first reset."""
        self._check_began()
        servers = self._servers
        return tuple(servers.incidents[number] for number in servers.incident.tolist())

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | NDArray[np.integer[Any]] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start episodes, and return all observations and the infos of those that start.

        Raises `ValueError` for seeds and options that do not fit; nothing has changed then.
        """
        incident = asked_for(options, (INCIDENT_OPTION, MASK_OPTION))
        seeds = reset_seeds(seed, self.num_envs)
        mask = reset_mask(options, self.num_envs)
        if mask is None:
            mask = np.ones(self.num_envs, dtype=np.bool_)
            number = self._face(incident)
        else:
            self._check_began()
            number = None if incident is None else self._number_of(incident)
        rows = np.flatnonzero(mask)
        self._reseed(rows, [seeds[row] for row in rows.tolist()])
        numbers = self._drawn(rows) if number is None else np.full(rows.size, number)
        self._servers.start(rows, numbers)
        self._ended[rows] = False
        self._fresh[rows] = True
        self._began = True
        nobody = np.zeros(self.num_envs, dtype=np.bool_)
        return self._observations(), self._infos(nobody, nobody, mask)

    def _face(self, incident: Incident | None) -> int | None:
        """Have tables of the pool and of this incident, and of no others. Returns its number."""
        another = () if incident is None or _place(incident, self._pool) is not None else (incident,)
        self._servers.face((*self._pool, *another))
        self._ids = _ids(self._servers.incidents)
        return None if incident is None else _place(incident, self._servers.incidents)

    def _number_of(self, incident: Incident) -> int:
        """The number of an incident, which the tables may have to learn first."""
        place = _place(incident, self._servers.incidents)
        if place is None:
            place = self._servers.face_another(incident)
            self._ids = _ids(self._servers.incidents)
        return place

    def _reseed(self, rows: NDArray[np.intp], seeds: Sequence[int | None]) -> None:
        self._servers.streams.reseed(rows, seeds)
        for row, seed in zip(rows.tolist(), seeds, strict=True):
            if seed is not None:
                self._chances[row] = chances_of(seed)

    def _drawn(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The number of the incident that comes next in each of these rows."""
        count, chances = len(self._pool), self._chances
        return np.array([chosen(chances[row], count) for row in rows.tolist()], dtype=np.intp)

    def step(
        self, actions: ArrayLike
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Take one step in every environment. `actions` has shape (num_envs,) and holds whole numbers from 0 to 5.

        Raises `ValueError` for what are no actions, `NotResetError`, and with autoreset disabled `EpisodeOverError`;
        nothing has changed then.
        """
        self._check_began()
        starting = np.flatnonzero(self._ended)
        if starting.size and self.autoreset_mode is AutoresetMode.DISABLED:
            raise EpisodeOverError(
                f"the episode of environment {starting[0]} has ended; reset it with a reset_mask before the next step"
            )
        chosen_actions = action_indices(actions, self.num_envs, starting)
        course = self._servers.step(chosen_actions, starting, self._drawn(starting))
        stepped = ~self._ended
        resolved, crashed = course.resolved & stepped, course.crashed & stepped
        terminations, truncations = resolved | crashed, course.truncated & stepped
        rewards = np.where(stepped, course.rewards, 0.0)
        ended = terminations | truncations
        self._last = course
        if self.autoreset_mode is AutoresetMode.SAME_STEP:
            infos = self._start_what_ended(course, ended)
            self._fresh = ended
        else:
            infos = self._infos(resolved, crashed)
            tell_step(infos, course, stepped, blind=self._blind)
            self._fresh, self._ended = self._ended, ended
        return self._observations(), rewards, terminations, truncations, infos

    def _start_what_ended(self, course: Course, ended: NDArray[np.bool_]) -> Info:
        """Start an episode wherever one has just ended, and return the infos, with the last of what ended."""
        rows = np.flatnonzero(ended)
        final: dict[str, Any] = {}
        if rows.size:
            final_info = standing_info(
                ended,
                steps=course.steps,
                resolved=course.resolved,
                crashed=course.crashed,
                health=course.health,
                metrics=course.after,
                incident_types=self._incident_types(),
            )
            tell_step(final_info, course, ended, blind=self._blind)
            final_obs = np.full(self.num_envs, None, dtype=object)
            for row in rows.tolist():
                final_obs[row] = course.after[:, row].astype(np.float32)
            final = {
                "final_obs": final_obs,
                "_final_obs": ended.copy(),
                "final_info": final_info,
                "_final_info": ended.copy(),
            }
            self._servers.start(rows, self._drawn(rows))
        nobody = np.zeros(self.num_envs, dtype=np.bool_)  # whoever is resolved or crashed has been started anew
        infos = self._infos(nobody, nobody)
        tell_step(infos, course, ~ended, blind=self._blind)
        infos |= final
        return infos

    def _observations(self) -> NDArray[np.float32]:
        return self._servers.metrics.T.astype(np.float32, order="C")

    def _infos(
        self, resolved: NDArray[np.bool_], crashed: NDArray[np.bool_], mask: NDArray[np.bool_] | None = None
    ) -> Info:
        """How the environments stand, told of all or of those that the mask names."""
        servers = self._servers
        return standing_info(
            self._everybody if mask is None else mask,
            steps=servers.state.step,
            resolved=resolved,
            crashed=crashed,
            health=servers.health,
            metrics=servers.metrics,
            incident_types=self._incident_types(),
        )

    def _incident_types(self) -> NDArray[np.object_] | None:
        return None if self._blind else self._ids.take(self._servers.incident)

    def _check_began(self) -> None:
        if not self._began:
            raise NotResetError("the environments have not been reset; call reset() for all of them first")

    def render(self) -> tuple[str, ...] | None:
        """Each environment as text."""
        if self.render_mode is None:
            logger.warn("render() shows nothing without a render_mode; give one of: " + ", ".join(RENDER_MODES))
            return None
        self._check_began()
        return tuple(self._frame(row).text() for row in range(self.num_envs))

    def _frame(self, row: int) -> Frame:
        servers, state = self._servers, self._servers.state
        incident = servers.incidents[servers.incident[row]]
        last = None if self._fresh[row] else self._last
        return Frame(
            title=None if self._blind else incident.title,
            step=int(state.step[row]),
            max_steps=int(state.limit[row]),
            metrics=SystemMetrics(*servers.metrics[:, row].tolist()),
            streak=int(state.streak[row]),
            explanation=explain(last.transition(row), blind=self._blind) if last else "",
            outcome=outcome(
                resolved=bool(last.resolved[row]), crashed=bool(last.crashed[row]), truncated=bool(last.truncated[row])
            )
            if last
            else "",
        )


def _ids(incidents: Sequence[Incident]) -> NDArray[np.object_]:
    return np.array([incident.id for incident in incidents], dtype=object)


def _place(incident: Incident, incidents: Sequence[Incident]) -> int | None:
    """Which of the incidents it is, by what stands in its file."""
    return next((k for k, one in enumerate(incidents) if one is incident or one.digest == incident.digest), None)
