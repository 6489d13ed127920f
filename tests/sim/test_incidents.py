"""The incident files of the program: all load, say what they must say, and what they promise can happen."""

from __future__ import annotations

import tomllib
from functools import cache
from random import Random

import numpy as np
import pytest

from noc_tui import paths
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.alerts import AlertBoard, default_alert_rules
from noc_tui.sim.catalog import CLASSIC, Catalog
from noc_tui.sim.conditions import Facts
from noc_tui.sim.incident import PAGE_SAMPLES, Onset
from noc_tui.sim.logs import Chance, LogRules
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry
from tests.factories import NoiselessSimulator, bundled_incident

PACK = (
    "backup_window", "cache_stampede", "cold_standby", "conn_pool_exhaustion", "dns_failure", "flaky_nic",
    "gc_death_spiral", "log_flood_disk_full", "noisy_neighbour", "poison_backlog", "reconnect_herd",
    "regex_bad_deploy", "retry_storm", "shard_rebalance", "slow_leak", "syn_flood", "tls_expiry",
)  # fmt: skip
ALL = (*CLASSIC, *PACK)


PLAYS = (
    *([action] * 60 for action in ACTIONS),
    *([action] * 3 + [ActionType.DO_NOTHING] * 57 for action in ACTIONS),
    *(Random(seed).choices(ACTIONS, k=60) for seed in range(10)),
)
"""All kinds of play: stubborn, three times and then hands off, at random."""


@cache
def fired(incident_id: str) -> set[int]:
    """Which log rules of an incident ever write a line, when nothing is left to chance."""
    rules = [rule.model_copy(update={"chance": 1.0}) for rule in bundled_incident(incident_id).logs]
    numbers = {id(rule): number for number, rule in enumerate(rules)}
    written = set()
    for seed, actions in enumerate(PLAYS):
        simulator, logs = SystemSimulator(seed), LogRules(rules, Chance(np.random.default_rng(0)))
        metrics = simulator.reset(bundled_incident(incident_id))
        for tick in range(-PAGE_SAMPLES, len(actions) + 1):
            if tick > 0 and not simulator.done:
                metrics, _ = simulator.step(actions[tick - 1])
            figures = (*metrics, simulator.pressure, tick, *simulator.uses)
            facts = Facts(figures, actions[tick - 1] if tick > 0 else None, simulator.flags)
            written |= {numbers[id(rule)] for rule in logs.written(facts, tick, len(rules))}
    return written


def test_the_catalog_holds_the_classic_three_and_the_pack() -> None:
    catalog = Catalog([paths.bundled_incidents_dir()])
    incidents, errors = catalog.load_all()
    assert errors == []
    assert tuple(incident.id for incident in incidents) == ALL


def test_titles_and_summaries_tell_the_incidents_apart() -> None:
    incidents = [bundled_incident(name) for name in ALL]
    assert len({incident.title for incident in incidents}) == len(ALL)
    assert len({incident.summary for incident in incidents}) == len(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_incident_has_tags_a_tidy_one_line_summary_and_an_onset(name: str) -> None:
    incident = bundled_incident(name)
    assert incident.tags
    assert "\n" not in incident.summary
    assert incident.summary == incident.summary.strip()
    assert incident.summary.endswith(".")
    assert incident.onset.model_fields_set == set(Onset.model_fields)


@pytest.mark.parametrize("name", ALL)
def test_every_file_opens_with_a_comment_for_its_reader(name: str) -> None:
    text = (paths.bundled_incidents_dir() / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert tomllib.loads(text)["id"] == name


@pytest.mark.parametrize("name", ALL)
def test_every_incident_pages_with_an_alert_firing(name: str) -> None:
    simulator = NoiselessSimulator(0)
    metrics = simulator.reset(bundled_incident(name))
    page = Telemetry(bundled_incident(name), 0, 0).page(metrics)
    assert "firing on web-01" in page.lines[-1].text
    assert any(line.kind == "alert" and line.clock < 0 for line in page.lines)


@pytest.mark.parametrize("name", ALL)
def test_no_alert_fires_on_the_healthy_server_before_the_onset(name: str) -> None:
    incident = bundled_incident(name)
    usual = incident.baseline
    metrics = NoiselessSimulator(0).reset(incident)
    if usual is not None:
        metrics = metrics._replace(**usual.model_dump(), service_healthy=1.0)
        board = AlertBoard(default_alert_rules())
        assert [board.update(metrics) for _ in range(5)] == [[]] * 5


@pytest.mark.parametrize("name", CLASSIC)
def test_classic_incidents_teach_something_and_say_where_it_comes_from(name: str) -> None:
    incident = bundled_incident(name)
    assert len(incident.lesson.strip().splitlines()) >= 3
    assert incident.references
    assert all("https://" in reference for reference in incident.references)
    assert incident.pressure is None
    assert 10 <= len(incident.logs) <= 16


@pytest.mark.parametrize(("name", "number"), [(n, i) for n in CLASSIC for i in range(len(bundled_incident(n).logs))])
def test_every_log_rule_of_the_classic_incidents_can_fire(name: str, number: int) -> None:
    assert number in fired(name), bundled_incident(name).logs[number].text


@pytest.mark.parametrize("name", CLASSIC)
def test_a_step_of_a_classic_incident_brings_a_few_lines_at_most(name: str) -> None:
    counts = []
    for seed, actions in enumerate(PLAYS):
        simulator, telemetry = SystemSimulator(seed), Telemetry(bundled_incident(name), seed, 0)
        telemetry.page(simulator.reset(bundled_incident(name)))
        for step, action in enumerate(actions, 1):
            _, info = simulator.step(action)
            counts.append(len(telemetry.step(info.transition, step, simulator.flags, simulator.uses)))
            if info.done:
                break
    assert 0.5 < sum(counts) / len(counts) < 3
    assert max(counts) <= 10
