"""`noc-tui bench`: evaluation of agents, and its report."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  (Typer evaluates the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.bench_engine import EngineName, chosen_engine
from noc_tui.cli.common import (
    IncidentFolders,
    complain,
    examples,
    fail,
    incident_folders,
    load_incident,
    notice,
    say,
)
from noc_tui.cli.parameters import MaxFailuresOption, SeedsOption, agent_option, selection_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.bench.budget import Budget
    from noc_tui.bench.engine import Engine
    from noc_tui.bench.evaluation import Plan
    from noc_tui.bench.folder import Contents
    from noc_tui.bench.outcomes import Row

INSTALL = 'pip install "noc-tui[bench]"'
_INTERRUPTED = 130

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(
        commands,
        name="bench",
        epilog=examples(
            "noc-tui bench --agent rules --incident cpu_overload --seeds 4",
            "noc-tui bench report",
        ),
    )


@commands.callback()
def bench(
    context: typer.Context,
    *,
    agent: Annotated[
        list[str] | None, agent_option("Whom to evaluate: rules, ppo, llm, policy:FILE, ... Can be repeated.")
    ] = None,
    incident: Annotated[list[str] | None, selection_option("classic,pack")] = None,
    seeds: SeedsOption = "20",
    blind: Annotated[bool, typer.Option(help="Keep the incident's name secret.", show_default=False)] = True,
    reference: Annotated[
        bool,
        typer.Option(
            help="Let wait, random, fixed keys, rules and planner play along, to compare with.", show_default=False
        ),
    ] = True,
    review: Annotated[bool, typer.Option(help="Find par, accuracy and harmful actions.", show_default=False)] = True,
    concurrency: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Episodes that wait for models at a time.")
    ] = 8,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="How many may work.", show_default="one a processor"),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Where to play and review.")] = EngineName.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of a Ray cluster.", show_default="RAY_ADDRESS"),
    ] = None,
    max_failures: MaxFailuresOption = 3,
    max_cost: Annotated[
        float | None, typer.Option(min=0, metavar="AMOUNT", help="Ask no model any more from then on.")
    ] = None,
    max_tokens: Annotated[int | None, typer.Option(min=0, metavar="N", help="The same, for tokens in and out.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Where recordings and report go. What has been played there is not played again.",
            show_default=False,
        ),
    ] = None,
    incidents: IncidentFolders = None,
) -> None:
    """Compare agents on the same incidents and seeds.

    Interrupted, it goes on when it is called again with the same --output. Exit code 1 if an agent failed in every
    episode.
    """
    if context.invoked_subcommand is not None:
        return
    _need_statistics()
    from dataclasses import replace

    from noc_tui.bench.budget import Budget
    from noc_tui.bench.engine import available_processors

    plan = _plan(
        agent or [], incident or ["classic,pack"], seeds, incidents, blind=blind, reference=reference, review=review
    )
    plan = replace(plan, max_failures=max_failures)
    folder = output or _new_folder()
    chosen = chosen_engine(engine, ray_address=ray_address, processes=processes, episodes=plan.episodes)
    budget = Budget(max_cost=max_cost, max_tokens=max_tokens)
    _load_statistics_meanwhile()
    try:
        stopped = _evaluate(
            plan,
            folder,
            engine=chosen,
            budget=budget,
            concurrency=concurrency,
            processes=processes or available_processors(),
        )
    except KeyboardInterrupt:
        notice(f"interrupted; the same command with --output {folder} goes on")
        sys.exit(_INTERRUPTED)
    if stopped:
        notice(f"stopped: {stopped}; the same command with a larger budget and --output {folder} goes on")
    _report([folder], output=folder, stopped=stopped is not None)


@commands.command("report", epilog=examples("noc-tui bench report", "noc-tui bench report --no-review"))
def report(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DIR...", help="Folders of evaluations, or of sessions.", show_default="your newest evaluation"
        ),
    ] = None,
    review: Annotated[bool, typer.Option(help="Review what has not been.", show_default=False)] = True,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where it is written.", show_default="DIR, if there is one"),
    ] = None,
) -> None:
    """Report on recorded evaluations, from their sessions alone.

    Several folders, of several machines, are put together. An episode that stands in more than one counts once; where
    it differs, both files are named and the exit code is 1.
    """
    _need_statistics()
    chosen = folders or _newest()
    if not chosen:
        notice("no evaluations yet; noc-tui bench makes one")
        return
    _report(chosen, output=output or (chosen[0] if len(chosen) == 1 else None), review=review)


def _newest() -> list[Path]:
    """The newest of the user's own evaluations: their names are sortable by time."""
    return sorted(_own_folder().glob("*"))[-1:]


def _own_folder() -> Path:
    from noc_tui import paths

    return paths.data_dir() / "evaluations"


def _need_statistics() -> None:
    from importlib.util import find_spec

    if find_spec("scipy") is None:
        complain(f"noc-tui bench needs SciPy for its statistics; this installs it: {INSTALL}", 2)


def _load_statistics_meanwhile() -> None:
    """Load SciPy in a thread: it takes as long as a thousand episodes, which others are playing."""
    from importlib import import_module
    from threading import Thread

    Thread(target=import_module, args=("noc_tui.bench.statistics",), daemon=True).start()


def _plan(
    agents: Sequence[str],
    selections: Sequence[str],
    seeds: str,
    folders: Sequence[Path] | None,
    *,
    blind: bool,
    reference: bool,
    review: bool,
) -> Plan:
    """What the options ask for. Exits where they cannot be used."""
    from noc_tui.agents.base import AgentError
    from noc_tui.agents.registry import agent_factory
    from noc_tui.bench.evaluation import REFERENCES, Plan
    from noc_tui.bench.selection import SelectionError, parse_seeds, select_incidents
    from noc_tui.preferences import load_preferences
    from noc_tui.sim.catalog import catalog_of
    from noc_tui.sim.errors import IncidentError

    wanted = tuple(dict.fromkeys((*agents, *(REFERENCES if reference else ()))))
    if not wanted:
        complain("nobody is to be evaluated; name an --agent, or leave out --no-reference", 2)
    catalog = catalog_of(incident_folders(folders))
    try:
        names = select_incidents(selections, catalog)
        numbers = tuple(parse_seeds(seeds))
        for spec in wanted:
            agent_factory(spec)
    except (AgentError, IncidentError, SelectionError) as error:
        fail(error, 2)
    preferences = load_preferences()
    for sentence in preferences.notices:
        notice(sentence)
    return Plan(
        agents=wanted,
        incidents=tuple(load_incident(catalog, name) for name in names),
        seeds=numbers,
        blind=blind,
        review=review,
        time_limit=preferences.agent_seconds,
    )


def _new_folder() -> Path:
    from ulid import ULID

    return _own_folder() / str(ULID())


def _evaluate(
    plan: Plan, folder: Path, *, engine: Engine, budget: Budget, concurrency: int, processes: int
) -> str | None:
    """Play what is missing. Why it stopped early, in a clause. Exits where nothing can be played."""
    import asyncio

    from noc_tui.agents.base import AgentError
    from noc_tui.bench.engine import EngineError
    from noc_tui.bench.evaluation import EvaluationError, evaluate
    from noc_tui.bench.folder import FolderError
    from noc_tui.bench.playing import RecordingError
    from noc_tui.cli.bench_progress import ProgressLine

    with ProgressLine(sys.stderr) as line:
        run = evaluate(
            plan,
            folder,
            engine=engine,
            budget=budget,
            concurrency=concurrency,
            processes=processes,
            tell=line.show,
            notice=line.notice,
        )
        try:
            return asyncio.run(run)
        except (AgentError, EvaluationError) as error:
            line.clear()
            fail(error, 2)
        except (EngineError, FolderError, RecordingError) as error:
            line.clear()
            fail(error)


def _report(folders: Sequence[Path], *, output: Path | None, review: bool = False, stopped: bool = False) -> None:
    """Print the tables, and write the report. Exits 1 where the folders hold nothing, or do not go together.

    That an evaluation which was `stopped` holds nothing yet is no failure.
    """
    from noc_tui.bench.exports import write_report
    from noc_tui.bench.folder import FolderError, MergeError, merged, read_folder
    from noc_tui.bench.summary import summarize
    from noc_tui.bench.tables import terminal_report

    try:
        contents = [read_folder(folder) for folder in folders]
        for problem in (problem for folder in contents for problem in folder.problems):
            notice(problem)
        if review:
            contents = [_reviewed(folder) for folder in contents]
        rows, twice = merged(contents)
    except (FolderError, MergeError) as error:
        fail(error)
    if twice:
        notice(f"{twice:,} episodes stand in several folders, the same each time, and count once")
    if not rows:
        complain("there is no finished episode to report on", 0 if stopped else 1)
    unfinished = sum(len(folder.interrupted) for folder in contents)
    notes = [f"{unfinished:,} recordings were interrupted, and are not counted."] if unfinished else []
    summary = summarize(rows, notes=notes)
    for line in terminal_report(summary):
        say(line)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        files = write_report(output, summary, rows)
        notice(f"written: {output}: {', '.join(file.name for file in files)}")
    failed = [agent.agent for agent in summary.agents if not agent.overall.counted]
    if failed:
        complain(f"{', '.join(failed)} failed in every episode: {_why(rows, failed[0])}", 1)


def _why(rows: Sequence[Row], agent: str) -> str:
    return next((row.error for row in rows if row.agent == agent and row.error), "nobody said why")


def _reviewed(contents: Contents) -> Contents:
    """The folder with what the reviews of all its episodes say."""
    from noc_tui.bench.engine import LocalEngine
    from noc_tui.bench.reviewing import review_missing
    from noc_tui.cli.bench_progress import ProgressLine

    engine = LocalEngine.for_episodes(sum(row.reviewed is None for row in contents.rows))
    with ProgressLine(sys.stderr) as line:
        return review_missing(contents, engine, tell=line.show_reviews, notice=line.notice)
