"""An evaluation: what is played, what is not played again, what stops it, and what a report needs."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import agent_factory
from noc_tui.bench.budget import Budget
from noc_tui.bench.engine import LocalEngine
from noc_tui.bench.evaluation import REFERENCES, EvaluationError, Plan, Tally, evaluate
from noc_tui.bench.exports import as_json
from noc_tui.bench.folder import ROWS, SESSIONS, FolderError, merged, read_folder
from noc_tui.bench.playing import RecordingError
from noc_tui.bench.reviewing import review_missing
from noc_tui.bench.run import MAX_FAILURES
from noc_tui.bench.summary import summarize
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Usage
from noc_tui.episode.verify import verify
from tests.agents.samples import ClosingAgent, SampleAgent, wait
from tests.factories import bundled_incident, make_incident
from tests.llm_server import LLMServer, Turn, failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from noc_tui.agents.base import Agent
    from noc_tui.bench.outcomes import Row
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision
    from noc_tui.sim.incident import Incident

BAD = {"cpu_usage": 0.80}
"""Never resolves by itself."""


def here() -> ThreadPoolExecutor:
    """An engine of one thread."""
    return ThreadPoolExecutor(1)


def plan_of(*agents: str, incidents: tuple[Incident, ...] = (), seeds: int = 2, **changes: Any) -> Plan:
    chosen = incidents or (bundled_incident("cpu_overload"), bundled_incident("retry_storm"))
    return Plan(**{"agents": agents, "incidents": chosen, "seeds": tuple(range(seeds)), "review": False, **changes})


async def run(plan: Plan, folder: Path, **options: Any) -> tuple[str | None, list[Tally], list[str]]:
    """Why it stopped, what it told of its progress, and its notices."""
    tallies: list[Tally] = []
    notices: list[str] = []
    options = {"engine": here, "budget": Budget(), **options}
    stopped = await evaluate(plan, folder, tell=tallies.append, notice=notices.append, **options)
    return stopped, tallies, notices


def rows_in(folder: Path) -> list[Row]:
    return merged([read_folder(folder)])[0]


def reported(folder: Path) -> dict[str, Any]:
    return as_json(summarize(rows_in(folder)))


def use(monkeypatch: pytest.MonkeyPatch, agent: Agent) -> None:
    """Let the agent `slow` be this one, which is taken for one that waits for a network."""
    monkeypatch.setattr(
        "noc_tui.bench.evaluation.agent_factory",
        lambda spec: (lambda _: agent) if spec == "slow" else agent_factory(spec),
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LLMServer]:
    """A model that does the right thing in `cpu_overload`, at 400 tokens in and 30 out a call."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    monkeypatch.setenv("API_KEY", "sk-none")
    monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")
    with LLMServer(policy=lambda _: Turn(action="throttle_cpu")) as running:
        monkeypatch.setenv("API_BASE_URL", running.url)
        yield running


# --- what is played


async def test_every_agent_plays_every_incident_with_the_same_seeds(tmp_path: Path) -> None:
    stopped, tallies, notices = await run(plan_of("rules", "wait", "fixed:TTS"), tmp_path)
    rows = rows_in(tmp_path)
    assert (stopped, notices) == (None, [])
    assert {row.key for row in rows} == {
        (agent, incident, seed)
        for agent in ("rules", "wait", "fixed:TTS")
        for incident in ("cpu_overload", "retry_storm")
        for seed in (0, 1)
    }
    assert (tallies[0].done, tallies[-1].done, tallies[-1].total, tallies[-1].before) == (0, 12, 12, 0)


async def test_episodes_are_blind_recorded_and_cut_after_thirty_steps(tmp_path: Path) -> None:
    await run(plan_of("wait", incidents=(make_incident(initial=BAD, max_steps=60),), seeds=1), tmp_path)
    (path,) = (tmp_path / SESSIONS).iterdir()
    with SessionFile.open(path) as session:
        assert session.header.blind
        assert session.end is not None
        assert (session.end.outcome, session.steps) == ("truncated", 30)
        assert verify(session).ok


async def test_the_references_play_and_the_planner_is_the_ceiling(tmp_path: Path) -> None:
    plan = plan_of(*REFERENCES, incidents=(bundled_incident("tls_expiry"),), seeds=2, blind=False)
    await run(plan, tmp_path)
    rates = {a.agent: a.overall.within_rate for a in summarize(rows_in(tmp_path)).agents}
    assert set(rates) == set(REFERENCES)
    assert rates["planner"] is not None
    assert rates["wait"] is not None
    assert (rates["planner"].value, rates["wait"].value) == (1.0, 0.0)


async def test_processes_play_the_same_as_a_thread(tmp_path: Path) -> None:
    plan = plan_of("rules", "random", "planner")
    await run(plan, tmp_path / "one")
    await run(plan, tmp_path / "two", engine=LocalEngine(2))

    def played(folder: Path) -> list[tuple[Any, ...]]:
        return sorted((row.key, row.terms, row.outcome, row.keys, row.total_reward) for row in rows_in(folder))

    assert played(tmp_path / "one") == played(tmp_path / "two")


async def test_a_review_stands_beside_each_episode_and_is_that_of_its_recording(tmp_path: Path) -> None:
    plan = plan_of("rules", seeds=1, review=True)
    await run(plan, tmp_path)
    rows = rows_in(tmp_path)
    assert all(row.reviewed is not None for row in rows)
    assert read_folder(tmp_path).unlisted == ()
    (tmp_path / ROWS).unlink()
    assert all(row.reviewed is None for row in rows_in(tmp_path))
    assert list(review_missing(read_folder(tmp_path), here).rows) == rows
    assert rows_in(tmp_path) == rows


def test_few_episodes_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.bench.engine.available_processors", lambda: 8)
    assert [LocalEngine.for_episodes(number).processes for number in (0, 19, 60, 5000)] == [1, 1, 3, 8]


# --- what is not played again


async def test_what_has_been_played_is_not_played_again(tmp_path: Path) -> None:
    await run(plan_of("rules", seeds=1), tmp_path)
    before = {path.name for path in (tmp_path / SESSIONS).iterdir()}
    _, tallies, _ = await run(plan_of("rules", "wait", seeds=2), tmp_path)
    assert (tallies[0].done, tallies[0].before, tallies[-1].done) == (2, 2, 8)
    after = {path.name for path in (tmp_path / SESSIONS).iterdir()}
    assert before < after
    assert len(after) == 8


async def test_what_was_interrupted_is_played_anew_and_the_torn_recording_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = make_incident(initial=BAD, max_steps=4)
    thinking = asyncio.Event()

    async def hang(observation: Observation) -> Decision:
        if observation.step == 2:
            thinking.set()
            await asyncio.Event().wait()
        return wait()

    use(monkeypatch, SampleAgent(hang))
    plan = plan_of("slow", "rules", incidents=(incident,), seeds=1)
    running = asyncio.create_task(run(plan, tmp_path))
    await thinking.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [row.steps for row in read_folder(tmp_path).interrupted] == [2]
    use(monkeypatch, SampleAgent(lambda _: wait()))
    await run(plan, tmp_path)
    assert read_folder(tmp_path).interrupted == ()
    assert sorted(row.key for row in rows_in(tmp_path)) == [("rules", "sample", 0), ("sample", "sample", 0)]


async def test_the_report_of_the_recordings_is_the_report_of_the_run(tmp_path: Path) -> None:
    await run(plan_of("rules", "random"), tmp_path / "run")
    shutil.copytree(tmp_path / "run" / SESSIONS, tmp_path / "elsewhere")
    assert reported(tmp_path / "elsewhere") == reported(tmp_path / "run")


async def test_parts_that_two_machines_have_played_give_the_report_of_the_whole(tmp_path: Path) -> None:
    plan = plan_of("rules", "random")
    await run(plan, tmp_path / "whole")
    await run(replace(plan, seeds=(0,)), tmp_path / "a")
    await run(replace(plan, seeds=(1,)), tmp_path / "b")
    parts, twice = merged([read_folder(tmp_path / "a"), read_folder(tmp_path / "b")])

    def without_times(rows: list[Row]) -> dict[str, Any]:
        return as_json(summarize([replace(row, latencies_ms=()) for row in rows]))

    assert twice == 0
    assert without_times(parts) == without_times(rows_in(tmp_path / "whole"))


async def test_a_folder_played_on_other_terms_is_refused(tmp_path: Path) -> None:
    await run(plan_of("wait", seeds=1), tmp_path)
    with pytest.raises(EvaluationError, match="holds episodes of cpu_overload that are blind; use another folder"):
        await run(plan_of("wait", seeds=1, blind=False), tmp_path)
    changed = bundled_incident("cpu_overload").model_copy(update={"max_steps": 7})
    with pytest.raises(EvaluationError, match="of another definition"):
        await run(plan_of("wait", seeds=1, incidents=(changed,)), tmp_path)


# --- what goes wrong


async def test_an_agent_that_there_is_not_is_told_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="did you mean rules"):
        await run(plan_of("wait", "ruels"), tmp_path)
    with pytest.raises(FolderError):
        read_folder(tmp_path / SESSIONS)


async def test_two_agents_of_one_name_could_not_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"fixed:TT and fixed:tt are both recorded as fixed:TT"):
        await run(plan_of("fixed:TT", "fixed:tt"), tmp_path)


async def test_what_cannot_be_recorded_is_not_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("noc_tui.episode.writer.os.pwrite", full)
    with pytest.raises(RecordingError, match="No space left on device"):
        await run(plan_of("wait"), tmp_path)


async def test_nobody_is_asked_on_when_nothing_is_being_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def answer(observation: Observation) -> Decision:
        asked.append(observation.step)
        return wait()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    use(monkeypatch, SampleAgent(answer))
    monkeypatch.setattr("noc_tui.episode.writer.os.pwrite", full)
    with pytest.raises(RecordingError, match="No space left on device"):
        await run(plan_of("slow", incidents=(make_incident(initial=BAD),), seeds=1), tmp_path)
    assert asked == [0]


async def test_an_agent_that_cannot_be_closed_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise OSError("gone")

    use(monkeypatch, ClosingAgent(fail))
    _, _, notices = await run(plan_of("slow", incidents=(make_incident(),)), tmp_path)
    assert set(notices) == {"agent sample failed to close: OSError: gone"}
    assert len(rows_in(tmp_path)) == 2


# --- agents that wait for a model


async def test_as_many_episodes_wait_at_the_same_time_as_are_allowed_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = asyncio.Barrier(3)
    waiting, most = 0, 0

    async def think(_: Observation) -> Decision:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await barrier.wait()  # nobody goes on before three are here
        waiting -= 1
        return wait()

    use(monkeypatch, SampleAgent(think))
    incident = make_incident(initial=BAD, max_steps=2)
    async with asyncio.timeout(30):
        await run(plan_of("slow", incidents=(incident,), seeds=6), tmp_path, concurrency=3)
    assert most == 3
    assert len(rows_in(tmp_path)) == 6


async def test_a_model_is_asked_and_what_it_costs_is_told(tmp_path: Path, server: LLMServer) -> None:
    incident = bundled_incident("cpu_overload")
    _, tallies, _ = await run(plan_of("llm", incidents=(incident,), review=True), tmp_path / "out")
    rows = rows_in(tmp_path / "out")
    calls = sum(row.steps for row in rows)
    assert calls == len(server.received)
    assert {row.outcome for row in rows} == {"resolved"}
    assert [(row.calls, row.tokens) for row in rows] == [(row.steps, row.steps * 430) for row in rows]
    assert all(row.reviewed for row in rows)
    assert (tallies[-1].tokens, tallies[-1].cost_unknown, tallies[-1].done) == (calls * 430, True, 2)
    (agent,) = summarize(rows).agents
    assert agent.overall.cost_per_resolved is None
    assert "cpu_overload" not in "".join(request.prompt for request in server.received)


async def test_a_model_that_fails_gives_void_episodes_that_count_as_nothing(tmp_path: Path, server: LLMServer) -> None:
    server.policy = lambda _: failure(500, "out of memory")
    await run(plan_of("llm", "wait", incidents=(bundled_incident("cpu_overload"),)), tmp_path / "out")
    assert len(server.received) == 2 * MAX_FAILURES
    agents = {agent.agent: agent.overall for agent in summarize(rows_in(tmp_path / "out")).agents}
    assert (agents["llm"].void, agents["llm"].counted, agents["llm"].resolved_rate) == (2, 0, None)
    assert (agents["wait"].void, agents["wait"].counted) == (0, 2)
    assert agents["llm"].agent_errors == 2 * MAX_FAILURES
    asked = len(server.received)
    await run(plan_of("llm", incidents=(bundled_incident("cpu_overload"),)), tmp_path / "out")
    assert len(server.received) == asked
    found = read_folder(tmp_path / "out")
    for row in found.rows:
        if row.outcome == "void":
            found.path(row).unlink()
    server.policy = lambda _: Turn(action="throttle_cpu")
    await run(plan_of("llm", incidents=(bundled_incident("cpu_overload"),)), tmp_path / "out")
    assert sorted((row.agent, row.outcome) for row in rows_in(tmp_path / "out"))[:2] == [("llm", "resolved")] * 2


async def test_a_budget_of_tokens_stops_asking_and_a_larger_one_goes_on(tmp_path: Path, server: LLMServer) -> None:
    plan = plan_of("llm", "wait", incidents=(bundled_incident("cpu_overload"),), seeds=3)
    stopped, _, _ = await run(plan, tmp_path / "out", budget=Budget(max_tokens=5 * 430), concurrency=1)
    assert stopped == "2,150 of 2,150 tokens are used"
    assert len(server.received) == 5
    assert sum(row.agent == "wait" for row in rows_in(tmp_path / "out")) == 3  # which cost nothing
    stopped, _, _ = await run(plan, tmp_path / "out", budget=Budget(max_tokens=5 * 430), concurrency=1)
    assert stopped is not None
    assert len(server.received) == 5
    stopped, _, _ = await run(plan, tmp_path / "out", budget=Budget(max_tokens=10**6), concurrency=1)
    assert stopped is None
    assert len(rows_in(tmp_path / "out")) == 6


async def test_a_budget_of_money_counts_what_the_price_table_says(
    tmp_path: Path, server: LLMServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[prices.sample-1]\ninput = 1000.0\noutput = 0.0\n")  # 0.40 a call
    monkeypatch.setenv("NOC_TUI_CONFIG", str(config))
    plan = plan_of("llm", incidents=(bundled_incident("cpu_overload"),), seeds=3)
    stopped, tallies, _ = await run(plan, tmp_path / "out", budget=Budget(max_cost=1.0), concurrency=1)
    assert stopped == "1.2000 of 1 is spent"
    assert len(server.received) == 3
    assert tallies[-1].cost == pytest.approx(1.2)
    assert not tallies[-1].cost_unknown


async def test_a_budget_of_money_cannot_be_kept_without_a_price(tmp_path: Path, server: LLMServer) -> None:
    plan = plan_of("llm", incidents=(bundled_incident("cpu_overload"),), seeds=3)
    stopped, _, _ = await run(plan, tmp_path / "out", budget=Budget(max_cost=1.0), concurrency=1)
    assert stopped is not None
    assert "a model has no price in the config" in stopped
    assert len(server.received) == 1


async def test_what_an_interrupted_episode_has_cost_stays_in_the_folder_and_counts(
    tmp_path: Path, server: LLMServer
) -> None:
    plan = plan_of("llm", incidents=(bundled_incident("retry_storm"),), seeds=1)
    await run(plan, tmp_path / "out", budget=Budget(max_tokens=430))
    (left,) = read_folder(tmp_path / "out").interrupted
    assert (left.steps, left.tokens) == (1, 430)
    budget = Budget(max_tokens=10**6)
    await run(plan, tmp_path / "out", budget=budget)
    assert read_folder(tmp_path / "out").interrupted == (left,)
    assert budget.spent.tokens == len(server.received) * 430


def test_a_call_of_unknown_cost_is_not_taken_for_free() -> None:
    budget = Budget(max_cost=1.0)
    budget.spend(Usage(latency_ms=3.0), asked=False)
    assert budget.problem is None
    budget.spend(Usage(latency_ms=3.0), asked=True)
    assert budget.problem is not None
