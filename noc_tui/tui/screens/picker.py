"""The picker: which incident, or a blind one, which seed, which pace, who drives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from noc_tui.episode.track import BLIND_TITLE
from noc_tui.text import clean
from noc_tui.tui.actions import BY_ID, Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.sim.errors import IncidentError
    from noc_tui.sim.incident import Incident
    from noc_tui.tui.launch import Launch

_MOST_NOTICES: Final = 3
_DIFFICULTIES: Final = {"easy": "●○○", "medium": "●●○", "hard": "●●●", "control": "○○○"}
_DIFFICULTY_WIDTH: Final = 12
"""The longest of them, and a blank."""
_ABOUT_BLIND: Final = (
    "Any of the program's incidents, the one without a fault among them; the seed chooses. What it is, and what is on"
    " its way, is kept from you and from the agent until the end.\n\nSay what it is as soon as you know: the debrief"
    " tells whether you were right, and how long it took."
)
_WIDTHS: Final = [(0, "-narrow"), (72, "-usual"), (110, "-wide")]
_HEIGHTS: Final = [(0, "-low"), (32, "-high")]


class PickerScreen(NocScreen):
    """A list of incidents, the one under the cursor told about, and the settings beside it."""

    SCOPE: ClassVar[Scope] = "picker"
    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("picker")]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Loaded(Message):
        """The incidents have been read."""

        def __init__(self, incidents: Sequence[Incident], errors: Sequence[IncidentError]) -> None:
            super().__init__()
            self.incidents = incidents
            self.errors = errors

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._started = False
        self._incidents: tuple[Incident, ...] | None = None
        """All there are; None while they are being read."""
        self._at = 0
        """Where the cursor stands among them."""

    @property
    def _list(self) -> RowList[Incident | None]:
        return self.query_one("#incidents", RowList)

    def compose(self) -> ComposeResult:
        yield Banner()
        with Horizontal(id="picker"):
            yield RowList(incident_row, id="incidents")
            with Vertical(id="beside"):
                with VerticalScroll(id="about"):
                    yield Static(id="about-text", markup=False)
                with Vertical(id="settings"):
                    yield Static("Settings", classes="heading")
                    for name in ("driver", "pace", "blind", "seed"):
                        yield Setting(BY_ID[f"picker.{name}"])
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the settings at once; read the incidents beside the first paint."""
        preferences = self.noc.preferences
        self._set(
            pace=self._launch.pace or preferences.pace,
            agent=self._launch.agent or preferences.agent,
            blind=self._launch.is_blind(preferences),
        )
        self._list.focus()
        self.run_worker(self._load, thread=True)

    def can_do(self, action: UserAction) -> bool:
        """Start when there is something to start; any seed when one was given."""
        if action.id == "picker.start":
            return self._list.highlighted is not None
        return action.id != "picker.random" or self._launch.seed is not None

    # --- the incidents

    def _load(self) -> None:
        from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415  (heavy; this is a thread)

        self.post_message(self.Loaded(*catalog_of(self._launch.incident_folders).load_all()))

    def on_picker_screen_loaded(self, event: Loaded) -> None:
        """List them; of those that cannot be used say why."""
        for error in event.errors[:_MOST_NOTICES]:
            self.noc.warn(clean(str(error)))
        if len(event.errors) > _MOST_NOTICES:
            more = len(event.errors) - _MOST_NOTICES
            self.noc.warn(f"{more} more incident files cannot be used; noc-tui incidents list names them.")
        self._incidents = in_order(event.incidents)
        ids = [incident.id for incident in self._incidents]
        self._at = ids.index(self._launch.incident) if self._launch.incident in ids else 0
        self._fill()
        if not ids:
            self.query_one("#about-text", Static).update("There is no incident that can be used.")

    def _fill(self) -> None:
        """List the incidents, or the one row of a blind one."""
        if self._incidents:
            self._list.show((None,) if self._launch.blind else self._incidents, 0 if self._launch.blind else self._at)
        self._show_title()

    def _show_title(self) -> None:
        if self._launch.blind:
            title = "Watch a blind incident" if self._launch.watch else "Play a blind incident"
            self.query_one(Banner).view = BannerView(title, f"chosen by the seed{self._against}")
            return
        title = "Choose an incident to watch" if self._launch.watch else "Choose an incident"
        counted = "reading the incidents" if self._incidents is None else f"{len(self._incidents)} incidents"
        self.query_one(Banner).view = BannerView(title, f"{counted}{self._against}")

    @property
    def _against(self) -> str:
        """Who is played against, for the title; empty without a ghost."""
        ghost = self._launch.ghost
        return f" · against {clean(ghost if isinstance(ghost, str) else ghost.stem, 40)}" if ghost else ""

    def on_row_list_highlighted(self) -> None:
        """Tell about the incident under the cursor."""
        if self._list.highlighted is not None:
            incident = self._list.current
            self._at = self._at if incident is None else self._list.highlighted
            self.query_one("#about-text", Static).update(about(incident))
            self.query_one("#about").scroll_home(animate=False)
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """A double click starts."""
        self.action_start()

    def action_start(self) -> None:
        """Start with what is chosen, once."""
        if self._list.highlighted is not None and not self._started:
            self._started = True
            incident = self._list.current
            launch = replace(self._launch, face="play", incident=None if incident is None else incident.id)
            self.noc.open(launch, instead=True)

    # --- the settings

    def action_toggle_pace(self) -> None:
        self._set(pace="live" if self._launch.pace == "turn" else "turn")

    def action_toggle_driver(self) -> None:
        self._set(watch=not self._launch.watch)

    def action_toggle_blind(self) -> None:
        self._set(blind=not self._launch.blind)
        self._fill()

    def action_random_seed(self) -> None:
        self._set(seed=None)

    def action_edit_seed(self) -> None:
        """Ask for a seed."""
        from noc_tui.episode.records import LARGEST_INTEGER  # noqa: PLC0415  (heavy, and not asked for at first)
        from noc_tui.tui.screens.prompt import PromptScreen  # noqa: PLC0415

        value = "" if self._launch.seed is None else str(self._launch.seed)
        prompt = PromptScreen(
            "Seed", "a whole number; empty for any", limit=20, digits=True, highest=LARGEST_INTEGER, value=value
        )
        self.app.push_screen(prompt, self._seed_given)

    def _seed_given(self, text: str | None) -> None:
        if text is not None:
            self._set(seed=int(text) if text else None)

    def _set(self, **changes: object) -> None:
        self._launch = replace(self._launch, **changes)  # type: ignore[arg-type]
        for setting in self.query(Setting):
            setting.show(display(self.noc.keys[setting.action.id]), self._value(setting.action.id))
        self._show_title()
        self.refresh_keys()

    def _value(self, action_id: str) -> tuple[str, str]:
        """What a setting is set to, and what that means."""
        launch, keys = self._launch, self.noc.keys
        agent = clean(launch.agent or "", 80)
        if action_id == "picker.driver":
            return (agent, "you watch") if launch.watch else ("you", f"{agent} on {display(keys['agent'])}")
        if action_id == "picker.pace":
            if launch.pace == "live":
                return "live", f"a step every {self.noc.preferences.pace_seconds:g} s"
            return "turn", "the world waits"
        if action_id == "picker.blind":
            return ("on", "name is hidden") if launch.blind else ("off", "name is shown")
        if launch.seed is None:
            return "any", "new each time"
        return str(launch.seed), f"{display(keys['picker.random'])} any"


class Setting(Static):
    """One setting: its key, its name, what it is set to. A click does what the key does."""

    def __init__(self, action: UserAction) -> None:
        super().__init__(markup=False, classes="setting")
        self.action = action

    def show(self, key: str, value: tuple[str, str]) -> None:
        """Show the value, and what it means."""
        label = self.action.label.capitalize()
        self.update(
            Content.assemble(
                (key, "$accent bold"), (f" {label:<8}", "$muted"), f"{value[0]:<4}", (f"  {value[1]}", "$muted")
            )
        )

    async def on_click(self) -> None:
        await self.screen.run_action(self.action.run)


def in_order(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The classic ones first, as the catalog has them; the others by title, for that is what the list shows."""
    from noc_tui.sim.catalog import CLASSIC  # noqa: PLC0415  (loads pydantic; whoever has incidents has done so)

    given = tuple(incidents)
    others = sorted((each for each in given if each.id not in CLASSIC), key=lambda each: each.title.lower())
    return (*(each for each in given if each.id in CLASSIC), *others)


def incident_row(incident: Incident | None, width: int) -> list[Run]:
    """Title and difficulty; None is a blind incident."""
    if incident is None:
        return [Run(fit(BLIND_TITLE, width), "label")]
    words = f"{_DIFFICULTIES[incident.difficulty]} {incident.difficulty}"
    room = width - _DIFFICULTY_WIDTH - 2
    if room < 8:
        return [Run(fit(incident.title, width), "label")]
    return [Run(pad(incident.title, room), "label"), Run("  "), Run(words, "soft")]


def about(incident: Incident | None) -> Content:
    """What is told about an incident before it is played; None is a blind one."""
    if incident is None:
        return Content.assemble((f"{BLIND_TITLE}\n\n", "bold"), _ABOUT_BLIND)
    facts = f"{incident.difficulty} · up to {incident.max_steps} steps · {incident.id}"
    parts: list[str | tuple[str, str]] = [
        (f"{clean(incident.title, 400)}\n", "bold"),
        (f"{facts}\n\n", "$muted"),
        clean(incident.summary.strip(), keep_newlines=True),
    ]
    if incident.tags:
        parts.append((f"\n\n{' · '.join(incident.tags)}", "$muted"))
    return Content.assemble(*parts)
