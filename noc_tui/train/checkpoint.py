"""What a training that was interrupted goes on from: plain figures and tensors, nothing that could run."""

from __future__ import annotations

from io import BytesIO
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_tui.episode.format import describe
from noc_tui.files import read_small, write_whole
from noc_tui.train.objective import Objective  # noqa: TC001  (pydantic evaluates the annotations)
from noc_tui.train.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.agents.policy_file import Weights
    from noc_tui.sim.catalog import Catalog

PLAN_FILE: Final = "training.json"
STATE_FILE: Final = "checkpoint.pt"
_MAX_PLAN_BYTES: Final = 256 * 1024


class TrainingError(Exception):
    """A training that cannot be begun or gone on with. The message is one sentence that can be shown as it is."""


class State(NamedTuple):
    """A training between two of its stages."""

    timesteps: int
    stage: int
    """How many stages are over."""
    policy: dict[str, Any]
    """The networks, by torch's names."""
    optimizer: dict[str, Any]
    best_score: float
    best_at: int
    """Timesteps."""
    best: Weights
    """What the policy file has, as long as nothing is better."""


class _PlanFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["noc-tui training"] = "noc-tui training"
    timesteps: Annotated[int, Field(ge=1, le=10**12)]
    seed: Annotated[int, Field(ge=0)]
    envs: Annotated[int, Field(ge=1, le=100_000)]
    objective: Objective
    incidents: Annotated[dict[str, str], Field(min_length=1, max_length=1000)]
    """Their ids and hashes."""


def write_plan(folder: Path, plan: Plan) -> None:
    """Write what is to be trained into the folder of the training. Raises `OSError`."""
    stands = _PlanFile(
        timesteps=plan.timesteps,
        seed=plan.seed,
        envs=plan.envs,
        objective=plan.objective,
        incidents={incident.id: incident.digest for incident in plan.incidents},
    )
    write_whole(folder / PLAN_FILE, stands.model_dump_json(indent=2) + "\n")


def read_plan(folder: Path, catalog: Catalog) -> Plan:
    """What is trained in that folder. Raises `TrainingError`, and `IncidentError` for incidents that are gone."""
    path = folder / PLAN_FILE
    try:
        stands = _PlanFile.model_validate_json(read_small(path, _MAX_PLAN_BYTES))
    except OSError as error:
        raise TrainingError(f"{path}: no training can be gone on with: {error.strerror}") from error
    except ValidationError as error:
        raise TrainingError(f"{path}: describes no training: {describe(error)}") from error
    incidents = tuple(catalog.load(name) for name in stands.incidents)
    for incident in incidents:
        if incident.digest != stands.incidents[incident.id]:
            raise TrainingError(f"{path}: {incident.id} is not what it was when this training began")
    return Plan(
        incidents=incidents,
        timesteps=stands.timesteps,
        seed=stands.seed,
        envs=stands.envs,
        objective=stands.objective,
    )


def write_state(folder: Path, state: State) -> None:
    """Write the state in place of the one that stands there. Raises `OSError`."""
    tensors = {name: torch.from_numpy(array) for name, array in state.best.items()}
    # Not into the file at once: of a full disk torch tells in words of its own.
    content = BytesIO()
    torch.save({**state._asdict(), "best": tensors}, content)
    write_whole(folder / STATE_FILE, content.getvalue())


def read_state(folder: Path) -> State | None:
    """The state of the training in that folder; None before the end of its first stage. Raises `TrainingError`."""
    path = folder / STATE_FILE
    if not path.exists():
        return None
    try:
        stands = torch.load(path, map_location="cpu", weights_only=True)  # tensors and figures, and no code
        stands["best"] = {name: tensor.numpy() for name, tensor in stands["best"].items()}
        return State(**stands)
    except (
        OSError,
        EOFError,
        LookupError,
        RuntimeError,
        TypeError,
        AttributeError,
        ValueError,
        UnpicklingError,
    ) as error:
        raise TrainingError(f"{path}: is no checkpoint that can be read") from error
