"""The panel with curve, sum, table and reason."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from noc_tui.review.model import Ledger, Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.tui.widgets.curve import Curve, CurveView
from noc_tui.tui.widgets.review_panel import ReviewPanel, ledger_line, why_text
from tests.tui.moves import move, review, state
from tests.tui.widgets.hosting import hosted, shown

THREE = (Verdict.GOOD, Verdict.BLUNDER, Verdict.BEST)


def said(panel: ReviewPanel, widget_id: str) -> str:
    return str(panel.query_one(widget_id, Static).content)


async def test_the_curve_is_there_before_the_review_and_does_not_jump_when_it_comes() -> None:
    panel = ReviewPanel()
    async with hosted(panel, (100, 30)) as host:
        panel.show_health(CurveView((0.4, 0.5, 0.6, 0.7)))
        panel.show_progress("Reviewing the moves: 1 of 3 positions")
        await host.pilot.pause()
        curve = panel.query_one(Curve)
        before = shown(curve)[:-1]
        assert said(panel, "#waiting").startswith("Reviewing")
        assert not panel.moves.display
        panel.show(review(*THREE, ghost=()))
        await host.pilot.pause()
        assert shown(curve)[:-1] == before
        assert "×" in shown(curve)[-1]
        assert panel.moves.display
        assert not panel.query_one("#waiting").display


async def test_the_cursor_begins_at_the_worst_move_and_says_why_as_it_moves() -> None:
    panel = ReviewPanel()
    async with hosted(panel, (100, 30)) as host:
        panel.show_health(CurveView((0.4, 0.5, 0.6, 0.7)))
        panel.show(review(*THREE, worst=2))
        await host.pilot.pause()
        assert panel.move is not None
        assert panel.move.step == 2
        assert said(panel, "#why").startswith("Step 2: ")
        assert panel.query_one(Curve).view.at == 2
        panel.moves.focus()
        await host.pilot.press("down")
        await host.pilot.pause()
        assert said(panel, "#why").startswith("Step 3: ")
        assert panel.query_one(Curve).view.at == 3


async def test_without_a_worst_move_the_cursor_begins_at_the_first() -> None:
    panel = ReviewPanel()
    async with hosted(panel, (100, 30)) as host:
        panel.show(review(Verdict.BEST, Verdict.BEST, worst=None))
        await host.pilot.pause()
        assert panel.move is not None
        assert panel.move.step == 1


async def test_the_reason_stands_right_below_a_short_table() -> None:
    panel = ReviewPanel()
    async with hosted(panel, (100, 40)) as host:
        panel.show(review(*THREE))
        await host.pilot.pause()
        assert panel.query_one("#why").region.y == panel.moves.region.bottom
        assert panel.moves.size.height == 3


async def test_titles_stand_over_their_columns() -> None:
    panel = ReviewPanel()
    async with hosted(panel, (100, 30)) as host:
        panel.show(review(*THREE))
        await host.pilot.pause()
        (head,) = shown(panel.query_one("ColumnTitles"))
        row = shown(panel.moves)[1]
        assert row.index("× Blunder") == head.index("Verdict")
        assert row.index("Wait") == head.index("Done")


# --- words


def test_the_sum_is_shown_as_the_review_has_it() -> None:
    made = review(*THREE)
    assert ledger_line(made, 80).plain == made.ledger.text


def test_where_the_position_was_lost_is_said_if_there_is_room() -> None:
    ledger = Ledger(2, 25.0, 4.0, 22.5, 0.5, "expected once it was lost")
    made = review(*THREE, lost_from=2, ledger=ledger)
    assert ledger_line(made, 120).plain == f"{ledger.text}   lost from step 2 on"
    assert ledger_line(made, 80).plain == ledger.text


@pytest.mark.parametrize("width", [40, 200])
def test_a_start_that_nobody_could_win_is_always_said_to_be_one(width: int) -> None:
    assert "nobody could resolve it" in ledger_line(review(*THREE, unwinnable_start=True, lost_from=0), width).plain


def test_the_reason_comes_with_what_the_best_move_would_have_left() -> None:
    told = why_text(move(after=state(cpu_usage=0.91, memory_usage=0.5), expected=state(cpu_usage=0.75)))
    assert told.plain.splitlines() == [
        "Step 3: Throttle CPU first: it takes 18.0 % off CPU now.",
        "With Throttle CPU: CPU 75.0 %, not 91.0 %; memory 44.0 %, not 50.0 %.",
    ]
    told = why_text(move(best=ActionType.DO_NOTHING, after=state(service_healthy=0.0), expected=state()))
    assert told.plain.splitlines()[1] == "With waiting: service up, not down."


@pytest.mark.parametrize("verdict", [Verdict.BEST, Verdict.NONE])
def test_nothing_is_held_against_a_move_that_was_best_or_is_not_judged(verdict: Verdict) -> None:
    assert "With" not in why_text(move(verdict)).plain


def test_differences_that_may_be_noise_are_not_told() -> None:
    assert "With" not in why_text(move(after=state(cpu_usage=0.81), expected=state(cpu_usage=0.80))).plain


def test_a_reason_is_no_markup_and_steers_nothing() -> None:
    told = why_text(move(Verdict.BEST, why="[red]x[/red]\x1b[2J"))
    assert told.plain == "Step 3: [red]x[/red]"
