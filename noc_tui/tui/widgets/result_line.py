"""The line on top of the debrief: how it ended, the grade, the result in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.reactive import reactive

from noc_tui.tui.widgets.painted import Painted, Run, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.review.model import Grade
    from noc_tui.tui.inks import Inks

_GAPS: Final = (3, 2)
"""Cells between the parts: wide, and where that is too much."""
_INK_OF_GRADE: Final[dict[Grade, str]] = {
    "S": "calm",
    "A": "calm",
    "B": "calm",
    "C": "breach",
    "D": "breach",
    "F": "critical",
}


class ResultView(NamedTuple):
    """What is shown."""

    outcome: str = ""
    """In capitals, with its glyph."""
    ink: str = "muted"
    """Of the outcome: `calm`, `breach` or `critical`."""
    sentence: str = ""
    grade: Grade | None = None
    accuracy: float | None = None
    """0 to 100."""


def arrange(view: ResultView, width: int) -> list[Run]:
    """The parts that fit, in their order. The accuracy goes first where there is no room, then the sentence."""
    outcome = [Run(f" {view.outcome} ", "badge", view.ink)] if view.outcome else []
    sentence = [Run(view.sentence)] if view.sentence else []
    grade = [Run("Grade ", "muted"), Run(view.grade, _INK_OF_GRADE[view.grade])] if view.grade else []
    accuracy = [Run(f"accuracy {view.accuracy:.0f} %", "muted")] if view.accuracy is not None else []
    for parts in ((outcome, sentence, grade, accuracy), (outcome, sentence, grade), (outcome, grade)):
        for gap in _GAPS:
            line = _joined(parts, gap)
            if cells_of(line) <= width:
                return line
    return outcome


def _joined(parts: Iterable[list[Run]], gap: int) -> list[Run]:
    line: list[Run] = []
    for part in parts:
        if part:
            line += [Run(" " * gap if line else ""), *part]
    return line


class ResultLine(Painted):
    """One line."""

    INKS: ClassVar[Inks] = {
        "badge": "background bold",
        "muted": "muted",
        "calm": "calm bold",
        "breach": "breach bold",
        "critical": "critical bold",
    }
    DEFAULT_CSS = """
    ResultLine {
        height: 1;
    }
    """

    view: reactive[ResultView] = reactive(ResultView())

    def paint(self, width: int, height: int) -> Iterable[Iterable[Run]]:  # noqa: ARG002  (it has one line)
        """The line."""
        return [arrange(self.view, width)]
