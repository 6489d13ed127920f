"""The picker: which incident, which seed, which pace, who drives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from noc_tui.tui.actions import Scope, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.sim.incident import Incident
    from noc_tui.tui.launch import Launch

MAX_SEED_DIGITS = 18


class PickerScreen(NocScreen):
    """A list of incidents, the one under the cursor told about, and the settings below."""

    SCOPE: ClassVar[Scope] = "picker"
    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("picker")]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._incidents: dict[str, Incident] = {}

    def compose(self) -> ComposeResult:
        yield Static("Choose an incident", id="picker-title")
        with Horizontal(id="picker"):
            yield OptionList(id="incidents")
            with VerticalScroll(id="about", can_focus=False):
                yield Static(id="about-text", markup=False)
        with Vertical(id="settings"):
            yield Static(id="settings-line")
        yield KeyBar()

    def on_mount(self) -> None:
        if self._launch.pace is None:
            self._launch = replace(self._launch, pace=self.noc.preferences.pace)
        if self._launch.agent is None:
            self._launch = replace(self._launch, agent=self.noc.preferences.agent)
        self._show_settings()
        self.query_one("#incidents").focus()
        self.call_after_refresh(self._list_incidents)

    def _list_incidents(self) -> None:
        from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415

        incidents, errors = catalog_of(self._launch.incident_folders).load_all()
        for error in errors:
            self.noc.warn(str(error))
        self._incidents = {incident.id: incident for incident in incidents}
        listing = self.query_one("#incidents", OptionList)
        for incident in incidents:
            listing.add_option(Option(_line(incident), id=incident.id))
        ids = list(self._incidents)
        listing.highlighted = ids.index(self._launch.incident) if self._launch.incident in ids else 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell about the incident under the cursor."""
        incident = self._incidents.get(event.option.id or "")
        if incident is not None:
            self.query_one("#about-text", Static).update(_about(incident))

    def on_option_list_option_selected(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        """Start with what is chosen."""
        listing = self.query_one("#incidents", OptionList)
        if listing.highlighted is None:
            return
        incident = listing.get_option_at_index(listing.highlighted).id
        self.noc.open(replace(self._launch, face="play", incident=incident), instead=True)

    def action_toggle_pace(self) -> None:
        self._set(pace="live" if self._launch.pace == "turn" else "turn")

    def action_toggle_driver(self) -> None:
        self._set(watch=not self._launch.watch)

    def action_random_seed(self) -> None:
        self._set(seed=None)

    def action_edit_seed(self) -> None:
        """Ask for a seed."""
        from noc_tui.tui.screens.prompt import PromptScreen  # noqa: PLC0415

        value = "" if self._launch.seed is None else str(self._launch.seed)
        prompt = PromptScreen("Seed", "a number; empty for any", limit=MAX_SEED_DIGITS, digits=True, value=value)
        self.app.push_screen(prompt, self._seed_given)

    def _seed_given(self, text: str | None) -> None:
        if text is not None:
            self._set(seed=int(text) if text else None)

    def _set(self, **changes: object) -> None:
        self._launch = replace(self._launch, **changes)  # type: ignore[arg-type]
        self._show_settings()

    def _show_settings(self) -> None:
        launch, keys = self._launch, self.noc.keys
        seconds = self.noc.preferences.pace_seconds
        pace = f"live, a step every {seconds:g} s" if launch.pace == "live" else "turn, the world waits for you"
        driver = f"{launch.agent} (you watch)" if launch.watch else f"you ({launch.agent} on a)"
        text = Text()
        for action_id, label, value in (
            ("picker.driver", "Driver", driver),
            ("picker.pace", "Pace", pace),
            ("picker.seed", "Seed", "any" if launch.seed is None else str(launch.seed)),
        ):
            text.append(f"{display(keys[action_id])} ", "bold")
            text.append(f"{label} ", "dim")
            text.append(f"{value}     ")
        self.query_one("#settings-line", Static).update(text)


def _line(incident: Incident) -> Text:
    return Text.assemble(f"{incident.title:<28} ", (incident.difficulty, "dim"))


def _about(incident: Incident) -> Text:
    text = Text()
    text.append(f"{incident.title}\n", "bold")
    text.append(f"{incident.id} · {incident.difficulty} · {incident.max_steps} steps\n\n", "dim")
    text.append(incident.summary.strip())
    if incident.tags:
        text.append(f"\n\n{' · '.join(incident.tags)}", "dim")
    return text
