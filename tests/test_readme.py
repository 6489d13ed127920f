"""The Python of README runs as it stands there. (What needs a server is run in `tests/server`.)"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = [code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "NocAgentEnvClient" not in code]


@pytest.mark.parametrize("code", BLOCKS)
def test_a_block_runs_and_prints_something(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip()


def test_it_shows_the_simulator() -> None:
    assert any("SystemSimulator" in code for code in BLOCKS)
