"""The end of a round of spot: each answer with its verdict and its time, and when its card comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from textual.content import Content

from noc_tui.text import clean
from noc_tui.tui.actions import Scope, bindings_of
from noc_tui.tui.screens.drill_sheet import SheetScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.columns import Column
from noc_tui.tui.widgets.move_columns import INK_OF_CATEGORY
from noc_tui.tui.widgets.result_line import ResultView

if TYPE_CHECKING:
    from textual.binding import BindingType

    from noc_tui.drills.spot import SpotAnswer, SpotRound
    from noc_tui.tui.launch import Launch

_LATE: Final = ("!", "critical")
_WELL: Final = 0.8
_FAIR: Final = 0.5
"""Shares of right answers from which a round counts as well done, and as fair."""


class AnswerRow(NamedTuple):
    """An answer, and when its card comes back."""

    number: int
    answer: SpotAnswer
    due: str


def glyph_of(answer: SpotAnswer) -> tuple[str, str]:
    """The verdict in one character, and its ink."""
    return _LATE if answer.verdict is None else (answer.verdict.glyph, INK_OF_CATEGORY[answer.verdict.category])


def _verdict(row: AnswerRow) -> str:
    verdict = row.answer.verdict
    return f"{glyph_of(row.answer)[0]} {'Too late' if verdict is None else verdict.label}"


def _named(row: AnswerRow) -> str:
    return {True: "✓ ", False: "× ", None: "  "}[row.answer.named] + clean(row.answer.title, 80)


class RoundScreen(SheetScreen):
    """The result of a round."""

    SCOPE: ClassVar[Scope] = "round"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("round")]
    COLUMNS: ClassVar[tuple[Column[Any], ...]] = (
        Column("#", lambda row: str(row.number), 2, rank=6, right=True, ink=lambda _: "muted"),
        Column("Verdict", _verdict, 12, rank=1, ink=lambda row: glyph_of(row.answer)[1]),
        Column("You did", lambda row: row.answer.action.label if row.answer.action else "—", 15, rank=3),
        Column("Best", lambda row: row.answer.best.label, 15, rank=5),
        Column("Time", lambda row: f"{row.answer.seconds:.1f} s", 6, rank=2, right=True, ink=lambda _: "muted"),
        Column("It was", _named, 20, rank=0, most=34, ink=lambda _: "label"),
        Column("Comes back", lambda row: row.due, 10, rank=1, ink=lambda _: "muted"),
    )

    def __init__(self, spot_round: SpotRound, launch: Launch) -> None:
        super().__init__()
        self._round = spot_round
        self._launch = launch

    def on_mount(self) -> None:
        """Show the round."""
        from noc_tui.drills.wording import until  # noqa: PLC0415  (the round has loaded what it loads)
        from noc_tui.tui.practice import now_millis  # noqa: PLC0415

        answers, now = self._round.answers, now_millis()
        cards = self._round.deck.cards
        rows = [AnswerRow(i, each, until(cards[each.key].due, now)) for i, each in enumerate(answers, 1)]
        self.query_one(Banner).view = BannerView(
            "Spot", f"{len(answers)} positions", badge="ROUND OVER", badge_kind="ended"
        )
        line = Content("  ").join(Content.styled(glyph, f"${ink} bold") for glyph, ink in map(glyph_of, answers))
        self.show_sheet(result_of(self._round), line, rows)

    def about(self, row: Any) -> Content:
        """What was better, and why."""
        answer: SpotAnswer = row.answer
        said = {True: "named rightly", False: "not recognised", None: "not named"}[answer.named]
        return Content.assemble(
            (f"{row.number}: ", "$muted"), clean(answer.why, 600), (f"\n{clean(answer.title, 80)}, {said}.", "$muted")
        )

    def action_again(self) -> None:
        """Another round, from where the schedule stands now."""
        from noc_tui.tui.screens.drill_spot import SpotScreen  # noqa: PLC0415

        self.app.switch_screen(SpotScreen(self._launch, self._round.deck))


def result_of(spot_round: SpotRound) -> ResultView:
    """The round in a line."""
    answers = spot_round.answers
    share = spot_round.right / max(1, len(answers))
    ink = "calm" if share >= _WELL else "breach" if share >= _FAIR else "critical"
    mean = sum(answer.seconds for answer in answers) / max(1, len(answers))
    sentence = f"{spot_round.named} of {len(answers)} named, {mean:.1f} s on average."
    return ResultView(f"{spot_round.right} OF {len(answers)} RIGHT", ink, sentence)
