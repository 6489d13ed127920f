"""Server-sent events come in pieces that are cut anywhere."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.llm.events import event_data

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

STREAM = (
    ": a comment\r\n\r\nevent: message\r\ndata: {}\r\n\r\n"
    'id: 7\ndata:{"a": "\u2028\x85 \u00e9"}\n\ndata: one\ndata: two\n\n\n\n'
    "data\nretry: 5\n\ndata: [DONE]\n\ndata: cut off"
).encode()
EVENTS = [b"{}", '{"a": "\u2028\x85 \u00e9"}'.encode(), b"one\ntwo", b"[DONE]"]


async def events(pieces: Iterable[bytes]) -> list[bytes]:
    async def come() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return [data async for data in event_data(come())]


@given(st.sets(st.integers(1, len(STREAM) - 1)))
async def test_the_events_are_the_same_wherever_the_stream_is_cut(cuts: set[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    assert await events(STREAM[start:end] for start, end in pairwise(ends)) == EVENTS


async def test_where_nothing_comes_there_is_no_event() -> None:
    assert await events([]) == await events([b"", b"\n\n", b"<html>\n\n"]) == []
