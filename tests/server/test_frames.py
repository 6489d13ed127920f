"""What goes through of the frames that a client sends, however they come in."""

from __future__ import annotations

from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from noc_tui.server.app import create_app
from noc_tui.server.frames import Frames, PatientProtocol, blank

LIMIT = 200


def on_the_wire(frame: Frame, length_bytes: int = 0) -> bytes:
    """The frame as a client sends it; the length may stand in more bytes than it needs."""
    sent = frame.serialize(mask=True)
    if length_bytes and sent[1] & 0x7F < 126:
        mark = 0x80 | (126 if length_bytes == 2 else 127)
        sent = bytes([sent[0], mark]) + len(frame.data).to_bytes(length_bytes, "big") + sent[2:]
    return sent


def message(pieces: list[bytes], kind: Opcode = Opcode.TEXT, length_bytes: int = 0) -> list[bytes]:
    """The frames of a message that comes in these pieces."""
    return [
        on_the_wire(Frame(Opcode.CONT if place else kind, piece, fin=place == len(pieces) - 1), length_bytes)
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
KINDS = st.sampled_from([Opcode.TEXT, Opcode.BINARY])
PINGS = st.lists(st.integers(0, 4), max_size=2)
MESSAGES = st.lists(st.tuples(PIECES, KINDS, st.sampled_from([0, 2, 8]), PINGS), max_size=5)


@given(messages=MESSAGES, sizes=st.lists(st.integers(1, 300), max_size=30), limit=st.sampled_from([LIMIT, 10]))
def test_messages_go_through_as_they_are_and_a_blank_one_in_place_of_each_that_is_too_long(
    messages: list[tuple[list[bytes], Opcode, int, list[int]]], sizes: list[int], limit: int
) -> None:
    sent, expected = b"", b""
    for pieces, kind, length_bytes, pings in messages:
        frames = message(pieces, kind, length_bytes)
        size = len(pieces[0]) + sum(max(len(piece), 1) for piece in pieces[1:])
        between = sorted(place for place in pings if 0 < place < len(frames))
        ping = on_the_wire(Frame(Opcode.PING, b"there?"))
        for place, frame in enumerate(frames):
            sent += ping * between.count(place) + frame
        expected += ping * len(between) + (b"".join(frames) if size <= limit else blank(limit))
    frames_read = Frames(limit)
    assert b"".join(frames_read.passed(chunk) for chunk in chunks(sent, sizes)) == expected


def test_a_short_message_over_a_shorter_limit_is_too_long_too() -> None:
    assert Frames(10).passed(on_the_wire(Frame(Opcode.TEXT, b"x" * 11))) == blank(10)


BEFORE = {
    "nothing": b"",
    "a message": on_the_wire(Frame(Opcode.TEXT, b"{}")),
    "a piece": on_the_wire(Frame(Opcode.TEXT, b"{", fin=False)),
    "a piece that is too long": on_the_wire(Frame(Opcode.TEXT, b"x" * 2 * LIMIT, fin=False)),
    "too many pieces": b"".join(message([b"x" * LIMIT] * 4)[:-1]),
}
WRONG = {
    "compressed": b"\xc1\x81\0\0\0\0x",
    "a reserved bit": b"\x11\x81\0\0\0\0x",
    "an unknown kind": b"\x03\x81\0\0\0\0x",
    "an unknown control frame": b"\x8b\x80\0\0\0\0",
    "unmasked": b"\x01\x01x",
    "unmasked, in two bytes": b"\x01\x7e\x01\x2c" + b"x" * 300,
    "a ping in pieces": b"\x09\x80\0\0\0\0",
    "a ping that is too long": on_the_wire(Frame(Opcode.PING, b"")).replace(b"\x80", b"\xfe\0\x7e", 1) + b"x" * 126,
    "a request": b"GET / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("size", [1, 10_000])
def test_what_is_no_websocket_ends_the_connection_whatever_came_before(before: bytes, wrong: bytes, size: int) -> None:
    assert isinstance(refused(before + wrong, size), ProtocolError)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("nothing", Opcode.CONT),
        ("a message", Opcode.CONT),
        ("a piece", Opcode.TEXT),
        ("a piece that is too long", Opcode.TEXT),
        ("too many pieces", Opcode.BINARY),
    ],
)
def test_a_piece_without_a_beginning_ends_the_connection_and_so_does_a_second_beginning(
    before: str, kind: Opcode, size: int
) -> None:
    out_of_place = [on_the_wire(Frame(kind, b"{}", fin=fin)) for fin in (True, False)]
    for piece in out_of_place:
        assert isinstance(refused(BEFORE[before] + piece, size), ProtocolError)


def refused(data: bytes, size: int) -> Exception | None:
    """Why the library ends the connection over what comes through, in chunks of a size; None: it does not."""
    frames, library = Frames(LIMIT), ServerProtocol(state=OPEN, max_size=LIMIT + 1)
    for chunk in chunks(data, [size] * (len(data) // size)):
        library.receive_data(frames.passed(chunk))
    return library.parser_exc


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
