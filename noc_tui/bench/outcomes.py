"""What an episode came to, as a row of figures: from a running program or from a recording, the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from noc_tui.agents.fixed import keys_of
from noc_tui.episode.errors import SessionError
from noc_tui.episode.format import describe
from noc_tui.episode.records import INCIDENT_ID, LONG_TEXT, SHORT_TEXT, Outcome, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review

Number = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]
Short = Annotated[str, Field(max_length=SHORT_TEXT)]

T = TypeVar("T")

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class CannotMeasureError(SessionError):
    """A recording that is no episode of one agent from its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What the review says of an episode."""

    __pydantic_config__: ClassVar = _STRICT
    par: Amount
    """Steps that near-perfect play is expected to need from this very start."""
    accuracy: Annotated[float, Field(ge=0, le=100)] | None
    """None where no move could be judged."""
    harmful: Number
    """Interventions that left the server worse off than waiting would have."""
    unwinnable: bool
    """Nobody could have resolved it from this start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One episode of one agent."""

    __pydantic_config__: ClassVar = _STRICT
    agent: Annotated[str, Field(min_length=1, max_length=SHORT_TEXT)]
    """The driver's name."""
    incident: Annotated[str, Field(pattern=INCIDENT_ID)]
    seed: Number
    draws: Number
    session: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    incident_hash: Annotated[str, Field(max_length=80)]
    max_steps: Number
    blind: bool
    outcome: Outcome | None
    """None: interrupted, and therefore not counted."""
    steps: Number
    keys: Annotated[str, Field(pattern=r"^[WRTCES]*$")]
    """What was done, a letter a step."""
    score: Annotated[float, Field(ge=0, le=1)]
    """The run score."""
    total_reward: float
    agent_errors: Number
    error: Annotated[str, Field(max_length=LONG_TEXT)] | None
    """The last of them."""
    latencies_ms: tuple[Amount, ...]
    """Of each decision that was taken, where it was measured."""
    calls: Number
    """Questions that a model was asked: those that failed are among them as far as they say what they cost."""
    tokens_in: Number | None
    """None where no call told."""
    tokens_out: Number | None
    cost: Amount | None
    """Of all calls; 0 where no model was asked, None where a call's cost is unknown."""
    reviewed: Reviewed | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What an evaluation plays once."""
        return self.agent, self.incident, self.seed

    @property
    def terms(self) -> tuple[str, int, bool, int]:
        """What must be the same for rows to be compared."""
        return self.incident_hash, self.max_steps, self.blind, self.draws

    @property
    def counts(self) -> bool:
        """Whether it has a result: neither void nor interrupted."""
        return self.outcome not in {None, "void"}

    @property
    def resolved(self) -> bool:
        return self.outcome == "resolved"

    @property
    def tokens(self) -> int:
        """All tokens that are known of."""
        return (self.tokens_in or 0) + (self.tokens_out or 0)

    @property
    def was_paid_for(self) -> bool:
        """Whether it cost more than time."""
        return bool(self.calls or self.tokens or self.cost)

    def same_as(self, other: Row) -> bool:
        """Whether both tell of the same play: recorded twice, or copied."""
        return (self.key, self.terms, self.outcome, self.keys) == (other.key, other.terms, other.outcome, other.keys)

    def with_review(self, review: Review) -> Row:
        """The row with what the review says."""
        reviewed = Reviewed(
            par=review.par, accuracy=review.accuracy, harmful=review.harmful, unwinnable=review.unwinnable_start
        )
        return replace(self, reviewed=reviewed)


def measure(track: Track) -> Row:
    """The row of a recording, or of an episode that has ended.

    Raises `CannotMeasureError` for a session that goes on with another one, or in which several drivers took steps.
    """
    header, end = track.header, track.end
    records = [track.record(step) for step in range(1, track.steps + 1)]
    if header.parent is not None:
        raise CannotMeasureError(f"session {header.session} goes on from another one, and is no episode of its own")
    if other := next((record for record in records if record.decision.driver != header.driver), None):
        raise CannotMeasureError(
            f"session {header.session} is no episode of one agent: "
            f"{header.driver} began, and {other.decision.driver} took step {other.step}"
        )
    errors = [control for control in track.controls if control.reason == "agent_error"]
    asked = [
        *(
            record.decision.usage
            for record in records
            if _is_models(record.decision.usage, record.decision.answer_format)
        ),
        *(control.usage for control in track.controls if _is_models(control.usage, None)),
    ]
    return Row(
        agent=header.driver,
        incident=str(header.incident.get("id")),
        seed=header.seed,
        draws=header.draws,
        session=header.session,
        incident_hash=header.incident_hash,
        max_steps=header.max_steps,
        blind=header.blind,
        outcome=end.outcome if end else None,
        steps=track.steps,
        keys=keys_of(record.decision.action for record in records),
        score=end.score if end else 0.0,
        total_reward=end.total_reward if end else 0.0,
        agent_errors=len(errors),
        error=errors[-1].error if errors else None,
        latencies_ms=tuple(_known(record.decision.usage.latency_ms for record in records)),
        calls=len(asked),
        tokens_in=_sum(usage.tokens_in for usage in asked),
        tokens_out=_sum(usage.tokens_out for usage in asked),
        cost=_cost(asked),
    )


def _is_models(usage: Usage, answer_format: str | None) -> bool:
    """Whether a model was asked, and not a script: it says in which form it answered, or what it cost."""
    return answer_format is not None or usage.was_paid_for


def _known(values: Iterable[T | None]) -> list[T]:
    return [value for value in values if value is not None]


def _sum(values: Iterable[int | None]) -> int | None:
    known = _known(values)
    return sum(known) if known else None


def _cost(asked: list[Usage]) -> float | None:
    total = 0.0
    for usage in asked:
        if usage.cost is None:
            return None
        total += usage.cost
    return total


_ROW: TypeAdapter[Row] = TypeAdapter(Row)


def dump_row(row: Row) -> bytes:
    """The row as a line of JSON."""
    return _ROW.dump_json(row, ensure_ascii=True) + b"\n"


def parse_row(line: bytes) -> Row:
    """The row of a line. Raises `ValueError` with a clause that says what is wrong."""
    try:
        return _ROW.validate_json(line)
    except ValidationError as error:
        raise ValueError(describe(error)) from error
