"""The health line."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from noc_tui.tui.theme import DARK
from noc_tui.tui.widgets.health_bar import HealthBar, HealthView
from tests.tui.widgets.hosting import hosted, shown, style_of

EXTRAS = (("Par", "8"), ("Ghost yesterday", "2 steps ahead"))


def make_bar(view: HealthView) -> HealthBar:
    bar = HealthBar()
    bar.view = view
    return bar


async def line_of(view: HealthView, width: int = 120) -> str:
    bar = make_bar(view)
    async with hosted(bar, (width, 3)):
        [line] = shown(bar)
        assert cell_len(line) == width - 2
        return line.rstrip()


async def test_it_shows_health_streak_and_extras() -> None:
    line = await line_of(HealthView(0.61, streak=1, extras=EXTRAS))
    assert line.split("61 %")[1].split("     ")[1:] == ["Healthy streak ●○○", "Par 8", "Ghost yesterday 2 steps ahead"]


async def test_before_anything_is_known_no_figure_is_shown() -> None:
    assert (await line_of(HealthView())) == "Health"


async def test_at_80_columns_all_of_it_fits_in_shorter_words() -> None:
    line = await line_of(HealthView(0.61, streak=1, extras=EXTRAS), width=80)
    assert line.endswith("61 %  Streak ●○○  Par 8  Ghost yesterday 2 steps ahead")


async def test_what_does_not_fit_is_left_out_from_the_end_with_a_sign() -> None:
    line = await line_of(HealthView(0.61, streak=1, extras=EXTRAS), width=60)
    assert line.endswith("Streak ●○○  Par 8 …")


@pytest.mark.parametrize("width", [4, 12, 20, 31, 40, 57])
async def test_a_narrow_line_is_not_overrun(width: int) -> None:
    assert (await line_of(HealthView(0.61, extras=EXTRAS), width)).startswith("He"[: width - 2])


@pytest.mark.parametrize(("health", "full"), [(0.0, 0), (0.25, 7), (0.5, 14), (1.0, 28)])
async def test_the_bar_is_as_long_as_the_health(health: float, full: int) -> None:
    line = await line_of(HealthView(health))
    assert (line.count("█"), line.count("░")) == (full, 28 - full)


@pytest.mark.parametrize(("health", "colour"), [(0.7, DARK.calm), (0.61, DARK.breach), (0.3, DARK.critical)])
async def test_the_bar_is_loud_when_health_is_low(health: float, colour: str) -> None:
    bar = make_bar(HealthView(health))
    async with hosted(bar, (120, 3)):
        found = style_of(bar, "█").color
        assert found is not None
        assert found.get_truecolor().hex == colour


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("resolved", "✓ RESOLVED"), ("crashed", "‼ CRASHED"), ("truncated", "! OUT OF STEPS"), ("void", "! VOID")],
)
@pytest.mark.parametrize("width", [80, 120])
async def test_the_end_is_said_loudly_in_place_of_the_streak(outcome: str, words: str, width: int) -> None:
    bar = make_bar(HealthView(0.5, outcome=outcome))
    async with hosted(bar, (width, 3)):
        assert words in shown(bar)[0]
        assert "treak" not in shown(bar)[0]
        assert style_of(bar, words).bgcolor != style_of(bar, "Health").bgcolor


async def test_text_from_outside_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in await line_of(HealthView(0.5, extras=(("Ghost", "\x1b[31mred [bold]x"),)))


async def test_markup_in_text_from_outside_is_shown_as_it_is() -> None:
    assert (await line_of(HealthView(0.5, extras=(("Ghost", "[bold]x"),)))).endswith("Ghost [bold]x")
