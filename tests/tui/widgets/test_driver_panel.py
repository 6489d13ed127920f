"""Who drives."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets.driver_panel import DriverPanel, DriverState, DriverView, lines, rows_wanted
from noc_tui.tui.widgets.keybar import KeyHint
from noc_tui.tui.widgets.painted import cells_of
from tests.tui.widgets.hosting import hosted, shown

KEYS = (KeyHint("a", "take over"), KeyHint("space", "pause"), KeyHint("+ -", "speed"))
LONG = " ".join(f"word{number}" for number in range(100))


def rows_of(view: DriverView, width: int = 118, *, compact: bool = False, told: bool = False) -> list[str]:
    return ["".join(run.text for run in row).rstrip() for row in lines(view, width, compact=compact, told=told)]


def agent(state: DriverState = "thinking", **changes: Any) -> DriverView:
    return DriverView("rules", state, keys=KEYS)._replace(**changes)


def test_an_agent_at_work_is_shown_with_what_it_costs_and_how_to_take_over() -> None:
    view = agent(name="qwen", seconds=1.24, figures=("qwen3", "1,204 in 31 out", "cost 0.0031"), speed=2.0)
    row, figures = rows_of(view)
    assert row.startswith("» qwen  ◐ thinking 1.2 s    ")
    assert row.endswith("    2x  a take over  space pause  + - speed")
    assert figures == "qwen3 · 1,204 in 31 out · cost 0.0031"


@pytest.mark.parametrize(
    ("view", "row"),
    [
        (agent("decided", action="Scale up", seconds=0.8), "» rules  ✓ Scale up after 0.8 s"),
        (agent("decided", action="Scale up", seconds=0.01), "» rules  ✓ Scale up"),
        (agent("suggests", action="Scale up", seconds=0.8), "» rules  suggests Scale up after 0.8 s"),
        (agent("waiting", seconds=0.5, period=1.0), "» rules  ━━━━━━╌╌╌╌╌╌ next step in 0.5 s"),
        (agent("paused"), "» rules  ‖ paused"),
        (agent("paused", action="Scale up"), "» rules  ‖ paused  Scale up"),
        (agent("failed"), "» rules  ! failed"),
        (DriverView("", "waiting", seconds=3.0, period=4.0), "━━━━━━━━━╌╌╌ next step in 3.0 s"),
        (DriverView("", "paused"), "‖ paused"),
    ],
)
def test_each_state_has_glyph_and_word(view: DriverView, row: str) -> None:
    assert rows_of(view._replace(keys=())) == [row]


def test_the_glyph_turns_while_an_agent_thinks() -> None:
    assert {rows_of(agent(seconds=tenth / 10))[0][9] for tenth in range(20)} == set("◐◓◑◒")


def test_while_it_streams_in_the_end_of_the_rationale_is_shown() -> None:
    _, first, second = rows_of(agent("thinking", rationale=LONG), width=60)
    assert first.startswith("… word")
    assert second.startswith("│ word")
    assert second.endswith("word99")


def test_afterwards_its_beginning_is_shown() -> None:
    _, first, second = rows_of(agent("decided", rationale=LONG), width=60)
    assert first.startswith("│ word0 word1 ")
    assert second.endswith("…")


def test_what_it_said_last_is_shown_from_its_beginning_while_it_thinks_about_the_next() -> None:
    _, first, second = rows_of(agent("thinking", rationale=LONG, is_old=True), width=60)
    assert first.startswith("│ word0 word1 ")
    assert second.endswith("…")


def test_figures_that_have_no_room_are_left_out_from_the_last_one_on() -> None:
    view = agent(figures=("qwen3", "1,204 in 31 out", "cost unknown", "in all 3 calls"))
    assert rows_of(view, width=40)[1] == "qwen3 · 1,204 in 31 out · cost unknown"


def test_an_error_is_told_in_full_words() -> None:
    assert rows_of(agent("failed", error="The endpoint answered 401."))[1] == "│ The endpoint answered 401."


def test_in_one_row_the_rationale_is_worth_more_than_further_keys() -> None:
    view = agent("decided", action="Scale up", rationale=LONG, speed=1.0)
    [row] = rows_of(view, width=78, compact=True)
    assert row.startswith("» rules  ✓ Scale up  word0 word1 word2")
    assert row.endswith("…  1x  a take over")


def test_where_there_is_a_row_for_it_the_rationale_is_told_below_all_keys() -> None:
    view = agent("decided", action="Scale up", rationale=LONG, speed=1.0, figures=("qwen3",))
    first, figures, said = rows_of(view, width=78, compact=True, told=True)
    assert first.startswith("» rules  ✓ Scale up")
    assert first.endswith("1x  a take over  space pause  + - speed")
    assert figures == "qwen3"
    assert said.startswith("│ word0 word1")
    assert said.endswith("…")
    assert len(said) > 70
    [_, said] = rows_of(agent("thinking", rationale=LONG), width=78, compact=True, told=True)
    assert said.startswith("… ")
    assert said.endswith("word99")
    assert len(rows_of(agent("thinking"), width=78, compact=True, told=True)) == 1


def test_in_one_row_too_the_end_is_shown_while_it_streams_in() -> None:
    [row] = rows_of(agent("thinking", rationale=LONG), width=78, compact=True)
    assert row.endswith("word99  a take over")


def test_where_the_room_is_short_the_speed_goes_before_keys() -> None:
    view = agent(speed=1.0)
    shown = {width: rows_of(view, width)[0].split("thinking")[1].split("  ") for width in (70, 58, 40)}
    parts = {width: [part.strip() for part in row if part] for width, row in shown.items()}
    assert parts[70] == ["1x", "a take over", "space pause", "+ - speed"]
    assert parts[58] == ["a take over", "space pause", "+ - speed"]
    assert parts[40] == ["a take over"]


def test_what_an_agent_says_is_never_markup_and_never_a_control_code() -> None:
    view = agent("decided", name="ev\x1b[31mil", action="[b]Wait", rationale="[red]one\x1b]0;x\x07\n\u202etwo")
    assert rows_of(view._replace(keys=())) == ["» evil  ✓ [b]Wait", "│ [red]one two"]


views = st.builds(
    DriverView,
    name=st.sampled_from(["", "rules", "a-model-with-a-name-that-is-longer-than-it-should-be", "日本語"]),
    state=st.sampled_from(get_args(DriverState)),
    seconds=st.none() | st.floats(0, 1e4),
    period=st.none() | st.floats(0.1, 10),
    rationale=st.sampled_from(["", "short", LONG, "日本語のログ" * 40]),
    action=st.sampled_from(["", "Scale up"]),
    is_old=st.booleans(),
    figures=st.lists(st.sampled_from(["qwen3", "1,204 in 31 out", "日本語" * 30, "x" * 150])).map(tuple),
    speed=st.none() | st.sampled_from([0.5, 16.0]),
    error=st.sampled_from(["", LONG]),
    keys=st.sampled_from([(), KEYS]),
)


@given(views, st.integers(60, 200), st.booleans(), st.booleans())
def test_there_are_one_to_four_rows_and_none_is_overrun(
    view: DriverView, width: int, compact: bool, told: bool
) -> None:
    rows = lines(view, width, compact=compact, told=compact and told)
    figures = bool(view.figures)
    assert 1 <= len(rows) - figures <= (1 + told if compact else 3)
    assert not compact or len(rows) == rows_wanted(view, told=told)
    assert all(cells_of(row) <= width for row in rows)


async def test_it_is_hidden_where_a_person_plays_at_leisure() -> None:
    panel = DriverPanel()
    async with hosted(panel):
        assert not panel.display
        panel.view = agent()
        assert panel.display
        panel.view = None
        assert not panel.display


async def test_it_takes_the_rows_that_it_needs_and_keeps_them_while_the_driver_stays() -> None:
    panel = DriverPanel()
    async with hosted(panel) as host:
        heights = []
        for view in (agent(), agent(rationale=LONG), agent(), agent(name="qwen")):
            panel.view = view
            await host.pilot.pause()
            heights.append(panel.size.height)
        assert heights == [1, 3, 3, 1]


async def test_compact_it_has_one_row_and_one_for_figures() -> None:
    panel = DriverPanel()
    async with hosted(panel) as host:
        panel.view = agent(rationale=LONG)
        await host.pilot.pause()
        panel.compact = True
        await host.pilot.pause()
        assert len(shown(panel)) == 1
        panel.view = agent(rationale=LONG, figures=("qwen3",))
        await host.pilot.pause()
        assert shown(panel)[1].strip() == "qwen3"
