"""What a person sees beside the six numbers: repeatable, on a stream of its own, in the order in which it happened."""

from __future__ import annotations

from itertools import pairwise
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.alerts import AlertRules
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.incident import PAGE_SAMPLES, Incident
from noc_tui.sim.metrics import CONTINUOUS, SystemMetrics
from noc_tui.sim.simulator import NOISE_SD, SystemSimulator
from noc_tui.sim.telemetry import SAMPLE_SECONDS, USUAL, Page, Telemetry
from tests.factories import bundled_incident, make_incident
from tests.sim.watching import WAIT, watch
from tests.strategies import SEEDS

NOISE_LIMIT = 5 * NOISE_SD
NO_ALERTS = AlertRules()


def page_of(incident: Incident, initial: SystemMetrics, *, seed: int = 7, draws: int = 0) -> Page:
    return Telemetry(incident, seed, draws).page(initial)


# --- repeatable, and apart from the metrics


def test_the_same_episode_shows_the_same() -> None:
    actions = [ActionType.THROTTLE_CPU, WAIT, ActionType.RESTART_SERVICE, WAIT]
    incident = bundled_incident("cpu_overload")
    assert watch(incident, actions) == watch(incident, actions)


def test_another_seed_or_another_place_in_the_stream_shows_something_else() -> None:
    incident = bundled_incident("cpu_overload")
    initial = SystemSimulator(7).reset(incident)
    assert page_of(incident, initial) == page_of(incident, initial)
    assert page_of(incident, initial, seed=8).samples != page_of(incident, initial).samples
    assert page_of(incident, initial, draws=5).samples != page_of(incident, initial).samples


@pytest.mark.parametrize("name", ["network_congestion", "poison_backlog"])
def test_the_metrics_do_not_depend_on_what_is_shown(name: str) -> None:
    actions = [ACTIONS[index % len(ACTIONS)] for index in range(4)]
    alone = SystemSimulator(7)
    metrics = [alone.reset(bundled_incident(name)), *(alone.step(action)[0] for action in actions)]
    assert watch(bundled_incident(name), actions).metrics == metrics


def test_the_samples_depend_on_the_incidents_figures_and_the_seed_alone() -> None:
    quiet = make_incident(initial={"cpu_usage": 0.9})
    noisy = make_incident(initial={"cpu_usage": 0.9}, logs=[{"source": "app", "text": "{int:1-9}", "chance": 0.5}])
    assert watch(quiet).page.samples == watch(noisy).page.samples == watch(quiet, rules=NO_ALERTS).page.samples


# --- the samples before the page

BAD = {"cpu_usage": 0.9, "memory_usage": 0.8, "latency": 0.6, "packet_loss": 0.3, "error_rate": 0.4}
ONSET = {"cpu_usage": 24, "memory_usage": 16, "latency": 9, "packet_loss": 4, "error_rate": 1}


def usual_of(incident: Incident) -> dict[str, float]:
    return {name: getattr(incident.baseline or USUAL, name) for name in CONTINUOUS}


@pytest.mark.parametrize("baseline", [None, dict.fromkeys(CONTINUOUS, 0.15)])
def test_each_metric_leaves_its_usual_level_at_its_onset_and_arrives_at_the_start(
    baseline: dict[str, float] | None,
) -> None:
    incident = make_incident(initial=BAD, onset=ONSET, baseline=baseline)
    page = watch(incident).page
    assert len(page.samples) == PAGE_SAMPLES
    for name, usual in usual_of(incident).items():
        levels = [getattr(sample, name) for sample in page.samples]
        quiet = levels[: PAGE_SAMPLES - ONSET[name]]
        assert all(abs(level - usual) < NOISE_LIMIT for level in quiet)
        assert abs(levels[-1] - BAD[name]) < NOISE_LIMIT
        halfway = levels[-(ONSET[name] // 2 + 1)]
        assert halfway - usual > (BAD[name] - usual) / 2 - NOISE_LIMIT


def test_symptoms_appear_in_the_order_of_their_onsets() -> None:
    page = watch(make_incident(initial=BAD, onset=ONSET)).page
    first_seen = {
        name: next(i for i, s in enumerate(page.samples) if getattr(s, name) - getattr(USUAL, name) > NOISE_LIMIT)
        for name in CONTINUOUS
    }
    assert sorted(first_seen, key=lambda name: first_seen[name]) == list(ONSET)


def test_a_metric_that_starts_lower_than_usual_falls_to_its_start() -> None:
    page = watch(make_incident(initial={"cpu_usage": 0.05}, onset={"cpu_usage": 6})).page
    assert page.samples[0].cpu_usage > 0.35
    assert abs(page.samples[-1].cpu_usage - 0.05) < NOISE_LIMIT


def test_the_service_is_up_until_it_falls_to_its_start_by_tenths() -> None:
    up = watch(make_incident()).page.samples
    assert {sample.service_healthy for sample in up} == {1.0}
    falling = [s.service_healthy for s in watch(make_incident(initial={"service_healthy": 0.6})).page.samples]
    assert falling[-4:] == pytest.approx([1.0, 0.9, 0.8, 0.7])
    assert set(falling[:-4]) == {1.0}


@given(SEEDS, st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_samples_stay_in_range_wherever_the_episode_starts(seed: int, start: list[float]) -> None:
    for sample in page_of(make_incident(), SystemMetrics.from_array(start), seed=seed).samples:
        SystemMetrics.from_array(sample)


# --- the page and the clock


def test_the_last_line_before_the_first_step_is_the_page_and_names_what_fires() -> None:
    one = watch(make_incident(initial={"latency": 0.5})).page.lines[-1]
    assert (one.clock, one.kind, one.level) == (0, "page", "critical")
    assert one.text == "Page: HighLatency is firing on web-01"
    many = watch(make_incident(initial={"latency": 0.5, "error_rate": 0.6, "cpu_usage": 0.8})).page.lines[-1]
    assert many.text == "Page: ErrorBudgetBurn and 3 more alerts are firing on web-01"


def test_a_page_without_an_alert_says_so() -> None:
    assert watch(make_incident()).page.lines[-1].text == "Page: web-01 needs a look; no alert is firing"


def test_alerts_fire_as_the_symptoms_come_and_are_resolved_as_they_go() -> None:
    incident = make_incident(
        initial={"latency": 0.5}, onset={"latency": 10}, actions={"reroute_traffic": {"latency": -0.4}}
    )
    seen = watch(incident, [ActionType.REROUTE_TRAFFIC])
    alerts = [line for line in seen.lines if line.kind == "alert"]
    assert [(line.level, line.text) for line in alerts] == [
        ("warning", "[FIRING:1] HighLatency (host=web-01 severity=warning)"),
        ("resolved", "[RESOLVED] HighLatency (host=web-01)"),
    ]
    assert -10 * SAMPLE_SECONDS < alerts[0].clock < 0 < alerts[1].clock < SAMPLE_SECONDS


def test_an_alert_that_is_due_at_the_page_goes_on_counting_through_it() -> None:
    rules = AlertRules.model_validate(
        {"alerts": [{"name": "Slow", "severity": "warning", "metric": "latency", "threshold": 0.4, "for": 3}]}
    )
    seen = watch(make_incident(initial={"latency": 0.5}, onset={"latency": 1}), [WAIT], rules=rules)
    fired = [line for line in seen.lines if line.kind == "alert"]
    assert [0 < line.clock < SAMPLE_SECONDS for line in fired] == [True]


def test_a_restart_is_seen_as_an_outage_and_as_its_end() -> None:
    seen = watch(make_incident(initial={"cpu_usage": 0.7}), [ActionType.RESTART_SERVICE, WAIT])
    texts = [[line.text for line in step if "ServiceDown" in line.text] for step in seen.steps]
    assert [text[0].split()[0][:9] for text in texts] == ["[FIRING:2", "[RESOLVED"]


def test_telemetry_wants_every_step_once_and_in_order() -> None:
    incident = make_incident()
    simulator = SystemSimulator(7)
    telemetry = Telemetry(incident, 7, 0)
    initial = simulator.reset(incident)
    _, info = simulator.step(WAIT)
    arguments = (simulator.flags, simulator.uses)
    with pytest.raises(ValueError, match="step 1, but there has been no page yet"):
        telemetry.step(info.transition, 1, *arguments)
    telemetry.page(initial)
    with pytest.raises(ValueError, match="already"):
        telemetry.page(initial)
    with pytest.raises(ValueError, match="step 2, but the last one was step 0"):
        telemetry.step(info.transition, 2, *arguments)
    telemetry.step(info.transition, 1, *arguments)
    with pytest.raises(ValueError, match="step 1, but the last one was step 1"):
        telemetry.step(info.transition, 1, *arguments)


# --- all of it


@given(st.sampled_from(default_catalog().ids), SEEDS, st.lists(st.sampled_from(ACTIONS), max_size=30))
def test_whatever_happens_the_log_is_plain_text_in_the_order_of_the_clock(
    name: str, seed: int, actions: list[ActionType]
) -> None:
    seen = watch(bundled_incident(name), actions, seed)
    assert all(earlier.clock < later.clock for earlier, later in pairwise(seen.lines))
    for step, lines in enumerate(seen.steps, 1):
        assert all((step - 1) * SAMPLE_SECONDS < line.clock < step * SAMPLE_SECONDS for line in lines)
    for line in seen.lines:
        assert line.source
        assert line.text
        assert not any(category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in line.text)
        assert line.kind == "incident" or "{" not in line.text
