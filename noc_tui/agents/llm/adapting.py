"""What an endpoint has turned out to take: found out on its errors, once, and remembered for its model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from noc_tui.agents.llm.answers import FUNCTION, RESPONSE_FORMAT, TOOL, AnswerFormat

if TYPE_CHECKING:
    from noc_tui.agents.llm.profiles import Profile


class RefusedError(Exception):
    """The endpoint refused a request, and may take another. The message is the sentence to tell where it does not."""

    def __init__(self, sentence: str, *, status: int, parameter: str | None, text: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.parameter = parameter
        """What the endpoint says is wrong, where it says so in a field of its own."""
        self.text = text
        """What it says otherwise."""


@dataclass(slots=True)
class Habits:
    """How an endpoint wants to be asked for a model. Shared by all agents that ask it."""

    format: AnswerFormat | None = None
    """The first form in which it has answered."""
    refused: set[str] = field(default_factory=set)
    """Parameters that it does not take."""


_KNOWN: Final[dict[tuple[str, str], Habits]] = {}


def habits_of(profile: Profile) -> Habits:
    """What is known of the endpoint and model of a profile, to be added to."""
    return _KNOWN.setdefault((profile.base_url, profile.model), Habits())


def forget() -> None:
    """Forget what is known of all endpoints."""
    _KNOWN.clear()


def request(
    profile: Profile, messages: list[dict[str, Any]], asked: AnswerFormat, refused: frozenset[str]
) -> dict[str, Any]:
    """The arguments of a call, without what was refused."""
    arguments: dict[str, Any] = {"model": profile.model, "messages": messages}
    if "temperature" not in refused:
        arguments["temperature"] = profile.temperature
    arguments["max_completion_tokens" if "max_tokens" in refused else "max_tokens"] = profile.max_tokens
    if "stream" not in refused:
        arguments["stream"] = True
        if "stream_options" not in refused:
            arguments["stream_options"] = {"include_usage": True}
    if asked is AnswerFormat.TOOL_CALL:
        arguments["tools"] = [TOOL]
        if "tool_choice" not in refused:
            arguments["tool_choice"] = {"type": "function", "function": {"name": FUNCTION}}
    elif asked is AnswerFormat.JSON_SCHEMA:
        arguments["response_format"] = RESPONSE_FORMAT
    return arguments


FORMATS: Final = {"tools": AnswerFormat.TOOL_CALL, "response_format": AnswerFormat.JSON_SCHEMA}
"""The parameters without which there is no answer in that form."""

# In this order: an error about `tool_choice` mentions tools as well.
_NAMES: Final[dict[str, re.Pattern[str]]] = {
    "tool_choice": re.compile(r"tool[_ -]choice", re.IGNORECASE),
    "tools": re.compile(r"\btools?\b|function[_ -]?call", re.IGNORECASE),
    "response_format": re.compile(r"response[_ ]format|json[_ ]schema|structured[_ ]output|guided", re.IGNORECASE),
    "temperature": re.compile(r"\btemperature\b", re.IGNORECASE),
    "max_tokens": re.compile(r"\bmax_tokens\b"),
    "stream_options": re.compile(r"stream_options|include_usage"),
    "stream": re.compile(r"\bstream(?:ing)?\b", re.IGNORECASE),
}
_BAD_REQUEST: Final = frozenset({400, 422})
_ALSO_FOR_FORMATS: Final = frozenset({404, 500, 501})
"""Statuses with which some servers say that a model knows no tools."""


def refused_parameter(refusal: RefusedError, arguments: dict[str, Any]) -> str | None:
    """Which of the arguments that were sent the refusal is about; None where it names none that can be left out."""
    sent = [name for name in _NAMES if name in arguments]
    if refusal.status not in _BAD_REQUEST:
        if refusal.status not in _ALSO_FOR_FORMATS:
            return None
        sent = [name for name in sent if name in FORMATS]
    if refusal.parameter is not None:
        field_name = re.split(r"[.\[]", refusal.parameter)[0]
        if field_name in sent:
            return field_name
    return next((name for name in sent if _NAMES[name].search(refusal.text)), None)
