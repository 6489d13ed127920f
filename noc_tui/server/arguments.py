"""What a client asks of a reset, checked; an error is one sentence that lists what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_tui.episode.format import describe
from noc_tui.episode.records import LARGEST_INTEGER
from noc_tui.remote.models import DEFAULT_DRIVER, MAX_DRIVER
from noc_tui.sim.errors import shown
from noc_tui.sim.incident import MAX_STEPS_LIMIT
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping


class RequestError(ValueError):
    """A request that cannot be carried out. The message is one sentence that can be shown as it is."""


class ResetArguments(BaseModel):
    """The arguments of a reset. None is the same as to leave it out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    seed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)] | None = None
    episode_id: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    incident_type: str | None = None
    blind: bool = False
    max_steps: Annotated[int, Field(ge=1, le=MAX_STEPS_LIMIT)] | None = None
    driver: Annotated[str, Field(min_length=1, max_length=MAX_DRIVER)] = DEFAULT_DRIVER
    split: str | None = None
    index: int | None = None


def reset_arguments(given: Mapping[str, Any]) -> ResetArguments:
    """The arguments as they were meant. Raises `RequestError`."""
    allowed = sorted(ResetArguments.model_fields)
    for name in given:
        if name not in allowed:
            raise RequestError(f"reset has no argument {shown(name)}: expected any of {', '.join(allowed)}")
    try:
        asked = ResetArguments.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise RequestError(f"reset: {clean(describe(error), 300)}") from error
    if (asked.split is None) != (asked.index is None):
        raise RequestError("reset: a task is named by split and index together")
    if asked.split is not None and (asked.seed is not None or asked.incident_type is not None):
        raise RequestError("reset: split and index say which incident and seed; leave incident_type and seed out")
    return asked
