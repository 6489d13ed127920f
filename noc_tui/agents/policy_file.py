"""Trained policies as files: the weights as safetensors, and beside them, under the same name, what they are as JSON.

Nothing in either is code, and nothing of them is used that has not been checked.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from noc_tui.agents.base import AgentError
from noc_tui.agents.policy_inputs import BLOCKS, MAX_HISTORY, Block, InputSpec
from noc_tui.episode.format import describe
from noc_tui.files import read_small, write_whole
from noc_tui.sim.actions import ACTIONS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT: Final = "noc-tui policy"
FORMAT_VERSION: Final = 1
WEIGHTS: Final = ".safetensors"
CARD: Final = ".json"
IN_FOLDER: Final = f"policy{WEIGHTS}"
"""What a training calls the policy in its folder."""
MAX_WEIGHT_BYTES: Final = 16 * 1024 * 1024
MAX_CARD_BYTES: Final = 64 * 1024
MAX_LAYERS: Final = 4
MAX_WIDTH: Final = 1024
LARGEST_WEIGHT: Final = 1e6
"""Beyond it the outputs might not be numbers any more."""
_MOST_INCIDENTS: Final = 1000
_DTYPE: Final = np.dtype(np.float32)

Text = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Weights = dict[str, "NDArray[np.float32]"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Inputs(_Table):
    """Which numbers the network takes; see `InputSpec`."""

    frames: Annotated[int, Field(ge=1, le=MAX_HISTORY)] = 1
    actions: Annotated[int, Field(ge=0, le=MAX_HISTORY)] = 0
    blocks: Annotated[tuple[Block, ...], Field(max_length=len(BLOCKS))] = ()

    @field_validator("blocks")
    @classmethod
    def _once(cls, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        if len(set(blocks)) < len(blocks):
            raise ValueError("a block stands twice")
        return blocks

    @property
    def spec(self) -> InputSpec:
        """The same, as those who make the numbers want it."""
        return InputSpec(self.frames, self.actions, self.blocks)


class Architecture(_Table):
    """A network of dense layers, with an output for each action: the larger it is, the likelier the action."""

    inputs: Inputs
    hidden: Annotated[tuple[Annotated[int, Field(ge=1, le=MAX_WIDTH)], ...], Field(max_length=MAX_LAYERS)]
    """The widths of the hidden layers."""
    activation: Literal["tanh", "relu"]
    """What stands behind each hidden layer."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Each tensor of the weights, all of them float32."""
        widths = (self.inputs.spec.size, *self.hidden, len(ACTIONS))
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (narrow, wide) in enumerate(pairwise(widths)):
            shapes[f"layers.{layer}.weight"] = (wide, narrow)
            shapes[f"layers.{layer}.bias"] = (wide,)
        return shapes


class Result(_Table):
    """What a policy achieved in one incident, on seeds that it was not trained on."""

    resolved: Count
    steps: Annotated[float, Field(ge=0, le=100_000)] | None
    """Mean steps to the resolution; none where nothing was resolved."""
    reward: Annotated[float, Field(ge=-1e9, le=1e9)]
    """The environment's own rewards of an episode added up, as a mean over all episodes."""


class Evaluation(_Table):
    """What a policy achieved. Episodes have as many steps as their incident gives them."""

    first_seed: Count
    seeds: Annotated[int, Field(ge=1, le=1_000_000)]
    """Episodes of each incident, with as many seeds in a row."""
    incidents: Annotated[dict[Text, Result], Field(max_length=_MOST_INCIDENTS)]


class PolicyCard(_Table):
    """What stands beside the weights."""

    format: Literal["noc-tui policy"] = FORMAT
    version: Literal[1] = FORMAT_VERSION
    weights_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The SHA-256 of the file of weights: the two belong together."""
    architecture: Architecture
    incidents: Annotated[tuple[Text, ...], Field(max_length=_MOST_INCIDENTS)] = ()
    """What it was trained on."""
    training: Annotated[dict[Text, Text | int | float | bool | None], Field(max_length=64)] = Field(
        default_factory=dict
    )
    """How it was trained. For readers; the program does not look at it."""
    evaluation: Evaluation | None = None


class StoredPolicy(NamedTuple):
    """A policy as its files have it."""

    card: PolicyCard
    weights: Weights


def read_policy(path: Path) -> StoredPolicy:
    """The policy of a file of weights, of the JSON beside it, or of the folder of a training.

    Raises `AgentError` that names the file and what is wrong: missing, too large, of another version, weights of other
    names, shapes or types than the JSON says, or other weights than it was written for.
    """
    if path.is_dir():
        path /= IN_FOLDER
    if path.suffix == ".zip":
        raise AgentError(f"{path}: is no policy; noc-tui train convert makes one of a Stable-Baselines3 file")
    if path.suffix not in {WEIGHTS, CARD}:
        raise AgentError(f"{path}: is no policy: its name ends with neither {WEIGHTS} nor {CARD}")
    card_file, weight_file = path.with_suffix(CARD), path.with_suffix(WEIGHTS)
    card = _card(card_file, _content(card_file, MAX_CARD_BYTES))
    content = _content(weight_file, MAX_WEIGHT_BYTES)
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise AgentError(f"{weight_file}: holds other weights than those that {card_file.name} was written for")
    return StoredPolicy(card, _weights(weight_file, content, card.architecture))


def write_policy(path: Path, card: PolicyCard, weights: Mapping[str, NDArray[np.float32]]) -> Path:
    """Write weights and card, in place of those that stand there. `path` is of either; the hash is filled in here.

    Returns the path of the weights. Raises `OSError`, and `AgentError` for weights that are not those of the card.
    """
    from safetensors.numpy import save  # noqa: PLC0415  (only those who have a policy pay for it)

    content = save({name: np.ascontiguousarray(weights[name]) for name in sorted(weights)})
    weight_file = path.with_suffix(WEIGHTS)
    _weights(weight_file, content, card.architecture)
    card = card.model_copy(update={"weights_sha256": hashlib.sha256(content).hexdigest()})
    write_whole(weight_file, content)
    write_whole(path.with_suffix(CARD), card.model_dump_json(indent=2) + "\n")
    return weight_file


def _content(path: Path, limit: int) -> bytes:
    try:
        return read_small(path, limit)
    except OSError as error:
        raise AgentError(f"{path}: the policy cannot be read: {error.strerror}") from error


def _card(path: Path, content: bytes) -> PolicyCard:
    try:
        return PolicyCard.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["loc"] == ("version",) and isinstance(first["input"], int):
            raise AgentError(
                f"{path}: is a policy of format {first['input']}, and this noc-tui reads format {FORMAT_VERSION}"
            ) from error
        if first["type"] == "extra_forbidden":
            key = clean(".".join(map(str, first["loc"])), 80)
            raise AgentError(f"{path}: {key}: is no key of a policy") from error
        raise AgentError(f"{path}: {clean(describe(error), 200)}") from error


def _weights(path: Path, content: bytes, architecture: Architecture) -> Weights:
    """The tensors, checked by name, shape, type and value."""
    from safetensors import SafetensorError  # noqa: PLC0415  (only those who have a policy pay for it)
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        found = load(content)
    except (SafetensorError, KeyError) as error:  # a key is a type of numbers that NumPy has not
        raise AgentError(f"{path}: holds no weights that can be read: {clean(str(error), 120)}") from error
    shapes = architecture.shapes()
    if odd := sorted(set(found) ^ set(shapes)):
        which = "is missing" if odd[0] in shapes else "is none of this architecture"
        raise AgentError(f"{path}: tensor {clean(odd[0], 60)} {which}")
    for name, shape in shapes.items():
        tensor = found[name]
        if tensor.dtype != _DTYPE or tensor.shape != shape:
            raise AgentError(
                f"{path}: tensor {name} is {tensor.dtype} of shape {list(tensor.shape)[:4]}, "
                f"expected {_DTYPE} of shape {list(shape)}"
            )
        if not (np.abs(tensor) <= LARGEST_WEIGHT).all():
            raise AgentError(f"{path}: tensor {name} holds what is no weight: not a number, or beyond 1,000,000")
    return found
