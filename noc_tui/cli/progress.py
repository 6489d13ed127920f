"""`noc-tui progress`: what has been learned, and taking it elsewhere."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from noc_tui.cli import standings
from noc_tui.cli.common import complain, examples, fail, find_recording, notice, say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

    from noc_tui.store.entries import Entry
    from noc_tui.store.store import Store

T = TypeVar("T")

StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        help="postgresql://USER@HOST/DATABASE, or sqlite:////PATH/TO/FILE.",
        show_default="the file progress.sqlite3 in the data folder",
    ),
]
PlayerOption = Annotated[
    str | None, typer.Option("--player", metavar="NAME", help="Whose progress.", show_default="your login name")
]

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


class ProgressFormat(StrEnum):
    """How progress is printed."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    standings.register(commands)
    app.add_typer(
        commands,
        name="progress",
        epilog=examples("noc-tui progress", "noc-tui progress export progress.json", "noc-tui progress rebuild"),
    )


@commands.callback()
def root(
    context: typer.Context,
    output: Annotated[
        ProgressFormat | None,
        typer.Option(
            "--format",
            help="text, md (Markdown) or json (one object with every figure).",
            show_default="the screen, in a terminal; else text",
        ),
    ] = None,
    player: PlayerOption = None,
    team: Annotated[bool, typer.Option("--team", help="Who has played how much, instead.")] = False,
    store: StoreOption = "",
) -> None:
    """Show how you fare, rebuild or move what is remembered.

    Without a command, the summary: by incident, rating, dailies, what is due. In a terminal it is a screen, unless an
    option is given.
    """
    if context.invoked_subcommand is not None:
        return
    asked = output is not None or team or player is not None or bool(store)
    if not asked and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        from noc_tui.tui.app import run_app
        from noc_tui.tui.launch import Launch

        raise typer.Exit(run_app(Launch("progress")))
    if team:
        _show_team(output or ProgressFormat.TEXT, store)
    else:
        _show(output or ProgressFormat.TEXT, player, store)


def _show(output: ProgressFormat, player: str | None, store: str) -> None:
    from noc_tui.sim.catalog import catalog_of
    from noc_tui.store.progress import progress_of
    from noc_tui.store.wording import progress_json, progress_lines, progress_markdown

    name, now = player_of(player), datetime.now(UTC)
    progress = asked(store, lambda connection: progress_of(connection, name, now, catalog_of(()).ids))
    match output:
        case ProgressFormat.JSON:
            say_json(progress_json(progress))
        case ProgressFormat.MD:
            _say_all(progress_markdown(progress, now).splitlines())
        case ProgressFormat.TEXT:
            _say_all(progress_lines(progress, now))


def _show_team(output: ProgressFormat, store: str) -> None:
    from noc_tui.store.queries import team
    from noc_tui.store.wording import team_lines, team_markdown

    rows = asked(store, team)
    match output:
        case ProgressFormat.JSON:
            say_json({"team": [row._asdict() for row in rows]})
        case ProgressFormat.MD:
            _say_all(team_markdown(rows).splitlines())
        case ProgressFormat.TEXT:
            _say_all(team_lines(rows))


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)


@commands.command(epilog=examples("noc-tui progress rebuild"))
def rebuild(player: PlayerOption = None, store: StoreOption = "") -> None:
    """Restore from the session files all but the schedule.

    Each session is simulated again and reviewed anew, which takes about a second for each. What the files do not say
    (answers to cards, sessions of others) stays as it is. A database file that is damaged is put aside first.
    """
    from noc_tui import paths
    from noc_tui.drills.daily import incident_and_seed
    from noc_tui.episode.library import list_sessions
    from noc_tui.store.errors import StoreError
    from noc_tui.store.rebuilding import put_aside_if_damaged
    from noc_tui.store.rebuilding import rebuild as restore

    summaries, problems = list_sessions()
    files = [summary.path for summary in reversed(summaries)]
    with open_store(store) as opened:
        try:
            if moved := put_aside_if_damaged(opened):
                notice(f"the database was damaged, and lies in {moved} now")
            catch_up(opened)  # what waits says whose a session is, and for which drill it was played
            rebuilt = restore(
                opened,
                files,
                person=player_of(player),
                daily_of=incident_and_seed,
                progress=_tell_progress if sys.stderr.isatty() else None,
            )
        except StoreError as error:
            fail(error)
        for sentence in (*problems, *rebuilt.problems):
            notice(sentence)
        say(f"{rebuilt.taken.text} from {len(files)} file{'' if len(files) == 1 else 's'} in {paths.sessions_dir()}")


def _tell_progress(done: int, total: int) -> None:
    end = "\r\x1b[K" if done == total else "\r"
    sys.stderr.write(f"\rreviewing {done}/{total}{end}")
    sys.stderr.flush()


@commands.command(epilog=examples("noc-tui progress export progress.json"))
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; a file that is there is replaced.")],
    store: StoreOption = "",
) -> None:
    """Write everything that is remembered to a JSON file."""
    from noc_tui.store.transfer import export_to

    count = asked(store, lambda connection: export_to(connection, file))
    say(f"{count} entries written to {file}")


@commands.command(
    "import", epilog=examples("noc-tui progress import last", "noc-tui progress import last --player ben")
)
def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="What noc-tui progress export has written, or sessions.")
    ],
    player: PlayerOption = None,
    store: StoreOption = "",
) -> None:
    """Add what was exported elsewhere, or sessions.

    Nothing is overwritten, and the same file twice changes nothing. A session, named by file, id or last, is simulated
    again first, and counts only if it comes out the same; --player says who played it, where a human did. An exported
    file is believed as it stands. A file that is refused costs no other.
    """
    from noc_tui.episode.errors import SessionError
    from noc_tui.store.errors import StoreError
    from noc_tui.store.transfer import entries_from
    from noc_tui.store.writing import take_in

    person = player_of(player)
    found = [Path(name) if Path(name).is_file() else find_recording(name) for name in files]
    entries: list[Entry] = []
    refused: list[Exception] = []
    for path in found:
        try:
            entries += _session_entries(path, person) if _is_session(path) else entries_from(path)
        except (StoreError, SessionError) as error:
            refused.append(error)
    if len(refused) == len(files):
        for each in refused[:-1]:
            notice(str(each))
        fail(refused[-1])
    with open_store(store) as opened:
        try:
            with opened.writing() as connection:
                taken = take_in(connection, entries)
        except StoreError as error:
            fail(error)
    for each in refused:
        notice(str(each))
    say(f"{taken.text} new, of {len(entries)} entr{'y' if len(entries) == 1 else 'ies'}")
    if refused:
        raise typer.Exit(1)


def _is_session(path: Path) -> bool:
    """Whether a file is a session, and not an export: by its beginning; where that says nothing, by its name."""
    with suppress(OSError), path.open("rb") as file:  # who reads it tells why it cannot be
        beginning = file.read(4096)
        if b'"noc-tui-session"' in beginning or b'"noc-tui-progress"' in beginning:
            return b'"noc-tui-session"' in beginning
    return path.suffix == ".jsonl"


def _session_entries(path: Path, person: str) -> list[Entry]:
    """What is remembered of a session. Raises `SessionError` for one that has not ended or does not verify."""
    from noc_tui.drills.daily import incident_and_seed
    from noc_tui.episode.errors import SessionError
    from noc_tui.store.rebuilding import entries_of_file

    problems: list[str] = []
    entries = entries_of_file(path, person, incident_and_seed, problems)
    if problems:
        raise SessionError(f"{path.name}: {problems[0]}")
    if not entries:
        raise SessionError(f"{path.name}: has not ended; it can be imported once it has")
    return entries


def asked(store: str, ask: Callable[[Connection], T]) -> T:
    """What the database answers, with all in it that was not yet. Exits 1 where it cannot be asked."""
    from noc_tui.store.errors import StoreError

    with open_store(store) as opened:
        catch_up(opened)
        try:
            with opened.reading() as connection:
                return ask(connection)
        except StoreError as error:
            fail(error)


def catch_up(opened: Store) -> None:
    """Take in what is not in the database yet: what waits, and what has ended while nobody looked."""
    from noc_tui import paths
    from noc_tui.drills import results

    for sentence in results.catch_up(opened, paths.sessions_dir()):
        notice(sentence)


def open_store(store: str) -> Store:
    """The database that is asked for, or else set. Exits 2 for what names none."""
    from noc_tui.preferences import load_preferences
    from noc_tui.store.errors import BadPlaceError
    from noc_tui.store.store import Store

    if not store:
        preferences = load_preferences()
        store = preferences.store
        for sentence in preferences.notices:  # a setting that has no effect may be the one that names the database
            notice(sentence)
    try:
        return Store(store)
    except BadPlaceError as error:
        fail(error, 2)


def player_of(given: str | None) -> str:
    """Whose progress is asked for: who is named, else who is set, else the login name. Exits 2 for what is no name."""
    from noc_tui.preferences import load_preferences
    from noc_tui.store.people import default_player, player_name

    try:
        if given is not None:
            return player_name(given)
        name = load_preferences().player
        return player_name(name) if name else default_player()
    except ValueError as error:
        complain(f"--player: {error}", 2)
