"""What is remembered of a session that has ended, and taking in those that ended while nobody looked. Heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.drills.daily import incident_and_seed
from noc_tui.drills.whole import review_of_session
from noc_tui.episode.errors import SessionError
from noc_tui.episode.library import SUFFIX, is_unfinished
from noc_tui.episode.reader import SessionFile
from noc_tui.store.entries import date_of_day, day_of
from noc_tui.store.errors import StoreError
from noc_tui.store.rebuilding import daily_result
from noc_tui.store.summary import session_entry, verdict_letters
from noc_tui.store.verified import verified_review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review
    from noc_tui.store.claims import Claim
    from noc_tui.store.entries import Entry, SessionEntry
    from noc_tui.store.store import Store

    Progress = Callable[[int, int], None]
    """Told how many of how many have been looked at."""

DAILY: Final = "daily"
SCHEDULED: Final = frozenset({"incident", "shift"})
"""Drills in which a whole incident is the answer to a card."""


class Result(NamedTuple):
    """What a session came to."""

    entry: SessionEntry
    review: Review | None
    """None where it cannot be reviewed, or is too long to be."""
    entries: tuple[Entry, ...]
    """All that is to be remembered of it, `entry` first."""
    problem: str | None = None
    """Why there is no review, in a sentence, where there should be one."""


def result_of(track: Track, *, person: str, drill: str | None = None, progress: Progress | None = None) -> Result:
    """Review a session that has ended: what it came to for `person`, or for the agent that played.

    `progress` is told of positions, and what it raises ends the review. Raises `ValueError` for a session without an
    end.
    """
    review, problem = None, None
    try:
        review = verified_review(track, progress)
    except SessionError as error:
        problem = str(error)
    entry = session_entry(track, review, person=person, drill=drill)
    return Result(entry, review, (entry, *_further(entry, review)), problem)


def _further(entry: SessionEntry, review: Review | None) -> list[Entry]:
    """What follows from a session: the result of a daily, the answer to a card."""
    if entry.kind != "person":
        return []
    if entry.drill == DAILY:
        date = date_of_day(day_of(entry.started))
        fresh = entry.blind and entry.parent is None and not entry.draws
        # One of another date may be played, and does not count.
        if fresh and incident_and_seed(date) == (entry.incident, entry.seed):
            return [daily_result(entry, date, verdict_letters(review) if review else None)]
    if entry.drill in SCHEDULED and (answer := review_of_session(entry, entry.ended)) is not None:
        return [answer]
    return []


def catch_up(store: Store, folder: Path, progress: Progress | None = None) -> list[str]:
    """Take in what is not in the database yet: what waits in the queue, and what has ended in `folder` since.

    Returns sentences for the user. `progress` is that of `take_in_ended`.
    """
    caught = store.take_in_queue()
    ended = take_in_ended(store, folder, progress)[1] if caught.saved else []
    return [*caught.notices, *ended]


def take_in_ended(store: Store, folder: Path, progress: Progress | None = None) -> tuple[int, list[str]]:
    """Remember the sessions in `folder` that somebody has a claim on and that have ended since.

    Returns how many, and sentences for the user. Claims on what is still being played, or can be gone on with, stay.
    `progress` is told of sessions, several times of each, and what it raises ends it all: the rest is for the next
    time, as it is where the database cannot be used.
    """
    claims, problems = store.claims.read()
    count = 0
    for number, claim in enumerate(claims):
        try:
            path = folder / f"{claim.session}{SUFFIX}"
            result = _ended(store, claim, path, problems, _told(progress, number, len(claims)))
            if result is None:
                continue
            remembered = store.remember(*result.entries)
            problems += remembered.notices
            if not remembered.saved:
                break
            store.claims.drop(claim.session)
            count += 1
        except StoreError as error:
            problems.append(str(error))
    return count, problems


def _told(progress: Progress | None, number: int, total: int) -> Progress:
    def tell(_done: int, _positions: int) -> None:
        if progress is not None:
            progress(number, total)

    return tell


def _ended(store: Store, claim: Claim, path: Path, problems: list[str], progress: Progress) -> Result | None:
    """What came of the session of a claim; None where it has not ended. The claim goes where nothing can come of it.

    Raises `StoreError`.
    """
    progress(0, 0)
    if is_unfinished(path):
        return None
    if not path.exists():
        store.claims.drop(claim.session)  # nothing happened in it, or it has been deleted
        return None
    try:
        with SessionFile.open(path) as file:
            return result_of(file, person=claim.player, drill=claim.drill, progress=progress)
    except SessionError as error:
        problems.append(str(error))
        store.claims.drop(claim.session)
        return None
