"""A report that a model words: what it is told, and which of its numbers are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.base import AgentError
from noc_tui.agents.llm import adapting
from noc_tui.agents.llm.prices import Price
from noc_tui.bench.telling import TOKENS, Account, account_markdown, passages, tell, unfounded
from noc_tui.report.facts import facts_of
from noc_tui.report.markdown import markdown_report
from tests.agents.llm.asking import profile
from tests.llm_server import LLMServer, Turn, failure
from tests.review.builders import episode_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.episode.episode import Episode

KEY = "sk-canary-5Zr8wT1qLx0vNc7h"


@pytest.fixture
def server() -> Iterator[LLMServer]:
    adapting.forget()
    with LLMServer() as running:
        yield running


def ended() -> Episode:
    episode = episode_of("cpu_overload", "", seed=3)
    for action in ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing"):
        episode.act(action)
    return episode


async def test_the_model_is_told_the_report_of_the_program_and_no_tool(server: LLMServer) -> None:
    server.then(Turn(content="All was well after 4 steps."))
    so_far: list[str] = []
    track = ended()
    account = await tell(track, None, profile(server, price=Price(input=1.0, output=2.0)), so_far.append)
    assert account.text == "All was well after 4 steps."
    assert (account.model, account.unfounded) == ("sample-1", ())
    assert (account.usage.tokens_in, account.usage.tokens_out, account.usage.cost) == (400, 30, 0.00046)
    (asked,) = server.received
    assert asked.body["messages"][1]["content"] == markdown_report(facts_of(track))
    assert "tools" not in asked.body
    assert so_far[-1] == account.text
    assert len(so_far) > 2


@pytest.mark.parametrize(("given", "asked"), [(64, TOKENS), (9_000, 9_000)])
async def test_a_report_may_be_longer_than_a_decision(server: LLMServer, given: int, asked: int) -> None:
    server.policy = lambda _: Turn(content="Fine.")
    await tell(ended(), None, profile(server, max_tokens=given))
    assert server.received[0].body["max_tokens"] == asked


async def test_what_it_writes_cannot_steer_the_terminal_and_holds_no_key(server: LLMServer) -> None:
    server.then(Turn(content=f"Fine.\x1b[2J\u202e Key: {KEY}"))
    account = await tell(ended(), None, profile(server, key=KEY))
    assert "\x1b" not in account.text
    assert "\u202e" not in account.text
    assert KEY not in account.text


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (failure(401, "no"), "wants an API key"),
        (failure(500, "oh"), "failed"),
        (Turn(content=" "), "wrote nothing"),
        (Turn(cut_after=2, content="Half of"), "broke off"),
    ],
)
async def test_a_failure_is_a_sentence(server: LLMServer, turn: Turn, says: str) -> None:
    server.policy = lambda _: turn
    with pytest.raises(AgentError, match=says):
        await tell(ended(), None, profile(server))


async def test_a_parameter_that_is_refused_is_left_out(server: LLMServer) -> None:
    server.refuses = frozenset({"temperature"})
    server.policy = lambda _: Turn(content="Fine.")
    assert (await tell(ended(), None, profile(server))).text == "Fine."
    assert "temperature" not in server.received[-1].body


@pytest.mark.parametrize(
    ("text", "facts", "found"),
    [
        ("4 steps, 64.2 %", "4 steps; 64.2 %", ()),
        ("5 steps", "4 steps", ("5",)),
        ("it took 30s, then 31s", "30 s", ("31",)),
        ("1200 and 1,200", "1,200", ()),
        ("0.50 or .5", "0.5", ()),
        ("-3.4 %", "−3.4 %", ()),
        ("12:30 and 12:31", "12:30", ("12:31",)),
        ("7, 7 and 8.", "", ("7", "8")),
        ("no number", "4", ()),
    ],
)
def test_numbers_that_are_not_in_the_facts_are_found(text: str, facts: str, found: tuple[str, ...]) -> None:
    assert unfounded(text, facts) == found


@given(st.text(alphabet="a 0123456789.,-%", max_size=60), st.text(alphabet="0123456789., ", max_size=30))
def test_the_passages_are_the_text_and_all_that_is_unfounded_is_marked(text: str, facts: str) -> None:
    account = Account(text, "m", unfounded(text, facts))
    pieces = list(passages(account))
    assert "".join(piece for piece, _ in pieces) == text
    assert {piece for piece, wrong in pieces if wrong} == set(account.unfounded)


@given(st.text(alphabet="ab 0123456789.,:-%()", max_size=80))
def test_a_text_is_founded_on_itself(text: str) -> None:
    assert unfounded(text, text) == ()


def test_what_is_saved_marks_them_and_holds_the_whole_report_of_the_program() -> None:
    track = ended()
    saved = account_markdown(Account("It took 99 steps.\n\nDone.", "m", ("99",)), track, None)
    assert "It took 99 \\[not in the facts\\] steps." in saved
    assert "Not in the facts: 99." in saved
    assert saved.endswith(markdown_report(facts_of(track)))
