"""Where episodes are played and reviewed that need nothing but a processor.

An engine is whatever makes an executor of Python's own kind (`concurrent.futures.Executor`). What it is given are the
functions of `noc_tui.bench.playing`, with values that can be pickled; the recordings go to the folder that they name.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import wait
from threading import Thread
from typing import Final, Protocol, Self


class EngineError(Exception):
    """Processors that cannot be had. The message is one sentence that can be shown as it is."""


class Engine(Protocol):
    """Makes the executor of an evaluation, which shuts it down."""

    def __call__(self) -> Executor:
        """Raises `EngineError`."""


WORTH_A_PROCESS: Final = 20
"""Episodes: to start a process takes as long as to play and review so many."""


class LocalEngine:
    """The processors of this machine: `processes` of them, 1 being this very process."""

    def __init__(self, processes: int) -> None:
        self.processes = processes

    @classmethod
    def for_episodes(cls, number: int) -> Self:
        """As many processes as there are processors, or as so many episodes are worth."""
        return cls(max(1, min(available_processors(), number // WORTH_A_PROCESS)))

    def __call__(self) -> Executor:
        if self.processes == 1:
            return ThreadPoolExecutor(1)
        # A fork would take over an event loop that runs.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.processes, context, initializer=leave_interrupts_to_parent)


def available_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave_interrupts_to_parent() -> None:
    """What a process does first: leave Ctrl-C to the program that started it, and make sure not to outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # an orderly exit would wait for work that nobody will give any more
