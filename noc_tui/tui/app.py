"""The Textual app: themes, keys, the screens and how one leads to another."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.widgets import Input

from noc_tui import paths
from noc_tui.preferences import Preferences, load_preferences
from noc_tui.text import clean
from noc_tui.tui.actions import actions_of
from noc_tui.tui.keymap import resolve_keys
from noc_tui.tui.launch import Launch
from noc_tui.tui.remembering import Remembering
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.theme import DEFAULT_THEME, THEMES, theme_for, variable_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from textual.screen import Screen
    from textual.types import CSSPathType

    from noc_tui.review.model import Review
    from noc_tui.tui.launch import Face

INTERRUPTED: Final = 130
_NOT_IN_PALETTE: Final = frozenset({"palette", "close"})


class NocApp(App[int]):
    """noc-tui in a terminal. `launch` says which screen to open first; without it that is home."""

    CSS_PATH: ClassVar[CSSPathType | None] = "noc_tui.tcss"
    TITLE = "noc-tui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "quit", show=False, priority=True),
    ]

    def __init__(
        self,
        launch: Launch | None = None,
        preferences: Preferences | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        live_timers: bool = True,
        remembers: bool = False,
    ) -> None:
        super().__init__()
        self.preferences = preferences or Preferences()
        self.monotonic = monotonic
        """What the pace is measured with; a test's clock stands until it is moved."""
        self.live_timers = live_timers
        """Whether screens move by themselves; a test that moves the clock turns it off."""
        self.remembering = Remembering(self.preferences.store, self.preferences.player, self.post_message, on=remembers)
        """Whose results are remembered, and where."""
        self._launch = launch
        self.keys: dict[str, str] = {}
        self._is_ready = False
        self._review: tuple[str, Review] | None = None
        self.is_tutored = False
        """Whether the tutorial has been gone through."""
        self.parting: list[str] = []
        """Lines that are left in the terminal when the program has closed."""
        self._after_paint: list[tuple[Screen[None], Callable[[], object]]] = []
        self._notices = list(self.preferences.notices)
        for theme in THEMES:
            self.register_theme(theme)
        self._choose_theme(self.preferences.theme)
        self._map_keys()
        if self.preferences.reduced_motion:
            self.animation_level = "none"

    def _choose_theme(self, wanted: str) -> None:
        if wanted not in self.available_themes:
            names = ", ".join(theme.name for theme in THEMES)
            self._notices.append(
                f"{paths.config_file()}: theme: there is no {wanted!r}; {DEFAULT_THEME} stands instead ({names})"
            )
            wanted = DEFAULT_THEME
        self.theme = theme_for(wanted, self.console.color_system)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What a theme of Textual's own lacks."""
        return variable_defaults(dark=self.current_theme.dark)

    def _map_keys(self) -> None:
        self.keys, problems = resolve_keys(self.preferences.keys)
        self._notices += [f"{paths.config_file()}: {problem}" for problem in problems]
        self.set_keymap(self.keys)

    def on_mount(self) -> None:
        """Open the first screen; be ready for the end."""
        with suppress(NotImplementedError, RuntimeError):  # an event loop outside the main thread has no signals
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, 128 + number)
            self._survive_being_stopped(loop)
        if len(self._notices) > 1:
            more = f"{len(self._notices)} settings are wrong; noc-tui doctor lists them. The first: "
            self.warn(more + self._notices[0])
        elif self._notices:
            self.warn(self._notices[0])
        self.open(self._launch or Launch("home"))

    def _survive_being_stopped(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let Textual's driver start anew after SIGCONT only if it was suspended by SIGTSTP before.

        After a plain SIGSTOP it would start a second thread that reads the keyboard, and never end.
        """
        suspend, resume = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
        if not (callable(suspend) and callable(resume)):
            return
        suspended = False

        def on_suspend(number: int, frame: FrameType | None) -> None:
            nonlocal suspended
            suspended = True
            suspend(number, frame)

        def on_resume(number: int, frame: FrameType | None) -> None:
            nonlocal suspended
            if suspended:
                suspended = False
                resume(number, frame)
            else:
                loop.call_soon_threadsafe(self.refresh)

        signal.signal(signal.SIGTSTP, on_suspend)
        signal.signal(signal.SIGCONT, on_resume)

    def on_ready(self) -> None:
        """The first screen is up: let it load what it needs, once it has been painted."""
        self._is_ready = True
        self.screen.call_after_refresh(gc.enable)
        for screen, callback in self._after_paint:
            screen.call_after_refresh(callback)
        self._after_paint.clear()
        self.screen.call_after_refresh(self.remembering.catch_up)

    async def on_unmount(self) -> None:
        """The program ends."""
        await asyncio.to_thread(self.remembering.close)

    def on_remembering_kept(self, event: Remembering.Kept) -> None:
        """Whoever shows results may show this one; the debrief need not review it again."""
        if event.result.review is not None:
            self.remember_review(event.result.entry.session, event.result.review)
        for screen in self.screen_stack:
            screen.post_message(Remembering.Kept(event.result, saved=event.saved))

    def on_remembering_caught(self) -> None:
        """Whoever shows results may show them anew."""
        for screen in self.screen_stack:
            screen.post_message(Remembering.Caught())

    def on_remembering_failed(self, event: Remembering.Failed) -> None:
        """Say what could not be remembered; play goes on."""
        self.warn(event.text)

    def after_paint(self, screen: Screen[None], callback: Callable[[], object]) -> None:
        """Call back when the screen has been painted. Until the app is ready, Textual holds every paint back."""
        if self._is_ready:
            screen.call_after_refresh(callback)
        else:
            self._after_paint.append((screen, callback))

    def open(self, launch: Launch, *, instead: bool = False) -> None:
        """Open a screen; `instead` of the one that is shown, or on top of it."""
        screen = self._screen_of(launch)
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _screen_of(self, launch: Launch) -> Screen[None]:
        # Each screen is imported when it is opened: the first paint waits for one of them, not for all.
        match launch.face:
            case "play":
                return self._episode_of(launch)
            case "replay":
                from noc_tui.tui.screens.replay import ReplayScreen  # noqa: PLC0415

                return ReplayScreen(launch)
            case "picker":
                from noc_tui.tui.screens.picker import PickerScreen  # noqa: PLC0415

                return PickerScreen(launch)
            case "drill":
                from noc_tui.tui.screens.drill import screen_for  # noqa: PLC0415

                return screen_for(launch)
            case "leaderboard":
                from noc_tui.tui.screens.leaderboard import LeaderboardScreen  # noqa: PLC0415

                return LeaderboardScreen(launch)
            case _:
                return self._list_of(launch.face)

    def _episode_of(self, launch: Launch) -> Screen[None]:
        """One episode; or two side by side, where an agent is watched against somebody."""
        if launch.watch and launch.ghost is not None and launch.session is None:
            from noc_tui.tui.screens.versus import VersusScreen  # noqa: PLC0415

            return VersusScreen(launch)
        left = launch.session if launch.step is None else None
        if left is not None and self.remembering.drill_of(left.stem) == "daily":
            from noc_tui.tui.screens.drill_play import DrillPlayScreen  # noqa: PLC0415

            return DrillPlayScreen(launch, alone=True)  # wherever it is gone on with
        from noc_tui.tui.screens.play import PlayScreen  # noqa: PLC0415

        return PlayScreen(launch)

    @staticmethod
    def _list_of(face: Face) -> Screen[None]:
        """The screens that are the same however they are opened."""
        match face:
            case "tutorial":
                from noc_tui.tui.screens.tutorial import TutorialScreen  # noqa: PLC0415

                return TutorialScreen()
            case "sessions":
                from noc_tui.tui.screens.sessions import SessionsScreen  # noqa: PLC0415

                return SessionsScreen()
            case "progress":
                from noc_tui.tui.screens.progress import ProgressScreen  # noqa: PLC0415

                return ProgressScreen()
            case _:
                from noc_tui.tui.screens.home import HomeScreen  # noqa: PLC0415

                return HomeScreen()

    def remember_review(self, session: str, review: Review) -> None:
        """Keep the last review: a replay of that session shows its best play as a ghost."""
        self._review = (session, review)

    def review_of(self, session: str) -> Review | None:
        """The review of that session, if it is the last that was made."""
        return self._review[1] if self._review is not None and self._review[0] == session else None

    def leave_to_home(self) -> None:
        """Close every screen but home."""
        from noc_tui.tui.screens.home import HomeScreen  # noqa: PLC0415

        while len(self.screen_stack) > 2:
            self.pop_screen()
        if not isinstance(self.screen, HomeScreen):
            self.open(Launch("home"), instead=True)

    def warn(self, text: str) -> None:
        """Tell the user what went wrong. The text is shown as it is, never as markup."""
        self.notify(clean(text, 600), severity="warning", timeout=10, markup=False)

    def tell(self, text: str) -> None:
        """Tell the user what happened, in place of what was told before. What is still being told is not told twice."""
        told = [notice for notice in self._notifications if notice.severity == "information"]
        if any(notice.message == text for notice in told):
            return
        for notice in told:
            self._unnotify(notice, refresh=False)
        self.notify(text, timeout=4, markup=False)

    def action_help(self) -> None:
        """Explain the screen and its keys."""
        from noc_tui.tui.screens.help import HelpScreen  # noqa: PLC0415

        if isinstance(self.screen, NocScreen) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen.scope, self.keys))

    def action_interrupt(self) -> None:
        """Ctrl-C: copy what is selected; quit if nothing is."""
        focused = self.focused
        if isinstance(focused, Input) and focused.selected_text:
            focused.action_copy()
        elif self.screen.get_selected_text():
            self.screen.action_copy_text()
            self.screen.clear_selection()
            self.tell("Copied.")
        else:
            self.exit(INTERRUPTED)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what can be done on the screen, from the table of actions, then themes and the like."""
        if isinstance(screen, NocScreen):
            for action in actions_of(screen.scope):
                if not action.twin and action.id not in _NOT_IN_PALETTE and screen.can_do(action):
                    yield SystemCommand(action.label.capitalize(), action.help, _runner(screen, action.run))
        for command in super().get_system_commands(screen):
            if command.title == "Theme":
                yield command


def _runner(screen: NocScreen, run: str) -> Callable[[], object]:
    return lambda: screen.call_next(screen.run_action, run)


def run_app(launch: Launch) -> int:
    """Run the program until it is left. Returns the exit code."""
    app = NocApp(launch, load_preferences(), remembers=True)
    result = app.run()
    for line in app.parting:
        print(line)
    return (app.return_code or 0) if result is None else result
