"""Sessions to report on, and a review that says what a test wants it to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.episode.episode import Episode
from noc_tui.review.model import Ledger, MoveReview, Review, Verdict
from noc_tui.sim.actions import ActionType
from tests.episode.builders import TickingClock, into, path_of, read_lines, write_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from noc_tui.episode.track import Track
    from noc_tui.sim.incident import Incident

WON = ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing")
"""Resolves cpu_overload with seed 3."""

HOSTILE = (
    '<img src="https://evil.example/x.png" onerror=alert(1)> ![x](https://evil.example/y.png) [z](javascript:alert(1)) '
    "| a | b | `code` **bold** <!-- x --> &amp; $x$ www.evil.example @everyone =cmd()\x1b[2J\x9b31m\u202e\nEND"
)
"""Markup of every kind, control codes, a reversal and a line break, as they may stand in a file that somebody sends."""


def begin(
    folder: Path,
    *,
    incident: str | Incident = "cpu_overload",
    seed: int = 3,
    blind: bool = False,
    driver: str = "human",
) -> Episode:
    """An episode that is being recorded."""
    definition = bundled_incident(incident) if isinstance(incident, str) else incident
    return Episode(definition, seed, blind=blind, driver=driver, record=into(folder), clock=TickingClock())


def recorded(
    folder: Path, incident: str = "cpu_overload", actions: Iterable[str] = WON, *, seed: int = 3, blind: bool = False
) -> Path:
    """The file of a session in which these actions were taken."""
    episode = begin(folder, incident=incident, seed=seed, blind=blind)
    for action in actions:
        episode.act(action)
    episode.close()
    return path_of(folder, episode)


def named(text: str, incident: str = "retry_storm") -> list[str]:
    """What a text tells of an incident that nobody may know yet. (Log lines may speak of retries, and do.)"""
    known = bundled_incident(incident)
    return [
        word for word in (known.id, known.title, known.summary, known.lesson) if word and word.lower() in text.lower()
    ]


def poisoned(path: Path) -> Path:
    """The same session, with `HOSTILE` wherever a text stands."""
    header, *events = read_lines(path)
    header["incident"] |= dict.fromkeys(("title", "summary", "lesson", "difficulty", "id"), HOSTILE)
    header["incident"]["references"] = [HOSTILE]
    header["driver"] = HOSTILE
    header["versions"]["program"] = HOSTILE
    for line in header["lines"]:
        line |= {"source": HOSTILE, "text": HOSTILE}
    for event in events:
        if event["event"] == "step":
            event["decision"] |= {"driver": HOSTILE, "rationale": HOSTILE}
            event["explanation"] = HOSTILE
            event["lines"] = [{"clock": 0, "level": "error", "source": HOSTILE, "text": HOSTILE, "kind": "alert"}]
        elif event["event"] == "mark":
            event["text"] = HOSTILE
        elif event["event"] == "control":
            event |= {"giver": HOSTILE, "taker": HOSTILE, "error": HOSTILE}
    return write_lines(path, [header, *events])


def made_review(
    track: Track, verdicts: Sequence[Verdict], *, why: str = "Throttling takes 16 % off the CPU."
) -> Review:
    """A review with these verdicts, each worse one a step more lost."""
    lost = {verdict: float(number) for number, verdict in enumerate(Verdict)} | {Verdict.NONE: 0.0}
    moves = tuple(
        MoveReview(
            step=step,
            action=track.record(step).decision.action,
            driver=track.record(step).decision.driver,
            inherited=False,
            best=ActionType.THROTTLE_CPU,
            q=(4.0, 6.0, 3.0, 5.0, 5.0, 5.0),
            regret=lost[verdict],
            lost=lost[verdict],
            verdict=verdict,
            throws_away=verdict is Verdict.BLUNDER,
            lost_position=verdict is Verdict.NONE,
            luck=0.0,
            ahead=3.0,
            before=track.record(step).before,
            after=track.record(step).after,
            expected=track.record(step).after,
            why=why,
            why_blind="",
        )
        for step, verdict in enumerate(verdicts, 1)
    )
    total = sum(move.lost for move in moves)
    return Review(
        moves=moves,
        outcome=track.end.outcome if track.end else None,
        steps=track.steps,
        par=4.0,
        lost=total,
        luck=0.5,
        ledger=Ledger(track.steps, 0.0, 4.0, total, 0.5, ""),
        accuracy=87.4,
        grade="B",
        mttr_steps=track.steps,
        harmful=1,
        first_useful=1,
        unwinnable_start=False,
        lost_from=None,
        worst=None,
        ghost=(track.header.initial,) * 3,
        ghost_actions=(ActionType.THROTTLE_CPU,) * 2,
    )
