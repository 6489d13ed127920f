"""The infos of many environments: arrays, and beside each key a mask of the environments that it tells of.

They are what `gymnasium.vector.VectorEnv` makes of the infos of single environments: 0, False or None stands where the
mask is false. Only what is cheap is made at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from noc_tui.gym.env import ACTION_NAMES
from noc_tui.gym.info import UNITS, Info
from noc_tui.sim.explain import explain
from noc_tui.sim.metrics import METRIC_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from noc_tui.gym.servers import Course

_ACTION_NAMES: Final = np.array(ACTION_NAMES, dtype=object)


def standing_info(
    mask: NDArray[np.bool_],
    *,
    steps: NDArray[np.intp],
    resolved: NDArray[np.bool_],
    crashed: NDArray[np.bool_],
    health: NDArray[np.float64],
    metrics: NDArray[np.float64],
    incident_types: NDArray[np.object_] | None,
) -> Info:
    """What is told after resets and steps alike. All of shape (n,), `metrics` (6, n); None for blind environments.

    The arrays must not change afterwards.
    """
    infos = Info()
    _tell(infos, "step", _where(mask, steps), mask)
    _tell(infos, "resolved", _where(mask, resolved), mask)
    _tell(infos, "crashed", _where(mask, crashed), mask)
    _tell(infos, "health_score", _where(mask, health), mask)
    _tell_later(infos, "metrics", mask, lambda: _metrics_in_units(metrics, mask))
    if incident_types is not None:
        _tell(infos, "incident_type", _where(mask, incident_types), mask)
    return infos


def tell_step(infos: Info, course: Course, mask: NDArray[np.bool_], *, blind: bool) -> None:
    """Add what is told after a step alone; nothing where no environment took one."""
    if not mask.any():
        return
    _tell(infos, "action", _where(mask, _ACTION_NAMES.take(course.actions)), mask)
    _tell(infos, "action_was_effective", _where(mask, course.effective), mask)
    _tell_later(infos, "explanation", mask, lambda: _explanations(course, mask, blind=blind))
    _tell_later(infos, "reward_terms", mask, lambda: _by_name(course.reward_terms(), mask))


def _tell(infos: Info, key: str, values: NDArray[Any], mask: NDArray[np.bool_]) -> None:
    infos[key] = values
    infos[f"_{key}"] = mask.copy()


def _tell_later(infos: Info, key: str, mask: NDArray[np.bool_], make: Any) -> None:
    infos.later(key, make)
    infos[f"_{key}"] = mask.copy()


def _where(mask: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[Any]:
    """A copy, with 0, False or None where the mask is false."""
    copied = values.copy()
    copied[~mask] = None if values.dtype == object else 0
    return copied


def _by_name(arrays: dict[str, NDArray[np.float64]], mask: NDArray[np.bool_]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, values in arrays.items():
        told[name] = _where(mask, values)
        told[f"_{name}"] = mask.copy()
    return told


def _metrics_in_units(metrics: NDArray[np.float64], mask: NDArray[np.bool_]) -> dict[str, Any]:
    return _by_name(
        {name: values * unit for name, values, unit in zip(METRIC_NAMES, metrics, UNITS, strict=True)}, mask
    )


def _explanations(course: Course, mask: NDArray[np.bool_], *, blind: bool) -> NDArray[np.object_]:
    told = np.full(len(mask), None, dtype=object)
    for row in np.flatnonzero(mask).tolist():
        told[row] = explain(course.transition(row), blind=blind)
    return told
