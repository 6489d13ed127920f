"""What comes along with an import, in a fresh interpreter. (The contracts in `pyproject.toml` look at the source.)"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

FACES = ("textual", "rich", "openai", "openenv", "gymnasium", "torch")


class Case(NamedTuple):
    """Code to run, and what must not have been imported when it is done."""

    code: str
    unwanted: tuple[str, ...]


HELP = "import sys; sys.argv[1:] = {!r}; from noc_tui.cli import main\ntry: main()\nexcept SystemExit: pass"
CASES = {
    "the package itself": Case("import noc_tui; noc_tui.__version__", ("numpy", "pydantic", "typer", *FACES)),
    "the command line": Case("import noc_tui.cli", ("numpy", "pydantic", "textual", "openai")),
    "noc-tui --help": Case(HELP.format(["--help"]), ("numpy", "pydantic", "textual", "openai")),
    "noc-tui --version": Case(HELP.format(["--version"]), ("numpy", "pydantic", "textual", "openai")),
    "noc-tui play --help": Case(HELP.format(["play", "--help"]), ("numpy", "pydantic", "textual", "openai")),
    "a headless run": Case(
        HELP.format(["run", "--agent", "rules", "--incident", "network_congestion", "--seeds", "1"]),
        ("textual", "openai"),
    ),
    "the simulator": Case("import noc_tui.sim.simulator", ("typer", *FACES)),
    "a simulator at work": Case(
        "import noc_tui; s = noc_tui.SystemSimulator(1); s.reset('syn_flood'); s.step('scale_up')[1].explanation",
        ("typer", *FACES),
    ),
    "the episode": Case("import noc_tui.episode.episode", ("typer", *FACES)),
    "session files": Case("import noc_tui.episode.reader, noc_tui.episode.writer", ("typer", *FACES)),
    "the agents": Case("import noc_tui.agents.registry", ("typer", *FACES)),
    "evaluation": Case("import noc_tui.bench.run", ("typer", *FACES)),
}


EXTRAS = (
    *("gymnasium", "torch", "stable_baselines3", "tensorboard", "openenv", "fastapi", "uvicorn", "textual_serve"),
    *("aiohttp", "ray", "scipy", "psycopg"),
)
"""What comes with an extra."""
FOR_RESULTS = ("sqlalchemy", "fsrs", "glicko2")
"""What an episode needs when it has ended."""
PLAYED = """
import asyncio
from tests.tui.cockpit import cockpit, playing

async def play():
    async with cockpit(playing(agent="ppo"), remembers=True) as pit:
        await pit.press("1", "a")
        await pit.pass_time(5.0)
        await asyncio.to_thread(pit.app.remembering._jobs.join)
        assert pit.episode.record(2).decision.driver == "ppo"

asyncio.run(play())
"""


def test_an_episode_on_the_screen_needs_no_extra_not_even_for_a_trained_policy(tmp_path: Path) -> None:
    unwanted = {*EXTRAS, *FOR_RESULTS}
    report = f"{PLAYED}\nimport sys; print(sorted({unwanted!r} & set(sys.modules)))"
    root, env = Path(__file__).parents[1], os.environ | {"NOC_TUI_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=root, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize(("code", "unwanted"), CASES.values(), ids=CASES.keys())
def test_an_import_brings_no_more_than_it_needs(code: str, unwanted: tuple[str, ...]) -> None:
    report = f"{code}\nimport sys; print('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True, timeout=60)
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED"
    assert "noc_tui" in last
    assert sorted(set(last) & set(unwanted)) == []
