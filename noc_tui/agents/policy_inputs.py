"""What a trained policy sees: numbers made of metrics and actions alone, for one episode or for many at once.

Training and play make them with this one class, so that a policy sees in play, to the last bit, what it was trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRIC_NAMES, METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

Block = Literal["margins", "start", "uses", "since", "effects", "progress"]
BLOCKS: Final[tuple[Block, ...]] = get_args(Block)
"""What may stand behind the history, in this order."""
MAX_HISTORY: Final = 16
"""The most frames, and the most actions, of the history."""

_METRICS: Final = len(METRIC_NAMES)
_ACTIONS: Final = len(ACTIONS)
_LIMITS: Final = np.array([spec.healthy_below for spec in METRICS], dtype=np.float32)
_RISING: Final = np.array([spec.higher_is_worse for spec in METRICS])
_SIZES: Final[dict[Block, int]] = {
    "margins": _METRICS,
    "start": _METRICS,
    "uses": _ACTIONS,
    "since": _ACTIONS,
    "effects": _ACTIONS * _METRICS,
    "progress": 2,
}
_STEEP: Final = np.float32(10.0)
"""A tenth over or under a limit fills the scale: what lies near it decides."""
_MOST_USES: Final = 8
_LONG: Final = 60.0
"""Steps of the longest of the program's episodes."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Which numbers a policy takes, in this order, each from -1 to 1.

    | part | numbers | |
    |---|---|---|
    | `frames` | 6 a frame | the metrics after the last steps, oldest first; 0 from before the start |
    | `actions` | 6 an action | the last actions, oldest first, 1 for the one taken and 0 for the others |
    | `margins` | 6 | how far each metric is over its healthy limit; 1 is a tenth or more |
    | `start` | 6 | the metrics at the start |
    | `uses` | 6 | how often each action was taken; 1 is eight times or more |
    | `since` | 6 | 1 for the action just taken, 1/2 for the one before it, 1/3, ...; 0 for one that never was |
    | `effects` | 36 | what each metric changed by on the step that last took each action; 1 is a tenth or more |
    | `progress` | 2 | steps taken, 1 being 60; healthy steps in a row, 1 being 3 |
    """

    frames: int = 1
    actions: int = 0
    blocks: tuple[Block, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers they are."""
        return _METRICS * self.frames + _ACTIONS * self.actions + sum(_SIZES[block] for block in self.blocks)


class PolicyInputs:
    """The history of `num_envs` episodes, as far as a policy of that spec looks back.

    Metrics are given as float32, as environments give them: figures of double precision are to be rounded first.
    """

    def __init__(self, spec: InputSpec, num_envs: int = 1) -> None:
        self.spec = spec
        self.num_envs = num_envs
        self._frames = np.zeros((num_envs, spec.frames, _METRICS), dtype=np.float32)
        self._actions = np.zeros((num_envs, spec.actions, _ACTIONS), dtype=np.float32)
        self._start = np.zeros((num_envs, _METRICS), dtype=np.float32)
        self._uses = np.zeros((num_envs, _ACTIONS), dtype=np.int64)
        self._since = np.zeros((num_envs, _ACTIONS), dtype=np.int64)
        """Steps since each action was taken, that step included; 0 for one that never was."""
        self._effects = np.zeros((num_envs, _ACTIONS, _METRICS), dtype=np.float32)
        self._step = np.zeros(num_envs, dtype=np.int64)
        self._streak = np.zeros(num_envs, dtype=np.int64)

    def start(self, metrics: NDArray[np.float32], rows: NDArray[np.bool_] | slice = slice(None)) -> None:
        """Begin episodes in these rows, with these metrics of theirs, (k, 6)."""
        for array in (self._frames, self._actions, self._uses, self._since, self._effects, self._step, self._streak):
            array[rows] = 0
        self._frames[rows, -1] = metrics
        self._start[rows] = metrics

    def step(self, actions: NDArray[np.intp], metrics: NDArray[np.float32]) -> None:
        """Take one step in every row: what was done, (num_envs,), and the metrics after it, (num_envs, 6)."""
        rows = np.arange(self.num_envs)
        self._effects[rows, actions] = metrics - self._frames[:, -1]
        _append(self._frames, metrics)
        if self.spec.actions:
            _append(self._actions, np.eye(_ACTIONS, dtype=np.float32)[actions])
        self._uses[rows, actions] += 1
        self._since += self._since > 0
        self._since[rows, actions] = 1
        self._step += 1
        healthy = np.where(_RISING, metrics < _LIMITS, metrics >= _LIMITS).all(axis=1)
        self._streak = np.where(healthy, self._streak + 1, 0)

    def numbers(self) -> NDArray[np.float32]:
        """What the policy takes, (num_envs, spec.size)."""
        parts = [self._frames, self._actions, *(self._block(block) for block in self.spec.blocks)]
        return np.concatenate([part.reshape(self.num_envs, -1) for part in parts], axis=1, dtype=np.float32)

    def _block(self, block: Block) -> NDArray[np.float32]:
        match block:
            case "margins":
                return _clipped((self._frames[:, -1] - _LIMITS) * _STEEP)
            case "start":
                return self._start
            case "uses":
                return np.minimum(self._uses / _MOST_USES, 1.0).astype(np.float32)
            case "since":
                return np.where(self._since > 0, 1.0 / np.maximum(self._since, 1), 0.0).astype(np.float32)
            case "effects":
                return _clipped(self._effects * _STEEP)
            case "progress":
                told = np.stack([self._step / _LONG, self._streak / 3.0], axis=1)
                return np.minimum(told, 1.0).astype(np.float32)


def _append(history: NDArray[np.float32], newest: NDArray[np.float32]) -> None:
    """Move each row on by one, along axis 1."""
    history[:, :-1] = history[:, 1:]
    history[:, -1] = newest


def _clipped(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.minimum(np.maximum(numbers, np.float32(-1.0)), np.float32(1.0))
