"""The themes can be read: by contrast, with colour-blind eyes, and in terminals of few colours."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations
from math import dist
from typing import Final

import pytest
from rich._palettes import STANDARD_PALETTE
from rich.color import Color, ColorSystem
from textual.theme import BUILTIN_THEMES

from noc_tui.tui.theme import (
    COLOUR_BLIND,
    CONTRAST,
    DARK,
    DEFAULT_THEME,
    LIGHT,
    PALETTES,
    SIXTEEN,
    THEMES,
    Palette,
    theme_for,
    variable_defaults,
)

GROUNDS: Final = ("background", "surface", "panel")
TEXTS: Final = ("foreground", "soft", "muted", "accent", "calm", "breach", "critical", "ghost")
LEVELS: Final = ("calm", "breach", "critical")
DIM_LEVELS: Final = ("calm_dim", "breach_dim", "critical_dim")

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
COLOUR_BLINDNESS: Final = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}

each_palette = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


def linear(colour: str) -> tuple[float, ...]:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: tuple[float, ...]) -> tuple[float, ...]:
    """CIE L*a*b* of a linear RGB colour, white point D65."""
    r, g, b = (min(max(c, 0.0), 1.0) for c in rgb)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """CIE76 colour difference of two linear RGB colours; 2.3 is what a trained eye just sees."""
    return dist(lab(one), lab(other))


def seen_with(blindness: str, colour: str) -> tuple[float, ...]:
    channels = linear(colour)
    return tuple(sum(f * c for f, c in zip(row, channels, strict=True)) for row in COLOUR_BLINDNESS[blindness])


def shown_in(system: ColorSystem, colour: str) -> str:
    """What a terminal of few colours makes of it."""
    return Color.parse(colour).downgrade(system).get_truecolor().hex


@each_palette
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_stands_out_from_each_ground(palette: Palette, text: str, ground: str) -> None:
    wanted = 7.0 if palette is CONTRAST else 4.5
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= wanted


@each_palette
@pytest.mark.parametrize("block", LEVELS + DIM_LEVELS)
def test_a_column_stands_out_from_its_card(palette: Palette, block: str) -> None:
    wanted = 1.5 if block in DIM_LEVELS else 3.0
    assert contrast(getattr(palette, block), palette.surface) >= wanted


@each_palette
@pytest.mark.parametrize("level", LEVELS)
def test_what_lies_before_the_page_is_fainter_than_what_came_after(palette: Palette, level: str) -> None:
    now, before = getattr(palette, level), getattr(palette, f"{level}_dim")
    assert contrast(before, palette.surface) < contrast(now, palette.surface)


@each_palette
@pytest.mark.parametrize("name", ["text", "text-muted", "text-disabled", "footer-description-foreground", "text-error"])
def test_what_textual_derives_is_readable_too(palette: Palette, name: str) -> None:
    theme = next(theme for theme in THEMES if PALETTES[theme.name] is palette)
    variables = {**theme.to_color_system().generate(), **theme.variables}
    assert all(contrast(variables[name], getattr(palette, ground)) >= 4.5 for ground in GROUNDS)


@pytest.mark.parametrize("blindness", COLOUR_BLINDNESS)
@pytest.mark.parametrize(("one", "other"), [*combinations(LEVELS, 2), *combinations(DIM_LEVELS, 2)])
def test_the_colour_blind_theme_keeps_the_levels_apart(one: str, other: str, blindness: str) -> None:
    seen = [seen_with(blindness, getattr(COLOUR_BLIND, name)) for name in (one, other)]
    assert distance(*seen) >= (30 if one in LEVELS else 15)


def test_the_levels_of_the_colour_blind_theme_differ_in_lightness_too() -> None:
    lightness = [lab(linear(getattr(COLOUR_BLIND, name)))[0] for name in LEVELS]
    assert all(abs(one - other) >= 6 for one, other in combinations(lightness, 2))


@pytest.mark.parametrize("palette", [DARK, CONTRAST, COLOUR_BLIND], ids=["dark", "contrast", "colour-blind"])
def test_in_256_colours_cards_levels_and_dim_levels_stay_apart(palette: Palette) -> None:
    names = ("background", "surface", "panel", "calm_under", *LEVELS, *DIM_LEVELS)
    shown = {name: shown_in(ColorSystem.EIGHT_BIT, getattr(palette, name)) for name in names}
    assert len(set(shown.values())) == len(names), shown


def test_in_256_colours_the_light_levels_stay_apart() -> None:
    shown = {shown_in(ColorSystem.EIGHT_BIT, getattr(LIGHT, name)) for name in (*LEVELS, *DIM_LEVELS, "surface")}
    assert len(shown) == 7


def test_the_sixteen_colours_theme_has_nothing_to_be_approximated() -> None:
    assert set(asdict(SIXTEEN).values()) <= {STANDARD_PALETTE[number].hex for number in range(16)}
    levels = {
        Color.parse(getattr(SIXTEEN, name)).downgrade(ColorSystem.STANDARD).number for name in LEVELS + DIM_LEVELS
    }
    assert len(levels) == 6


@pytest.mark.parametrize(
    ("color_system", "shown"),
    [
        ("truecolor", "noc-light"),
        ("256", "noc-light"),
        ("standard", "noc-16"),
        ("windows", "noc-16"),
        (None, "noc-light"),
    ],
)
def test_a_terminal_of_sixteen_colours_gets_the_theme_made_for_it(color_system: str | None, shown: str) -> None:
    assert theme_for("noc-light", color_system) == shown


def test_the_default_theme_is_the_dark_one_and_comes_first() -> None:
    assert THEMES[0].name == DEFAULT_THEME == "noc-dark"
    assert [theme.name for theme in THEMES if not theme.dark] == ["noc-light"]


def test_textuals_own_themes_get_the_variables_they_lack() -> None:
    own = set(THEMES[0].variables) - set(BUILTIN_THEMES["nord"].to_color_system().generate())
    assert own == set(variable_defaults(dark=True)) == set(variable_defaults(dark=False))
    assert variable_defaults(dark=False)["breach"] == LIGHT.breach
