"""What is asked, the time that is left, the verdict and its reason, at every width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.widgets.answer_panel import FEW_ROWS, ROWS, AnswerPanel, AnswerView, lines
from noc_tui.tui.widgets.painted import cells_of
from tests.tui.widgets.hosting import hosted, shown

ASKED = AnswerView("What would you do?", left=7.5, limit=10.0, note="1 of 2 right")
JUDGED = AnswerView("Which incident is it?", "bad", "× BLUNDER", "Scale up after 3.2 s", "Waiting was better. " * 12)


def text(view: AnswerView, width: int, rows: int = ROWS) -> list[str]:
    return ["".join(run.text for run in line) for line in lines(view, width, rows)]


def test_the_bar_is_as_long_as_the_time_that_is_left() -> None:
    first, second = text(ASKED, 80)
    assert first.startswith("━" * 30 + "╌" * 10 + " 7.5 s")
    assert first.endswith("1 of 2 right")
    assert second == "What would you do?"


def test_at_the_end_of_the_time_the_bar_warns() -> None:
    inks = {run.ink for run in lines(ASKED._replace(left=1.0), 80, ROWS)[0]}
    assert "hurry" in inks
    assert "hurry" not in {run.ink for run in lines(ASKED, 80, ROWS)[0]}


def test_without_a_limit_it_says_so() -> None:
    assert text(ASKED._replace(left=None, limit=0.0), 80)[0].startswith("as long as you like")


def test_a_verdict_has_two_rows_for_its_reason_and_what_is_asked_stands_last() -> None:
    told = text(JUDGED, 80)
    assert len(told) == ROWS
    assert told[0] == "× BLUNDER  Scale up after 3.2 s"
    assert told[1:3] == ["Waiting was better. Waiting was better. Waiting was better. Waiting was better."] * 2
    assert told[3] == "Which incident is it?"
    assert text(JUDGED._replace(why="Short."), 80) == [told[0], "Short.", "", told[3]]


def test_of_a_reason_without_room_the_last_sentences_go_and_a_first_one_that_is_too_long_is_cut() -> None:
    why = "Reroute traffic first: it takes 5.0 % off CPU. Throttle CPU adds 40 ms latency, and more of it later."
    assert text(JUDGED._replace(why=why), 40)[1:3] == ["Reroute traffic first: it takes 5.0 %", "off CPU."]
    assert text(JUDGED._replace(why="word " * 20), 40)[2].endswith("…")


def test_while_nothing_is_asked_yet_no_time_is_shown() -> None:
    assert text(AnswerView("Looking up what is due…", loading=True), 80) == ["", "Looking up what is due…"]


def test_in_a_low_window_the_reason_goes() -> None:
    assert text(JUDGED, 80, FEW_ROWS) == ["× BLUNDER  Scale up after 3.2 s", "Which incident is it?"]


@given(st.sampled_from([ASKED, JUDGED]), st.text(max_size=200), st.integers(20, 200), st.sampled_from([FEW_ROWS, ROWS]))
def test_no_row_but_the_first_is_ever_too_wide_and_there_are_never_too_many(
    view: AnswerView, words: str, width: int, rows: int
) -> None:
    painted = lines(view._replace(why=words, asks=words), width, rows)
    assert len(painted) <= rows
    assert all(cells_of(line) <= width for line in painted[1:])


async def test_it_is_drawn_as_it_is_computed() -> None:
    panel = AnswerPanel()
    async with hosted(panel, size=(80, 6)) as host:
        panel.view = JUDGED
        await host.pilot.pause()
        assert [line.strip() for line in shown(panel)][:2] == [line.strip() for line in text(JUDGED, 78)][:2]
