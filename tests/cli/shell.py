"""The program as a shell starts it: in this process, where that tells the same, or as one of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from noc_tui.cli import main
from noc_tui.sim.catalog import default_catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = str(Path(sys.executable).with_name("noc-tui"))


@dataclass(frozen=True)
class Result:
    """What a command has left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class _Stream(io.TextIOWrapper):
    """A standard stream; a terminal, if the test says so."""

    def __init__(self, content: str = "", *, terminal: bool) -> None:
        super().__init__(io.BytesIO(content.encode()), encoding="utf-8", newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def taken(self) -> str:
        """What has been written; nothing that is not UTF-8."""
        self.flush()
        content: Any = self.buffer
        return str(content.getvalue().decode())


def noc(*arguments: str, typed: str = "", terminal: bool = False) -> Result:
    """Run the program in this process: its own entry point, with arguments, streams and exit code."""
    default_catalog.cache_clear()  # a process begins without
    stdin, stdout, stderr = _Stream(typed, terminal=terminal), _Stream(terminal=terminal), _Stream(terminal=terminal)
    with (
        mock.patch.object(sys, "argv", ["noc-tui", *arguments]),
        mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            code = 0
    assert code is None or isinstance(code, int)
    return Result(code or 0, stdout.taken(), stderr.taken())


def program(*arguments: str, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a process of its own, with no terminal."""
    return subprocess.run(
        [PROGRAM, *arguments],
        check=False,
        env=os.environ | dict(env or {}),
        **{"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60} | options,
    )


def started(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the installed program, as a shell does in the foreground: Ctrl-C reaches it."""
    return subprocess.Popen(
        [PROGRAM, *arguments],
        env=os.environ | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (a runner may ignore it)
    )
