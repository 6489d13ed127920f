"""Help for one screen: its keys from the table of actions, and how to read what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from noc_tui.tui.actions import DASHBOARD, OPERATED, Scope, UserAction, actions_of, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.cells import wrap
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Size

Part = str | tuple[str, str]

_NAMES: Final[dict[Scope, str]] = {
    "home": "home",
    "picker": "choosing an incident",
    "play": "playing",
    "watch": "watching",
    "replay": "replay",
    "versus": "two side by side",
    "sessions": "sessions",
    "debrief": "the debrief",
    "account": "the report in words",
    "agents": "agents",
    "help": "help",
    "drill": "drills",
    "briefing": "drills",
    "spot": "spot",
    "naming": "spot",
    "round": "a round of spot",
    "shift": "a shift",
    "daily": "the daily",
    "mistake": "retry",
    "opponent": "versus",
    "progress": "progress",
    "leaderboard": "leaderboards",
}
_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Act", ("act.",)),
    ("Control", ("pause", "agent", "suggest", "mark", "diagnose", "coach", "debrief", "fork")),
    ("Time", ("step.", "faster", "slower", "jump.", "event.", "goto")),
    ("Log", ("log.",)),
    ("Everywhere", ("palette", "help", "close", "leave")),
)
"""Headings, and what the ids of the actions below them begin with. All others belong to the screen alone."""
_OWN: Final = "Here"
_CURSOR: Final = "The arrow keys move the cursor, page up and page down by a page; a double click does what enter does."
_SCROLL: Final = "The arrow keys scroll, page up and page down by a page."

_DASHBOARD: Final[tuple[Part, ...]] = (
    "One server, one incident. Bring all six metrics into their healthy range and keep them there for ",
    ("three steps in a row", "bold"),
    ": that resolves it. CPU or memory at 98 %, or errors at 90 %, crash the server.\n\n",
    "Each strip has a fixed scale. What lies under the healthy threshold is calm, what stands above it is loud.\n\n",
    ("✓    ", "$calm bold"), "healthy\n",
    ("!    ", "$breach bold"), "over the healthy threshold\n",
    ("‼    ", "$critical bold"), "close to a crash, or down\n",
    ("▲▼─  ", "bold"), "rising, falling, steady\n",
    ("▄▄   ", "$calm-dim"), "before the page; often the best clue\n",
    ("●●○  ", "$calm"), "healthy steps in a row, of three",
)  # fmt: skip
_COURSE: Final[tuple[Part, ...]] = (
    "\n\nIn a high window the health stands below the actions, step by step:\n\n",
    ("tse  ", "$accent bold"), "what was done, by the keys of the actions\n",
    ("···  ", "$muted"), "steps to come",
)  # fmt: skip
_SPOT: Final[tuple[Part, ...]] = (
    "An incident in progress. Choose the action that you would take now; then say which incident it is, among the four",
    " that look most alike.\n\nThe verdict holds the action against near-perfect play. What was wrong or too late",
    " comes back soon, what was best and quick a good deal later.",
)
_READING: Final[dict[Scope, tuple[Part, ...]]] = {
    "play": (
        *_DASHBOARD,
        *_COURSE,
        "\n\nIn pace turn the world waits for you. In pace live it moves by itself, and waiting is what it does.",
        "\n\nA blind episode does not say which incident it is until it has ended. Name it as soon as you know.",
    ),
    "watch": (
        *_DASHBOARD,
        *_COURSE,
        "\n\nThe agent drives. An action key takes over and does no more; the next one acts.",
    ),
    "replay": (
        *_DASHBOARD,
        *_COURSE,
        "\n\nEvery step can be reached, and any of them played on from, as a new session with the same future.",
        " The action keys are off until then.",
    ),
    "versus": (
        *_DASHBOARD,
        "\n\nTwo drivers have the same incident and seed. Neither is ever more than one step ahead of the other. The",
        " dots in a strip are the other side's course. Who is ahead, and by how many steps, is reckoned from what",
        " near-perfect play would still need from either position.",
    ),
    "home": (f"{_CURSOR}\n\nNothing is lost by leaving: a running episode stays resumable.",),
    "picker": (
        f"{_CURSOR}\n\nThe same incident and seed give the same episode, bit for bit, to everybody.\n\n",
        ("●○○", "bold"), " easy, ", ("●●○", "bold"), " medium, ", ("●●●", "bold"), " hard. ",
        ("○○○", "bold"), " is a control: nothing is broken, and the best play is to see that.",
    ),
    "sessions": (
        f"{_CURSOR}\n\nEvery episode is recorded, at each step. The filter takes words that stand in any column, the",
        " incident's id and the outcome among them.\n\n",
        ("●", "$accent bold"), "  still being written: replay follows it\n",
        ("…", "bold"), "  interrupted: resume goes on where it stopped",
    ),
    "agents": (
        f"{_CURSOR}\n\nWho is chosen takes over on the key for the autopilot. A model also makes the suggestions.\n\n",
        ("●    ", "$accent bold"), "takes over\n",
        ("✓    ", "$calm bold"), "the model answers\n",
        ("!    ", "$critical bold"), "it does not, and why is told beside it",
    ),
    "progress": (
        f"{_CURSOR}\n\nOver par: steps more than near-perfect play needs, the median where it was resolved. Won: the",
        " share that was resolved. Trend: the accuracy of the last sessions, on a scale from 0 to 100 %. Figures are",
        " of the last 50 sessions of an incident.\n\nA rating stands with its standard deviation; a question mark says",
        " that it is too uncertain to compare anybody by. An incident has one after it has been played.",
    ),
    "leaderboard": (
        f"{_CURSOR}\n\nThe best session of each, people and agents side by side: the fewest steps, then the greater",
        " accuracy. Only what comes out the same when simulated again counts, played alone and from the start; of a",
        " daily, the first try.",
    ),
    "drill": (
        f"{_CURSOR}\n\nEach card is an incident at a stage: the page, under way, astray, the whole of it. What was",
        " weak comes back soon, what was known later; a new incident comes when the known ones hold.",
    ),
    "spot": _SPOT,
    "naming": _SPOT,
    "round": (
        f"{_CURSOR}\n\nA verdict says what the action was worth against near-perfect play. ✓ and × before an incident",
        " say whether it was named rightly. What was wrong or too late comes back soonest.",
    ),
    "briefing": ("A drill is told about before it begins. Whatever is left in the middle can be gone on with.",),
    "shift": (
        f"{_CURSOR}\n\nFive pages, each after a pause that nobody knows. One of them is a false alarm: nothing is",
        " broken, and the best that can be done is nothing. A shift that is left can be continued.",
    ),
    "daily": (
        "On a date (UTC) everybody gets the same incident and seed. The try that was begun first counts, finished or",
        " not. The squares are the moves:\n\n🟩 fine  🟨 inaccuracy  🟧 mistake  🟥 blunder  ⬛ lost already",
    ),
    "mistake": (
        "The episode stands before the move that cost the most. Try until it goes well; every attempt says what it",
        " costs, and what is best only when it is asked for. Then it can be played on, as a session of its own.",
    ),
    "opponent": (
        f"{_CURSOR}\n\nA ghost plays the same incident and seed: dots in the strips, its moves in the log once you",
        " have taken that step, and the lead in steps in the header.",
    ),
    "account": (
        f"{_SCROLL}\n\nA model has worded the report that the program makes of the session. Facts and figures are the",
        " program's; a number that does not stand in them is marked.",
    ),
    "debrief": (
        f"{_CURSOR}\n\nEvery move is held against near-perfect play, which knows the rules and all that is hidden:\n\n",
        ("✓    ", "$calm bold"), "best\n",
        ("·    ", "$calm bold"), "good\n",
        ("○    ", "$calm bold"), "needless: waiting does as well\n",
        ("~    ", "$breach bold"), "inaccuracy\n",
        ("?    ", "$breach bold"), "mistake\n",
        ("×    ", "$critical bold"), "blunder\n",
        ("–    ", "$muted"), "lost already: nothing is judged any more\n",
        ("••   ", "$ghost bold"), "best play from the same start\n\n",
        "Steps = par (what near-perfect play needs) + lost (by the moves) + luck. Grade and accuracy go by the moves;",
        " rewards are the environment's contract with agents, not a measure of skill.\n\n",
        "MTTR, the mean time to restore, is the time from the page to the resolution, at half a minute a step.",
    ),
}  # fmt: skip
_WIDTHS: Final = [(0, "-usual"), (110, "-wide")]
_GAP: Final = 2
"""Cells between the keys and what they do."""


class HelpScreen(NocScreen):
    """What the keys of a screen do, as they are mapped now, and how to read what it shows."""

    SCOPE: ClassVar[Scope] = "help"
    CSS_PATH = "help.tcss"
    # The key that opened the help closes it.
    BINDINGS: ClassVar[list[BindingType]] = [
        replace(binding, action="leave") if binding.id == "help" else binding for binding in bindings_of("help")
    ]
    HORIZONTAL_BREAKPOINTS = _WIDTHS

    def __init__(self, about: Scope, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._about = about
        self._keys = keys

    def compose(self) -> ComposeResult:
        yield Banner()
        with VerticalScroll(id="help"), Container(id="help-columns"):
            yield KeysTable(self._about, self._keys)
            yield Static(reading(self._about), id="help-text", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Let arrows and page keys scroll."""
        self.query_one(Banner).view = BannerView("Help", _NAMES[self._about])
        self.query_one("#help").focus()

    def hints(self) -> tuple[KeyHint, ...]:
        """Scrolling, and the way back."""
        return (KeyHint("↑ ↓", "scroll"), KeyHint(display(self._keys["close"]), "back"), super().hints()[-1])


class KeysTable(Widget):
    """The keys of a screen, laid out for the width there is."""

    DEFAULT_CSS = """
    KeysTable {
        height: auto;
    }
    """

    def __init__(self, about: Scope, keys: Mapping[str, str]) -> None:
        super().__init__(id="help-keys")
        self._about = about
        self._keys = keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """The rows that it takes."""
        return len(keys_table(self._about, self._keys, width).plain.splitlines())

    def render(self) -> Content:
        return keys_table(self._about, self._keys, self.size.width)


def reading(about: Scope) -> Content:
    """How to read a screen."""
    return Content.assemble(("Reading the screen\n", "bold"), *_READING.get(about, ("",)))


def keys_table(about: Scope, keys: Mapping[str, str], room: int = 0) -> Content:
    """The keys of a screen in groups, those of twins side by side; a key that was remapped says so.

    In `room` cells an explanation goes on below its beginning; 0 breaks none.
    """
    groups = _grouped(about)
    width = max(len(_shown(actions, keys)) for rows in groups.values() for actions in rows)
    blocks = []
    for heading, rows in groups.items():
        lines = [Content.styled(heading, "bold")]
        lines += [_line(actions, keys, width, about, room) for actions in rows]
        blocks.append(Content("\n").join(lines))
    return Content("\n\n").join(blocks)


def _line(actions: list[UserAction], keys: Mapping[str, str], width: int, about: Scope, room: int) -> Content:
    first = actions[0]
    text = first.label if first.id.startswith("act.") and about in OPERATED else first.help
    told = Content.assemble(text, (_remapped(actions, keys), "$muted"))
    left = room - width - _GAP
    rows = [told[start:end] for start, end in wrap(told.plain, left, left)] if left > 0 else [told]
    key = Content.styled(f"{_shown(actions, keys):>{width}}", "$accent bold")
    return Content.assemble(key, " " * _GAP, Content("\n" + " " * (width + _GAP)).join(rows))


def _shown(actions: Iterable[UserAction], keys: Mapping[str, str]) -> str:
    return " ".join(display(keys[action.id]) for action in actions)


def _remapped(actions: Iterable[UserAction], keys: Mapping[str, str]) -> str:
    usual = [display(action.key) for action in actions if keys[action.id] != action.key]
    return f"  (usually {' '.join(usual)})" if usual else ""


def _grouped(about: Scope) -> dict[str, list[list[UserAction]]]:
    """The actions of a screen by heading, in the order of `_GROUPS`; actions that do the same stand together."""
    by_run: dict[str, list[UserAction]] = {}
    for action in actions_of(about):
        if about in {"replay", "versus"} and action.id.startswith("act."):
            continue  # they do nothing there but say why
        by_run.setdefault(action.run, []).append(action)
    groups: dict[str, list[list[UserAction]]] = {heading: [] for heading in (_OWN, *(name for name, _ in _GROUPS))}
    for actions in by_run.values():
        groups[_heading(actions[0])].append(actions)
    return {heading: rows for heading, rows in groups.items() if rows}


def _heading(action: UserAction) -> str:
    if len(action.scopes) == 1 and action.scopes[0] not in DASHBOARD:
        return _OWN
    return next((heading for heading, starts in _GROUPS if action.id.startswith(starts)), _OWN)
