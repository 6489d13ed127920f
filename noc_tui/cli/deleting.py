"""`noc-tui sessions delete` and `prune`: what is being recorded stays, and nothing goes without a yes."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import complain, examples, find_recording, notice, say
from noc_tui.cli.completion import complete_sessions
from noc_tui.cli.sessions import lines_of, recordings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_AGE = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command(epilog=examples("noc-tui sessions delete last --yes"))(delete)
    group.command(
        epilog=examples("noc-tui sessions prune --older-than 30d --keep 100 --dry-run"),
    )(prune)


def delete(
    session: Annotated[
        list[str],
        typer.Argument(metavar="SESSION...", help="Files, ids, or last.", autocompletion=complete_sessions),
    ],
    yes: YesOption = False,
) -> None:
    """Delete recordings, after asking."""
    doomed = list({os.path.realpath(path): path for path in map(find_recording, session)}.values())
    _delete(doomed, [_about(path) for path in doomed], yes=yes)


def _about(path: Path) -> str:
    """A line about a recording that may be damaged. Raises `SessionError` for a file that is none."""
    from noc_tui.episode.errors import SessionDamagedError
    from noc_tui.episode.library import summarize

    try:
        return lines_of([summarize(path)])[0]
    except SessionDamagedError as error:
        return str(error)


def prune(
    older_than: Annotated[str | None, typer.Option(metavar="AGE", help="Older than this: 30d, 12h, 8w.")] = None,
    keep: Annotated[int | None, typer.Option(min=0, metavar="N", help="Not the newest so many.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    yes: YesOption = False,
) -> None:
    """Delete old recordings, after asking. With both --older-than and --keep, what both allow."""
    if older_than is None and keep is None:
        complain("say what to prune: --older-than 30d, --keep 100, or both", 2)
    before = None if older_than is None else datetime.now(UTC) - _age(older_than)
    doomed = [
        summary
        for summary in recordings()[keep:]
        if summary.status != "live" and (before is None or summary.started < before)
    ]
    lines = lines_of(doomed)
    if dry_run:
        for line in lines:
            say(line)
        notice(f"{_count(len(lines))} would be deleted")
    else:
        _delete([summary.path for summary in doomed], lines, yes=yes)


def _age(text: str) -> timedelta:
    if not (match := _AGE.fullmatch(text)):
        complain(f"--older-than {text!r}: expected a number and h, d or w, such as 30d", 2)
    return int(match[1]) * _UNITS[match[2]]


def _delete(paths: Sequence[Path], lines: Sequence[str], *, yes: bool) -> None:
    """Delete the files, each of which a line tells about. Exits 1 when one could not be, or the answer was no."""
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import delete_session

    if not paths:
        notice("nothing to delete")
        return
    if not yes:
        _ask(lines)
    failed = False
    for path in paths:
        try:
            delete_session(path)
        except SessionError as error:
            failed = True
            notice(str(error))
        else:
            say(f"deleted {path.stem}")
    if failed:
        raise typer.Exit(1)


def _ask(lines: Sequence[str]) -> None:
    """Ask whether to delete what the lines tell about. Exits 1 without a yes, 2 where nobody can be asked."""
    if not sys.stdin.isatty():
        complain("standard input is no terminal, so nobody can be asked; add --yes to delete", 2)
    for line in lines:
        say(line)
    typer.echo(f"Delete {_count(len(lines))}? [y/N] ", nl=False)
    # Not typer.confirm, which takes Ctrl-C for a no.
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        complain("nothing has been deleted", 1)


def _count(number: int) -> str:
    return "1 session" if number == 1 else f"{number} sessions"
