"""`noc-tui sessions export`: a recording as a report, a table, a film, a picture, or for other programs."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from noc_tui.cli.common import complain, examples, find_recording, notice
from noc_tui.cli.sessions import SessionArgument  # noqa: TC001  (Typer evaluates the annotations)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from noc_tui.episode.reader import SessionFile
    from noc_tui.report.facts import SessionFacts
    from noc_tui.review.model import Review

_STDOUT: Final = Path("-")
_SIZE: Final = re.compile(r"([0-9]{1,3})x([0-9]{1,3})")
_SMALLEST, _LARGEST = (20, 8), (400, 200)
_DEFAULT_SIZE: Final = (80, 24)


class ExportFormat(StrEnum):
    """What a session can be exported as."""

    MD = "md"
    HTML = "html"
    CSV = "csv"
    CAST = "cast"
    SVG = "svg"
    ATIF = "atif"
    JSONL = "jsonl"


_MOST_REVIEWED: Final = 1_000
_ENDINGS: Final = {ExportFormat.ATIF: "trajectory.json"}
"""The end of a file's name, where it is not that of the format."""
_ALIASES: Final = {"markdown": ExportFormat.MD, "htm": ExportFormat.HTML, "json": ExportFormat.ATIF}
_ONLY_FOR: Final = {
    "--size": (ExportFormat.CAST, ExportFormat.SVG),
    "--speed": (ExportFormat.CAST,),
    "--step": (ExportFormat.SVG,),
}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        epilog=examples(
            "noc-tui sessions export last --format md",
            "noc-tui sessions export last --out report.html",
            "noc-tui sessions export last --format cast --out run.cast",
            "noc-tui sessions export last --format csv --out -",
        )
    )(export)


def export(
    session: SessionArgument,
    *,
    output: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="Without it, as FILE ends; else csv."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The file to write; - for standard output. Without it a file in this folder, or standard output "
            "where that is no terminal.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="cast, svg: columns and rows, 80x24.")] = None,
    speed: Annotated[float | None, typer.Option(min=0.1, max=100, metavar="N", help="cast: steps a second, 1.")] = None,
    step: Annotated[int | None, typer.Option(min=0, metavar="N", help="svg: after which step; the last.")] = None,
) -> None:
    """Export a recording.

    md, html: a post-incident report. csv: a row a step. cast: a film for
    asciinema. svg: a picture of the dashboard. atif: an agent trajectory for
    other tools. jsonl: the recording itself.
    """
    from noc_tui.episode.reader import SessionFile

    chosen = output or _format_of(out)
    _check_options(chosen, {"--size": size, "--speed": speed, "--step": step})
    columns_rows = _parsed(size)
    path = find_recording(session)
    with SessionFile.open(path) as file:
        target = _target(out, file, chosen)
        if target is not None:
            _check_target(target, path, force=force)
        pieces = _pieces(file, chosen, columns_rows, speed or 1.0, step)
        if target is None:
            for piece in pieces:
                typer.echo(piece.encode(), nl=False)  # UTF-8 and the line ends of the format, as a file would be
        else:
            from noc_tui.files import write_whole

            write_whole(target, pieces)
            notice(f"{target}: written, {file.steps} step{'' if file.steps == 1 else 's'}{_unfinished(file)}")
        for sentence in file.notices:
            notice(sentence)


# --- what is asked for


def _format_of(out: Path | None) -> ExportFormat:
    """What the name of the file says."""
    ending = out.suffix[1:].lower() if out is not None else ""
    if ending in _ALIASES:
        return _ALIASES[ending]
    return ExportFormat(ending) if ending in set(ExportFormat) else ExportFormat.CSV


def _check_options(chosen: ExportFormat, options: dict[str, object]) -> None:
    for name, value in options.items():
        if value is not None and chosen not in _ONLY_FOR[name]:
            complain(f"{name}: says nothing for {chosen}; it is for {' and '.join(_ONLY_FOR[name])}", 2)


def _parsed(size: str | None) -> tuple[int, int]:
    if size is None:
        return _DEFAULT_SIZE
    match = _SIZE.fullmatch(size)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (_SMALLEST[0] <= width <= _LARGEST[0] and _SMALLEST[1] <= height <= _LARGEST[1]):
        least, most = (f"{columns}x{rows}" for columns, rows in (_SMALLEST, _LARGEST))
        complain(f"--size {size!r}: expected columns and rows, such as 120x40, from {least} to {most}", 2)
    return width, height


def _target(out: Path | None, file: SessionFile, chosen: ExportFormat) -> Path | None:
    """The file to write; None for standard output."""
    if out == _STDOUT:
        return None
    if out is not None:
        return out
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return Path(_file_name(file, chosen))


def _file_name(file: SessionFile, chosen: ExportFormat) -> str:
    from noc_tui.episode.records import INCIDENT_ID
    from noc_tui.episode.track import is_secret

    name = str(file.header.incident.get("id", ""))
    if is_secret(file):
        name = "blind"
    elif not re.fullmatch(INCIDENT_ID, name):
        name = "session"
    return f"{name}-{file.header.session[-8:]}.{_ENDINGS.get(chosen, chosen)}"


def _check_target(target: Path, recording: Path, *, force: bool) -> None:
    """Exit 2 for a file that would be lost."""
    if target.exists() and target.samefile(recording):
        complain(f"{target}: is the session itself and is not overwritten; name another file", 2)
    if target.is_file() and not force:
        complain(f"{target}: is there already; --force overwrites it, --out names another file", 2)


def _unfinished(file: SessionFile) -> str:
    return "" if file.end else "; the session is unfinished"


# --- what is written


def _pieces(
    file: SessionFile, chosen: ExportFormat, size: tuple[int, int], speed: float, step: int | None
) -> Iterable[str]:
    pieces: Iterable[str]
    match chosen:
        case ExportFormat.MD:
            from noc_tui.report.markdown import markdown_report

            pieces = [markdown_report(_facts(file))]
        case ExportFormat.HTML:
            from noc_tui.report.html import html_report

            pieces = [html_report(_facts(file))]
        case ExportFormat.CSV:
            from noc_tui.episode.export import csv_lines

            pieces = csv_lines(file)
        case ExportFormat.CAST:
            pieces = _film(file, size, speed)
        case ExportFormat.SVG:
            pieces = [_picture(file, step, size)]
        case ExportFormat.ATIF:
            from noc_tui.report.atif import atif_json

            pieces = [atif_json(file)]
        case ExportFormat.JSONL:
            pieces = _recording(file)
    return pieces


def _facts(file: SessionFile) -> SessionFacts:
    from noc_tui.report.facts import facts_of

    return facts_of(file, _review(file))


def _review(file: SessionFile) -> Review | None:
    """The review; None, and a notice, for a session of which there is none."""
    from noc_tui.episode.track import is_secret

    if is_secret(file) or not file.steps:
        return None
    if file.steps > _MOST_REVIEWED:
        notice(f"the review is left out: it would take too long for more than {_MOST_REVIEWED} steps")
        return None
    from noc_tui.review.positions import CannotReviewError
    from noc_tui.review.session import review_session

    try:
        return review_session(file)
    except CannotReviewError as error:
        notice(f"the review is left out: {error}")
        return None


def _film(file: SessionFile, size: tuple[int, int], speed: float) -> Iterable[str]:
    from noc_tui.report.asciicast import cast_lines
    from noc_tui.tui.exporting import rendered_frames

    frames = rendered_frames(file.path, size, _progress(file.steps))
    return cast_lines(file, frames, size=size, speed=speed)


def _progress(steps: int) -> Callable[[int], None] | None:
    """What tells somebody who waits at a terminal how far it is; None where nobody does."""
    if not sys.stderr.isatty():
        return None

    def tell(step: int) -> None:
        erased = "\r\x1b[K" if step == steps else ""
        typer.echo(f"\rnoc-tui: rendering step {step} of {steps}{erased}", err=True, nl=False)

    return tell


def _picture(file: SessionFile, step: int | None, size: tuple[int, int]) -> str:
    if step is not None and step > file.steps:
        complain(f"--step {step}: the session has {file.steps} steps", 2)
    from noc_tui.tui.exporting import rendered_picture

    return rendered_picture(file.path, file.steps if step is None else step, size)


def _recording(file: SessionFile) -> Iterable[str]:
    from noc_tui.episode.export import jsonl_lines
    from noc_tui.episode.track import is_secret

    if is_secret(file):
        complain(
            f"{file.path.name}: is a blind episode that has not ended; the recording itself tells what it is about", 1
        )
    return jsonl_lines(file)
