"""The debrief: what an episode came to, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from noc_tui import paths
from noc_tui.sim.actions import ACTIONS
from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.frame import clock_text
from noc_tui.tui.launch import Launch
from noc_tui.tui.recordings import driver_name
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.curve import Curve, CurveView
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.episode.records import Header
    from noc_tui.episode.totals import Totals
    from noc_tui.episode.track import Track

_HEADLINES: Final = {
    "resolved": ("✓", "RESOLVED", "calm"),
    "crashed": ("‼", "CRASHED", "critical"),
    "truncated": ("!", "OUT OF STEPS", "breach"),
    "void": ("!", "VOID", "breach"),
    None: ("…", "UNFINISHED", "breach"),
}
_TERMS: Final = {
    "health_delta": "health gained",
    "health_bonus": "health kept",
    "step_penalty": "steps",
    "resolution": "resolution",
    "crash": "crash",
    "ineffective": "ineffective actions",
}
_PROSE: Final = (("What it was", "summary"), ("What to remember", "lesson"), ("Read more", "references"))
_PROSE_LIMIT: Final = 4_000
_BAR: Final = 12
_MOST_DRIVERS: Final = 3
_WIDTHS: Final = [(0, "-narrow"), (72, "-usual"), (150, "-wide")]
_HEIGHTS: Final = [(0, "-low"), (34, "-high"), (50, "-tall")]


class DebriefScreen(NocScreen):
    """The figures of an episode that has ended."""

    SCOPE: ClassVar[Scope] = "debrief"
    CSS_PATH = "debrief.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("debrief")]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    class Summed(Message):
        """The steps have been added up; or why they cannot be."""

        def __init__(self, totals: Totals | None, problem: str = "") -> None:
            super().__init__()
            self.totals = totals
            self.problem = problem

    def __init__(self, track: Track, launch: Launch) -> None:
        super().__init__()
        self._track = track
        self._launch = launch
        replayed = launch.session if launch.face == "replay" else None
        self._recording = replayed or paths.sessions_dir() / f"{track.header.session}.jsonl"

    def compose(self) -> ComposeResult:
        definition = self._track.header.incident
        yield Banner()
        with VerticalScroll(id="debrief"):
            with Horizontal(id="result"):
                yield Static(id="headline", markup=False)
                yield Static(id="sentence", markup=False)
            with Container(id="cards"):
                with Vertical(classes="column"):
                    with Vertical(classes="card"):
                        yield Static(id="health", markup=False)
                        yield Curve()
                    yield Static(id="facts", classes="card", markup=False)
                with Vertical(classes="column"):
                    yield Static(id="actions", classes="card", markup=False)
                    yield Static(id="rewards", classes="card", markup=False)
                yield Static(prose(definition), id="prose", classes="card", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Let arrows and page keys scroll; add the steps up beside the first paint, for there may be 100,000."""
        header = self._track.header
        definition = header.incident
        self.query_one(Banner).view = BannerView(
            title=str(definition.get("title", "?")),
            subtitle=f"{definition.get('difficulty', '')} · seed {header.seed}",
            step=self._track.steps,
            max_steps=header.max_steps,
            clock=clock_text(self._track.steps * 30),
        )
        self.query_one("#debrief").focus()
        self.run_worker(self._sum, thread=True)

    def can_do(self, action: UserAction) -> bool:
        """Replay what has been saved."""
        return action.id != "debrief.replay" or self._recording.exists()

    # --- the figures

    def _sum(self) -> None:
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415  (loads what the episode has loaded already)
        from noc_tui.episode.totals import totals_of  # noqa: PLC0415

        try:
            self.post_message(self.Summed(totals_of(self._track)))
        except SessionError as error:
            self.post_message(self.Summed(None, str(error)))

    def on_debrief_screen_summed(self, event: Summed) -> None:
        """Show the figures."""
        totals, header = event.totals, self._track.header
        if totals is None:
            self.noc.warn(event.problem)
            self.action_leave()
            return
        glyph, words, kind = _HEADLINES[totals.outcome]
        headline = self.query_one("#headline", Static)
        headline.update(f"{glyph} {words}")
        headline.add_class(f"-{kind}")
        self.query_one("#sentence", Static).update(sentence(totals, header.max_steps))
        self.query_one("#health", Static).update(health_line(totals))
        self.query_one(Curve).view = CurveView(totals.health, "page", f"{glyph} step {totals.steps}")
        self.query_one("#facts", Static).update(table("Episode", facts(totals, header)))
        self.query_one("#actions", Static).update(actions(totals))
        self.query_one("#rewards", Static).update(rewards(totals))

    # --- keys

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
            incident=str(header.incident.get("id")),
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
        self.noc.leave_to_home()
        self.noc.open(Launch("replay", session=self._recording))

    def action_home(self) -> None:
        self.noc.leave_to_home()


def sentence(totals: Totals, max_steps: int) -> str:
    """The result in a sentence."""
    if totals.restored_clock is not None:
        return f"Restored after {_steps(totals.steps)}: MTTR {duration(totals.restored_clock)} on the incident clock."
    if totals.outcome == "crashed":
        return f"The server crashed at step {totals.steps} of {max_steps}."
    if totals.outcome == "truncated":
        return f"{_steps(totals.steps)} were not enough."
    return f"It stopped at step {totals.steps} of {max_steps}, not restored."


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def health_line(totals: Totals) -> Content:
    """The title of the curve: from where to where."""
    first, last = totals.health[0], totals.health[-1]
    return Content.assemble(("Health", "bold"), (f"   {first * 100:.0f} % → {last * 100:.0f} %", "$muted"))


def facts(totals: Totals, header: Header) -> Iterable[tuple[str, str]]:
    """Names and values of what else there is to know."""
    restored = totals.restored_clock
    yield "MTTR", "not restored" if restored is None else f"{duration(restored)}, {_steps(totals.steps)}"
    yield "Real time", duration(totals.elapsed)
    yield "Health rose", f"on {totals.effective} of {_steps(totals.steps)}"
    yield "Driven by", drivers(totals.steps_by_driver)
    yield "Pace", header.pace
    if header.parent is not None:
        yield "Forked", f"at step {header.parent.step}"


def drivers(steps_by_driver: Iterable[tuple[str, int]]) -> str:
    """Who took how many steps: `you 20, rules 4`."""
    named = [f"{clean(driver_name(driver), 20)} {steps}" for driver, steps in steps_by_driver]
    more = [f"{len(named) - _MOST_DRIVERS} more"] if len(named) > _MOST_DRIVERS else []
    return ", ".join(named[:_MOST_DRIVERS] + more) or "nobody"


def duration(seconds: float) -> str:
    """A time span as one says it: `35 s`, `4 min 10 s`, `2 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def table(title: str, rows: Iterable[tuple[str, str]]) -> Content:
    """A title, and names with their values below it."""
    lines: list[Content] = [Content.styled(title, "bold")]
    lines += [Content.assemble((f"{name:<13}", "$muted"), value) for name, value in rows]
    return Content("\n").join(lines)


def actions(totals: Totals) -> Content:
    """How often each action was used, in figures and as bars."""
    most = max(1, *totals.uses)
    lines = [Content.styled("Actions", "bold")]
    for action, uses in zip(ACTIONS, totals.uses, strict=True):
        ink = "" if uses else "$muted"
        bar = "━" * max(round(_BAR * uses / most), int(uses > 0))
        lines.append(Content.assemble((f"{action.label:<16}", ink), (f"{uses:>4}  ", ink), (bar, "$soft")))
    return Content("\n").join(lines)


def rewards(totals: Totals) -> Content:
    """Each reward term summed over the episode, and the total."""
    lines = [Content.styled("Reward by term", "bold")]
    for name, value in totals.reward_terms._asdict().items():
        lines.append(Content.styled(f"{_TERMS[name]:<20}{_signed(value):>9}", "" if value else "$muted"))
    lines.append(Content.styled(f"{'total':<20}{_signed(totals.total_reward):>9}", "bold"))
    return Content("\n").join(lines)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if value else "0"


def prose(definition: dict[str, Any]) -> Content:
    """What the incident was, what to remember of it, where to read more. The definition may come from any file."""
    parts: list[Content] = []
    for title, key in _PROSE:
        given = definition.get(key)
        text = "\n".join(map(str, given)) if isinstance(given, list | tuple) else str(given or "")
        text = clean(text.strip(), _PROSE_LIMIT, keep_newlines=True)
        if text:
            body = Content.styled(text, "$muted") if key == "references" else Content(text)
            parts.append(Content.assemble((f"{title}\n", "bold"), body))
    return Content("\n\n").join(parts)
