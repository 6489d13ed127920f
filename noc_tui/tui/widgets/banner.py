"""The top line: which incident, how far, whether it is recorded, and always who is in control."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from rich.cells import cell_len
from textual.reactive import reactive

from noc_tui.text import ELLIPSIS, clean
from noc_tui.tui.widgets.cells import fit, wrap
from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from noc_tui.tui.inks import Inks

Recording = Literal["rec", "off", "failed"]
BadgeKind = Literal["you", "agent", "replay", "ended", "paused", "error"]

PROGRAM: Final = "noc-tui"
_BADGE_GLYPHS: Final[dict[BadgeKind, str]] = {
    "you": "▸",
    "agent": "»",
    "replay": "↻",
    "ended": "■",
    "paused": "‖",
    "error": "!",
}
_TITLE_WIDTH: Final = 40
_NARROWEST_BADGE: Final = 12
_BETWEEN_SIDES: Final = 2
_GAPS: Final = ((2, 3), (1, 2))
"""Cells between the parts on the left, and between those on the right: wide, and where that is too much."""

Part = Literal["program", "title", "subtitle", "extra", "lead", "step", "clock", "recording", "badge"]
_LEFT: Final[tuple[Part, ...]] = ("program", "title", "subtitle", "extra")
_RIGHT: Final[tuple[Part, ...]] = ("lead", "step", "clock", "recording", "badge")


class BannerView(NamedTuple):
    """What the banner shows."""

    title: str = ""
    subtitle: str = ""
    """Difficulty, seed: what the reader can do without first."""
    step: int = 0
    max_steps: int = 0
    """0 leaves the step out, as on screens without an episode."""
    clock: str = ""
    """The incident clock, "00:42"."""
    recording: Recording = "off"
    badge: str = ""
    """Who is in control, in capitals."""
    badge_kind: BadgeKind = "you"
    extra: str = ""
    """A word on the pace or the blind; goes first when the width shrinks."""
    program: str = PROGRAM
    """What stands before the title."""
    lead: str = ""
    """How far the player is ahead of a ghost, "2 steps ahead"."""


def arrange(view: BannerView, width: int) -> list[Run]:
    """The banner in `width` cells, without its least important parts where there is no room. No word is cut."""
    parts = _parts(view)
    for dropped in (None, *_drop_order(view)):
        if dropped is not None:
            parts.pop(dropped, None)
        if dropped == "step":
            parts["badge"] = _badge(view)
        if parts.keys() == {"step", "badge"}:
            room = width - cells_of(parts["step"]) - _GAPS[-1][1]
            parts["badge"] = _badge(view, max(room, _NARROWEST_BADGE))
        for gaps in _GAPS:
            if _width(parts, gaps) <= width:
                return _spread(parts, gaps, width)
    return _badge(view, width)


def _drop_order(view: BannerView) -> list[Part]:
    order: list[Part] = ["extra", "subtitle", "program", "recording", "clock", "title", "lead", "step"]
    if view.recording == "failed":
        # What is lost for good matters more than what can be read elsewhere.
        order.remove("recording")
        order.insert(order.index("step"), "recording")
    return order


def _parts(view: BannerView) -> dict[Part, list[Run]]:
    """What stands on the line, without the parts that are empty."""
    recording = {
        "rec": [Run("●", "lost"), Run(" rec", "muted")],
        "failed": [Run("! not saved", "lost")],
        "off": [],
    }
    parts: dict[Part, list[Run]] = {
        "program": [Run(view.program, "program")],
        "title": [Run(_words(clean(view.title), _TITLE_WIDTH), "title")],
        "subtitle": [Run(clean(view.subtitle), "muted")],
        "extra": [Run(clean(view.extra), "muted")],
        "lead": [Run(clean(view.lead), "lead")],
        "step": [Run(f"step {view.step}/{view.max_steps}" if view.max_steps else "", "muted")],
        "clock": [Run(clean(view.clock), "muted")],
        "recording": recording[view.recording],
        "badge": _badge(view),
    }
    return {name: runs for name, runs in parts.items() if cells_of(runs)}


def _badge(view: BannerView, width: int | None = None) -> list[Run]:
    text = clean(view.badge)
    if not text:
        return []
    glyph = _BADGE_GLYPHS[view.badge_kind]
    if width is not None:
        text = _words(text, max(1, width - len(glyph) - 3))
    return [Run(f" {glyph} {text} ", "badge", view.badge_kind)]


def _words(text: str, width: int) -> str:
    """As many whole words of `text` as fit into `width` cells with an ellipsis; a first word too long for it is cut."""
    if cell_len(text) <= width:
        return text
    start, end = wrap(text, max(1, width - 1), 1)[0]
    return fit(text, width) if text[end : end + 1] not in {" ", ""} else text[start:end] + ELLIPSIS


def _width(parts: Mapping[Part, Sequence[Run]], gaps: tuple[int, int]) -> int:
    total = 0
    for side, gap in zip((_LEFT, _RIGHT), gaps, strict=True):
        widths = [cells_of(parts[name]) for name in side if name in parts]
        total += sum(widths) + gap * max(0, len(widths) - 1)
    both_sides = parts.keys() & set(_LEFT) and parts.keys() & set(_RIGHT)
    return total + (_BETWEEN_SIDES if both_sides else 0)


def _spread(parts: Mapping[Part, Sequence[Run]], gaps: tuple[int, int], width: int) -> list[Run]:
    """The left parts from the left, the right ones up to the right edge."""
    sides: list[list[Run]] = []
    for side, gap in zip((_LEFT, _RIGHT), gaps, strict=True):
        runs: list[Run] = []
        for name in side:
            if name in parts:
                runs += [Run(" " * gap if runs else ""), *parts[name]]
        sides.append(runs)
    left, right = sides
    return [*left, Run(" " * (width - cells_of(left) - cells_of(right))), *right]


class Banner(Painted):
    """One line that says what is played and who plays it."""

    INKS: ClassVar[Inks] = {
        "program": "accent bold",
        "title": "foreground bold",
        "muted": "muted",
        "lost": "critical bold",
        "lead": "ghost",
        "badge": "background bold",
        "you": "accent",
        "agent": "calm",
        "replay": "ghost",
        "ended": "soft",
        "paused": "breach",
        "error": "critical",
    }
    DEFAULT_CSS = """
    Banner {
        height: 1;
        padding: 0 1;
        background: $panel;
    }
    """

    view: reactive[BannerView] = reactive(BannerView())
    """What is shown."""

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:  # noqa: ARG002  (it has one line)
        """The line."""
        return [arrange(self.view, width)]
