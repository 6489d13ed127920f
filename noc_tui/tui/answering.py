"""What is said of an answer, computed from a round in play. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.text import clean
from noc_tui.tui.widgets.answer_panel import AnswerView, Tone

if TYPE_CHECKING:
    from noc_tui.drills.spot import SpotAnswer
    from noc_tui.review.model import Category
    from noc_tui.tui.spotting import Spotting

WHICH: Final = "Which incident is it?"
TONES: Final[dict[Category, Tone]] = {
    "fine": "fine",
    "inaccuracy": "inaccuracy",
    "mistake": "bad",
    "blunder": "bad",
    "none": "plain",
}
"""How a verdict of each category is meant."""


def spot_view(play: Spotting, now: float) -> AnswerView:
    """What the panel shows of a round in play."""
    answered = len(play.round.answers)
    note = f"{play.round.right} of {answered} right" if answered else ""
    if play.phase == "asked" or play.draft is None:
        return AnswerView("What would you do?", left=play.left(now), limit=play.round.limit or 0.0, note=note)
    draft = play.draft
    asks = WHICH if play.answer is None else _told(play.answer)
    if draft.verdict is None or draft.action is None:
        return AnswerView(asks, "bad", "! TOO LATE", "nothing was done in time", draft.why, note=note)
    headline = f"{draft.verdict.glyph} {draft.verdict.label.upper()}"
    said = f"{draft.action.label} after {draft.seconds:.1f} s"
    return AnswerView(asks, TONES[draft.verdict.category], headline, said, draft.why, note=note)


def _told(answer: SpotAnswer) -> str:
    title = clean(answer.title, 80)
    return f"✓ Right: {title}." if answer.named else f"× It was {title}."
