"""The commands that open the terminal program: home, play, watch, replay (which can also verify without one)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import IncidentFolders, complain, fail, need_terminal
from noc_tui.cli.completion import complete_agents, complete_incidents, complete_sessions

if TYPE_CHECKING:
    from noc_tui.tui.launch import Launch

HEADLESS = "noc-tui run --agent rules --incident cpu_overload"

IncidentArgument = Annotated[
    str | None, typer.Argument(help="An incident id (noc-tui incidents list).", autocompletion=complete_incidents)
]
SeedOption = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="The same seed gives the same episode.")]


class PaceChoice(StrEnum):
    """Whether the world waits."""

    TURN = "turn"
    LIVE = "live"


PaceOption = Annotated[PaceChoice | None, typer.Option(help="turn: the world waits for your key; live: it moves.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: noc-tui play cpu_overload --seed 7 --pace live")(play)
    app.command(epilog="Example: noc-tui watch network_congestion --agent rules")(watch)
    app.command(
        epilog="Examples: noc-tui replay last; noc-tui replay run.jsonl --verify; noc-tui replay last --follow"
    )(replay)


def home() -> None:
    """Open the home screen."""
    _open("noc-tui", face="home")


def play(
    incident: IncidentArgument = None,
    seed: SeedOption = None,
    pace: PaceOption = None,
    agent: Annotated[
        str | None, typer.Option(help="Who takes over on the key a.", autocompletion=complete_agents)
    ] = None,
    incidents: IncidentFolders = None,
) -> None:
    """Play an incident by keyboard. Without one, choose from a list."""
    _check(incident, agent, incidents)
    _open(
        "noc-tui play",
        face="play" if incident else "picker",
        incident=incident,
        seed=seed,
        pace=pace.value if pace else None,
        agent=agent,
        incident_folders=tuple(incidents or ()),
    )


def watch(
    incident: IncidentArgument = None,
    agent: Annotated[str | None, typer.Option(help="Who plays.", autocompletion=complete_agents)] = None,
    seed: SeedOption = None,
    incidents: IncidentFolders = None,
) -> None:
    """Let an agent play, and watch it. Any action key takes over."""
    _check(incident, agent, incidents)
    _open(
        "noc-tui watch",
        face="play" if incident else "picker",
        incident=incident,
        seed=seed,
        agent=agent,
        watch=True,
        incident_folders=tuple(incidents or ()),
    )


def replay(
    session: Annotated[
        str | None,
        typer.Argument(help="A session file, an id or part of one, or `last`.", autocompletion=complete_sessions),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Simulate it again, compare every figure bit for bit, and exit.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Show a session that another process is still writing.")
    ] = False,
    start: Annotated[int | None, typer.Option("--from", min=0, metavar="STEP", help="Begin at this step.")] = None,
) -> None:
    """Replay a recording. Without one, choose from a list."""
    if session is None:
        if verify or follow:
            complain("name a session to verify or follow, such as last (noc-tui sessions list)", 2)
        _open("noc-tui replay", face="sessions")
        return
    path = _find(session)
    if verify:
        _verify(path)
        return
    _open("noc-tui replay", face="replay", session=path, follow=follow, step=start)


def _open(command: str, **launch: object) -> None:
    need_terminal(command, HEADLESS if "replay" not in command else "noc-tui replay SESSION --verify")
    from noc_tui.tui.app import run_app
    from noc_tui.tui.launch import Launch

    asked: Launch = Launch(**launch)  # type: ignore[arg-type]
    raise typer.Exit(run_app(asked))


def _check(incident: str | None, agent: str | None, folders: list[Path] | None) -> None:
    """Refuse wrong names before the screen is taken over. What cannot be seen from names alone is told inside."""
    for folder in folders or ():
        if not folder.is_dir():
            complain(f"--incidents {folder}: there is no such folder", 2)
    if incident is not None:
        from noc_tui.sim.catalog import catalog_of
        from noc_tui.sim.errors import IncidentError

        try:
            catalog_of(folders or ()).path(incident)
        except IncidentError as error:
            complain(str(error), 2)
    if agent is not None:
        from noc_tui.agents.base import AgentError
        from noc_tui.agents.registry import agent_factory

        try:
            agent_factory(agent)
        except AgentError as error:
            complain(str(error), 2)


def _find(name: str) -> Path:
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import find_session

    try:
        return find_session(name)
    except SessionError as error:
        fail(error)


def _verify(path: Path) -> None:
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.reader import SessionFile
    from noc_tui.episode.verify import verify

    try:
        session = SessionFile.open(path)
        result = verify(session)
    except SessionError as error:
        fail(error)
    for notice in session.notices:
        typer.echo(f"noc-tui: {notice}", err=True)
    if not result.ok:
        note = f" ({result.note})" if result.note else ""
        complain(f"{path.name} differs: {result.difference}{note}", 1)
    ended = session.end.outcome if session.end else "interrupted"
    typer.echo(f"{path.name}: verified, all figures of {result.steps} steps are equal to the last bit ({ended})")
