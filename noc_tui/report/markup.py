"""HTML and SVG built from elements, so that no text gets in without being escaped."""

from __future__ import annotations

import html
from typing import Final

_VOID: Final = frozenset({"meta", "link", "br"})


class Markup(str):
    """Markup that was built by `element`; any other string is text."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """An element. Children that are no `Markup` are escaped, and so are the attributes.

    `class_` gives `class`, `stroke_width` gives `stroke-width`; an attribute that is None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = joined(*children)
    return Markup(f"<{name}{given}>" if name in _VOID else f"<{name}{given}>{inner}</{name}>")


def joined(*children: str) -> Markup:
    """The children one after another, those that are no `Markup` escaped."""
    return Markup("".join(child if isinstance(child, Markup) else html.escape(child) for child in children))


def _value(value: str | float) -> str:
    """Coordinates need no more than a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
