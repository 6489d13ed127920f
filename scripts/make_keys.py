"""Writes docs/keys.md: the action ids and keys of the one table that the program has, `noc_tui.tui.actions`."""

from __future__ import annotations

from pathlib import Path

from noc_tui.tui.actions import ALL, USER_ACTIONS, UserAction
from noc_tui.tui.keymap import display, key_name

TARGET = Path(__file__).parent.parent / "docs" / "keys.md"

_HEAD = """\
# Keys

`?` explains the keys of the screen that is shown. Every key can be changed in the settings; `noc-tui doctor` says where
they lie.

```toml
[keys]                     # action id = key
"act.scale_up" = "x"
"step.next" = "ctrl+n"
"fork" = "F"
```

A key is a character (`x`, `X`, `7`, `/`), a name (`space`, `enter`, `escape`, `tab`, `left`, `pageup`, `home`,
`insert`, `delete`, `f5`), or one of these behind `ctrl+`, `alt+` or `shift+`. `ctrl+c`, `ctrl+q` and `ctrl+z` cannot be
used. An action has one key; where two keys do the same, each has an id, and changing one leaves the other. A key may do
different things on different screens. An id that there is not, a key that there is not, and a key that is taken on the
same screen are reported at start and by `noc-tui doctor`, and the default stands.

<!-- The table is made from the program: python -m scripts.make_keys -->

| action id | key | on | does |
|---|---|---|---|
"""


def keys_text() -> str:
    """The whole file."""
    return _HEAD + "".join(_row(action) for action in USER_ACTIONS)


def _row(action: UserAction) -> str:
    scopes = "every screen" if action.scopes == ALL else ", ".join(action.scopes)
    return f"| `{action.id}` | `{_written(action.key)}` | {scopes} | {action.help} |\n"


def _written(name: str) -> str:
    """A key as one writes it in the settings."""
    shown = display(name)
    return shown if key_name(shown) == name else name


if __name__ == "__main__":
    TARGET.write_text(keys_text(), encoding="utf-8")
