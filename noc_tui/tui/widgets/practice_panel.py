"""How somebody fares overall: rating, streak, calendar of practice, accuracy over time, the commonest mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual.reactive import reactive

from noc_tui.store.wording import blocks, weeks
from noc_tui.tui.widgets.blocks import BLOCKS
from noc_tui.tui.widgets.cells import fit
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from noc_tui.store.progress import DayOfPractice
    from noc_tui.tui.inks import Inks

_LABEL: Final = 10
"""Cells that a name takes, the blanks after it included."""
_DAYS: Final = 56
"""Days in the strip where there is no room for a calendar."""
_MOST_WEEKS: Final = 53
CALENDAR_ROWS: Final = 8
"""The months, and a row for each day of the week."""
_LEVELS: Final = (1, 2, 4, 8)
"""From so many sessions a day on a column is one step higher."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS: Final = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_GLYPHS: Final = ("·", "▪", "■", "■", "█")
_INKS: Final = ("muted", "calm-under", "calm-under", "calm", "calm")


@dataclass(frozen=True, slots=True)
class PracticeView:
    """What is shown."""

    facts: tuple[tuple[str, str], ...] = ()
    """Figures and what they are of: `("1630 ± 290?", "rating")`."""
    days: tuple[DayOfPractice, ...] = ()
    """The days with sessions, oldest first."""
    today: date = date(1970, 1, 1)
    mistake: str = ""
    """What goes wrong most often, in words."""
    better: str = ""
    """What would be better, in words, where there is room for it."""
    key: str = ""
    """The key that drills it."""


def level(sessions: int) -> int:
    """How much so many sessions on one day are, from 0 (none) to 4."""
    return sum(sessions >= least for least in _LEVELS)


class PracticePanel(Painted):
    """A line of figures; practice, as a strip or, where there are rows for it, a calendar; accuracy; the mistake."""

    INKS: ClassVar[Inks] = {
        "value": "foreground bold",
        "label": "muted",
        "muted": "muted",
        "text": "foreground",
        "key": "accent bold",
        "calm": "calm",
        "calm-under": "calm-under",
    }
    PLAIN_INKS: ClassVar[Inks] = {"calm": "foreground bold", "calm-under": "foreground"}
    DEFAULT_CSS = """
    PracticePanel {
        height: 4;
    }
    """

    view: reactive[PracticeView] = reactive(PracticeView())

    def paint(self, width: int, height: int) -> Iterator[Iterable[Run]]:
        view = self.view
        yield _facts(view.facts, width)
        sessions = {day.date: day.sessions for day in view.days}
        calendar = height >= 3 + CALENDAR_ROWS
        if calendar:
            yield []
            yield from _calendar(sessions, view.today, width)
            yield []
        else:
            yield _strip(sessions, view.today, width)
        yield _accuracy(view, width)
        if view.mistake:
            key = [Run(f"  {view.key}", "key"), Run(" drills it", "label")] if view.key else []
            room = max(1, width - _LABEL - cells_of(key))
            whole = f"{view.mistake}; {view.better}"
            text = whole if view.better and cell_len(whole) <= room else fit(view.mistake, room)
            yield [Run(f"{'Mistake':<{_LABEL}}", "label"), Run(text, "text"), *key]


def _facts(facts: Sequence[tuple[str, str]], width: int) -> list[Run]:
    """As many as fit."""
    line: list[Run] = []
    for value, label in facts:
        more = [Run("   " if line else ""), Run(value, "value"), Run(f" {label}" if value else label, "label")]
        if cells_of([*line, *more]) > width:
            break
        line += more
    return line


def _strip(sessions: Mapping[date, int], today: date, width: int) -> list[Run]:
    """The last weeks, a column a day."""
    note = "  a column a day, up to today"
    days = min(_DAYS, max(7, width - _LABEL))
    line = [Run(f"{'Practice':<{_LABEL}}", "label")]
    for ago in range(days - 1, -1, -1):
        count = sessions.get(today - timedelta(days=ago), 0)
        line.append(Run(BLOCKS[2 * level(count)], "calm") if count else Run("·", "muted"))
    return [*line, Run(note, "muted")] if cells_of(line) + len(note) <= width else line


def _calendar(sessions: Mapping[date, int], today: date, width: int) -> Iterator[list[Run]]:
    """A column of two cells for each week, a row for each day of it, the months above."""
    count = min(_MOST_WEEKS, max(1, (width - _LABEL) // 2))
    first = today - timedelta(days=today.weekday() + 7 * (count - 1))
    months = ""
    for week in range(count):
        monday = first + timedelta(days=7 * week)
        if monday.day <= 7 and len(months) <= 2 * week and 2 * week + 3 <= 2 * count:
            months += " " * (2 * week - len(months)) + _MONTHS[monday.month - 1]
    yield [Run(f"{'Practice':<{_LABEL}}", "label"), Run(months, "muted")]
    for weekday, name in enumerate(_WEEKDAYS):
        line = [Run(f"{name:<{_LABEL}}", "muted")]
        for week in range(count):
            day = first + timedelta(days=7 * week + weekday)
            if day > today:
                break
            step = level(sessions.get(day, 0))
            line += [Run(_GLYPHS[step], _INKS[step]), Run(" ")]
        yield line


def _accuracy(view: PracticeView, width: int) -> list[Run]:
    """The mean of each week as a column, and the last of them as a figure."""
    count = min(_MOST_WEEKS, max(4, (width - _LABEL) // 2))
    means = weeks(view.days, view.today, count)
    started = next((at for at, mean in enumerate(means) if mean is not None), count)
    means = means[started:]
    line = [Run(f"{'Accuracy':<{_LABEL}}", "label")]
    if not means:
        return [*line, Run("not judged yet", "muted")]
    line += [Run("·", "muted") if mean is None else Run(blocks([mean]), "calm") for mean in means]
    latest = next(mean for mean in reversed(means) if mean is not None)
    line += [Run(f"  {latest:.0f} %", "value")]
    note = "  a column a week"
    return [*line, Run(note, "muted")] if cells_of(line) + len(note) <= width else line
