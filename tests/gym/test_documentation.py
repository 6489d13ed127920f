"""The code of the guide runs as it stands there."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

GUIDE = Path(__file__).parents[2] / "docs" / "gymnasium.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS)
def test_a_block_of_the_guide_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    if "stable_baselines3" in code:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what torch imports
            pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
            # Two threads on two busy cores wait for each other most of the time.
            pytest.importorskip("torch").set_num_threads(1)
    exec(compile(code, GUIDE.name, "exec"), {})  # noqa: S102  (our own guide)
    assert ("print(" in code) == bool(capsys.readouterr().out)
