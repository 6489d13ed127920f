"""From a session and its review to the row that is remembered of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.episode.errors import SessionError
from noc_tui.episode.records import CLOCK, HUMAN
from noc_tui.episode.totals import diagnosis_of
from noc_tui.review.model import Verdict
from noc_tui.store.entries import MoveCount, SessionEntry, millis
from noc_tui.store.lines import dump_entry, parse_entry
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review
    from noc_tui.store.entries import Kind

_NAME: Final = 80
LETTERS: Final[dict[Verdict, str]] = {
    Verdict.BEST: "b",
    Verdict.GOOD: "g",
    Verdict.NEEDLESS: "n",
    Verdict.INACCURACY: "i",
    Verdict.MISTAKE: "m",
    Verdict.BLUNDER: "x",
    Verdict.NONE: "-",
}
"""A verdict in one letter."""
_MOST_LETTERS: Final = 4096


class Whose(NamedTuple):
    """To whom a session counts."""

    player: str
    kind: Kind
    assisted: bool
    """Somebody else took some of the steps."""


def whose(track: Track, person: str) -> Whose:
    """To whom a session counts: `person`, where a human played, or the agent that did.

    Steps that were inherited, or that the clock took, are nobody's. Where several took steps, it is the one who began.
    """
    drivers = []
    for step in range(1, track.steps + 1):
        record = track.record(step)
        if not record.inherited and record.decision.driver != CLOCK and record.decision.driver not in drivers:
            drivers.append(record.decision.driver)
    driver = drivers[0] if drivers else track.header.driver
    if driver in {HUMAN, CLOCK}:
        return Whose(person, "person", len(drivers) > 1)
    return Whose(clean(driver, _NAME) or "agent", "agent", len(drivers) > 1)


def session_entry(track: Track, review: Review | None, *, person: str, drill: str | None = None) -> SessionEntry:
    """What is remembered of a session that has ended; `review` is None where it cannot be reviewed.

    Counted in the rating is what somebody played alone, from the start, to an end that could be won. Raises
    `ValueError` for a session without an end, `SessionError` for one with figures that cannot be kept (a date before
    1970).
    """
    header, end = track.header, track.end
    if end is None:
        raise ValueError(f"session {header.session} has not ended")
    player, kind, assisted = whose(track, person)
    named = diagnosis_of(track)
    useful = review.first_useful if review else None
    graded = review is not None and review.grade is not None
    started = millis(header.started)
    entry = SessionEntry(
        session=header.session,
        player=player,
        kind=kind,
        incident=str(header.incident.get("id", "unknown")),
        incident_hash=header.incident_hash,
        seed=header.seed,
        draws=header.draws,
        max_steps=header.max_steps,
        pace=header.pace,
        blind=header.blind,
        parent=header.parent.session if header.parent else None,
        drill=drill,
        started=started,
        ended=max(started, millis(end.at)),
        seconds=end.elapsed,
        outcome=end.outcome,
        steps=end.steps,
        assisted=assisted,
        reviewed=review is not None,
        unwinnable=review is not None and review.unwinnable_start,
        grade=review.grade if review else None,
        accuracy=review.accuracy if review else None,
        par=review.par if review else None,
        lost=review.lost if review else None,
        luck=review.luck if review else None,
        harmful=review.harmful if review else None,
        first_useful=useful,
        first_useful_seconds=track.record(useful).elapsed if useful else None,
        diagnosis=named.right if named else None,
        rated=graded and not assisted and header.parent is None and not header.draws,
        verdicts=_counts(review) if review else (),
    )
    try:
        parse_entry(dump_entry(entry))  # or nobody could import what is exported, all that is sound in it included
    except ValueError as error:
        raise SessionError(f"session {header.session} cannot be remembered: {error}") from error
    return entry


def _counts(review: Review) -> tuple[MoveCount, ...]:
    counted = Counter((move.verdict, move.action, move.best) for move in review.moves if not move.inherited)
    return tuple(
        MoveCount(verdict=verdict, action=action, best=best, count=count)
        for (verdict, action, best), count in sorted(counted.items())
    )


def verdict_letters(review: Review) -> str:
    """The verdict on each move, a letter each (`LETTERS`), at most 4096."""
    return "".join(LETTERS[move.verdict] for move in review.moves[:_MOST_LETTERS])
