"""`noc-tui doctor`: what is installed, where files lie, and whether terminal, settings, agents and models will do."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from noc_tui.cli.common import examples, say
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from noc_tui.agents.llm.checking import Connection
    from noc_tui.agents.llm.profiles import Profile
    from noc_tui.preferences import Preferences

State = Literal["ok", "note", "bad"]
_GLYPH: dict[State, str] = {"ok": "✓", "note": "·", "bad": "!"}
_PACKAGES = ("textual", "numpy", "pydantic", "openai", "typer")
_LEAST_FREE_MIB = 10
_MOST_PROBLEMS = 10
_LONGEST = 600
_MODEL_SECONDS = 10.0
"""How long a model is waited for, whatever its profile says."""
_COLOURS = {"standard": "16", "256": "256", "truecolor": "16 million"}
"""By Rich's names for what a terminal can do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    state: State
    subject: str
    text: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="Check the installation.", epilog=examples("noc-tui doctor", "noc-tui doctor --offline"))(
        doctor
    )


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no model and no server.", show_default=False)] = False,
) -> None:
    """Check packages, terminal, settings, folders, sessions, database, incidents, agents and models.

    Each model that is set is asked for one decision, which may cost something, and a database on a server is
    connected to; where neither is set, nothing goes over the network. Changes nothing. Exit code 1 if something is
    wrong; such a line begins with an exclamation mark.
    """
    bad = False
    for finding in findings(offline=offline):
        bad = bad or finding.state == "bad"
        say(f"{_GLYPH[finding.state]} {finding.subject:<10} {finding.text}")
    if bad:
        raise typer.Exit(1)


def findings(*, offline: bool = False) -> Iterator[Finding]:
    """Everything there is to report, or all of it that takes no network.

    A check that itself fails is a finding, and ends no other.
    """
    checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("noc-tui", _installed),
        ("terminal", _terminal),
        ("settings", _settings),
        ("data", _data),
        ("sessions", _sessions),
        ("database", partial(_database, offline=offline)),
        ("incidents", _incidents),
        ("agents", _agents),
        ("models", partial(_models, offline=offline)),
    )
    for subject, check in checks:
        try:
            yield from check()
        except Exception as error:  # noqa: BLE001  (whatever is broken is what the user wants to hear about)
            yield Finding("bad", subject, f"cannot be checked: {type(error).__name__}: {error}")


def _installed() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    from noc_tui import __version__

    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("bad", "noc-tui", f"{name} is not installed; install noc-tui again")
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("ok", "noc-tui", f"{__version__} on Python {python}; {', '.join(found)}")


def _terminal() -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("note", "terminal", "none here; play, watch and replay need one, all other commands do not")
        return
    kind = os.environ.get("TERM", "")
    size = shutil.get_terminal_size()
    small = "; smaller than 80x24, so that parts are hidden" if size.columns < 80 or size.lines < 24 else ""
    if kind in {"", "dumb", "unknown"}:
        yield Finding("bad", "terminal", f"TERM={kind} cannot draw; set TERM to what the terminal is, or use another")
    else:
        yield Finding("note" if small else "ok", "terminal", f"{size.columns}x{size.lines}, TERM={kind}{small}")
    encoding = sys.stdout.encoding.lower().replace("-", "")
    if encoding == "utf8":
        yield Finding("ok", "encoding", "UTF-8")
    else:
        yield Finding("bad", "encoding", f"{encoding}, without blocks and arrows; set LANG to a UTF-8 locale")
    yield Finding("ok", "colours", _colours())


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "none, as NO_COLOR asks"
    from rich.console import Console

    system = Console().color_system or ""
    advice = "" if system == "truecolor" else "; set COLORTERM=truecolor if the terminal can do more"
    return _COLOURS.get(system, "none") + advice


def _settings() -> Iterator[Finding]:
    from noc_tui import paths
    from noc_tui.preferences import load_preferences

    preferences = load_preferences()
    problems = [*preferences.notices, *_problems_of(preferences)]
    for problem in problems:
        yield Finding("bad", "settings", problem)
    if not problems:
        file = paths.config_file()
        yield Finding("ok", "settings", str(file) if file.exists() else f"none; they would stand in {file}")


def _problems_of(preferences: Preferences) -> Iterator[str]:
    """What is wrong with values that are valid as such. Textual is loaded only if there are any that it decides on."""
    default = type(preferences)()
    if preferences.keys:
        from noc_tui.tui.keymap import resolve_keys

        yield from resolve_keys(preferences.keys)[1]
    if preferences.theme != default.theme:
        from textual.theme import BUILTIN_THEMES

        from noc_tui.tui.theme import THEMES

        ours = [theme.name for theme in THEMES]
        if preferences.theme not in {*ours, *BUILTIN_THEMES}:
            yield f"theme: there is no {preferences.theme!r}; there are {', '.join(ours)}, and Textual's"
    if preferences.agent != default.agent:
        from noc_tui.agents.base import AgentError
        from noc_tui.agents.registry import agent_factory

        try:
            agent_factory(preferences.agent)
        except AgentError as error:
            yield f"agent: {error}"


def _data() -> Iterator[Finding]:
    """Whether sessions can be written, found out by looking at the nearest folder that exists."""
    from noc_tui import paths

    folder = paths.sessions_dir()
    nearest = folder
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not (os.path.isdir(nearest) and os.access(nearest, os.W_OK | os.X_OK)):  # noqa: PTH112  (Path.is_dir raises)
        yield Finding("bad", "data", f"{folder}: cannot be written, for {nearest} cannot: sessions will not be saved")
        return
    free = shutil.disk_usage(nearest).free // 2**20
    if free < _LEAST_FREE_MIB:
        yield Finding("bad", "data", f"{folder}: only {free} MiB are free there")
    else:
        yield Finding("ok", "data", f"{folder}, {free} MiB free")


def _sessions() -> Iterator[Finding]:
    from noc_tui.episode.library import list_sessions

    summaries, problems = list_sessions()
    if summaries or not problems:
        yield Finding("ok", "sessions", f"{len(summaries)} recorded")
    yield from _few("sessions", problems)


def _database(*, offline: bool) -> Iterator[Finding]:
    """Where results are remembered, whether they can be, and what waits until they can."""
    from noc_tui import paths
    from noc_tui.preferences import load_preferences
    from noc_tui.store.checking import state_of
    from noc_tui.store.errors import StoreError
    from noc_tui.store.place import place_of
    from noc_tui.store.queue import Queue

    try:
        place = place_of(load_preferences().store)
        if offline and place.file is None:
            yield Finding("note", "database", f"{place.shown} was not asked, as --offline wants it")
        else:
            yield Finding("ok", "database", f"{place.shown}, {state_of(place)}")
    except StoreError as error:
        yield Finding("bad", "database", str(error))
    if waiting := len(Queue(paths.queue_dir()).files()):
        files = "1 file of results waits" if waiting == 1 else f"{waiting} files of results wait"
        yield Finding("note", "database", f"{files} in {paths.queue_dir()} to be taken in")


def _incidents() -> Iterator[Finding]:
    from noc_tui.sim.catalog import default_catalog

    catalog = default_catalog()
    found, errors = catalog.load_all()
    yield Finding("ok" if found else "bad", "incidents", f"{len(found)} in {', '.join(map(str, catalog.folders))}")
    yield from _few("incidents", [str(error) for error in errors])


def _agents() -> Iterator[Finding]:
    from noc_tui.agents.registry import agent_names

    names, problems = agent_names()
    yield Finding("ok", "agents", ", ".join(agent.usage for agent in names))
    yield from _few("agents", problems)


def _models(*, offline: bool) -> Iterator[Finding]:
    """One real call for each profile, all of them at the same time."""
    import asyncio

    from noc_tui.agents.llm.profiles import all_profiles

    profiles, problems = all_profiles()
    if not profiles and not problems:
        yield Finding("note", "models", "none is set; see the agents screen (a on the home screen), or docs/agents.md")
    if offline:
        for profile in profiles:
            yield Finding("note", "models", f"{profile.name}: {profile.host} was not asked, as --offline wants it")
    elif profiles:
        for connection in asyncio.run(_connections(profiles)):
            yield Finding("ok" if connection.works else "bad", "models", clean(connection.message, _LONGEST))
    yield from _few("models", problems)


async def _connections(profiles: list[Profile]) -> list[Connection]:
    import asyncio

    from noc_tui.agents.llm.checking import check_connection

    limited = [replace(profile, time_limit=min(profile.time_limit, _MODEL_SECONDS)) for profile in profiles]
    return await asyncio.gather(*map(check_connection, limited))


def _few(subject: str, problems: list[str]) -> Iterator[Finding]:
    """The first problems, and how many more there are."""
    for problem in problems[:_MOST_PROBLEMS]:
        yield Finding("bad", subject, problem)
    if len(problems) > _MOST_PROBLEMS:
        yield Finding("bad", subject, f"and {len(problems) - _MOST_PROBLEMS} more like these")
