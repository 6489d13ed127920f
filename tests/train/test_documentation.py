"""What the guide says of training holds: its commands are commands, its figures are the program's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.cli.shell import noc

GUIDE = (Path(__file__).parents[2] / "docs" / "environments.md").read_text(encoding="utf-8")
PART = GUIDE[GUIDE.index("\n## Training") : GUIDE.index("\n## In the browser")]
COMMANDS = re.findall(r"^ {4}noc-tui (.*)$", PART, re.MULTILINE)


def test_the_commands_are_commands() -> None:
    assert len(COMMANDS) == 4
    for line in COMMANDS:
        words = shlex.split(line)
        command = words[: 2 if words[1] == "convert" else 1]
        known = noc(*command, "--help").out
        for option in re.findall(r"--[a-z]+", line):
            assert re.search(rf"{option}\b", known), f"{option} of noc-tui {line}"


def test_every_option_is_in_the_guide() -> None:
    offered = set(re.findall(r"^ +(--[a-z]+)", noc("train", "--help").out, re.MULTILINE)) - {"--incidents", "--help"}
    told = set(re.findall(r"^\| `(--[a-z]+)", PART, re.MULTILINE))
    assert offered == told


def test_a_policy_takes_as_many_numbers_as_it_says() -> None:
    from noc_tui.train.plan import ARCHITECTURE

    assert f"takes {ARCHITECTURE.inputs.spec.size} numbers" in PART
