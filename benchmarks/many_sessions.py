"""What opening a screen costs with 100,000 sessions: in a terminal, from the key to what the screen is about.

    python -m benchmarks.many_sessions [--sessions N]

So many sessions stand in the database and, under as many names of a few files, in the folder of recordings. Prints the
median of repeats; exits with 1 when a screen takes longer than its bar.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.store_rate import BAR, REPEATS, history
from benchmarks.terminal import Terminal
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.catalog import default_catalog
from noc_tui.store.store import Store
from noc_tui.store.writing import take_in

NAMES: Final = 20_000
"""Names of one file: file systems allow some ten thousands."""
SCREENS: Final = (("progress", "g", "in a row"), ("sessions", "s", "resolved in"), ("leaderboard", "l", "Daily of"))
"""What a screen is called, the key that opens it from home, and what stands there once it has been read."""


def fill(folder: Path, count: int) -> None:
    """A data folder with so many sessions."""
    url = f"sqlite:///{folder / 'progress.sqlite3'}"
    with Store(url, queue=folder / "queue") as store, store.writing() as connection:
        take_in(connection, history(count))
    recordings = folder / "sessions"
    for first in range(0, count, NAMES):
        episode = Episode(default_catalog().load("cpu_overload"), 3, record=partial(SessionWriter.create, recordings))
        for action in ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing"):
            episode.act(action)
        episode.close()
        recording = recordings / f"{episode.header.session}.jsonl"
        for number in range(first + 1, min(first + NAMES, count)):
            os.link(recording, recordings / f"00{number:024}.jsonl")


def seconds_to_open(terminal: Terminal, key: str, shown: str) -> float:
    """Seconds from the key that opens a screen from home to what it shows; then home again."""
    after, before = len(terminal.output), time.perf_counter()
    terminal.process.write(key.encode())
    terminal.wait_for(shown, after=after)
    taken = time.perf_counter() - before
    terminal.process.write(b"q")
    terminal.quiet(1.0)
    return taken


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=100_000)
    arguments = parser.parse_args()
    program = str(Path(sys.executable).with_name("noc-tui"))
    taken: dict[str, list[float]] = {name: [] for name, _, _ in SCREENS}
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), arguments.sessions)
        env = {"NOC_TUI_DATA": name, "NOC_TUI_CONFIG": f"{name}/none.toml", "NOC_TUI_PLAYER": "ana"}
        with Terminal([program], env=env) as terminal:
            terminal.wait_for("Last played")
            terminal.quiet(1.0)
            for _ in range(REPEATS):
                for screen, key, shown in SCREENS:
                    taken[screen].append(seconds_to_open(terminal, key, shown))
    for screen, seconds in taken.items():
        print(f"{screen:<40} {statistics.median(seconds) * 1000:8.1f} ms   (at most {BAR * 1000:.0f})")
    sys.exit(0 if all(statistics.median(seconds) <= BAR for seconds in taken.values()) else 1)


if __name__ == "__main__":
    main()
