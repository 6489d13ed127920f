"""An app that holds one widget and nothing else, and what stands on its screen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual.app import App, ComposeResult

from noc_tui.tui.theme import DEFAULT_THEME, THEMES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.style import Style
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.widget import Widget

M = TypeVar("M", bound="Message")


class Host(App[None]):
    """Shows a widget."""

    def __init__(self, widget: Widget, theme: str) -> None:
        super().__init__()
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


class Hosted(NamedTuple):
    """A widget on a screen."""

    pilot: Pilot[None]
    messages: list[Message]
    """Every message that was handled."""

    def posted(self, kind: type[M]) -> list[M]:
        """The messages of that kind, each once."""
        return list({id(message): message for message in self.messages if isinstance(message, kind)}.values())


@asynccontextmanager
async def hosted(widget: Widget, size: tuple[int, int] = (80, 24), theme: str = DEFAULT_THEME) -> AsyncIterator[Hosted]:
    """The widget on a screen of `size` cells."""
    messages: list[Message] = []
    async with Host(widget, theme).run_test(size=size, message_hook=messages.append) as pilot:
        yield Hosted(pilot, messages)


def shown(widget: Widget) -> list[str]:
    """The text of each line of the widget's content."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


def style_of(widget: Widget, text: str) -> Style:
    """The style of the first piece of a line that holds the text."""
    for y in range(widget.size.height):
        for segment in widget.render_line(y):
            if text in segment.text:
                assert segment.style is not None
                return segment.style
    raise AssertionError(f"{text!r} is not shown in {shown(widget)}")


def colours(widget: Widget, y: int) -> set[str]:
    """The colours of glyphs and grounds in one line of the widget, as `#rrggbb`."""
    styles = [segment.style for segment in widget.render_line(y) if segment.style is not None]
    found = [colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None]
    return {colour.get_truecolor().hex for colour in found}
