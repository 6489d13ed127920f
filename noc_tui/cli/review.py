"""`noc-tui review`: a session, move by move."""

from __future__ import annotations

import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import complain, examples, find_recording, notice, say, say_json
from noc_tui.cli.sessions import SessionArgument  # noqa: TC001  (Typer evaluates the annotations)

if TYPE_CHECKING:
    from noc_tui.episode.reader import SessionFile
    from noc_tui.review.model import Review

_NARROWEST = 60
_WIDEST = 140


class ReviewFormat(StrEnum):
    """How a review is printed."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=examples("noc-tui review last", "noc-tui review last --format md"))(review)


def review(
    session: SessionArgument,
    output: Annotated[
        ReviewFormat, typer.Option("--format", help="md: Markdown; json: one object with every figure.")
    ] = ReviewFormat.TEXT,
) -> None:
    """Review every move of a session against near-perfect play.

    Each move gets a verdict by the steps that it is expected to have cost. A blind episode is reviewed once it has
    ended, for the review tells what it is about.
    """
    from noc_tui.episode.reader import SessionFile
    from noc_tui.report.facts import facts_of

    path = find_recording(session)
    with SessionFile.open(path, salvage=True) as file:
        reviewed = _review(file, path.name)
        facts = facts_of(file, reviewed)
        for sentence in file.notices:
            notice(sentence)
    from noc_tui.report.reviewing import review_json, review_markdown, review_text

    match output:
        case ReviewFormat.JSON:
            say_json(review_json(facts, reviewed))
        case ReviewFormat.MD:
            for line in review_markdown(facts, reviewed).splitlines():
                say(line)
        case ReviewFormat.TEXT:
            width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
            for line in review_text(facts, reviewed, width):
                say(line)


def _review(file: SessionFile, name: str) -> Review:
    from noc_tui.episode.track import is_secret
    from noc_tui.review.session import review_session

    if is_secret(file):
        complain(f"{name}: is a blind episode that has not ended; what it is about is told after its end", 1)
    if not file.steps:
        complain(f"{name}: has no steps yet; there is nothing to review", 1)
    return review_session(file, _tell_progress if sys.stderr.isatty() else None)


def _tell_progress(done: int, total: int) -> None:
    end = "\r\x1b[K" if done == total else "\r"
    sys.stderr.write(f"\rreviewing {done}/{total}{end}")
    sys.stderr.flush()
