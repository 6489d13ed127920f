"""Inks: what the widgets that draw their own lines write in.

An ink is a variable of the theme with text styles: `accent bold`; `background on accent` has a ground as well.
Textual's component classes could say the same, but it makes a node with styles of its own for each of them in each
widget: more nodes, and more rules to match against them, than all widgets of the dashboard together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.color import Color as RichColor

Inks = dict[str, str]
"""Inks by the names that a widget has for them."""

LEVEL_INKS: Final[Inks] = {"calm": "calm", "breach": "breach", "critical": "critical"}
"""The colours of `Level`."""

STRIP_INKS: Final[Inks] = {
    **LEVEL_INKS,
    "calm-under": "calm-under",
    "calm-dim": "calm-dim",
    "breach-dim": "breach-dim",
    "critical-dim": "critical-dim",
    "threshold": "threshold",
}
"""What a strip of blocks is painted in."""

PLAIN_LEVEL_INKS: Final[Inks] = {"calm": "muted", "breach": "foreground", "critical": "foreground"}
"""The levels where there are no colours: glyphs and words tell them apart."""


def ink_style(ink: str, variables: Mapping[str, str]) -> Style:
    """The style of an ink, given the variables of the theme. Raises `KeyError` for one that the theme lacks."""
    front, _, ground = ink.partition(" on ")
    colour, *attributes = front.split()
    style = Style(color=_colour(variables[colour]), bgcolor=_colour(variables[ground]) if ground else None)
    return style + Style.parse(" ".join(attributes)) if attributes else style


def _colour(value: str) -> RichColor:
    return Color.parse(value).rich_color
