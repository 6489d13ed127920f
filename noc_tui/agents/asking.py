"""The one way to ask an agent: what comes back is a sound decision, or an `AgentError` that says what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from noc_tui.agents.base import AgentError
from noc_tui.episode.format import describe
from noc_tui.episode.records import SHORT_TEXT, Decision, Usage
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.episode.observation import Observation

RATIONALE_LIMIT: Final = 4_000
"""Characters of a rationale that are kept."""
NAME_LIMIT: Final = 120
"""Characters of an agent's name that are kept."""
ERROR_LIMIT: Final = 300
"""Characters of what an agent raised that are told."""
CLOSE_LIMIT: Final = 5.0
"""Seconds that an agent may take to close."""


OWN_LIMIT_GRACE: Final = 20.0
"""Seconds beyond its own limit that an agent gets which keeps one: to load what it needs before it begins, on a busy
machine too, and because it knows better than we do what it has spent, and on whom it has waited."""


async def ask(agent: Agent, observation: Observation, time_limit: float) -> Decision:
    """The agent's decision, which stands in its name, its text made safe to show, its latency measured.

    Raises `AgentError` when the agent raises, has not answered after `time_limit` seconds (after its own, and a grace,
    where it has a `time_limit`), or answers with anything but a `Decision` for one of the six actions. A failure never
    becomes an action. When `ask` is cancelled, so is the agent, and whatever it may still answer goes nowhere.
    """
    began = perf_counter()
    own_limit = getattr(agent, "time_limit", None)
    if isinstance(own_limit, float):
        time_limit = own_limit + OWN_LIMIT_GRACE
    try:
        answer = await _bounded_call(agent, observation, time_limit)
        return _sound(agent, answer, _since(began))
    except AgentError as error:
        usage = _timed(error.usage, _since(began))
        raise AgentError(clean(str(error), SHORT_TEXT), usage=usage) from error.__cause__ or error


async def close_agent(agent: Agent, time_limit: float = CLOSE_LIMIT) -> None:
    """Let the agent close what it holds. Raises `AgentError` when it fails to, or takes longer than `time_limit`."""
    close = getattr(agent, "close", None)
    if close is None:
        return
    try:
        async with asyncio.timeout(time_limit):
            await close()
    except TimeoutError as error:
        raise AgentError(f"{_who(agent)} was not closed within {time_limit:g} s") from error
    except AgentError as error:
        raise AgentError(clean(str(error), SHORT_TEXT)) from error
    except Exception as error:
        raise AgentError(f"{_who(agent)} failed to close: {told(error)}") from error


async def _bounded_call(agent: Agent, observation: Observation, time_limit: float) -> object:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (a coroutine that runs is part of a task)
    cancelled_before = task.cancelling()
    limit = asyncio.timeout(time_limit)
    too_late = f"{_who(agent)} did not answer within {time_limit:g} s"
    try:
        async with limit:
            answer = await agent.decide(observation)
    except asyncio.CancelledError as error:
        if task.cancelling() > cancelled_before:
            raise
        raise AgentError(f"{_who(agent)} gave up: it cancelled its own work") from error
    except Exception as error:
        if limit.expired():
            raise AgentError(too_late) from error
        if isinstance(error, AgentError):
            raise
        raise AgentError(f"{_who(agent)} failed: {told(error)}") from error
    if task.cancelling() > cancelled_before:  # the agent swallowed it, and answered all the same
        raise asyncio.CancelledError
    if limit.expired():
        raise AgentError(too_late)
    return answer


def _sound(agent: Agent, answer: object, latency_ms: float) -> Decision:
    """The answer as a plain `Decision`, made anew so that every field of it is checked."""
    if not isinstance(answer, Decision):
        raise AgentError(f"{_who(agent)} answered with {_shown(answer)} where a Decision was expected")
    try:
        return Decision(
            action=answer.action,
            driver=driver_name(agent),
            rationale=_safe(answer.rationale, RATIONALE_LIMIT),
            answer_format=_safe(answer.answer_format, SHORT_TEXT),
            diagnosis=answer.diagnosis,
            usage=_timed(answer.usage, latency_ms),
        )
    except Exception as error:
        raise AgentError(f"{_who(agent)} gave an answer that is no sound decision: {told(error)}") from error


def _safe(text: str | None, limit: int) -> str | None:
    return None if text is None else clean(text, limit, keep_newlines=True).strip() or None


def _timed(usage: Usage, latency_ms: float) -> Usage:
    return Usage(
        latency_ms=latency_ms if usage.latency_ms is None else usage.latency_ms,
        first_token_ms=usage.first_token_ms,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost=usage.cost,
    )


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 3)


def driver_name(agent: Agent) -> str:
    """The agent's name as recordings have it."""
    return clean(agent.name, NAME_LIMIT)


def about_of(agent: Agent) -> dict[str, str] | None:
    """What else a recording should say of the agent, `about` where it has that; safe to show."""
    about = getattr(agent, "about", None)
    if not isinstance(about, Mapping):
        return None
    return {clean(str(key), SHORT_TEXT): clean(str(value), SHORT_TEXT) for key, value in about.items()} or None


def _who(agent: Agent) -> str:
    return f"agent {driver_name(agent)}"


def _shown(value: object) -> str:
    """A value for a sentence. What it says of itself is foreign text, and may fail to come."""
    try:
        return clean(repr(value), 60)
    except Exception:  # noqa: BLE001  (a broken __repr__ says nothing about the value, whose type is told instead)
        return f"a {type(value).__name__}"


def told(error: BaseException) -> str:
    """An exception in one line: its kind, and what it says, as far as that can be had and shown."""
    if isinstance(error, ValidationError):
        return clean(describe(error), ERROR_LIMIT)
    kind = type(error).__name__
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  (a broken __str__ must not hide that the agent failed)
        text = ""
    return clean(f"{kind}: {text}" if text else kind, ERROR_LIMIT)
