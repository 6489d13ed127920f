"""Every kind of damage to an incident file, made from one whole file: each key in turn, each wrong value in turn."""

from __future__ import annotations

import copy
import math
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from noc_tui.cli.incident_template import incident_template
from noc_tui.sim.catalog import MAX_FILE_BYTES
from tests.sim.toml_text import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "damaged"
WHOLE = tomllib.loads(incident_template(NAME)) | {
    "references": ["https://example.org/postmortem"],
    "pressure": {"initial": 0.7, "threshold": 0.3, "floor": 0.1, "floor_lifted_by": "warm", "growth_when_cured": -0.1},
    "actions": {
        "scale_up": {"later": {"after": 2, "latency": -0.1}, "reissue_restarts_timer": True, "sets": "warm"},
        "reroute_traffic": {"requires": "warm", "sets": "cured", "otherwise": {"latency": 0.1, "down_for": 1}},
        "restart_service": {"cpu_usage": -0.1, "down_for": 1, "pressure": 0.1},
    },
    "logs": [
        {
            "source": "app",
            "level": "error",
            "text": "{latency_ms} ms, pid {int:1-9}",
            "when": {"latency": ">= 0.4", "action": "not scale_up", "flag": "warm", "uses": {"scale_up": 1}},
            "every": 2,
            "chance": 0.5,
        },
        {"source": "kernel", "text": "x", "once": True, "when": {"pressure": "0.1..0.9", "step": -3}},
    ],
}
"""A definition with every key there is."""

Path_ = tuple[str | int, ...]


class Damage(NamedTuple):
    """A file that cannot be used."""

    kind: str
    content: bytes
    key: str
    """What the sentence has to name, beside the file: the key as a dotted path, or what stands for the whole file."""


def places(value: Any, at: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value within a definition, tables and lists among them, with its path."""
    if at:
        yield at, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def written(at: Path_) -> str:
    """The path as the sentences write it. What is asked in a `when` is named behind it."""
    text = ""
    for part in at:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    before, when, asked = text.partition(".when.")
    return f"{before}.when: {asked}" if when else text


def changed(at: Path_, value: Any) -> bytes:
    """The whole file but for one value."""
    definition: Any = copy.deepcopy(WHOLE)
    inner = definition
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = value
    return toml_text(definition).encode()


def without(at: Path_) -> bytes:
    """The whole file but for one key."""
    definition: Any = copy.deepcopy(WHOLE)
    inner = definition
    for part in at[:-1]:
        inner = inner[part]
    del inner[at[-1]]
    return toml_text(definition).encode()


def damages() -> Iterator[Damage]:
    """All of them; the content of each goes into a file called `NAME.toml`."""
    yield from _wrong_values()
    yield from _wrong_keys()
    yield from _wrong_files()


_WRONG: dict[type, dict[str, Any]] = {
    float: {
        "in quotes": "0.5",
        "true": True,
        "a list": [0.5],
        "a table": {"x": 0.5},
        "nan": math.nan,
        "inf": math.inf,
        "minus inf": -math.inf,
        "above": 1.5,
        "far below": -1.5,
    },
    int: {"in quotes": "1", "true": True, "a fraction": 1.5, "a list": [1], "huge": 10**30, "far below": -(10**30)},
    bool: {"in quotes": "true", "a number": 1, "a list": [True]},
    str: {
        "a number": 1,
        "true": True,
        "a list": ["x"],
        "a table": {"x": "x"},
        "escape codes": "\x1b[2J",
        "a bell": "\x07",
        "a zero": "\x00",
        "right to left": "\u202e",
        "endless": "x" * 5000,
    },
    list: {"a number": 1, "text": "x", "a table": {"x": 1}},
    dict: {"a number": 1, "text": "x", "true": True, "a list": [1]},
}
_QUESTIONS = {float: float, int: float, str: str}


def _wrong_values() -> Iterator[Damage]:
    for at, value in places(WHOLE):
        asked = "when" in at[:-1] and at[-1] != "uses"
        for kind, wrong in _WRONG[type(value)].items():
            if asked and isinstance(wrong, int | float) and not isinstance(wrong, bool) and abs(wrong) < 1e12:
                continue  # a plain number is a condition
            if at[-1] == "id" and kind == "endless":
                continue  # see the wrong ids below
            yield Damage(f"{written(at)}: {kind}", changed(at, wrong), written(at))


def _wrong_keys() -> Iterator[Damage]:
    tables = [((), WHOLE), *((at, value) for at, value in places(WHOLE) if isinstance(value, dict))]
    for at, _ in tables:
        if at == ("actions",):
            yield Damage("actions: no action", changed((*at, "reboot"), {}), "actions: 'reboot'")
        elif at[-1:] == ("uses",):
            yield Damage("uses: no action", changed((*at, "reboot"), 1), ".when: uses: 'reboot'")
        elif at[-1:] == ("when",):
            yield Damage(
                f"{written(at)}: unknown", changed((*at, "load"), 1), "logs[1].when: 'load'" if 0 in at else "logs[2]"
            )
        else:
            yield Damage(f"{written(at)}: unknown key", changed((*at, "colour"), 1), written((*at, "colour")))
            yield Damage(f"{written(at)}: codes as key", changed((*at, "\x1b[2J"), 1), r"'\x1b[2J'")
    for required in (("id",), ("title",), ("difficulty",), ("summary",), ("initial",), ("logs", 0, "text")):
        yield Damage(f"{written(required)}: missing", without(required), written(required))
    yield Damage("after: missing", without(("actions", "scale_up", "later", "after")), "actions.scale_up.later.after")
    yield Damage("later: missing", without(("actions", "scale_up", "later")), "reissue_restarts_timer")
    yield Damage("requires: missing", without(("actions", "reroute_traffic", "requires")), "`requires`")
    yield Damage("cured: never set", without(("actions", "reroute_traffic", "sets")), "pressure.growth_when_cured")
    yield Damage("warm: never set", without(("actions", "scale_up", "sets")), "actions.reroute_traffic.requires")
    for wrong in ("Damaged", "../damaged", "", "x" * 49, "a b", "é"):
        yield Damage(f"id: {wrong[:12]!r}", changed(("id",), wrong), "id")
    yield Damage("id: that of another", changed(("id",), "another"), "id is 'another'")
    for text in ("{nothing}", "{int:9-1}", "{int:1}", "{cpu.real}", "{0}", "{}", "two\nlines", ""):
        yield Damage(f"text: {text!r}", changed(("logs", 0, "text"), text), "logs[1].text")
    for comparison in (">=", "about 3", "1..", "3..1", "> 1 and < 2", "__import__('os')", "1e3", "!= 2", ""):
        yield Damage(
            f"when: {comparison!r}", changed(("logs", 0, "when", "latency"), comparison), "logs[1].when: latency"
        )
    for flag in ("hot", "not hot"):
        yield Damage(f"flag: {flag!r}", changed(("logs", 0, "when", "flag"), flag), "logs[1].when.flag")


def _wrong_files() -> Iterator[Damage]:
    text = toml_text(WHOLE)
    whole = text.encode()
    yield Damage("empty", b"", "id: is missing")
    yield Damage("blank", b"\n\n  \n", "id: is missing")
    yield Damage("key twice", whole + b'title = "again"\n', "line")
    yield Damage("table twice", whole + b"[initial]\n", "line")
    yield Damage("key within twice", whole.replace(b"initial = {", b"initial = {latency = 0.1, "), "line")
    yield Damage("cut in a string", whole[: whole.index(b"Report jobs")], "(at ")
    yield Damage("no value", whole + b"pace =\n", "line")
    yield Damage("no TOML", b'{"id": "damaged"}', "line")
    yield Damage("program", b"import os\nos.system('true')\n", "line")
    yield Damage("Latin-1", text.replace("Report", "Größe").encode("latin-1"), "UTF-8")
    yield Damage("UTF-16", text.encode("utf-16"), "UTF-8")
    yield Damage("zeros", b"\x00" * 1000, "line")
    yield Damage("picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "UTF-8")
    yield Damage("mark in the middle", whole.replace(b"title", b"\xef\xbb\xbftitle", 1), "line")
    yield Damage("huge", whole + b"#" * MAX_FILE_BYTES, "256 KiB")
    yield Damage("deep", whole + b"x = " + b"[" * 5000, "nested")
    yield Damage("dotted", whole + b".".join([b"a"] * 5000) + b" = 1", "nested")
    yield Damage("long number", whole.replace(b"max_steps = 30", b"max_steps = 3" + b"0" * 9000), "digits")
    yield Damage("thousands of keys", whole + b"".join(b"k%d = 1\n" % number for number in range(9000)), "k0")
    yield Damage("thousands of lines", whole.replace(b"logs = [", b"logs = [" + b"{}, " * 9000), "logs")


def odd_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """What is no file at all, each in a folder of its own, and the words that tell it."""
    import os

    made = {}
    for kind in ("folder", "pipe", "loop", "dangling", "device", "missing"):
        (folder / kind).mkdir()
        made[kind] = folder / kind / f"{NAME}.toml"
    made["folder"].mkdir()
    os.mkfifo(made["pipe"])
    made["loop"].symlink_to(made["loop"])
    made["dangling"].symlink_to(folder / "nowhere.toml")
    made["device"].symlink_to("/dev/zero")
    regular, gone = "no regular file", "No such file"
    words = {"folder": regular, "pipe": regular, "device": regular, "loop": "symbolic links"}
    return {kind: (path, words.get(kind, gone)) for kind, path in made.items()}
