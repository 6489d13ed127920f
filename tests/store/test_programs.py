"""Several programs at once, and programs that are killed: as processes, for real."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from noc_tui.store.queries import count_sessions, deck_of
from noc_tui.store.queue import Queue
from noc_tui.store.store import Store
from tests.store.asking import rating_history

if TYPE_CHECKING:
    from pathlib import Path

EACH = 25

WRITER = """
import sys
from pathlib import Path
from noc_tui.store.store import Store
from tests.store.builders import START, review, session
url, queue, name, count = sys.argv[1:5]
with Store(url, queue=Path(queue), patience=60) as store:
    for number in range(int(count)):
        at = START + number * 60_000
        kept = store.remember(review(f"{name}-R{number}", at=at), session(f"{name}-S{number}", at=at))
        assert kept.saved, kept.notices
        print(number, flush=True)
"""

FILLER = """
import sys
from itertools import count
from pathlib import Path
from noc_tui.store.queue import Queue
from tests.store.builders import START, review
queue = Queue(Path(sys.argv[1]))
for number in count():
    queue.put([review(f"R{number}-{part}", at=START + number) for part in range(40)])
    print(number, flush=True)
"""


def _start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def _killed_after(lines: int, code: str, *arguments: object) -> int:
    """Kill a program once it has reported so many times; returns the last number that it reported."""
    with _start(code, *arguments) as program:
        assert program.stdout is not None
        last = ""
        for _ in range(lines):
            last = program.stdout.readline()
        program.kill()
        more = [line for line in program.stdout.read().split("\n") if line.isdecimal()]
    return int(more[-1] if more else last)


def test_two_programs_that_write_at_once_lose_nothing(url: str, tmp_path: Path) -> None:
    programs = [_start(WRITER, url, tmp_path / "queue", name, EACH) for name in ("one", "two")]
    for program in programs:
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 0
        assert len(output.split()) == EACH
    with Store(url, queue=tmp_path / "queue") as store, store.reading() as connection:
        assert count_sessions(connection) == 2 * EACH
        assert deck_of(connection, "ana")["cpu_overload", "page"].reviews == 2 * EACH
        ((_, player),) = rating_history(connection, "player", "ana")
        ((_, incident),) = rating_history(connection, "incident", "cpu_overload")
        assert (player.games, incident.games) == (2 * EACH, 2 * EACH)


def test_a_program_that_is_killed_loses_nothing_that_it_has_reported(url: str, tmp_path: Path) -> None:
    last = _killed_after(4, WRITER, url, tmp_path / "queue", "one", 10_000)
    with Store(url, queue=tmp_path / "queue") as store:
        with store.reading() as connection:
            remembered = count_sessions(connection)
            card = deck_of(connection, "ana")["cpu_overload", "page"]
            ((_, standing),) = rating_history(connection, "player", "ana")
        assert remembered in {last + 1, last + 2}
        assert card.reviews == standing.games == remembered


def test_a_program_that_is_killed_while_it_fills_the_queue_leaves_whole_files(tmp_path: Path) -> None:
    last = _killed_after(5, FILLER, tmp_path / "queue")
    waiting, problems = Queue(tmp_path / "queue").read()
    assert problems == []
    assert len(waiting) in {last + 1, last + 2}
    assert {len(item.entries) for item in waiting} == {40}
