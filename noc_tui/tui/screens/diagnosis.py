"""Naming the incident of a blind episode: all that there are, in a list that is filtered by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from noc_tui.sim.incident import Incident

_ACCEPT: Final = KeyHint("enter", "name it")
_CHOOSE: Final = KeyHint("↑ ↓", "choose")
_BACK: Final = KeyHint("esc", "back")
_NOTE: Final = "Name it as often as you like: the last one before the end counts."
_FILTER_LIMIT: Final = 60
_TITLE_WIDTH: Final = 27
_ID_WIDTH: Final = 21


class Candidate(NamedTuple):
    """An incident that it may be, told about without what would give it away. Its texts can be shown as they are."""

    incident: str
    """Its id."""
    title: str
    about: str
    """Its tags: what it has to do with, and nothing of what it looks like."""


class DiagnosisScreen(ModalScreen[str | None]):
    """Asks which incident it is. The result is an id, or None when the user backs out.

    `own` is the incident in play, which stands in the list even where the catalog lacks it; `last` is what was named
    last. `folders` are the user's own incident folders.
    """

    CSS_PATH = "diagnosis.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back"),
        Binding("enter", "accept", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    _filter = getters.query_one("#diagnosis-filter", Input)

    class Loaded(Message):
        """The incidents have been read."""

        def __init__(self, candidates: Sequence[Candidate]) -> None:
            super().__init__()
            self.candidates = candidates

    def __init__(self, own: Incident, folders: Sequence[Path], last: str | None) -> None:
        super().__init__()
        self._own = own
        self._folders = tuple(folders)
        self._last = last
        self._candidates: tuple[Candidate, ...] = ()

    @property
    def _list(self) -> RowList[Candidate]:
        return self.query_one("#diagnosis-list", RowList)

    def compose(self) -> ComposeResult:
        with Vertical(id="diagnosis"):
            yield Label("Which incident is it?", id="diagnosis-title", markup=False)
            yield Input(placeholder="type to filter", id="diagnosis-filter", compact=True, max_length=_FILTER_LIMIT)
            yield RowList(candidate_row, one_click=True, id="diagnosis-list")
            yield Label(_NOTE, id="diagnosis-note", markup=False)
            bar = KeyBar()
            bar.hints = (_CHOOSE, _ACCEPT, _BACK)  # the first goes where there is no room
            yield bar

    def on_mount(self) -> None:
        """Read the incidents beside the paint. The focus stays in the filter."""
        self._list.can_focus = False
        self._filter.focus()
        self.run_worker(self._load, thread=True)

    def _load(self) -> None:
        from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415  (reads files; this is a thread)

        incidents, _errors = catalog_of(self._folders).load_all()  # what is wrong with a file, the picker tells
        self.post_message(self.Loaded(candidates_of(incidents, self._own)))

    def on_diagnosis_screen_loaded(self, event: Loaded) -> None:
        """List them, with the cursor on what was named last."""
        self._candidates = tuple(event.candidates)
        self._fill()

    def _fill(self) -> None:
        words = clean(self._filter.value, _FILTER_LIMIT).lower().split()
        shown = [each for each in self._candidates if all(word in "\n".join(each).lower() for word in words)]
        at = next((index for index, each in enumerate(shown) if each.incident == self._last), 0)
        self._list.show(shown, at)
        nothing = self._candidates and not shown
        self.query_one("#diagnosis-note", Label).update("No incident has that in it." if nothing else _NOTE)

    # --- keys

    def on_input_changed(self) -> None:
        """Filter while typing."""
        self._fill()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def on_row_list_chosen(self) -> None:
        """A click names what it points at."""
        self.action_accept()

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key does what the key does."""
        if event.key == _ACCEPT.key:
            self.action_accept()
        elif event.key == _BACK.key:
            self.action_cancel()

    def action_move(self, rows: int) -> None:
        self._list.action_move(rows)

    def action_page(self, pages: int) -> None:
        self._list.action_page(pages)

    def action_accept(self) -> None:
        """Answer with the incident under the cursor, if the filter leaves one."""
        if (candidate := self._list.current) is not None:
            self.dismiss(candidate.incident)

    def action_cancel(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)


def candidate_row(candidate: Candidate, width: int) -> list[Run]:
    """Title, id, and what it has to do with, as far as there is room."""
    if width <= _TITLE_WIDTH:
        return [Run(fit(candidate.title, width), "label")]
    title, left = Run(pad(candidate.title, _TITLE_WIDTH), "label"), width - _TITLE_WIDTH
    if left <= _ID_WIDTH:
        return [title, Run(fit(candidate.incident, left), "soft")]
    return [
        title,
        Run(pad(candidate.incident, _ID_WIDTH), "soft"),
        Run(fit(candidate.about, left - _ID_WIDTH), "muted"),
    ]


def candidates_of(incidents: Iterable[Incident], own: Incident) -> list[Candidate]:
    """What it may be, in the order of the titles: the place of the one in play tells nothing about it."""
    by_id = {incident.id: incident for incident in incidents}
    by_id.setdefault(own.id, own)
    candidates = [
        Candidate(incident.id, clean(incident.title, 80), " · ".join(incident.tags)) for incident in by_id.values()
    ]
    return sorted(candidates, key=lambda candidate: (candidate.title.lower(), candidate.incident))
