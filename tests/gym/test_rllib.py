"""The guide's example for RLlib, which pins a version of Gymnasium: `WITH_RLLIB=1 .ci/run` makes one for this alone."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[2] / "docs" / "environments.md").read_text(encoding="utf-8")
PACKAGES = ("gymnasium", "ray", "torch", "tree", "pandas", "pyarrow", "lz4", "tensorboardX")


@pytest.mark.long
@pytest.mark.skipif(not all(map(find_spec, PACKAGES)), reason="RLlib is not installed (ray[rllib])")
def test_rllib_learns_on_a_local_ray(tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(import ray\n.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "script.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "script.py"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = re.findall(r"^return (-?[0-9.]+) in ([0-9.]+) steps$", done.stdout, re.MULTILINE)
    assert len(told) == 5
    (poor, slow), *_, (rich, quick) = ((float(value), float(steps)) for value, steps in told)
    assert rich > poor + 5
    assert quick < slow - 5
