"""Alerts: how long it takes them to fire, when they are resolved, and what a broken file of rules is answered with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.alerts import AlertBoard, AlertRules, default_alert_rules, load_alert_rules
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.metrics import METRIC_NAMES, SystemMetrics

if TYPE_CHECKING:
    from pathlib import Path

CALM = SystemMetrics(0.4, 0.44, 0.09, 0.01, 1.0, 0.02)


def rule(**changes: Any) -> dict[str, Any]:
    return {"name": "HighCpu", "severity": "warning", "metric": "cpu_usage", "threshold": 0.8, **changes}


def board(*rules: dict[str, Any]) -> AlertBoard:
    return AlertBoard(AlertRules.model_validate({"alerts": rules}))


def told(alerts: AlertBoard, **levels: float) -> list[str]:
    return [change.text for change in alerts.update(CALM._replace(**levels))]


def test_an_alert_fires_once_the_metric_has_been_bad_for_long_enough() -> None:
    alerts = board(rule(**{"for": 3}))
    assert told(alerts, cpu_usage=0.8) == []
    assert told(alerts, cpu_usage=0.9) == []
    assert told(alerts, cpu_usage=0.8) == ["[FIRING:1] HighCpu (host=web-01 severity=warning)"]
    assert told(alerts, cpu_usage=0.9) == []


def test_one_good_state_in_between_starts_the_count_anew() -> None:
    alerts = board(rule(**{"for": 2}))
    assert [told(alerts, cpu_usage=level) for level in (0.9, 0.79, 0.9)] == [[], [], []]
    assert told(alerts, cpu_usage=0.9) != []


def test_a_firing_alert_holds_until_the_metric_is_better_than_its_resolve_level() -> None:
    alerts = board(rule(resolve=0.7))
    assert told(alerts, cpu_usage=0.8) != []
    assert [told(alerts, cpu_usage=level) for level in (0.75, 0.79, 0.81, 0.7)] == [[], [], [], []]
    assert told(alerts, cpu_usage=0.69) == ["[RESOLVED] HighCpu (host=web-01)"]
    assert told(alerts, cpu_usage=0.69) == []


def test_an_alert_without_a_resolve_level_is_resolved_below_its_threshold() -> None:
    alerts = board(rule())
    assert told(alerts, cpu_usage=0.8) != []
    assert told(alerts, cpu_usage=0.79) == ["[RESOLVED] HighCpu (host=web-01)"]


def test_a_resolved_alert_waits_its_full_time_before_it_fires_again() -> None:
    alerts = board(rule(**{"for": 2}))
    assert [bool(told(alerts, cpu_usage=level)) for level in (0.9, 0.9, 0.1, 0.9, 0.9)] == [
        False, True, True, False, True,
    ]  # fmt: skip


def test_alerts_that_change_together_are_told_in_the_order_of_the_rules() -> None:
    alerts = board(rule(), rule(name="HighMemory", metric="memory_usage"))
    for levels in ({"cpu_usage": 0.9, "memory_usage": 0.9}, {}):
        assert [text.split()[1] for text in told(alerts, **levels)] == ["HighCpu", "HighMemory"]


def test_the_number_beside_firing_counts_all_alerts_that_fire_now() -> None:
    alerts = board(rule(), rule(name="HighMemory", metric="memory_usage"), rule(name="HighErrors", metric="error_rate"))
    assert [text[:10] for text in told(alerts, cpu_usage=0.9, memory_usage=0.9)] == ["[FIRING:1]", "[FIRING:2]"]
    assert told(alerts, memory_usage=0.9, error_rate=0.9) == [
        "[RESOLVED] HighCpu (host=web-01)",
        "[FIRING:2] HighErrors (host=web-01 severity=warning)",
    ]


def test_the_service_is_bad_when_it_is_low() -> None:
    alerts = board(rule(name="Down", metric="service_healthy", threshold=0.5, resolve=0.95, severity="critical"))
    assert told(alerts, service_healthy=0.6) == []
    assert told(alerts, service_healthy=0.5) == ["[FIRING:1] Down (host=web-01 severity=critical)"]
    assert told(alerts, service_healthy=0.9) == []
    assert told(alerts, service_healthy=1.0) == ["[RESOLVED] Down (host=web-01)"]


def test_critical_alerts_are_named_first() -> None:
    alerts = board(rule(), rule(name="Worse", severity="critical"))
    told(alerts, cpu_usage=0.9)
    assert [firing.name for firing in alerts.firing] == ["Worse", "HighCpu"]


def test_the_programs_own_rules_tell_when_the_service_is_down_and_stay_quiet_when_all_is_well() -> None:
    alerts = AlertBoard(default_alert_rules())
    assert told(alerts) == []
    assert told(alerts, service_healthy=0.0) == ["[FIRING:1] ServiceDown (host=web-01 severity=critical)"]


RULE = '[[alerts]]\nname = "A"\nseverity = "warning"\nmetric = "latency"\nthreshold = 0.3\n'
LEVELS = st.lists(st.floats(0, 1), min_size=6, max_size=6)


@given(st.lists(LEVELS, max_size=30))
def test_every_alert_fires_and_is_resolved_by_turns_and_the_count_is_right(states: list[list[float]]) -> None:
    alerts = AlertBoard(default_alert_rules())
    firing: set[str] = set()
    for levels in states:
        for change in alerts.update(SystemMetrics.from_array(levels)):
            assert (change.rule.name in firing) is not change.firing
            firing ^= {change.rule.name}
            if change.firing:
                assert change.firing_now == len(firing)
        assert {rule.name for rule in alerts.firing} == firing


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[alerts]]\nname = "A"\nseverity = "warning"\nmetric = "cpu_usage"\n', "alerts[1].threshold: is missing"),
        (f"{RULE}fro = 3\n", "alerts[1].fro: unknown key; did you mean for?"),
        ("alerts = 3", "alerts: "),
        ("[[alerts]", "is not valid TOML"),
    ],
)
def test_a_broken_file_is_answered_with_one_sentence_that_names_file_and_key(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "_alerts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IncidentError) as caught:
        load_alert_rules(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"metric": "disk"}, "metric"),
        ({"threshold": 1.5}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"resolve": 0.9}, "above the threshold"),
        ({"metric": "service_healthy", "resolve": 0.1}, "below the threshold"),
        ({"for": 0}, "for"),
        ({"name": "no spaces"}, "name"),
        ({"severity": "page"}, "severity"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = tmp_path / "_alerts.toml"
    values = {**rule(), **changes}
    lines = [
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in values.items()
    ]
    path.write_text("[[alerts]]\n" + "\n".join(lines), encoding="utf-8")
    with pytest.raises(IncidentError, match=r"alerts\[1\]") as caught:
        load_alert_rules(path)
    assert says in str(caught.value)


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "_alerts.toml"
    path.write_text(RULE + RULE, encoding="utf-8")
    with pytest.raises(IncidentError, match="'A' stands twice"):
        load_alert_rules(path)


def test_the_programs_own_rules_watch_every_metric() -> None:
    assert {rule.metric for rule in default_alert_rules().alerts} == set(METRIC_NAMES)
