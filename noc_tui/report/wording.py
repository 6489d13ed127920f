"""Words and figures as every report writes them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from noc_tui.episode.records import CLOCK, HUMAN
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

NAME_LIMIT: Final = 80
OUTCOMES: Final = {
    "resolved": "Resolved",
    "crashed": "Crashed",
    "truncated": "Out of steps",
    "void": "Void",
    None: "Unfinished",
}
WEB_ADDRESS: Final = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9./_~?=&%+-]*)?(?:#[A-Za-z0-9._-]*)?"
)
"""An address that may be made a link: it shows where it leads."""
_DRIVERS: Final = {HUMAN: "operator", CLOCK: "nobody (the clock)"}


def driver_name(driver: str) -> str:
    """Who decided, as a report calls them."""
    return _DRIVERS.get(driver) or clean(driver, NAME_LIMIT)


def counted(number: int, noun: str) -> str:
    """`1 step`, `7 steps`, `1,200 steps`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """`40 s`, `2 min`, `12 min 30 s`, `1 h 5 min`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes >= 60:
        hours, minutes = divmod(minutes, 60)
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def clock_text(seconds: int) -> str:
    """The incident clock: `−03:10` before the page, `00:30`, `1:02:00`."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
    return f"−{text}" if seconds < 0 else text


def step_list(steps: Sequence[int]) -> str:
    """Step numbers in order, neighbours drawn together: `1–3, 7`. Of very many the first are told."""
    ranges: list[list[int]] = []
    for before, step in pairwise([-1, *steps]):
        if ranges and step == before + 1:
            ranges[-1][1] = step
        else:
            ranges.append([step, step])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in ranges]
    return ", ".join(words[:20]) + (", …" if len(words) > 20 else "")


def points(change: float) -> str:
    """A change of health, which is between −1 and 1, in points of a hundred: `+12.3`, `−0.4`."""
    value = f"{abs(change) * 100:.1f}"
    return value if value == "0.0" else f"{'−' if change < 0 else '+'}{value}"


def moment(at: datetime) -> str:
    """`2026-11-23 01:48:40 UTC`."""
    return f"{at.replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"
