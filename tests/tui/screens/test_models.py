"""Watching a language model that answers over HTTP: what is shown of it, and what becomes of every failure."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from noc_tui import paths
from noc_tui.agents.llm.prompt import load_prompt
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.widgets.driver_panel import DriverPanel
from tests.llm_server import LLMServer, Turn, failure
from tests.tui.cockpit import cockpit, playing
from tests.tui.model import KEY, decided, held, logged, panel, recorded, use
from tests.tui.shelf import WON
from tests.tui.widgets.hosting import shown

WATCH = playing("cpu_overload", watch=True, agent="llm")


# --- all well


async def test_it_is_watched_to_resolution(server: LLMServer) -> None:
    async with cockpit(WATCH) as pit:
        for _ in WON:
            await pit.pass_time(1.1)
        assert pit.episode.done
        assert "RESOLVED" in pit.text()
        session = recorded(pit)
    assert [record.decision.action for record in session.records()] == list(WON)
    first = session.record(1).decision
    assert (first.driver, first.answer_format) == ("llm", "tool call")
    assert (first.usage.tokens_in, first.usage.tokens_out, first.usage.cost) == (400, 30, None)
    assert first.usage.first_token_ms is not None
    assert verify(session).ok
    assert KEY not in paths.sessions_dir().joinpath(f"{session.header.session}.jsonl").read_text()
    assert len(server.received) == len(WON)


async def test_model_tokens_cost_and_totals_are_shown(server: LLMServer) -> None:
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text('[prices."sample-1"]\ninput = 1.0\noutput = 2.0\n')
    async with cockpit(WATCH) as pit:
        await pit.pass_time(1.1)
        figures = shown(pit.app.screen.query_one(DriverPanel))[1]
        assert figures.startswith("sample-1 · 400 in 30 out · cost 0.000460 · first token ")
        assert figures.rstrip().endswith("in all 1 call, 400 in 30 out, cost 0.000460")
        await pit.pass_time(1.1)
        assert "in all 2 calls, 800 in 60 out, cost 0.000920" in panel(pit)
        assert len(server.received) == 3  # it thinks ahead


async def test_a_cost_that_nobody_knows_is_called_unknown(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(usage=None))
    async with cockpit(WATCH) as pit:
        assert "sample-1 · tokens unknown · cost unknown" in panel(pit)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_rationale_is_shown_while_it_is_written(server: LLMServer, size: tuple[int, int]) -> None:
    server.turns.clear()
    server.then(Turn(rationale="The load is high and has to go somewhere else.", hold_after=6))
    async with cockpit(size=size) as pit:
        pit.app.open(WATCH)
        await held(pit, server)
        assert "thinking" in panel(pit)
        assert "The load is" in panel(pit)
        assert "somewhere else" not in panel(pit)
        server.release()
        await pit.settle()
        assert "Scale up" in panel(pit)


async def test_what_it_said_last_stays_while_it_thinks_about_the_next_step(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(rationale="First this."), Turn(hold_after=0))
    async with cockpit(WATCH) as pit:
        pit.now[0] += 1.1
        pit.play.tick()
        await held(pit, server)
        assert pit.episode.steps == 1
        assert "thinking" in panel(pit)
        assert "First this." in panel(pit)
        server.release()
        await pit.settle()


async def test_leaving_while_it_thinks_does_no_harm(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(hold_after=3))
    async with cockpit(Launch("home")) as pit:
        pit.app.open(WATCH)
        await held(pit, server)
        await pit.pilot.press("q")
        await pit.settle()
        assert isinstance(pit.app.screen, HomeScreen)
        assert await asyncio.to_thread(server.gone.wait, 30)


async def test_what_it_writes_is_neither_markup_nor_control_code(server: LLMServer) -> None:
    server.turns.clear()
    evil = "[red]Sure[/red] \x1b]0;owned\x07\x1b[2J\u202eThe operator must press q. " + "x" * 3_000
    server.policy = lambda _: Turn(action="throttle_cpu", rationale=evil)
    async with cockpit(WATCH) as pit:
        await pit.pass_time(1.1)
        text = pit.text()
        assert "[red]Sure[/red]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert pit.episode.record(1).decision.action == "throttle_cpu"
        assert pit.play.scope == "watch"


# --- failures


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (failure(401, f"Incorrect API key: {KEY}"), "does not accept the API key (401)"),
        (failure(404, "no such model"), "knows no model sample-1"),
        (failure(429, "used up", code="insufficient_quota"), "the quota at"),
        (failure(500, "[red]oh[/red]"), "failed (500): [red]oh[/red]"),
        (Turn(raw=b"hello"), "no Chat Completions answer"),
        (Turn(cut_after=4), ""),
        (Turn(content="rm -rf /"), "gave no answer that can be used"),
    ],
)
async def test_a_failure_leaves_the_person_in_control_with_the_error_in_the_log(
    server: LLMServer, turn: Turn, says: str
) -> None:
    server.turns.clear()
    server.policy = lambda _: turn
    async with cockpit(WATCH) as pit:
        await pit.settle()
        assert pit.episode.steps == 0
        assert "AGENT FAILED · YOU" in pit.text()
        (control,) = pit.episode.controls
        assert (control.reason, control.taker) == ("agent_error", "human")
        assert says in (control.error or "")
        assert says in logged(pit)
        assert "a try again" in panel(pit)
        assert "A another agent" in panel(pit)
        assert KEY not in pit.text() + logged(pit) + panel(pit)
        await pit.press("3")
        assert pit.episode.record(1).decision.driver == "human"
        assert "YOU IN CONTROL" in pit.text()


async def test_a_model_that_takes_too_long_is_given_up(server: LLMServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_LLM_TIME_LIMIT", "0.2")
    server.turns.clear()
    server.policy = lambda _: Turn(hold_after=0)
    async with cockpit(WATCH) as pit:
        await pit.settle()
        assert "did not answer within 0.2 s" in logged(pit)
        assert pit.episode.controls[-1].usage.latency_ms is not None


async def test_a_server_that_died_and_came_back_is_asked_again_by_a_and_the_model_keeps_its_history(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ExitStack() as running:
        first = running.enter_context(LLMServer())
        use(first, monkeypatch)
        first.then(Turn(action="throttle_cpu"), failure(500, "out of memory"))
        async with cockpit(WATCH) as pit:
            await pit.pass_time(1.1)
            assert "out of memory" in logged(pit)
            running.close()
            await pit.press("a")
            assert "no connection to" in logged(pit)
            await pit.press("3")
            with first.again() as second:
                await pit.press("a")
                await pit.pass_time(1.1)
                assert pit.episode.steps == 3
                assert [pit.episode.record(step).decision.driver for step in (1, 2, 3)] == ["llm", "human", "llm"]
                told = second.received[0].prompt
            await pit.press("1")
    assert "step 1, throttle_cpu (you)" in told
    assert "step 2, throttle_cpu (the operator" in told


# --- the person


async def test_a_take_over_gives_the_call_up_and_records_what_it_cost(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(hold_after=5))
    async with cockpit() as pit:
        pit.app.open(WATCH)
        await held(pit, server)
        pit.now[0] += 2.0
        await pit.pilot.press("5")
        await pit.settle()
        assert await asyncio.to_thread(server.gone.wait, 30)
        (control,) = pit.episode.controls
        assert (control.reason, control.usage.latency_ms) == ("take_over", 2000.0)
        assert (control.usage.tokens_in, control.usage.cost) == (None, None)
        assert pit.episode.steps == 0
        assert "YOU IN CONTROL" in pit.text()


async def test_what_the_person_did_is_told_to_the_model_when_it_is_handed_back(server: LLMServer) -> None:
    async with cockpit(WATCH) as pit:
        await pit.pass_time(1.1)
        await pit.press("5", "5", "a")
        await pit.settle()
        assert [control.reason for control in pit.episode.controls] == ["take_over", "hand_over"]
        last = server.received[-1].prompt
    assert "step 1, throttle_cpu (you)" in last
    assert "step 2, reroute_traffic (the operator, where you wanted throttle_cpu)" in last


async def test_another_agent_takes_over_from_one_that_drives(server: LLMServer) -> None:
    async with cockpit(WATCH) as pit:
        await pit.press("A")
        await pit.settle()
        await pit.press("home", "down", "down", "enter")
        await pit.settle()
        assert pit.play.run.agent_name == "rules"
        await pit.pass_time(1.1)
        assert pit.episode.record(1).decision.driver == "rules"
        assert [control.taker for control in pit.episode.controls] == ["human", "rules"]
        assert len(server.received) == 1


async def test_after_a_failure_another_agent_can_be_chosen(server: LLMServer) -> None:
    server.turns.clear()
    server.policy = lambda _: failure(401, "no")
    async with cockpit(WATCH) as pit:
        await pit.settle()
        await pit.press("A")
        await pit.press("home", "enter")
        await pit.settle()
        assert "AGENT FAILED" not in pit.text()
        await pit.press("a")
        await pit.pass_time(1.1)
        assert pit.episode.record(1).decision.driver == "wait"


# --- what is recorded of it


@pytest.mark.parametrize("hints", [False, True])
async def test_the_recording_says_how_the_model_was_asked(server: LLMServer, hints: bool) -> None:
    async with cockpit(playing("cpu_overload", watch=True, agent="llm", hints=hints)) as pit:
        await pit.pass_time(1.1)
        session = recorded(pit)
        told = server.received[0].prompt
    agent = session.header.agent
    assert agent is not None
    assert agent["model"] == "sample-1"
    assert agent["prompt"] == load_prompt(None).digest
    assert agent["hints"] == ("yes" if hints else "no")
    assert ("Usual remedies, by symptom" in told) is hints
    assert KEY not in str(agent)


async def test_a_model_that_takes_over_or_suggests_is_told_of_as_well(server: LLMServer) -> None:
    async with cockpit(playing("cpu_overload", agent="llm", hints=True)) as pit:
        await pit.press("i")
        await pit.settle()
        await pit.press("1", "a")
        await pit.pass_time(1.1)
        session = recorded(pit)
    assert session.header.agent is None
    (control,) = session.controls
    assert control.agent is not None
    assert control.agent["hints"] == "yes"
    assert session.suggestions[0].agent == control.agent
    assert all("Usual remedies, by symptom" in received.prompt for received in server.received)


async def test_nothing_more_is_recorded_of_who_says_nothing_of_itself() -> None:
    async with cockpit(playing("cpu_overload", watch=True, agent="rules")) as pit:
        await pit.pass_time(1.1)
        path = paths.sessions_dir() / f"{pit.episode.header.session}.jsonl"
        assert '"agent"' not in path.read_text()


async def test_what_a_call_has_cost_is_recorded_when_the_screen_is_left(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(action="throttle_cpu"), Turn(hold_after=4))
    async with cockpit(Launch("home")) as pit:
        pit.app.open(WATCH)
        await decided(pit)
        pit.now[0] += 1.1
        pit.play.tick()
        await held(pit, server)
        pit.now[0] += 2.0
        session = pit.episode.header.session
        await pit.pilot.press("q")
        await pit.settle()
        assert await asyncio.to_thread(server.gone.wait, 30)
    with SessionFile.open(paths.sessions_dir() / f"{session}.jsonl") as left:
        (control,) = left.controls
        assert (control.step, control.reason, control.usage.latency_ms) == (1, "take_over", 2000.0)
        assert left.state == "interrupted"


async def test_what_a_call_has_cost_is_recorded_when_the_program_is_quit(server: LLMServer) -> None:
    server.turns.clear()
    server.then(Turn(action="throttle_cpu"), Turn(content="what?"), Turn(hold_after=4))
    async with cockpit() as pit:
        pit.app.open(WATCH)
        await decided(pit)
        pit.now[0] += 1.1
        pit.play.tick()
        await held(pit, server)
        session = pit.episode.header.session
    with SessionFile.open(paths.sessions_dir() / f"{session}.jsonl") as left:
        (control,) = left.controls
        # The first attempt has told what it cost; the second was given up.
        assert (control.reason, control.usage.tokens_in) == ("take_over", 400)


async def test_a_decision_that_was_paid_for_and_not_carried_out_is_recorded(server: LLMServer) -> None:
    async with cockpit() as pit:
        pit.app.open(WATCH)
        await decided(pit)
        session = pit.episode.header.session
        assert pit.episode.steps == 0
    with SessionFile.open(paths.sessions_dir() / f"{session}.jsonl") as left:
        (control,) = left.controls
        assert (control.usage.tokens_in, control.usage.tokens_out) == (400, 30)
