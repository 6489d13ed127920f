"""A shift under a test's clock."""

from __future__ import annotations

from noc_tui.drills.shift_file import Shift
from noc_tui.drills.whole import Assignment, ShiftPage
from noc_tui.tui.shifting import ShiftRun
from tests.store.builders import session

PAGES = tuple(ShiftPage(Assignment("flaky_nic", seed), 10 * (seed + 1)) for seed in range(3))


def on_call(shift: Shift | None = None) -> ShiftRun:
    run = ShiftRun(shift or Shift("ana", PAGES))
    run.watch(0.0)
    return run


def answer(run: ShiftRun, name: str, now: float) -> None:
    """The page comes, is answered, and played to its end."""
    run.paged()
    run.begun(name)
    run.left(ended=True, kept=False, now=now)


def phase(run: ShiftRun) -> str:
    """What the shift is at."""
    return run.phase


def test_the_page_comes_after_its_pause_and_not_before() -> None:
    run = on_call()
    assert not run.tick(9.9)
    assert run.quiet_for(9.5) == 9.5
    assert run.tick(10.0)


def test_what_is_covered_takes_no_time() -> None:
    run = on_call()
    run.cover(5.0)
    assert not run.tick(1000.0)
    run.uncover(1000.0)
    assert not run.tick(1004.9)
    assert run.tick(1005.0)


def test_after_a_page_it_is_quiet_for_as_long_as_the_next_one_says() -> None:
    run = on_call()
    answer(run, "S1", now=100.0)
    assert (run.phase, run.number) == ("quiet", 2)
    assert not run.tick(119.9)
    assert run.tick(120.0)


def test_the_shift_is_over_when_the_last_page_has_been_reviewed_in_whatever_order() -> None:
    run = on_call()
    for name in ("S1", "S2", "S3"):
        answer(run, name, now=0.0)
    assert phase(run) == "reviewing"
    for name in ("S3", "S1"):
        run.ended(session(name))
        assert phase(run) == "reviewing"
    run.ended(session("S2"))
    assert phase(run) == "over"
    assert [entry.session for entry in run.shift.entries] == ["S1", "S2", "S3"]


def test_a_page_that_is_left_in_the_middle_waits_to_be_gone_on_with() -> None:
    run = on_call()
    run.paged()
    run.begun("S1")
    run.left(ended=False, kept=True, now=0.0)
    assert (run.phase, run.number, run.shift.open_session) == ("ready", 1, "S1")
    run.begun("S1")
    run.left(ended=True, kept=False, now=0.0)
    assert (run.phase, run.number) == ("quiet", 2)


def test_a_page_in_which_nothing_happened_comes_again() -> None:
    run = on_call()
    run.paged()
    run.begun("S1")
    run.left(ended=False, kept=False, now=0.0)
    assert (run.phase, run.number, run.shift.answered) == ("ready", 1, ())


def test_a_session_of_somewhere_else_changes_nothing() -> None:
    run = on_call()
    answer(run, "S1", now=0.0)
    before = run.shift
    run.ended(session("X"))
    assert run.shift == before


def test_a_page_that_is_reviewed_before_it_is_left_is_followed_by_the_next() -> None:
    run = on_call()
    run.paged()
    run.begun("S1")
    run.ended(session("S1"))
    run.left(ended=True, kept=False, now=0.0)
    assert (phase(run), run.number) == ("quiet", 2)


def test_one_that_is_continued_after_its_last_page_waits_for_the_review_alone() -> None:
    run = on_call()
    for name in ("S1", "S2", "S3"):
        answer(run, name, now=0.0)
    again = ShiftRun(run.shift)
    assert again.phase == "reviewing"
    assert ShiftRun(run.shift.ended(session("S1")).ended(session("S2")).ended(session("S3"))).phase == "over"
