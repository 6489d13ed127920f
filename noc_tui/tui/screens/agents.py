"""Agents: who there is, who takes over, and whether a model can be reached."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from noc_tui import paths
from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.keybar import KeyBar
from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList, pad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.agents.llm.profiles import Profile
    from noc_tui.tui.choices import Choice

_NAME_WIDTH: Final = 14
_MOST_NOTICES: Final = 3
_WIDTHS: Final = [(0, "-usual"), (110, "-wide")]
_HOW: Final = """\
Any endpoint that speaks Chat Completions will do: hosted, vLLM, Ollama, llama.cpp. Set, in the environment or in a \
file .env in the folder that noc-tui is started in:

    API_BASE_URL=http://localhost:11434/v1
    MODEL_NAME=llama3.1
    API_KEY=...      (or HF_TOKEN, OPENAI_API_KEY; local servers need none)

or, in {file}:

    [llm]
    base_url = "http://localhost:11434/v1"
    model = "llama3.1"

Tables like [llm.fast] make further models, which are then agents like llm:fast."""


class AgentsScreen(NocScreen):
    """All agents and model profiles. `choose` is told who was chosen, besides the preferences of this run."""

    SCOPE: ClassVar[Scope] = "agents"
    CSS_PATH = "agents.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("agents")]
    HORIZONTAL_BREAKPOINTS = _WIDTHS

    class Loaded(Message):
        """The agents have been looked up."""

        def __init__(self, choices: Sequence[Choice], problems: Sequence[str]) -> None:
            super().__init__()
            self.choices = tuple(choices)
            self.problems = tuple(problems)

    def __init__(self, chosen: str, choose: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._chosen = chosen
        """Who takes over."""
        self._choose = choose
        self._has_models = True
        self._tests: dict[str, tuple[bool | None, str]] = {}
        """By agent, whether its model works (None: not known yet), and what came of asking it."""

    @property
    def _list(self) -> RowList[Choice]:
        return self.query_one("#agents", RowList)

    def compose(self) -> ComposeResult:
        yield Banner()
        with Container(id="agents-body"):
            yield RowList(self._paint, id="agents")
            with VerticalScroll(id="agents-about"):
                yield Static(id="agents-text", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the frame at once; look up who there is beside the first paint."""
        self.query_one(Banner).view = BannerView("Agents", "looking who there is")
        self._list.focus()
        self.run_worker(self._load, thread=True)

    def can_do(self, action: UserAction) -> bool:
        """Choose who can drive; test what has a connection, once at a time."""
        row = self._list.current
        if action.id == "agents.choose":
            return row is not None and not row.missing
        if action.id == "agents.test":
            return row is not None and row.profile is not None and not self._is_being_tested(row)
        return True

    # --- who there is

    def _load(self) -> None:
        from noc_tui.tui.choices import choices  # noqa: PLC0415  (heavy; this is a thread)

        self.post_message(self.Loaded(*choices()))

    def on_agents_screen_loaded(self, event: Loaded) -> None:
        """List them, with the cursor on who takes over; of those that cannot be used say why."""
        for problem in event.problems[:_MOST_NOTICES]:
            self.noc.warn(problem)
        if len(event.problems) > _MOST_NOTICES:
            self.noc.warn(
                f"{len(event.problems) - _MOST_NOTICES} more agents cannot be used; noc-tui doctor names them."
            )
        self._has_models = any(choice.profile is not None for choice in event.choices)
        names = [choice.name for choice in event.choices]
        self._list.show(event.choices, names.index(self._chosen) if self._chosen in names else 0)
        self._show_title()

    def _show_title(self) -> None:
        key = display(self.noc.keys["agent"])
        self.query_one(Banner).view = BannerView("Agents", f"{clean(self._chosen, 60)} takes over on {key}")

    def _paint(self, row: Choice, width: int) -> list[Run]:
        mark = Run("● " if row.name == self._chosen else "  ", "key")
        name = Run(pad(row.name, _NAME_WIDTH), "muted" if row.missing else "label")
        works, _ = self._tests.get(row.name, (None, ""))
        tested = {True: Run("✓ ", "calm"), False: Run("! ", "critical"), None: Run("")}[works]
        room = width - 2 - _NAME_WIDTH - 1 - len(tested.text)
        text = row.about if row.profile is None else f"{row.about} at {row.profile.host}"
        return [mark, name, Run(" "), tested, Run(fit(clean(text, 200), room) if room > 0 else "", "muted")]

    def on_row_list_highlighted(self) -> None:
        """Tell about who is under the cursor."""
        self._tell()
        self.query_one("#agents-about").scroll_home(animate=False)

    def _tell(self) -> None:
        row = self._list.current
        if row is not None:
            text = about(row, self._tests.get(row.name))
            if not self._has_models:
                text = Content("\n").join([text, how_to_set_a_model()])
            self.query_one("#agents-text", Static).update(text)
        self.refresh_keys()

    # --- keys

    def on_row_list_chosen(self) -> None:
        """A double click does what `enter` does."""
        self.action_choose()

    def action_choose(self) -> None:
        """Let the agent under the cursor take over from now on."""
        row = self._list.current
        if row is None or row.missing:
            return
        self.noc.preferences = replace(self.noc.preferences, agent=row.name)
        self._chosen = row.name
        self._list.show(self._list.rows, self._list.highlighted or 0)
        self._show_title()
        key, keep = display(self.noc.keys["agent"]), f'agent = "{clean(row.name, 60)}" in {paths.config_file()}'
        self.noc.tell(f"{clean(row.name, 60)} takes over on {key}. To keep it so: {keep}")
        self.action_leave()
        if self._choose is not None:
            self._choose(row.name)

    def action_test(self) -> None:
        """Ask the model under the cursor for one decision."""
        row = self._list.current
        if row is not None and row.profile is not None and not self._is_being_tested(row):
            self._tests[row.name] = (None, f"Asking {row.profile.host} …")
            self._tell()
            self.run_worker(self._test(row.name, row.profile), group=f"test {row.name}")

    def _is_being_tested(self, row: Choice) -> bool:
        return row.name in self._tests and self._tests[row.name][0] is None

    async def _test(self, name: str, profile: Profile) -> None:
        from noc_tui.agents.llm.checking import check_connection  # noqa: PLC0415

        connection = await check_connection(profile)
        self._tests[name] = (connection.works, connection.message)
        self._list.show(self._list.rows, self._list.highlighted or 0)
        self._tell()


def about(choice: Choice, tested: tuple[bool | None, str] | None = None) -> Content:
    """What is told about an agent; of a model's key only whether there is one."""
    profile = choice.profile
    parts: list[str | tuple[str, str]] = [(f"{clean(choice.name, 80)}\n", "bold")]
    if profile is None:
        parts.append(f"{_sentence(choice.about)}\n")
        if choice.missing:
            parts.append((f"{choice.missing}\n", "$breach"))
        return Content.assemble(*parts)
    price = profile.price
    rows = (
        ("Model", clean(profile.model, 100)),
        ("Host", clean(profile.host, 100)),
        ("Key", "set" if profile.api_key is not None else "none"),
        ("Price", f"{price.input:g} in, {price.output:g} out, a million tokens" if price else "unknown"),
        ("Asks", f"{profile.time_limit:g} s for a decision, up to {profile.max_tokens:,} tokens"),
    )
    for name, value in rows:
        parts += [(f"{name:<7}", "$muted"), f"{value}\n"]
    works, sentence = tested or (None, "Not tested yet.")
    ink = {True: "$calm", False: "$critical", None: "$muted"}[works]
    glyph = {True: "✓ ", False: "! ", None: ""}[works]
    parts.append((f"{glyph}{clean(sentence, 600)}", ink))
    return Content.assemble(*parts)


def how_to_set_a_model() -> Content:
    """What to put where, for who has no model yet."""
    heading = ("No model yet. ", "bold")
    return Content.assemble(heading, _HOW.format(file=clean(str(paths.config_file()), 200)))


def _sentence(text: str) -> str:
    shown = clean(text, 300)
    return f"{shown[:1].upper()}{shown[1:]}." if shown else ""
