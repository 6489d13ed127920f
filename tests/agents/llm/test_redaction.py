"""Keys are taken out of text, whole or in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.llm.redaction import HIDDEN, PIECE, redact

KEY = "sk-proj-0123456789abcdefXYZ"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Incorrect API key provided: {KEY}.", f"Incorrect API key provided: {HIDDEN}."),
        (f"Bearer {KEY} {KEY}", f"Bearer {HIDDEN} {HIDDEN}"),
        (f"it begins with {KEY[:12]}...", f"it begins with {HIDDEN}..."),
        (f"{KEY[:9]}*****{KEY[-8:]}", f"{HIDDEN}*****{HIDDEN}"),
        ("no key in here", "no key in here"),
        ("", ""),
    ],
)
def test_a_key_and_pieces_of_it_are_hidden(text: str, left: str) -> None:
    assert redact(text, KEY) == left


def test_without_a_key_nothing_is_hidden() -> None:
    assert redact("none", None) == redact("none", "") == "none"
    assert redact("an x", "x") == "an x"
    assert redact("EMPTY is no key", "EMPTY") == f"{HIDDEN} is no key"


@given(st.text(max_size=40), st.text("abc0123-", min_size=4, max_size=40), st.text(max_size=40))
def test_no_piece_of_a_key_is_left(before: str, key: str, after: str) -> None:
    left = redact(f"{before}{key}{after}", key).replace(HIDDEN, "\0")
    length = min(PIECE, len(key))
    assert not any(key[start : start + length] in left for start in range(len(key) - length + 1))
