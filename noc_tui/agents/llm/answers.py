"""The forms in which a model can answer, and reading an action out of each, strictly: exactly one, or an error."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from noc_tui.sim.actions import ACTIONS, ActionType

FUNCTION: Final = "act"
"""What the one tool is called."""
MAX_ANSWER: Final = 65_536
"""Characters of an answer; a longer one is broken off."""

SHOWN: Final = 8_192
"""Characters of an answer in which a rationale is looked for while it is being written."""


class AnswerFormat(StrEnum):
    """The form of an answer, the most reliable first. The value is what recordings say."""

    TOOL_CALL = "tool call"
    JSON_SCHEMA = "JSON schema"
    TEXT = "text"

    @property
    def next(self) -> AnswerFormat | None:
        """What to ask for where an endpoint does not know this one."""
        formats = list(AnswerFormat)
        return formats[formats.index(self) + 1] if self is not formats[-1] else None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a function, as the model wrote it."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an endpoint sent, put together: untrusted, and not yet understood."""

    content: str = ""
    calls: tuple[ToolCall, ...] = ()
    refusal: str = ""
    finish: str | None = None
    """Why the model stopped; None where the answer broke off."""
    tokens_in: int | None = None
    tokens_out: int | None = None
    first_token: float | None = None
    """Seconds until something came; None where it came in one piece."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wants, and why."""

    action: ActionType
    rationale: str
    format: AnswerFormat
    diagnosis: str | None = None
    """What the model thinks is going on, where it says so."""


class UnusableAnswerError(Exception):
    """An answer from which no single action can be read. The message is a clause that can be told to the model."""


class WrongFormError(UnusableAnswerError):
    """An answer in another form than was asked for: the endpoint may not know that one."""


class _Arguments(BaseModel):
    """What a tool call or a JSON answer holds. Whatever else stands there asks for nothing that can be had."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    action: ActionType
    rationale: Annotated[str, Field(strict=True)] = ""
    diagnosis: Annotated[str, Field(strict=True)] | None = None


SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    # The rationale comes first: it is to be thought before the action, and is shown while it is written.
    "properties": {
        "rationale": {"type": "string", "description": "Why, in two sentences at most."},
        "action": {"type": "string", "enum": [str(action) for action in ACTIONS]},
    },
    "required": ["rationale", "action"],
    "additionalProperties": False,
}
TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {"name": FUNCTION, "description": "Carry out one action on the server.", "parameters": SCHEMA},
}
RESPONSE_FORMAT: Final[dict[str, Any]] = {
    "type": "json_schema",
    "json_schema": {"name": FUNCTION, "schema": SCHEMA, "strict": True},
}
INSTRUCTIONS: Final[dict[AnswerFormat, str]] = {
    AnswerFormat.TOOL_CALL: f"Answer by calling the function {FUNCTION} once.",
    AnswerFormat.JSON_SCHEMA: (
        'Answer with one JSON object and nothing else: {"rationale": "why, in two sentences at most", '
        '"action": "the name of one action"}'
    ),
    AnswerFormat.TEXT: (
        "Answer with why, in two sentences at most and without the name of any action, "
        "and then, on a line of its own, the name of the one action."
    ),
}


def read_answer(reply: Reply, asked: AnswerFormat) -> Answer:
    """The one action that the reply asks for. Raises `UnusableAnswerError` where there is none, or more than one."""
    if reply.refusal:
        raise UnusableAnswerError("the model refused to answer")
    if reply.finish == "content_filter":
        raise UnusableAnswerError("the answer was held back by a content filter")
    if reply.finish == "length":
        raise UnusableAnswerError("the answer was cut off at the token limit")
    text = without_thoughts(reply.content)
    if reply.calls and asked is AnswerFormat.TOOL_CALL:
        return _from_calls(reply.calls, text)
    if not text:
        raise UnusableAnswerError("the answer is empty")
    if asked is AnswerFormat.TOOL_CALL:
        raise WrongFormError(f"the answer is text, and no call of {FUNCTION}")
    if asked is AnswerFormat.JSON_SCHEMA:
        return _from_schema(text)
    return _from_text(text)


def without_thoughts(content: str) -> str:
    """The answer without the thoughts that some models write before it, between `<think>` and `</think>`."""
    rest = content.rpartition("</think>")[2].strip()
    return "" if rest.startswith("<think>") else rest


def rationale_so_far(content: str, arguments: str, asked: AnswerFormat) -> str:
    """What can be shown of an answer that is still being written."""
    if asked is AnswerFormat.TEXT:
        return without_thoughts(content[:SHOWN])
    source = arguments if asked is AnswerFormat.TOOL_CALL else without_thoughts(content[:SHOWN])
    try:
        found = from_json(source[:SHOWN], allow_partial="trailing-strings")
    except ValueError:
        return ""
    rationale = found.get("rationale") if isinstance(found, dict) else None
    return rationale if isinstance(rationale, str) else ""


def _from_calls(calls: tuple[ToolCall, ...], text: str) -> Answer:
    if len(calls) > 1:
        raise UnusableAnswerError(f"the answer calls {len(calls)} functions, and only one action can be taken")
    if calls[0].name != FUNCTION:
        raise UnusableAnswerError(f"the answer calls a function that does not exist, and not {FUNCTION}")
    found = _arguments(calls[0].arguments, "the call")
    return Answer(found.action, found.rationale or text, AnswerFormat.TOOL_CALL, found.diagnosis)


def _from_schema(text: str) -> Answer:
    body = _without_fence(text)
    if body.startswith("{"):
        found = _arguments(body, "the answer")
        return Answer(found.action, found.rationale, AnswerFormat.JSON_SCHEMA, found.diagnosis)
    try:
        return _from_text(text)
    except UnusableAnswerError as error:
        raise WrongFormError(f"the answer is no JSON object, and {error}") from None


def _arguments(text: str, what: str) -> _Arguments:
    try:
        found = json.loads(text, object_pairs_hook=_no_twins)
    except _TwinsError:
        raise UnusableAnswerError(f"{what} names a field twice") from None
    except (ValueError, RecursionError):
        raise UnusableAnswerError(f"{what} cannot be read as JSON") from None
    if not isinstance(found, dict):
        raise UnusableAnswerError(f"{what} should be a JSON object")
    try:
        return _Arguments.model_validate(found)
    except ValidationError as error:
        field = error.errors(include_url=False, include_input=False)[0]["loc"][0]
        expected = f"one of {', '.join(ACTIONS)}" if field == "action" else "a string"
        raise UnusableAnswerError(f"{what} has no {field} that is {expected}") from None


class _TwinsError(Exception):
    """A JSON object gives a field twice: either may be meant."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _TwinsError
    return table


_FENCE: Final = re.compile(r"```(?:json)?\s*\n(.*?)\n?\s*```", re.DOTALL)


def _without_fence(text: str) -> str:
    """What stands in a Markdown code block, where the answer is one."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1].strip() if fenced else text


_NAMES: Final = "|".join(map(re.escape, ACTIONS))
_NAME: Final = re.compile(rf"(?<!\w)(?:{_NAMES})(?!\w)", re.IGNORECASE)
_NOT: Final = re.compile(
    rf"(?:\bnot|\bnever|n['’]t|\bavoid|\bwithout|\binstead of|\brather than)\s+(?:\w+\s+)?[`'\"*]*(?:{_NAMES})(?!\w)",
    re.IGNORECASE,
)


def _from_text(text: str) -> Answer:
    names = {found.lower() for found in _NAME.findall(text)}
    if not names:
        raise UnusableAnswerError("the answer names no action")
    if len(names) > 1:
        raise UnusableAnswerError(f"the answer names more than one action: {', '.join(sorted(names))}")
    if _NOT.search(text):
        raise UnusableAnswerError("the answer says which action not to take, and none to take")
    return Answer(ActionType(names.pop()), text, AnswerFormat.TEXT)
