"""`noc-tui drill` without a terminal: which daily it is, and sentences for everything else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from noc_tui.drills.daily import daily_date
from tests.cli.shell import noc
from tests.tui.shelf import interrupted

if TYPE_CHECKING:
    from pathlib import Path

DRILLS = ("spot", "incident", "shift", "daily", "versus", "retry")


def test_the_daily_of_a_date_is_printed_without_playing_it() -> None:
    result = noc("drill", "daily", "--date", "2026-12-01", "--show")
    assert result.code == 0
    assert result.lines[0] == "2026-12-01 (UTC): memory_leak, seed 1860697005"


def test_without_a_date_it_is_that_of_today_in_utc() -> None:
    before = daily_date(datetime.now(UTC))
    line = noc("drill", "daily", "--show").lines[0]
    assert line[:10] in {before.isoformat(), daily_date(datetime.now(UTC)).isoformat()}


@pytest.mark.parametrize("drill", ["", *DRILLS])
def test_without_a_terminal_one_sentence_says_what_to_do(drill: str) -> None:
    result = noc("drill", *([drill] if drill else []))
    assert result.code == 2
    assert result.out == ""
    assert "needs a terminal" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("daily", "--date", "2026-13-01"), "2026-13-01"),
        (("spot", "--positions", "9"), "10<=x<=20"),
        (("spot", "--seconds", "-1"), "--seconds"),
        (("spot", "--seconds", "nan"), "--seconds nan: is no time"),
        (("retry", "--step", "3"), "--step needs a session"),
        (("retry", "nothing-like-it"), "nothing-like-it"),
        (("versus", "nobody"), "noc-tui: nobody: is no agent"),
        (("spot", "--incidents", "nowhere"), "nowhere"),
        (("nap",), "nap"),
    ],
)
def test_what_cannot_be_is_refused_before_the_screen_is_taken_over(arguments: tuple[str, ...], said: str) -> None:
    result = noc("drill", *arguments, terminal=True)
    assert result.code == 2
    assert said in result.err


def test_a_move_that_there_is_not_is_refused_and_so_is_what_is_no_session(tmp_path: Path) -> None:
    path = interrupted(steps=2)
    result = noc("drill", "retry", str(path), "--step", "3", terminal=True)
    assert (result.code, result.err) == (2, f"noc-tui: --step 3: {path.name} has 2 steps\n")
    (tmp_path / "none.jsonl").write_text("none\n")
    result = noc("drill", "retry", str(tmp_path / "none.jsonl"), terminal=True)
    assert result.code == 1
    assert "is no noc-tui session" in result.err


def test_the_help_names_every_drill() -> None:
    out = noc("drill", "--help").out
    assert all(f"  {drill} " in out for drill in DRILLS)
