"""Keys that the user has remapped, checked before Textual sees them: it would shadow and ignore without a word."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from textual.keys import KEY_DISPLAY_ALIASES, Keys

from noc_tui.text import clean
from noc_tui.tui.actions import BY_ID, USER_ACTIONS, Scope, UserAction

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED: Final = frozenset(str(key.value) for key in Keys)
_CHARACTER_NAMES: Final = {
    ".": "full_stop", ",": "comma", "/": "slash", "?": "question_mark", ":": "colon", ";": "semicolon",
    "+": "plus", "-": "minus", "=": "equals_sign", "!": "exclamation_mark", "*": "asterisk", "#": "number_sign",
    "<": "less_than_sign", ">": "greater_than_sign", "'": "apostrophe", '"': "quotation_mark", "_": "underscore",
    "(": "left_parenthesis", ")": "right_parenthesis", "[": "left_square_bracket", "]": "right_square_bracket",
    "&": "ampersand", "@": "at", "$": "dollar_sign", "%": "percent_sign", "\\": "backslash", "|": "vertical_line",
    "~": "tilde", "^": "circumflex_accent", "`": "grave_accent", " ": "space",
}  # fmt: skip
_SHORT: Final = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "enter": "enter"}
"""Keys that are better known by these words than by the glyphs that Textual has for them."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9]")
CURSOR_KEYS: Final = frozenset({"up", "down", "pageup", "pagedown", "home", "end", "tab", "shift+tab"})
LISTS: Final[frozenset[Scope]] = frozenset(
    {
        "home",
        "picker",
        "sessions",
        "debrief",
        "account",
        "agents",
        "help",
        "drill",
        "round",
        "shift",
        "opponent",
        "progress",
        "leaderboard",
    }
)
"""Screens on which the cursor keys move a cursor, or scroll."""
_TAKEN: Final = {"ctrl+c": "it always quits", "ctrl+z": "it suspends the program", "ctrl+q": "it always quits"}


def resolve_keys(remapped: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The key of every action, and one sentence for each remapping that cannot be.

    An unknown id, an impossible key or a clash with another action of the same screen leaves the default.
    """
    keys = {action.id: action.key for action in USER_ACTIONS}
    problems: list[str] = []
    wanted: dict[str, str] = {}
    for action_id, key in remapped.items():
        name = key_name(key)
        if action_id not in BY_ID:
            near = difflib.get_close_matches(action_id, BY_ID, n=1)
            problems.append(
                f"keys.{clean(action_id, 64)}: no such action{f'; did you mean {near[0]}?' if near else ''}"
            )
        elif name is None:
            problems.append(f"keys.{action_id}: {key!r} is no key; expected one such as x, f5, ctrl+o or pageup")
        elif name in _TAKEN:
            problems.append(f"keys.{action_id}: {key!r} cannot be used: {_TAKEN[name]}")
        else:
            wanted[action_id] = name
    keys.update(wanted)
    while (clash := _last_clash(wanted, keys)) is not None:
        action, other = clash
        taken = "the cursor of a list" if other is None else f"{other.id} ({other.label})"
        problems.append(f"keys.{action.id}: {display(keys[action.id])} is taken by {taken}")
        # Going back may take a key that another remapping counted on: hence the loop.
        keys[action.id] = action.key
        del wanted[action.id]
    return keys, problems


def _last_clash(wanted: Mapping[str, str], keys: Mapping[str, str]) -> tuple[UserAction, UserAction | None] | None:
    """The last remapped action whose key does something else already on a screen of its own, and what does that.

    That is another action, or None for the cursor of a list.
    """
    for action in reversed([BY_ID[action_id] for action_id in wanted]):
        scopes, name = set(action.scopes), keys[action.id]
        if name in CURSOR_KEYS and scopes & LISTS:
            return action, None
        for other in USER_ACTIONS:
            if other.run != action.run and scopes & set(other.scopes) and keys[other.id] == name:
                return action, other
    return None


def key_name(key: str) -> str | None:
    """Textual's name for a key as a user writes it (`.`, `x`, `F5`, `ctrl+o`); None when there is no such key."""
    if key in _CHARACTER_NAMES:
        return _CHARACTER_NAMES[key]
    if _PLAIN.fullmatch(key):
        return key
    name = key.strip().lower()
    *modifiers, last = name.split("+")
    if set(modifiers) - {"ctrl", "shift", "alt"} or len(set(modifiers)) != len(modifiers):
        return None
    known = last in _NAMED or last in _CHARACTER_NAMES.values() or (bool(modifiers) and bool(_PLAIN.fullmatch(last)))
    return name if known and (name in _NAMED or modifiers or last == name) else None


def display(name: str) -> str:
    """A key as it is written on a screen: `.`, `?`, `←`, `pgdn`."""
    if name in _SHORT:
        return _SHORT[name]
    for character, key in _CHARACTER_NAMES.items():
        if key == name and character != " ":
            return character
    return KEY_DISPLAY_ALIASES.get(name, name)
