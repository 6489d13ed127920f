"""An evaluation: every agent plays every incident with the same seeds, and what has been played is not played again."""

from __future__ import annotations

import asyncio
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.agents.asking import close_agent, driver_name
from noc_tui.agents.base import AgentError
from noc_tui.agents.fixed import FIXED
from noc_tui.agents.registry import agent_factory
from noc_tui.bench.crew import EPISODES_EACH, Crew, Job, LostProcessError, spawning
from noc_tui.bench.folder import SESSIONS, SUFFIX, Contents, RowList, read_folder
from noc_tui.bench.playing import Chunk, Played, Terms, play, play_chunk, review_chunk
from noc_tui.bench.run import MAX_FAILURES, step_limit
from noc_tui.episode.library import delete_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from noc_tui.agents.registry import AgentFactory
    from noc_tui.bench.budget import Budget
    from noc_tui.bench.engine import Engine
    from noc_tui.bench.outcomes import Row
    from noc_tui.sim.incident import Incident

BEST_KEYS: Final = "TETWCRTCET"
"""What resolves most of the program's incidents without looking; `benchmarks/best_keys.py` finds it."""
REFERENCES: Final = ("wait", "random", f"{FIXED}:{BEST_KEYS}", "rules", "planner")
"""Who always plays along: no thought at all, and the ceiling."""

_SCRIPTED: Final = frozenset({"wait", "random", "rules", "planner", "ppo", "policy", "script", FIXED})
"""The agents that wait for nobody, and are played by the engine."""
_MODEL: Final = "llm"
"""The agent that can be played in any process. Those of other packages may hold what there is only one of."""
_CHUNK: Final = 10
"""Episodes that are handed over together: whoever interrupts waits for so many."""


class EvaluationError(Exception):
    """An evaluation that cannot be had. The message is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be played."""

    agents: tuple[str, ...]
    incidents: tuple[Incident, ...]
    seeds: tuple[int, ...]
    blind: bool = True
    review: bool = True
    time_limit: float = 30.0
    """Seconds that an agent has for one decision, unless it keeps a limit of its own."""
    max_failures: int = MAX_FAILURES
    """Failures of an agent with which an episode becomes void."""

    @property
    def episodes(self) -> int:
        """How many there are in all."""
        return len(self.agents) * len(self.incidents) * len(self.seeds)


class Tally(NamedTuple):
    """How far an evaluation has come."""

    done: int
    """Finished episodes, those of earlier runs included."""
    before: int
    """Those of earlier runs."""
    total: int
    void: int
    cost: float
    cost_unknown: bool
    tokens: int


async def evaluate(
    plan: Plan,
    folder: Path,
    *,
    engine: Engine,
    budget: Budget,
    concurrency: int = 8,
    processes: int = 1,
    tell: Callable[[Tally], None] = lambda _: None,
    notice: Callable[[str], None] = lambda _: None,
) -> str | None:
    """Play what the folder does not hold yet. Why it stopped before all was played, in a clause; None when it was.

    Agents that wait play here, up to `concurrency` episodes at a time; the engine plays the others. Where so many
    episodes ask language models that it is worth it, up to `processes` processes do that.
    Whatever ends it, finished episodes stay in the folder, and the next call goes on from there.

    Raises `EvaluationError` for agents or a folder that do not go together, `AgentError` for an agent that cannot be
    had, `EngineError` for an engine that cannot, `FolderError` and `RecordingError` when nothing can be written.
    """
    factories = {spec: agent_factory(spec) for spec in dict.fromkeys(plan.agents)}
    names = await _names(factories, plan.seeds[0], notice)
    with RowList(folder) as rows:
        contents = read_folder(folder)
        for problem in contents.problems:
            notice(problem)
        _check_terms(plan, contents)
        rows.append(contents.unlisted)
        run = _Run(plan, folder, rows=rows, budget=budget, tell=tell, notice=notice)
        run.take_over(contents, names)
        executor = engine()
        try:
            await run.play(executor, factories, names, contents, concurrency=concurrency, processes=processes)
        except (BrokenProcessPool, LostProcessError) as error:
            raise EvaluationError("a process that played episodes has died; run the same command to go on") from error
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
    return run.stopped


async def _names(factories: dict[str, AgentFactory], seed: int, notice: Callable[[str], None]) -> dict[str, str]:
    """The name that each agent is recorded under. Raises `EvaluationError` where two have the same."""
    names: dict[str, str] = {}
    for spec, factory in factories.items():
        agent = factory(seed)
        try:
            await close_agent(agent)
        except AgentError as error:
            notice(str(error))
        name = driver_name(agent)
        if other := next((known for known, taken in names.items() if taken == name), None):
            raise EvaluationError(f"agents {other} and {spec} are both recorded as {name}; give one another name")
        names[spec] = name
    return names


def _check_terms(plan: Plan, contents: Contents) -> None:
    """Raise `EvaluationError` unless what the folder holds was played on the terms of the plan."""
    for incident in plan.incidents:
        terms = (incident.digest, step_limit(incident), plan.blind, 0)
        for row in contents.rows:
            if row.incident == incident.id and row.terms != terms:
                what = "blind" if row.blind else "not blind"
                if row.blind == plan.blind:
                    what = "of another definition, or with another step limit"
                raise EvaluationError(
                    f"{contents.folder} holds episodes of {incident.id} that are {what}; use another folder"
                )


def _kind(spec: str) -> str:
    """The name of an agent without what stands behind it."""
    return spec.partition(":")[0]


class _Run:
    """One run of an evaluation: what has been played, and what is still to be."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        *,
        rows: RowList,
        budget: Budget,
        tell: Callable[[Tally], None],
        notice: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._terms = Terms(
            sessions=folder / SESSIONS,
            blind=plan.blind,
            review=plan.review,
            time_limit=plan.time_limit,
            max_failures=plan.max_failures,
        )
        self._unreviewing = replace(self._terms, review=False)  # a review would keep all others waiting
        self._incidents = {incident.id: incident for incident in plan.incidents}
        self._rows = rows
        self._budget = budget
        self._tell = tell
        self._notice = notice
        self._finished: set[tuple[str, str, int]] = set()
        self._before = 0
        self._void = 0
        self.stopped: str | None = None
        """Why not all was played."""

    def take_over(self, contents: Contents, names: dict[str, str]) -> None:
        """Take in what earlier runs have played, and remove what they left unfinished and had for nothing."""
        incidents, seeds, agents = {i.id for i in self._plan.incidents}, set(self._plan.seeds), set(names.values())
        for row in (*contents.rows, *contents.interrupted):
            self._budget.spent_before(row)
        for row in contents.rows:
            if row.agent in agents and row.incident in incidents and row.seed in seeds:
                self._finish(row)
        self._before = len(self._finished)
        for row in contents.interrupted:
            if not row.was_paid_for and row.agent in agents:
                delete_session(contents.path(row))
        self._say()

    async def play(
        self,
        executor: Executor,
        factories: dict[str, AgentFactory],
        names: dict[str, str],
        contents: Contents,
        *,
        concurrency: int,
        processes: int,
    ) -> None:
        """Play what is missing, and review what has not been."""
        waiting = [spec for spec in factories if _kind(spec) not in _SCRIPTED]
        jobs = list(self._jobs(waiting, names))
        crew = self._crew(jobs, min(concurrency, len(jobs)) // EPISODES_EACH, processes)
        following = iter(jobs)
        try:
            async with crew or nullcontext(), asyncio.TaskGroup() as group:
                for chunk in self._chunks([spec for spec in factories if spec not in waiting], names):
                    group.create_task(self._hand_over(executor, play_chunk, chunk, self._terms))
                for paths in self._unreviewed(contents):
                    group.create_task(self._hand_over(executor, review_chunk, paths))
                for _ in range(min(concurrency, len(jobs))):
                    group.create_task(self._play_waiting(following, factories, crew, executor, group))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        if self.stopped is not None:
            self._used_up()  # calls that were under way then have been paid for since

    def _crew(self, jobs: Sequence[Job], worth: int, processes: int) -> Crew | None:
        """The processes in which models are asked; None where it is not worth them."""
        number = min(worth, processes)
        if number < 2 or not any(_kind(job.agent) == _MODEL for job in jobs):
            return None
        context = spawning()
        self._budget.share(context)
        return Crew(number, self._incidents, self._unreviewing, self._budget, context)

    def _chunks(self, specs: Sequence[str], names: dict[str, str]) -> Iterator[Chunk]:
        seeds = self._plan.seeds
        for first in range(0, len(seeds), _CHUNK):
            for incident in self._plan.incidents:
                for spec in specs:
                    missing = self._missing(names[spec], incident, seeds[first : first + _CHUNK])
                    if missing:
                        yield Chunk(agent=spec, incident=incident, seeds=missing)

    def _jobs(self, specs: Sequence[str], names: dict[str, str]) -> Iterator[Job]:
        """What waits for the network, in an order in which agents can be compared wherever it is stopped."""
        for seed in self._plan.seeds:
            for incident in self._plan.incidents:
                for spec in specs:
                    if self._missing(names[spec], incident, [seed]):
                        yield Job(spec, incident.id, seed)

    def _missing(self, name: str, incident: Incident, seeds: Iterable[int]) -> tuple[int, ...]:
        return tuple(seed for seed in seeds if (name, incident.id, seed) not in self._finished)

    def _unreviewed(self, contents: Contents) -> Iterator[list[Path]]:
        if self._plan.review:
            paths = [contents.path(row) for row in contents.rows if row.reviewed is None]
            for first in range(0, len(paths), _CHUNK):
                yield paths[first : first + _CHUNK]

    async def _hand_over(self, executor: Executor, function: Callable[..., Played], *arguments: object) -> None:
        self._take(await asyncio.wrap_future(executor.submit(function, *arguments)))

    async def _play_waiting(
        self,
        jobs: Iterator[Job],
        factories: dict[str, AgentFactory],
        crew: Crew | None,
        executor: Executor,
        group: asyncio.TaskGroup,
    ) -> None:
        terms = self._unreviewing
        for job in jobs:
            if self._used_up():
                return
            if crew is not None and _kind(job.agent) == _MODEL:
                played = await crew.play(job)
            else:
                incident = self._incidents[job.incident]
                played = await play(factories[job.agent], incident, job.seed, terms, self._budget)
            self._take(played)
            if not played.rows:
                self._used_up()
            elif self._terms.review:
                paths = [terms.sessions / f"{row.session}{SUFFIX}" for row in played.rows]
                group.create_task(self._hand_over(executor, review_chunk, paths))

    def _used_up(self) -> bool:
        self.stopped = self._budget.problem
        return self.stopped is not None

    def _take(self, played: Played) -> None:
        self._rows.append(played.rows)
        for sentence in played.notices:
            self._notice(sentence)
        for row in played.rows:
            self._finish(row)
        self._say()

    def _finish(self, row: Row) -> None:
        if row.key not in self._finished:
            self._finished.add(row.key)
            self._void += row.outcome == "void"

    def _say(self) -> None:
        spent = self._budget.spent
        self._tell(
            Tally(
                done=len(self._finished),
                before=self._before,
                total=self._plan.episodes,
                void=self._void,
                cost=spent.cost,
                cost_unknown=spent.unknown,
                tokens=spent.tokens,
            )
        )
