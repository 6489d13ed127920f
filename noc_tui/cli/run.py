"""`noc-tui run`: headless episodes, printed as lines that scripts read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import (
    IncidentFolders,
    complain,
    examples,
    fail,
    incident_folders,
    load_incident,
    notice,
)
from noc_tui.cli.parameters import (
    SOME_AGENTS,
    EnvUrlOption,
    MaxFailuresOption,
    SeedsOption,
    TokenOption,
    agent_option,
    selection_option,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from noc_tui.bench.run import RunEvent


_NOTHING_PLAYED = "nothing could be played: the agent failed in every episode"


class OutputFormat(StrEnum):
    """How episodes are printed."""

    LOG = "log"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "noc-tui run --agent rules",
            "noc-tui run --agent rules --incident classic --seeds 20 --format json",
            "noc-tui run --agent random --incident slow_leak --seeds 7:9 --no-record",
            "noc-tui run --agent rules --blind --seeds 20",
            "noc-tui run --agent rules --incident cpu_overload --remember",
            "noc-tui run --agent rules --env-url http://127.0.0.1:8000",
        ),
    )(run)


def run(
    *,
    agent: Annotated[str, agent_option(f"Who plays: {SOME_AGENTS}, fixed:KEYS, ...")],
    incident: Annotated[list[str] | None, selection_option("classic", envvar="NOC_AGENT_TASK")] = None,
    seeds: SeedsOption = "1",
    output: Annotated[
        OutputFormat, typer.Option("--format", help="log: [START] [STEP] [END] [SUMMARY]; json: an object an episode.")
    ] = OutputFormat.LOG,
    blind: Annotated[
        bool,
        typer.Option(
            help="Keep the incident's name and hidden state from the agent; without --incident each seed chooses one."
        ),
    ] = False,
    max_failures: MaxFailuresOption = 3,
    hints: Annotated[bool, typer.Option("--hints", help="Tell a model the usual remedy for each symptom.")] = False,
    record: Annotated[bool, typer.Option(help="Record each episode as a session.")] = True,
    remember: Annotated[
        bool, typer.Option("--remember", help="Review each episode and put it on the leaderboards.", show_default=False)
    ] = False,
    env_url: EnvUrlOption = None,
    token: TokenOption = None,
    incidents: IncidentFolders = None,
) -> None:
    """Let an agent play without a screen.

    Results go to standard output, everything else to standard error. Exit code 1 if not one episode could be played.
    """
    import asyncio

    from noc_tui import paths
    from noc_tui.agents.base import AgentError
    from noc_tui.agents.registry import agent_factory
    from noc_tui.bench.run import run_many
    from noc_tui.bench.selection import SelectionError, blind_incident, parse_seeds, select_incidents
    from noc_tui.preferences import load_preferences
    from noc_tui.sim.catalog import catalog_of
    from noc_tui.sim.errors import IncidentError

    if remember and (env_url is not None or not record):
        complain("--remember reviews recordings that are made here; leave --no-record and --env-url away", 2)
    catalog = catalog_of(incident_folders(incidents))
    if env_url is not None:
        _run_elsewhere(
            env_url,
            token,
            agent,
            output,
            incident=incident,
            seeds=seeds,
            blind=blind,
            max_failures=max_failures,
            hints=hints,
        )
        return
    try:
        wanted = parse_seeds(seeds)
        plan: list[tuple[Sequence[str], Sequence[int]]] = [(select_incidents(incident or ["classic"], catalog), wanted)]
        if blind and not incident:
            plan = [((blind_incident(seed, catalog),), (seed,)) for seed in wanted]
        agent_factory(agent, hints=hints)
    except (AgentError, IncidentError, SelectionError) as error:
        fail(error, 2)
    chosen = [([load_incident(catalog, name) for name in names], their_seeds) for names, their_seeds in plan]
    preferences = load_preferences()
    for sentence in preferences.notices:
        notice(sentence)
    folder = paths.sessions_dir() if record else None
    limit = preferences.agent_seconds
    runs = (
        run_many(
            agent,
            some,
            each,
            record=folder,
            max_failures=max_failures,
            hints=hints,
            blind=blind,
            time_limit=limit,
        )
        for some, each in chosen
    )
    events = _one_after_another(runs)
    played = asyncio.run(_print(_claiming(events) if remember else events, output))
    if remember:
        _take_in()
    if not played:
        complain(_NOTHING_PLAYED, 1)


def _run_elsewhere(
    url: str,
    token: str | None,
    agent: str,
    output: OutputFormat,
    *,
    incident: list[str] | None,
    seeds: str,
    blind: bool,
    max_failures: int,
    hints: bool,
) -> None:
    """The same on a server, which knows the incidents, simulates, and records if it was told to."""
    import asyncio

    from noc_tui.agents.base import AgentError
    from noc_tui.agents.registry import agent_factory
    from noc_tui.bench.run import run_cases
    from noc_tui.bench.selection import SelectionError, parse_seeds, remote_selection
    from noc_tui.cli.remote import connect, remote_cases
    from noc_tui.preferences import load_preferences

    try:
        wanted = parse_seeds(seeds)
        names = [None] if blind and not incident else remote_selection(incident or ["classic"])
        agent_factory(agent, hints=hints)
    except (AgentError, SelectionError) as error:
        fail(error, 2)
    preferences = load_preferences()
    for sentence in preferences.notices:
        notice(sentence)
    limit = preferences.agent_seconds
    with connect(url, token) as connection:
        cases = remote_cases(connection, names, wanted, blind=blind)
        events = run_cases(agent, cases, max_failures=max_failures, hints=hints, time_limit=limit)
        played = asyncio.run(_print(events, output))
    if not played:
        complain(_NOTHING_PLAYED, 1)


async def _one_after_another(runs: Iterable[AsyncGenerator[RunEvent]]) -> AsyncGenerator[RunEvent]:
    """The events of all runs."""
    from contextlib import aclosing

    for run_ in runs:
        async with aclosing(run_) as events:
            async for event in events:
                yield event


async def _claiming(events: AsyncGenerator[RunEvent]) -> AsyncGenerator[RunEvent]:
    """The same events; the sessions that they tell of are to be remembered, even if the program is killed before."""
    from contextlib import aclosing

    from noc_tui import paths
    from noc_tui.bench.run import EpisodeResult
    from noc_tui.cli.progress import player_of
    from noc_tui.store.claims import Claim, Claims
    from noc_tui.store.errors import StoreError

    claims, player = Claims(paths.queue_dir()), player_of(None)
    async with aclosing(events):
        async for event in events:
            if isinstance(event, EpisodeResult) and event.session is not None:
                try:
                    claims.put(Claim(event.session, player))
                except StoreError as error:
                    notice(str(error))
            yield event


def _take_in() -> None:
    """Review what has been played and put it into the database."""
    from noc_tui.cli.progress import catch_up, open_store

    with open_store("") as opened:
        catch_up(opened)


async def _print(events: AsyncGenerator[RunEvent], output: OutputFormat) -> bool:
    """Print each event as it happens, notices on standard error. Whether an episode was played to its end."""
    from contextlib import aclosing

    from noc_tui.bench.report_lines import json_line, log_line, summary_lines
    from noc_tui.bench.run import EpisodeResult, Notice

    results: list[EpisodeResult] = []
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Notice):
                notice(event.text)
                continue
            if isinstance(event, EpisodeResult):
                results.append(event)
                if event.outcome == "void":
                    notice(f"{event.incident}, seed {event.seed}: void after {event.steps} steps: {event.error}")
            if output is OutputFormat.LOG:
                line = log_line(event)
            else:
                line = json_line(event) if isinstance(event, EpisodeResult) else None
            if line is not None:
                typer.echo(line)  # flushes
    if output is OutputFormat.LOG:
        for line in summary_lines(results):
            typer.echo(line)
    return any(result.outcome != "void" for result in results)
