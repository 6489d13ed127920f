"""The co-pilot: an agent that says what it would do, while a person is in control. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from noc_tui.agents.asking import about_of
from noc_tui.episode.records import NO_USAGE, Usage
from noc_tui.tui.models import spent_by

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import Decision

CopilotState = Literal["idle", "thinking", "suggests", "failed"]


class Copilot:
    """One question at a time. What came of it is recorded before the next step, whoever takes that.

    With `always` it wants to be asked anew at each step. `settle` is to be called before anything else happens.
    """

    def __init__(self, episode: Episode, *, always: bool = False) -> None:
        self.always = always
        self.agent: Agent | None = None
        """Who was asked last, and will be asked again."""
        self.decision: Decision | None = None
        """What it suggests now."""
        self.rationale = ""
        """What it has written so far."""
        self.error: str | None = None
        """Why it suggests nothing."""
        self.since: float | None = None
        """When it was asked; None: it is not thinking."""
        self._episode = episode
        self._asked_at = -1
        self._is_called = False

    @property
    def state(self) -> CopilotState:
        if self.since is not None:
            return "thinking"
        if self.decision is not None:
            return "suggests"
        return "idle" if self.error is None else "failed"

    @property
    def wants_question(self) -> bool:
        """Whether it is to be asked by itself at this step."""
        return self.always and self._asked_at < self._episode.steps and not self._episode.done

    def asked(self, now: float) -> None:
        """A question is being put: an agent has still to be made, perhaps."""
        self.settle(now)
        self.since = now
        self._asked_at = self._episode.steps

    def called(self, agent: Agent) -> None:
        """The agent has begun to think; from here on it may cost something."""
        self.agent = agent
        self._is_called = True

    def suggested(self, decision: Decision) -> None:
        """The agent suggests this."""
        self.since = None
        self._is_called = False
        self.decision = decision

    def failed(self, error: str, *, usage: Usage = NO_USAGE) -> None:
        """It suggests nothing. What the failed call has cost is recorded."""
        self.error = error
        if self._is_called and self.agent is not None and not self._episode.done:
            self._episode.suggest(self.agent.name, agent=about_of(self.agent), error=error, usage=usage)
        self.since = None
        self._is_called = False

    def settle(self, now: float, *, followed: bool = False) -> None:
        """Record what becomes of the suggestion. A call in flight is given up, and what it has cost is recorded."""
        if self.agent is not None and not self._episode.done:
            about = about_of(self.agent)
            if self.decision is not None:
                self._episode.suggest(self.decision.driver, self.decision, agent=about, followed=followed)
            elif self.since is not None and self._is_called:
                usage = spent_by(self.agent, (now - self.since) * 1000, NO_USAGE)
                self._episode.suggest(self.agent.name, agent=about, usage=usage)
        self.decision = self.since = self.error = None
        self.rationale = ""
        self._is_called = False
