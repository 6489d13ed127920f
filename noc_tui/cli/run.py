"""`noc-tui run`: headless episodes, printed as lines that scripts read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import IncidentFolders, complain
from noc_tui.cli.completion import complete_agents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from noc_tui.sim.incident import Incident


class OutputFormat(StrEnum):
    """How episodes are printed."""

    LOG = "log"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: noc-tui run --agent rules --incident classic --seeds 20 --format json")(run)


def run(
    agent: Annotated[str, typer.Option(help="Who plays.", autocompletion=complete_agents)],
    incident: Annotated[
        list[str] | None, typer.Option(help="An id, classic, pack or all. Can be repeated.", show_default="classic")
    ] = None,
    seeds: Annotated[str, typer.Option(metavar="N|A:B", help="N for seeds 0 to N-1, A:B for A to B-1.")] = "1",
    output: Annotated[
        OutputFormat, typer.Option("--format", help="log: [START] [STEP] [END] [SUMMARY]; json: an object a line.")
    ] = OutputFormat.LOG,
    record: Annotated[bool, typer.Option(help="Record each episode as a session.")] = True,
    incidents: IncidentFolders = None,
) -> None:
    """Let an agent play without a screen. Only results go to standard output."""
    import asyncio

    from noc_tui import paths
    from noc_tui.agents.base import AgentError
    from noc_tui.agents.registry import agent_factory
    from noc_tui.bench.selection import SelectionError, select_incidents, parse_seeds
    from noc_tui.sim.catalog import catalog_of
    from noc_tui.sim.errors import IncidentError

    catalog = catalog_of(incidents or ())
    try:
        chosen = [catalog.load(name) for name in select_incidents(incident or ["classic"], catalog)]
        wanted = parse_seeds(seeds)
        agent_factory(agent)
    except (AgentError, IncidentError, SelectionError) as error:
        complain(str(error), 2)
    asyncio.run(_print(agent, chosen, wanted, paths.sessions_dir() if record else None, output))


async def _print(
    agent: str, incidents: list[Incident], seeds: Sequence[int], folder: Path | None, output: OutputFormat
) -> None:
    """Play, and print each event as it happens; notices go to standard error."""
    from noc_tui.bench.report_lines import json_line, log_line, summary_lines
    from noc_tui.bench.run import EpisodeResult, Notice, run_many

    results = []
    async for event in run_many(agent, incidents, seeds, record=folder):
        if isinstance(event, Notice):
            typer.echo(f"noc-tui: {event.text}", err=True)
            continue
        if isinstance(event, EpisodeResult):
            results.append(event)
        line = log_line(event) if output is OutputFormat.LOG else None
        if output is OutputFormat.JSON and isinstance(event, EpisodeResult):
            line = json_line(event)
        if line is not None:
            print(line, flush=True)  # noqa: T201  (lines for scripts, flushed one by one)
    if output is OutputFormat.LOG:
        for line in summary_lines(results):
            print(line, flush=True)  # noqa: T201
