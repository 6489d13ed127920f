"""The review of an episode on the debrief: the health curve with its verdicts, the moves, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from noc_tui.review.model import Verdict
from noc_tui.sim.metrics import METRICS
from noc_tui.text import clean
from noc_tui.tui.widgets.columns import ColumnTitles, Layout
from noc_tui.tui.widgets.curve import Curve, CurveView, Mark
from noc_tui.tui.widgets.move_columns import INK_OF_CATEGORY, MOVE_COLUMNS
from noc_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from noc_tui.review.model import MoveReview, Review
    from noc_tui.tui.widgets.painted import Run

_WHY_LIMIT: Final = 600
_WEIGHTS: Final = {verdict: weight for weight, verdict in enumerate(Verdict)} | {Verdict.NONE: -1}
_NO_MARK: Final = Mark(" ", "muted")
_MOST_DIFFERENCES: Final = 2
_LEAST_DIFFERENCE: Final = 0.02
"""On the metric's own scale. Less may be noise."""


class ReviewPanel(Vertical):
    """Shows the curve at once, and the review when it is there."""

    DEFAULT_CSS = """
    ReviewPanel {
        height: 1fr;
        & > Curve { height: 4; }
        & > #ledger { height: auto; display: none; }
        & > ColumnTitles { display: none; padding: 0 1 0 0; }
        & > #moves { height: 1fr; display: none; scrollbar-gutter: stable; }
        & > #why { height: 4; display: none; padding: 0 1 0 2; color: $foreground; }
        &.-reviewed > #ledger, &.-reviewed > ColumnTitles, &.-reviewed > #moves, &.-reviewed > #why { display: block; }
        & > #waiting { height: auto; margin: 1 0 0 0; color: $muted; }
        &.-reviewed > #waiting { display: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="review")
        self._health: CurveView = CurveView()
        self.review: Review | None = None
        """None until it is there."""

    def compose(self) -> ComposeResult:
        yield Curve()
        yield Static(id="ledger", markup=False)
        yield ColumnTitles(MOVE_COLUMNS)
        moves: RowList[MoveReview] = RowList(_row, id="moves")
        yield moves
        yield Static(id="why", markup=False)
        yield Static(id="waiting", markup=False)

    @property
    def moves(self) -> RowList[MoveReview]:
        """The table."""
        return self.query_one("#moves", RowList)

    @property
    def move(self) -> MoveReview | None:
        """The move under the cursor."""
        return self.moves.current

    def show_health(self, view: CurveView) -> None:
        """The course of the health, which is known before the review."""
        # Blanks keep the place of the verdicts, so that nothing jumps when they come.
        self._health = view._replace(marks=(_NO_MARK,) * (len(view.values) - 1))
        self._draw_curve()

    def show_progress(self, text: str) -> None:
        """How far the review is, or why there is none."""
        self.query_one("#waiting", Static).update(text)

    def show(self, review: Review) -> None:
        """The review, with the cursor at the worst move."""
        self.review = review
        self.add_class("-reviewed")
        self._tell_ledger(self.size.width)
        self.moves.styles.max_height = len(review.moves)  # so that the reason stands right below a short table
        self.moves.show(review.moves, at=(review.worst or 1) - 1)

    def on_row_list_highlighted(self) -> None:
        """The cursor stands at another move: say why, and point it out on the curve."""
        self._draw_curve()
        move = self.move
        self.query_one("#why", Static).update(why_text(move) if move else "")

    def on_resize(self, event: Resize) -> None:
        """Say as much of the sum as there is room for."""
        self._tell_ledger(event.size.width)

    def _tell_ledger(self, width: int) -> None:
        if self.review is not None:
            self.query_one("#ledger", Static).update(ledger_line(self.review, width))

    def _draw_curve(self) -> None:
        view, review = self._health, self.review
        if review is not None:
            ghost = tuple(metrics.health_score for metrics in review.ghost)
            at = self.move.step if self.move else None
            view = view._replace(ghost=ghost, marks=tuple(map(_mark, review.moves)), at=at)
        self.query_one(Curve).view = view


def _row(move: MoveReview, width: int) -> list[Run]:
    return Layout.of(MOVE_COLUMNS, width).row(move)


def _mark(move: MoveReview) -> Mark:
    return Mark(move.verdict.glyph, INK_OF_CATEGORY[move.verdict.category], _WEIGHTS[move.verdict])


def ledger_line(review: Review, width: int) -> Content:
    """Where the steps went: `9 steps = 6.3 par + 1.2 lost + 1.5 luck`, and what must be said of the position.

    That the position was lost on the way stands in the table too: it is left out where the line is full.
    """
    line = Content.styled(review.ledger.text, "bold")
    if review.unwinnable_start:
        return Content.assemble(line, ("   from this start nobody could resolve it", "$breach"))
    if review.lost_from is not None:
        notice = f"   lost from step {review.lost_from} on"
        if len(line) + len(notice) <= width:
            return Content.assemble(line, (notice, "$breach"))
    return line


def why_text(move: MoveReview) -> Content:
    """What is said of a move: the reason, and what best play would have come to in its place."""
    parts = [Content.assemble((f"Step {move.step}: ", "$muted"), clean(move.why, _WHY_LIMIT))]
    if told := _instead(move):
        parts.append(Content.styled(told, "$muted"))
    return Content("\n").join(parts)


def _instead(move: MoveReview) -> str:
    """The metrics that would have come out otherwise, the furthest apart first."""
    if move.verdict in {Verdict.NONE, Verdict.BEST}:
        return ""
    figures = [
        (abs(real - best) / spec.full_scale, f"{spec.inline} {spec.text(best)}, not {spec.text(real)}")
        for spec, real, best in zip(METRICS, move.after, move.expected, strict=True)
    ]
    told = [text for gap, text in sorted(figures, reverse=True)[:_MOST_DIFFERENCES] if gap >= _LEAST_DIFFERENCE]
    return f"With {_inline_action(move)}: {'; '.join(told)}." if told else ""


def _inline_action(move: MoveReview) -> str:
    return "waiting" if move.best == "do_nothing" else move.best.label
