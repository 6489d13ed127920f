"""`noc-tui drill assign`: an instructor makes a plan, colleagues play it, and everybody sees who did what."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (Typer evaluates the annotations of a command)
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import IncidentFolders, complain, examples, fail, incident_folders, need_terminal, say
from noc_tui.cli.completion import complete_selections
from noc_tui.cli.interactive import PaceChoice
from noc_tui.cli.progress import PlayerOption, StoreOption, asked, player_of

if TYPE_CHECKING:
    from noc_tui.drills.assign import Plan
    from noc_tui.sim.catalog import Catalog
    from noc_tui.store.queries import BoardRow


def register(commands: typer.Typer) -> None:
    """Add the command to the group of the drills."""
    commands.command(
        epilog=examples(
            "noc-tui drill assign week49.toml --incident classic --blind",
            "noc-tui drill assign week49.toml",
            "noc-tui drill assign week49.toml --team",
        )
    )(assign)


def assign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The plan, a TOML file.")],
    *,
    incident: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Make the plan, of this incident (an id, classic, pack or all). Can be repeated.",
            autocompletion=complete_selections,
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="N|A:B", help="N for seeds 0 to N-1, A:B for A to B-1.", show_default="one each that can be won"
        ),
    ] = None,
    pace: Annotated[PaceChoice, typer.Option(help="turn: the world waits; live: it moves.")] = PaceChoice.TURN,
    blind: Annotated[bool, typer.Option("--blind", help="Keep the incidents secret until their end.")] = False,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What the plan is called.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Print how you stand with it, and exit.")] = False,
    team: Annotated[bool, typer.Option("--team", help="Print how everybody stands with it, and exit.")] = False,
    player: PlayerOption = None,
    store: StoreOption = "",
    incidents: IncidentFolders = None,
) -> None:
    """Make a plan for others, or play one.

    With --incident the plan is written to FILE, for colleagues to open. Without it, FILE is opened: what of it you have
    not played yet comes next, or is gone on with. Of several tries the first counts.
    """
    from noc_tui.sim.catalog import catalog_of

    folders = incident_folders(incidents)
    catalog = catalog_of(folders)
    if incident:
        if show or team:
            complain("--show and --team are about a plan that is there; leave --incident away", 2)
        _make(file, catalog, incident, seeds, pace=pace, blind=blind, title=title)
        return
    if seeds is not None or blind or title or pace is not PaceChoice.TURN:
        complain("--seeds, --pace, --blind and --title make a plan; name incidents with --incident", 2)
    plan = _load(file, catalog)
    _play(plan, str(file), player, store, folders=folders, show=show, team=team)


def _make(
    file: Path, catalog: Catalog, incidents: list[str], seeds: str | None, *, pace: PaceChoice, blind: bool, title: str
) -> None:
    import os
    import secrets

    from noc_tui.bench.selection import SelectionError, parse_seeds, select_incidents
    from noc_tui.drills.assign import make_plan, write_plan
    from noc_tui.drills.errors import DrillError
    from noc_tui.sim.errors import IncidentError

    if os.path.lexists(file):  # who has begun to play it would be left with another
        complain(f"{file} is there already, and stays as it is; choose another name", 1)
    try:
        names = select_incidents(incidents, catalog)
        wanted = None if seeds is None else parse_seeds(seeds)
        chance = secrets.randbits(53)
        plan = make_plan(catalog, names, wanted, pace=pace.value, blind=blind, title=title, chance=chance)
    except (DrillError, IncidentError, SelectionError) as error:
        fail(error, 2)
    try:
        write_plan(plan, file)
    except DrillError as error:
        fail(error)
    count = len(plan.episodes)
    say(f"{file}: {count} episode{'' if count == 1 else 's'}; noc-tui drill assign {file} plays them")


def _load(file: Path, catalog: Catalog) -> Plan:
    from noc_tui.drills.assign import load_plan
    from noc_tui.drills.errors import DrillError

    try:
        return load_plan(file, catalog)
    except DrillError as error:
        fail(error)


def _play(
    plan: Plan, file: str, player: str | None, store: str, *, folders: tuple[Path, ...], show: bool, team: bool
) -> None:
    """Say how things stand, and play what comes next."""
    from noc_tui import paths
    from noc_tui.drills.assign import DRILL, begun_of, next_of, plan_heading, plan_lines, team_lines
    from noc_tui.store.claims import Claims

    name = player_of(player)
    if team:
        for line in team_lines(plan, _done(plan, None, store)):
            say(line)
        return
    own = _done(plan, name, store).get(name, {})
    following = next_of(plan, own)
    if not show and following is not None:
        need_terminal(f"noc-tui drill assign {file}", f"noc-tui drill assign {file} --show")
        if player is not None or store:
            complain("--player and --store are for --show and --team; to play, set NOC_TUI_PLAYER and NOC_TUI_STORE", 2)
    for line in plan_lines(plan, own):
        say(line)
    if show or following is None:
        return
    from noc_tui.tui.app import run_app
    from noc_tui.tui.launch import Launch

    launch = Launch(
        "play",
        incident=following.incident,
        seed=following.seed,
        pace=following.pace,
        blind=following.blind,
        session=begun_of(following, name, Claims(paths.queue_dir()).read()[0], paths.sessions_dir()),
        drill=DRILL,
        incident_folders=folders,
    )
    code = run_app(launch)
    own = _done(plan, name, store).get(name, {})
    rest = "" if next_of(plan, own) is None else f"; noc-tui drill assign {file} plays the next"
    say(f"{plan_heading(plan, own)}{rest}")
    raise typer.Exit(code)


def _done(plan: Plan, player: str | None, store: str) -> dict[str, dict[int, BoardRow]]:
    """What of a plan has been played, by everybody or by one. Exits 1 where that cannot be looked up."""
    from noc_tui.drills.assign import done_of

    return asked(store, lambda connection: done_of(connection, plan, player))
