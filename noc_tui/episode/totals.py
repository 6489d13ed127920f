"""What an episode came to: the figures of a debrief. Pure; works on running episodes and on recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noc_tui.sim.reward import RewardTerms
from noc_tui.sim.telemetry import SAMPLE_SECONDS

if TYPE_CHECKING:
    from noc_tui.episode.records import DiagnosisRecord, Outcome
    from noc_tui.episode.track import Track


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all steps of a track."""

    outcome: Outcome | None
    """None while it goes on, or where it was interrupted."""
    steps: int
    restored_after: int | None
    """Steps from the page to the resolution (MTTR); None when it was not resolved."""
    elapsed: float
    """Seconds of real time from the start to the last event."""
    uses: tuple[int, ...]
    """How often each action was chosen, in the order of `ACTIONS`."""
    steps_by_driver: tuple[tuple[str, int], ...]
    """Who took how many steps, the most first."""
    effective: int
    """Steps on which health rose."""
    reward_terms: RewardTerms
    """Each term summed over the steps."""
    total_reward: float
    health: tuple[float, ...]
    """Health at the page and after each step."""

    @property
    def restored_clock(self) -> int | None:
        """The time to restore on the incident clock, in seconds."""
        return None if self.restored_after is None else self.restored_after * SAMPLE_SECONDS


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was named in a blind episode, against the truth."""

    last: DiagnosisRecord
    """What was named last, which counts."""
    right: bool
    """Whether that was the incident."""
    first_right: DiagnosisRecord | None
    """When the incident was first named; None: never."""


def diagnosis_of(track: Track) -> Diagnosis | None:
    """What was named in a blind episode that has ended; None where nothing was, or where it is too early to tell."""
    named = track.diagnoses
    if not (track.header.blind and track.end and named):
        return None
    truth = track.header.incident.get("id")
    return Diagnosis(
        last=named[-1],
        right=named[-1].incident == truth,
        first_right=next((diagnosis for diagnosis in named if diagnosis.incident == truth), None),
    )


def totals_of(track: Track) -> Totals:
    """Add up a track. Raises `SessionDamagedError` where a line of a file cannot be read."""
    terms = [0.0] * len(RewardTerms._fields)
    total, effective = 0.0, 0
    drivers: dict[str, int] = {}
    outcome = track.end.outcome if track.end else None
    elapsed = track.end.elapsed if track.end else 0.0
    for step in range(1, track.steps + 1):
        record = track.record(step)
        terms = [have + more for have, more in zip(terms, record.reward_terms, strict=True)]
        total += record.reward
        effective += record.effective
        drivers[record.decision.driver] = drivers.get(record.decision.driver, 0) + 1
        outcome = outcome or record.outcome
        elapsed = max(elapsed, record.elapsed)
    return Totals(
        outcome=outcome,
        steps=track.steps,
        restored_after=track.steps if outcome == "resolved" else None,
        elapsed=elapsed,
        uses=track.uses(track.steps),
        steps_by_driver=tuple(sorted(drivers.items(), key=lambda item: -item[1])),
        effective=effective,
        reward_terms=RewardTerms(*terms),
        total_reward=total,
        health=(track.header.initial.health_score, *track.health),
    )
