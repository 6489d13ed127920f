"""The steps of a recording from end to end: where it stands, what happened where; click or drag to go there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from noc_tui.text import clean
from noc_tui.tui.inks import LEVEL_INKS, PLAIN_LEVEL_INKS
from noc_tui.tui.widgets.blocks import BLOCKS, EIGHTHS
from noc_tui.tui.widgets.levels import Level, health_level
from noc_tui.tui.widgets.painted import Painted, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events

    from noc_tui.tui.inks import Inks

TickKind = Literal["mark", "control", "alert", "breach", "recovered", "fork", "end"]

TICKS: Final[dict[TickKind, tuple[str, str]]] = {
    "fork": ("┳", "accent"),
    "end": ("■", "title"),
    "mark": ("◆", "accent"),
    "control": ("»", "accent"),
    "alert": ("‼", "critical"),
    "breach": ("!", "breach"),
    "recovered": ("✓", "calm"),
}
"""Glyph and ink of each kind. Of several in one column the one that stands first here is shown."""

PLAYHEAD: Final = "▲"
TOOLTIP_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that happened at a step."""

    step: int
    kind: TickKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """What the timeline shows. Keep `health` and `ticks` the same objects while only the position moves."""

    length: int = 0
    """The last step."""
    position: int = 0
    """The step shown now, from 0 (the page) to `length`."""
    health: tuple[float, ...] = ()
    """Health scores in [0, 1] of steps 0 to `length`, or fewer at even distances."""
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """How steps 0 to `length` lie on `width` columns (>= 1)."""

    length: int
    width: int

    def column(self, step: int) -> int:
        """The column of a step."""
        return round(min(max(step, 0), self.length) * (self.width - 1) / self.length) if self.length else 0

    def step(self, column: int) -> int:
        """The step that a column stands for; columns outside stand for the first and the last."""
        if self.width == 1:
            return self.length
        return round(min(max(column, 0), self.width - 1) * self.length / (self.width - 1))


def pool(health: Sequence[float], width: int) -> list[float]:
    """The lowest health that falls on each of `width` columns; where none does, the nearest."""
    count = len(health)
    if not count:
        return []
    edges = [column * count // width for column in range(width + 1)]
    return [min(health[start : max(end, start + 1)]) for start, end in pairwise(edges)]


class Timeline(Painted):
    """The clickable timeline: health above, what happened below. In a single row the ticks stand in the health."""

    INKS: ClassVar[Inks] = {
        "title": "foreground bold",
        "muted": "muted",
        "accent": "accent bold",
        "here": "background bold",
        "here-ground": "foreground",
        **LEVEL_INKS,
        "calm-dim": "calm-under",
        "breach-dim": "breach-dim",
        "critical-dim": "critical-dim",
    }
    PLAIN_INKS: ClassVar[Inks] = {**PLAIN_LEVEL_INKS, "critical": "foreground bold"}
    DEFAULT_CSS = """
    Timeline {
        height: 2;
        padding: 0 1;
        background: $surface;
    }
    """

    view: reactive[TimelineView] = reactive(TimelineView())

    class Seek(Message):
        """The user wants to go to a step."""

        def __init__(self, timeline: Timeline, step: int) -> None:
            super().__init__()
            self.timeline = timeline
            self.step = step

        @property
        def control(self) -> Timeline:
            return self.timeline

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (as Textual has it)
        super().__init__(id=id, classes=classes)
        self._sought: int | None = None
        self._pooled: tuple[tuple[float, ...], int, list[float]] = ((), 0, [])
        self._placed: tuple[tuple[Tick, ...], Track, dict[int, list[Tick]]] = ((), Track(0, 1), {})

    @property
    def _gutter_width(self) -> int:
        """The room of `7/30 ` at the left."""
        return 2 * len(str(self.view.length)) + 2

    def _track(self, width: int) -> Track:
        return Track(self.view.length, max(width - self._gutter_width, 1))

    def _health(self, width: int) -> list[float]:
        """The health per column. Pooled once, not for every position."""
        health, old_width, pooled = self._pooled
        if health is not self.view.health or old_width != width:
            pooled = pool(self.view.health, width)
            self._pooled = (self.view.health, width, pooled)
        return pooled

    def _ticks(self, track: Track) -> dict[int, list[Tick]]:
        """The ticks per column, the most telling first. Sorted once, not for every position."""
        ticks, old_track, placed = self._placed
        if ticks is not self.view.ticks or old_track != track:
            placed = {}
            for tick in self.view.ticks:
                placed.setdefault(track.column(tick.step), []).append(tick)
            order = list(TICKS)
            for group in placed.values():
                group.sort(key=lambda tick: order.index(tick.kind))
            self._placed = (self.view.ticks, track, placed)
        return placed

    def paint(self, width: int, height: int) -> Iterator[list[Run]]:
        view, track = self.view, self._track(width)
        here, ticks = track.column(view.position), self._ticks(track)
        gutter = self._gutter_width
        head = Run(f"{view.position}/{view.length} ".rjust(gutter), "title")
        course = self._course(track.width, here)
        if height < 2:
            yield [
                head,
                *(_tick_run(ticks[column], run) if column in ticks else run for column, run in enumerate(course)),
            ]
            return
        yield [head, *course]
        below = [_tick_run(ticks[column], Run("")) if column in ticks else Run(" ") for column in range(track.width)]
        if here not in ticks:
            below[here] = Run(PLAYHEAD, "title")
        else:
            below[here] = Run(below[here].text, "here", "here-ground")
        yield [Run(" " * gutter), *below]

    def _course(self, width: int, here: int) -> list[Run]:
        """The health of each column; what lies behind the position is bright, what is to come is dim."""
        runs = []
        for column, health in enumerate(self._health(width) or [0.0] * width):
            level = health_level(health) if self.view.health else Level.CALM
            glyph = BLOCKS[min(max(round(health * EIGHTHS), 1), EIGHTHS)]
            if column == here:
                runs.append(Run(glyph, level.ink, "here-ground"))
            else:
                runs.append(Run(glyph, level.ink if column < here else f"{level.ink}-dim"))
        return runs

    def _seek(self, event: events.MouseEvent) -> None:
        step = self._track(self.size.width).step(self._column(event))
        if step != self._sought:
            self._sought = step
            self.post_message(self.Seek(self, step))

    def _column(self, event: events.MouseEvent) -> int:
        """The column of the track under the pointer, which while it drags may be outside."""
        return event.x - self.gutter.left - self._gutter_width

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1:
            self.capture_mouse()
            self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._sought is not None:
            self._seek(event)
            return
        track, column = self._track(self.size.width), self._column(event)
        happened = self._ticks(track).get(column, [])[:TOOLTIP_LINES] if column >= 0 else []
        lines = [f"step {tick.step}: {clean(tick.label, 60) or tick.kind}" for tick in happened]
        # Labels are text from outside: as Content they are never markup.
        self.tooltip = Content("\n".join(lines or [f"step {track.step(column)}"]))

    def on_mouse_up(self) -> None:
        self._sought = None
        self.release_mouse()


def _tick_run(ticks: list[Tick], under: Run) -> Run:
    glyph, ink = TICKS[ticks[0].kind]
    return Run(glyph, ink, under.ground)
