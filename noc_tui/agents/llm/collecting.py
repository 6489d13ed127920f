"""Putting an answer together from what a server sends, be it in pieces or whole.

Nothing of it has been checked: any field may be anything.
"""

from __future__ import annotations

from time import perf_counter
from typing import Final

from noc_tui.agents.llm.answers import MAX_ANSWER, Reply, ToolCall
from noc_tui.episode.records import LARGEST_INTEGER

_MAX_CALLS: Final = 8


class TooLargeError(Exception):
    """More was sent than any answer can be."""


class ReportedError(Exception):
    """An error in the place of an answer, or in the middle of it."""

    def __init__(self, body: object) -> None:
        super().__init__("an error was reported")
        self.body = body


class Collector:
    """Takes the events of a stream, or the one answer.

    Raises `ReportedError` for an error among them, and `TooLargeError` for what is longer than any answer.
    """

    def __init__(self) -> None:
        self.finish: str | None = None
        self._content: list[str] = []
        self._refusal: list[str] = []
        self._calls: list[_Call] = []
        self.size = 0
        """Characters of the answer so far."""
        self._began = perf_counter()
        self._first: float | None = None
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None

    @property
    def content(self) -> str:
        """The text so far."""
        return "".join(self._content)

    @property
    def arguments(self) -> str:
        """The arguments of the first function that is called, so far."""
        return "".join(self._calls[0].arguments) if self._calls else ""

    def add(self, event: object) -> bool:
        """Take an event of a stream. Whether it brought more of the answer."""
        if error := _field(event, "error"):
            raise ReportedError(error)
        self._count_tokens(event)
        choice = _first(_field(event, "choices"))
        delta = _field(choice, "delta")
        before = self.size
        self._take_message(delta)
        self.finish = _text(_field(choice, "finish_reason")) or self.finish
        came = self.size > before
        thinks = _text(_field(delta, "reasoning_content")) or _text(_field(delta, "reasoning"))
        if self._first is None and (came or thinks):
            self._first = perf_counter() - self._began
        return came

    def take(self, answer: object) -> None:
        """Take an answer that came whole. Raises `ValueError` where it is none."""
        if error := _field(answer, "error"):
            raise ReportedError(error)
        choice = _first(_field(answer, "choices"))
        if choice is None:
            raise ValueError("no choices")
        self._count_tokens(answer)
        self._take_message(_field(choice, "message"))
        self.finish = _text(_field(choice, "finish_reason")) or "stop"

    def reply(self) -> Reply:
        """What there is."""
        return Reply(
            content=self.content,
            calls=tuple(ToolCall(call.name, "".join(call.arguments)) for call in self._calls),
            refusal="".join(self._refusal),
            finish=self.finish,
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            first_token=self._first,
        )

    def _take_message(self, message: object) -> None:
        self._append(self._content, _field(message, "content"))
        self._append(self._refusal, _field(message, "refusal"))
        calls = _field(message, "tool_calls")
        for piece in calls if isinstance(calls, list) else ():
            function = _field(piece, "function")
            call = self._call_of(piece)
            call.name = call.name or _text(_field(function, "name"))
            self._append(call.arguments, _field(function, "arguments"))

    def _call_of(self, piece: object) -> _Call:
        """The call that a piece belongs to. Some servers number all calls alike, others none."""
        index, name = _field(piece, "index"), _text(_field(piece, "id"))
        for call in self._calls:
            if call.index == index and (not name or name == call.id):
                return call
        call = _Call(index, name)
        self._calls.append(call)
        if len(self._calls) > _MAX_CALLS:
            raise TooLargeError
        return call

    def _append(self, pieces: list[str], piece: object) -> None:
        if not isinstance(piece, str) or not piece:
            return
        self.size += len(piece)
        if self.size > MAX_ANSWER:
            raise TooLargeError
        pieces.append(piece)

    def _count_tokens(self, event: object) -> None:
        usage = _field(event, "usage")
        found = _count(_field(usage, "prompt_tokens")), _count(_field(usage, "completion_tokens"))
        if None not in found:
            self._tokens_in, self._tokens_out = found


class _Call:
    """A call of a function that is being written."""

    def __init__(self, index: object, call_id: str) -> None:
        self.index = index
        self.id = call_id
        self.name = ""
        self.arguments: list[str] = []


def _field(thing: object, name: str) -> object:
    return thing.get(name) if isinstance(thing, dict) else None


def _first(things: object) -> object:
    return things[0] if isinstance(things, list) and things else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_INTEGER
    return value if is_count else None  # type: ignore[return-value]
