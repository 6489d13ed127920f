"""Recordings on the user's shelf, with as little said as a test of a screen needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.episode import library
from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from tests.episode.builders import into, path_of, read_lines, write_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from noc_tui.episode.library import SessionSummary

HOSTILE = "[red]x[/red] \x1b[2J\x9b31m\u202eend"
"""Markup, control codes and a reversal, as they may stand in a file that somebody sends."""
WITNESS = "[red]x[/red] end"
"""What may be shown of it."""

WON = ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing")
"""Resolves cpu_overload with seed 3."""


def begin(
    incident: str = "cpu_overload",
    seed: int = 3,
    actions: Iterable[str] = ("do_nothing", "do_nothing"),
    *,
    driver: str = "human",
    minutes_ago: float = 0,
    max_steps: int | None = None,
    blind: bool = False,
) -> Episode:
    """An episode that is being recorded."""
    clock = FrozenClock(datetime.now(UTC) - timedelta(minutes=minutes_ago))
    episode = Episode(
        bundled_incident(incident),
        seed,
        max_steps=max_steps,
        blind=blind,
        driver=driver,
        record=into(paths.sessions_dir()),
        clock=clock,
    )
    for action in actions:
        episode.act(action)
    return episode


def interrupted(
    incident: str = "cpu_overload", seed: int = 3, *, steps: int = 2, driver: str = "human", minutes_ago: float = 0
) -> Path:
    """The file of an episode that nobody has ended."""
    episode = begin(incident, seed, ["do_nothing"] * steps, driver=driver, minutes_ago=minutes_ago)
    episode.close()
    return path_of(paths.sessions_dir(), episode)


def resolved(*, driver: str = "human", minutes_ago: float = 0) -> Path:
    """The file of a CPU overload that was resolved in four steps."""
    episode = begin(actions=WON, driver=driver, minutes_ago=minutes_ago)
    assert episode.end is not None
    assert episode.end.outcome == "resolved"
    episode.close()
    return path_of(paths.sessions_dir(), episode)


def poison(path: Path) -> Path:
    """The same session from somebody who means harm."""
    header, *events = read_lines(path)
    header["incident"] |= {"title": HOSTILE, "summary": HOSTILE, "lesson": HOSTILE, "references": [HOSTILE]}
    header["driver"] = HOSTILE
    for event in events:
        if event["event"] == "step":
            event["decision"]["driver"] = HOSTILE
    return write_lines(path, [header, *events])


def note_reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The session files that are read from now on."""
    read: list[Path] = []
    summarize = library.summarize

    def noted(path: Path) -> SessionSummary:
        read.append(path)
        return summarize(path)

    monkeypatch.setattr(library, "summarize", noted)
    return read
