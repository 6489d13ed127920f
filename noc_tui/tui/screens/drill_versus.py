"""The drill `versus`: whom to play against. An own run, an agent; the seed is the same for both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, TypeAlias

from textual.containers import Container, Vertical
from textual.message import Message

from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.recordings import driver_name, read_recordings, title_of
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.library import SessionSummary
    from noc_tui.tui.launch import Launch

_LOOK_BACK: Final = 250
"""So many of the newest recordings are looked at."""
_MOST_RUNS: Final = 8
_POOR: Final = frozenset({"wait", "random"})
"""Agents that hardly anybody is measured by; they come last."""
_TITLE_WIDTH: Final = 30
_SIDE: Final = 22


class AgentRow(NamedTuple):
    """An agent that can be played against."""

    name: str
    about: str


Row: TypeAlias = "SessionSummary | AgentRow | str"
"""A run, an agent, or a heading."""


class OpponentScreen(NocScreen):
    """The best run of each seed, one's own first, and the agents."""

    SCOPE: ClassVar[Scope] = "opponent"
    CSS_PATH = "drill.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("opponent")]

    class Read(Message):
        """The recordings and the agents have been read."""

        def __init__(self, runs: list[SessionSummary], agents: list[AgentRow]) -> None:
            super().__init__()
            self.runs = runs
            self.agents = agents

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch

    @property
    def _list(self) -> RowList[Row]:
        return self.query_one("#drills", RowList)

    def compose(self) -> ComposeResult:
        yield Banner()
        with Container(id="middle"), Vertical(id="drill"):
            yield RowList[Row](_paint, selectable=lambda row: not isinstance(row, str), id="drills")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what there is, after the first paint."""
        self.query_one(Banner).view = BannerView("Versus", "whom do you play against?")
        self._list.focus()
        self._list.show(["Looking for opponents…"])
        self.noc.after_paint(self, lambda: self.run_worker(self._read, thread=True))

    def can_do(self, action: UserAction) -> bool:
        """Play once there is somebody."""
        return action.id != "opponent.choose" or self._list.current is not None

    def _read(self) -> None:
        from noc_tui.tui.choices import choices  # noqa: PLC0415  (heavy; this is a thread)

        newest = [found.session for batch in read_recordings({}, _LOOK_BACK) for found in batch.found]
        agents = [
            AgentRow(clean(each.name, 80), clean(each.about, 200).partition(";")[0])
            for each in choices()[0]
            if not each.missing
        ]
        agents.sort(key=lambda agent: agent.name in _POOR)
        self.post_message(self.Read(best_runs(newest), agents))

    def on_opponent_screen_read(self, event: Read) -> None:
        """List them."""
        self._list.show(list(_rows(event.runs, event.agents, display(self.noc.keys["home.play"]))))
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """A double click does what `enter` does."""
        self.action_choose()

    def action_choose(self) -> None:
        """A run is played against at once; against an agent the incident is chosen first."""
        row = self._list.current
        if row is None or isinstance(row, str):
            return
        against = replace(self._launch, drill="versus", seed=None, incident=None)
        if isinstance(row, AgentRow):
            self.noc.open(replace(against, face="picker", ghost=row.name))
        else:
            self.noc.open(replace(against, face="play", ghost=row.path))


def best_runs(sessions: Iterable[SessionSummary]) -> list[SessionSummary]:
    """Of each incident and seed that was resolved, the run with the fewest steps: one's own, and that of an agent.

    One's own come first, of both the newest.
    """
    from noc_tui.episode.records import HUMAN  # noqa: PLC0415  (loads pydantic)

    best: dict[tuple[str, int, bool], SessionSummary] = {}
    for session in sessions:
        key = session.incident, session.seed, session.driver == HUMAN
        if session.status == "resolved" and (key not in best or session.steps < best[key].steps):
            best[key] = session
    newest = sorted(best.values(), key=lambda session: (session.driver == HUMAN, session.started), reverse=True)
    return newest[:_MOST_RUNS]


def _rows(runs: list[SessionSummary], agents: list[AgentRow], play: str) -> Iterator[Row]:
    yield "The best run of each seed"
    if runs:
        yield from runs
    else:
        yield f"  none yet: resolve an incident ({play} at home), and race yourself"
    yield ""
    yield "An agent, on an incident of your choice"
    yield from agents
    yield ""
    yield "A colleague's run"
    yield "  noc-tui drill versus FILE"


def _paint(row: Row, width: int) -> list[Run]:
    if isinstance(row, str):
        return [Run(fit(row, width), "muted" if row.startswith(" ") else "heading")] if row else []
    if isinstance(row, AgentRow):
        room = width - _TITLE_WIDTH
        return [Run(pad(row.name, _TITLE_WIDTH), "label"), Run(fit(row.about, room) if room > 0 else "", "muted")]
    steps = f"{row.steps} steps, {driver_name(row.driver)}"
    title = Run(pad(title_of(row), _TITLE_WIDTH), "label")
    if width < _TITLE_WIDTH + _SIDE:
        return [title]
    room = width - _TITLE_WIDTH - _SIDE
    return [title, Run(pad(steps, _SIDE), "soft"), Run(fit(f"seed {row.seed}", room) if room > 0 else "", "muted")]
