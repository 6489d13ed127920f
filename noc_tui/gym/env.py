"""One simulated server as a Gymnasium environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import gymnasium
import numpy as np
from gymnasium import logger, spaces

from noc_tui.gym.arguments import action_index, asked_for, first_seed, incident_pool, known_render_mode, step_limit
from noc_tui.gym.frames import Frame, outcome, show
from noc_tui.gym.info import Info, metrics_in_units
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import CLASSIC
from noc_tui.sim.explain import explain
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.reward import REWARD_TERMS
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.tables import NUM_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from noc_tui.sim.incident import Incident
    from noc_tui.sim.simulator import StepInfo

RENDER_MODES: Final = ("ansi", "human")
RENDER_FPS: Final = 4
ACTION_NAMES: Final = tuple(str(action) for action in ACTIONS)
_CHANCE_STREAM: Final = 2
"""Beside the seed itself, which the simulator has, and 1, which its log lines have."""


def chances_of(seed: int) -> np.random.Generator:
    """The stream that chooses the incidents of an environment of that seed."""
    return np.random.default_rng([seed, _CHANCE_STREAM])


def chosen(chances: np.random.Generator, count: int) -> int:
    """Which of `count` incidents comes next; where there is but one, nothing is drawn."""
    return int(chances.random() * count) if count > 1 else 0


def observation_space() -> spaces.Box[Any]:
    """The six metrics."""
    return spaces.Box(0.0, 1.0, (len(METRIC_NAMES),), np.float32)


def action_space() -> spaces.Discrete:
    """The six actions."""
    return spaces.Discrete(NUM_ACTIONS)


class NOCSystemEnv(gymnasium.Env["NDArray[np.float32]", "int | np.integer[Any]"]):
    """One simulated Linux server under one incident.

    ## Observation
    `Box(0, 1, (6,), float32)`; higher is worse, except `service_healthy`.

    | index | metric            | meaning                  | healthy | crash   |
    |-------|-------------------|--------------------------|---------|---------|
    | 0     | `cpu_usage`       | CPU utilisation          | < 0.65  | >= 0.98 |
    | 1     | `memory_usage`    | RAM utilisation          | < 0.65  | >= 0.98 |
    | 2     | `latency`         | network latency / 500 ms | < 0.20  |         |
    | 3     | `packet_loss`     | packets dropped          | < 0.05  |         |
    | 4     | `service_healthy` | 1 up, 0 down             | >= 1.0  |         |
    | 5     | `error_rate`      | requests that fail       | < 0.10  | >= 0.90 |

    ## Actions
    `Discrete(6)`: `do_nothing`, `restart_service`, `throttle_cpu`, `clear_cache`, `reroute_traffic`, `scale_up`.
    Anything else is a `ValueError` that names it.

    ## Reward
    The sum of `info["reward_terms"]`: health gained times 5, half the health, -0.1 a step, -0.3 for an action that did
    not help, +15 on the step that resolves, -10 on the step that crashes. It pays for dawdling, and is no measure of
    skill: compare policies by outcome and steps.

    ## Start and end
    The incident is `incident_type`, or another of `incidents` each episode. `terminated`: all six healthy on three
    steps in a row (resolved), or a crash threshold reached. `truncated`: the step limit, `max_steps` or the incident's
    own, is reached and the episode neither resolved nor crashed. A step after the end is an error.

    ## Info
    After reset and step: `step`, `resolved`, `crashed`, `health_score` (0 to 1), `metrics` (by name, in percent and ms)
    and, unless `blind`, `incident_type`. After a step also `action` (its name), `action_was_effective` (health rose by
    more than 0.005), `explanation`, `reward_terms`. Explanation, terms and metrics in units are made when looked at.

    ## Randomness
    `reset(seed=s)` starts everything anew: same incidents, seed and actions give the same episodes, bit for bit, as the
    simulator, the vector environment and the terminal do. Without a seed the streams go on. `seed` is that of the first
    reset that is given none. `np_random` chooses incidents and nothing else.

    `reset(options={"incident_type": ...})` fixes the incident of that one episode. Incidents are ids or `Incident`s.

    `blind` keeps the incident's name and hidden causes out of explanations, info and frames; observations never tell.
    `render_mode`: "ansi" (`render` returns text) or "human" (each reset and step prints it).
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  (as the base class has it)
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
    }

    def __init__(
        self,
        incident_type: Incident | str | None = None,
        seed: int | None = None,
        max_steps: int | None = None,
        render_mode: str | None = None,
        *,
        blind: bool = False,
        incidents: Sequence[Incident | str] = CLASSIC,
    ) -> None:
        self._pool = incident_pool(incident_type, incidents)
        self._max_steps = step_limit(max_steps)
        self.render_mode = known_render_mode(render_mode, RENDER_MODES)
        self._blind = bool(blind)
        self.observation_space = observation_space()
        self.action_space = action_space()
        self.simulator = SystemSimulator(first_seed(seed))
        """What is played, hidden state included."""
        self._began = False
        self._last: StepInfo | None = None

    @property
    def incident(self) -> Incident:
        """The incident of this episode. Raises `NotResetError` before the first reset."""
        return self.simulator.rules.incident

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode. See the class for `seed` and `options`."""
        incident = asked_for(options)
        if seed is None and not self._began:
            seed = self.simulator.seed
        if seed is not None:
            super().reset(seed=seed)
            # Gymnasium's own generator would be the simulator's: the same seed, the same numbers.
            self._np_random = chances_of(seed)
        if incident is None:
            incident = self._pool[chosen(self.np_random, len(self._pool))]
        metrics = self.simulator.reset(incident, seed, max_steps=self._max_steps)
        self._began = True
        self._last = None
        info = self._info(0, metrics.health_score, resolved=False, crashed=False)
        self._show()
        return np.array(metrics, dtype=np.float32), info

    def step(self, action: int | np.integer[Any]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take one step. Raises `ValueError` for what is no action, `NotResetError`, `EpisodeOverError`."""
        index = action_index(action)
        metrics, said = self.simulator.step(ACTIONS[index])
        self._last = said
        info = self._info(said.step, said.health, resolved=said.resolved, crashed=said.crashed)
        info["action"] = ACTION_NAMES[index]
        info["action_was_effective"] = said.action_was_effective
        info.later("explanation", lambda: explain(said.transition, blind=self._blind))
        info.later("reward_terms", lambda: dict(zip(REWARD_TERMS, said.reward_terms, strict=True)))
        self._show()
        return np.array(metrics, dtype=np.float32), said.reward, said.terminated, said.truncated, info

    def _info(self, step: int, health: float, *, resolved: bool, crashed: bool) -> Info:
        metrics = self.simulator.metrics
        info = Info(step=step, resolved=resolved, crashed=crashed, health_score=health)
        info.later("metrics", lambda: metrics_in_units(metrics))
        if not self._blind:
            info["incident_type"] = self.incident.id
        return info

    def render(self) -> str | None:
        """The environment as text in mode "ansi"; prints it in mode "human"."""
        if self.render_mode is None:
            logger.warn("render() shows nothing without a render_mode; give one of: " + ", ".join(RENDER_MODES))
            return None
        text = self._frame().text()
        if self.render_mode == "ansi":
            return text
        show(text)
        return None

    def _show(self) -> None:
        if self.render_mode == "human":
            show(self._frame().text())

    def _frame(self) -> Frame:
        last, simulator = self._last, self.simulator
        title = self.incident.title
        return Frame(
            title=None if self._blind else title,
            step=simulator.steps,
            max_steps=simulator.max_steps,
            metrics=simulator.metrics,
            streak=simulator.streak,
            explanation=explain(last.transition, blind=self._blind) if last else "",
            outcome=outcome(resolved=last.resolved, crashed=last.crashed, truncated=last.truncated) if last else "",
        )
