"""The morning after a shift: what came of each page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from textual.content import Content

from noc_tui import paths
from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_sheet import SheetScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.columns import Column
from noc_tui.tui.widgets.result_line import ResultView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.binding import BindingType

    from noc_tui.drills.shift_file import Shift
    from noc_tui.drills.whole import ShiftLine, ShiftResult
    from noc_tui.sim.incident import Incident
    from noc_tui.tui.widgets.keybar import KeyHint

_OUTCOMES: Final = {
    "resolved": ("calm", "✓ resolved in {}"),
    "crashed": ("critical", "‼ crashed at {}"),
    "truncated": ("breach", "! out of steps"),
    "void": ("breach", "! void"),
}
_NAMED: Final = {True: "✓ right", False: "× wrong", None: "—"}


class PageRow(NamedTuple):
    """A page, and what came of it."""

    number: int
    line: ShiftLine
    session: Path
    title: str
    lesson: str


class ShiftSheetScreen(SheetScreen):
    """The result sheet."""

    SCOPE: ClassVar[Scope] = "shift"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("shift")]
    COLUMNS: ClassVar[tuple[Column[Any], ...]] = (
        Column("Page", lambda row: str(row.number), 4, rank=5, right=True, ink=lambda _: "muted"),
        Column("It was", lambda row: row.title, 20, rank=0, most=34, ink=lambda _: "label"),
        Column(
            "Outcome",
            lambda row: _OUTCOMES[row.line.outcome][1].format(row.line.steps),
            16,
            rank=1,
            ink=lambda row: _OUTCOMES[row.line.outcome][0],
        ),
        Column("Par", lambda row: "" if row.line.par is None else f"{row.line.par:.1f}", 4, rank=3, right=True),
        Column("Grade", lambda row: row.line.grade or "—", 5, rank=2),
        Column("Accuracy", lambda row: "" if row.line.accuracy is None else f"{row.line.accuracy:.0f} %", 8, rank=4),
        Column("Named", lambda row: _NAMED[row.line.diagnosed], 7, rank=2),
    )

    def __init__(self, shift: Shift, incidents: Mapping[str, Incident], launch: Launch) -> None:
        super().__init__()
        self._shift = shift
        self._incidents = incidents
        self._launch = launch

    def can_do(self, action: UserAction) -> bool:
        """Replay what there is a recording of."""
        if action.id == "shift.go_on":
            row = self.rows.current
            return row is not None and row.session.exists()
        return True

    def hints(self) -> tuple[KeyHint, ...]:
        """The key goes to the recording now."""
        return tuple(h._replace(label="replay") if h.label == "page now" else h for h in super().hints())

    def on_mount(self) -> None:
        """Show the result."""
        from noc_tui.drills.whole import shift_result  # noqa: PLC0415  (the shift has loaded it)

        result = shift_result(self._shift.entries, self._incidents)
        rows = []
        for number, (line, entry) in enumerate(zip(result.lines, self._shift.entries, strict=True), 1):
            incident = self._incidents[line.incident]
            path = paths.sessions_dir() / f"{entry.session}.jsonl"
            rows.append(PageRow(number, line, path, clean(incident.title, 80), clean(incident.lesson, 600)))
        self.query_one(Banner).view = BannerView("Shift", f"{len(rows)} pages", badge="SHIFT OVER", badge_kind="ended")
        self.show_sheet(result_view(result), left_alone(result), rows)

    def about(self, row: Any) -> Content:
        """What to remember of it."""
        wrong = "Nothing was broken, and what was pressed did harm. " if row.line.needless else ""
        return Content.assemble((f"{row.title}: ", "$muted"), wrong, row.lesson)

    def on_row_list_highlighted(self) -> None:
        """The key goes to another recording."""
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """A double click replays."""
        self.action_go_on()

    def action_go_on(self) -> None:
        """Replay the page under the cursor."""
        row = self.rows.current
        if row is not None and row.session.exists():
            self.noc.open(Launch("replay", session=row.session))

    def action_new(self) -> None:
        """Another shift."""
        from noc_tui.tui.screens.drill_shift import ShiftScreen  # noqa: PLC0415

        self.app.switch_screen(ShiftScreen(self._launch))


def result_view(result: ShiftResult) -> ResultView:
    """The result in a line."""
    count = len(result.lines)
    faults = count if result.left_alone is None else count - 1
    over = "" if result.over_par is None else f" Resolved: {result.over_par:+.1f} against par.".replace("-", "−")
    ink = "calm" if result.resolved == count else "breach" if 2 * result.resolved >= count else "critical"
    sentence = f"{faults} incidents and a false alarm.{over}" if faults < count else f"{count} incidents.{over}"
    return ResultView(f"{result.resolved} OF {count} RESOLVED", ink, sentence, accuracy=result.accuracy)


def left_alone(result: ShiftResult) -> Content:
    """What is said of the page that was none."""
    if result.left_alone is None:
        return Content("")
    if result.left_alone:
        return Content.styled("✓ The false alarm was left alone.", "$calm bold")
    return Content.styled("! The false alarm was acted on: nothing was broken.", "$breach bold")
