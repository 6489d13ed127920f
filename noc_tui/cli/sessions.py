"""`noc-tui sessions`: what has been recorded, and taking it elsewhere."""

from __future__ import annotations

import shutil
import sys
import textwrap
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import examples, find_recording, notice, say, say_json
from noc_tui.cli.completion import complete_sessions
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from noc_tui.episode.library import SessionSummary
    from noc_tui.episode.reader import SessionFile
    from noc_tui.episode.records import Aside
    from noc_tui.episode.totals import Diagnosis

SessionArgument = Annotated[
    str,
    typer.Argument(
        metavar="SESSION",
        help="A session file, an id, its beginning or end, or last.",
        autocompletion=complete_sessions,
    ),
]

_HEAD = 28
"""Columns before the explanation of a step in `show`."""

_NAME_LIMIT = 40
"""Characters of an incident's id or of a driver in the list."""

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


class ListFormat(StrEnum):
    """How a list is printed."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    from noc_tui.cli import deleting, exporting  # which share names with this module

    exporting.register(commands)
    deleting.register(commands)
    app.add_typer(commands, name="sessions", epilog=examples("noc-tui sessions", "noc-tui sessions show last"))


@commands.callback()
def root(context: typer.Context) -> None:
    """List, show, export, delete recordings. Without a command, list them."""
    if context.invoked_subcommand is None:
        list_()


@commands.command(
    "list",
    epilog=examples("noc-tui sessions list --limit 10", "noc-tui sessions list --format json"),
)
def list_(
    output: Annotated[ListFormat, typer.Option("--format", help="json: an object a line.")] = ListFormat.TEXT,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the newest so many.")] = None,
) -> None:
    """List the recordings, newest first.

    A line has the id, the start, the incident, the seed, who drove, and how it stands.
    """
    summaries = recordings()
    if not summaries and output is ListFormat.TEXT:
        from noc_tui import paths

        notice(f"no sessions in {paths.sessions_dir()}; noc-tui play records one")
    shown = summaries[:limit]
    if output is ListFormat.JSON:
        for summary in shown:
            say_json(_values(summary))
    else:
        for line in lines_of(shown):
            say(line)


def recordings() -> list[SessionSummary]:
    """The recordings, newest first. What is none is told on standard error; exits 1 where there is nothing else."""
    from noc_tui.episode.library import list_sessions

    summaries, problems = list_sessions()
    for problem in problems:
        notice(problem)
    if problems and not summaries:
        raise typer.Exit(1)
    return summaries


def lines_of(summaries: Sequence[SessionSummary]) -> list[str]:
    """The recordings, a line each, in columns. An id is as short as names it among all that one has."""
    rows = [_cells(summary) for summary in summaries]
    incident, seed, driver = (max((len(row[column]) for row in rows), default=0) for column in (2, 3, 4))
    return [
        f"{row[0]:<8}  {row[1]}  {row[2]:<{incident}}  {row[3]:>{seed}}  {row[4]:<{driver}}  {row[5]}" for row in rows
    ]


def _cells(summary: SessionSummary) -> tuple[str, ...]:
    name = clean(summary.path.stem, 40)
    driver = "you" if summary.driver == "human" else clean(summary.driver, _NAME_LIMIT)
    incident = clean(_incident(summary), _NAME_LIMIT)
    return name[-8:], _moment(summary), incident, str(summary.seed), driver, _status(summary)


def _moment(summary: SessionSummary) -> str:
    try:
        moment = summary.started.astimezone()
    except OverflowError:  # the edge of the calendar, from a file that somebody made up
        moment = summary.started
    return moment.isoformat(" ", "minutes")[:16]


def _incident(summary: SessionSummary) -> str:
    """The incident's id; while a blind episode can still be gone on with, no more than that it is one."""
    return "blind incident" if summary.secret else summary.incident


def _status(summary: SessionSummary) -> str:
    if summary.status == "truncated":
        return "out of steps"
    words = {"resolved": "resolved in", "live": "live, at"}
    return f"{words.get(summary.status, f'{summary.status} at')} {summary.steps}"


def _values(summary: SessionSummary) -> dict[str, object]:
    return {
        "session": summary.session,
        "started": summary.started.isoformat(),
        "incident": None if summary.secret else summary.incident,
        "seed": summary.seed,
        "driver": summary.driver,
        "status": summary.status,
        "steps": summary.steps,
        "max_steps": summary.max_steps,
        "parent": summary.parent,
        "blind": summary.blind,
        "path": str(summary.path),
    }


@commands.command(epilog=examples("noc-tui sessions show last"))
def show(session: SessionArgument) -> None:
    """Show one recording, a line for each step.

    Marks, diagnoses, suggestions and changes of control stand between them. A damaged recording is shown up to the
    damage. What a blind episode is about is told once it has ended.
    """
    from noc_tui.episode.reader import SessionFile

    with SessionFile.open(find_recording(session), salvage=True) as file:
        is_read = sys.stdout is not None and sys.stdout.isatty()  # else by a program, a line a step
        width = shutil.get_terminal_size().columns if is_read else 0
        for line in _described(file):
            for row in broken(line, width):
                say(row)
        for sentence in file.notices:
            notice(sentence)


def broken(line: str, width: int) -> list[str]:
    """A line of `show` for a terminal of `width` columns: an explanation goes on below its beginning; 0 breaks none."""
    if len(line) <= width or width < 2 * _HEAD:
        return [line]
    indent = " " * (_HEAD if line[:4].strip().isdecimal() else 6)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False)


def _described(file: SessionFile) -> Iterator[str]:
    from noc_tui.episode.totals import diagnosis_of
    from noc_tui.episode.track import BLIND_TITLE, is_secret

    header, end = file.header, file.end
    incident = header.incident
    title = BLIND_TITLE if is_secret(file) else f"{incident.get('title', '?')} ({incident.get('id', '?')})"
    played_blind = ", blind" if header.blind and end else ""
    yield f"{title}, seed {header.seed}, {header.pace} pace{played_blind}"
    yield f"session {header.session}, started {header.started.isoformat(' ', 'seconds')[:19]} UTC"
    if header.parent:
        yield f"forked from {header.parent.session} at step {header.parent.step}"
    versions = header.versions
    yield f"noc-tui {versions.program}, Python {versions.python}, NumPy {versions.numpy}"
    asides = iter(file.asides)
    aside = next(asides, None)
    for step in range(file.steps + 1):
        if step:
            record = file.record(step)
            yield f"{step:>4}  {clean(record.decision.driver, 12):<12}  {record.reward:+6.2f}  {record.explanation}"
        while aside is not None and aside.step <= step:
            yield f"      {_aside(aside)}"
            aside = next(asides, None)
    if end:
        if (diagnosis := diagnosis_of(file)) is not None:
            yield _judged(diagnosis)
        yield f"{end.outcome} at step {end.steps}, return {end.total_reward:.2f}, score {end.score:.3f}"
    else:
        yield f"{file.state} at step {file.steps}"


def _aside(aside: Aside) -> str:
    if aside.event == "mark":
        return f"mark: {aside.text}" if aside.text else "mark"
    if aside.event == "diagnosis":
        return f"{'you' if aside.driver == 'human' else aside.driver} diagnosed: {aside.incident}"
    if aside.event == "suggestion":
        said = aside.action.label if aside.action else "nothing"
        return f"{aside.driver} suggested: {said} ({'followed' if aside.followed else 'not followed'})"
    why = f": {aside.error}" if aside.error else ""
    return f"{aside.giver} -> {aside.taker} ({aside.reason.replace('_', ' ')}){why}"


def _judged(diagnosis: Diagnosis) -> str:
    first = diagnosis.first_right
    when = f"first named at step {first.step}, after {first.elapsed:.1f} s" if first else "never named the right one"
    return f"diagnosis {diagnosis.last.incident}: {'right' if diagnosis.right else 'wrong'}; {when}"
