"""Episodes, and session files made from them, with as little said as a test needs to say."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Decision, Usage
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ACTIONS, ActionType
from tests.factories import bundled_incident, make_incident

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from noc_tui.episode.records import Event, Header
    from noc_tui.sim.incident import Incident

WAIT = ActionType.DO_NOTHING


class TickingClock(FrozenClock):
    """A clock on which a second passes whenever it is looked at."""

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic(self) -> float:
        self.seconds += 1.0
        return self.seconds


class ListRecorder:
    """Keeps the events of an episode in a list; `closed` tells how it was told to stop."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.problem: str | None = None
        self.closed = ""

    def record(self, *events: Event) -> None:
        self.events += events

    def close(self) -> None:
        self.closed = "closed"

    def discard(self) -> None:
        self.closed = "discarded"


def into(folder: Path) -> Callable[[Header], SessionWriter]:
    """What records an episode into a folder."""
    return partial(SessionWriter.create, folder)


def path_of(folder: Path, episode: Episode) -> Path:
    """The file of an episode that was recorded into `folder`."""
    return folder / f"{episode.header.session}.jsonl"


def endless(max_steps: int = 1000) -> Incident:
    """An incident that neither resolves nor crashes: the latency stays above its threshold."""
    return make_incident(
        id="endless",
        max_steps=max_steps,
        recovery=0.35,
        initial={"latency": 0.3},
        baseline={"cpu_usage": 0.4, "memory_usage": 0.44, "latency": 0.3, "packet_loss": 0.01, "error_rate": 0.02},
        pressure={"initial": 0.0},
    )


def play(episode: Episode, actions: Iterable[ActionType]) -> Episode:
    """Take these steps, or as many of them as there are before the end."""
    for action in actions:
        if episode.done:
            break
        episode.act(action)
    return episode


def eventful(folder: Path, *, incident: Incident | None = None, seed: int = 7, blind: bool = False) -> Path:
    """A session, not ended and closed, with every kind of event and three of them between the same two steps.

    A diagnosis is among them where it is blind.
    """
    episode = Episode(
        incident or bundled_incident("retry_storm"), seed, blind=blind, record=into(folder), clock=TickingClock()
    )
    episode.act(ActionType.THROTTLE_CPU)
    episode.mark("before the autopilot")
    episode.hand_over("rules", "hand_over")
    episode.mark("after it")
    usage = Usage(latency_ms=12.5, tokens_in=300, tokens_out=7, cost=0.25)
    episode.step(
        Decision(
            action=ActionType.SCALE_UP,
            driver="rules",
            rationale="“CPU” is hot\n\x1b[31m",
            answer_format="text",
            usage=usage,
        )
    )
    episode.hand_over("human", "agent_error", error="it broke", usage=Usage(cost=0.5))
    episode.act(ActionType.CLEAR_CACHE)
    if blind:
        episode.diagnose("dns_failure")
    episode.act(ActionType.REROUTE_TRAFFIC)
    episode.close()
    return path_of(folder, episode)


def ended(folder: Path, *, incident: str = "retry_storm", seed: int = 7) -> Path:
    """A session that was played to its end, all six actions in turn."""
    episode = Episode(bundled_incident(incident), seed, record=into(folder), clock=TickingClock())
    while not episode.done:
        episode.act(ACTIONS[episode.steps % len(ACTIONS)])
    episode.close()
    return path_of(folder, episode)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, as `jq` would see them."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    """Write changed lines back, as `jq -c` would."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def opened_steps(path: Path) -> int:
    """How many steps a file that opens has."""
    with SessionFile.open(path) as session:
        return session.steps
