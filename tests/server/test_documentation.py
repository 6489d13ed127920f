"""The code of the guide and of the environment's README runs as it stands there, but for the address."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/environments.md", "envs/noc_env/README.md")
BLOCKS = [
    pytest.param(block, id=f"{page} {number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL))
    if "NocAgentEnvClient" in block
]


def test_every_page_shows_the_client() -> None:
    assert len(BLOCKS) == len(PAGES)


@pytest.mark.parametrize("code", BLOCKS)
def test_a_block_plays_an_episode_to_its_end(server_url: str, code: str) -> None:
    assert "http://127.0.0.1:8000" in code
    done = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:8000", server_url)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PYTHONPATH": str(ROOT / "envs"), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "healthy on 3 steps in a row" in done.stdout or "resolved" in done.stdout.lower()
