"""The colour themes, and the variables that the widgets' styles are written in.

Colour never stands alone: a glyph and a word say the same. What the variables mean is told at `Palette`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, each `#rrggbb`.

    What is text has a contrast of at least 4.5 to 1 against `background`, `surface` and `panel`.
    """

    background: str
    """Behind everything."""
    surface: str
    """Behind a card."""
    panel: str
    """Behind the header and the footer."""
    foreground: str
    """Text."""
    soft: str
    """Text of less weight: harmless log lines. `$soft`."""
    muted: str
    """Text of least weight: notes, units, times. `$muted`."""
    accent: str
    """Keys, and who is in control. Text. `$accent`."""
    calm: str
    """Healthy. Text and blocks. `$calm`."""
    calm_under: str
    """The part below the threshold of a column that stands above it. `$calm-under`."""
    calm_dim: str
    """Healthy, before the page. `$calm-dim`."""
    breach: str
    """Over the healthy threshold. Text and blocks. `$breach`."""
    breach_dim: str
    """The same before the page. `$breach-dim`."""
    critical: str
    """Near the crash threshold, or down. Text and blocks. `$critical`."""
    critical_dim: str
    """The same before the page. `$critical-dim`."""
    threshold: str
    """The line where the healthy range ends. `$threshold`."""
    ghost: str
    """The run that is compared with. Text and dots. `$ghost`."""


# Greys with little blue in them: in 256 colours these stay apart, where bluer ones all become black or teal.
DARK: Final = Palette(
    background="#0b0f14",
    surface="#14171b",
    panel="#1d2127",
    foreground="#d5dae0",
    soft="#8f9cab",
    muted="#828e9d",
    accent="#7fd1b9",
    calm="#4aa3df",
    calm_under="#2f6d96",
    calm_dim="#343d46",
    breach="#e0a458",
    breach_dim="#7a552e",
    critical="#ec5f56",
    critical_dim="#7f2f2e",
    threshold="#5c6773",
    ghost="#d7c6f5",
)

LIGHT: Final = Palette(
    background="#eff1f3",
    surface="#ffffff",
    panel="#dfe3e7",
    foreground="#1a222b",
    soft="#3f4b57",
    muted="#56626e",
    accent="#0a6b57",
    calm="#1768a8",
    calm_under="#7fb0d8",
    calm_dim="#c3d1de",
    breach="#8f5000",
    breach_dim="#e3c99e",
    critical="#b3231c",
    critical_dim="#e6aaa5",
    threshold="#8a97a5",
    ghost="#6a3fb0",
)

CONTRAST: Final = Palette(
    background="#000000",
    surface="#0e0f11",
    panel="#212529",
    foreground="#ffffff",
    soft="#e0e6ec",
    muted="#c3ccd6",
    accent="#7df0d0",
    calm="#6cc4ff",
    calm_under="#2f86c4",
    calm_dim="#5c6772",
    breach="#ffc04d",
    breach_dim="#94702e",
    critical="#ff9089",
    critical_dim="#a84b46",
    threshold="#b0bcc8",
    ghost="#f0d6ff",
)

# Sky blue, yellow and vermillion of Okabe and Ito (https://jfly.uni-koeln.de/color/): they differ in lightness too.
COLOUR_BLIND: Final = replace(
    DARK,
    accent="#c9b6f2",
    calm="#56b4e9",
    calm_under="#2a6f9c",
    breach="#f6ec5a",
    breach_dim="#877c2e",
    critical="#e8641b",
    critical_dim="#7d3f1c",
    ghost="#ffffff",
)

# Nothing but the sixteen colours themselves: of anything else the nearest is taken, and amber's nearest is grey.
SIXTEEN: Final = Palette(
    background="#000000",
    surface="#000000",
    panel="#000000",
    foreground="#ffffff",
    soft="#aaaaaa",
    muted="#aaaaaa",
    accent="#55ff55",
    calm="#00aaaa",
    calm_under="#0000aa",
    calm_dim="#555555",
    breach="#ffff55",
    breach_dim="#aa5500",
    critical="#ff5555",
    critical_dim="#aa0000",
    threshold="#aaaaaa",
    ghost="#ff55ff",
)


def _own_variables(palette: Palette) -> dict[str, str]:
    """The variables that Textual does not know."""
    return {
        "calm": palette.calm,
        "calm-under": palette.calm_under,
        "calm-dim": palette.calm_dim,
        "breach": palette.breach,
        "breach-dim": palette.breach_dim,
        "critical": palette.critical,
        "critical-dim": palette.critical_dim,
        "threshold": palette.threshold,
        "ghost": palette.ghost,
        "soft": palette.soft,
        "muted": palette.muted,
    }


def _textual_variables(palette: Palette) -> dict[str, str]:
    """Textual's own variables where what it derives would be too faint or of a foreign colour."""
    return {
        "text": palette.foreground,
        "text-muted": palette.muted,
        "text-disabled": palette.muted,
        "text-primary": palette.accent,
        "text-secondary": palette.calm,
        "text-accent": palette.accent,
        "text-success": palette.calm,
        "text-warning": palette.breach,
        "text-error": palette.critical,
        "foreground-muted": palette.muted,
        "foreground-disabled": palette.muted,
        "block-cursor-foreground": palette.background,
        "block-cursor-background": palette.accent,
        "block-cursor-blurred-foreground": palette.foreground,
        "block-cursor-blurred-background": palette.panel,
        "border": palette.accent,
        "border-blurred": palette.panel,
        "button-color-foreground": palette.background,
        "footer-background": palette.panel,
        "footer-foreground": palette.foreground,
        "footer-key-foreground": palette.accent,
        "footer-description-foreground": palette.muted,
        "link-color": palette.accent,
        "scrollbar": palette.threshold,
        "scrollbar-background": palette.surface,
    }


def _theme(name: str, palette: Palette, *, dark: bool = True) -> Theme:
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.calm,
        accent=palette.accent,
        success=palette.calm,
        warning=palette.breach,
        error=palette.critical,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        dark=dark,
        variables=_own_variables(palette) | _textual_variables(palette),
    )


PALETTES: Final[dict[str, Palette]] = {
    "noc-dark": DARK,
    "noc-light": LIGHT,
    "noc-contrast": CONTRAST,
    "noc-colour-blind": COLOUR_BLIND,
    "noc-16": SIXTEEN,
}
THEMES: Final[tuple[Theme, ...]] = tuple(
    _theme(name, palette, dark=palette is not LIGHT) for name, palette in PALETTES.items()
)
DEFAULT_THEME: Final = "noc-dark"
SIXTEEN_COLOURS_THEME: Final = "noc-16"


def theme_for(wanted: str, color_system: str | None) -> str:
    """The theme to show in a terminal with that colour system (`Console.color_system`): `wanted`, if it can be shown.

    A terminal of sixteen colours or fewer gets `noc-16`: in any other theme calm and breach could not be told apart.
    """
    return SIXTEEN_COLOURS_THEME if color_system in {"standard", "windows"} else wanted


def variable_defaults(*, dark: bool) -> dict[str, str]:
    """The variables that a theme of Textual's own lacks, for `App.get_theme_variable_defaults`."""
    return _own_variables(DARK if dark else LIGHT)
