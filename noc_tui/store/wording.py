"""Progress in words: for a terminal, for Markdown, for programs. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category, east_asian_width

from noc_tui.store.entries import millis, moment_of
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from noc_tui.store.progress import DayOfPractice, Home, IncidentProgress, Mistake, Progress
    from noc_tui.store.queries import TeamRow
    from noc_tui.store.rating import Standing

HEADINGS: Final = (
    "incident",
    "played",
    "resolved",
    "grades",
    "over par",
    "accuracy",
    "trend",
    "first useful",
    "named",
    "rating",
    "due",
)
TEAM_HEADINGS: Final = ("player", "kind", "sessions", "resolved", "incidents", "accuracy", "answers", "dailies", "last")
WEEKS: Final = 12
TREND: Final = 8
"""Sessions in a trend strip."""
_NONE: Final = "—"
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def progress_lines(progress: Progress, now: datetime) -> list[str]:
    """The summary for a terminal, a line each."""
    if not progress.home.sessions and progress.home.next_due is None:
        who = clean(progress.player, 80)
        return [f"{who} has played nothing yet; noc-tui drill begins, noc-tui progress rebuild takes in old recordings"]
    lines = list(_overall(progress, now))
    if progress.incidents:
        lines += ["", *aligned([HEADINGS, *(_row(incident, now) for incident in progress.incidents)])]
    return lines


def progress_markdown(progress: Progress, now: datetime) -> str:
    """The summary as Markdown, with a line end."""
    lines = [f"# Progress of {_plain(progress.player)}", "", *(f"- {line}" for line in _overall(progress, now))]
    if progress.incidents:
        lines += ["", *_table(HEADINGS, [_row(incident, now) for incident in progress.incidents])]
    return "\n".join([*lines, ""])


def progress_json(progress: Progress) -> dict[str, Any]:
    """Every figure, ready for JSON. Moments are UTC in milliseconds since 1970."""
    values = asdict(progress)
    values["standing"] = _standing(progress.standing)
    values["mistake"] = progress.mistake._asdict() if progress.mistake else None
    values["calendar"] = [day._asdict() | {"date": day.date.isoformat()} for day in progress.calendar]
    for row, incident in zip(values["incidents"], progress.incidents, strict=True):
        row["standing"] = _standing(incident.standing)
    return values


def team_lines(rows: Sequence[TeamRow]) -> list[str]:
    """Who has done what, for a terminal."""
    if not rows:
        return ["nobody has played yet"]
    return aligned([TEAM_HEADINGS, *(_team_row(row) for row in rows)])


def team_markdown(rows: Sequence[TeamRow]) -> str:
    """Who has done what, as Markdown, with a line end."""
    return "\n".join([*_table(TEAM_HEADINGS, [_team_row(row) for row in rows]), ""])


def _standing(standing: Standing | None) -> dict[str, float] | None:
    return standing._asdict() if standing else None


def _overall(progress: Progress, now: datetime) -> Iterator[str]:
    home, rating = progress.home, progress.standing
    sessions = f"{home.sessions} session{'' if home.sessions == 1 else 's'}"
    yield f"{clean(progress.player, 80)}: {sessions}, rating {rating.text if rating else 'not yet'}"
    today = "that of today is played" if home.daily_done else "that of today is not played yet"
    yield f"dailies: {home.streak} day{'' if home.streak == 1 else 's'} in a row; {today}"
    yield f"cards: {_cards(home, now)}"
    means = weeks(progress.calendar, now.date(), WEEKS)
    if latest := [mean for mean in means if mean is not None]:
        columns = "".join("·" if mean is None else blocks([mean]) for mean in means)
        yield f"accuracy in the last {WEEKS} weeks: {columns} {latest[-1]:.0f} %"
    if progress.mistake:
        yield _mistake(progress.mistake)


def _cards(home: Home, now: datetime) -> str:
    if home.due:
        return f"{home.due} due"
    if home.next_due is None:
        return "none yet"
    return f"none due; the next {when_due(home.next_due, now)}"


def _mistake(mistake: Mistake) -> str:
    times = f"{mistake.times} time{'' if mistake.times == 1 else 's'}"
    return f"commonest mistake: {mistake.action.label} in {mistake.incident}, {times}; better was {mistake.best.label}"


def _row(incident: IncidentProgress, now: datetime) -> tuple[str, ...]:
    return (
        incident.incident,
        str(incident.played),
        f"{incident.resolved_rate * 100:.0f} %",
        "".join(incident.grades) or _NONE,
        _NONE if incident.over_par is None else f"{round(incident.over_par, 1) + 0.0:+.1f}",
        _NONE if incident.accuracy is None else f"{incident.accuracy:.0f} %",
        blocks(incident.trend[-TREND:]) or _NONE,
        first_useful(incident) or _NONE,
        _NONE if incident.diagnosed is None else f"{incident.diagnosed * 100:.0f} %",
        incident.standing.text if incident.standing else _NONE,
        _NONE if incident.due is None else when_due(incident.due, now),
    )


def _team_row(row: TeamRow) -> tuple[str, ...]:
    counts = str(row.sessions), str(row.resolved), str(row.incidents)
    accuracy = _NONE if row.accuracy is None else f"{row.accuracy:.0f} %"
    last = f"{moment_of(row.last):%Y-%m-%d %H:%M} UTC"
    return clean(row.player, 40), row.kind, *counts, accuracy, str(row.answers), str(row.dailies), last


def when_due(due: int, now: datetime) -> str:
    """How long until then, in the largest unit that says enough."""
    minutes = (due - millis(now)) / 60_000
    if minutes <= 0:
        return "now"
    if minutes < 90:
        return f"in {max(1, round(minutes))} min"
    return f"in {minutes / 60:.0f} h" if minutes < 48 * 60 else f"in {minutes / 1440:.0f} d"


def weeks(days: Sequence[DayOfPractice], today: date, count: int) -> list[float | None]:
    """The mean accuracy of each of the last `count` weeks, weighted by sessions; None where there was none."""
    first = today - timedelta(days=today.weekday() + 7 * (count - 1))
    found: list[list[float]] = [[] for _ in range(count)]
    for day in days:
        if day.accuracy is not None and first <= day.date <= today:
            found[(day.date - first).days // 7] += [day.accuracy] * day.sessions
    return [fmean(values) if values else None for values in found]


def blocks(values: Iterable[float], full: float = 100.0) -> str:
    """A column for each value, on a fixed scale from 0 to `full`; what is not nothing is seen."""
    heights = (round(min(max(value / full, 0.0), 1.0) * len(_BLOCKS)) for value in values)
    return "".join(_BLOCKS[max(1, height) - 1] for height in heights)


def first_useful(incident: IncidentProgress) -> str:
    """At which step the first useful action was taken, and after how long: `2, 14 s`; empty where there was none."""
    step, seconds = incident.first_useful, incident.first_useful_seconds
    if step is None:
        return ""
    return f"{step:g}" if seconds is None else f"{step:g}, {seconds:.0f} s"


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows in columns, two cells of a terminal apart."""
    cells = list(rows)
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _width(text: str) -> int:
    """How many cells a text takes: the names of people are in every script."""
    if text.isascii():
        return len(text)
    marks, wide = {"Mn", "Me"}, {"W", "F"}
    return sum(0 if category(c) in marks else 2 if east_asian_width(c) in wide else 1 for c in text)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *([_plain(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing but text."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+!|~" else c for c in clean(text, 80))
