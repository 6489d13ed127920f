"""Wall time of `noc-tui --help`, beside that of `python -c "import typer"`.

    uv run python -m benchmarks.cli_help

Both are started in turn, so that a busy moment of the machine touches both; medians are compared. Exits with 1 when the
bar is missed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 21
BAR = 2.5


def seconds(command: list[str], home: str) -> float:
    """How long a command takes, from start to exit."""
    start = time.perf_counter()
    subprocess.run(command, env=os.environ | {"HOME": home}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and their ratio."""
    program = [str(Path(sys.executable).parent / "noc-tui"), "--help"]
    baseline = [sys.executable, "-c", "import typer"]
    times: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as home:
        for command in (program, baseline):  # once for the file cache
            seconds(command, home)
        for _ in range(RUNS):
            for command, taken in zip((program, baseline), times, strict=True):
                taken.append(seconds(command, home))
    ours, theirs = (statistics.median(taken) for taken in times)
    print(f"noc-tui --help {ours * 1000:.0f} ms, import typer {theirs * 1000:.0f} ms")
    print(f"ratio {ours / theirs:.2f}; the bar is {BAR}")
    sys.exit(ours > BAR * theirs)


if __name__ == "__main__":
    main()
