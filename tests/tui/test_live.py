"""Who drives a running episode: hand-over, take-over, failure. The test is the clock and the agent."""

from __future__ import annotations

from noc_tui.agents.scripted import RulesAgent
from noc_tui.episode.episode import Episode
from noc_tui.episode.records import Decision, Usage
from noc_tui.sim.actions import ActionType
from noc_tui.tui.live import LiveRun
from tests.factories import bundled_incident, make_incident

WAIT = ActionType.DO_NOTHING


def make_run(*, pace: str = "turn", agent: str = "rules") -> LiveRun:
    episode = Episode(bundled_incident("memory_leak"), 1, pace="live" if pace == "live" else "turn")
    return LiveRun(episode, agent=agent, pace_seconds=4.0, speed=1.0, now=0.0)


def decision(driver: str = "rules") -> Decision:
    return Decision(action=WAIT, driver=driver, usage=Usage(latency_ms=12.0, tokens_in=3, tokens_out=4))


def test_an_agent_is_asked_once_for_each_step() -> None:
    run = make_run()
    assert not run.wants_decision
    run.hand_over(RulesAgent("rules"), 0.0)
    assert run.wants_decision
    run.asked(0.0)
    assert not run.wants_decision
    assert run.decided(decision(), 0.5) is None
    assert run.state == "decided"
    assert not run.wants_decision
    assert run.tick(1.0) is not None
    assert run.wants_decision


def test_a_decision_that_took_longer_than_the_step_is_carried_out_at_once() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    assert run.decided(decision(), 5.0) is not None


def test_a_decision_that_comes_while_paused_waits() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    run.toggle_pause(0.1)
    assert run.decided(decision(), 5.0) is None
    assert run.tick(60.0) is None
    run.toggle_pause(60.0)
    assert run.tick(61.0) is not None


def test_taking_over_drops_the_decision_and_records_what_it_cost() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    run.decided(decision(), 0.5)
    assert run.operate(ActionType.SCALE_UP, 0.6) == "took_over"
    assert run.episode.steps == 0
    control = run.episode.controls[-1]
    assert (control.reason, control.usage.tokens_out) == ("take_over", 4)
    assert run.operate(ActionType.SCALE_UP, 0.7) == "stepped"


def test_taking_over_in_mid_thought_records_how_long_it_had_thought() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(1.0)
    run.take_over(3.5)
    assert run.episode.controls[-1].usage.latency_ms == 2500.0


def test_a_failure_gives_control_to_the_person_with_its_text_and_takes_no_step() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    run.failed("it fell over", 0.5)
    assert run.human
    assert run.last_error == "it fell over"
    assert run.episode.steps == 0
    control = run.episode.controls[-1]
    assert (control.giver, control.taker, control.reason, control.error) == (
        "rules",
        "human",
        "agent_error",
        "it fell over",
    )
    run.operate(WAIT, 1.0)
    assert run.last_error is None


def test_single_steps_are_taken_one_at_a_time() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.single_step(0.0)
    assert run.paused
    assert run.wants_decision
    run.asked(0.0)
    assert run.decided(decision(), 0.1) is not None
    assert not run.wants_decision


def test_after_the_end_nothing_moves() -> None:
    run = make_run(pace="live")
    now = 0.0
    while not run.episode.done:
        now += 4.1
        run.tick(now)
    steps = run.episode.steps
    assert run.tick(now + 100) is None
    assert run.operate(WAIT, now + 100) == "over"
    run.hand_over(RulesAgent("rules"), now + 100)
    assert (run.episode.steps, run.state) == (steps, "ended")


def test_the_world_of_pace_live_waits_while_an_agent_drives() -> None:
    run = make_run(pace="live")
    run.hand_over(RulesAgent("rules"), 0.0)
    assert run.tick(100.0) is None
    assert run.episode.steps == 0


def test_what_a_failed_call_cost_is_recorded_and_the_agent_is_to_be_closed() -> None:
    run = make_run()
    agent = RulesAgent("rules")
    run.hand_over(agent, 0.0)
    run.asked(0.0)
    run.failed("it fell over", 0.5, usage=Usage(tokens_in=1000, cost=1.5))
    assert run.episode.controls[-1].usage == Usage(tokens_in=1000, cost=1.5)
    assert run.discarded == [agent]
    assert run.agent_at_hand is None


def test_an_agent_that_fails_behind_a_modal_does_not_set_the_world_going() -> None:
    run = make_run(pace="live")
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    run.cover(1.0)
    run.failed("it fell over", 2.0)
    assert run.tick(60.0) is None
    run.uncover(60.0)
    assert run.state == "clock_runs"
    assert run.tick(63.9) is None
    assert run.tick(64.1) is not None


def test_a_modal_over_a_paused_game_leaves_it_paused() -> None:
    run = make_run(pace="live")
    run.toggle_pause(1.0)
    run.cover(2.0)
    run.uncover(3.0)
    assert run.state == "paused"


def test_the_same_agent_drives_again_after_it_was_taken_over_from() -> None:
    run = make_run()
    agent = RulesAgent("rules")
    run.hand_over(agent, 0.0)
    run.take_over(1.0)
    assert run.agent_at_hand is agent


def test_steps_keep_their_rate_though_the_clock_is_looked_at_late() -> None:
    ill = make_incident(initial={"cpu_usage": 0.7}, max_steps=100)
    run = LiveRun(Episode(ill, 1, pace="live"), agent="rules", pace_seconds=4.0, speed=1.0, now=0.0)
    for look in range(1, 201):
        run.tick(0.7 * look)
    assert run.episode.steps == int(0.7 * 200 / 4.0)


def test_who_leaves_gives_up_no_call_of_an_agent_that_costs_nothing() -> None:
    run = make_run()
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    run.leave(1.0)
    assert [control.reason for control in run.episode.controls] == ["hand_over"]


def test_a_step_that_is_due_waits_while_it_may_not_be_taken() -> None:
    run = make_run()
    may = [False]
    run.may_step = lambda: may[0]
    run.hand_over(RulesAgent("rules"), 0.0)
    run.asked(0.0)
    assert run.decided(decision(), 5.0) is None
    assert run.tick(6.0) is None
    may[0] = True
    assert run.tick(6.1) is not None
