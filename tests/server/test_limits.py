"""How many messages pass, by a clock that the test moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.server.limits import Bucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_quiet_second_saves_up_one_second_of_messages_and_no_more() -> None:
    clock = Clock()
    bucket = Bucket(4, clock)
    clock.now += 60
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]
    clock.now += 0.25
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_who_waits_waits_until_it_is_his_turn() -> None:
    clock = Clock()
    bucket = Bucket(2, clock)
    assert [bucket.wait() for _ in range(4)] == [0.0, 0.0, 0.5, 1.0]


def test_a_bucket_is_full_again_when_it_has_been_left_alone() -> None:
    clock = Clock()
    bucket = Bucket(2, clock)
    assert bucket.is_full
    bucket.take()
    assert not bucket.is_full
    clock.now += 0.5
    assert bucket.is_full


@given(pauses=st.lists(st.floats(0, 0.5), min_size=20, max_size=60), rate=st.integers(1, 50))
def test_nobody_gets_more_through_than_the_rate_allows(pauses: list[float], rate: int) -> None:
    clock = Clock()
    bucket = Bucket(rate, clock)
    began = clock.now
    for passed, pause in enumerate(pauses, 1):
        clock.now += pause
        clock.now += bucket.wait()
        assert passed <= rate + (clock.now - began) * rate + 1e-6
