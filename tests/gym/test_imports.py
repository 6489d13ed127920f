"""Gymnasium is loaded by those who ask for it, each case in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest


def ran(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "path",
    [
        "import noc_tui.cli, noc_tui.tui.app, noc_tui.tui.screens.play",
        "import noc_tui.sim.batch, noc_tui.episode.episode, noc_tui.bench.run",
    ],
    ids=["the screens", "headless runs"],
)
def test_nobody_loads_gymnasium_who_does_not_ask_for_it(path: str) -> None:
    pytest.importorskip("gymnasium", reason="the extra gym is not installed")
    done = ran(f"{path}\nimport sys\nprint({{'gymnasium', 'noc_tui.gym'}} & set(sys.modules))")
    assert done.stdout == "set()\n", done.stderr


def test_without_gymnasium_one_sentence_says_which_extra_installs_it() -> None:
    done = ran("import sys; sys.modules['gymnasium'] = None; import noc_tui.gym")
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: noc_tui.gym needs Gymnasium, which the extra `gym` installs: pip install 'noc-tui[gym]'"
    )
    assert "During handling" not in done.stderr
