"""Playing against a ghost: its dots, its moves in the log, the lead in the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.metric_strip import MetricStrip
from tests.llm_server import LLMServer, Turn
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.model import held, logged
from tests.tui.shelf import WON, resolved
from tests.tui.widgets.hosting import shown

if TYPE_CHECKING:
    from pathlib import Path


def against(ghost: Path | str, **launch: Any) -> Launch:
    return playing("cpu_overload", ghost=ghost, **launch)


def strips(pit: Cockpit) -> list[MetricStrip]:
    return list(pit.app.screen.query(MetricStrip).results())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_its_moves_are_told_when_the_player_has_taken_the_step_and_the_lead_stands_in_the_banner(
    size: tuple[int, int],
) -> None:
    async with cockpit(against(resolved()), size=size) as pit:
        assert "ghost:" not in logged(pit)
        assert "Ghost you" in pit.text()
        assert "level with the ghost" in pit.text()
        await pit.press("1", "1")
        assert logged(pit).count("ghost: ") == 2
        assert "ghost: Throttle CPU" in logged(pit)
        assert "2 steps behind" in pit.text().splitlines()[0]
        lines = logged(pit).splitlines()
        you = next(index for index, line in enumerate(lines) if line.startswith("you: "))
        assert lines[you + 1] == "ghost: Throttle CPU"
        (cpu, *_) = strips(pit)
        assert cpu.view.ghost[0] == cpu.view.values[0]
        assert cpu.view.ghost[2] != cpu.view.values[2]


async def test_a_strip_of_one_line_shows_where_it_stands_now() -> None:
    async with cockpit(
        against(
            "wait",
        ),
        size=(80, 24),
    ) as pit:
        await pit.press("3")
        (cpu, *_) = strips(pit)
        (line,) = shown(cpu)
        assert set("·˙.") & set(line[8:])
    async with cockpit(playing("cpu_overload"), size=(80, 24)) as pit:
        (line,) = shown(strips(pit)[0])
        assert not set("·˙") & set(line)


async def test_at_the_end_it_says_who_was_quicker() -> None:
    async with cockpit(against(resolved())) as pit:
        await pit.press("3", "3", "1", "1")
        assert "both of you resolved it in 4 steps" in logged(pit)
        assert "RESOLVED" in pit.text()


async def test_the_same_seed_again_is_against_the_same_ghost_and_another_seed_against_none() -> None:
    async with cockpit(against("wait", hints=True)) as pit:
        for key, ghost in (("s", "wait"), ("n", None)):
            await pit.press("3", "3", "1", "1", "enter")
            await pit.press(key)
            await pit.settle()
            assert pit.play._launch.ghost == ghost
            assert pit.play._launch.hints


async def test_against_an_agent_play_begins_at_once_and_what_is_due_is_caught_up() -> None:
    async with cockpit(against("rules")) as pit:
        assert pit.episode.steps == 0
        await pit.press("1", "1")
        assert logged(pit).count("ghost: ") == 2
        assert "Ghost rules" in pit.text()
    assert len(list(paths.sessions_dir().glob("*.jsonl"))) == 1  # mine


async def test_without_a_ghost_that_can_be_had_play_goes_on() -> None:
    async with cockpit(against("llm")) as pit:
        assert "There is no ghost" in pit.told()
        assert "Ghost" not in pit.text()
        await pit.press("3")
        assert pit.episode.steps == 1


async def test_a_recording_gives_its_own_start_and_one_that_contradicts_is_refused() -> None:
    path = resolved()
    async with cockpit(Launch("play", ghost=path)) as pit:
        assert (pit.episode.header.seed, pit.episode.incident.id) == (3, "cpu_overload")
    async with cockpit(Launch("home")) as pit:
        pit.app.open(Launch("play", incident="memory_leak", ghost=path))
        await pit.settle()
        assert isinstance(pit.app.screen, HomeScreen)
        assert "plays another incident than memory_leak" in pit.told()


async def test_what_is_secret_of_a_blind_recording_stays_so() -> None:
    async with cockpit(playing("cpu_overload", blind=True)) as pit:
        await pit.press("3")
        (path,) = paths.sessions_dir().glob("*.jsonl")
        await pit.press("q")
        pit.app.open(Launch("play", ghost=path, blind=False))
        await pit.settle()
        assert pit.episode.header.blind
        assert "overload" not in pit.text()


async def test_a_model_that_is_the_ghost_is_recorded_for_what_it_cost(server: LLMServer) -> None:
    async with cockpit(against("llm")) as pit:
        await pit.press("1")
        assert "ghost: Throttle CPU" in logged(pit)
    found = [SessionFile.open(path) for path in sorted(paths.sessions_dir().glob("*.jsonl"))]
    ghost = next(session for session in found if session.header.driver == "llm")
    assert [record.decision.action for record in ghost.records()] == list(WON)
    assert ghost.header.agent is not None
    assert ghost.header.agent["model"] == "sample-1"
    assert len(server.received) == len(WON)


async def test_a_ghost_that_is_left_in_the_middle_is_no_session_to_be_gone_on_with(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(action="throttle_cpu"), Turn(hold_after=2))
    async with cockpit(Launch("home")) as pit:
        pit.app.open(against("llm"))
        await held(pit, server)
        await pit.pilot.press("3")
        await pit.pilot.press("q")
        await pit.settle()
    (ghost,) = [
        session
        for session in map(SessionFile.open, paths.sessions_dir().glob("*.jsonl"))
        if session.header.driver == "llm"
    ]
    assert ghost.end is not None
    assert (ghost.end.outcome, ghost.steps) == ("void", 1)
