"""Reading a session file: checked and indexed once, each step then read from disk when it is asked for."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Literal, Self

from noc_tui.episode.asides import Asides
from noc_tui.episode.errors import SessionDamagedError, SessionError
from noc_tui.episode.files import is_being_written, open_session_file
from noc_tui.episode.format import MAX_LINE_BYTES, parse_event, parse_header
from noc_tui.episode.records import Aside, EndRecord, Header, StepRecord
from noc_tui.episode.track import check_step_number, count_uses
from noc_tui.sim.actions import ACTION_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SessionState = Literal["ended", "interrupted", "live"]

_BLOCK: Final = 1 << 20
_CACHED_STEPS: Final = 2048


class SessionFile(Asides):
    """A recorded session of any length. Every line is checked once and indexed, so that any step is at hand at once.

    `steps` counts the steps; `record(n)` gives step n, from 1. The other events are `asides` (`controls`, `marks`,
    `diagnoses` and `suggestions`) and `end`. A torn last line is left out, with a notice. `refresh` reads what another
    process has appended since.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.header: Header
        self.end: EndRecord | None = None
        self.damage: SessionDamagedError | None = None
        """Damage in the middle, where the file was opened to save what stands before it."""
        self.health = array("d")
        """Health after each step."""
        self.whole_bytes = 0
        """Bytes of the file that are whole events."""
        self.torn = False
        """Whether the file ends in the middle of a line."""
        self._lines = 0
        self._actions = bytearray()
        self._offsets = array("Q")
        self._lengths = array("I")
        self._aside_steps = array("I")
        self._cache: OrderedDict[int, StepRecord] = OrderedDict()
        self._file = open_session_file(path)

    @classmethod
    def open(cls, path: Path, *, salvage: bool = False) -> Self:
        """Open and check a session.

        Raises `SessionError` for a file that is no session, or is of a newer version, and `SessionDamagedError` for a
        damaged line; with `salvage` the steps before the damage are opened and `damage` tells about it.
        """
        session = cls(path)
        try:
            session._read_appended(salvage=salvage)
            session._check_not_empty()
        except BaseException:
            session.close()
            raise
        return session

    def close(self) -> None:
        """Release the file. Steps that have not been read can no longer be."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def steps(self) -> int:
        return len(self._actions)

    @property
    def state(self) -> SessionState:
        """Ended; or, without an end, being written at this moment, or interrupted."""
        if self.end is not None:
            return "ended"
        try:
            return "live" if is_being_written(self._file) else "interrupted"
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about the file, in sentences."""
        notices = []
        if self.damage is not None:
            notices.append(f"{self.damage}; the {self.steps} steps before it are shown")
        if self.torn and self.state != "live":
            notices.append("The last line is torn (the program was killed while writing it) and is left out.")
        return tuple(notices)

    def record(self, step: int) -> StepRecord:
        """Step `step`, from 1 to `steps`.

        Raises `IndexError` outside of that, `SessionDamagedError` when the file has been changed since it was opened.
        """
        check_step_number(step, 1, self.steps)
        if (cached := self._cache.get(step)) is not None:
            return cached
        line = self._read(self._lengths[step - 1], self._offsets[step - 1])
        try:
            record = parse_event(line)
        except ValueError as error:
            raise SessionDamagedError(self.path, self._line_of(step), str(error), step - 1) from error
        if not isinstance(record, StepRecord) or record.step != step:
            raise SessionDamagedError(self.path, self._line_of(step), f"step {step} no longer stands there", step - 1)
        self._cache[step] = record
        if len(self._cache) > _CACHED_STEPS:
            self._cache.popitem(last=False)
        return record

    def records(self, first: int = 1, last: int | None = None) -> Iterator[StepRecord]:
        """The steps from `first` to `last`, both included."""
        for step in range(first, (self.steps if last is None else last) + 1):
            yield self.record(step)

    def uses(self, step: int) -> tuple[int, ...]:
        """How often each action had been chosen after `step` steps, in the order of `ACTIONS`."""
        return count_uses(self._actions, step)

    def refresh(self) -> bool:
        """Read what has been appended since; True when whole events were.

        Raises `SessionDamagedError` for a damaged line, `SessionError` when the file has become shorter.
        """
        if self.damage is not None:
            return False
        before = self._lines
        self._read_appended(salvage=False)
        return self._lines > before

    # --- reading

    def _check_not_empty(self) -> None:
        if not self._lines:
            raise SessionError(f"{self.path}: is no noc-tui session: it holds no whole line")

    def _read(self, length: int, offset: int) -> bytes:
        try:
            return os.pread(self._file, length, offset)
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> SessionError:
        if self._file < 0:
            return SessionError(f"{self.path}: has been closed")
        return SessionError(f"{self.path}: cannot be read: {getattr(error, 'strerror', None) or error}")

    def _read_appended(self, *, salvage: bool) -> None:
        rest = b""
        position = self.whole_bytes
        if position and not self._read(1, position - 1):
            raise SessionError(f"{self.path}: has become shorter; another program has cut it off or replaced it")
        while block := self._read(_BLOCK, position):
            position += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                if not self._take(line, salvage=salvage):
                    return
            if len(rest) > MAX_LINE_BYTES and not self._take(rest, salvage=salvage):
                return
        self.torn = bool(rest)

    def _take(self, line: bytes, *, salvage: bool) -> bool:
        """Check and index one whole line. False: it is damaged, and what stands before it is to be saved."""
        if not self._lines:
            self.header = parse_header(self.path, line)
        else:
            try:
                self._index(line)
            except ValueError as error:
                damage = SessionDamagedError(self.path, self._lines + 1, str(error), self.steps)
                if not salvage:
                    raise damage from error
                self.damage = damage
                return False
        self._lines += 1
        self.whole_bytes += len(line) + 1
        return True

    def _index(self, line: bytes) -> None:
        """Take one event in. Raises `ValueError` with a clause that says what is wrong."""
        if len(line) > MAX_LINE_BYTES:
            raise ValueError("it is longer than any event of a session")
        event = parse_event(line)
        if self.end is not None:
            raise ValueError(f"a {event.event} event stands after the end of the session")
        if event.event == "header":
            raise ValueError("a second header stands there")
        if isinstance(event, StepRecord):
            if event.step != self.steps + 1:
                raise ValueError(f"step: is {event.step}, but {self.steps + 1} comes next")
            self.health.append(event.health)
            self._offsets.append(self.whole_bytes)
            self._lengths.append(len(line))
            self._actions.append(ACTION_INDEX[event.decision.action])
        elif isinstance(event, Aside):
            self._check_position("step", event.step)
            self._aside_steps.append(event.step)
            self.keep_aside(event)
        else:
            self._check_position("steps", event.steps)
            self.end = event

    def _check_position(self, key: str, step: int) -> None:
        if step != self.steps:
            raise ValueError(f"{key}: is {step}, but {self.steps} steps stand before it")

    def _line_of(self, step: int) -> int:
        """The line on which a step stands: after the header, the steps and the asides before it."""
        return 1 + step + bisect_left(self._aside_steps, step)
