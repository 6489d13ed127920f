"""Two drivers on one seed, side by side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from noc_tui import paths
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.help import HelpScreen
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.driver_panel import DriverPanel
from noc_tui.tui.widgets.side_column import SideColumn
from tests.episode.builders import read_lines, write_lines
from tests.llm_server import LLMServer, Turn, failure
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.shelf import WITNESS, poison, resolved
from tests.tui.widgets.hosting import shown

if TYPE_CHECKING:
    from pathlib import Path


def against(ghost: Path | str, *, agent: str = "planner", **launch: Any) -> Launch:
    """`agent` on the CPU overload with seed 3, against `ghost`."""
    fixed: dict[str, Any] = {"incident": "cpu_overload", "seed": 3, "watch": True, "agent": agent, "ghost": ghost}
    return Launch("play", **{**fixed, **launch})


def steps(pit: Cockpit) -> tuple[int, int]:
    left, right = pit.versus.duel.sides
    return left.step, right.step


def logged(pit: Cockpit, index: int) -> str:
    lines = pit.versus.column(index).log_panel.incident_log._lines
    return "\n".join(f"{entry.source}: {entry.text}" for entry in lines._entries)


def recordings() -> list[SessionFile]:
    return [SessionFile.open(path) for path in sorted(paths.sessions_dir().glob("*.jsonl"))]


async def play_out(pit: Cockpit) -> None:
    for _ in range(80):
        if pit.versus.duel.over:
            return
        await pit.pass_time(1.1)
    raise AssertionError("they do not end")


async def test_two_agents_play_to_the_end_both_are_recorded_and_each_has_its_debrief() -> None:
    async with cockpit(against("rules")) as pit:
        await pit.press("enter")
        assert not pit.versus.duel.over
        await play_out(pit)
        text = pit.text()
        assert steps(pit) == (4, 4)
        assert "planner and rules both resolved it in 4 steps" in text
        assert "ENDED" in text
        assert text.count("■ RESOLVED") == 2
        assert "enter debrief" in text
        for keys, driver in (("enter",), "planner"), (("o", "enter"), "rules"):
            await pit.press(*keys)
            screen = pit.app.screen
            assert isinstance(screen, DebriefScreen)
            assert screen._track.header.driver == driver
            await pit.press("escape")
            assert pit.versus.duel.over
    found = recordings()
    assert [session.header.driver for session in found] == ["planner", "rules"]
    assert {(session.header.seed, session.header.incident_hash) for session in found} == {
        (3, found[0].header.incident_hash)
    }
    for session in found:
        assert verify(session).ok
        assert session.end is not None
        assert {record.decision.driver for record in session.records()} == {session.header.driver}
        session.close()


async def test_both_columns_show_the_same_steps_and_each_the_other_as_its_ghost_and_narrow_ones_take_turns() -> None:
    async with cockpit(against("wait")) as pit:
        await pit.pass_time(1.1)
        await pit.pass_time(1.1)
        assert steps(pit) == (2, 2)
        text = pit.text()
        assert text.count("step 2/60") == 3
        assert "health: planner" in text
        assert "planner 2 steps ahead" in text or "planner 1 step ahead" in text
        duel, column = pit.versus.duel, pit.versus.column(0)
        strip = next(iter(column.query(".cpu_usage").results()))
        assert strip.view.ghost == tuple(state.cpu_usage for state in duel.metrics(1))  # type: ignore[attr-defined]
        assert "planner: " in logged(pit, 0)
        assert "wait: " in logged(pit, 1)
        await pit.pilot.resize_terminal(80, 24)
        await pit.settle()
        assert "1 of 2: o shows wait" in pit.text()
        assert [column.display for column in pit.versus.query(SideColumn)] == [True, False]
        await pit.press("o")
        assert "2 of 2: o shows planner" in pit.text()
        assert [column.display for column in pit.versus.query(SideColumn)] == [False, True]
        assert "health: planner" in pit.text()
        await pit.pilot.resize_terminal(120, 40)
        await pit.settle()
        assert [column.display for column in pit.versus.query(SideColumn)] == [True, True]
        assert "of 2:" not in pit.text()


async def test_pause_single_steps_and_speed_are_those_of_both_and_what_lies_over_them_lets_both_wait() -> None:
    async with cockpit(against("wait"), size=(80, 24)) as pit:
        assert "1 of 2: o shows wait" in pit.text()
        await pit.press("3")
        assert "without --versus" in pit.told()
        await pit.press("question_mark")
        assert isinstance(pit.app.screen, HelpScreen)
        assert "side by side" in pit.text()
        await pit.pass_time(60)
        await pit.press("escape")
        assert steps(pit) == (0, 0)
        await pit.press("space")
        assert "PAUSED" in pit.text()
        await pit.pass_time(60)
        assert steps(pit) == (0, 0)
        await pit.press("full_stop")
        assert steps(pit) == (1, 1)
        await pit.press("right")
        assert steps(pit) == (2, 2)
        await pit.press("space", "plus")
        assert pit.versus.duel.speed == 2.0
        before = steps(pit)
        await pit.pass_time(0.6)
        assert steps(pit) == (before[0] + 1, before[1] + 1)
        assert "2x" in pit.text()


# --- an agent that fails


async def test_who_fails_leaves_the_other_going_with_the_error_in_its_own_log_and_can_be_asked_again(
    server: LLMServer,
) -> None:
    server.turns.clear()
    server.then(Turn(action="throttle_cpu"), failure(500, "out of memory"))
    server.policy = lambda _: Turn(action="do_nothing")
    async with cockpit(against("wait", agent="llm", incident="memory_leak")) as pit:
        for _ in range(4):
            await pit.pass_time(1.1)
        assert steps(pit) == (1, 4)
        assert "FAILED" in pit.text()
        assert "llm has failed: a tries again" in pit.text()
        assert "out of memory" in logged(pit, 0)
        assert "a tries again" in logged(pit, 0)
        assert "out of memory" not in logged(pit, 1)
        await pit.press("a")
        assert "FAILED" not in pit.text()
        assert "has failed" not in pit.text()
        await pit.pass_time(1.1)
        await pit.pass_time(1.1)
        assert steps(pit) == (3, 4)  # the other waits for it
    first = next(session for session in recordings() if session.header.driver == "llm")
    assert [control.reason for control in first.controls[:2]] == ["agent_error", "hand_over"]
    assert verify(first).ok


async def test_two_that_are_called_the_same_and_both_fail_are_told_apart_and_both_asked_again(
    server: LLMServer,
) -> None:
    server.turns.clear()
    server.then(failure(500, "one"), failure(500, "two"))
    server.policy = lambda _: Turn(action="do_nothing")
    async with cockpit(against("llm", agent="llm")) as pit:
        assert "STOPPED" in pit.text()
        assert "llm has failed at step 0; llm 2 has failed at step 0" in pit.text()
        panels = ["\n".join(shown(pit.versus.column(index).query_one(DriverPanel))) for index in (0, 1)]
        assert ["llm 2" in panel for panel in panels] == [False, True]
        await pit.press("a")
        await pit.pass_time(1.1)
        assert steps(pit) == (1, 1)


async def test_a_slow_model_is_waited_for_and_what_leaving_it_costs_is_recorded(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(action="throttle_cpu"), Turn(hold_after=4))
    async with cockpit(Launch("home")) as pit:
        pit.app.open(against("wait", agent="llm", incident="memory_leak"))
        for _ in range(200):
            await pit.pilot.pause()
            if isinstance(pit.app.screen, HomeScreen) or pit.versus._duel is None:
                continue
            pit.now[0] += 0.3
            pit.versus.tick()
            if await asyncio.to_thread(server.waiting.wait, 0.02):
                break
        for _ in range(10):
            pit.now[0] += 1.0
            pit.versus.tick()
            await pit.pilot.pause()
        assert steps(pit) == (1, 2)
        assert "thinking" in "\n".join(shown(pit.versus.column(0).query_one(DriverPanel)))
        await pit.pilot.press("q")
        await pit.settle()
        assert isinstance(pit.app.screen, HomeScreen)
        assert await asyncio.to_thread(server.gone.wait, 30)
    first = next(session for session in recordings() if session.header.driver == "llm")
    (control,) = first.controls
    assert control.reason == "take_over"
    assert (control.usage.latency_ms or 0) > 1000


# --- a recording


async def test_a_recording_goes_along_and_its_own_start_is_taken() -> None:
    path = resolved()
    async with cockpit(against(path, agent="wait", incident=None, seed=None)) as pit:
        await pit.pass_time(1.1)
        assert steps(pit) == (1, 1)
        assert pit.versus.duel.sides[0].track.header.seed == 3
        assert "GHOST" in pit.text()
        await play_out(pit)
        assert "you resolved it in 4 steps" in pit.text()
        assert "wait crashed at step" in pit.text()
        assert "you: Throttle CPU" in logged(pit, 1)
        await pit.press("o", "enter")
        assert isinstance(pit.app.screen, DebriefScreen)
        assert pit.app.screen._track.header.driver == "human"
    assert sorted(session.header.driver for session in recordings()) == ["human", "wait"]


async def test_what_cannot_be_compared_is_told_and_nothing_is_left_open() -> None:
    path, doctored = resolved(), resolved()
    lines = read_lines(doctored)
    lines[2]["after"]["cpu_usage"] = 0.1
    write_lines(doctored, lines)
    async with cockpit(Launch("home")) as pit:
        for launch, sentence in (
            (against("llm", agent="rules"), "has no model"),
            (against(doctored), "step 2"),
            (against(path, seed=5), "plays seed 3, not 5"),
            (against(path, incident="memory_leak"), "plays another incident than memory_leak"),
        ):
            pit.app.open(launch)
            await pit.settle()
            assert isinstance(pit.app.screen, HomeScreen)
            assert sentence in pit.told()
    assert len(recordings()) == 2


async def test_texts_of_a_foreign_recording_are_neither_markup_nor_control_codes() -> None:
    path = resolved()
    header, *events = read_lines(poison(path))
    header["incident"] = read_lines(resolved())[0]["incident"]
    async with cockpit(against(write_lines(path, [header, *events]), agent="wait")) as pit:
        await pit.pass_time(1.1)
        assert "\x1b" not in pit.text()
        assert "\u202e" not in pit.text()
        assert WITNESS[:12] in pit.text()


# --- the end


async def test_a_blind_duel_says_nothing_of_the_incident_until_the_end_and_one_that_is_left_is_kept() -> None:
    async with cockpit(Launch("home")) as pit:
        pit.app.open(against("rules", blind=True))
        await pit.settle()
        await pit.pass_time(1.1)
        await pit.press("q")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "kept" in pit.told()
        assert [(session.state, session.steps) for session in recordings()] == [("interrupted", 1)] * 2
        pit.app.open(against("rules", blind=True))
        await pit.settle()
        await pit.pass_time(1.1)
        assert "Blind incident" in pit.text()
        assert "overload" not in pit.text()
        await play_out(pit)
        assert "CPU overload" in pit.text()
