"""Text from outside: what of it may reach the screen."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from noc_tui.text import ELLIPSIS, FORBIDDEN, clean, spreadsheet_cell

# Half of the characters are of the kinds that have to go; plain text would seldom have one.
characters = st.one_of(
    st.characters(),
    st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"]),
    st.sampled_from("\x1b\x9b[]0;31m\x07\\\r\n\t\u202e\u200b\ufe0f\U000e0041"),
)
texts = st.text(characters, max_size=60)


@given(texts, st.integers(1, 80))
def test_nothing_that_steers_or_hides_is_left(text: str, limit: int) -> None:
    assert not {category(character) for character in clean(text, limit)} & FORBIDDEN


@given(texts, st.integers(1, 80))
def test_with_newlines_kept_they_alone_are_left(text: str, limit: int) -> None:
    kept = clean(text, limit, keep_newlines=True).replace("\n", "")
    assert not {category(character) for character in kept} & FORBIDDEN


@given(texts, st.integers(1, 80), st.booleans())
@example("\x1b\x1b[31m[31m", 80, False)
def test_what_is_clean_stays_as_it_is(text: str, limit: int, keep_newlines: bool) -> None:
    once = clean(text, limit, keep_newlines=keep_newlines)
    assert clean(once, limit, keep_newlines=keep_newlines) == once


@given(texts, st.integers(1, 80))
def test_the_length_is_bounded_and_what_is_cut_leaves_an_ellipsis(text: str, limit: int) -> None:
    whole, cut = clean(text, 1000), clean(text, limit)
    assert len(cut) <= limit
    assert cut == (whole if len(whole) <= limit else whole[: limit - 1] + ELLIPSIS)


@given(
    st.text(st.characters(categories=["L", "Nd", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0"), max_size=80)
)
def test_letters_digits_and_signs_of_every_script_are_kept(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[1;31mred\x1b[0m alert", "red alert"),
        ("\x1b]0;new title\x07left", "left"),
        ("\x1b]52;c;cm0gLXJm\x1b\\left", "left"),
        ("\x9b2Jleft", "left"),
        ("\x1b]unfinished", "]unfinished"),
        ("one\r\ntwo\nthree\tfour\u2028five", "one two three four five"),
        ("no\u00a0break\u3000wide", "no break wide"),
        ("ab\u202edc\u2066\u200b\u200f\ufeffe", "abdce"),
        ("\u26a0\ufe0f \U0001f468\u200d\U0001f469", "\u26a0 \U0001f468\U0001f469"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("tag\U000e0041\U000e0042s", "tags"),
        ("bell\x07 del\x7f next\x85line", "bell del next line"),
        ("", ""),
    ],
)
def test_known_tricks(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_newlines_of_every_system_are_kept_as_newlines() -> None:
    assert clean("a\r\nb\rc\nd\x0be\u2029f", keep_newlines=True) == "a\nb\nc\nd\ne\nf"


def test_square_brackets_are_text() -> None:
    assert clean("[bold]not markup[/]") == "[bold]not markup[/]"


def test_a_limit_that_leaves_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit is 0"):
        clean("x", 0)


@given(st.text(max_size=40))
def test_no_cell_is_taken_for_a_formula_and_its_text_stays_what_it_was(text: str) -> None:
    plain = spreadsheet_cell(text)
    assert plain.strip()[:1] not in {*"=+-@＝＋－＠"} - {""}
    assert plain.removeprefix("'") == clean(text).removeprefix("'")
    assert plain == clean(plain)
