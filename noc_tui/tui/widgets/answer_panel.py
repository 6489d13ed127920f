"""What is asked in a position, how long there is for it, and what the answer was worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from rich.cells import cell_len
from textual.reactive import reactive

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import fit, wrap
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.tui.inks import Inks

Tone = Literal["plain", "fine", "inaccuracy", "bad"]

ROWS: Final = 4
"""A row for the time or the verdict, two for the reason, one for what is asked next."""
FEW_ROWS: Final = 2
"""In a low window: the reason goes."""
_WHY_ROWS: Final = 2
_BAR_CELLS: Final = 40
_LEAST_BAR: Final = 8
_HURRY: Final = 0.3
"""With less than this share of the time left, the bar warns."""
_WHY_LIMIT: Final = 600


class AnswerView(NamedTuple):
    """What the panel shows."""

    asks: str = ""
    """What is asked now, or what there is to know in the end."""
    tone: Tone = "plain"
    """How `headline` is meant."""
    headline: str = ""
    """The verdict with its glyph, in capitals; empty while the action is asked for."""
    answer: str = ""
    """What was answered, and how long it took."""
    why: str = ""
    left: float | None = None
    """Seconds that are left; None: no limit, or no more."""
    limit: float = 0.0
    note: str = ""
    """What stands at the right: how the round goes."""
    loading: bool = False
    """Nothing is asked yet: `asks` says what is waited for."""


def lines(view: AnswerView, width: int, rows: int) -> list[list[Run]]:
    """The rows of the panel in `width` cells."""
    first = _first(view, width)
    asks = [Run(fit(clean(view.asks, 200), width), "asks")]
    if rows < ROWS:
        return [first, asks][:rows]
    if not view.headline:
        return [first, asks]
    reason = [[Run(text, "why")] for text in _reason(clean(view.why, _WHY_LIMIT), width)]
    return [first, *reason, *([[]] * (_WHY_ROWS - len(reason))), asks]


def _reason(why: str, width: int) -> list[str]:
    """The reason in its rows: without its last sentences where there is no room, a first one that is too long cut."""
    spans = wrap(why, width, width) if why and width > 0 else []
    if len(spans) <= _WHY_ROWS:
        return [why[start:end] for start, end in spans]
    before, sentence, _ = why.rpartition(". ")
    if sentence:
        return _reason(f"{before}.", width)
    start = spans[_WHY_ROWS - 1][0]
    return [*(why[first:end] for first, end in spans[: _WHY_ROWS - 1]), fit(why[start:], width)]


def _first(view: AnswerView, width: int) -> list[Run]:
    note = clean(view.note, 80)
    if view.loading:
        left = []
    elif view.headline:
        left = [Run(clean(view.headline, 40), view.tone), Run("  "), Run(clean(view.answer, 120))]
    elif view.left is not None and view.limit > 0:
        seconds = f" {view.left:.1f} s"
        room = min(_BAR_CELLS, width - len(seconds) - (cell_len(note) + 2 if note else 0))
        share = min(1.0, max(0.0, view.left / view.limit))
        ink = "hurry" if share < _HURRY else "bar"
        full = round(room * share) if room >= _LEAST_BAR else 0
        rest = room - full if room >= _LEAST_BAR else 0
        left = [Run("━" * full, ink), Run("╌" * rest, "muted"), Run(seconds, ink)]
    else:
        left = [Run("as long as you like", "muted")]
    gap = width - cells_of(left) - cell_len(note)
    return [*left, Run(" " * gap), Run(note, "muted")] if note and gap > 1 else left


class AnswerPanel(Painted):
    """Countdown, then verdict and reason; what is asked stands below."""

    INKS: ClassVar[Inks] = {
        "asks": "foreground bold",
        "why": "foreground",
        "muted": "muted",
        "bar": "calm bold",
        "hurry": "breach bold",
        "plain": "foreground bold",
        "fine": "calm bold",
        "inaccuracy": "breach bold",
        "bad": "critical bold",
    }
    PLAIN_INKS: ClassVar[Inks] = {
        "hurry": "foreground bold reverse",
        "fine": "foreground bold",
        "inaccuracy": "foreground bold",
        "bad": "foreground bold",
    }
    DEFAULT_CSS = """
    AnswerPanel {
        height: 1fr;
        padding: 0 1;
        background: $surface;
    }
    """

    view: reactive[AnswerView] = reactive(AnswerView())

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:
        """The rows."""
        return lines(self.view, width, height)
