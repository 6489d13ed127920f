"""What a player feels: key to changed screen, memory, and CPU in pace `live` at two steps a second.

    uv run python -m benchmarks.interactive

The program runs in a 120x40 pseudo-terminal. Key to screen is the time from writing the key to the moment at which the
new step number stands in the program's output.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.terminal import Terminal

KEYS = 40
LIVE_SECONDS = 12.0
INCIDENT = """
id = "endless"
title = "Endless"
difficulty = "control"
summary = "Nothing heals and nothing crashes: for measuring."
max_steps = 1000
initial = { cpu_usage = 0.70, memory_usage = 0.50, latency = 0.10, packet_loss = 0.01, error_rate = 0.02 }
"""


def main() -> None:
    """Print the figures."""
    program = str(Path(sys.executable).with_name("noc-tui"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "incidents").mkdir()
        (folder / "incidents" / "endless.toml").write_text(INCIDENT)
        config = folder / "config.toml"
        env = {"NOC_TUI_DATA": name, "NOC_TUI_CONFIG": str(config)}
        with Terminal([program, "play", "endless", "--seed", "1"], env=env) as terminal:
            terminal.wait_for("YOU IN CONTROL")
            terminal.quiet()
            times = [key_to_screen(terminal, step) for step in range(1, KEYS + 1)]
            print(f"key to screen  median {statistics.median(times) * 1000:.0f} ms   max {max(times) * 1000:.0f} ms")
            print(f"memory         {resident_mib(terminal.pid):.1f} MiB resident after {KEYS} steps")
        config.write_text("pace_seconds = 0.5\n")
        with Terminal([program, "play", "endless", "--seed", "1", "--pace", "live"], env=env) as terminal:
            terminal.wait_for("YOU IN CONTROL")
            terminal.wait_for("2/1000")
            print(f"CPU, live      {cpu_share(terminal, LIVE_SECONDS) * 100:.1f} % of a core at two steps a second")


def key_to_screen(terminal: Terminal, step: int) -> float:
    """Seconds from a key to its step's number on the screen."""
    time.sleep(0.2)  # a key that comes sooner counts as held down
    after = len(terminal.output)
    before = time.perf_counter()
    terminal.process.write(b"1" if step % 2 else b"4")
    terminal.wait_for(f"{step}/1000", after=after)
    taken = time.perf_counter() - before
    terminal.quiet(0.1)
    return taken


def resident_mib(pid: int) -> float:
    """Resident memory of the process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_share(terminal: Terminal, seconds: float) -> float:
    """The share of one core that the process uses over so many seconds."""

    def used() -> float:
        fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    began, before = time.perf_counter(), used()
    while time.perf_counter() - began < seconds:
        terminal.pump(0.2)
    return (used() - before) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
