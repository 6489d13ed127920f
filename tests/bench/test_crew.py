"""Models asked by several processes: the same episodes, one budget, and an orderly end whatever happens."""

from __future__ import annotations

import asyncio
import multiprocessing
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.bench.budget import Budget, SharedAccount, Spent
from noc_tui.bench.crew import Crew, Job, spawning
from noc_tui.bench.engine import LocalEngine
from noc_tui.bench.evaluation import EvaluationError, Plan, evaluate
from noc_tui.bench.folder import merged, read_folder
from noc_tui.bench.playing import Terms
from tests.factories import bundled_incident
from tests.llm_server import LLMServer, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from noc_tui.bench.outcomes import Row

CALL = 430
"""Tokens of an answer of the test's server."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LLMServer]:
    """A model that does the right thing in `cpu_overload`; two episodes at a time are worth two processes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    monkeypatch.setenv("API_KEY", "sk-none")
    monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")
    monkeypatch.setattr("noc_tui.bench.evaluation.EPISODES_EACH", 1)
    with LLMServer(policy=lambda _: Turn(action="throttle_cpu")) as running:
        monkeypatch.setenv("API_BASE_URL", running.url)
        yield running


async def run(folder: Path, *, seeds: int = 6, processes: int = 2, budget: Budget | None = None) -> str | None:
    plan = Plan(agents=("llm",), incidents=(bundled_incident("cpu_overload"),), seeds=tuple(range(seeds)), review=False)
    return await evaluate(
        plan, folder, engine=LocalEngine(1), budget=budget or Budget(), concurrency=2, processes=processes
    )


def played(folder: Path) -> list[tuple[Any, ...]]:
    return sorted((row.key, row.terms, row.outcome, row.keys, row.tokens) for row in rows_in(folder))


def rows_in(folder: Path) -> list[Row]:
    return merged([read_folder(folder)])[0]


async def test_processes_play_what_one_plays_and_spend_from_one_budget(tmp_path: Path, server: LLMServer) -> None:
    await run(tmp_path / "one", processes=1)
    alone, seen = len(server.received), set[int | None]()

    def answer(_: object) -> Turn:
        seen.update(child.pid for child in multiprocessing.active_children())
        return Turn(action="throttle_cpu")

    server.policy = answer
    stopped = await run(tmp_path / "two", budget=Budget(max_tokens=11 * CALL))
    asked = len(server.received) - alone
    assert len(seen) == 2
    assert stopped == f"{asked * CALL:,} of {11 * CALL:,} tokens are used"
    assert asked in {11, 12}  # the other process may have asked already
    assert len(rows_in(tmp_path / "two")) >= 2
    assert multiprocessing.active_children() == []
    budget = Budget()
    assert await run(tmp_path / "two", processes=1, budget=budget) is None
    assert played(tmp_path / "two") == played(tmp_path / "one")
    assert budget.spent.tokens == (len(server.received) - alone) * CALL


async def test_a_process_that_dies_is_told_and_what_is_finished_is_kept(tmp_path: Path, server: LLMServer) -> None:
    def answer(_: object) -> Turn:
        if len(server.received) == 12:
            multiprocessing.active_children()[0].kill()
        return Turn(action="throttle_cpu")

    server.policy = answer
    with pytest.raises(EvaluationError, match="a process that played episodes has died; run the same command"):
        await run(tmp_path / "out", seeds=50)
    assert 0 < len(rows_in(tmp_path / "out")) < 50
    assert multiprocessing.active_children() == []


async def test_at_its_end_what_is_still_played_is_broken_off_and_kept_with_what_it_has_cost(
    tmp_path: Path, server: LLMServer
) -> None:
    incident = bundled_incident("cpu_overload")
    terms = Terms(sessions=tmp_path / "out", blind=True, review=False, time_limit=30.0)
    context, budget = spawning(), Budget()
    budget.share(context)
    server.then(Turn(action="throttle_cpu"), Turn(hold_after=0))
    async with Crew(1, {incident.id: incident}, terms, budget, context) as crew:
        with pytest.raises(AgentError, match="did you mean rules"):
            await crew.play(Job("ruels", incident.id, 0))
        playing = asyncio.create_task(crew.play(Job("llm", incident.id, 0)))
        assert await asyncio.to_thread(server.waiting.wait, 60)
        playing.cancel()
    assert await asyncio.to_thread(server.gone.wait, 60)
    (left,) = read_folder(tmp_path / "out").interrupted
    assert (left.steps, left.tokens, budget.spent.tokens) == (1, CALL, CALL)
    assert multiprocessing.active_children() == []


def test_what_has_been_spent_before_is_part_of_what_is_shared() -> None:
    account = SharedAccount(spawning(), Spent(10, 0.5, unknown=False))
    account.add(Spent(5, 0.25))
    assert account.spent == Spent(15, 0.75, unknown=False)
    account.add(Spent(1, 0.0, unknown=True))
    account.add(Spent(1, 0.0))
    assert account.spent == Spent(17, 0.75, unknown=True)
