"""What the commands share: how errors and missing terminals are told."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

IncidentFolders = Annotated[
    list[Path] | None,
    typer.Option("--incidents", metavar="DIR", help="A folder with incident files of your own. Can be repeated."),
]

_DEBUG = {"on": False}


def no_traceback_for(*, debug: bool) -> None:
    """Remember whether the user asked for tracebacks."""
    _DEBUG["on"] = debug


def fail(error: Exception, code: int = 1) -> NoReturn:
    """End with one sentence on standard error; with `--debug` the traceback as well."""
    if _DEBUG["on"]:
        traceback.print_exception(error)
    complain(str(error) or type(error).__name__, code)


def complain(sentence: str, code: int) -> NoReturn:
    """End with this sentence on standard error, control codes taken out, and this exit code."""
    from noc_tui.text import clean

    typer.echo(f"noc-tui: {clean(sentence, 1000)}", err=True)
    sys.exit(code)


def need_terminal(command: str, instead: str) -> None:
    """Exit 2 unless standard input and output are a terminal."""
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output")):
        if stream is None or not stream.isatty():
            complain(f"{command} needs a terminal, and standard {name} is none; without one, use {instead}", 2)
