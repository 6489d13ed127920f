"""Playing against a ghost: its dots, its moves in the log, the lead in the banner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.metric_strip import MetricStrip
from tests.llm_server import LLMServer, Turn
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.model import held, logged
from tests.tui.shelf import WON, begin, resolved
from tests.tui.widgets.hosting import shown

if TYPE_CHECKING:
    from pathlib import Path


DOT = re.compile(r"[▁-█][·˙.]")
"""Where the ghost stands now, at the end of a strip of one line."""


def against(ghost: Path | str, **launch: Any) -> Launch:
    return playing("cpu_overload", ghost=ghost, **launch)


def strips(pit: Cockpit) -> list[MetricStrip]:
    return list(pit.app.screen.query(MetricStrip).results())


async def test_its_moves_stand_behind_the_players_the_lead_in_the_banner_and_the_result_in_the_log() -> None:
    async with cockpit(against(resolved())) as pit:
        assert "ghost:" not in logged(pit)
        assert "Ghost you" in pit.text()
        assert "level with the ghost" in pit.text()
        await pit.press("1", "1")
        assert "2 steps behind" in pit.text().splitlines()[0]
        lines = logged(pit).splitlines()
        mine = [at for at, line in enumerate(lines) if line.startswith("you: ")]
        assert [lines[at + 1] for at in mine] == ["ghost: Throttle CPU"] * 2
        (cpu, *_) = strips(pit)
        assert cpu.view.ghost[0] == cpu.view.values[0]
        assert cpu.view.ghost[2] != cpu.view.values[2]
        await pit.pilot.resize_terminal(80, 24)
        await pit.settle()
        assert "2 steps behind" in pit.text().splitlines()[0]
        (line,) = shown(strips(pit)[0])
        assert DOT.search(line)
        await pit.press("3", "3", "3", "3")
        assert "you resolved it in 6 steps, it in 4: 2 steps slower" in logged(pit)
        assert "RESOLVED" in pit.text()


async def test_the_same_seed_again_is_against_the_same_ghost_and_another_seed_against_none() -> None:
    async with cockpit(against("wait", hints=True)) as pit:
        for key, ghost in (("s", "wait"), ("n", None)):
            await pit.press("3", "3", "1", "1", "enter")
            await pit.press(key)
            await pit.settle()
            assert pit.play._launch.ghost == ghost
            assert pit.play._launch.hints


async def test_without_a_ghost_that_can_be_had_play_goes_on() -> None:
    async with cockpit(against("llm"), size=(80, 24)) as pit:
        assert "There is no ghost" in pit.told()
        assert "Ghost" not in pit.text()
        await pit.press("3")
        assert pit.episode.steps == 1
        (line,) = shown(strips(pit)[0])
        assert not DOT.search(line)


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
    begin(actions=WON[:1], blind=True).close()
    (path,) = paths.sessions_dir().glob("*.jsonl")
    async with cockpit(Launch("play", ghost=path, blind=False)) as pit:
        assert pit.episode.header.blind
        assert "overload" not in pit.text()


async def test_play_begins_at_once_and_what_the_ghost_did_before_it_was_there_stands_beside_what_the_player_did(
    server: LLMServer,
) -> None:
    server.turns.appendleft(Turn(action=server.turns.popleft().action, hold_after=2))
    async with cockpit(Launch("home")) as pit:
        pit.app.open(against("llm"))
        await held(pit, server)
        await pit.pilot.press("1")
        pit.now[0] += 1.0
        await pit.pilot.press("1")
        assert pit.episode.steps == 2
        assert "ghost: " not in logged(pit)
        server.release()
        await pit.settle()
        lines = logged(pit).splitlines()
        mine = [at for at, line in enumerate(lines) if line.startswith("you: ")]
        assert [lines[at + 1] for at in mine] == ["ghost: Throttle CPU"] * 2
        assert "Ghost llm" in pit.text()
    found = [SessionFile.open(path) for path in sorted(paths.sessions_dir().glob("*.jsonl"))]
    assert len(found) == 2  # what a model has cost is recorded, too
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
