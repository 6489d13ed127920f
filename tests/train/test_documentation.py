"""What the guide says of training holds: its code runs, its commands are commands, its figures are the program's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

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


def test_rllib_trains_on_a_local_ray(tmp_path: Path) -> None:
    if not all(map(find_spec, ("ray", "tree", "pandas", "pyarrow", "lz4", "tensorboardX"))):
        pytest.skip("RLlib is not installed (ray[rllib])")
    (block,) = re.findall(r"```python\n(.*?)```", PART, re.DOTALL)
    (tmp_path / "script.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "script.py"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^return [0-9.]+ in [0-9.]+ steps$", done.stdout, re.MULTILINE)) == 3
