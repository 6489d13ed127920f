"""Help for one screen: its keys from the table of actions, and how to read what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from noc_tui.tui.actions import Scope, UserAction, actions_of, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

_READING: dict[str, str] = {
    "dashboard": (
        "One server, one incident. Bring all six metrics into their healthy range and keep them there for three"
        " steps in a row: that resolves it. CPU or memory at 98 %, or errors at 90 %, crash the server.\n\n"
        "Each strip has a fixed scale. What lies under the healthy threshold is calm, what stands above it is loud,"
        " and louder still near the crash. ✓ is healthy, ! is over the threshold, ‼ is close to a crash. The dim part"
        " on the left is the time before the page: normal life, then the onset, and often the best clue."
    ),
    "play": "The world waits for you in pace turn; in pace live it moves by itself, and waiting is what it does.",
    "watch": "The agent drives. An action key takes over and does no more; the next one acts.",
    "replay": "Every step can be reached, and any of them played on from, as a new session with the same future.",
    "home": "Nothing is lost by leaving: a running episode stays resumable.",
    "picker": "The same incident and seed give the same episode, bit for bit, to everybody.",
    "sessions": "Every episode is recorded. The filter matches any column.",
    "debrief": "Rewards are the environment's contract, not a measure of skill: steps and outcome are.",
    "help": "",
}


class HelpScreen(NocScreen):
    """What the keys of a screen do, as they are mapped now."""

    SCOPE: ClassVar[Scope] = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("help")]

    def __init__(self, about: Scope, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._about = about
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(self._text(), id="help-text", markup=False)
            yield Static(self._table(), id="help-keys")
        yield KeyBar()

    def on_mount(self) -> None:
        """Let arrows and page keys scroll."""
        self.query_one("#help").focus()

    def action_help(self) -> None:
        """Help on help is what is shown."""

    def _text(self) -> str:
        parts = [_READING["dashboard"]] if self._about in {"play", "watch", "replay"} else []
        return "\n\n".join([*parts, _READING[self._about]])

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        for run, actions in self._by_run().items():
            keys = " ".join(display(self._keys[action.id]) for action in actions)
            table.add_row(Text(keys), Text(actions[0].help), end_section=run == "")
        return table

    def _by_run(self) -> dict[str, list[UserAction]]:
        """The actions of the screen, with the keys of twins side by side."""
        rows: dict[str, list[UserAction]] = {}
        for action in actions_of(self._about):
            rows.setdefault(action.run, []).append(action)
        return rows
