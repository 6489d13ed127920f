"""What goes through of the frames that a client sends, however they come in."""

from __future__ import annotations

from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from noc_tui.server.app import create_app
from noc_tui.server.frames import Frames, PatientProtocol, blank

LIMIT = 200


def on_the_wire(frame: Frame) -> bytes:
    return frame.serialize(mask=True)


def message(pieces: list[bytes]) -> list[bytes]:
    """The frames of a message that comes in these pieces."""
    return [
        on_the_wire(Frame(Opcode.CONT if place else Opcode.TEXT, piece, fin=place == len(pieces) - 1))
        for place, piece in enumerate(pieces)
    ]


def chunks(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data as a network may deliver it."""
    cut = []
    for size in sizes:
        cut.append(data[:size])
        data = data[size:]
    return [*cut, data]


PIECES = st.lists(st.binary(max_size=300) | st.binary(max_size=3), min_size=1, max_size=5)
PINGS = st.lists(st.integers(0, 4), max_size=2)


@given(messages=st.lists(st.tuples(PIECES, PINGS), max_size=5), sizes=st.lists(st.integers(1, 300), max_size=30))
def test_messages_go_through_as_they_are_and_a_blank_one_in_place_of_each_that_is_too_long(
    messages: list[tuple[list[bytes], list[int]]], sizes: list[int]
) -> None:
    sent, expected = b"", b""
    for pieces, pings in messages:
        frames = message(pieces)
        size = len(pieces[0]) + sum(max(len(piece), 1) for piece in pieces[1:])
        between = sorted(place for place in pings if 0 < place < len(frames))
        ping = on_the_wire(Frame(Opcode.PING, b"there?"))
        for place, frame in enumerate(frames):
            sent += ping * between.count(place) + frame
        expected += ping * len(between) + (b"".join(frames) if size <= LIMIT else blank(LIMIT))
    frames_read = Frames(LIMIT)
    assert b"".join(frames_read.passed(chunk) for chunk in chunks(sent, sizes)) == expected


def test_what_stands_for_a_message_that_is_too_long_is_itself_too_long_by_one() -> None:
    header, payload = blank(LIMIT)[:14], blank(LIMIT)[14:]
    assert (header[0], header[1], header[2:10]) == (0x81, 0xFF, (LIMIT + 1).to_bytes(8, "big"))
    assert payload == b" " * (LIMIT + 1)


@pytest.mark.parametrize(
    "piece",
    [
        Frame(Opcode.TEXT, b"x" * 100, fin=False),  # one message after another begun, and none of them ended
        Frame(Opcode.CONT, b"x" * 100, fin=False),
        Frame(Opcode.CONT, b"", fin=False),
    ],
    ids=["beginnings", "pieces", "empty pieces"],
)
def test_a_message_without_an_end_takes_no_memory(piece: Frame) -> None:
    frames, most = Frames(LIMIT), 0
    for _ in range(1_000):
        frames.passed(on_the_wire(piece))
        most = max(most, len(frames._held))
    assert most <= LIMIT * len(on_the_wire(Frame(Opcode.CONT, b"x")))


class Transport:
    """What a protocol asks of a connection to a client that reads nothing."""

    def __init__(self) -> None:
        self.aborted = False

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        """What is due to the client keeps it open."""

    def abort(self) -> None:
        self.aborted = True


async def test_a_client_that_neither_answers_nor_reads_is_let_go() -> None:
    config = uvicorn.Config(create_app())
    config.load()
    protocol: Any = PatientProtocol(config, ServerState(), {})
    protocol.transport = Transport()
    protocol.keepalive_timeout()
    assert protocol.transport.aborted


def test_a_message_that_begins_in_the_middle_of_another_is_left_to_the_library_to_refuse() -> None:
    begun, other = (on_the_wire(Frame(Opcode.TEXT, text, fin=fin)) for text, fin in ((b"{", False), (b"{}", True)))
    frames = Frames(LIMIT)
    assert frames.passed(begun) == b""
    assert frames.passed(other) == begun + other
