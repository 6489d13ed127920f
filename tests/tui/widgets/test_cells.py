"""Text in cells: cut and wrapped."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import NARROW, fit, wrap

texts = st.text(st.sampled_from("ab  é→日本\u0301"), max_size=60)
widths = st.integers(2, 30)


def rows(text: str, first: int, rest: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, first, rest)]


def test_rows_break_at_blanks() -> None:
    assert rows("upstream timed out while connecting", 10, 14) == ["upstream", "timed out", "while", "connecting"]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("CPU at 98.2 % now", ["CPU at", "98.2 % now"]),
        ("latency −18 ms and", ["latency", "−18 ms and"]),
        ("98.23456789 % gone", ["98.23456789", "% gone"]),
    ],
)
def test_a_figure_and_its_unit_stay_together_where_a_row_has_room_for_both(text: str, broken: list[str]) -> None:
    assert rows(text, 11, 11) == broken


def test_the_first_row_may_have_a_width_of_its_own() -> None:
    assert rows("aa bb cc dd", 5, 11) == ["aa bb", "cc dd"]


def test_a_word_that_is_wider_than_a_row_is_cut() -> None:
    assert rows("see /var/log/nginx now", 8, 8) == ["see", "/var/log", "/nginx", "now"]


def test_an_indent_at_the_start_is_kept_and_blanks_between_rows_are_not() -> None:
    assert rows("  at main   here", 9, 9) == ["  at main", "here"]


def test_characters_of_two_cells_count_twice() -> None:
    assert rows("日本語のログ", 5, 5) == ["日本", "語の", "ログ"]


def test_empty_text_has_one_empty_row() -> None:
    assert rows("", 5, 5) == [""]


@given(texts, widths, widths)
def test_no_row_is_too_wide_and_nothing_but_blanks_is_lost(text: str, first: int, rest: int) -> None:
    spans = wrap(text, first, rest)
    for number, (start, end) in enumerate(spans):
        assert cell_len(text[start:end]) <= (rest if number else first)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(not text[end:start].strip(" ") for end, start in zip(ends, starts, strict=True))


@given(texts, widths)
def test_no_row_could_have_taken_the_next_word(text: str, width: int) -> None:
    spans = wrap(text, width, width)
    for (start, _), (following, _) in pairwise(spans):
        word = text[following:].partition(" ")[0]
        assert cell_len(text[start : following + len(word)]) > width


@given(texts, widths)
def test_cut_text_fits_and_ends_in_an_ellipsis(text: str, width: int) -> None:
    cut = fit(text, width)
    assert cell_len(cut) <= width
    assert cut == text or (text.startswith(cut[:-1]) and cut.endswith("…") and cell_len(text) > width)


def test_what_is_taken_for_narrow_is_one_cell_wide() -> None:
    narrow = [chr(point) for point in range(0x3000) if NARROW.fullmatch(chr(point))]
    assert len(narrow) > 1000
    assert {get_character_cell_size(character) for character in narrow} == {1}


@pytest.mark.parametrize("text", ["plain", "84.0 → 61.2 %, −38 ms", "größer", "готово", "░▒▓ ●○"])
def test_what_logs_are_made_of_is_measured_quickly(text: str) -> None:
    assert clean(text) == text
    assert len(text) == cell_len(text)
