"""docs/keys.md lists what the program has, in a form that can be typed into the settings."""

from __future__ import annotations

import re
import tomllib

from noc_tui.tui.actions import USER_ACTIONS
from noc_tui.tui.keymap import key_name, resolve_keys
from scripts.make_keys import TARGET, keys_text


def test_the_page_is_what_the_script_writes() -> None:
    assert TARGET.read_text(encoding="utf-8") == keys_text()


def test_every_action_stands_in_it_with_a_key_that_can_be_typed() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| `(.+?)` \|", TARGET.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(action_id, key_name(key)) for action_id, key in rows] == [
        (action.id, action.key) for action in USER_ACTIONS
    ]


def test_the_example_is_one_that_works() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", TARGET.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    remapped = tomllib.loads(example)["keys"]
    keys, problems = resolve_keys(remapped)
    assert problems == []
    assert {action_id: keys[action_id] for action_id in remapped} == {
        action_id: key_name(key) for action_id, key in remapped.items()
    }


def test_the_kinds_of_keys_that_it_tells_about_are_known() -> None:
    told = TARGET.read_text(encoding="utf-8").partition("A key is ")[2].partition("`ctrl+`")[0]
    names = re.findall(r"`([^`]+)`", told)
    assert len(names) > 10
    assert None not in map(key_name, names)
