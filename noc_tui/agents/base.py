"""What an agent is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from noc_tui.episode.records import NO_USAGE, Decision, Usage

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation
    from noc_tui.sim.actions import ActionType


class AgentError(Exception):
    """An agent that cannot be had, or that failed to decide. The message is one sentence that can be shown as it is."""

    usage: Usage = NO_USAGE
    """What the failed call cost."""

    def __init__(self, message: str, *, usage: Usage = NO_USAGE) -> None:
        super().__init__(message)
        self.usage = usage


class Agent(Protocol):
    """Chooses the actions of one episode. Nobody calls `decide` but `noc_tui.agents.asking.ask`.

    An agent that holds something (a connection, a process) may also have `async def close(self) -> None`.
    """

    @property
    def name(self) -> str:
        """Who stands in the recording as having decided."""

    async def decide(self, observation: Observation) -> Decision:
        """The next action, in a blind episode with a diagnosis if there is one.

        May raise anything, which is recorded as an agent error, and may be cancelled.
        """


class InstantAgent(ABC):
    """An agent that computes its answer at once: a subclass says what, and why."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        """The next action, and the reason in a sentence."""

    async def decide(self, observation: Observation) -> Decision:
        action, rationale = self.choose(observation)
        return Decision(action=action, driver=self.name, rationale=rationale)
