"""The metric strip on a screen."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from noc_tui.sim.metrics import METRIC, METRICS, MetricName, MetricSpec
from noc_tui.tui.theme import DARK, PALETTES
from noc_tui.tui.widgets.metric_strip import MetricStrip, StripView
from tests.tui.widgets.hosting import colours, hosted, shown, style_of


def make_strip(
    metric: MetricName = "cpu_usage", *values: float, compact: bool = False, before: float = 0.4
) -> MetricStrip:
    strip = MetricStrip(METRIC[metric])
    strip.compact = compact
    strip.view = StripView(values=values or (0.78, 0.93), before=(before,) * 24)
    return strip


async def test_a_card_has_name_value_arrow_graph_and_words() -> None:
    strip = make_strip("cpu_usage", 0.78, 0.93)
    async with hosted(strip, (40, 12)):
        title, *graph, words = shown(strip)
        assert title.split() == ["CPU", "93.0", "%", "▲"]
        assert len(graph) == 6
        assert words.rstrip() == "‼ 28.0 % over 65.0 %, crash at 98 %"


async def test_a_compact_strip_is_one_line_with_everything_in_it() -> None:
    strip = make_strip("latency", 0.40, 0.306, compact=True)
    async with hosted(strip, (80, 24)):
        [line] = shown(strip)
        assert line.startswith("Latency   153 ms ▼ ")
        assert line.rstrip().endswith("! 53 over 100 ms")
        assert len(line) == 78
        assert any(block in line for block in "▂▃▄")


async def test_a_narrow_compact_strip_keeps_its_graph_and_the_glyph_of_the_words() -> None:
    strip = make_strip("cpu_usage", 0.78, 0.93, compact=True)
    async with hosted(strip, (42, 24)):
        [line] = shown(strip)
        assert line.startswith("CPU       93.0 % ▲ ")
        assert line.rstrip().endswith("‼")


@pytest.mark.parametrize("spec", METRICS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("size", [(1, 1), (8, 2), (20, 3), (30, 5)])
async def test_it_draws_at_any_size(spec: MetricSpec, size: tuple[int, int]) -> None:
    for compact in (False, True):
        strip = MetricStrip(spec)
        strip.compact = compact
        strip.view = StripView((0.2, 0.9), (0.4,) * 24, (0.3, None))
        async with hosted(strip, size):
            assert all(len(line) == strip.size.width for line in shown(strip))


async def test_a_strip_without_values_shows_its_name() -> None:
    strip = MetricStrip(METRIC["cpu_usage"])
    async with hosted(strip, (40, 12)):
        assert "".join(shown(strip)).strip().startswith("CPU")


async def test_breach_and_critical_are_drawn_in_their_colours_above_the_threshold_row_only() -> None:
    strip = make_strip("cpu_usage", 0.80, 0.95)
    async with hosted(strip, (40, 12)):
        top, bottom = colours(strip, 2), colours(strip, 6)
        assert {DARK.breach, DARK.critical} <= top
        assert not {DARK.breach, DARK.critical} & bottom
        assert DARK.calm_under in bottom


async def test_the_words_of_a_breach_are_as_loud_as_its_value() -> None:
    strip = make_strip("latency", 0.3)
    async with hosted(strip, (40, 12)):
        for text in ("150 ms", "over 100 ms"):
            colour = style_of(strip, text).color
            assert colour is not None
            assert colour.get_truecolor().hex == DARK.breach


async def test_a_ghost_is_a_row_of_dots() -> None:
    strip = make_strip("cpu_usage", 0.2, 0.2, 0.2)
    async with hosted(strip, (40, 12)) as host:
        strip.view = StripView(strip.view.values, strip.view.before, (0.8, 0.8, 0.8))
        await host.pilot.pause()
        assert any(dots * 6 in line for line in shown(strip) for dots in ".·˙")


@pytest.mark.parametrize(("height", "dot"), [(0.05, "."), (0.5, "·"), (1.0, "˙"), (None, " ")])
async def test_in_one_line_a_dot_behind_the_newest_value_shows_where_the_ghost_stands(
    height: float | None, dot: str
) -> None:
    strip = MetricStrip(METRIC["cpu_usage"])
    strip.compact = True
    strip.view = StripView((0.5, 0.5), ghost=(0.5, height))
    async with hosted(strip, (80, 24)):
        [line] = shown(strip)
        assert line.partition("✓")[0][-2:] == f"{dot} "
        assert len(line) == 78


async def test_the_newest_step_is_at_the_right_edge() -> None:
    strip = make_strip("service_healthy", 1.0, 1.0, 0.0, before=1.0)
    async with hosted(strip, (40, 12)):
        assert shown(strip)[3].endswith("▒▒")


async def test_a_new_view_is_drawn_and_an_equal_one_is_not() -> None:
    strip = make_strip("cpu_usage", 0.78)
    async with hosted(strip, (40, 12)) as host:
        with patch.object(strip, "paint", wraps=strip.paint) as paint:
            strip.view = StripView(strip.view.values, strip.view.before)
            await host.pilot.pause()
            shown(strip)
            assert paint.call_count == 0
            strip.view = StripView((0.78, 0.5), strip.view.before)
            await host.pilot.pause()
            assert "50.0 %" in shown(strip)[0]
            assert paint.call_count == 1


async def test_a_resize_is_drawn() -> None:
    strip = make_strip("cpu_usage", 0.78)
    async with hosted(strip, (40, 12)) as host:
        await host.pilot.resize_terminal(30, 12)
        assert {len(line) for line in shown(strip)} == {28}


async def test_the_tooltip_has_the_exact_figures() -> None:
    strip = make_strip("cpu_usage", 0.7812, 0.9345)
    async with hosted(strip, (40, 12)):
        assert str(strip.tooltip).startswith("CPU 93.45 %")


@pytest.mark.parametrize("theme", PALETTES)
async def test_another_theme_recolours_it(theme: str) -> None:
    strip = make_strip("cpu_usage", 0.80, 0.95)
    async with hosted(strip, (40, 12)) as host:
        shown(strip)
        host.pilot.app.theme = theme
        await host.pilot.pause()
        assert {PALETTES[theme].breach, PALETTES[theme].critical} <= colours(strip, 2)


class TestNoColour:
    @pytest.fixture(autouse=True)
    def _no_colour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")

    async def test_calm_and_loud_differ_in_texture(self) -> None:
        strip = make_strip("cpu_usage", 0.95)
        async with hosted(strip, (40, 12)):
            assert "█" in shown(strip)[2]
            assert "▒" in shown(strip)[6]

    async def test_critical_values_are_reversed_and_breaches_bold(self) -> None:
        strip = make_strip("cpu_usage", 0.95)
        async with hosted(strip, (40, 12)) as host:
            assert style_of(strip, "95.0 %").reverse
            strip.view = StripView((0.7,))
            await host.pilot.pause()
            assert style_of(strip, "70.0 %").bold
            strip.view = StripView((0.5,))
            await host.pilot.pause()
            assert not style_of(strip, "50.0 %").bold
