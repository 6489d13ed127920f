"""The top line."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.theme import DARK
from noc_tui.tui.widgets.banner import BadgeKind, Banner, BannerView, arrange
from noc_tui.tui.widgets.painted import cells_of
from tests.tui.widgets.hosting import hosted, shown, style_of

VIEW = BannerView(
    title="Retry storm",
    subtitle="hard · seed 1042",
    step=7,
    max_steps=30,
    clock="00:42",
    recording="rec",
    badge="YOU IN CONTROL",
    badge_kind="you",
)


def line_of(view: BannerView, width: int) -> str:
    return "".join(run.text for run in arrange(view, width))


def words_of(view: BannerView, width: int) -> list[str]:
    return line_of(view, width).split()


def test_with_room_everything_is_said() -> None:
    line = line_of(VIEW._replace(extra="blind"), 118)
    assert line.startswith("noc-tui  Retry storm  hard · seed 1042  blind     ")
    assert line.endswith("     step 7/30   00:42   ● rec    ▸ YOU IN CONTROL ")


@pytest.mark.parametrize(
    ("width", "parts"),
    [
        (90, ["noc-tui", "Retry storm", "hard · seed 1042", "step 7/30", "00:42", "● rec", "▸ YOU IN CONTROL"]),
        (78, ["noc-tui", "Retry storm", "step 7/30", "00:42", "● rec", "▸ YOU IN CONTROL"]),
        (58, ["Retry storm", "step 7/30", "00:42", "● rec", "▸ YOU IN CONTROL"]),
        (50, ["Retry storm", "step 7/30", "00:42", "▸ YOU IN CONTROL"]),
        (43, ["Retry storm", "step 7/30", "▸ YOU IN CONTROL"]),
        (38, ["step 7/30", "▸ YOU IN CONTROL"]),
        (20, ["▸ YOU IN CONTROL"]),
    ],
)
def test_the_least_important_parts_go_first(width: int, parts: list[str]) -> None:
    assert words_of(VIEW, width) == " ".join(parts).split()


def test_that_nothing_is_saved_is_said_longer_than_what_is_played() -> None:
    assert words_of(VIEW._replace(recording="failed"), 46) == [
        "step",
        "7/30",
        "!",
        "not",
        "saved",
        "▸",
        *VIEW.badge.split(),
    ]


def test_a_replay_says_nothing_of_a_recording() -> None:
    assert "rec" not in line_of(VIEW._replace(recording="off"), 118)


def test_a_long_title_ends_after_a_word() -> None:
    title = "A cascade of very long names that nobody would read to the end"
    assert line_of(VIEW._replace(title=title), 150).startswith("noc-tui  A cascade of very long names that…  hard")


def test_a_long_badge_is_shortened_before_the_step_goes() -> None:
    line = line_of(VIEW._replace(badge="QWEN2.5-CODER-72B IN CONTROL OF EVERYTHING", badge_kind="agent"), 40)
    assert line.split() == ["step", "7/30", "»", "QWEN2.5-CODER-72B", "IN…"]


def test_how_far_the_player_is_ahead_is_said_longer_than_what_is_played() -> None:
    view = VIEW._replace(lead="2 steps behind")
    assert "2 steps behind   step 7/30" in line_of(view, 120)
    assert "2 steps behind" in line_of(view, 80)
    assert line_of(view, 50).split()[:3] == ["2", "steps", "behind"]
    assert "behind" not in line_of(view, 36)


def test_a_screen_without_an_episode_has_no_step() -> None:
    assert words_of(BannerView("Sessions", badge="HOME"), 60) == ["noc-tui", "Sessions", "▸", "HOME"]


short = st.sampled_from(
    ["", "x", "Retry storm", "日本語 のログ", "a-very-long-word-that-has-no-blank-in-it-at-all-not-one"]
)
views = st.builds(
    BannerView,
    title=short,
    subtitle=short,
    step=st.integers(0, 30),
    max_steps=st.sampled_from([0, 30]),
    clock=st.sampled_from(["", "00:42"]),
    recording=st.sampled_from(["rec", "off", "failed"]),
    badge=short,
    badge_kind=st.sampled_from(get_args(BadgeKind)),
    extra=short,
    lead=st.sampled_from(["", "2 steps behind"]),
)


@given(views, st.integers(24, 200))
def test_the_line_is_filled_and_never_overrun(view: BannerView, width: int) -> None:
    assert cells_of(arrange(view, width)) == width or (not view.badge and not line_of(view, width).strip())


@given(views.filter(lambda view: bool(view.badge)), st.integers(38, 200))
def test_who_is_in_control_is_always_said(view: BannerView, width: int) -> None:
    [badge] = [run for run in arrange(view, width) if run.ground]
    assert badge.ground == view.badge_kind
    assert view.max_steps == 0 or f"step {view.step}/{view.max_steps}" in line_of(view, width)


@pytest.mark.parametrize(
    ("kind", "glyph", "colour"),
    [
        ("you", "▸", DARK.accent),
        ("agent", "»", DARK.calm),
        ("replay", "↻", DARK.ghost),
        ("ended", "■", DARK.soft),
        ("paused", "‖", DARK.breach),
        ("error", "!", DARK.critical),
    ],
)
async def test_the_badge_has_glyph_word_and_colour(kind: BadgeKind, glyph: str, colour: str) -> None:
    banner = Banner()
    banner.view = VIEW._replace(badge_kind=kind)
    async with hosted(banner, (120, 3)):
        ground = style_of(banner, f" {glyph} YOU IN CONTROL ").bgcolor
        assert ground is not None
        assert ground.get_truecolor().hex == colour


async def test_what_names_an_incident_is_never_markup_and_never_a_control_code() -> None:
    banner = Banner()
    banner.view = VIEW._replace(title="[red]Retry\x1b[2J\u202e storm[/]")
    async with hosted(banner, (120, 3)):
        assert shown(banner)[0].startswith("noc-tui  [red]Retry storm[/]  hard")


async def test_a_new_view_is_drawn_at_once() -> None:
    banner = Banner()
    async with hosted(banner, (120, 3)):
        banner.view = VIEW._replace(step=8)
        assert "step 8/30" in shown(banner)[0]
