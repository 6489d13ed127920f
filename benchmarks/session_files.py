"""What session files cost: writing, opening and jumping about in 100,000 steps, listing 10,000 sessions.

    python -m benchmarks.session_files [--steps N] [--sessions N] [--folder DIR]

Prints the median of repeats, and the worst jump; exits with 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noc_tui.episode.episode import Episode
from noc_tui.episode.figures import end_figures, step_figures
from noc_tui.episode.format import dump_event
from noc_tui.episode.library import list_sessions
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Decision, EndRecord, StepRecord
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.incident import Incident
from noc_tui.sim.simulator import SystemSimulator

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 240
"""Steps that a wide dashboard shows at once."""
REPEATS = 5
SEED = 1
BARS = {"open": 2.0, "jump": 0.1, "list": 2.0}
"""Seconds."""


def endless_incident(steps: int) -> Incident:
    """An incident that neither resolves nor crashes in this many steps: the latency stays above its threshold."""
    level = {"cpu_usage": 0.4, "memory_usage": 0.44, "latency": 0.3, "packet_loss": 0.01, "error_rate": 0.02}
    return Incident.model_validate(
        {
            "id": "endless",
            "title": "Endless",
            "difficulty": "control",
            "summary": "Nothing gets better, nothing gets worse.",
            "max_steps": steps,
            "recovery": 0.35,
            "initial": level,
            "baseline": level,
            "pressure": {"initial": 0.0},
        }
    )


def write_long_session(folder: Path, steps: int) -> Path:
    """A session of this many steps that verifies, in a tenth of the time that playing it would take.

    Its explanations and log lines are those of the first steps over and over again.
    """
    incident = endless_incident(steps)
    chooser = random.Random(SEED)
    played = Episode(incident, SEED)
    texts = [(record.explanation, record.lines) for record in (played.act(chooser.choice(ACTIONS)) for _ in range(500))]
    simulator = SystemSimulator(SEED)
    before = simulator.reset(incident)
    rewards: list[float] = []
    path = folder / f"{played.header.session}.jsonl"
    with path.open("wb") as file:
        file.write(dump_event(played.header))
        for step in range(1, steps + 1):
            action = chooser.choice(ACTIONS)
            after, info = simulator.step(action)
            explanation, lines = texts[step % len(texts)]
            record = StepRecord(
                step=step,
                decision=Decision(action=action, driver="random"),
                before=before,
                after=after,
                **step_figures(simulator, info),
                explanation=explanation,
                lines=lines,
                at=played.header.started + timedelta(seconds=step),
                elapsed=float(step),
            )
            file.write(dump_event(record))
            rewards.append(info.reward)
            before = after
        end = EndRecord(outcome="truncated", **end_figures(rewards), at=datetime.now(UTC), elapsed=float(steps))
        file.write(dump_event(end))
    return path


def write_many_sessions(folder: Path, count: int) -> None:
    """So many sessions of the program's own incidents, played at random, every fourth interrupted."""
    chooser = random.Random(SEED)
    catalog = default_catalog()
    record = partial(SessionWriter.create, folder)
    templates = []
    for number, incident_id in enumerate(catalog.ids):
        episode = Episode(catalog.load(incident_id), number, record=record)
        while not episode.done and (number % 4 or episode.steps < 5):
            episode.act(chooser.choice(ACTIONS))
        episode.close()
        templates.append((episode.header.session, (folder / f"{episode.header.session}.jsonl").read_bytes()))
    for number in range(len(templates), count):
        old, content = templates[number % len(templates)]
        new = f"{number:026}"
        (folder / f"{new}.jsonl").write_bytes(content.replace(old.encode(), new.encode(), 1))


def seconds(task: Callable[[], object]) -> float:
    """How long a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def open_and_close(path: Path) -> None:
    """Open a session, which checks every line of it."""
    SessionFile.open(path).close()


def jump(session: SessionFile, step: int) -> None:
    """Read what a screen shows at a step."""
    for number in range(max(1, step - WINDOW + 1), step + 1):
        session.record(number)
    session.uses(step)


def memory_of_open_session(path: Path) -> float:
    """MB that an open session takes, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.session_files", "--memory-of", str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def print_memory(path: Path) -> None:
    """Print by how many MB this process has grown once a session is open and one window of it has been read."""
    list_sessions(path.parent)  # makes what any session needs: the compiled format
    before = resident_bytes()
    with SessionFile.open(path) as session:
        jump(session, session.steps)
        print((resident_bytes() - before) / 1e6)


def resident_bytes() -> int:
    """Memory of this process (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def measure_long(folder: Path, steps: int) -> dict[str, float]:
    """Print what one long session costs, and return what there are bars for."""
    writing = seconds(lambda: write_long_session(folder, steps))
    (path,) = folder.iterdir()
    print(f"session of {steps:,} steps: {path.stat().st_size / 1e6:.0f} MB, written in {writing:.1f} s")
    opening = statistics.median(seconds(lambda: open_and_close(path)) for _ in range(REPEATS))
    print(f"  open, every line checked   {opening:8.2f} s")
    print(f"  memory of the open session {memory_of_open_session(path):8.1f} MB")
    chooser = random.Random(SEED)
    with SessionFile.open(path) as session:
        jumps = [seconds(partial(jump, session, chooser.randint(1, session.steps))) for _ in range(200)]
        median, worst = statistics.median(jumps) * 1e3, max(jumps) * 1e3
        print(f"  jump, {WINDOW} steps and uses    {median:8.1f} ms, worst {worst:.1f} ms")
        checking = seconds(lambda: verify(session))
        print(f"  verify                     {checking:8.2f} s, {steps / checking:,.0f} steps/s")
        if not verify(session).ok:
            sys.exit("the long session does not verify")
    return {"open": opening, "jump": max(jumps)}


def measure_playing(folder: Path, steps: int = 3_000) -> None:
    """Print what recording adds to a step."""
    rates = []
    for record in (None, partial(SessionWriter.create, folder)):
        episode = Episode(endless_incident(steps), SEED, record=record)
        chooser = random.Random(SEED)
        playing = seconds(
            lambda episode=episode, chooser=chooser: [  # type: ignore[misc]
                episode.act(chooser.choice(ACTIONS)) for _ in range(steps)
            ]
        )
        rates.append(steps / playing)
    print(f"playing: {rates[0]:,.0f} steps/s unrecorded, {rates[1]:,.0f} steps/s written through")


def measure_list(folder: Path, count: int) -> dict[str, float]:
    """Print what listing many sessions costs, and return what there are bars for."""
    write_many_sessions(folder, count)
    listing = statistics.median(seconds(lambda: list_sessions(folder)) for _ in range(REPEATS))
    print(f"list of {len(list_sessions(folder)[0]):,} sessions: {listing:.2f} s")
    return {"list": listing}


def main() -> None:
    """Measure and print; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100_000, help="of the long session (default %(default)s)")
    parser.add_argument("--sessions", type=int, default=10_000, help="in the list (default %(default)s)")
    parser.add_argument("--folder", type=Path, help="where files are written, and left (default: a temporary one)")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of is not None:
        print_memory(options.memory_of)
        return
    with tempfile.TemporaryDirectory() as temporary:
        parent = options.folder or Path(temporary)
        folders = [parent / name for name in ("long", "played", "many")]
        for folder in folders:
            folder.mkdir(parents=True)
        found = measure_long(folders[0], options.steps)
        measure_playing(folders[1])
        found |= measure_list(folders[2], options.sessions)
    missed = [f"{name}: {found[name]:.2f} s, the bar is {bar} s" for name, bar in BARS.items() if found[name] > bar]
    sys.exit("\n".join(missed) or None)


if __name__ == "__main__":
    main()
