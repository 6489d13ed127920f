"""The line that says how it ended, and how well it was played."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.review.model import GRADES, Grade
from noc_tui.tui.widgets.painted import cells_of
from noc_tui.tui.widgets.result_line import ResultLine, ResultView, arrange
from tests.tui.widgets.hosting import hosted, shown, style_of

WON = ResultView("✓ RESOLVED", "calm", "Restored after 14 steps: MTTR 7 min 0 s.", "B", 84.4)


def text(view: ResultView, width: int) -> str:
    return "".join(run.text for run in arrange(view, width))


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (120, " ✓ RESOLVED    Restored after 14 steps: MTTR 7 min 0 s.   Grade B   accuracy 84 %"),
        (79, " ✓ RESOLVED   Restored after 14 steps: MTTR 7 min 0 s.  Grade B  accuracy 84 %"),
        (70, " ✓ RESOLVED    Restored after 14 steps: MTTR 7 min 0 s.   Grade B"),
        (40, " ✓ RESOLVED    Grade B"),
        (15, " ✓ RESOLVED "),
    ],
)
def test_outcome_and_grade_stay_longest(width: int, line: str) -> None:
    assert text(WON, width) == line


def test_what_is_not_known_yet_takes_no_room() -> None:
    assert text(WON._replace(grade=None, accuracy=None), 120).endswith("MTTR 7 min 0 s.")
    assert text(ResultView(), 120) == ""


@given(st.none() | st.sampled_from(GRADES), st.none() | st.floats(0, 100), st.text(max_size=90), st.integers(20, 200))
def test_the_line_never_runs_over(grade: Grade | None, accuracy: float | None, sentence: str, width: int) -> None:
    view = ResultView("! OUT OF STEPS", "breach", sentence, grade, accuracy)
    assert cells_of(arrange(view, width)) <= width


async def test_the_letter_is_loud_as_it_is_bad() -> None:
    line = ResultLine()
    async with hosted(line, (100, 1)):
        inks = []
        shades: tuple[Grade, ...] = ("S", "C", "F")
        for grade in shades:
            line.view = WON._replace(grade=grade)
            assert f"Grade {grade}" in shown(line)[0]
            inks.append(style_of(line, grade).color)
        assert len(set(inks)) == 3
