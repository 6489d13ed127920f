"""What an episode came to, as a row: of a running program and of its recording the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.bench.outcomes import CannotMeasureError, Row, dump_row, measure, parse_row
from noc_tui.bench.run import MAX_FAILURES, play_episode
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Usage
from noc_tui.episode.writer import SessionWriter
from noc_tui.review.session import review_session
from tests.agents.samples import SampleAgent, wait
from tests.bench.rows import make_row, reviewed
from tests.factories import bundled_incident, make_incident

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision

BAD = {"cpu_usage": 0.80}


def asked(cost: float | None = 0.25, **changes: object) -> Decision:
    """What a model answers."""
    return wait(answer_format="text", usage=Usage(latency_ms=40.0, tokens_in=400, tokens_out=30, cost=cost), **changes)


async def played(agent: SampleAgent, folder: Path, **incident: object) -> tuple[Row, Row]:
    """The row of the episode, and that of its recording."""
    record = partial(SessionWriter.create, folder)
    episode = Episode(make_incident(**incident), 1, blind=True, driver=agent.name, record=record)
    await play_episode(agent, episode)
    episode.close()
    with SessionFile.open(folder / f"{episode.header.session}.jsonl") as session:
        return measure(episode), measure(session)


async def test_an_episode_and_its_recording_give_the_same_row(tmp_path: Path) -> None:
    live, recorded = await played(SampleAgent(lambda _: asked()), tmp_path)
    assert live == recorded
    assert (live.agent, live.incident, live.seed, live.blind) == ("sample", "sample", 1, True)
    assert (live.outcome, live.steps, live.keys, live.counts) == ("resolved", 3, "WWW", True)
    assert (live.calls, live.tokens_in, live.tokens_out, live.cost) == (3, 1200, 90, 0.75)
    assert live.latencies_ms == (40.0, 40.0, 40.0)


async def test_a_script_asks_no_model_and_costs_nothing(tmp_path: Path) -> None:
    live, _ = await played(SampleAgent(lambda _: wait()), tmp_path)
    assert (live.calls, live.tokens_in, live.cost, live.was_paid_for) == (0, None, 0.0, False)
    assert len(live.latencies_ms) == 3


async def test_the_cost_is_unknown_once_a_call_has_no_price(tmp_path: Path) -> None:
    live, _ = await played(SampleAgent(lambda seen: asked(None if seen.step == 1 else 0.25)), tmp_path)
    assert (live.cost, live.tokens, live.was_paid_for) == (None, 3 * 430, True)


async def test_a_void_episode_says_why_and_counts_what_the_failed_call_cost(tmp_path: Path) -> None:
    from noc_tui.agents.base import AgentError

    def answer(observation: Observation) -> Decision:
        if observation.step:
            raise AgentError("it fell silent", usage=Usage(tokens_in=100, cost=0.125))
        return asked()

    live, recorded = await played(SampleAgent(answer), tmp_path, initial=BAD)
    assert live == recorded
    assert (live.outcome, live.steps, live.counts) == ("void", 1, False)
    assert (live.agent_errors, live.error) == (MAX_FAILURES, "it fell silent")
    assert (live.calls, live.tokens) == (1 + MAX_FAILURES, 430 + 100 * MAX_FAILURES)
    assert live.cost == 0.25 + 0.125 * MAX_FAILURES


async def test_an_agent_that_recovers_has_an_error_and_a_result(tmp_path: Path) -> None:
    from noc_tui.agents.base import AgentError

    failures = iter([AgentError("once")])

    def answer(_: Observation) -> Decision:
        for failure in failures:
            raise failure
        return asked()

    live, recorded = await played(SampleAgent(answer), tmp_path)
    assert live == recorded
    assert (live.outcome, live.agent_errors, live.error, live.counts) == ("resolved", 1, "once", True)


def test_an_episode_that_goes_on_has_no_outcome_and_does_not_count() -> None:
    episode = Episode(make_incident(initial=BAD), 1)
    episode.act("scale_up")
    row = measure(episode)
    assert (row.outcome, row.keys, row.counts) == (None, "S", False)


def test_the_review_is_that_of_the_session() -> None:
    episode = Episode(bundled_incident("cpu_overload"), 2, driver="x")
    while not episode.done:
        episode.act("throttle_cpu")
    review = review_session(episode)
    found = measure(episode).with_review(review).reviewed
    assert found is not None
    assert (found.par, found.accuracy, found.harmful) == (review.par, review.accuracy, review.harmful)
    assert found.unwinnable is review.unwinnable_start


def test_what_several_have_played_is_no_episode_of_one_agent() -> None:
    episode = Episode(make_incident(initial=BAD), 1, driver="rules")
    episode.act("scale_up")
    episode.hand_over("human", "take_over")
    episode.act("do_nothing")
    with pytest.raises(CannotMeasureError, match="rules began, and human took step 2"):
        measure(episode)


def test_a_fork_is_no_episode_of_its_own() -> None:
    episode = Episode(make_incident(initial=BAD), 1)
    episode.act("scale_up")
    with pytest.raises(CannotMeasureError, match="goes on from another one"):
        measure(Episode.fork(episode, 1))


@given(
    st.builds(
        make_row,
        agent=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20),
        session=st.just("an-id"),
        seed=st.integers(0, 2**53 - 1),
        total_reward=st.floats(allow_nan=False, allow_infinity=False),
        latencies_ms=st.lists(st.floats(0, 1e9)).map(tuple),
        cost=st.none() | st.floats(0, 1e6),
        outcome=st.sampled_from(["resolved", "crashed", "truncated", "void"]),
        reviewed=st.none() | st.just(reviewed()),
    )
)
def test_a_row_reads_back_as_it_was_written(row: Row) -> None:
    line = dump_row(row)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert parse_row(line) == row


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (b'"seed":0', b'"seed":-1', "seed: "),
        (b'"keys":"WWWWW"', b'"keys":"XYZ"', "keys: "),
        (b'"outcome":"resolved"', b'"outcome":"won"', "outcome: "),
        (b'"blind":true', b'"blind":true,"more":1', "more: "),
        (b'{"agent"', b'{"agent', "JSON"),
    ],
)
def test_a_line_that_is_no_row_says_what_is_wrong(before: bytes, after: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_row(dump_row(make_row()).replace(before, after))
