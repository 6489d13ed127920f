"""What an episode came to, in words and tables: what the debrief writes in its cards. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.content import Content

from noc_tui.episode.records import HUMAN
from noc_tui.sim.actions import ACTIONS
from noc_tui.text import clean
from noc_tui.tui.recordings import driver_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.episode.records import Header
    from noc_tui.episode.totals import Diagnosis, Totals
    from noc_tui.review.model import Review

_TERMS: Final = {
    "health_delta": "health gained",
    "health_bonus": "health kept",
    "step_penalty": "steps",
    "resolution": "resolution",
    "crash": "crash",
    "ineffective": "ineffective actions",
}
LESSON: Final = (("What it was", "summary"), ("What to remember", "lesson"))
REFERENCES: Final = (("Read more", "references"),)
"""Titles, and the keys of the incident's definition that have the text."""
_PROSE_LIMIT: Final = 4_000
_BAR: Final = 8
_MOST_DRIVERS: Final = 3


def sentence(totals: Totals, max_steps: int) -> str:
    """The result in a sentence."""
    if totals.restored_clock is not None:
        return f"Restored after {_steps(totals.steps)}: MTTR {duration(totals.restored_clock)}."
    if totals.outcome == "crashed":
        return f"The server crashed at step {totals.steps} of {max_steps}."
    if totals.outcome == "truncated":
        return f"{_steps(totals.steps)} were not enough."
    return f"It stopped at step {totals.steps} of {max_steps}, not restored."


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def facts(totals: Totals, header: Header, diagnosis: Diagnosis | None) -> Iterable[tuple[str, str]]:
    """Names and values of what else there is to know."""
    restored = totals.restored_clock
    yield "MTTR", "not restored" if restored is None else f"{duration(restored)}, {_steps(totals.steps)}"
    yield "Real time", duration(totals.elapsed)
    yield "Health rose", f"on {totals.effective} of {_steps(totals.steps)}"
    yield "Driven by", drivers(totals.steps_by_driver)
    yield "Pace", header.pace
    if header.parent is not None:
        yield "Forked", f"at step {header.parent.step}"
    if header.blind:
        yield from diagnosed(diagnosis)


def diagnosed(diagnosis: Diagnosis | None) -> Iterable[tuple[str, str]]:
    """What was named in a blind episode, and when that was right for the first time."""
    if diagnosis is None:
        yield "Diagnosis", "none: it was blind"
        return
    by = "" if diagnosis.last.driver == HUMAN else f", by {clean(driver_name(diagnosis.last.driver), 20)}"
    yield "Diagnosis", f"{'✓ right' if diagnosis.right else '! wrong'}: {diagnosis.last.incident}{by}"
    first = diagnosis.first_right
    yield "Recognised", "never" if first is None else f"at step {first.step}, after {duration(first.elapsed)}"


def judged(review: Review) -> Iterable[tuple[str, str]]:
    """Names and values of what the review says of the whole."""
    if review.grade is not None:
        yield "Grade", review.grade
    if review.accuracy is not None:
        yield "Accuracy", f"{review.accuracy:.0f} %"
    yield "Par", f"{review.par:.1f} steps"
    yield "Lost", f"{review.lost:.1f} steps"
    yield "Luck", f"{'−' if review.luck < 0 else '+'}{abs(review.luck):.1f} steps"
    yield "First useful", "none" if review.first_useful is None else f"at step {review.first_useful}"
    yield (
        "Harmful",
        "none" if not review.harmful else "1 action" if review.harmful == 1 else f"{review.harmful} actions",
    )


def drivers(steps_by_driver: Iterable[tuple[str, int]]) -> str:
    """Who took how many steps: `you 20, rules 4`."""
    named = [f"{clean(driver_name(driver), 20)} {steps}" for driver, steps in steps_by_driver]
    more = [f"{len(named) - _MOST_DRIVERS} more"] if len(named) > _MOST_DRIVERS else []
    return ", ".join(named[:_MOST_DRIVERS] + more) or "nobody"


def duration(seconds: float) -> str:
    """A time span as one says it: `35 s`, `4 min 10 s`, `2 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def table(title: str, rows: Iterable[tuple[str, str]]) -> Content:
    """A title, and names with their values below it."""
    lines: list[Content] = [Content.styled(title, "bold")]
    lines += [Content.assemble((f"{name:<13}", "$muted"), value) for name, value in rows]
    return Content("\n").join(lines)


def actions(totals: Totals) -> Content:
    """How often each action was used, in figures and as bars."""
    most = max(1, *totals.uses)
    lines = [Content.styled("Actions", "bold")]
    for action, uses in zip(ACTIONS, totals.uses, strict=True):
        ink = "" if uses else "$muted"
        bar = "━" * max(round(_BAR * uses / most), int(uses > 0))
        lines.append(Content.assemble((f"{action.label:<16}", ink), (f"{uses:>4}  ", ink), (bar, "$soft")))
    return Content("\n").join(lines)


def rewards(totals: Totals) -> Content:
    """Each reward term summed over the episode, and the total."""
    lines = [Content.styled("Reward by term", "bold")]
    for name, value in totals.reward_terms._asdict().items():
        lines.append(Content.styled(f"{_TERMS[name]:<20}{_signed(value):>9}", "" if value else "$muted"))
    lines.append(Content.styled(f"{'total':<20}{_signed(totals.total_reward):>9}", "bold"))
    return Content("\n").join(lines)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if value else "0"


def prose(definition: dict[str, Any], parts: Iterable[tuple[str, str]]) -> Content:
    """What the definition has to say under these keys, each with its title. It may come from any file."""
    told: list[Content] = []
    for title, key in parts:
        given = definition.get(key)
        text = "\n".join(map(str, given)) if isinstance(given, list | tuple) else str(given or "")
        text = clean(text.strip(), _PROSE_LIMIT, keep_newlines=True)
        if text:
            told.append(Content.assemble((f"{title}\n", "bold"), text))
    return Content("\n\n").join(told)
