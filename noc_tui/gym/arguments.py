"""What callers of the environments give, checked; an error is a `ValueError` of one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.batch import BatchError
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.errors import UnknownActionError, shown
from noc_tui.sim.incident import MAX_STEPS_LIMIT, Incident
from noc_tui.sim.tables import NUM_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import ArrayLike, NDArray

INCIDENT_OPTION: Final = "incident_type"
MASK_OPTION: Final = "reset_mask"
_ALLOWED: Final = [f"{index} ({action})" for index, action in enumerate(ACTIONS)]


def incident_pool(incident_type: Incident | str | None, incidents: Sequence[Incident | str]) -> tuple[Incident, ...]:
    """The incidents that episodes are drawn from: the one that is fixed, or the set. Raises `IncidentError`."""
    if incident_type is not None:
        return (loaded(incident_type),)
    if isinstance(incidents, str) or not incidents:
        raise ValueError(f"incidents is {shown(incidents)}; expected a list of one or more incidents or their ids")
    return tuple(loaded(incident) for incident in incidents)


def loaded(incident: object) -> Incident:
    """The incident itself, or the one of that id. Raises `IncidentError` for an id that no folder holds."""
    if isinstance(incident, Incident):
        return incident
    if isinstance(incident, str):
        return default_catalog().load(str(incident))
    raise ValueError(f"the incident is {shown(incident)}; expected an incident or its id")


def step_limit(max_steps: int | None) -> int | None:
    """The step limit that was asked for; None leaves it to the incident."""
    if max_steps is None or (type(max_steps) is int and 1 <= max_steps <= MAX_STEPS_LIMIT):
        return max_steps
    raise ValueError(f"max_steps is {shown(max_steps)}; expected a whole number from 1 to {MAX_STEPS_LIMIT}")


def first_seed(seed: object) -> int | None:
    """The seed of an environment's first reset; None leaves it to chance."""
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed is {shown(seed)}; expected a whole number from 0 on")
    return int(seed)


class RenderModeError(TypeError, ValueError):
    """A render mode that there is not.

    A `TypeError` too: Stable-Baselines3 asks for "rgb_array" first, and goes on without a mode after one of these.
    """


def known_render_mode(render_mode: str | None, modes: Collection[str]) -> str | None:
    """The render mode, when it is one of `modes`. Raises `RenderModeError`."""
    if render_mode is None or render_mode in modes:
        return render_mode
    raise RenderModeError(f"render_mode is {shown(render_mode)}; expected None or one of {', '.join(modes)}")


def asked_for(options: Mapping[str, Any] | None, allowed: Sequence[str] = (INCIDENT_OPTION,)) -> Incident | None:
    """The incident that the options of a reset ask for. Options that are unknown are an error that lists the known."""
    if not options:
        return None
    for name in options:
        if name not in allowed:
            raise ValueError(f"unknown reset option {shown(name)}: expected one of {', '.join(allowed)}")
    incident = options.get(INCIDENT_OPTION)
    return None if incident is None else loaded(incident)


def action_index(action: object) -> int:
    """The action as an index from 0 to 5; whole numbers of NumPy and arrays of one such number without axes count."""
    index = action
    if isinstance(action, np.ndarray | np.generic) and action.shape == () and action.dtype.kind in "iu":
        index = action.item()
    if type(index) is int and 0 <= index < NUM_ACTIONS:
        return index
    raise UnknownActionError(action, _ALLOWED)


def action_indices(actions: ArrayLike, num_envs: int, ignored: NDArray[np.intp]) -> NDArray[np.intp]:
    """A new array of the actions of `num_envs` environments; those of the rows that are `ignored` become 0."""
    given = np.asarray(actions)
    if given.dtype.kind not in "iu" or given.shape != (num_envs,):
        raise BatchError(f"actions have shape {given.shape} and type {given.dtype}; expected {num_envs} whole numbers")
    indices = given.astype(np.intp)
    indices[ignored] = 0
    if indices.min() < 0 or indices.max() >= NUM_ACTIONS:
        row = int(np.flatnonzero((indices < 0) | (indices >= NUM_ACTIONS))[0])
        raise BatchError(f"the action of environment {row} is {given[row]}; expected 0 to {NUM_ACTIONS - 1}")
    return indices


def reset_seeds(seed: object, num_envs: int) -> list[int | None]:
    """A seed or None for each environment, from None, one whole number `s` for `s, s + 1, ...`, or a list."""
    if seed is None:
        return [None] * num_envs
    if isinstance(seed, int | np.integer):
        first = _seed(seed, 0)
        return list(range(first, first + num_envs))
    given = seed.tolist() if isinstance(seed, np.ndarray) else seed
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != num_envs:
        raise BatchError(f"seed is {shown(seed)}; expected a whole number, or a list of {num_envs}")
    return [None if one is None else _seed(one, row) for row, one in enumerate(given)]


def _seed(value: object, row: int) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
        raise BatchError(f"the seed of environment {row} is {shown(value)}; expected a whole number from 0 on")
    return int(value)


def reset_mask(options: Mapping[str, Any] | None, num_envs: int) -> NDArray[np.bool_] | None:
    """Which environments the options name; None for all."""
    if not options or MASK_OPTION not in options:
        return None
    mask = options[MASK_OPTION]
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (num_envs,) or not mask.any():
        raise BatchError(
            f"reset_mask is {shown(mask)}; expected an array of {num_envs} of true and false, not all false"
        )
    return mask.copy()
