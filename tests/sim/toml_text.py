"""Definitions as the text of a TOML file: as much of TOML as an incident needs."""

from __future__ import annotations

import json
from typing import Any


def toml_text(definition: dict[str, Any]) -> str:
    """A file that holds these values, a key of the top a line."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in definition.items())


def _key(key: str) -> str:
    plain = key and all(character.isascii() and (character.isalnum() or character in "-_") for character in key)
    return key if plain else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    # A JSON string is a TOML string, but for surrogates, which it must not have, and DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
