"""A dictionary whose dear values are made when they are looked at, and which nobody can tell from a plain one."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

from noc_tui.gym.info import Info

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = {"step": 1, "told": "late"}


def made(calls: list[str]) -> Info:
    """An info with one value at hand and one to be made; `calls` grows when it is."""

    def tell() -> str:
        calls.append("told")
        return "late"

    info = Info(step=1)
    info.later("told", tell)
    return info


LOOKS: dict[str, Callable[[Info], Any]] = {
    "[]": lambda info: {"step": info["step"], "told": info["told"]},
    "get": lambda info: {"step": info.get("step"), "told": info.get("told")},
    "items": lambda info: dict(info.items()),
    "values": lambda info: dict(zip(info.keys(), info.values(), strict=True)),
    "copy": lambda info: info.copy(),
    "copy.copy": copy.copy,
    "dict()": dict,
    "unpacking": lambda info: {**info},
    "update": lambda info: _updated({}, info),
    "or": lambda info: info | {},
    "or from the right": lambda info: {} | info,
    "pickle": lambda info: pickle.loads(pickle.dumps(info)),  # noqa: S301  (written a moment ago)
    "deepcopy": lambda info: dict(copy.deepcopy(info)),
    "json": lambda info: json.loads(json.dumps(info)),
    "pop": lambda info: {"told": info.pop("told"), "step": info.pop("step")},
    "popitem": lambda info: dict([info.popitem(), info.popitem()]),
    "setdefault": lambda info: {"told": info.setdefault("told", "else"), "step": info.setdefault("step", 2)},
    "repr": lambda info: json.loads(repr(info).replace("'", '"')),
}


def _updated(one: dict[str, Any], other: Info) -> dict[str, Any]:
    one.update(other)
    return one


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_whichever_way_it_is_looked_at_it_holds_what_a_plain_dictionary_would(look: Callable[[Info], Any]) -> None:
    assert look(made([])) == PLAIN


def test_it_equals_a_plain_dictionary_from_both_sides() -> None:
    assert made([]) == PLAIN
    assert made([]) == PLAIN
    assert made([]) == made([])
    assert (made([]) != PLAIN) is False
    assert made([]) != {**PLAIN, "told": "else"}


def test_a_value_is_made_once_and_not_before_it_is_looked_at() -> None:
    calls: list[str] = []
    info = made(calls)
    assert (len(info), list(info), "told" in info, info["step"], info.get("gone", 3)) == (
        2,
        ["step", "told"],
        True,
        1,
        3,
    )
    copied = copy.deepcopy(info)
    assert calls == []
    assert info["told"] == info["told"] == "late"
    assert calls == ["told"]
    assert copied["told"] == "late"


def test_a_deep_copy_shares_nothing() -> None:
    info = Info(nested={"x": 1})
    copy.deepcopy(info)["nested"]["x"] = 2
    assert info["nested"] == {"x": 1}


def test_what_is_missing_is_missing() -> None:
    with pytest.raises(KeyError, match="gone"):
        made([])["gone"]
