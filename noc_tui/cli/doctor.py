"""`noc-tui doctor`: what is installed, where files lie, whether the terminal will do."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

State = Literal["ok", "note", "bad"]
_GLYPH: dict[State, str] = {"ok": "✓", "note": "·", "bad": "!"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    state: State
    subject: str
    text: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor() -> None:
    """Check what is installed, where files lie, and whether the terminal will do. Exit code 1 if something is wrong."""
    bad = False
    for finding in findings():
        bad = bad or finding.state == "bad"
        typer.echo(f"{_GLYPH[finding.state]} {finding.subject:<12} {finding.text}")
    if bad:
        raise typer.Exit(1)


def findings() -> Iterator[Finding]:
    """Everything there is to report."""
    yield from _installed()
    yield from _terminal()
    yield from _settings()
    yield from _files()
    yield from _incidents()
    yield from _agents()


def _installed() -> Iterator[Finding]:
    from importlib.metadata import version

    from noc_tui import __version__

    python = ".".join(str(part) for part in sys.version_info[:3])
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "numpy", "pydantic", "openai"))
    yield Finding("ok", "noc-tui", f"{__version__} on Python {python}; {packages}")


def _terminal() -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("note", "terminal", "none here: play, watch and replay need one, run and --verify do not")
        return
    size = shutil.get_terminal_size()
    small = "; smaller than 80x24, so parts are hidden" if size.columns < 80 or size.lines < 24 else ""
    yield Finding(
        "note" if small else "ok", "terminal", f"{size.columns}x{size.lines}, TERM={os.environ.get('TERM', '')}{small}"
    )
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    utf8 = encoding == "utf8"
    yield Finding(
        "ok" if utf8 else "bad",
        "encoding",
        "UTF-8" if utf8 else f"{encoding}: blocks and arrows will be wrong; set LANG to a UTF-8 locale",
    )
    if os.environ.get("NO_COLOR"):
        colours = "none, as NO_COLOR asks"
    elif os.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        colours = "16 million"
    else:
        colours = "256 or fewer; set COLORTERM=truecolor if your terminal can do more"
    yield Finding("ok", "colours", colours)


def _settings() -> Iterator[Finding]:
    from noc_tui import paths
    from noc_tui.preferences import load_preferences
    from noc_tui.tui.keymap import resolve_keys

    preferences = load_preferences()
    _, clashes = resolve_keys(preferences.keys)
    file = paths.config_file()
    problems = [*preferences.notices, *clashes]
    for problem in problems:
        yield Finding("bad", "settings", problem)
    if not problems:
        yield Finding("ok", "settings", str(file) if file.exists() else f"defaults; {file} would override them")


def _files() -> Iterator[Finding]:
    from noc_tui import paths
    from noc_tui.episode.library import list_sessions

    folder = paths.sessions_dir()
    yield _writable(folder)
    summaries, problems = list_sessions()
    yield Finding("ok", "sessions", f"{len(summaries)} recorded")
    for problem in problems:
        yield Finding("bad", "sessions", problem)


def _writable(folder: Path) -> Finding:
    """Whether sessions can be written, found out by looking at the nearest folder that exists."""
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        free = shutil.disk_usage(nearest).free // 2**20
        return Finding("ok" if free >= 10 else "bad", "data", f"{folder}, {free} MiB free")
    return Finding("bad", "data", f"{folder} cannot be written: sessions will not be saved")


def _incidents() -> Iterator[Finding]:
    from noc_tui.sim.catalog import default_catalog

    catalog = default_catalog()
    found, errors = catalog.load_all()
    yield Finding("ok" if found else "bad", "incidents", f"{len(found)} in {', '.join(map(str, catalog.folders))}")
    for error in errors:
        yield Finding("bad", "incidents", str(error))


def _agents() -> Iterator[Finding]:
    from noc_tui.agents.registry import agent_names

    names, problems = agent_names()
    yield Finding("ok", "agents", ", ".join(agent.usage for agent in names))
    for problem in problems:
        yield Finding("bad", "agents", problem)
