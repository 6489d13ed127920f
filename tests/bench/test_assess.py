"""What is measured about an incident by playing it."""

from __future__ import annotations

import asyncio

import pytest

from noc_tui.bench.assess import ASSESSED_STEPS, PLAYERS, PlayerResult, assess
from noc_tui.bench.run import EpisodeResult, run_many
from noc_tui.review.planner import Planner
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.logs import default_background
from noc_tui.sim.simulator import SystemSimulator
from tests.factories import bundled_incident, make_incident

SILENT = {"source": "app", "text": "never", "when": {"flag": "warm"}}


def only(player: str, incident_id: str, seeds: range) -> PlayerResult:
    """What one player achieves in one of the program's incidents."""
    (result,) = assess(bundled_incident(incident_id), seeds, only=[player]).results
    return result


def test_every_action_and_the_agents_of_the_program_play() -> None:
    assert (*ACTIONS, "random", "rules", "planner") == PLAYERS
    results = assess(bundled_incident("tls_expiry"), range(2)).results
    assert tuple(result.player for result in results) == PLAYERS
    assert {len(result.outcomes) for result in results} == {2}


def test_waiting_crashes_a_retry_storm_and_resolves_a_backup() -> None:
    crashed, resolved = only("do_nothing", "retry_storm", range(20)), only("do_nothing", "backup_window", range(20))
    assert (crashed.share("crashed"), resolved.share("resolved")) == (1.0, 1.0)
    assert crashed.mean_steps("resolved") is None
    assert crashed.mean_steps() == crashed.mean_steps("crashed") == pytest.approx(14, abs=1)
    assert resolved.mean_steps() == pytest.approx(6, abs=0.5)


def test_an_agent_plays_a_seed_as_it_does_in_a_headless_run() -> None:
    async def headless() -> list[tuple[str, int]]:
        events = run_many("random", [bundled_incident("retry_storm")], range(5), record=None)
        return [(event.outcome, event.steps) async for event in events if isinstance(event, EpisodeResult)]

    assert list(only("random", "retry_storm", range(5)).outcomes) == asyncio.run(headless())


def test_the_planner_plays_many_seeds_at_once_as_it_does_each_by_itself() -> None:
    alone = []
    for seed in range(3):
        simulator = SystemSimulator(seed)
        simulator.reset(bundled_incident("conn_pool_exhaustion"))
        while not simulator.done:
            simulator.step(Planner().best(simulator))
        alone.append(("resolved" if simulator.metrics.is_resolved else "other", sum(simulator.uses)))
    assert list(only("planner", "conn_pool_exhaustion", range(3)).outcomes) == alone


def test_more_seeds_than_are_played_at_a_time_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = only("scale_up", "retry_storm", range(5))
    monkeypatch.setattr("noc_tui.bench.assess._TOGETHER", 2)
    assert only("scale_up", "retry_storm", range(5)) == at_once


def test_an_endless_incident_is_cut() -> None:
    endless = make_incident(
        max_steps=1_000_000, initial={"latency": 0.9}, baseline={"latency": 0.9}, pressure={"initial": 0.0}, recovery=1
    )
    result = assess(endless, range(1), only=["do_nothing", "rules"]).results
    assert {each.outcomes for each in result} == {(("truncated", ASSESSED_STEPS),)}


def test_the_progress_names_the_player_and_what_is_over() -> None:
    told: list[tuple[str, int]] = []
    assess(bundled_incident("tls_expiry"), range(5, 8), lambda *news: told.append(news), only=["scale_up", "rules"])
    assert [news for news in told if news[0] == "rules"] == [("rules", 0), ("rules", 1), ("rules", 2)]
    assert told[0] == ("scale_up", 0)
    assert [over for _, over in told[:-3]] == sorted(over for _, over in told[:-3])


class TestLogRules:
    def test_those_that_never_write_are_found(self) -> None:
        incident = make_incident(
            initial={"latency": 0.5},
            max_steps=5,
            actions={"scale_up": {"sets": "cold"}, "clear_cache": {"requires": "cold", "sets": "warm"}},
            logs=[
                {"source": "app", "text": "{latency_ms} ms at {host}, pid {int:1-9} (100 %) {not filled"},
                SILENT,
                {"source": "app", "text": "before the page", "when": {"step": "-3..-1"}},
                {"source": "app", "text": "scaled", "when": {"action": "scale_up"}},
                {"source": "app", "text": "hot", "when": {"cpu_usage": "> 0.99"}},
            ],
        )
        assert assess(incident, range(2), only=["do_nothing", "scale_up"]).silent == (2, 5)
        assert assess(incident, range(2), only=["do_nothing"]).silent == (2, 4, 5)

    def test_those_that_an_agent_alone_calls_forth_are_not_silent(self) -> None:
        incident = make_incident(
            initial={"latency": 0.5}, logs=[{"source": "app", "text": "routed", "when": {"action": "reroute_traffic"}}]
        )
        assert assess(incident, range(1), only=["do_nothing"]).silent == (1,)
        assert assess(incident, range(1), only=["do_nothing", "rules"]).silent == ()

    def test_a_background_line_of_the_same_words_does_not_count(self) -> None:
        rule = next(rule for rule in default_background().logs if rule.when == {} and "{" not in rule.text)
        spoof = rule.model_dump() | {"when": {"cpu_usage": "> 0.99"}}
        incident = make_incident(initial={"latency": 0.5}, max_steps=100, logs=[spoof])
        assert assess(incident, range(3), only=["do_nothing"]).silent == (1,)


def test_an_agent_that_fails_leaves_void_episodes_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("noc_tui.agents.scripted.RulesAgent.choose", fail)
    (result,) = assess(bundled_incident("tls_expiry"), range(2), only=["rules"]).results
    assert (result.share("void"), result.share("resolved")) == (1.0, 0.0)
    assert "out of order" in str(result.error)
