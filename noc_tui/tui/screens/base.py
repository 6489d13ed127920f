"""What all screens share: a scope in the table of actions, and a footer made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen

from noc_tui.tui.actions import USER_ACTIONS, Scope, UserAction, actions_of
from noc_tui.tui.keymap import display
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint

if TYPE_CHECKING:
    from noc_tui.tui.app import NocApp


class NocScreen(Screen[None]):
    """A screen whose keys, footer, palette and help come from `USER_ACTIONS`."""

    SCOPE: ClassVar[Scope] = "home"

    @property
    def scope(self) -> Scope:
        """Which actions apply now. The dashboard's depends on who drives."""
        return self.SCOPE

    @property
    def noc(self) -> NocApp:
        """The app, as what it is."""
        return self.app  # type: ignore[return-value]

    def can_do(self, action: UserAction) -> bool:
        """Whether an action of the scope makes sense at this moment."""
        return action.scopes != ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  (Textual's)
        """Let through what the table allows here, and whatever is none of its business."""
        entries = [entry for entry in USER_ACTIONS if entry.run.partition("(")[0] == action]
        if not entries:
            return True
        return any(self.scope in entry.scopes and self.can_do(entry) for entry in entries)

    def hints(self) -> tuple[KeyHint, ...]:
        """The footer: what can be done now, the most common first."""
        keys = self.noc.keys
        return tuple(
            KeyHint(display(keys[action.id]), action.label)
            for action in actions_of(self.scope)
            if action.footer and self.can_do(action)
        )

    def refresh_keys(self) -> None:
        """Draw the footer anew, after what can be done has changed."""
        self.query_one(KeyBar).hints = self.hints()
        self.refresh_bindings()

    def on_screen_resume(self) -> None:
        """Show the keys as they stand."""
        self.refresh_keys()

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key in the footer does what the key does."""
        for action in actions_of(self.scope):
            if display(self.noc.keys[action.id]) == event.key and self.can_do(action):
                await self.run_action(action.run)
                return

    def action_close(self) -> None:
        """Close the innermost thing: here, the screen."""
        self.action_leave()

    def action_leave(self) -> None:
        """Go back to the screen below; from the lowest one, home."""
        if len(self.app.screen_stack) > 2:  # the app's own blank screen lies at the bottom
            self.app.pop_screen()
        else:
            self.noc.leave_to_home()
