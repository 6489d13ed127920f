"""Remapping keys: what is accepted, and what is told about the rest."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.actions import ALL, BY_ID, USER_ACTIONS, actions_of
from noc_tui.tui.keymap import display, key_name, resolve_keys


def test_every_action_has_an_id_of_its_own() -> None:
    assert len(BY_ID) == len(USER_ACTIONS)


@pytest.mark.parametrize("scope", ALL)
def test_no_two_actions_of_a_screen_share_a_key(scope: str) -> None:
    for one, other in combinations(actions_of(scope), 2):  # type: ignore[arg-type]
        assert one.key != other.key, f"{one.id} and {other.id}"


def test_without_remapping_every_action_has_its_default_and_nothing_is_wrong() -> None:
    keys, problems = resolve_keys({})
    assert keys == {action.id: action.key for action in USER_ACTIONS}
    assert problems == []


def test_a_remapped_key_leaves_its_twin() -> None:
    keys, problems = resolve_keys({"act.scale_up": "x"})
    assert problems == []
    assert (keys["act.scale_up"], keys["act.scale_up.letter"]) == ("x", "s")


def test_two_actions_can_swap_their_keys() -> None:
    keys, problems = resolve_keys({"mark": "a", "agent": "m"})
    assert problems == []
    assert (keys["mark"], keys["agent"]) == ("a", "m")


def test_an_unknown_id_is_named_with_the_one_that_was_meant() -> None:
    _, problems = resolve_keys({"act.scaleup": "x"})
    assert problems == ["keys.act.scaleup: no such action; did you mean act.scale_up?"]


@pytest.mark.parametrize("key", ["", "hyper+x", "ctrl+nonsense", "F99x", "é\x1b", "ctrl+ctrl+x"])
def test_an_impossible_key_is_refused_and_the_default_stands(key: str) -> None:
    keys, problems = resolve_keys({"mark": key})
    assert keys["mark"] == "m"
    assert len(problems) == 1
    assert problems[0].startswith("keys.mark: ")


def test_a_clash_names_the_action_that_has_the_key() -> None:
    keys, problems = resolve_keys({"help": "space"})
    assert problems == ["keys.help: space is taken by pause (pause)"]
    assert keys["help"] == "question_mark"


def test_a_key_may_stand_on_two_screens_that_never_meet() -> None:
    _, problems = resolve_keys({"home.play": "n"})
    assert problems == []


def test_ctrl_c_cannot_be_taken() -> None:
    keys, problems = resolve_keys({"leave": "ctrl+c"})
    assert keys["leave"] == "q"
    assert "always quits" in problems[0]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (".", "full_stop"),
        ("x", "x"),
        ("X", "X"),
        ("F5", "f5"),
        ("ctrl+o", "ctrl+o"),
        ("pageup", "pageup"),
        ("?", "question_mark"),
    ],
)
def test_keys_are_understood_as_users_write_them(written: str, name: str) -> None:
    assert key_name(written) == name


def test_keys_are_shown_as_they_stand_on_the_keyboard() -> None:
    assert [display(name) for name in ("full_stop", "question_mark", "pageup", "escape", "x")] == [
        ".",
        "?",
        "pgup",
        "esc",
        "x",
    ]


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(BY_ID)), st.text(max_size=8)), st.text(max_size=8), max_size=6))
def test_whatever_is_asked_for_no_screen_ends_up_with_a_key_that_does_two_things(asked: dict[str, str]) -> None:
    keys, _ = resolve_keys(asked)
    for scope in ALL:
        taken: dict[str, str] = {}
        for action in actions_of(scope):
            assert taken.setdefault(keys[action.id], action.run) == action.run


def test_what_counted_on_a_remapping_that_cannot_be_is_refused_with_it() -> None:
    keys, problems = resolve_keys({"agent": "m", "mark": "space"})
    assert (keys["agent"], keys["mark"]) == ("a", "m")
    assert problems == ["keys.mark: space is taken by pause (pause)", "keys.agent: m is taken by mark (mark)"]


def test_two_remappings_to_one_key_leave_it_to_the_first() -> None:
    keys, problems = resolve_keys({"mark": "x", "agent": "x"})
    assert (keys["mark"], keys["agent"]) == ("x", "a")
    assert problems == ["keys.agent: x is taken by mark (mark)"]


@pytest.mark.parametrize("key", ["up", "pagedown", "tab"])
def test_a_key_that_moves_the_cursor_of_a_list_cannot_do_something_else_there(key: str) -> None:
    keys, problems = resolve_keys({"home.play": key})
    assert keys["home.play"] == "p"
    assert problems[0].endswith("is taken by the cursor of a list")


def test_enter_and_space_are_shown_as_words() -> None:
    assert [display(name) for name in ("enter", "space", "left")] == ["enter", "space", "←"]
