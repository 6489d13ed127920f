"""What a screen is asked to open: a small frozen value that the command line and the screens pass on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from noc_tui.preferences import Preferences

Face = Literal["home", "picker", "play", "replay", "sessions", "drill", "progress", "leaderboard", "tutorial"]


@dataclass(frozen=True, slots=True)
class DrillOptions:
    """What else a drill can be told."""

    seconds: float = 10.0
    """For a spot position; 0: as long as one likes."""
    positions: int = 12
    """In a round of spot, 10 to 20."""
    day: date | None = None
    """Whose daily; None: today's, in UTC."""


@dataclass(frozen=True, slots=True)
class Launch:
    """Which face to open, and on what."""

    face: Face
    incident: str | None = None
    """An incident id; None: the picker asks, or any for `play`."""
    seed: int | None = None
    pace: Literal["turn", "live"] | None = None
    """None: as the preferences say."""
    blind: bool | None = None
    """Whether the incident is kept secret; without an incident the seed chooses one. None: as the preferences say."""
    agent: str | None = None
    """Who takes over on `a`; None: as the preferences say."""
    watch: bool = False
    """Whether the agent drives from the first step."""
    ghost: Path | str | None = None
    """Who is played against: a recording, whose start is taken then, or the name of an agent.

    With `watch` it drives beside the agent.
    """
    hints: bool = False
    """Whether models are told the usual remedy of each symptom."""
    session: Path | None = None
    """The recording: to replay, to resume (face `play`), or to fork."""
    step: int | None = None
    """Where to start in the recording; with face `play`, after which step to fork."""
    follow: bool = False
    drill: str | None = None
    """Which drill the episode belongs to (`noc_tui.drills.results`); None: it is played for its own sake."""
    incident_folders: tuple[Path, ...] = ()
    server: str | None = None
    """The address of a server that plays the episode, too; None: it is played here alone."""
    token: str | None = None
    """What that server wants to see."""
    options: DrillOptions = DrillOptions()
    """With face `drill`."""

    def is_blind(self, preferences: Preferences) -> bool:
        """Whether a new episode is to be blind."""
        return preferences.blind if self.blind is None else self.blind
