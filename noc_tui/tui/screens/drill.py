"""The drills: what is due, what is new, and a way into each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container, Vertical
from textual.message import Message

from noc_tui.tui.actions import BY_ID, Scope, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

    from noc_tui.tui.launch import Launch
    from noc_tui.tui.overview import Overview

_KEY_WIDTH: Final = 3
_LABEL_WIDTH: Final = 12
_HEIGHTS: Final = [(0, "-low"), (20, "-usual")]
_ROOMY: Final = 22
"""Rows of a window from which there is room for blank ones between the drills."""
_LIMITS: Final = (5.0, 10.0, 15.0, 20.0, 0.0)
_ABOUT: Final = {
    "spot": "what would you do, and what is it?",
    "incident": "one blind incident that moves by itself, then the debrief",
    "shift": "five incidents, one after another, and one of them is none",
    "daily": "the same for everybody; the first try counts",
    "versus": "the same seed against your best run, an agent, a colleague",
    "retry": "the worst move of your last session, until it goes well",
}

_LOADING: Final = dict.fromkeys(("spot", "incident", "daily"), "…")
"""What stands in the place of a note that will come: the rows below do not move then."""

_SCREENS: Final = {
    "spot": ("drill_spot", "SpotScreen"),
    "incident": ("drill_incident", "IncidentScreen"),
    "shift": ("drill_shift", "ShiftScreen"),
    "daily": ("drill_daily", "DailyScreen"),
    "versus": ("drill_versus", "OpponentScreen"),
    "retry": ("drill_retry", "RetryScreen"),
}


def screen_for(launch: Launch) -> Screen[None]:
    """The screen of a drill; without one, the choice."""
    if launch.drill is None:
        return DrillScreen(launch)
    # Each is imported when it is opened, as the screens of the app are.
    module, name = _SCREENS[launch.drill]
    screen: Screen[None] = getattr(import_module(f"noc_tui.tui.screens.{module}"), name)(launch)
    return screen


@dataclass(frozen=True, slots=True)
class DrillRow:
    """A drill to choose: its key, what it is; or, below it, how things stand."""

    drill: str
    key: str = ""
    about: str = ""
    note: str = ""


class DrillScreen(NocScreen):
    """The choice of a drill."""

    SCOPE: ClassVar[Scope] = "drill"
    CSS_PATH = "drill.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("drill")]
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Read(Message):
        """What is due has been looked up."""

        def __init__(self, overview: Overview) -> None:
            super().__init__()
            self.overview = overview

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._overview: Overview | None = None
        self._told: set[str] = set()

    @property
    def _list(self) -> RowList[DrillRow]:
        return self.query_one("#drills", RowList)

    def compose(self) -> ComposeResult:
        yield Banner()
        with Container(id="middle"), Vertical(id="drill"):
            yield RowList[DrillRow](self._paint, selectable=lambda row: bool(row.key), one_click=True, id="drills")
        yield KeyBar()

    def on_mount(self) -> None:
        """List the drills at once."""
        self._list.focus()
        self._show()

    def on_screen_resume(self) -> None:
        """Look up what is due, beside the paint; a drill may have changed it."""
        self.noc.after_paint(self, lambda: self.run_worker(self._read, thread=True, exclusive=True))

    def _read(self) -> None:
        from noc_tui.tui.overview import overview_of  # noqa: PLC0415  (heavy; this is a thread)

        self.post_message(self.Read(overview_of(self.noc.remembering, self._launch.incident_folders)))

    def on_remembering_caught(self) -> None:
        """What had been waiting counts now."""
        if self.is_current:
            self.on_screen_resume()

    def on_drill_screen_read(self, event: Read) -> None:
        """Show what is due; tell what is wrong, once."""
        self._overview = event.overview
        for sentence in event.overview.notices[:3]:
            if sentence not in self._told:
                self._told.add(sentence)
                self.noc.warn(sentence)
        self._show()

    def on_resize(self) -> None:
        """More room, or less."""
        self._show()

    def _show(self) -> None:
        overview = self._overview
        streak = overview.streak if overview else 0
        days = f"{streak} day{'' if streak == 1 else 's'} of dailies in a row" if streak else ""
        self.query_one(Banner).view = BannerView("Drills", days)
        rows, at = list(self._rows()), self._list.current
        self._list.show(rows, next((i for i, row in enumerate(rows) if at and row.key and row.drill == at.drill), 0))

    def _rows(self) -> Iterator[DrillRow]:
        for drill, about in _ABOUT.items():
            told = f"{about} ({self._limit()})" if drill == "spot" else about
            yield DrillRow(drill, key=display(self.noc.keys[f"drill.{drill}"]), about=told)
            if note := self._overview.notes.get(drill, "") if self._overview else _LOADING.get(drill, ""):
                yield DrillRow(drill, note=note)
            if self.size.height >= _ROOMY:
                yield DrillRow(drill)

    def _limit(self) -> str:
        seconds, key = self._launch.options.seconds, display(self.noc.keys["drill.limit"])
        return f"{f'{seconds:g} s each' if seconds else 'no limit'}; {key} changes it"

    def _paint(self, row: DrillRow, width: int) -> list[Run]:
        room = width - _KEY_WIDTH - _LABEL_WIDTH
        if not row.key:
            return [Run(" " * (_KEY_WIDTH + _LABEL_WIDTH)), Run(fit(row.note, room) if room > 0 else "", "calm")]
        return [
            Run(f"{row.key:<{_KEY_WIDTH}}", "key"),
            Run(f"{row.drill.capitalize():<{_LABEL_WIDTH}}", "label"),
            Run(fit(row.about, room) if room > 0 else "", "muted"),
        ]

    # --- keys

    async def on_row_list_chosen(self) -> None:
        """A click on a row does what `enter` does."""
        await self.action_choose()

    async def action_choose(self) -> None:
        """Begin the drill under the cursor."""
        if (row := self._list.current) is not None:
            await self.run_action(BY_ID[f"drill.{row.drill}"].run)

    def action_drill(self, drill: str) -> None:
        """Begin this drill."""
        self.noc.open(replace(self._launch, drill=drill))

    def action_limit(self) -> None:
        """The next time limit."""
        options = self._launch.options
        place = _LIMITS.index(options.seconds) if options.seconds in _LIMITS else 0
        seconds = _LIMITS[(place + 1) % len(_LIMITS)]
        self._launch = replace(self._launch, options=replace(options, seconds=seconds))
        self._show()
