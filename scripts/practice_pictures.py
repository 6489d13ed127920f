"""The scenes of progress, leaderboards and the tutorial."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from noc_tui.drills.daily import bundled_catalog
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.store.entries import MILLIS_A_DAY, MoveCount, ReviewEntry, SessionEntry, millis
from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from scripts.scene import Scene, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.review.model import Grade
    from noc_tui.store.entries import Kind

FOLDER: Final = "pictures"
_GRADES: Final[tuple[Grade, ...]] = ("D", "C", "C", "B", "B", "A", "A", "S")
_PLAYERS: Final[tuple[tuple[str, Kind], ...]] = (
    ("you", "person"),
    ("you", "person"),
    ("you", "person"),
    ("ben", "person"),
    ("rules", "agent"),
    ("planner", "agent"),
)


def _history(count: int, days: int) -> Iterator[SessionEntry]:
    """Some months of practice of somebody who learns, and of others."""
    chance, now = random.Random(4), millis(datetime.now(UTC))  # noqa: S311  (nothing is kept secret by it)
    catalog = bundled_catalog()
    known = {name: catalog.load(name).digest for name in catalog.ids[:9]}
    for number in range(count):
        learned = number / count
        player, kind = chance.choice(_PLAYERS)
        incident = chance.choice(list(known))
        resolved = chance.random() < 0.55 + 0.4 * learned
        grade: Grade = chance.choice(_GRADES[round(4 * learned) :][:4]) if resolved else "F"
        accuracy = min(99.0, max(20.0, chance.gauss(55 + 35 * learned, 8)))
        par = 5 + chance.random() * 4
        ended = now - round(days * MILLIS_A_DAY * (1 - learned) ** 1.3 + chance.random() * MILLIS_A_DAY / 2)
        wrong = ActionType.RESTART_SERVICE if number % 3 else ActionType.SCALE_UP
        yield SessionEntry(
            session=f"S{number:04}",
            player=player,
            kind=kind,
            incident=incident,
            incident_hash=known[incident],
            seed=number % 4,
            draws=0,
            max_steps=30,
            pace="turn",
            blind=number % 2 == 0,
            parent=None,
            drill=None,
            started=ended - 90_000,
            ended=ended,
            seconds=90.0,
            outcome="resolved" if resolved else "crashed",
            steps=round(par + 6 * (1 - learned) * chance.random()),
            assisted=False,
            reviewed=True,
            unwinnable=False,
            grade=grade,
            accuracy=accuracy,
            par=par,
            lost=1.0,
            luck=0.0,
            harmful=0,
            first_useful=chance.choice((1, 1, 2)),
            first_useful_seconds=3 + 8 * (1 - learned),
            diagnosis=chance.random() < 0.5 + 0.5 * learned if number % 2 == 0 else None,
            rated=True,
            verdicts=(
                MoveCount(verdict=Verdict.MISTAKE, action=wrong, best=ActionType.THROTTLE_CPU, count=1 + number % 2),
            ),
        )


def _remember() -> None:
    now = millis(datetime.now(UTC))
    cards = [
        ReviewEntry(
            review=f"R{number}", player="you", incident=name, stage="page", rating=3, at=now - number * MILLIS_A_DAY
        )
        for number, name in enumerate(bundled_catalog().ids[:6])
    ]
    with Store() as store:
        store.remember(*_history(320, 240), *cards)


async def _progress(stage: Stage) -> None:
    _remember()
    stage.app.open(Launch("progress"), instead=True)
    await stage.see("sessions")


async def _leaderboard(stage: Stage) -> None:
    _remember()
    stage.app.open(Launch("leaderboard", incident="cpu_overload"), instead=True)
    await stage.see("planner")


async def _tutorial(stage: Stage) -> None:
    await stage.see("1/11")
    await stage.press("enter")
    await stage.press("enter")
    await stage.press("2")
    await stage.see("4/11")


SCENES: Final = {
    "progress": Scene(None, _progress, FOLDER),
    "leaderboard": Scene(None, _leaderboard, FOLDER),
    "tutorial": Scene(Launch("tutorial"), _tutorial, FOLDER),
}
"""By the name of the picture."""
