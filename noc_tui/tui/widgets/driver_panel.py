"""Who drives, when it is not a person whom the world waits for: an agent at work, or the clock of the live pace.

Also an agent that makes suggestions to that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from rich.cells import cell_len
from textual.reactive import reactive

from noc_tui.text import clean
from noc_tui.tui.widgets.cells import fit, wrap
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.geometry import Size

    from noc_tui.tui.inks import Inks
    from noc_tui.tui.widgets.keybar import KeyHint

DriverState = Literal["thinking", "decided", "suggests", "waiting", "paused", "failed"]

SAYING_LIMIT: Final = 20_000
"""Characters of a rationale or an error that are kept: as many as a session holds."""
_SAYING_ROWS: Final = 2
_NARROWEST_SAYING: Final = 12
_QUOTE: Final = "│ "
_CUT_QUOTE: Final = "… "
_NAME_WIDTH: Final = 28
_GAP: Final = 2
_BAR_CELLS: Final = 12
_SPINNER: Final = "◐◓◑◒"
_FRAMES_A_SECOND: Final = 4
# What took less did not take any time that a person would notice.
_NOTICEABLE_SECONDS: Final = 0.1


class DriverView(NamedTuple):
    """What the panel shows."""

    name: str = ""
    """The agent; empty when a person plays in live pace: then only the countdown is shown."""
    state: DriverState = "waiting"
    seconds: float | None = None
    """`thinking`: for how long; `decided`: how long it took; `waiting`: until the next step."""
    period: float | None = None
    """`waiting`: seconds from step to step, which the bar shows the rest of."""
    rationale: str = ""
    """What the agent says to its choice; may grow while it thinks."""
    is_old: bool = False
    """Whether that is what it said to its last choice, while it thinks about the next."""
    action: str = ""
    """What it chose, as the user reads it ("Scale up")."""
    figures: tuple[str, ...] = ()
    """Model, tokens, cost and the like, in short, the most important first; they have a row of their own."""
    speed: float | None = None
    """Steps a second."""
    error: str = ""
    """`failed`: what went wrong, in a sentence."""
    keys: tuple[KeyHint, ...] = ()
    """What the person can do, most important first: take over."""


def lines(view: DriverView, width: int, *, compact: bool, told: bool = False) -> list[list[Run]]:
    """The rows of the panel in `width` cells, 1 to 4; if compact 1 or 2, and where it is `told` one for the saying.

    Of the right side the speed goes first where the room is short, then the keys from the last one on.
    """
    left, saying = _state(view, width), _saying(view)
    if compact and saying and not told:
        # In one row what the driver says is worth more than all keys but the first.
        view = view._replace(keys=view.keys[:1])
    right = _right(view, width - cells_of(left) - _GAP)
    figures = [_figures(view, width)] if view.figures else []
    if not compact:
        return [_sides(left, right, width), *figures, *_below(view, width)]
    if told:
        return [_sides(left, right, width), *figures, *_below(view, width, most=1)]
    room = width - cells_of(left) - cells_of(right) - 2 * _GAP
    if saying and room >= _NARROWEST_SAYING:
        left += [Run(" " * _GAP), Run(_one_row(saying, room, from_end=_is_writing(view)), _ink(view))]
    return [_sides(left, right, width), *figures]


def rows_wanted(view: DriverView | None, *, told: bool = False) -> int:
    """How many rows a compact panel takes; `told` as for `lines`."""
    return 0 if view is None else 1 + bool(view.figures) + (told and bool(_saying(view)))


def _saying(view: DriverView) -> str:
    return clean(view.error if view.state == "failed" else view.rationale, SAYING_LIMIT).strip()


def _ink(view: DriverView) -> str:
    return "failed" if view.state == "failed" else "muted" if view.is_old else "soft"


def _is_writing(view: DriverView) -> bool:
    return view.state == "thinking" and not view.is_old


def _state(view: DriverView, width: int) -> list[Run]:
    """Who, and what they are doing."""
    seconds = "" if view.seconds is None else f" {view.seconds:.1f} s"
    doing: list[Run]
    match view.state:
        case "thinking":
            frame = _SPINNER[int((view.seconds or 0) * _FRAMES_A_SECOND) % len(_SPINNER)]
            doing = [Run(frame, "name"), Run(f" thinking{seconds}", "muted")]
        case "decided":
            after = f" after{seconds}" if (view.seconds or 0) >= _NOTICEABLE_SECONDS else ""
            doing = [Run("✓ ", "name"), Run(clean(view.action, 60)), Run(after, "muted")]
        case "suggests":
            after = f" after{seconds}" if (view.seconds or 0) >= _NOTICEABLE_SECONDS else ""
            doing = [Run("suggests ", "muted"), Run(clean(view.action, 60), "name"), Run(after, "muted")]
        case "waiting":
            doing = [*_countdown(view), Run("next step" + (f" in{seconds}" if seconds else ""), "muted")]
        case "paused":
            doing = [Run("‖ paused", "paused"), Run(f"  {clean(view.action, 60)}" if view.action else "")]
        case "failed":
            doing = [Run("! failed", "failed")]
    name = fit(clean(view.name, 120), max(8, min(_NAME_WIDTH, width // 3)))
    return [Run("» ", "name"), Run(name, "name"), Run(" " * _GAP), *doing] if name else doing


def _countdown(view: DriverView) -> list[Run]:
    if not view.period or view.seconds is None:
        return []
    left = min(_BAR_CELLS, max(0, round(view.seconds / view.period * _BAR_CELLS)))
    return [Run("━" * left, "name"), Run("╌" * (_BAR_CELLS - left), "muted"), Run(" ")]


def _right(view: DriverView, room: int) -> list[Run]:
    """Speed and keys in at most `room` cells."""
    figures = [] if view.speed is None else [[Run(f"{view.speed:g}x", "muted")]]
    keys = [[Run(clean(key, 20), "key"), Run(f" {clean(label, 40)}", "muted")] for key, label in view.keys]
    while figures or keys:
        runs = [run for part in (*figures, *keys) for run in (Run(" " * _GAP), *part)][1:]
        if cells_of(runs) <= room:
            return runs
        if figures:
            del figures[0]
        else:
            del keys[-1]
    return []


def _figures(view: DriverView, width: int) -> list[Run]:
    """As many of the figures as there is room for, the first at any rate."""
    shown = fit(clean(view.figures[0], 120), width)
    for figure in view.figures[1:]:
        longer = f"{shown} · {clean(figure, 120)}"
        if cell_len(longer) > width:
            break
        shown = longer
    return [Run(shown, "muted")]


def _below(view: DriverView, width: int, *, most: int = _SAYING_ROWS) -> list[list[Run]]:
    """What the driver says over at most so many rows: its beginning or, while it streams in, its end."""
    saying, width = _saying(view), max(1, width - len(_QUOTE))
    if not saying:
        return []
    spans = wrap(saying, width, width)
    rows = [saying[start:end] for start, end in spans]
    marks = [_QUOTE] * most
    if len(rows) > most:
        if _is_writing(view):
            rows, marks[0] = rows[-most:], _CUT_QUOTE
        else:
            start, _ = spans[most - 1]
            rows = [*rows[: most - 1], fit(saying[start:], width)]
    return [[Run(mark, "muted"), Run(row, _ink(view))] for mark, row in zip(marks, rows, strict=False)]


def _one_row(text: str, width: int, *, from_end: bool) -> str:
    return fit(text[::-1], width)[::-1] if from_end else fit(text, width)


def _sides(left: Sequence[Run], right: Sequence[Run], width: int) -> list[Run]:
    return [*left, Run(" " * (width - cells_of(left) - cells_of(right))), *right]


class DriverPanel(Painted):
    """Who drives, what they think and how to take over. Hidden without a view."""

    INKS: ClassVar[Inks] = {
        "name": "calm bold",
        "muted": "muted",
        "soft": "soft",
        "key": "accent bold",
        "paused": "breach bold",
        "failed": "critical",
    }
    DEFAULT_CSS = """
    DriverPanel {
        height: auto;
        padding: 0 1;
        background: $surface;
        color: $foreground;
    }
    """

    view: reactive[DriverView | None] = reactive(None)
    """What is shown; None hides the panel."""
    compact: reactive[bool] = reactive(False, layout=True)
    """One row, and one for figures."""
    told: reactive[bool] = reactive(False, layout=True)
    """Compact: whether what the driver says has a row of its own."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, classes=classes)
        self.display = False
        self._rows = 1

    def watch_view(self, before: DriverView | None, view: DriverView | None) -> None:
        """Make room. Rows once needed stay while the same driver drives, so that what is below does not jump."""
        self.display = view is not None
        if view is None:
            return
        if before is None or before.name != view.name:
            self._rows = 1
            self.refresh(layout=True)
        elif self.compact:
            if rows_wanted(before, told=self.told) != rows_wanted(view, told=self.told):
                self.refresh(layout=True)
        elif self.size and len(lines(view, self.size.width, compact=False)) > self._rows:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """As many rows as are needed, or were."""
        if self.compact or self.view is None:
            return max(1, rows_wanted(self.view, told=self.told))
        self._rows = max(self._rows, len(lines(self.view, width, compact=False)))
        return self._rows

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:  # noqa: ARG002  (the rows make the height)
        """The rows."""
        return [] if self.view is None else lines(self.view, width, compact=self.compact, told=self.told)
