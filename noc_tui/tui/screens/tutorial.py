"""The first two minutes: one incident in the real dashboard, lost on purpose, looked back at, and resolved."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Final

from textual.content import Content

from noc_tui.tui.keymap import display
from noc_tui.tui.launch import Launch
from noc_tui.tui.remembering import TUTORIAL
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.drill_play import DrillPlayScreen
from noc_tui.tui.tutorial import DEBRIEF, INCIDENT, LOSING, SEED, WINNING
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.guide import Guide
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from noc_tui.tui.actions import UserAction
    from noc_tui.tui.tutorial import Lesson

_ALWAYS: Final = frozenset({"help", "close", "leave", "palette"})
_TOTAL: Final = len(LOSING) + 1 + len(WINNING)
_BROAD: Final = 50
"""Cells from which on there is room beside the other keys to say what is skipped."""

_KEYS: Final = {
    "restart": "act.restart_service",
    "throttle": "act.throttle_cpu",
    "wait": "act.do_nothing",
    "next": "debrief",
    "again": "debrief.again",
    "help": "help",
}
"""What stands for a key in the texts, and whose key it is."""
_SIGNS: Final = {"healthy": ("✓", "$calm"), "over": ("!", "$breach"), "near": ("‼", "$critical")}
"""What stands for a sign of the strips, and its colour where there are colours."""


def worded(text: str, keys: Mapping[str, str], *, plain: bool) -> Content:
    """A text of the tutorial with the user's own keys and the signs of the strips in it."""
    parts: list[str | tuple[str, str]] = []
    for words, name, _, _ in Formatter().parse(text):
        parts.append(words)
        if name is not None:
            sign, ink = _SIGNS.get(name) or (display(keys[_KEYS[name]]), "$accent")
            parts.append((sign, "bold" if plain else f"{ink} bold"))
    return Content.assemble(*parts)


class TutorialScreen(DrillPlayScreen):
    """The dashboard, with a guide that says what is seen and waits for the one key that goes on."""

    def __init__(self, *, winning: bool = False) -> None:
        launch = Launch("play", incident=INCIDENT, seed=SEED, pace="turn", blind=False, agent="rules", drill=TUTORIAL)
        super().__init__(launch, alone=True)
        self._lessons = WINNING if winning else LOSING
        self._before = len(LOSING) + 1 if winning else 0
        self._at = 0

    @property
    def lesson(self) -> Lesson:
        """What is being told."""
        return self._lessons[self._at]

    def compose_timeline(self) -> ComposeResult:
        """The guide."""
        yield Guide()

    def lay_out(self, width: int, height: int) -> None:
        """Leave room for the guide."""
        super().lay_out(width, height - self.query_one(Guide).lay_out(width, height))

    def on_mount(self) -> None:
        """Begin to tell."""
        super().on_mount()
        self._tell()

    def _tell(self) -> None:
        text = worded(self.lesson.text, self.noc.keys, plain=self.app.no_color)
        self.query_one(Guide).say(text, self._before + self._at + 1, _TOTAL)
        self.lay_out(*self.size)
        self.refresh_keys()

    def _show_banner(self) -> None:
        """As always, but that nothing is recorded."""
        super()._show_banner()
        banner = self.query_one(Banner)
        banner.view = banner.view._replace(recording="off")

    def can_do(self, action: UserAction) -> bool:
        """The actions, so that a wrong one can say which is wanted; else what goes on, and what leaves."""
        if action.id == "debrief":
            return self.lesson.action is None
        return action.id in _ALWAYS or action.id.startswith(("act.", "log."))

    def hints(self) -> tuple[KeyHint, ...]:
        """The key that goes on, and the one that skips the rest."""
        keys, wanted = self.noc.keys, self.lesson.action
        if wanted is None:
            go_on = KeyHint(display(keys["debrief"]), "next")
        else:
            go_on = KeyHint(display(keys[f"act.{wanted}"]), wanted.label)
        skip = "skip the tutorial" if self.size.width >= _BROAD else "skip"
        return (go_on, KeyHint(display(keys["help"]), "help"), KeyHint(display(keys["leave"]), skip))

    def say_alone(self) -> None:
        """Say what is waited for."""
        wanted = self.lesson.action
        key = display(self.noc.keys["debrief" if wanted is None else f"act.{wanted}"])
        self.noc.tell(f"The tutorial waits for {key}.")

    def action_operate(self, action: str) -> None:
        """Do what the lesson asks for, and nothing else."""
        if self._run is not None and self.lesson.action != action:
            self.say_alone()
            return
        started = self._run is not None
        super().action_operate(action)
        if started:
            self._at += 1
            self._tell()

    def action_debrief(self) -> None:
        """What was told is understood: go on, from the crash to the debrief, and from the end home."""
        if self.lesson.action is not None or self._run is None:
            return
        if self._at + 1 < len(self._lessons):
            self._at += 1
            self._tell()
        elif self._before:
            self.noc.is_tutored = True
            self.noc.leave_to_home()
        else:
            self.app.switch_screen(TutorialDebriefScreen(self.run.episode, self._launch))


class TutorialDebriefScreen(DebriefScreen):
    """The debrief of what was lost, with the guide."""

    def compose(self) -> ComposeResult:
        """The guide stands above the keys."""
        for widget in super().compose():
            if isinstance(widget, KeyBar):
                yield Guide()
            yield widget

    def on_mount(self) -> None:
        """Say what is seen."""
        super().on_mount()
        guide = self.query_one(Guide)
        guide.say(worded(DEBRIEF, self.noc.keys, plain=self.app.no_color), len(LOSING) + 1, _TOTAL)
        guide.lay_out(*self.size)

    def on_resize(self) -> None:
        """Leave room for the review."""
        self.query_one(Guide).lay_out(*self.size)

    def can_do(self, action: UserAction) -> bool:
        """Look, and go on."""
        return action.id in _ALWAYS | {"debrief.again", "debrief.lesson"}

    def hints(self) -> tuple[KeyHint, ...]:
        """The key that goes on comes first."""
        keys = self.noc.keys
        again = KeyHint(display(keys["debrief.again"]), "same seed")
        others = tuple(hint for hint in super().hints() if hint.key not in {again.key, display(keys["leave"])})
        return (again, *others, KeyHint(display(keys["leave"]), "skip the tutorial"))

    def action_again(self) -> None:
        """The same incident and seed, this time to be won."""
        self.app.switch_screen(TutorialScreen(winning=True))
