"""A ghost beside a running episode: made in the background, told as its moves fall due. Knows no widget."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui import paths
from noc_tui.episode.records import HUMAN
from noc_tui.text import clean
from noc_tui.tui.frame import STEP_SECONDS, clock_text
from noc_tui.tui.models import ModelAgent
from noc_tui.tui.widgets.log_lines import LogEntry

if TYPE_CHECKING:
    from noc_tui.agents.base import Agent
    from noc_tui.drills.versus import Ghost, Race
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.reader import SessionFile
    from noc_tui.sim.metrics import SystemMetrics

SOURCE: Final = "ghost"
MOST_STEPS: Final = 2_000
"""A longer recording is no ghost: to say how far it had come after each step would take minutes."""
LEVEL: Final = "level"
_NAME_WIDTH: Final = 24
_OUTCOMES: Final = {"resolved": "resolved", "crashed": "crashed", "truncated": "ran out of steps", "void": "gave up"}


class ChaseError(Exception):
    """A ghost that cannot be had. The message is one sentence that can be shown as it is."""


class Due(NamedTuple):
    """What the ghost did in a step that the player has taken, too."""

    step: int
    line: LogEntry


class Chase:
    """The ghost that an episode is played against.

    `begin` makes it, which may take as long as an agent takes to play; play goes on meanwhile. Then `due` tells its
    moves up to where the player stands, and `look` how far the player is ahead.
    """

    def __init__(self, episode: Episode, source: Path | str, *, hints: bool = False, time_limit: float = 30.0) -> None:
        self.name = clean(source if isinstance(source, str) else source.stem, _NAME_WIDTH)
        """As the screen calls it."""
        self.ghost: Ghost | None = None
        """None: it is still being made, or cannot be had."""
        self.lead: float | None = None
        """By how many steps the player is ahead; below 0: behind. None as long as nobody has looked."""
        self._episode = episode
        self._source = source
        self._hints = hints
        self._time_limit = time_limit
        self._race: Race | None = None
        self._outcome = ""
        self._told = 0
        self._is_looking = False
        self._gave_up = False

    @property
    def metrics(self) -> tuple[SystemMetrics, ...]:
        """Its metrics at the page and after each step; nothing while it is being made."""
        return self.ghost.metrics if self.ghost is not None else ()

    @property
    def in_words(self) -> tuple[str, str] | None:
        """Label and value for the health line; None where there is no ghost."""
        if self._gave_up:
            return None
        if self.ghost is None:
            return f"Ghost {self.name}", "…"
        return f"Ghost {self.name}", f"{self.ghost.metrics_at(self._episode.steps).health_score * 100:.0f} %"

    @property
    def lead_in_words(self) -> str:
        """How far the player is ahead, for the banner; empty as long as that is not known."""
        if self.lead is None:
            return ""
        words = lead_in_words(self.lead)
        return "level with the ghost" if words == LEVEL else words

    # --- making it

    async def begin(self) -> None:
        """Make the ghost. Raises `ChaseError` where it cannot be had."""
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415
        from noc_tui.drills.versus import Race  # noqa: PLC0415  (loads the planner, and is wanted by few)
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        try:
            if isinstance(self._source, Path):
                ghost = await asyncio.to_thread(self._of_recording, self._source)
            else:
                ghost = await self._of_agent(self._source)
            self._race = Race(self._episode, ghost)
        except (AgentError, DrillError, SessionError) as error:
            self._gave_up = True
            raise ChaseError(f"There is no ghost: {error}") from error
        self.ghost = ghost

    def _of_recording(self, path: Path) -> Ghost:
        from noc_tui.drills.versus import ghost_of  # noqa: PLC0415
        from noc_tui.episode.reader import SessionFile  # noqa: PLC0415

        with SessionFile.open(path, salvage=True) as session:
            check_length(session)
            self.name = name_of(session)
            self._outcome = session.end.outcome if session.end else ""
            return ghost_of(session, self.name)

    async def _of_agent(self, spec: str) -> Ghost:
        """Let the agent play the same start to its end, in one go."""
        from noc_tui.agents.base import AgentError, InstantAgent  # noqa: PLC0415
        from noc_tui.agents.making import make_agent_aside  # noqa: PLC0415
        from noc_tui.bench.run import play_episode  # noqa: PLC0415
        from noc_tui.drills.versus import ghost_of  # noqa: PLC0415

        seed = self._episode.header.seed
        agent = await make_agent_aside(spec, seed=seed, time_limit=self._time_limit, hints=self._hints)
        run = self._run_of(agent)
        try:
            playing = partial(play_episode, agent, run, time_limit=self._time_limit)
            if isinstance(agent, InstantAgent):  # it never waits, and would hold up the screen
                await asyncio.to_thread(lambda: asyncio.run(playing()))
            else:
                await playing()
        finally:
            await self._let_go(agent, run)
        if run.end is None or run.end.outcome == "void":
            raise AgentError(run.controls[-1].error or f"{self.name} gave up")
        self._outcome = run.end.outcome
        return await asyncio.to_thread(ghost_of, run, self.name)

    def _run_of(self, agent: Agent) -> Episode:
        """What the agent plays. What costs money is recorded; anything else can be had again."""
        from noc_tui.agents.asking import about_of, driver_name  # noqa: PLC0415
        from noc_tui.episode.episode import Episode  # noqa: PLC0415
        from noc_tui.episode.writer import SessionWriter  # noqa: PLC0415

        self.name = clean(driver_name(agent), _NAME_WIDTH)
        header = self._episode.header
        return Episode(
            self._episode.incident,
            header.seed,
            draws=header.draws,
            max_steps=header.max_steps,
            blind=header.blind,
            driver=driver_name(agent),
            agent=about_of(agent),
            record=partial(SessionWriter.create, paths.sessions_dir()) if isinstance(agent, ModelAgent) else None,
        )

    async def _let_go(self, agent: Agent, run: Episode) -> None:
        """Close both. What a run that was given up has cost is recorded, and it is no session to be gone on with."""
        from noc_tui.agents.asking import close_agent  # noqa: PLC0415

        if isinstance(agent, ModelAgent):
            if not run.done:
                run.hand_over(HUMAN, "take_over", usage=agent.spent)
                if run.is_worth_a_file:
                    run.void()
            run.close()
        await close_agent(agent)

    # --- beside the player

    def due(self) -> list[LogEntry]:
        """Lines on the ghost's moves that have fallen due and have not been told."""
        ghost = self.ghost
        if ghost is None:
            return []
        first, last = self._told + 1, min(self._episode.steps, ghost.steps)
        self._told = max(self._told, last)
        lines = []
        for step in range(first, last + 1):
            move = ghost.move_at(step)
            text = move.label if move is not None else ""
            if step == ghost.steps and self._outcome:
                text += f". It {_OUTCOMES[self._outcome]}{f' in {step} steps' if ghost.resolved else ''}."
            lines.append(_line((step - 1) * STEP_SECONDS, text))
        return lines

    def result(self) -> list[LogEntry]:
        """A line on who was quicker, once the episode has ended and the ghost is there."""
        ghost, episode = self.ghost, self._episode
        if ghost is None or episode.end is None:
            return []
        mine = episode.steps if episode.end.outcome == "resolved" else None
        theirs = ghost.steps if ghost.resolved else None
        return [_line(episode.steps * STEP_SECONDS, f"{self.name}: {compared(mine, theirs)}.")]

    async def look(self) -> bool:
        """Find out how far the player is ahead now; False where there is nothing to find out, or it is being done.

        Raises `ChaseError` where the episode does not come out the same when simulated again.
        """
        from noc_tui.episode.errors import SessionError  # noqa: PLC0415

        race = self._race
        if race is None or self._is_looking:
            return False
        self._is_looking = True
        try:
            step = -1
            while step < self._episode.steps:  # the player may have moved on meanwhile
                step = self._episode.steps
                self.lead = await asyncio.to_thread(race.lead)
        except SessionError as error:
            self._race = None
            self.lead = None
            raise ChaseError(f"The lead is not known any more: {error}") from error
        finally:
            self._is_looking = False
        return True


def name_of(session: SessionFile) -> str:
    """What a recording is called as a ghost: who drove it, and of a file from elsewhere its name."""
    driver = session.header.driver
    if session.path.parent != paths.sessions_dir():
        return clean(session.path.stem, _NAME_WIDTH)
    return "you" if driver == HUMAN else clean(driver, _NAME_WIDTH)


def check_length(session: SessionFile) -> None:
    """Raise `SessionError` for a recording that is too long to be a ghost, or has no steps."""
    from noc_tui.episode.errors import SessionError  # noqa: PLC0415

    if not session.steps:
        raise SessionError(f"{session.path}: has no steps to play against")
    if session.steps > MOST_STEPS:
        raise SessionError(f"{session.path}: has {session.steps} steps; a ghost has up to {MOST_STEPS}")


def lead_in_words(lead: float) -> str:
    """`2 steps ahead`, `1 step behind`, `level`: rounded, for it is an expectation."""
    steps = round(abs(lead))
    if not steps:
        return LEVEL
    return f"{steps} {'step' if steps == 1 else 'steps'} {'ahead' if lead > 0 else 'behind'}"


def compared(mine: int | None, theirs: int | None) -> str:
    """Two results in words; None stands for one that was not resolved."""
    if mine is None:
        return "neither of you resolved it" if theirs is None else f"it resolved it in {theirs} steps, you did not"
    if theirs is None:
        return f"you resolved it in {mine} steps, it did not"
    if mine == theirs:
        return f"both of you resolved it in {mine} steps"
    more = f"{abs(mine - theirs)} {'step' if abs(mine - theirs) == 1 else 'steps'}"
    return f"you resolved it in {mine} steps, it in {theirs}: {more} {'quicker' if mine < theirs else 'slower'}"


def _line(seconds: int, text: str) -> LogEntry:
    return LogEntry(clock_text(seconds), "»", "debug", SOURCE, text)
