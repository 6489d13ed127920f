"""`noc-tui incidents`: the catalog."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Annotated, Final

import typer

from noc_tui.cli import incident_files, validating
from noc_tui.cli.common import (
    IncidentFolders,
    examples,
    incident_folders,
    load_incident,
    notice,
    say,
    say_json,
)
from noc_tui.cli.completion import complete_incidents
from noc_tui.cli.formats import FormatOption, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.sim.incident import Incident

_NARROWEST: Final = 40
_WIDEST: Final = 100
"""Columns that a summary is broken for."""

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    validating.register(commands)
    incident_files.register(commands)
    app.add_typer(
        commands,
        name="incidents",
        epilog=examples(
            "noc-tui incidents",
            "noc-tui incidents show memory_leak",
            "noc-tui incidents new full_disk",
            "noc-tui incidents validate memory_leak",
        ),
    )


@commands.callback()
def root(context: typer.Context) -> None:
    """List, show, write and check incidents. Without a command, list them."""
    if context.invoked_subcommand is None:
        list_()


@commands.command("list", epilog=examples("noc-tui incidents list", "noc-tui incidents list --format json"))
def list_(output: FormatOption = OutputFormat.TEXT, incidents: IncidentFolders = None) -> None:
    """List the incidents: id, difficulty, title.

    Exit code 1 if a file cannot be used.
    """
    from noc_tui.sim.catalog import catalog_of

    found, errors = catalog_of(incident_folders(incidents)).load_all()
    for incident in found:
        if output is OutputFormat.JSON:
            keys = ("id", "title", "difficulty", "max_steps", "tags", "summary")
            say_json({key: getattr(incident, key) for key in keys})
        else:
            say(f"{incident.id:<22} {incident.difficulty:<8} {incident.title}")
    for error in errors:
        notice(str(error))
    if errors:
        raise typer.Exit(1)


@commands.command(epilog=examples("noc-tui incidents show memory_leak"))
def show(
    incident: Annotated[
        str, typer.Argument(metavar="INCIDENT", help="An incident id.", autocompletion=complete_incidents)
    ],
    output: FormatOption = OutputFormat.TEXT,
    incidents: IncidentFolders = None,
) -> None:
    """Show one incident: what it is, where it starts.

    Only json gives away what its actions do.
    """
    from noc_tui.sim.catalog import catalog_of

    catalog = catalog_of(incident_folders(incidents))
    found = load_incident(catalog, incident)
    if output is OutputFormat.JSON:
        say_json(found.definition())
        return
    for line in _described(found):
        say(line)
    say("")
    say(f"file: {catalog.path(incident)}")


def _described(incident: Incident) -> Iterator[str]:
    from noc_tui.sim.metrics import METRICS

    yield f"{incident.title} ({incident.id})"
    yield ", ".join((incident.difficulty, f"{incident.max_steps} steps", *incident.tags))
    yield ""
    width = min(max(shutil.get_terminal_size().columns - 1, _NARROWEST), _WIDEST)
    for paragraph in incident.summary.strip().splitlines():
        yield from textwrap.wrap(paragraph, width) or [""]
    yield ""
    yield "At the page:"
    for spec in METRICS:
        value = getattr(incident.initial, spec.name)
        word = "ok" if spec.is_healthy(value) else "in breach"
        yield f"  {spec.label:<12} {spec.text(value):>9}  {word}"
