"""`noc-tui incidents`: the catalog."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import IncidentFolders, fail
from noc_tui.cli.completion import complete_incidents

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident

commands = typer.Typer(
    help="List and show incidents.", no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None
)


class OutputFormat(StrEnum):
    """How incidents are printed."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[OutputFormat, typer.Option("--format", help="text, or json.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(commands, name="incidents", epilog="Example: noc-tui incidents show memory_leak")


@commands.callback()
def root(context: typer.Context) -> None:
    """List and show incidents."""
    if context.invoked_subcommand is None:
        list_()


@commands.command("list")
def list_(output: FormatOption = OutputFormat.TEXT, incidents: IncidentFolders = None) -> None:
    """List the incidents there are. Exit code 1 if a file cannot be used."""
    from noc_tui.sim.catalog import catalog_of

    found, errors = catalog_of(incidents or ()).load_all()
    for incident in found:
        if output is OutputFormat.JSON:
            keys = ("id", "title", "difficulty", "max_steps", "tags", "summary")
            typer.echo(json.dumps({key: getattr(incident, key) for key in keys}))
        else:
            typer.echo(f"{incident.id:<22} {incident.difficulty:<8} {incident.title}")
    for error in errors:
        typer.echo(f"noc-tui: {error}", err=True)
    if errors:
        raise typer.Exit(1)


@commands.command()
def show(
    incident: Annotated[str, typer.Argument(help="An incident id.", autocompletion=complete_incidents)],
    output: FormatOption = OutputFormat.TEXT,
    incidents: IncidentFolders = None,
) -> None:
    """Show one incident: what it is, where it starts, and where its file lies. The figures of its actions stay hidden."""
    from noc_tui.sim.catalog import catalog_of
    from noc_tui.sim.errors import IncidentError

    catalog = catalog_of(incidents or ())
    try:
        found = catalog.load(incident)
    except IncidentError as error:
        fail(error, 2)
    if output is OutputFormat.JSON:
        typer.echo(json.dumps(found.definition(), indent=2))
    else:
        typer.echo(_described(found))
        typer.echo(f"\nfile: {catalog.path(incident)}")


def _described(incident: Incident) -> str:
    from noc_tui.sim.metrics import METRICS

    lines = [
        f"{incident.title} ({incident.id})",
        f"{incident.difficulty}, {incident.max_steps} steps"
        + (f", {', '.join(incident.tags)}" if incident.tags else ""),
        "",
        incident.summary.strip(),
        "",
        "At the page:",
    ]
    for spec in METRICS:
        value = getattr(incident.initial, spec.name)
        word = "ok" if spec.is_healthy(value) else "in breach"
        lines.append(f"  {spec.label:<12} {spec.text(value):>9}  {word}")
    return "\n".join(lines)
