"""First paint of `noc-tui play cpu_overload` in a 120x40 pseudo-terminal, beside a Textual app of one label.

    uv run python -m benchmarks.first_paint

Both are started in turn. Painted is: the text stands in what the program has written. `ready` is the moment at which
the episode is there and a key would act.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.terminal import Terminal

RUNS = 11
BASELINE = """
from textual.app import App
from textual.widgets import Label
class Trivial(App):
    def compose(self):
        yield Label("painted")
Trivial().run()
"""


def main() -> None:
    """Print medians and ratios."""
    program = str(Path(sys.executable).with_name("noc-tui"))
    trivial, paint, ready = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        env = {"NOC_TUI_DATA": folder, "NOC_TUI_CONFIG": os.path.join(folder, "none.toml")}  # noqa: PTH118
        for run in range(RUNS + 1):
            with Terminal([sys.executable, "-c", BASELINE]) as terminal:
                baseline = terminal.wait_for("painted")
            with Terminal([program, "play", "cpu_overload", "--seed", "1"], env=env) as terminal:
                painted = terminal.wait_for("Reroute traffic")
                playable = terminal.wait_for("YOU IN CONTROL")
            if run:  # the first run warms the caches
                trivial.append(baseline)
                paint.append(painted)
                ready.append(playable)
    for name, times in (("trivial app", trivial), ("first paint", paint), ("ready", ready)):
        middle = statistics.median(times)
        print(
            f"{name:<12} median {middle * 1000:6.0f} ms   min {min(times) * 1000:6.0f}   max {max(times) * 1000:6.0f}"
        )
    pairs = [ours / theirs for ours, theirs in zip(paint, trivial, strict=True)]
    print(f"first paint / trivial app: median of pairs {statistics.median(pairs):.2f}")


if __name__ == "__main__":
    main()
