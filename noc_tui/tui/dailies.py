"""What is said of the daily, before and after. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.tui.keymap import display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.drills.standing import DailyStanding

Part = str | tuple[str, str]
"""A text; plain, or with a style."""


def briefing_text(standing: DailyStanding, keys: Mapping[str, str], *, goes_on: bool) -> list[Part]:
    """What is coming, and whether it counts. `goes_on`: the try that counts can be gone on with."""
    day = standing.daily.date
    parts: list[Part] = [
        (f"The daily of {day}\n\n", "bold"),
        (
            f"Everybody gets the same incident and seed on {day} (UTC), wherever they are. It is blind: what it is,"
            " nobody says until it has ended.\n\n"
        ),
    ]
    if goes_on:
        parts += [("Your try is not finished.", "bold"), " It is the one that counts, and goes on where it was.\n\n"]
    elif standing.unfinished:
        parts += [
            ("Your try was not finished", "bold"),
            ", and its recording is not there any more. Another one does not count.\n\n",
        ]
    elif standing.counts:
        parts += [
            ("The first try counts", "bold"),
            ", from its first step on, finished or not. It is played alone.\n\n",
        ]
    else:
        parts += [("This is not the daily of today", "bold"), f" ({standing.today}): it does not count.\n\n"]
    word = "goes on" if goes_on else "begins"
    return [*parts, *_streak(standing), (display(keys["briefing.begin"]), "$accent bold"), f" {word}"]


def result_text(shared: str, standing: DailyStanding, keys: Mapping[str, str], *, counted: bool) -> list[Part]:
    """The three lines, what they count for, and the streak."""
    if counted:
        head = "This try counts.\n\n"
    elif standing.daily.date == standing.today:
        head = "This try does not count: the first one does.\n\n"
    else:
        head = "This try does not count: it is not the daily of today.\n\n"
    copy = (display(keys["daily.copy"]), "$accent bold")
    to_share = [copy, (" copies these lines: nothing in them gives the incident away\n\n", "$muted")]
    return [(head, "bold"), f"{shared}\n\n", *(to_share if counted else []), *_streak(standing)]


def _streak(standing: DailyStanding) -> list[Part]:
    days = standing.streak
    return [(f"Streak: {days} day{'' if days == 1 else 's'} in a row.\n\n", "$muted")] if days else []
