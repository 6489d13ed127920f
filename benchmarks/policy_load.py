"""How long `--agent ppo` takes to be loaded by a program that is otherwise there, beside what it does without.

    uv run python -m benchmarks.policy_load

Each time is one of a new process, which has what every agent needs (NumPy, pydantic, the registry) before the clock
starts. The baseline imports torch in such a process, as whoever would play the model itself must; without torch it is
left out. Runs alternate, medians are compared. Exits with 1 when the bar is missed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from importlib.util import find_spec

from noc_tui.agents.policy import SHIPPED

RUNS = 9
BAR = 50.0
"""Milliseconds."""
_TIMED = """
import time
import numpy, pydantic
from noc_tui.agents.registry import make_agent
start = time.perf_counter()
{what}
print((time.perf_counter() - start) * 1000)
"""


def milliseconds(what: str) -> float:
    """How long a statement takes in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _TIMED.format(what=what)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the medians."""
    statements = {f"ppo:{name}": f"make_agent('ppo:{name}', seed=0)" for name in SHIPPED}
    if find_spec("torch") is not None:
        statements["import torch"] = "import torch"
    times: dict[str, list[float]] = {name: [] for name in statements}
    for run in range(RUNS + 1):
        for name, what in statements.items():
            taken = milliseconds(what)
            if run:  # once for the file cache
                times[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        print(f"{name:<13}{median:8.1f} ms")
    print(f"the bar is {BAR:.0f} ms")
    sys.exit(any(medians[f"ppo:{name}"] > BAR for name in SHIPPED))


if __name__ == "__main__":
    main()
