"""Pieces of an answer put together, however a server numbers them."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.agents.llm.answers import ToolCall
from noc_tui.agents.llm.collecting import Collector, TooLargeError


def piece(arguments: str, name: str | None = None, **numbered: Any) -> dict[str, Any]:
    """A piece of a call, in an event of a stream."""
    call = {**numbered, "function": {"name": name, "arguments": arguments}}
    return {"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": None}]}


def collected(*events: dict[str, Any]) -> tuple[ToolCall, ...]:
    collector = Collector()
    for event in events:
        collector.add(event)
    return collector.reply().calls


def test_pieces_of_a_number_are_one_call() -> None:
    assert collected(piece("a", "act", index=0, id="x"), piece("b", index=0), piece("c", index=0)) == (
        ToolCall("act", "abc"),
    )


def test_an_id_that_stands_at_each_piece_is_the_same_call() -> None:
    assert collected(piece("a", "act", index=0, id="x"), piece("b", index=0, id="x")) == (ToolCall("act", "ab"),)


def test_two_ids_are_two_calls_though_they_have_one_number() -> None:
    calls = collected(piece("a", "act", index=0, id="x"), piece("b", "act", index=0, id="y"))
    assert calls == (ToolCall("act", "a"), ToolCall("act", "b"))


def test_without_a_number_it_is_one_call() -> None:
    assert collected(piece("a", "act"), piece("b")) == (ToolCall("act", "ab"),)


def test_more_calls_than_any_answer_has_are_not_collected() -> None:
    with pytest.raises(TooLargeError):
        collected(*(piece("a", "act", index=number) for number in range(100)))
