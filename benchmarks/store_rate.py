"""What the store costs with 100,000 sessions in it: what the screens ask, one more session, everything anew.

    python -m benchmarks.store_rate [--sessions N] [--store URL]

Prints the median of repeats; exits with 1 when what a screen asks takes longer than its bar. Without `--store`, in a
SQLite file that is removed afterwards; a database that is named must be empty, and is left filled.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui.drills.boards import shown_boards
from noc_tui.drills.daily import bundled_catalog
from noc_tui.drills.stages import SPOT_STAGES
from noc_tui.review.model import GRADES, Verdict
from noc_tui.sim.actions import ACTIONS
from noc_tui.store.entries import MILLIS_A_DAY, DailyEntry, MoveCount, ReviewEntry, SessionEntry, moment_of
from noc_tui.store.progress import home_of, last_session_with, progress_of
from noc_tui.store.queries import leaderboard, team
from noc_tui.store.rerating import rerate_all
from noc_tui.store.store import Store
from noc_tui.store.transfer import export_to
from noc_tui.store.writing import take_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from noc_tui.store.cards import Answer
    from noc_tui.store.entries import Entry

RATINGS: Final[tuple[Answer, ...]] = (1, 2, 3, 3, 4)
BAR = 0.3
"""Seconds."""
REPEATS = 5
DAYS = 730
FIRST = 20_000
PLAYERS = ("ana", "ana", "ana", "ben", "rules")
"""One of them has most of the sessions."""
HASH = "sha256:" + "0" * 64


def history(count: int) -> Iterator[Entry]:
    """Two years of practice, oldest first."""
    chance = random.Random(1)
    names = bundled_catalog().ids
    for number in range(count):
        at = FIRST * MILLIS_A_DAY + DAYS * MILLIS_A_DAY * number // count
        player, grade = chance.choice(PLAYERS), chance.choice(GRADES)
        resolved = grade != "F"
        yield SessionEntry(
            session=f"S{number:08}",
            player=player,
            kind="agent" if player == "rules" else "person",
            incident=chance.choice(names),
            incident_hash=HASH,
            seed=chance.randrange(2000),
            draws=0,
            max_steps=30,
            pace="turn",
            blind=bool(number % 2),
            parent=None,
            drill=None,
            started=at,
            ended=at + 60_000,
            seconds=60.0,
            outcome="resolved" if resolved else "crashed",
            steps=chance.randrange(4, 30),
            assisted=False,
            reviewed=True,
            unwinnable=False,
            grade=grade,
            accuracy=chance.uniform(20, 100),
            par=chance.uniform(4, 8),
            lost=1.0,
            luck=0.0,
            harmful=0,
            first_useful=1,
            first_useful_seconds=4.0,
            diagnosis=chance.choice([True, False, None]),
            rated=True,
            verdicts=tuple(
                MoveCount(verdict=verdict, action=chance.choice(ACTIONS), best=chance.choice(ACTIONS), count=2)
                for verdict in (Verdict.BEST, Verdict.GOOD, Verdict.MISTAKE)
            ),
        )
    for number in range(2000):
        at = FIRST * MILLIS_A_DAY + number * MILLIS_A_DAY // 3
        stage, rating = chance.choice(SPOT_STAGES), chance.choice(RATINGS)
        yield ReviewEntry(
            review=f"R{number}",
            player="ana",
            incident=chance.choice(names),
            stage=str(stage),
            rating=rating,
            at=at,
        )
    for number in range(DAYS):
        date = moment_of((FIRST + number) * MILLIS_A_DAY).date().isoformat()
        yield DailyEntry(
            player="ana", date=date, incident=names[0], seed=1, session=f"D{number}", started=0, ended=1,
            outcome="resolved", steps=5, par=4.0, verdicts="bbbbb",
        )  # fmt: skip


def median_of(work: Callable[[], object]) -> float:
    """Median seconds of repeats."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measure(store: Store, count: int) -> bool:
    """Fill the store, print what things take, and say whether the screens are quick enough."""
    began = time.perf_counter()
    with store.writing() as connection:
        take_in(connection, history(count))
    print(f"take in {count:,} sessions                {time.perf_counter() - began:8.2f} s")
    now = moment_of((FIRST + DAYS) * MILLIS_A_DAY)
    asked: dict[str, Callable[[Store], object]] = {}

    def ask(name: str, work: Callable[..., object]) -> None:
        def once(opened: Store) -> None:
            with opened.reading() as connection:
                work(connection)

        asked[name] = once

    def progress_screen(connection: Connection) -> None:
        progress = progress_of(connection, "ana", now)
        if progress.mistake is not None:
            last_session_with(connection, "ana", progress.mistake)

    ask("home screen", lambda c: home_of(c, "ana", now))
    ask("progress screen", progress_screen)
    ask("leaderboard of a seed", lambda c: leaderboard(c, "retry_storm", 7, HASH))
    ask("boards to page through", lambda c: shown_boards(c, "ana", now.date()))
    ask("who did what", team)
    quick = True
    for name, once in asked.items():

        def cold(once: Callable[[Store], object] = once) -> None:
            store.close()  # as it is when a screen is the first to ask
            once(store)

        seconds = median_of(cold)
        quick &= seconds <= BAR
        print(f"{name:<40} {seconds * 1000:8.1f} ms   (at most {BAR * 1000:.0f})")
    extra = next(iter(history(1)))
    if not isinstance(extra, SessionEntry):
        raise TypeError(extra)
    numbers = iter(range(10**6))

    def one_more() -> None:
        at = (FIRST + DAYS) * MILLIS_A_DAY
        store.remember(replace(extra, session=f"X{next(numbers)}", started=at, ended=at))

    print(f"remember one more session                {median_of(one_more) * 1000:8.1f} ms")
    began = time.perf_counter()
    with store.writing() as connection:
        rerate_all(connection)
    print(f"all ratings anew                         {time.perf_counter() - began:8.2f} s")
    with tempfile.TemporaryDirectory() as folder, store.reading() as connection:
        began = time.perf_counter()
        export_to(connection, Path(folder) / "progress.json")
        print(f"export                                   {time.perf_counter() - began:8.2f} s")
    return quick


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--store", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.store or f"sqlite:///{folder}/progress.sqlite3"
        with Store(url, queue=Path(folder) / "queue") as store:
            sys.exit(0 if measure(store, arguments.sessions) else 1)


if __name__ == "__main__":
    main()
