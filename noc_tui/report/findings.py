"""What worked and what was wasted: by the review where there is one, else by what health did in the step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.episode.records import StepRecord
    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review

_TEXT: Final = 600
_WORKED: Final = frozenset({"best", "good"})
_WASTED: Final = frozenset({"needless", "inaccuracy", "mistake", "blunder"})


@dataclass(frozen=True, slots=True)
class Finding:
    """An action, and the steps at which it was worth the same."""

    action: ActionType
    verdict: str
    """`best`, `blunder` and so on, of the review; without one `helped` or `did not help`."""
    steps: tuple[int, ...]
    health: float
    """By how much health changed in these steps, summed; 1 is the whole."""
    lost: float | None
    """Steps that it is expected to have cost; None without a review."""
    why: str
    """What the review says of the worst of them; empty where there is nothing to say."""


def findings_of(track: Track, review: Review | None) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What worked, most helpful first, and what was wasted, most costly first."""
    worked: dict[tuple[ActionType, str], list[StepRecord]] = {}
    wasted: dict[tuple[ActionType, str], list[StepRecord]] = {}
    for step in range(1, track.steps + 1):
        record = track.record(step)
        verdict = _verdict(record, review)
        action = record.decision.action
        if verdict in _WASTED or verdict == "did not help":
            wasted.setdefault((action, verdict), []).append(record)
        elif action is not ActionType.DO_NOTHING and (verdict in _WORKED or verdict == "helped"):
            worked.setdefault((action, verdict), []).append(record)
    return (
        tuple(sorted(_findings(worked, review), key=lambda finding: -finding.health)),
        tuple(sorted(_findings(wasted, review), key=lambda finding: (-(finding.lost or 0.0), finding.health))),
    )


def _verdict(record: StepRecord, review: Review | None) -> str:
    if review is not None:
        return review.move(record.step).verdict.value
    if record.decision.action is ActionType.DO_NOTHING or record.resolved:
        return ""
    return "helped" if record.effective else "did not help"


def _findings(groups: dict[tuple[ActionType, str], list[StepRecord]], review: Review | None) -> Iterable[Finding]:
    for (action, verdict), records in groups.items():
        lost, why = None, ""
        if review is not None:
            moves = [review.move(record.step) for record in records]
            lost = sum(move.lost for move in moves)
            if verdict in _WASTED:
                why = clean(max(moves, key=lambda move: move.lost).why, _TEXT)
        yield Finding(
            action=action,
            verdict=verdict,
            steps=tuple(record.step for record in records),
            health=sum(record.after.health_score - record.before.health_score for record in records),
            lost=lost,
            why=why,
        )
