"""What the commands share: examples, names that are looked up, and how output and errors are written."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from noc_tui.sim.catalog import Catalog
    from noc_tui.sim.incident import Incident

IncidentFolders = Annotated[
    list[Path] | None,
    typer.Option("--incidents", metavar="DIR", help="A folder with incident files of your own. Can be repeated."),
]

_LIMIT = 1000
_tracebacks = {"wanted": False}


def examples(*commands: str) -> str:
    """An epilog of commands, each on a line of its own that can be copied."""
    return "\n".join(["\b", "Examples:" if len(commands) > 1 else "Example:", *(f"  {line}" for line in commands)])


def show_tracebacks(*, wanted: bool) -> None:
    """Remember whether the user asked for tracebacks."""
    _tracebacks["wanted"] = wanted


def fail(error: Exception, code: int = 1) -> NoReturn:
    """End with one sentence on standard error; with `--debug` the traceback stands before it."""
    if _tracebacks["wanted"]:
        traceback.print_exception(error)
    complain(_sentence(error), code)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if type(error).__module__.startswith("noc_tui."):
        return str(error)
    kind = type(error).__name__
    return f"unexpected {kind}: {str(error) or 'it says no more'} (noc-tui --debug COMMAND shows where)"


def complain(sentence: str, code: int) -> NoReturn:
    """End with this sentence on standard error and this exit code."""
    notice(sentence)
    sys.exit(code)


def notice(sentence: str) -> None:
    """Write a sentence to standard error, without what could steer a terminal."""
    typer.echo(f"noc-tui: {clean(sentence, _LIMIT)}", err=True)


def say(line: str) -> None:
    """Write a line to standard output, without what could steer a terminal."""
    typer.echo(clean(line, 4 * _LIMIT))


def say_json(values: Mapping[str, Any]) -> None:
    """Write one object as a line of ASCII JSON."""
    typer.echo(json.dumps(values))


def need_terminal(command: str, instead: str) -> None:
    """Exit 2 unless standard input and output are a terminal."""
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output")):
        if stream is None or not stream.isatty():
            complain(f"{command} needs a terminal, and standard {name} is none; without one, use {instead}", 2)


def incident_folders(given: Sequence[Path] | None) -> tuple[Path, ...]:
    """The folders of `--incidents`, each once and none that is looked at anyway. Exits 2 for one that is not there."""
    if not given:
        return ()
    from noc_tui.sim.catalog import default_catalog

    folders: dict[str, Path] = {}
    for folder in given:
        path = Path(os.path.expanduser(folder))  # noqa: PTH111  (Path.expanduser raises where there is no home)
        if not (path.is_dir() and os.access(path, os.R_OK | os.X_OK)):
            complain(f"--incidents {folder}: is no folder that can be read", 2)
        folders.setdefault(os.path.realpath(path), path)
    for usual in default_catalog().folders:
        folders.pop(os.path.realpath(usual), None)
    return tuple(folders.values())


def load_incident(catalog: Catalog, name: str) -> Incident:
    """The incident of that name. Exits 2 when there is none, 1 when its file cannot be used."""
    from noc_tui.sim.errors import IncidentError, UnknownIncidentError

    try:
        return catalog.load(name)
    except UnknownIncidentError as error:
        fail(error, 2)
    except IncidentError as error:
        fail(error)


def find_recording(name: str) -> Path:
    """The file of a session that is named by id, part of one, path, or `last`. Exits 2 when there is none."""
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import find_session

    try:
        return find_session(name)
    except SessionError as error:
        fail(error, 2)
