"""The agent against a real server: forms of answers, what it adapts to and remembers, what it costs, how it streams."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.prices import Price
from noc_tui.agents.llm.sharing import USERS_EACH, Lease
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ActionType
from tests.agents.llm.asking import AMPLE, agent, decide, decided, failure, profile
from tests.agents.samples import observe
from tests.factories import bundled_incident
from tests.llm_server import LLMServer, Turn
from tests.llm_server import failure as error

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation


def parameters(server: LLMServer) -> list[set[str]]:
    """The parameters of each request that the server has had."""
    return [set(request.body) for request in server.received]


# --- an answer


async def test_a_model_decides_by_a_tool_call(server: LLMServer) -> None:
    decision = await decided(server)
    assert (decision.action, decision.driver) == (ActionType.SCALE_UP, "llm")
    assert decision.rationale == "The load has to go somewhere."
    assert decision.answer_format == "tool call"
    (request,) = server.received
    assert request.path == "/v1/chat/completions"
    assert (request.body["model"], request.body["temperature"], request.body["max_tokens"]) == ("sample-1", 0.2, 2048)
    assert request.body["tool_choice"] == {"type": "function", "function": {"name": "act"}}
    assert "Memory: 44.0 %, healthy" in request.prompt


async def test_an_endpoint_without_tools_answers_by_json_schema(server: LLMServer) -> None:
    server.tools = False
    assert (await decided(server)).answer_format == "JSON schema"
    assert [("tools" in sent, "response_format" in sent) for sent in parameters(server)] == [
        (True, False),
        (False, True),
    ]


async def test_an_endpoint_with_neither_answers_by_text(server: LLMServer) -> None:
    server.tools = server.schemas = False
    decision = await decided(server)
    assert (decision.action, decision.answer_format) == (ActionType.SCALE_UP, "text")
    assert decision.rationale == "The load has to go somewhere.\nscale_up"
    assert "on a line of its own, the name of the one action" in server.received[-1].prompt


@pytest.mark.parametrize("status", [404, 422, 500, 501])
async def test_whatever_status_says_that_there_are_no_tools_is_understood(server: LLMServer, status: int) -> None:
    server.then(error(status, "Unsupported param: tools"))
    assert (await decided(server)).answer_format == "JSON schema"


@pytest.mark.parametrize("ignored", [{"tools"}, {"tools", "response_format"}])
async def test_an_endpoint_that_takes_tools_and_knows_none_is_found_out(server: LLMServer, ignored: set[str]) -> None:
    server.ignores = frozenset(ignored)
    decision = await decided(server)
    assert decision.action is ActionType.SCALE_UP
    assert decision.answer_format == ("text" if "response_format" in ignored else "JSON schema")


async def test_the_form_that_worked_is_remembered_for_the_endpoint_and_the_model(server: LLMServer) -> None:
    server.tools = server.schemas = False
    await decided(server)
    assert len(server.received) == 3
    await decided(server)
    assert len(server.received) == 4
    await decided(server, model="another")
    assert len(server.received) == 7
    with LLMServer() as other:
        await decided(other)
        assert len(other.received) == 1


async def test_a_form_that_has_worked_is_not_given_up_for_one_slip(server: LLMServer) -> None:
    server.then(Turn(), Turn(content="scale_up"))
    first, second = await decide(agent(server), observe(), observe())
    assert (first.answer_format, second.answer_format) == ("tool call", "tool call")
    assert "the answer is text, and no call of act" in server.received[-1].prompt


# --- an answer that cannot be used


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (Turn(content=""), "the answer is empty"),
        (Turn(arguments='{"action": "panic"}'), "has no action that is one of"),
        (Turn(arguments='{"action": "scale_up"'), "cannot be read as JSON"),
        (Turn(calls=2), "the answer calls 2 functions"),
        (Turn(function="shell"), "calls a function that does not exist"),
        (Turn(finish="length"), "cut off at the token limit"),
        (Turn(finish="content_filter"), "held back by a content filter"),
        (Turn(refusal="I cannot do that."), "the model refused to answer"),
    ],
)
@pytest.mark.parametrize("streams", [True, False])
async def test_it_is_sent_back_once_with_what_is_wrong(server: LLMServer, turn: Turn, says: str, streams: bool) -> None:
    server.ignores = frozenset() if streams else frozenset({"stream"})
    await decided(server)
    before = len(server.received)
    server.then(turn)
    decision = await decided(server)
    assert decision.action is ActionType.SCALE_UP
    assert len(server.received) == before + 2
    assert "Your last answer could not be used: " in server.received[-1].prompt
    assert says in server.received[-1].prompt
    server.then(turn, turn)
    raised = await failure(server)
    assert str(raised).startswith(f"{server.host} gave no answer that can be used: ")
    assert says in str(raised)
    assert len(server.received) == before + 4


async def test_ambiguous_text_is_an_error_and_never_an_action(server: LLMServer) -> None:
    server.tools = server.schemas = False
    server.policy = lambda _: Turn(content="scale_up, or perhaps restart_service")
    raised = await failure(server)
    assert "the answer names more than one action: restart_service, scale_up" in str(raised)
    assert len(server.received) == 4
    assert raised.usage.tokens_in == 800


async def test_a_form_that_has_not_worked_is_not_remembered(server: LLMServer) -> None:
    server.then(Turn(content="hm"), Turn(content="hm"), Turn(content="hm"), Turn(content="hm"))
    await failure(server)
    assert (await decided(server)).answer_format == "tool call"


# --- refused parameters


@pytest.mark.parametrize(
    ("refused", "instead"),
    [
        ("temperature", None),
        ("max_tokens", "max_completion_tokens"),
        ("tool_choice", "tools"),
        ("stream_options", "stream"),
        ("stream", None),
    ],
)
async def test_a_parameter_that_is_refused_is_left_out_once_and_for_all(
    server: LLMServer, refused: str, instead: str | None
) -> None:
    server.refuses = frozenset({refused})
    assert (await decided(server)).answer_format == "tool call"
    await decided(server)
    assert [refused in sent for sent in parameters(server)] == [True, False, False]
    assert instead is None or instead in parameters(server)[-1]


async def test_several_of_them_are_left_out_one_after_the_other(server: LLMServer) -> None:
    server.refuses = frozenset({"temperature", "max_tokens", "tools", "stream_options"})
    assert (await decided(server)).answer_format == "JSON schema"
    assert len(server.received) == 5


@pytest.mark.parametrize(
    "body",
    [
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "temperature"], "msg": "Extra inputs not permitted"}]},
        {"error": "temperature is not supported by this model"},
        {"error": {"message": "bad value", "param": "temperature"}},
        {"message": "Unsupported value: 'temperature' does not support 0.2", "object": "error"},
        "temperature: unknown field",
    ],
)
async def test_the_name_is_found_in_whatever_form_the_error_has(server: LLMServer, body: object) -> None:
    server.then(Turn(status=422 if isinstance(body, dict) and "detail" in body else 400, error=body))
    await decided(server)
    assert ["temperature" in sent for sent in parameters(server)] == [True, False]


async def test_what_names_nothing_that_can_be_left_out_is_an_error(server: LLMServer) -> None:
    server.then(error(400, "This model's maximum context length is 512 tokens."))
    raised = str(await failure(server))
    assert raised == f"{server.host} refused the request (400): This model's maximum context length is 512 tokens."


async def test_the_other_name_of_the_token_limit_is_tried_once(server: LLMServer) -> None:
    server.refuses = frozenset({"max_tokens", "max_completion_tokens"})
    assert "'max_completion_tokens' is not supported" in str(await failure(server))
    assert len(server.received) == 2


async def test_many_agents_that_begin_at_once_find_it_out_together(server: LLMServer) -> None:
    server.tools = False
    server.refuses = frozenset({"temperature"})
    decisions = await asyncio.gather(*(decided(server) for _ in range(20)))
    assert {decision.answer_format for decision in decisions} == {"JSON schema"}
    assert len(server.received) <= 60


# --- what it costs


async def test_tokens_time_and_cost_are_counted(server: LLMServer) -> None:
    player = agent(server, price=Price(input=2.0, output=10.0))
    (decision,) = await decide(player)
    usage = decision.usage
    assert (usage.tokens_in, usage.tokens_out) == (400, 30)
    assert usage.cost == pytest.approx((400 * 2 + 30 * 10) / 1e6)
    assert usage.latency_ms is not None
    assert player.spent.first_token_ms is not None
    assert 0 < player.spent.first_token_ms <= usage.latency_ms
    assert (player.spent.latency_ms, player.spent.cost) == (usage.latency_ms, usage.cost)


async def test_without_a_price_the_cost_is_unknown(server: LLMServer) -> None:
    assert (await decided(server)).usage.cost is None


async def test_an_endpoint_that_counts_no_tokens_leaves_them_unknown(server: LLMServer) -> None:
    server.policy = lambda _: Turn(usage=None)
    usage = (await decided(server, price=Price(input=1.0, output=1.0))).usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost) == (None, None, None)


async def test_a_second_attempt_costs_as_well(server: LLMServer) -> None:
    await decided(server)
    server.then(Turn(content="", usage=(100, 1)))
    usage = (await decided(server)).usage
    assert (usage.tokens_in, usage.tokens_out) == (500, 31)


async def test_what_came_in_one_piece_has_no_first_token(server: LLMServer) -> None:
    server.ignores = frozenset({"stream"})
    player = agent(server)
    (decision,) = await decide(player)
    assert decision.usage.tokens_in == 400
    assert player.spent.first_token_ms is None


async def test_a_failure_says_what_it_cost(server: LLMServer) -> None:
    await decided(server)
    server.then(Turn(content=""), Turn(content=""))
    raised = await failure(server, price=Price(input=1.0, output=0.0))
    assert raised.usage.tokens_in == 800
    assert raised.usage.cost == pytest.approx(0.0008)


# --- streaming


@pytest.mark.parametrize("knows", ["tools", "schemas", "text"])
async def test_the_rationale_is_told_as_it_is_written(server: LLMServer, knows: str) -> None:
    server.tools, server.schemas = knows == "tools", knows == "schemas"
    await decided(server)
    told: list[str] = []
    player = agent(server)
    player.on_rationale = told.append
    (decision,) = await decide(player)
    assert told[0] == ""
    assert told[-1] == decision.rationale
    assert len(told) > 4
    assert all(later.startswith(earlier) for earlier, later in pairwise(told))


async def test_it_is_told_while_the_model_is_still_writing(server: LLMServer) -> None:
    server.then(Turn(hold_after=6))
    player = agent(server)
    came = asyncio.Event()
    player.on_rationale = lambda text: came.set() if text else None
    question = asyncio.create_task(ask(player, observe(), AMPLE))
    await came.wait()
    assert not question.done()
    server.release()
    assert (await question).action is ActionType.SCALE_UP
    await close_agent(player)


async def test_another_attempt_begins_with_an_empty_rationale(server: LLMServer) -> None:
    server.then(Turn(rationale="First thought.", action="panic"))
    told: list[str] = []
    player = agent(server)
    player.on_rationale = told.append
    await decide(player)
    assert told.count("") == 2
    assert told.index("First thought.") < told.index("", 1) < told.index("The load has to go somewhere.")


async def test_a_model_that_thinks_aloud_first_has_begun_to_answer(server: LLMServer) -> None:
    thought = {"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}, "finish_reason": None}]}
    arguments = '{"rationale": "", "action": "do_nothing"}'
    call = {"index": 0, "id": "1", "function": {"name": "act", "arguments": arguments}}
    answer = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    server.then(Turn(events=[thought, answer]))
    player = agent(server)
    assert (await decide(player))[0].action is ActionType.DO_NOTHING
    assert player.spent.first_token_ms is not None


# --- taking over


async def test_a_take_over_cancels_the_call(server: LLMServer) -> None:
    server.then(Turn(hold_after=0))
    player = agent(server)
    question = asyncio.create_task(ask(player, observe(), AMPLE))
    await asyncio.to_thread(server.waiting.wait)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert await asyncio.to_thread(server.gone.wait, 10)
    assert (await decide(player))[0].action is ActionType.SCALE_UP


async def test_what_a_cancelled_question_had_cost_by_then_is_known(server: LLMServer) -> None:
    await decided(server)
    server.then(Turn(content=""), Turn(hold_after=0))
    player = agent(server)
    question = asyncio.create_task(ask(player, observe(), AMPLE))
    await asyncio.to_thread(server.waiting.wait)
    question.cancel()
    await asyncio.wait({question})
    assert (player.spent.tokens_in, player.spent.tokens_out) == (400, 30)
    assert player.spent.latency_ms is not None


async def test_what_the_operator_did_instead_is_told_to_the_model(server: LLMServer) -> None:
    run = Episode(bundled_incident("cpu_overload"), 1)
    player = agent(server)

    async def step() -> Observation:
        run.step(await ask(player, run.observation, AMPLE))
        return run.observation

    await step()
    await ask(player, run.observation, AMPLE)  # which is dropped: the operator takes over
    run.act("clear_cache")
    run.act("throttle_cpu")
    await step()
    prompt = server.received[-1].prompt
    assert "- step 1, scale_up (you). " in prompt
    assert "- step 2, clear_cache (the operator, where you wanted scale_up). " in prompt
    assert "- step 3, throttle_cpu (the operator). " in prompt
    await close_agent(player)


# --- connections


async def test_agents_of_a_profile_share_their_connections(server: LLMServer) -> None:
    first, second = agent(server), agent(server)
    await ask(first, observe(), AMPLE)
    await close_agent(first)
    await ask(second, observe(), AMPLE)
    await close_agent(second)
    await close_agent(second)
    assert (await decided(server)).action is ActionType.SCALE_UP


async def test_a_connection_serves_one_answer_after_another(server: LLMServer) -> None:
    player = agent(server)
    for _ in range(3):
        await ask(player, observe(), AMPLE)
    await close_agent(player)
    assert (len(server.received), server.connections) == (3, 1)


async def test_an_answer_that_the_server_does_not_end_is_not_waited_for(
    server: LLMServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noc_tui.agents.llm.client._END_SECONDS", 0.0)
    server.then(Turn(hold_end=True))
    player = agent(server)
    assert (await ask(player, observe(), AMPLE)).action is ActionType.SCALE_UP
    assert await asyncio.to_thread(server.gone.wait, 30)
    assert (await ask(player, observe(), AMPLE)).action is ActionType.SCALE_UP
    await close_agent(player)
    assert server.connections == 2


async def test_a_client_is_shared_by_a_few_and_closed_by_the_last_of_them(server: LLMServer) -> None:
    leases = [Lease(profile(server)) for _ in range(2 * USERS_EACH + 1)]
    clients = [await lease.client() for lease in leases]
    assert [clients.index(client) for client in clients] == [number // USERS_EACH * USERS_EACH for number in range(17)]
    await leases[0].release()
    again = Lease(profile(server))
    assert await again.client() is clients[0]  # which the others still use
    for lease in (*leases, again):
        await lease.release()
    anew = Lease(profile(server))
    assert await anew.client() not in clients
    await anew.release()


async def test_an_agent_that_was_never_asked_can_be_closed(server: LLMServer) -> None:
    await close_agent(agent(server))
    assert server.received == []


async def test_it_says_what_it_is(server: LLMServer) -> None:
    player: Any = agent(server, temperature=0.5)
    about = player.about
    assert (about["model"], about["endpoint"], about["temperature"]) == ("sample-1", server.host, "0.5")
    assert about["prompt"].startswith("sha256:")
    assert player.model == "sample-1"


async def test_an_agent_error_is_all_that_is_ever_raised(server: LLMServer) -> None:
    server.policy = lambda _: Turn(content="no")
    with pytest.raises(AgentError):
        await agent(server).decide(observe())
