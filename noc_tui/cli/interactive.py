"""The commands that open the terminal program: home, play, watch, replay (which can also verify without one)."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from noc_tui.cli.common import (
    IncidentFolders,
    complain,
    examples,
    fail,
    find_recording,
    incident_folders,
    load_incident,
    need_terminal,
    notice,
    say,
)
from noc_tui.cli.completion import complete_incidents, complete_sessions
from noc_tui.cli.opponents import (
    VersusOption,
    check_opponent,
    find_opponent,
)
from noc_tui.cli.parameters import SOME_AGENTS, BlindOption, EnvUrlOption, TokenOption, agent_option
from noc_tui.cli.remote import check_server

if TYPE_CHECKING:
    from noc_tui.tui.launch import Launch

_HEADLESS = "noc-tui run --agent rules --incident cpu_overload"
_LARGEST_SEED = 2**53 - 1
"""The largest that a session can hold (`noc_tui.episode.records.LARGEST_INTEGER`, which loads too much for here)."""

IncidentArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="INCIDENT",
        help="An id, see noc-tui incidents; without one, choose from a list.",
        autocompletion=complete_incidents,
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option(min=0, max=_LARGEST_SEED, metavar="N", help="The same seed gives everybody the same episode."),
]


class PaceChoice(StrEnum):
    """Whether the world waits."""

    TURN = "turn"
    LIVE = "live"


HintsOption = Annotated[bool, typer.Option("--hints", help="Tell a model the usual remedy for each symptom.")]
PaceOption = Annotated[PaceChoice | None, typer.Option(help="turn: the world waits for your key; live: it moves.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=examples(
            "noc-tui play",
            "noc-tui play --blind",
            "noc-tui play cpu_overload --seed 7 --pace live",
            "noc-tui play --versus last",
        )
    )(play)
    app.command(
        epilog=examples(
            "noc-tui watch memory_leak",
            "noc-tui watch network_congestion --agent rules --seed 7",
            "noc-tui watch slow_leak --agent rules --versus planner",
        ),
    )(watch)
    app.command(
        epilog=examples(
            "noc-tui replay last",
            "noc-tui replay last --from 10",
            "noc-tui replay last --follow",
            "noc-tui replay last --verify",
        ),
    )(replay)

    app.command(short_help="The first two minutes, step by step.", epilog=examples("noc-tui tutorial"))(tutorial)


def tutorial() -> None:
    """Learn what the screen says and what the keys do, in about two minutes.

    One incident in the real dashboard: lost on purpose, looked back at, and resolved. Nothing of it is recorded.
    """
    _open("noc-tui tutorial", _HEADLESS, face="tutorial")


def home() -> None:
    """Open the home screen."""
    _open("noc-tui", _HEADLESS, face="home")


def play(
    incident: IncidentArgument = None,
    *,
    seed: SeedOption = None,
    pace: PaceOption = None,
    blind: BlindOption = None,
    agent: Annotated[str | None, agent_option(f"Who takes over on the key a: {SOME_AGENTS}, ...")] = None,
    versus: VersusOption = None,
    hints: HintsOption = False,
    env_url: EnvUrlOption = None,
    token: TokenOption = None,
    incidents: IncidentFolders = None,
) -> None:
    """Play an incident by keyboard, alone or against a ghost."""
    folders = incident_folders(incidents)
    if env_url is not None:
        check_server(env_url, versus=versus)
    ghost = None if versus is None else find_opponent(versus)
    _check(incident, agent, folders)
    check_opponent(ghost, incident, seed)
    _open(
        "noc-tui play",
        _HEADLESS,
        face="play" if incident or blind or env_url or isinstance(ghost, Path) else "picker",
        incident=incident,
        seed=seed,
        pace=pace.value if pace else None,
        blind=blind,
        agent=agent,
        ghost=ghost,
        hints=hints,
        incident_folders=folders,
        server=env_url,
        token=token,
    )


def watch(
    incident: IncidentArgument = None,
    *,
    agent: Annotated[str | None, agent_option(f"Who plays: {SOME_AGENTS}, ...")] = None,
    seed: SeedOption = None,
    blind: BlindOption = None,
    versus: VersusOption = None,
    hints: HintsOption = False,
    incidents: IncidentFolders = None,
) -> None:
    """Let an agent play, and watch it; any action key takes over. With --versus, watch two of them on the same seed."""
    folders = incident_folders(incidents)
    ghost = None if versus is None else find_opponent(versus)
    _check(incident, agent, folders)
    check_opponent(ghost, incident, seed)
    _open(
        "noc-tui watch",
        _HEADLESS,
        face="play" if incident or blind or isinstance(ghost, Path) else "picker",
        incident=incident,
        seed=seed,
        blind=blind,
        agent=agent,
        watch=True,
        ghost=ghost,
        hints=hints,
        incident_folders=folders,
    )


def replay(
    session: Annotated[
        str | None,
        typer.Argument(
            metavar="SESSION",
            help="A file, an id, its beginning or end, or last; without one, choose from a list.",
            autocompletion=complete_sessions,
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Simulate it again, compare every figure bit for bit, and exit.")
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Show what another process is still recording.")] = False,
    start: Annotated[int | None, typer.Option("--from", min=0, metavar="STEP", help="Begin at this step.")] = None,
) -> None:
    """Replay a recording."""
    if verify and (follow or start is not None):
        complain("--verify compares and shows nothing; leave --follow and --from away", 2)
    if session is None:
        if verify or follow or start is not None:
            complain("name a session, such as last (noc-tui sessions lists them)", 2)
        _open("noc-tui replay", "noc-tui replay SESSION --verify", face="sessions")
    path = find_recording(session)
    if verify:
        _verify(path)
        return
    instead = f"noc-tui replay {shlex.quote(session)} --verify"
    need_terminal("noc-tui replay", instead)
    _check_start(path, start, follow=follow)
    _open("noc-tui replay", instead, face="replay", session=path, follow=follow, step=start)


def _open(command: str, instead: str, **launch: object) -> NoReturn:
    need_terminal(command, instead)
    import gc

    gc.disable()  # until the first paint: what is loaded before it stays, and looking through it takes time
    from noc_tui.tui.app import run_app
    from noc_tui.tui.launch import Launch

    asked: Launch = Launch(**launch)  # type: ignore[arg-type]
    raise typer.Exit(run_app(asked))


def _check(incident: str | None, agent: str | None, folders: tuple[Path, ...]) -> None:
    """Refuse before the screen is taken over: an unknown name, or a file of the user's own that cannot be used."""
    from noc_tui import paths

    bundled = paths.bundled_incidents_dir() / f"{incident}.toml"
    alone = not (folders or paths.user_incidents_dir().is_dir())
    if incident is not None and not (alone and bundled.is_file()):  # the common case, before the first paint
        from noc_tui.sim.catalog import catalog_of
        from noc_tui.sim.errors import IncidentError

        catalog = catalog_of(folders)
        try:
            file = catalog.path(incident)
        except IncidentError as error:
            fail(error, 2)
        if file != bundled:  # those are known to be good, and reading one takes a while
            load_incident(catalog, incident)
    if agent is not None:
        from noc_tui.agents.base import AgentError
        from noc_tui.agents.registry import agent_factory

        try:
            agent_factory(agent)
        except AgentError as error:
            fail(error, 2)


def _check_start(path: Path, start: int | None, *, follow: bool) -> None:
    """Refuse a file that is no session (exit 1), and a step that it has not (exit 2)."""
    from noc_tui.episode.library import summarize

    steps = summarize(path).steps
    if start is not None and start > steps and not follow:
        complain(f"--from {start}: {path.name} has {steps} steps", 2)


def _verify(path: Path) -> None:
    from noc_tui.episode.reader import SessionFile
    from noc_tui.episode.track import is_secret
    from noc_tui.episode.verify import verify

    with SessionFile.open(path) as session:
        result, secret = verify(session), is_secret(session)
        for sentence in session.notices:
            notice(sentence)
        stands = session.end.outcome if session.end else session.state
    if not result.ok:
        note = f" ({result.note})" if result.note else ""
        # A difference may be one of hidden figures, and says what they are.
        where = f" after {result.steps} equal steps" if secret else f": {result.difference}"
        complain(f"{path.name} differs{where}{note}", 1)
    say(f"{path.name}: verified, all figures of {result.steps} steps are equal to the last bit ({stands})")
