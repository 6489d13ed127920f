"""Frames and pictures of a recording: the real dashboard, rendered without a terminal."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from html import escape
from typing import TYPE_CHECKING, Final

from rich.color import ColorSystem

from noc_tui.preferences import Preferences
from noc_tui.text import clean
from noc_tui.tui.app import NocApp
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.replay import ReplayScreen
from noc_tui.tui.theme import DEFAULT_THEME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.strip import Strip

    from noc_tui.report.asciicast import Frame

_PATIENCE: Final = 600
"""Looks at whether the recording is open; each waits until the app has nothing else to do."""
_FETCHED: Final = re.compile(r"@font-face\s*\{.*?\}|<!--.*?-->", re.DOTALL)
_UNIQUE: Final = re.compile(r"terminal-[0-9]+")


class RenderingError(Exception):
    """The dashboard could not be shown. The message is one sentence."""


def rendered_frames(path: Path, size: tuple[int, int], on_frame: Callable[[int], object] | None = None) -> list[Frame]:
    """The replay of the recording at `path` on a screen of `size` columns and rows: the page, then each step.

    `on_frame` is told the step of each frame as it is made. Raises `RenderingError`.
    """

    async def frames() -> list[Frame]:
        made: list[Frame] = []
        async with _replaying(path, size) as (screen, pilot):
            for step in range(screen.player.session.steps + 1):
                await _show(screen, pilot, step)
                made.append(_frame_of(screen))
                if on_frame is not None:
                    on_frame(step)
        return made

    return asyncio.run(frames())


def rendered_picture(path: Path, step: int, size: tuple[int, int]) -> str:
    """The dashboard after `step` steps of the recording at `path`, as an SVG that loads nothing.

    Raises `RenderingError`.
    """

    async def picture() -> str:
        async with _replaying(path, size) as (screen, pilot):
            await _show(screen, pilot, step)
            return screen.noc.export_screenshot(title=" ")

    svg = _UNIQUE.sub("terminal", _FETCHED.sub("", asyncio.run(picture())))
    name = f"<title>{escape(f'noc-tui: the dashboard after step {step}')}</title>"
    return svg.replace(">", f' role="img">{name}', 1) + "\n"


@asynccontextmanager
async def _replaying(path: Path, size: tuple[int, int]) -> AsyncIterator[tuple[ReplayScreen, Pilot[int]]]:
    """The app with the recording open in it, on the defaults: what is exported is the same for everybody."""
    app = NocApp(Launch("replay", session=path), Preferences(reduced_motion=True), live_timers=False)
    app.theme = DEFAULT_THEME  # whatever the terminal, if there is one, can show
    async with app.run_test(size=size) as pilot:
        for _ in range(_PATIENCE):
            await pilot.pause()
            if isinstance(app.screen, ReplayScreen) and app.screen.check_action("goto", ()):
                break
        else:
            raise RenderingError(f"{path}: the replay does not open, so that it cannot be rendered")
        yield app.screen, pilot


async def _show(screen: ReplayScreen, pilot: Pilot[int], step: int) -> None:
    player = screen.player
    player.seek(step)
    player.playing = step < player.session.steps
    screen.show_position()
    await pilot.pause()


def _frame_of(screen: ReplayScreen) -> Frame:
    strips = screen._compositor.render_strips()  # noqa: SLF001  (Textual has no public way to what is shown, but SVG)
    return tuple(map(_row, strips))


def _row(strip: Strip) -> str:
    """A row with the escape sequences of its colours. Nothing in its text is one, whatever a widget let through."""
    parts = []
    for text, style, control in strip.simplify():
        if control or not text:
            continue
        shown = clean(text, len(text))
        plain = style.update_link(None) if style is not None and style.link else style
        parts.append(plain.render(shown, color_system=ColorSystem.TRUECOLOR) if plain is not None else shown)
    return "".join(parts)
