"""Reading an action out of what a model wrote: exactly one, or an error that says why not."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.llm.answers import (
    SCHEMA,
    Answer,
    AnswerFormat,
    Reply,
    ToolCall,
    UnusableAnswerError,
    WrongFormError,
    rationale_so_far,
    read_answer,
)
from noc_tui.sim.actions import ACTIONS, ActionType

TOOL, JSON, TEXT = AnswerFormat.TOOL_CALL, AnswerFormat.JSON_SCHEMA, AnswerFormat.TEXT


def text(content: str, asked: AnswerFormat = TEXT, **changes: Any) -> Answer:
    return read_answer(Reply(content=content, **{"finish": "stop", **changes}), asked)


def call(arguments: str, *more: str, name: str = "act", content: str = "") -> Answer:
    calls = tuple(ToolCall(name, written) for written in (arguments, *more))
    return read_answer(Reply(calls=calls, content=content, finish="tool_calls"), TOOL)


def problem(content: str, asked: AnswerFormat = TEXT, **changes: Any) -> str:
    with pytest.raises(UnusableAnswerError) as caught:
        text(content, asked, **changes)
    return str(caught.value)


# --- tool calls


def test_a_call_names_the_action_and_says_why() -> None:
    assert call('{"rationale": "CPU is high.", "action": "throttle_cpu"}') == Answer(
        ActionType.THROTTLE_CPU, "CPU is high.", TOOL
    )


def test_what_stands_beside_a_call_without_a_reason_is_the_reason() -> None:
    assert call('{"action": "scale_up"}', content="More room is needed.").rationale == "More room is needed."


def test_orders_beside_the_action_are_not_heard() -> None:
    answer = call('{"action": "scale_up", "rationale": "", "quit": true, "run": "rm -rf /", "seed": 7}')
    assert answer == Answer(ActionType.SCALE_UP, "", TOOL)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("", "the call cannot be read as JSON"),
        ('{"action": "scale_up"', "the call cannot be read as JSON"),
        ("[" * 50_000, "the call cannot be read as JSON"),
        ('["scale_up"]', "the call should be a JSON object"),
        ('"scale_up"', "the call should be a JSON object"),
        ("{}", "the call has no action that is one of do_nothing, restart_service"),
        ('{"action": "panic"}', "has no action that is one of"),
        ('{"action": "Scale up"}', "has no action that is one of"),
        ('{"action": ["scale_up"]}', "has no action that is one of"),
        ('{"action": 5}', "has no action that is one of"),
        ('{"action": "scale_up", "rationale": {"a": 1}}', "has no rationale that is a string"),
        ('{"action": "scale_up", "action": "do_nothing"}', "the call names a field twice"),
    ],
)
def test_arguments_that_name_no_single_action_are_an_error(arguments: str, says: str) -> None:
    with pytest.raises(UnusableAnswerError, match=r"^the call") as caught:
        call(arguments)
    assert says in str(caught.value)


def test_two_calls_are_ambiguous_even_where_they_agree() -> None:
    with pytest.raises(UnusableAnswerError, match="the answer calls 2 functions"):
        call('{"action": "scale_up"}', '{"action": "scale_up"}')


def test_a_function_that_was_not_offered_is_not_called() -> None:
    with pytest.raises(UnusableAnswerError, match="calls a function that does not exist"):
        call('{"action": "scale_up"}', name="shell")


def test_text_where_a_call_was_asked_for_is_the_wrong_form() -> None:
    with pytest.raises(WrongFormError, match="the answer is text, and no call of act"):
        text("scale_up", TOOL)


# --- JSON


@pytest.mark.parametrize(
    "content",
    [
        '{"rationale": "No restart_service yet.", "action": "scale_up"}',
        ' \n{"action":"scale_up","rationale":"No restart_service yet."} ',
        '```json\n{"rationale": "No restart_service yet.", "action": "scale_up"}\n```',
        '<think>{"action": "clear_cache"}?</think>\n{"rationale": "No restart_service yet.", "action": "scale_up"}',
    ],
)
def test_a_json_answer_is_one_object(content: str) -> None:
    assert text(content, JSON) == Answer(ActionType.SCALE_UP, "No restart_service yet.", JSON)


def test_an_endpoint_that_cares_for_no_schema_has_answered_by_text() -> None:
    assert text("It needs room: scale_up", JSON).format is TEXT


def test_prose_that_is_no_use_as_text_either_is_the_wrong_form() -> None:
    with pytest.raises(WrongFormError, match="no JSON object, and the answer names more than one action"):
        text("scale_up or clear_cache", JSON)


def test_broken_json_is_not_searched_for_an_action() -> None:
    assert problem('{"action": "scale_up", ', JSON) == "the answer cannot be read as JSON"


# --- text


@pytest.mark.parametrize(
    "content",
    [
        "scale_up",
        "SCALE_UP",
        "Capacity is short.\n`scale_up`",
        "**scale_up**. Yes, scale_up.",
        "<think>restart_service? no, not restart_service</think>\n\nscale_up",
        "Action:scale_up!",
    ],
)
def test_text_in_which_one_action_is_named_is_an_answer(content: str) -> None:
    assert text(content).action is ActionType.SCALE_UP


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "the answer is empty"),
        (" \n\t", "the answer is empty"),
        ("<think>scale_up it is", "the answer is empty"),
        ("I would add capacity.", "the answer names no action"),
        ("scale_up_everything, rescale_up, my.scale_up2", "the answer names no action"),
        ("Scale up", "the answer names no action"),
        ("scale_up, or else restart_service", "names more than one action: restart_service, scale_up"),
        ('{"action": "scale_up", "rationale": "not clear_cache"}', "names more than one action"),
        ("Whatever you do, do not restart_service", "says which action not to take"),
        ("I'd never use `restart_service` here", "says which action not to take"),
        ("Don't restart_service!", "says which action not to take"),
    ],
)
def test_text_without_exactly_one_action_is_an_error(content: str, says: str) -> None:
    assert says in problem(content)


@given(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3), st.sampled_from([" ", "\n", ", ", " / "]))
def test_text_is_an_answer_only_where_all_names_are_the_same(actions: list[ActionType], between: str) -> None:
    content = between.join(actions)
    if len(set(actions)) == 1:
        assert text(content).action is actions[0]
    else:
        assert "more than one action" in problem(content)


@given(st.text(max_size=200), st.sampled_from(list(AnswerFormat)))
def test_whatever_is_written_there_is_an_answer_or_an_error(content: str, asked: AnswerFormat) -> None:
    for reply in (Reply(content=content, finish="stop"), Reply(calls=(ToolCall("act", content),), finish="stop")):
        with suppress(UnusableAnswerError):
            assert read_answer(reply, asked).action in ACTIONS


# --- what is no answer at all


@pytest.mark.parametrize("asked", list(AnswerFormat))
def test_an_answer_that_was_cut_off_does_not_count_whatever_stands_in_it(asked: AnswerFormat) -> None:
    assert problem("scale_up", asked, finish="length") == "the answer was cut off at the token limit"
    assert problem("scale_up", asked, finish="content_filter") == "the answer was held back by a content filter"
    assert problem("scale_up", asked, refusal="I can't help with that.") == "the model refused to answer"


# --- while it is being written


def test_the_rationale_can_be_read_while_it_is_being_written() -> None:
    written = json.dumps({"rationale": 'CPU is "high".\nSo', "action": "scale_up"})
    for asked in (TOOL, JSON):
        seen = [
            rationale_so_far(*(("", part) if asked is TOOL else (part, "")), asked)
            for part in (written[:length] for length in range(len(written) + 1))
        ]
        assert seen[-1] == 'CPU is "high".\nSo'
        assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
        assert len(set(seen)) > 10


def test_thoughts_are_not_shown_as_the_rationale() -> None:
    assert rationale_so_far("<think>hm", "", TEXT) == ""
    assert rationale_so_far("<think>hm</think>The CPU", "", TEXT) == "The CPU"


def test_the_schema_offers_exactly_the_six_actions_and_asks_why_first() -> None:
    assert SCHEMA["properties"]["action"]["enum"] == [str(action) for action in ACTIONS]
    assert list(SCHEMA["properties"]) == ["rationale", "action"] == SCHEMA["required"]
