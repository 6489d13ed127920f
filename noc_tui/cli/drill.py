"""`noc-tui drill`: practice. Each drill is a command; without one, a list says what is due."""

from __future__ import annotations

from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from noc_tui.cli import assigning
from noc_tui.cli.common import (
    IncidentFolders,
    complain,
    examples,
    fail,
    find_recording,
    incident_folders,
    need_terminal,
    say,
)
from noc_tui.cli.completion import complete_agents, complete_sessions

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.tui.launch import Launch

_HEADLESS = "noc-tui drill daily --show, or noc-tui progress"
_FEWEST, _MOST, _USUAL = 10, 20, 12
"""Positions in a round (`noc_tui.drills.spot`, which loads too much for here)."""
_LONGEST = 600.0

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    assigning.register(commands)
    app.add_typer(
        commands,
        name="drill",
        epilog=examples(
            "noc-tui drill",
            "noc-tui drill spot --seconds 0",
            "noc-tui drill daily",
            "noc-tui drill daily --date 2026-12-01 --show",
        ),
    )


@commands.callback()
def root(context: typer.Context) -> None:
    """Practise: what is due, a shift, the daily.

    Without a command, a list says what is due, when the next is, and what is new.
    """
    if context.invoked_subcommand is None:
        _open("noc-tui drill", drill=None)


@commands.command(epilog=examples("noc-tui drill spot", "noc-tui drill spot --seconds 15 --positions 20"))
def spot(
    seconds: Annotated[
        float, typer.Option(min=0.0, max=_LONGEST, metavar="N", help="Time for each position; 0: as long as you like.")
    ] = 10.0,
    positions: Annotated[
        int, typer.Option(min=_FEWEST, max=_MOST, metavar="N", help=f"How many, {_FEWEST} to {_MOST}.")
    ] = _USUAL,
    incidents: IncidentFolders = None,
) -> None:
    """Positions against the clock.

    What would you do, and what is it? Ten to twenty positions, a few minutes.
    """
    if isnan(seconds):  # which no range refuses
        complain("--seconds nan: is no time", 2)
    from noc_tui.tui.launch import DrillOptions

    options = DrillOptions(seconds=seconds, positions=positions)
    _open("noc-tui drill spot", drill="spot", options=options, incident_folders=incident_folders(incidents))


@commands.command(epilog=examples("noc-tui drill incident"))
def incident(incidents: IncidentFolders = None) -> None:
    """One blind incident in live pace.

    The schedule chooses it; the debrief comes after it.
    """
    _open("noc-tui drill incident", drill="incident", incident_folders=incident_folders(incidents))


@commands.command(epilog=examples("noc-tui drill shift"))
def shift(incidents: IncidentFolders = None) -> None:
    """A night on call: five pages.

    A shift that was interrupted is continued.
    """
    _open("noc-tui drill shift", drill="shift", incident_folders=incident_folders(incidents))


@commands.command(epilog=examples("noc-tui drill daily", "noc-tui drill daily --date 2026-12-01 --show"))
def daily(
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="That of another date (UTC), which does not count.",
            show_default="today, in UTC",
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print which incident and seed it is, and exit. Gives it away.")
    ] = False,
) -> None:
    """The same incident for everybody.

    Each date (UTC) has its own. The first try counts.
    """
    wanted = None if day is None else day.date()
    if show:
        _show_daily(wanted)
        return
    from noc_tui.tui.launch import DrillOptions

    _open("noc-tui drill daily", drill="daily", options=DrillOptions(day=wanted))


def _show_daily(day: date | None) -> None:
    from datetime import UTC

    from noc_tui.drills.daily import daily_date, daily_of
    from noc_tui.drills.errors import DrillError

    try:
        which = daily_of(daily_date(datetime.now(UTC)) if day is None else day)
    except DrillError as error:
        fail(error)
    say(f"{which.date} (UTC): {which.incident}, seed {which.seed}")
    say(f"noc-tui play {which.incident} --seed {which.seed} plays it without counting.")


@commands.command(epilog=examples("noc-tui drill versus", "noc-tui drill versus planner", "noc-tui drill versus last"))
def versus(
    opponent: Annotated[
        str | None,
        typer.Argument(
            metavar="WHOM",
            help="An agent, or a recording (a file, an id, last), whose incident and seed are played; without, a list.",
            autocompletion=complete_agents,
        ),
    ] = None,
    incidents: IncidentFolders = None,
) -> None:
    """The same seed against a ghost."""
    from pathlib import Path

    folders = incident_folders(incidents)
    if opponent is None:
        _open("noc-tui drill versus", drill="versus", incident_folders=folders)
    from noc_tui.cli.opponents import check_opponent, find_opponent

    ghost = find_opponent(opponent, given="")
    check_opponent(ghost, given="")
    face = "play" if isinstance(ghost, Path) else "picker"
    _open("noc-tui drill versus", face=face, drill="versus", ghost=ghost, incident_folders=folders)


@commands.command(epilog=examples("noc-tui drill retry", "noc-tui drill retry last --step 4"))
def retry(
    session: Annotated[
        str | None,
        typer.Argument(
            metavar="SESSION",
            help="A file, an id, its beginning or end, or last; without one, the newest with a mistake in it.",
            autocompletion=complete_sessions,
        ),
    ] = None,
    step: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The move to play again; without it, the worst.")
    ] = None,
) -> None:
    """Your worst move, until it goes well."""
    if step is not None and session is None:
        complain("--step needs a session, such as last (noc-tui sessions lists them)", 2)
    path = None if session is None else find_recording(session)
    if path is not None:
        _check_move(path, step)
    _open("noc-tui drill retry", drill="retry", session=path, step=step)


def _check_move(session: Path, step: int | None) -> None:
    """Refuse what is no session (exit 1), and a move that it has not (2), before the screen is taken over."""
    from noc_tui.episode.library import summarize

    steps = summarize(session).steps
    if step is not None and step > steps:
        complain(f"--step {step}: {session.name} has {steps} steps", 2)


def _open(command: str, *, face: str = "drill", **launch: object) -> NoReturn:
    need_terminal(command, _HEADLESS)
    import gc

    gc.disable()  # until the first paint, as in `noc_tui.cli.interactive`
    from noc_tui.tui.app import run_app
    from noc_tui.tui.launch import Launch

    asked: Launch = Launch(face, **launch)  # type: ignore[arg-type]
    raise typer.Exit(run_app(asked))
