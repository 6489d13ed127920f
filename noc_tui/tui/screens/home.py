"""Home: where to go from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.library import SessionSummary

_MENU = (
    ("home.continue", "Continue", ""),
    ("home.play", "Play", "pick an incident and be the one on call"),
    ("home.watch", "Watch", "let an agent play; take over whenever you like"),
    ("home.sessions", "Sessions", "replay, verify, or play on from any step"),
    ("help", "Help", "what the keys do"),
    ("leave", "Quit", ""),
)
_RECENT = 5


class HomeScreen(NocScreen):
    """The first screen."""

    SCOPE: ClassVar[Scope] = "home"
    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("home")]

    def __init__(self) -> None:
        super().__init__()
        self._interrupted: SessionSummary | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(Text.assemble(("noc-tui", "bold"), "   a flight simulator for on-call"), id="title")
            yield OptionList(id="menu")
            yield Static(id="recent")
        yield KeyBar()

    def can_do(self, action: UserAction) -> bool:
        """Continue only what was interrupted."""
        return action.id != "home.continue" or self._interrupted is not None

    def on_mount(self) -> None:
        self._show_menu()
        self.query_one("#menu").focus()

    def on_screen_resume(self) -> None:
        """Look what has been played since."""
        super().on_screen_resume()
        self.call_after_refresh(self._show_sessions)

    def _show_sessions(self) -> None:
        from noc_tui.episode.library import list_sessions  # noqa: PLC0415

        recent = list_sessions()[0][:_RECENT]
        self._interrupted = next((session for session in recent if session.status == "interrupted"), None)
        self._show_menu()
        self.query_one("#recent", Static).update(recent_table(recent))
        self.refresh_keys()

    def _show_menu(self) -> None:
        menu = self.query_one("#menu", OptionList)
        highlighted = menu.highlighted
        menu.clear_options()
        for action_id, label, text in _MENU:
            note = text
            if action_id == "home.continue":
                if self._interrupted is None:
                    continue
                note = f"{self._interrupted.title}, step {self._interrupted.steps} of {self._interrupted.max_steps}"
            key = display(self.noc.keys[action_id])
            menu.add_option(Option(Text.assemble((f" {key:<3}", "bold"), f"{label:<10}", (note, "dim")), id=action_id))
        menu.highlighted = min(highlighted or 0, menu.option_count - 1)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a line does what its key does."""
        runs = {action.id: action.run for action in self._actions()}
        if event.option.id is not None:
            await self.run_action(runs[event.option.id])

    def _actions(self) -> list[UserAction]:
        from noc_tui.tui.actions import actions_of  # noqa: PLC0415

        return [action for action in actions_of("home") if self.can_do(action)]

    def action_resume_last(self) -> None:
        """Go on with what was interrupted."""
        if self._interrupted is not None:
            self.noc.open(Launch("play", session=self._interrupted.path))

    def action_play(self) -> None:
        self.noc.open(Launch("picker"))

    def action_watch(self) -> None:
        self.noc.open(Launch("picker", watch=True))

    def action_sessions(self) -> None:
        self.noc.open(Launch("sessions"))

    def action_close(self) -> None:
        """Escape does not quit the program by accident."""

    def action_leave(self) -> None:
        """Quit."""
        self.app.exit(0)


def recent_table(sessions: list[SessionSummary]) -> Text:
    """The last sessions, a line each; or what to do first."""
    if not sessions:
        return Text("Nothing played yet. Press p, then enter: cpu_overload is waiting.", "dim")
    text = Text()
    text.append("Last played\n", "bold")
    for session in sessions:
        when = session.started.astimezone().strftime("%Y-%m-%d %H:%M")
        text.append(f"{when}  ", "dim")
        text.append(f"{session.title[:28]:<28}  ")
        text.append(
            f"{session.status} at step {session.steps}\n"
            if session.status != "resolved"
            else f"resolved in {session.steps}\n"
        )
    return text
