"""Keeping keys out of everything that is shown or recorded, whoever brings them up."""

from __future__ import annotations

from typing import Final

HIDDEN: Final = "[key]"
PIECE: Final = 8
"""So many characters of a key in a row give it away: servers also tell keys cut short, or with a gap in the middle."""
LEAST: Final = 4
"""A shorter key is a word that somebody had to fill in, and no secret."""


def redact(text: str, secret: str | None) -> str:
    """`text` without the secret, and without pieces of it of `PIECE` characters or more.

    To be applied to text that has been cleaned: a control character in the middle must not hide a key.
    """
    if secret is None or len(secret) < LEAST:
        return text
    shortest = min(PIECE, len(secret))
    if not any(secret[start : start + shortest] in text for start in range(len(secret) - shortest + 1)):
        return text
    kept: list[str] = []
    at = 0
    while at < len(text):
        length = _piece_at(text, at, secret, shortest)
        kept.append(HIDDEN if length else text[at])
        at += length or 1
    return "".join(kept)


def _piece_at(text: str, at: int, secret: str, shortest: int) -> int:
    """The length of the longest piece of the secret that begins here; 0 where none does."""
    length = shortest
    if len(text) - at < length or text[at : at + length] not in secret:
        return 0
    while at + length < len(text) and text[at : at + length + 1] in secret:
        length += 1
    return length
