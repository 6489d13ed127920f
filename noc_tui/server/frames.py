"""WebSocket messages that are too long: taken off the wire as they come, and not kept.

A library that gathers a message before anybody can look at it has to end the connection over one that no memory is to
be spent on. Here such a message becomes a blank one, which is refused like any other that is too long, and the
connection lives on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_FINAL = 0x80
"""The bit of a frame's first byte that tells the last one of a message."""
_RESERVED = 0x70
"""Bits of the first byte that nobody may set without having agreed on an extension, and here nobody has."""
_OPCODE = 0x0F
_CONTINUATION, _TEXT, _BINARY = 0, 1, 2
_FIRST_CONTROL_OPCODE = 8
_MASKED = 0x80
"""The bit of its second byte that tells that four bytes of mask follow the length, as in all that a client sends."""
_LENGTH = 0x7F
_IN_2_BYTES, _IN_8_BYTES = 126, 127
"""Where that says no length, but in how many bytes it follows."""
_SHORT_HEADER = 6
_BEGUN = bytes([_TEXT, _MASKED]) + bytes(4)
"""A first piece without anything in it."""


@lru_cache(maxsize=1)
def blank(limit: int) -> bytes:
    """A message of spaces, of one byte more than the limit, as a frame."""
    size = limit + 1
    return b"\x81\xff" + size.to_bytes(8, "big") + bytes(4) + b" " * size


class Frames:
    """The frames that a client sends (RFC 6455, section 5.2), but for those of messages over a limit of bytes.

    In place of such a message, when it has ended, comes a blank one that is a byte over the limit. The frames of a
    message that comes in pieces are held until it is whole. What is no WebSocket goes through as it is, for the library
    to refuse.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._longest_short = _MASKED | min(limit, _IN_2_BYTES - 1)
        """The second byte of a frame with the longest payload whose length stands there, and is within the limit."""
        self._unread = b""
        """The beginning of a header that has not arrived whole."""
        self._left = 0
        """How many bytes of the frame's payload are still to come."""
        self._ends = False
        """Whether the frame is the last one of its message."""
        self._size = 0
        """Bytes of the message so far. A piece without any counts as one, so that nobody can send them for ever."""
        self._out = bytearray()
        """What goes through."""
        self._held = bytearray()
        """The frames of a message that is not whole yet; of one that is too long, that it has begun."""
        self._into: bytearray | None = self._out
        """Where what is still to come of the frame goes; None: nowhere."""

    def passed(self, data: bytes) -> bytes:
        """What goes through of what has been sent next."""
        if not (self._left or self._unread or self._held) and self._is_short_message(data):
            return data
        data, self._unread = self._unread + data, b""
        at = 0
        while at < len(data):
            if not self._left:
                size = _header_size(data, at)
                if size is None:
                    self._unread = data[at:]
                    break
                self._begin(data[at : at + size])
                at += size
            payload = data[at : at + self._left]
            at += len(payload)
            self._left -= len(payload)
            if self._into is not None:
                self._into += payload
            if not self._left and self._ends:
                self._end()
        passed = bytes(self._out)
        self._out.clear()
        return passed

    def _begin(self, header: bytes) -> None:
        opcode, length = header[0] & _OPCODE, _length(header)
        self._left = length
        self._ends = False
        if opcode >= _FIRST_CONTROL_OPCODE:  # may stand between the pieces of a message
            self._out += header
            self._into = self._out
        elif _is_wrong(header) or (opcode == _CONTINUATION) is not bool(self._held):
            self._out += self._held + header
            self._held.clear()
            self._into = self._out
        else:
            self._ends = bool(header[0] & _FINAL)
            self._size = self._size + max(length, 1) if opcode == _CONTINUATION else length
            if self._size <= self._limit:
                self._held += header
                self._into = self._held
            else:
                self._held[:] = _BEGUN
                self._into = None

    def _end(self) -> None:
        self._ends = False
        self._out += self._held if self._size <= self._limit else blank(self._limit)
        self._held.clear()

    def _is_short_message(self, data: bytes) -> bool:
        """Whether that is a message of a few bytes or a control frame, whole and alone, as nearly all that comes is."""
        return (
            len(data) >= _SHORT_HEADER
            and data[0] > _FINAL | _CONTINUATION
            and _MASKED <= data[1] <= self._longest_short
            and len(data) == _SHORT_HEADER + (data[1] & _LENGTH)
        )


class PatientProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, but that a message of `ws_max_size` bytes or more ends no connection, and a dead one is let go."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._frames = Frames(self.config.ws_max_size - 1)

    def data_received(self, data: bytes) -> None:
        """What the client has sent: first its request for a WebSocket, from then on frames."""
        super().data_received(self._frames.passed(data) if self.handshake_initiated else data)

    def keepalive_timeout(self) -> None:
        """The client has not answered a ping."""
        super().keepalive_timeout()
        self.transport.abort()  # it may not read either: a mere close would wait until it has got all that is due to it


def _is_wrong(header: bytes) -> bool:
    """Whether that is the header of no message that a client may send."""
    first, second = header[:2]
    return bool(first & _RESERVED) or first & _OPCODE > _BINARY or not second & _MASKED


def _header_size(data: bytes, at: int) -> int | None:
    """How long the header there is; None: it has not arrived whole."""
    if len(data) < at + 2:
        return None
    second = data[at + 1]
    size = 2 + {_IN_2_BYTES: 2, _IN_8_BYTES: 8}.get(second & _LENGTH, 0) + (4 if second & _MASKED else 0)
    return size if len(data) >= at + size else None


def _length(header: bytes) -> int:
    """How long the payload is, as its header says."""
    length = header[1] & _LENGTH
    if length < _IN_2_BYTES:
        return length
    return int.from_bytes(header[2 : 4 if length == _IN_2_BYTES else 10], "big")
