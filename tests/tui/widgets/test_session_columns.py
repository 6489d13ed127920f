"""Which columns of the table of sessions fit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from noc_tui.episode.library import SessionSummary, Status
from noc_tui.tui.widgets.columns import Layout
from noc_tui.tui.widgets.painted import cells_of
from noc_tui.tui.widgets.session_columns import COLUMNS, RECENT_COLUMNS, Dated

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def session(title: str = "CPU overload", seed: int = 7, status: Status = "resolved") -> SessionSummary:
    return SessionSummary(
        path=Path("x.jsonl"), session="01M830BM3MD2MDSG9P2NJRVEA4", started=NOW, incident="cpu_overload", title=title,
        seed=seed, driver="rules", status=status, steps=12, max_steps=30, parent=None, blind=False,
    )  # fmt: skip


def titles(width: int) -> list[str]:
    return [column.title for column, _ in Layout.of(COLUMNS, width).columns]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (30, ["Incident"]),
        (40, ["Incident", "Outcome"]),
        (48, ["Incident", "Driver", "Outcome"]),
        (75, ["Started", "Incident", "Seed", "Driver", "Outcome"]),
        (140, [column.title for column in COLUMNS]),
    ],
)
def test_the_least_important_columns_go_first(width: int, shown: list[str]) -> None:
    assert titles(width) == shown


@given(st.integers(14, 220))
def test_what_fits_stays_where_there_is_more_room(width: int) -> None:
    assert set(titles(width)) <= set(titles(width + 1))


@given(
    st.integers(14, 220),
    st.text(max_size=80),
    st.integers(0, 2**53),
    st.sampled_from(["resolved", "crashed", "truncated", "void", "interrupted", "live"]),
)
def test_a_row_is_as_wide_as_its_titles_whatever_it_holds(width: int, title: str, seed: int, status: Status) -> None:
    layout = Layout.of(COLUMNS, width)
    row = layout.row(Dated(session(title, seed, status), NOW))
    assert cells_of(row) == cells_of(layout.head()) <= width + 2


def test_numbers_stand_at_the_right_and_a_long_one_is_cut_with_a_sign() -> None:
    layout = Layout.of(COLUMNS, 75)
    seeds = [layout.row(Dated(session(seed=seed), NOW))[4].text for seed in (7, 1042, 9_007_199_254_740_991)]
    assert seeds[:2] == ["     7", "  1042"]
    assert seeds[2] == "90071…"


def test_no_outcome_is_ever_cut() -> None:
    for status in ("resolved", "crashed", "truncated", "void", "interrupted", "live"):
        outcome = Layout.of(RECENT_COLUMNS, 40).row(Dated(session(status=status), NOW))[2].text
        assert "…" not in outcome.lstrip("… ")
        assert cell_len(outcome) == 20
