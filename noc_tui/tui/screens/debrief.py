"""The debrief: what an episode came to, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from noc_tui import paths
from noc_tui.sim.actions import ACTIONS
from noc_tui.tui.actions import Scope, bindings_of
from noc_tui.tui.frame import clock_text
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.curve import Curve
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.totals import Totals
    from noc_tui.episode.track import Track

_HEADLINES = {
    "resolved": ("✓ RESOLVED", "resolved"),
    "crashed": ("‼ CRASHED", "crashed"),
    "truncated": ("! OUT OF STEPS", "truncated"),
    "void": ("! VOID", "truncated"),
    None: ("… UNFINISHED", "truncated"),
}
_TERMS = {
    "health_delta": "health gained",
    "health_bonus": "health kept",
    "step_penalty": "steps",
    "resolution": "resolution",
    "crash": "crash",
    "ineffective": "ineffective actions",
}


class DebriefScreen(NocScreen):
    """The figures of an episode that has ended."""

    SCOPE: ClassVar[Scope] = "debrief"
    CSS_PATH = "debrief.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("debrief")]

    def __init__(self, track: Track, launch: Launch) -> None:
        from noc_tui.episode.totals import totals_of  # noqa: PLC0415  (loads what the episode has loaded already)

        super().__init__()
        self._track = track
        self._launch = launch
        self._totals = totals_of(track)

    def compose(self) -> ComposeResult:
        headline, kind = _HEADLINES[self._totals.outcome]
        definition = self._track.header.incident
        with VerticalScroll(id="debrief"):
            yield Static(headline, id="headline", classes=f"-{kind}", markup=False)
            yield Static(f"{definition['title']} · seed {self._track.header.seed}", id="what", markup=False)
            yield Static(sentence(self._totals, self._track.header.max_steps), id="sentence", markup=False)
            yield Static("Health", classes="heading")
            yield Curve(self._totals.health)
            with Horizontal(id="tables"):
                with Vertical():
                    yield Static("Actions", classes="heading")
                    yield Static(actions_table(self._totals))
                with Vertical():
                    yield Static("Reward by term", classes="heading")
                    yield Static(rewards_table(self._totals))
            for label, key in (("What it was", "summary"), ("What to remember", "lesson")):
                if text := definition.get(key):
                    yield Static(label, classes="heading")
                    yield Static(str(text).strip(), classes="prose", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Let arrows and page keys scroll."""
        self.query_one("#debrief").focus()

    def action_retry(self) -> None:
        """The same incident and seed again."""
        self._play(self._track.header.seed)

    def action_new_seed(self) -> None:
        """The same incident with any seed."""
        self._play(None)

    def _play(self, seed: int | None) -> None:
        header, before = self._track.header, self._launch
        launch = Launch(
            "play",
            incident=str(header.incident["id"]),
            seed=seed,
            pace=header.pace,
            agent=before.agent,
            watch=before.watch,
            incident_folders=before.incident_folders,
        )
        self.noc.leave_to_home()
        self.noc.open(launch)

    def action_replay(self) -> None:
        """Replay what has just been played."""
        path = self._launch.session if self._launch.face == "replay" else None
        self.noc.leave_to_home()
        self.noc.open(Launch("replay", session=path or paths.sessions_dir() / f"{self._track.header.session}.jsonl"))

    def action_home(self) -> None:
        self.noc.leave_to_home()


def sentence(totals: Totals, max_steps: int) -> str:
    """The result in a sentence: steps, time to restore on the incident clock, real time, how much of it helped."""
    real = (
        f"{totals.elapsed:.0f} s of your time"
        if totals.elapsed < 120
        else f"{totals.elapsed / 60:.0f} min of your time"
    )
    helped = f"health rose on {totals.effective} of {totals.steps} steps"
    if totals.restored_clock is not None:
        return (
            f"Restored after {totals.restored_after} steps: MTTR {clock_text(totals.restored_clock)} on the incident"
            f" clock, {real}; {helped}."
        )
    ended = {"crashed": "The server crashed at", "truncated": "The step limit ended it at"}.get(
        totals.outcome or "", "It stopped at"
    )
    return f"{ended} step {totals.steps} of {max_steps}, not restored; {real}; {helped}."


def actions_table(totals: Totals) -> Table:
    """How often each action was used, as bars, and who drove."""
    table = Table.grid(padding=(0, 2))
    most = max(1, *totals.uses)
    for action, uses in zip(ACTIONS, totals.uses, strict=True):
        style = "" if uses else "dim"
        table.add_row(Text(action.label, style), Text(str(uses), style), Text("█" * round(12 * uses / most)))
    for driver, steps in totals.steps_by_driver:
        name = {"human": "you", "clock": "the clock"}.get(driver, driver)
        table.add_row(Text(f"by {name}", "dim"), Text(str(steps), "dim"), Text(""))
    return table


def rewards_table(totals: Totals) -> Table:
    """Each reward term summed over the episode, and the total."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for name, value in totals.reward_terms._asdict().items():
        table.add_row(
            Text(_TERMS[name], "" if value else "dim"), Text(f"{value:+.2f}" if value else "0", "" if value else "dim")
        )
    table.add_row(Text("total", "bold"), Text(f"{totals.total_reward:+.2f}", "bold"))
    return table
