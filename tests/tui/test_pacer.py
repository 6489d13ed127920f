"""The pace: what is due when, whatever real time does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.tui.pacer import SPEEDS, HeldKey, Pacer, change_speed


def started(interval: float = 4.0) -> Pacer:
    pacer = Pacer(interval)
    pacer.restart(0.0)
    return pacer


def test_a_step_is_due_once_the_interval_is_over() -> None:
    pacer = started()
    assert not pacer.due(3.99)
    assert pacer.due(4.0)


def test_a_program_that_slept_for_an_hour_owes_one_step() -> None:
    pacer = started()
    assert pacer.due(3600.0)
    pacer.restart(3600.0)
    assert not pacer.due(3603.9)
    assert pacer.due(3604.0)


def test_a_pause_keeps_what_was_left() -> None:
    pacer = started()
    pacer.pause(1.0)
    assert not pacer.due(1000.0)
    assert pacer.remaining(1000.0) == 3.0
    pacer.resume(1000.0)
    assert not pacer.due(1002.9)
    assert pacer.due(1003.0)


def test_a_restart_during_a_pause_stays_paused_with_a_whole_interval() -> None:
    pacer = started()
    pacer.pause(3.0)
    pacer.restart(5.0)
    assert pacer.paused
    assert pacer.remaining(100.0) == 4.0


def test_a_change_of_interval_counts_what_has_passed() -> None:
    pacer = started()
    pacer.set_interval(2.0, 1.5)
    assert pacer.remaining(1.5) == 0.5
    pacer.set_interval(1.0, 1.5)
    assert pacer.due(1.5)


@given(
    st.lists(
        st.tuples(st.sampled_from(["pause", "resume", "restart", "interval"]), st.floats(0, 10)),
        min_size=1,
        max_size=30,
    )
)
def test_what_remains_never_exceeds_the_interval_nor_falls_below_nothing(moves: list[tuple[str, float]]) -> None:
    pacer, now = started(), 0.0
    for move, passed in moves:
        now += passed
        match move:
            case "pause":
                pacer.pause(now)
            case "resume":
                pacer.resume(now)
            case "restart":
                pacer.restart(now)
            case _:
                pacer.set_interval(1.0 + passed, now)
        assert 0.0 <= pacer.remaining(now) <= pacer.interval + 1e-9
        assert pacer.due(now) is (not pacer.paused and pacer.remaining(now) == 0.0)


@pytest.mark.parametrize("speed", SPEEDS)
def test_speed_doubles_and_halves_within_its_ends(speed: float) -> None:
    assert change_speed(speed, 1) == min(speed * 2, 16.0)
    assert change_speed(speed, -1) == max(speed / 2, 0.5)


def test_a_held_key_counts_once_until_it_is_let_go() -> None:
    held = HeldKey()
    assert not held.is_repeat("3", 0.0)
    assert all(held.is_repeat("3", 0.03 * n) for n in range(1, 40))
    assert not held.is_repeat("3", 0.03 * 39 + 0.151)


def test_another_key_is_no_repeat() -> None:
    held = HeldKey()
    assert not held.is_repeat("3", 0.0)
    assert not held.is_repeat("4", 0.01)
    assert not held.is_repeat("3", 0.02)
