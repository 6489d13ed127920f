"""Eight incidents of the pack, read as a player reads them: what the log says, when, and what it never says."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.conditions import Chosen, Facts
from noc_tui.sim.incident import PAGE_SAMPLES, LogRule
from noc_tui.sim.logs import Chance, LogRules
from noc_tui.sim.simulator import SystemSimulator
from noc_tui.sim.telemetry import Telemetry
from tests.factories import bundled_incident
from tests.sim.watching import watch

KEYS = dict(zip("-XTCRS", ACTIONS, strict=True))
BEST = {
    "retry_storm": "TTT-S-R",
    "reconnect_herd": "STT",
    "cache_stampede": "TRRT",
    "conn_pool_exhaustion": "XTR",
    "dns_failure": "RCC",
    "tls_expiry": "X",
    "poison_backlog": "CTTTSXS",
    "cold_standby": "SR",
}
"""A line of play that a person can find; waiting follows it."""
PLAYED = {
    "retry_storm": ("S-S-", "CX-R"),
    "reconnect_herd": ("X---", "TCR-"),
    "cache_stampede": ("CX-S-", "S---"),
    "conn_pool_exhaustion": ("S--S", "TCR-X"),
    "dns_failure": ("CX-S", "RX--", "T-RRC"),
    "tls_expiry": ("RC-S", "S---", "C--T", "T-X"),
    "poison_backlog": ("XRC----", "CC--", "CX--", "CTS--"),
    "cold_standby": ("R-SRR", "X-C--", "RSRT"),
}
"""Lines that go wrong, or try out the rest."""
NAMES = tuple(BEST)
GROUPS = (
    ("retry_storm", "reconnect_herd", "cache_stampede"),
    ("conn_pool_exhaustion", "dns_failure", "tls_expiry"),
)
LOOK_ALIKES = tuple((name, group) for group in GROUPS for name in group)
SEEDS = range(20)
EIGHT_SEEDS = range(8)

FIGURES = {
    "retry_storm": "694caf6f4cb427aa",
    "reconnect_herd": "06a6de4f1f28f052",
    "cache_stampede": "64561e6ed8b5181f",
    "conn_pool_exhaustion": "8503d72491c025c1",
    "dns_failure": "c39ab9ace5c6cdd2",
    "tls_expiry": "5cb13ba356f01447",
    "poison_backlog": "0cd36e2ae3dc7d00",
    "cold_standby": "00c487dae40d370d",
}
"""What the figures of each file come to, all of them together."""


def actions_of(line: str, steps: int = 30) -> list[ActionType]:
    """`TT-S` and then hands off."""
    return [KEYS[key] for key in line.ljust(steps, "-")]


@cache
def rules_written(name: str, line: str, seed: int) -> dict[int, list[LogRule]]:
    """Which rules write a line at each tick: samples before the page below 0, the page 0, steps from 1."""
    incident = bundled_incident(name)
    simulator = SystemSimulator(seed)
    metrics = simulator.reset(incident)
    samples = Telemetry(incident, seed, 0).page(metrics).samples
    logs = LogRules(incident.logs, Chance(np.random.default_rng(seed)))
    written = {}
    for tick, (action, shown) in enumerate(
        [*((None, sample) for sample in samples), (None, metrics), *((a, None) for a in actions_of(line))],
        -PAGE_SAMPLES,
    ):
        if action is not None:
            if simulator.done:
                break
            metrics, _ = simulator.step(action)
        figures = {**(shown or metrics)._asdict(), "pressure": simulator.pressure, "step": tick}
        uses = {str(a): count for a, count in zip(ACTIONS, simulator.uses, strict=True)}
        written[tick] = logs.written(Facts(figures, action, simulator.flags, uses), tick, 10)
    return written


def templates(name: str, line: str, seed: int, first: int, last: int) -> set[str]:
    """The lines of some ticks as their file has them, placeholders unfilled."""
    ticks = rules_written(name, line, seed)
    return {f"{rule.source}: {rule.text}" for tick in ticks if first <= tick <= last for rule in ticks[tick]}


def until_page(name: str) -> set[str]:
    return set().union(*(templates(name, "", seed, -PAGE_SAMPLES, 0) for seed in SEEDS))


def plays(name: str) -> tuple[str, ...]:
    """Best play, waiting, each action stubbornly, what goes wrong, and some chance."""
    shuffled = ("".join(Random(seed).choices("-XTCRS", k=30)) for seed in range(4))
    return (BEST[name], "", *(key * 30 for key in "XTCRS"), *PLAYED[name], *shuffled)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_tells_what_went_on_and_what_to_remember(name: str) -> None:
    incident = bundled_incident(name)
    lesson = incident.lesson.strip().splitlines()
    assert 80 <= len(incident.summary) <= 260
    assert 4 <= len(lesson) <= 6
    assert all(line.endswith((".", "enddate")) and len(line) <= 130 for line in lesson)
    assert len(incident.references) >= 3
    assert all(re.search(r"\b(19|20)\d\d\b|https://", reference) for reference in incident.references)
    assert 14 <= len(incident.logs) <= 20


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_stay_as_they_are(name: str) -> None:
    definition = bundled_incident(name).definition()
    for text in ("id", "title", "difficulty", "tags", "summary", "lesson", "references", "onset", "logs"):
        definition.pop(text, None)
    assert hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:16] == FIGURES[name]


@pytest.mark.parametrize(("name", "number"), [(n, i) for n in NAMES for i in range(len(bundled_incident(n).logs))])
def test_every_rule_writes_its_line_in_some_play(name: str, number: int) -> None:
    rule = bundled_incident(name).logs[number]
    assert any(
        rule in written
        for line in plays(name)
        for seed in EIGHT_SEEDS
        for written in rules_written(name, line, seed).values()
    ), rule.text


@pytest.mark.parametrize("name", NAMES)
def test_every_action_leaves_a_line_of_its_own_in_its_step(name: str) -> None:
    for key in "XTCRS":
        for seed in EIGHT_SEEDS:
            answers = [rule for rule in rules_written(name, key, seed)[1] if Chosen(KEYS[key]) in rule.conditions]
            assert answers, f"{key}, seed {seed}"


@pytest.mark.parametrize("name", NAMES)
def test_the_best_line_ends_with_a_log_that_says_so(name: str) -> None:
    recovered = bundled_incident(name).logs[-1]
    for seed in EIGHT_SEEDS:
        written = rules_written(name, BEST[name], seed)
        assert any(recovered in written[tick] for tick in written if tick >= 1), seed
        assert not any(recovered in lines for lines in rules_written(name, "", seed).values()), seed


@pytest.mark.parametrize(
    ("name", "line", "step", "said"),
    [
        ("retry_storm", "S", 2, "x-envoy-attempt-count above 1"),
        ("retry_storm", "X", 1, "sent again within a second"),
        ("reconnect_herd", "X", 2, "were in before"),
        ("reconnect_herd", "R", 1, "each dials again"),
        ("cache_stampede", "C", 1, "next reads all miss"),
        ("cache_stampede", "S", 2, "reads/s of its own to PostgreSQL"),
        ("conn_pool_exhaustion", "X", 1, "Start completed."),
        ("conn_pool_exhaustion", "S", 2, "too many clients already"),
        ("dns_failure", "C", 1, "timed out, SERVFAIL kept"),
        ("dns_failure", "X", 1, "Failed with result 'exit-code'"),
        ("dns_failure", "RC", 2, "asked anew, NOERROR"),
        ("dns_failure", "RX", 2, "names looked up at once"),
        ("tls_expiry", "X", 1, "fullchain.pem read, notAfter in"),
        ("tls_expiry", "R", 1, "end in the same alert"),
        ("poison_backlog", "X", 1, "returns offset 118220431 once more"),
        ("poison_backlog", "C", 2, "records wait in orders-7"),
        ("poison_backlog", "CX", 2, "restarted from the committed offsets, none exited"),
        ("cold_standby", "R", 1, "shared read, no hits"),
        ("cold_standby", "S", 1, "of 8 GiB resident"),
        ("cold_standby", "SR", 2, "acquiring session lock"),
    ],
)
def test_the_log_shows_what_a_move_did(name: str, line: str, step: int, said: str) -> None:
    for seed in EIGHT_SEEDS:
        assert any(said in rule.text for rule in rules_written(name, line, seed)[step]), seed


@pytest.mark.parametrize(("name", "group"), LOOK_ALIKES)
def test_no_line_up_to_the_page_gives_a_look_alike_away(name: str, group: tuple[str, ...]) -> None:
    elsewhere = set().union(*(until_page(other) for other in group if other != name))
    assert until_page(name) <= elsewhere
    assert len(until_page(name)) >= 5


@pytest.mark.parametrize("group", GROUPS)
def test_what_look_alikes_share_tells_them_apart_by_what_is_missing_only(group: tuple[str, ...]) -> None:
    assert len(set.intersection(*(until_page(name) for name in group))) >= 2
    for name in group:
        for other in group:
            if other != name:
                assert until_page(name) - until_page(other), f"{name} against {other}"


@pytest.mark.parametrize(("name", "group"), LOOK_ALIKES)
def test_by_the_third_step_the_log_has_evidence_that_no_look_alike_writes(name: str, group: tuple[str, ...]) -> None:
    others = {
        f"{rule.source}: {rule.text}" for other in group if other != name for rule in bundled_incident(other).logs
    }
    evidence = [frozenset(templates(name, "", seed, 1, 3) - others) for seed in SEEDS]
    assert all(evidence)
    assert sum(len(own) >= 2 for own in evidence) >= 16
    assert len(set(evidence)) >= 3, "seeds differ"
    assert not frozenset.intersection(*evidence), "no line is always there"


@pytest.mark.parametrize(("name", "group"), LOOK_ALIKES)
def test_the_first_step_leaves_open_what_it_is_to_some(name: str, group: tuple[str, ...]) -> None:
    others = {
        f"{rule.source}: {rule.text}" for other in group if other != name for rule in bundled_incident(other).logs
    }
    evidence = [templates(name, "", seed, 1, 1) - others for seed in SEEDS]
    assert sum(len(own) <= 1 for own in evidence) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_no_line_says_the_name_the_summary_or_what_is_hidden(name: str) -> None:
    incident = bundled_incident(name)
    spelled = {" ".join(words(incident.id.replace("_", " "))), " ".join(words(incident.title))}
    flags = {effect.sets for effect in incident.actions.values() if effect.sets}
    told = words(incident.summary)
    triples = set(zip(told, told[1:], told[2:], strict=False))
    for line in plays(name):
        for seed in EIGHT_SEEDS[:3]:
            for entry in watch(incident, actions_of(line), seed).lines:
                said = words(f"{entry.source} {entry.text}")
                text = f" {' '.join(said)} "
                assert not any(f" {secret} " in text for secret in spelled), entry.text
                assert incident.id not in entry.text.lower()
                assert not any(flag in text for flag in flags), entry.text
                assert " pressure " not in text
                assert triples.isdisjoint(zip(said, said[1:], said[2:], strict=False)), entry.text


@pytest.mark.parametrize("name", NAMES)
def test_a_line_can_be_read_and_a_step_brings_a_few(name: str) -> None:
    counts = []
    for seed, line in enumerate(plays(name)):
        seen = watch(bundled_incident(name), actions_of(line), seed)
        assert max(len(entry.text) for entry in seen.lines) <= 120
        counts += [len(lines) for lines in seen.steps]
        assert 5 <= len(seen.page.lines) <= 24
    assert 1 < sum(counts) / len(counts) < 4
    assert max(counts) <= 10


@pytest.mark.parametrize("name", NAMES)
def test_the_levels_are_mixed(name: str) -> None:
    levels = [rule.level for rule in bundled_incident(name).logs]
    assert {"info", "warning", "error"} <= set(levels)
    assert sum(level in {"error", "critical"} for level in levels) <= len(levels) / 2


@pytest.mark.parametrize("name", NAMES)
def test_what_an_action_does_stands_before_what_the_systems_say(name: str) -> None:
    of_actions = [
        any(isinstance(condition, Chosen) and not condition.negated for condition in rule.conditions)
        for rule in bundled_incident(name).logs
    ]
    assert not any(later and not earlier for earlier, later in pairwise(of_actions))
