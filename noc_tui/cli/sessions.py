"""`noc-tui sessions`: what has been recorded."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import complain, fail
from noc_tui.cli.completion import complete_sessions

if TYPE_CHECKING:
    from noc_tui.episode.library import SessionSummary

SessionArgument = Annotated[
    str, typer.Argument(help="A session file, an id or part of one, or `last`.", autocompletion=complete_sessions)
]
_AGE = re.compile(r"(\d{1,5})([dhw])")

commands = typer.Typer(
    help="List, show, export, delete recordings.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)


class ListFormat(StrEnum):
    """How a list is printed."""

    TEXT = "text"
    JSON = "json"


class ExportFormat(StrEnum):
    """What a session can be exported as."""

    JSONL = "jsonl"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(commands, name="sessions", epilog="Example: noc-tui sessions export last --format csv --out run.csv")


@commands.callback()
def root(context: typer.Context) -> None:
    """List, show, export, delete recordings."""
    if context.invoked_subcommand is None:
        list_()


@commands.command("list")
def list_(
    output: Annotated[ListFormat, typer.Option("--format", help="text, or json: an object a line.")] = ListFormat.TEXT,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")] = None,
) -> None:
    """List the recordings, newest first."""
    from noc_tui import paths
    from noc_tui.episode.library import list_sessions

    summaries, problems = list_sessions()
    for problem in problems:
        typer.echo(f"noc-tui: {problem}", err=True)
    if not summaries and output is ListFormat.TEXT:
        typer.echo(f"No sessions in {paths.sessions_dir()}. noc-tui play records one.")
    for summary in summaries[:limit]:
        typer.echo(json.dumps(_values(summary)) if output is ListFormat.JSON else _line(summary))


@commands.command()
def show(session: SessionArgument) -> None:
    """Show one recording: where it came from, and each step in a line."""
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.reader import SessionFile

    try:
        file = SessionFile.open(_find(session), salvage=True)
        header = file.header
        typer.echo(f"{header.incident['title']} ({header.incident['id']}), seed {header.seed}, {header.pace} pace")
        typer.echo(f"session {header.session}, started {header.started:%Y-%m-%d %H:%M:%S} UTC")
        if header.parent:
            typer.echo(f"forked from {header.parent.session} at step {header.parent.step}")
        versions = header.versions
        typer.echo(f"noc-tui {versions.program}, Python {versions.python}, NumPy {versions.numpy}")
        for record in file.records():
            typer.echo(
                f"{record.step:>4}  {record.decision.driver:<10.10}  {record.reward:+6.2f}  {record.explanation}"
            )
        for notice in file.notices:
            typer.echo(f"noc-tui: {notice}", err=True)
        if file.end:
            typer.echo(
                f"{file.end.outcome} at step {file.end.steps}, return {file.end.total_reward:.2f}, score {file.end.score:.3f}"
            )
        else:
            typer.echo(f"{file.state} at step {file.steps}")
    except SessionError as error:
        fail(error)


@commands.command()
def export(
    session: SessionArgument,
    output: Annotated[
        ExportFormat, typer.Option("--format", help="jsonl: the recording; csv: a row a step.")
    ] = ExportFormat.CSV,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output without it.")] = None,
) -> None:
    """Export a recording."""
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.export import csv_lines
    from noc_tui.episode.reader import SessionFile

    path = _find(session)
    try:
        file = SessionFile.open(path)
        text = "".join(csv_lines(file)) if output is ExportFormat.CSV else path.read_text(encoding="utf-8")
        if out is None:
            sys.stdout.write(text)
        else:
            from noc_tui.files import write_whole

            write_whole(out, text)
            typer.echo(f"{out}: written", err=True)
    except (SessionError, OSError) as error:
        fail(error)


@commands.command()
def delete(
    session: Annotated[list[str], typer.Argument(help="Sessions to delete.", autocompletion=complete_sessions)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete recordings."""
    paths = [_find(name) for name in session]
    _delete([_summarized(path) for path in paths], yes=yes)


@commands.command()
def prune(
    older_than: Annotated[str | None, typer.Option(metavar="AGE", help="Older than this: 30d, 12h, 8w.")] = None,
    keep: Annotated[int | None, typer.Option(min=0, help="All but the newest so many.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete old recordings."""
    from noc_tui.episode.library import list_sessions

    if older_than is None and keep is None:
        complain("say what to prune: --older-than 30d, --keep 100, or both", 2)
    summaries, _ = list_sessions()
    doomed = summaries[keep:] if keep is not None else summaries
    if older_than is not None:
        before = datetime.now(UTC) - _age(older_than)
        doomed = [summary for summary in doomed if summary.started < before]
    if dry_run:
        for summary in doomed:
            typer.echo(_line(summary))
        typer.echo(f"{len(doomed)} of {len(summaries)} sessions would be deleted")
    else:
        _delete(doomed, yes=yes)


def _age(text: str) -> timedelta:
    if not (match := _AGE.fullmatch(text)):
        complain(f"--older-than {text!r}: expected a number and h, d or w, such as 30d", 2)
    return int(match[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[match[2]]


def _delete(summaries: list[SessionSummary], *, yes: bool) -> None:
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import delete_session

    if not summaries:
        typer.echo("Nothing to delete.")
        return
    if not yes:
        if not sys.stdin.isatty():
            complain("standard input is no terminal, so nobody can be asked; add --yes to delete", 2)
        for summary in summaries:
            typer.echo(_line(summary))
        if not typer.confirm(f"Delete {len(summaries)} session{'s' if len(summaries) > 1 else ''}?"):
            raise typer.Exit(1)
    failed = False
    for summary in summaries:
        try:
            delete_session(summary.path)
        except SessionError as error:
            failed = True
            typer.echo(f"noc-tui: {error}", err=True)
        else:
            typer.echo(f"deleted {summary.session}")
    if failed:
        raise typer.Exit(1)


def _find(name: str) -> Path:
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import find_session

    try:
        return find_session(name)
    except SessionError as error:
        fail(error)


def _summarized(path: Path) -> SessionSummary:
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import summarize

    try:
        return summarize(path)
    except SessionError as error:
        fail(error)


def _line(summary: SessionSummary) -> str:
    started = summary.started.astimezone().strftime("%Y-%m-%d %H:%M")
    driver = "you" if summary.driver == "human" else summary.driver
    return f"{summary.session}  {started}  {summary.incident:<22}  seed {summary.seed:<11} {driver:<10}  {summary.status} at {summary.steps}"


def _values(summary: SessionSummary) -> dict[str, object]:
    return {
        "session": summary.session,
        "started": summary.started.isoformat(),
        "incident": summary.incident,
        "seed": summary.seed,
        "driver": summary.driver,
        "status": summary.status,
        "steps": summary.steps,
        "max_steps": summary.max_steps,
        "parent": summary.parent,
        "path": str(summary.path),
    }
