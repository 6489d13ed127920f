"""The review alone, as text for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from noc_tui.report import story
from noc_tui.report.markdown import escaped, markdown_pairs, markdown_table
from noc_tui.review.model import Verdict
from noc_tui.review.seen import seen
from noc_tui.sim.actions import ACTIONS
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from noc_tui.report.facts import SessionFacts
    from noc_tui.review.model import MoveReview, Review

_INDENT: Final = " " * 6
_WHY_LIMIT: Final = 600
_HEAD: Final = ("Step", "Seen", "Done", "Verdict", "Lost", "Best")
_WIDEST: Final = 30


def review_text(facts: SessionFacts, review: Review, width: int) -> Iterator[str]:
    """Lines of at most `width` (>= 60) columns: the figures, then each move with its reason below it."""
    outcome, rest = story.headline(facts)
    yield f"{facts.title}, seed {facts.seed}"
    yield f"{outcome}{rest}"
    yield ""
    pairs = story.review_figures(review)
    wide = max(len(name) for name, _ in pairs)
    for name, text in pairs:
        yield f"{name:<{wide}}  {text}"
    yield ""
    rows = [_cells(move) for move in review.moves]
    widths = _widths(rows, width)
    yield _line(_HEAD, widths)
    for move, cells in zip(review.moves, rows, strict=True):
        yield _line(cells, widths)
        if move.verdict is not Verdict.NONE:
            why = clean(move.why, _WHY_LIMIT)
            yield from textwrap.wrap(why, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _cells(move: MoveReview) -> tuple[str, ...]:
    none = move.verdict is Verdict.NONE
    return (
        str(move.step),
        seen(move.before),
        move.action.label,
        f"{move.verdict.glyph} {move.verdict.label}",
        "" if none else f"{move.lost:.1f}",
        "" if none else move.best.label,
    )


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """What each column takes; what was seen gives way where there is no room."""
    widths = [max(len(head), *(len(row[column]) for row in rows), 0) for column, head in enumerate(_HEAD)]
    others = sum(widths) - widths[1] + 2 * (len(widths) - 1)
    widths[1] = max(8, min(widths[1], _WIDEST, width - others))
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for column, (cell, room) in enumerate(zip(cells, widths, strict=True)):
        text = cell if len(cell) <= room else cell[: room - 1] + "…"
        parts.append(text.rjust(room) if column in {0, 4} else text.ljust(room))
    return "  ".join(parts).rstrip()


def review_markdown(facts: SessionFacts, review: Review) -> str:
    """The review as GitHub's Markdown."""
    outcome, rest = story.headline(facts)
    parts = [
        f"# Review: {escaped(facts.title)}, seed {facts.seed}",
        f"**{outcome}**{escaped(rest)}",
        markdown_pairs(tuple(story.review_figures(review))),
        markdown_table(story.review_table(review)),
    ]
    return "\n\n".join(parts) + "\n"


def review_json(facts: SessionFacts, review: Review) -> dict[str, Any]:
    """The review as JSON-ready values. Costs, `lost` and `luck` are in steps, metrics in [0, 1]."""
    return {
        "session": facts.session,
        "incident": facts.incident,
        "seed": facts.seed,
        "outcome": review.outcome,
        "steps": review.steps,
        "grade": review.grade,
        "accuracy": review.accuracy,
        "par": review.par,
        "lost": review.lost,
        "luck": review.luck,
        "sum": review.ledger.text,
        "mttr_steps": review.mttr_steps,
        "harmful": review.harmful,
        "first_useful": review.first_useful,
        "unwinnable_start": review.unwinnable_start,
        "lost_from": review.lost_from,
        "worst": review.worst,
        "moves": [_move(move) for move in review.moves],
        "best_play": {
            "actions": [str(action) for action in review.ghost_actions],
            "metrics": [metrics._asdict() for metrics in review.ghost],
        },
    }


def _move(move: MoveReview) -> dict[str, Any]:
    return {
        "step": move.step,
        "driver": move.driver,
        "inherited": move.inherited,
        "seen": seen(move.before),
        "action": str(move.action),
        "best": str(move.best),
        "verdict": str(move.verdict),
        "lost": move.lost,
        "luck": move.luck,
        "throws_away": move.throws_away,
        "lost_position": move.lost_position,
        "costs": {str(action): cost for action, cost in zip(ACTIONS, move.q, strict=True)},
        "why": move.why,
        "before": move.before._asdict(),
        "after": move.after._asdict(),
        "expected": move.expected._asdict(),
    }
