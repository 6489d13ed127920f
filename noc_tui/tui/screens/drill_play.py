"""An episode that belongs to a drill: the dashboard, and the way back to the drill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.tui.keymap import display
from noc_tui.tui.screens.play import PlayScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.base import Agent
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.records import StepRecord
    from noc_tui.tui.actions import UserAction
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.widgets.keybar import KeyHint

_HELP: Final = frozenset({"agent", "suggest", "agents", "coach"})
"""The actions of those who would help."""


def _nothing(_: Episode) -> None:
    """Nobody wants to be told."""


class DrillPlayScreen(PlayScreen):
    """An episode of a drill.

    `begun` is called with the episode when it is open, `stepped` at each step. Once it has ended, the key that opens
    the debrief elsewhere leads back to the drill, which `then` names in a word; without one it opens the debrief.
    Played `alone`, nobody takes over, suggests or judges.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        begun: Callable[[Episode], None] = _nothing,
        stepped: Callable[[Episode], None] = _nothing,
        then: str = "",
        alone: bool = False,
    ) -> None:
        super().__init__(launch)
        self._tell_begun = begun
        self._tell_stepped = stepped
        self._then = then
        self._alone = alone

    @property
    def episode(self) -> Episode | None:
        """What is played; None until it is open, and where it could not be opened."""
        return self._run.episode if self._run is not None else None

    def can_do(self, action: UserAction) -> bool:
        """Who plays alone does without help."""
        return not (self._alone and action.id in _HELP) and super().can_do(action)

    def hints(self) -> tuple[KeyHint, ...]:
        """What comes after the end."""
        hints = super().hints()
        if not self._then:
            return hints
        return tuple(hint._replace(label=self._then) if hint.label == "debrief" else hint for hint in hints)

    def _open(self, agent: Agent | None) -> None:
        super()._open(agent)
        if self._run is not None:
            if self._alone and self.coach.on:
                super().action_coach()
            self._tell_begun(self._run.episode)

    def _go_on(self) -> None:
        if self._alone and self._run is not None:
            self._run.copilot.always = False
        super()._go_on()

    # --- help, which who plays alone does without

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the keys of those who would help through, so that they say why they are off."""
        is_off = self._alone and self._run is not None and not self._run.episode.done
        return (is_off and action in _HELP) or super().check_action(action, parameters)

    def say_alone(self) -> None:
        """Say why nobody helps."""
        self.noc.tell("This one is played alone.")

    def action_agent(self) -> None:
        """Hand over to the agent, or take back from it."""
        if self._alone:
            self.say_alone()
        else:
            super().action_agent()

    def action_agents(self) -> None:
        """Choose who drives."""
        if self._alone:
            self.say_alone()
        else:
            super().action_agents()

    def action_suggest(self) -> None:
        """Ask the agent what it would do."""
        if self._alone:
            self.say_alone()
        else:
            super().action_suggest()

    def action_coach(self) -> None:
        """Let the coach speak, or be silent."""
        if self._alone:
            self.say_alone()
        else:
            super().action_coach()

    # --- acting

    def _stepped(self, record: StepRecord) -> None:
        self._tell_stepped(self.run.episode)
        super()._stepped(record)

    def action_operate(self, action: str) -> None:
        """Act; once it is over, the key says what leads on."""
        if self._then and self._run is not None and self._run.episode.done:
            self.noc.tell(f"The episode is over. {display(self.noc.keys['debrief'])}: {self._then}.")
        else:
            super().action_operate(action)

    def action_debrief(self) -> None:
        """Back to the drill, once it is over."""
        if self._then and self._run is not None and self._run.episode.done:
            self._leave()  # unasked where it could not be saved: the drill has it still
        else:
            super().action_debrief()
