"""The table of moves: a row for each, at every width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.tui.widgets.columns import Layout
from noc_tui.tui.widgets.move_columns import (
    INK_OF_CATEGORY,
    MOVE_COLUMNS,
    best_words,
    lost_words,
    verdict_words,
    whole_items,
)
from noc_tui.tui.widgets.painted import cells_of
from tests.tui.moves import move, state


def titles(width: int) -> list[str]:
    return [column.title for column, _ in Layout.of(MOVE_COLUMNS, width).columns]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (160, set()),
        (120, {"Why"}),
        (76, {"Why"}),
        (70, {"Why", "What was seen"}),
        (43, {"Why", "What was seen", "Better"}),
    ],
)
def test_the_reason_goes_first_and_then_what_was_seen(width: int, left_out: set[str]) -> None:
    assert {column.title for column in MOVE_COLUMNS} - set(titles(width)) == left_out


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_a_glyph_and_a_word_of_its_own(verdict: Verdict) -> None:
    words = verdict_words(move(verdict))
    assert len(words) <= 12
    assert words[0] == verdict.glyph
    assert words[2:].lower() == ("lost" if verdict is Verdict.NONE else verdict)


def test_no_two_verdicts_look_the_same_without_colour() -> None:
    assert len({verdict_words(move(verdict)) for verdict in Verdict}) == len(Verdict)


def test_the_colour_of_a_verdict_goes_by_its_category() -> None:
    inks = {verdict: INK_OF_CATEGORY[verdict.category] for verdict in Verdict}
    assert inks[Verdict.BEST] == inks[Verdict.NEEDLESS] == "calm"
    assert inks[Verdict.INACCURACY] == inks[Verdict.MISTAKE] == "breach"
    assert inks[Verdict.BLUNDER] == "critical"
    assert inks[Verdict.NONE] == "muted"


def test_figures_stand_only_where_something_was_lost() -> None:
    assert [lost_words(move(lost=lost)) for lost in (0.0, 0.04, 0.05, 2.44, 15.1)] == ["", "", "0.1", "2.4", "15.1"]


def test_nothing_is_called_better_than_what_was_as_good() -> None:
    assert best_words(move(Verdict.MISTAKE)) == "Throttle CPU"
    assert best_words(move(Verdict.NEEDLESS, best=ActionType.DO_NOTHING)) == "Wait"
    assert best_words(move(Verdict.BEST)) == ""
    assert best_words(move(Verdict.NONE)) == ""


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (30, "CPU 76.9 %, latency 240 ms"),
        (25, "CPU 76.9 %…"),
        (11, "CPU 76.9 %…"),
        (10, "CPU 76.9 …"),
    ],
)
def test_of_what_was_seen_whole_metrics_are_left_out(width: int, shown: str) -> None:
    assert whole_items("CPU 76.9 %, latency 240 ms", width) == shown


def test_at_80_columns_the_worst_metric_is_seen_in_full() -> None:
    seen = Layout.of(MOVE_COLUMNS, 76).row(move(before=state(cpu_usage=0.769, latency=0.60)))[2]
    assert seen.text.rstrip() == "Latency 300 ms…"


@given(
    st.integers(20, 220),
    st.sampled_from(Verdict),
    st.sampled_from(ActionType),
    st.floats(0, 99),
    st.text(max_size=300),
)
def test_a_row_is_as_wide_as_its_titles_whatever_it_holds(
    width: int, verdict: Verdict, best: ActionType, lost: float, why: str
) -> None:
    layout = Layout.of(MOVE_COLUMNS, width)
    row = layout.row(move(verdict, best=best, lost=lost, why=why, step=999))
    assert cells_of(row) == cells_of(layout.head())
