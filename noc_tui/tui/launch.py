"""What a screen is asked to open: a small frozen value that the command line and the screens pass on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.preferences import Preferences

Face = Literal["home", "picker", "play", "replay", "sessions"]


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
    session: Path | None = None
    """The recording: to replay, to resume (face `play`), or to fork."""
    step: int | None = None
    """Where to start in the recording; with face `play`, after which step to fork."""
    follow: bool = False
    incident_folders: tuple[Path, ...] = ()

    def is_blind(self, preferences: Preferences) -> bool:
        """Whether a new episode is to be blind."""
        return preferences.blind if self.blind is None else self.blind
