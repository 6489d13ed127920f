"""What an episode consists of: immutable events, which are also the lines of a session file.

The annotations carry what pydantic needs to read, write and document them (`noc_tui.episode.format`). What agents
fill in (`Decision`, `Usage`) is checked when it is made: `ValueError` for an action that is not among the six, for text
that is too long (see `bounded`), for numbers below 0. The other events are made by the program alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, FailFast, Field, Strict
from pydantic.dataclasses import dataclass as checked_dataclass

from noc_tui.episode.schemas import ByName, UtcTimestamp
from noc_tui.sim.actions import ActionType  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.incident import MAX_STEPS_LIMIT, NAME_PATTERN
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.reward import RewardTerms
from noc_tui.sim.telemetry import LogLine
from noc_tui.text import ELLIPSIS

FORMAT: Final = "noc-tui-session"
FORMAT_VERSION: Final = 1

HUMAN: Final = "human"
CLOCK: Final = "clock"
"""The driver of a step that the pace took because nobody acted."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond it many readers of JSON round."""
INCIDENT_ID: Final = NAME_PATTERN
MAX_DRAWS: Final = 10**9
"""Normals that a stream may have given before the reset; to draw so many again takes half a minute."""
SHORT_TEXT: Final = 400
LONG_TEXT: Final = 20_000

Outcome = Literal["resolved", "crashed", "truncated", "void"]
Pace = Literal["turn", "live"]
ControlReason = Literal["start", "hand_over", "take_over", "agent_error", "resume", "fork"]

Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Unit = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
ShortText = Annotated[str, Field(max_length=SHORT_TEXT)]
LongText = Annotated[str, Field(max_length=LONG_TEXT)]
DriverName = Annotated[str, Field(min_length=1, max_length=SHORT_TEXT)]
IncidentId = Annotated[str, Field(pattern=INCIDENT_ID)]
SessionId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Timestamp = Annotated[datetime, UtcTimestamp()]
Metrics = Annotated[SystemMetrics, ByName(every=Unit)]
Terms = Annotated[RewardTerms, ByName()]
IncidentClock = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
Line = Annotated[LogLine, ByName(clock=IncidentClock, source=ShortText, text=LongText)]
MOST_DETAILS: Final = 24
"""Entries of what is recorded about an agent."""
# Left out where there is nothing to say, so that a program from before there was any reads the file.
AgentDetails = Annotated[
    dict[ShortText, ShortText] | None, Field(max_length=MOST_DETAILS, exclude_if=lambda details: details is None)
]
# A long list of nonsense would make as long a list of errors, hence FailFast.
Lines = Annotated[tuple[Line, ...], FailFast()]

_STRICT: Final = ConfigDict(
    extra="forbid",
    strict=True,
    allow_inf_nan=False,
    json_schema_serialization_defaults_required=True,
)


class _Strict:
    """What a file gives must be what is declared: no other keys, no other types, only numbers that are some."""

    __slots__ = ()
    __pydantic_config__: ClassVar = _STRICT


def bounded(text: str, limit: int) -> str:
    """`text` as a record can hold it: at most `limit` characters, what is cut off leaves an ellipsis; no surrogates."""
    if len(text) > limit:
        text = text[: limit - 1] + ELLIPSIS
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@checked_dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Usage:
    """What a decision cost, where that applies. Also recorded for a call that was cancelled."""

    latency_ms: Amount | None = None
    tokens_in: Count | None = None
    tokens_out: Count | None = None
    cost: Amount | None = None
    """In the currency of the user's price table; None: unknown."""
    first_token_ms: Amount | None = None
    """Until the first token of a streamed answer came; None where it did not come as a stream."""

    @property
    def was_paid_for(self) -> bool:
        """Whether it cost more than time."""
        return bool(self.tokens_in or self.tokens_out or self.cost)


NO_USAGE: Final = Usage()


@checked_dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Decision:
    """An action, and who chose it and why."""

    action: Annotated[ActionType, Strict(False)]  # an agent may give it by name
    driver: DriverName
    """`human`, `clock`, or the agent's name."""
    rationale: LongText | None = None
    answer_format: ShortText | None = None
    """In which form a model answered: tool call, JSON schema, text."""
    diagnosis: IncidentId | None = None
    """Which incident an agent takes a blind episode for. When that is news, a diagnosis event comes before the step."""
    usage: Usage = NO_USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent(_Strict):
    """Where a fork branched off."""

    session: SessionId
    step: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(_Strict):
    """What produced the recording. NumPy does not promise the same random stream for ever."""

    program: ShortText
    python: ShortText
    numpy: ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(_Strict):
    """The first event of every session: all that is needed to simulate it again."""

    event: Literal["header"] = "header"
    format: Literal["noc-tui-session"]
    version: Annotated[int, Field(ge=FORMAT_VERSION, le=FORMAT_VERSION)]
    session: SessionId
    """Sortable by time."""
    started: Timestamp
    versions: Versions
    incident: dict[str, Any]
    """The whole incident definition, as its file gives it."""
    incident_hash: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    seed: Count
    draws: Annotated[int, Field(ge=0, le=MAX_DRAWS)] = 0
    """Standard normals that the stream had given before the reset."""
    max_steps: Annotated[int, Field(ge=1, le=MAX_STEPS_LIMIT)]
    pace: Pace = "turn"
    blind: bool = False
    driver: DriverName
    """Who is in control at the start."""
    agent: AgentDetails = None
    """What else that agent says of itself: of a model its name, endpoint, settings and the hash of its prompt."""
    parent: Parent | None = None
    initial: Metrics
    """The metrics at the page."""
    samples: Annotated[tuple[Metrics, ...], FailFast()]
    """The metrics before the page, oldest first."""
    lines: Lines
    """The log before the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord(_Strict):
    """One step: who decided what, and what it brought."""

    event: Literal["step"] = "step"
    step: Annotated[int, Field(ge=1, le=MAX_STEPS_LIMIT)]
    decision: Decision
    before: Metrics
    after: Metrics
    reward_terms: Terms
    reward: float
    health: Unit
    effective: bool
    resolved: bool
    crashed: bool
    truncated: bool
    streak: Count
    pressure: Unit
    """Hidden state, kept for review and verification."""
    outage_left: Count
    """For how many more steps the service stays down, whatever is done."""
    pending: Annotated[tuple[tuple[Count, ActionType], ...], FailFast()]
    """Delayed effects on their way: in how many steps, and of which action."""
    explanation: LongText
    lines: Lines
    at: Timestamp
    elapsed: Amount
    """Seconds that the episode has been played for; those of inherited steps included, interruptions not."""
    inherited: bool = False
    """Copied from the session that this one branched off."""

    @property
    def outcome(self) -> Outcome | None:
        """How the episode ended with this step; None while it goes on."""
        return "resolved" if self.resolved else "crashed" if self.crashed else "truncated" if self.truncated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRecord(_Strict):
    """Control passed from one driver to another, after `step` steps."""

    event: Literal["control"] = "control"
    step: Count
    giver: DriverName
    taker: DriverName
    reason: ControlReason
    error: LongText | None = None
    """What went wrong, where an agent's failure is the reason."""
    usage: Usage = NO_USAGE
    """What a call that was cancelled or failed had cost."""
    agent: AgentDetails = None
    """What else the taker says of itself, where it is an agent: as in the header."""
    at: Timestamp
    elapsed: Amount
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRecord(_Strict):
    """A user's bookmark, set after `step` steps."""

    event: Literal["mark"] = "mark"
    step: Count
    text: ShortText = ""
    at: Timestamp
    elapsed: Amount
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisRecord(_Strict):
    """Which incident somebody takes a blind episode for, after `step` steps. The last one before the end counts."""

    event: Literal["diagnosis"] = "diagnosis"
    step: Count
    driver: DriverName
    """Who named it: `human`, or the agent's name."""
    incident: IncidentId
    """What was named, right or wrong."""
    at: Timestamp
    elapsed: Amount
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRecord(_Strict):
    """What an agent suggested to the person in control after `step` steps, and whether that was done.

    It is recorded once that is known: before the step that follows it, or does not.
    """

    event: Literal["suggestion"] = "suggestion"
    step: Count
    driver: DriverName
    """The agent that was asked."""
    action: ActionType | None
    """What it suggested; None: it failed, or the person did not wait for it."""
    rationale: LongText | None = None
    answer_format: ShortText | None = None
    """In which form a model answered."""
    error: LongText | None = None
    """What went wrong, where it failed."""
    followed: bool
    """Whether the person accepted it."""
    usage: Usage = NO_USAGE
    """What the question has cost, as far as that is known."""
    agent: AgentDetails = None
    """What else the agent says of itself: as in the header."""
    at: Timestamp
    elapsed: Amount
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRecord(_Strict):
    """The end of the episode and its totals. A session without one was interrupted and can be resumed."""

    event: Literal["end"] = "end"
    outcome: Outcome
    """`void`: the agent failed, and nobody played on."""
    steps: Count
    total_reward: float
    """Rewards added in order."""
    score: Unit
    """The run score over the first 30 steps."""
    at: Timestamp
    elapsed: Amount


Aside = ControlRecord | MarkRecord | DiagnosisRecord | SuggestionRecord
"""What happens between two steps."""
Event = Header | StepRecord | Aside | EndRecord
LaterEvent = StepRecord | Aside | EndRecord
