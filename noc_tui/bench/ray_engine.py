"""Ray as the engine: the episodes of scripted agents, and all reviews, on the processors of a cluster.

Other machines do not see the folders of this one. They play into a folder of their own, for as long as it takes, and
the recordings come back with the result, to be kept here.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ray
from ray.exceptions import RayError, RayTaskError

from noc_tui.bench.crew import LostProcessError
from noc_tui.bench.engine import EngineError
from noc_tui.bench.playing import Chunk, Played, RecordingError, Terms, play_chunk, review_chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ADDRESS: Final = "RAY_ADDRESS"
"""The environment variable by which Ray knows where a cluster is."""
_OBJECT_STORE_BYTES: Final = 2**28
_AHEAD: Final = 2
"""Calls under way for each processor, so that none waits for the next one. Ctrl-C has to wait for them."""
_MOST: Final = 512
_SECONDS_TO_CONNECT: Final = 5.0
_HOST_AND_PORT: Final = re.compile(r"(?:ray://)?\[?([^\[\]/]+)\]?:([0-9]{1,5})")
"""Of an address; `auto` and `local` have neither."""


class RayEngine:
    """The processors of a Ray cluster: of that at `address` or `RAY_ADDRESS`, else of one that is started here.

    Where this program is part of one already, that is used, and left running.
    """

    def __init__(self, address: str | None, processes: int) -> None:
        self._address = address or os.environ.get(ADDRESS)
        self._processes = processes
        """How many processors the cluster has that is started here."""

    def __call__(self) -> Executor:
        """Raises `EngineError`."""
        ours = not ray.is_initialized()
        if ours:
            self._join()
        return RayExecutor(ours=ours)

    def _join(self) -> None:
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if self._address:
                _knock(self._address)
                ray.init(address=self._address, **quiet)
                return
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # who evaluates what is nobody else's business
            ray.init(
                address="local",
                num_cpus=self._processes,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                **quiet,
            )
        except Exception as error:
            where = f"the Ray cluster at {self._address}" if self._address else "a Ray cluster on this machine"
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise EngineError(f"{where} cannot be had: {reason[:300]}") from error


def _knock(address: str) -> None:
    """Raise `OSError` where nobody listens: Ray itself would try for minutes."""
    if found := _HOST_AND_PORT.fullmatch(address):
        socket.create_connection((found[1], int(found[2])), _SECONDS_TO_CONNECT).close()


class RayExecutor(Executor):
    """Calls `play_chunk` and `review_chunk` somewhere in the cluster that this program is part of."""

    def __init__(self, *, ours: bool) -> None:
        self._ours = ours
        """Whether the program joined the cluster for this, and is to leave it."""
        processors = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        self._waiting = ThreadPoolExecutor(min(_MOST, max(1, _AHEAD * processors)), "noc-tui ray")

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """The result of the call. Raises `ValueError` for a function that it does not know."""
        if function not in _CALLS:
            raise ValueError(f"{function} is none of what a cluster is asked to do")
        return self._waiting.submit(_CALLS[function], *arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is being done, and keep it; leave the cluster."""
        self._waiting.shutdown(wait=wait, cancel_futures=cancel_futures)
        if self._ours:
            ray.shutdown()


class _Brought(NamedTuple):
    """What comes back from another machine."""

    played: Played
    recordings: dict[str, bytes]
    """By the names of the files."""


def _play(chunk: Chunk, terms: Terms) -> Played:
    """Have episodes played, and keep the recordings."""
    brought: _Brought = _done(_play_there.remote(chunk, terms))
    for name, content in brought.recordings.items():
        _keep(terms.sessions / name, content)
    return brought.played


def _review(recordings: Sequence[Path]) -> Played:
    """Have recordings measured and reviewed."""
    played: Played = _done(_review_there.remote({path.name: path.read_bytes() for path in recordings}))
    return played


_CALLS: Final[dict[Callable[..., Any], Callable[..., Played]]] = {play_chunk: _play, review_chunk: _review}


def _done(reference: Any) -> Any:
    """What a call brings. Raises what it raised, and `LostProcessError` where the cluster lost it."""
    try:
        return ray.get(reference)
    except RayTaskError as error:
        raise error.cause from error
    except RayError as error:
        raise LostProcessError(str(error)) from error


def _keep(path: Path, content: bytes) -> None:
    """Write a recording as a session is written: for its user alone, and under its name once it is whole."""
    beside = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(content)
        beside.replace(path)
    except OSError as error:
        raise RecordingError(f"{error.filename or path}: {error.strerror}") from error


# --- on the other machine


@ray.remote(num_cpus=1)
def _play_there(chunk: Chunk, terms: Terms) -> _Brought:
    with TemporaryDirectory(prefix="noc-tui-") as folder:
        played = play_chunk(chunk, replace(terms, sessions=Path(folder)))
        return _Brought(played, {path.name: path.read_bytes() for path in Path(folder).iterdir()})


@ray.remote(num_cpus=1)
def _review_there(recordings: dict[str, bytes]) -> Played:
    with TemporaryDirectory(prefix="noc-tui-") as folder:
        paths = [Path(folder, name) for name in recordings]
        for path in paths:
            path.write_bytes(recordings[path.name])
        played = review_chunk(paths)
        return played._replace(notices=tuple(sentence.replace(f"{folder}{os.sep}", "") for sentence in played.notices))
