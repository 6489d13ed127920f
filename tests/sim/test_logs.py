"""The incident's own log and the harmless lines: when a rule writes its line, and what the line says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ActionType
from noc_tui.sim.conditions import FIGURES, Facts
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.incident import LogRule
from noc_tui.sim.logs import Chance, LogRules, load_background
from noc_tui.sim.telemetry import SAMPLE_SECONDS
from tests.sim.watching import WAIT, Seen, logging, watch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def incident_lines(seen: Seen) -> list[list[str]]:
    """The texts of the incident's own lines: at the page, then step by step."""
    groups = [seen.page.lines, *seen.steps]
    return [[line.text for line in lines if line.kind == "incident"] for lines in groups]


def steps_with_line(rule: dict[str, Any], played: Sequence[ActionType] = (WAIT,) * 8, **changes: Any) -> list[int]:
    """At which steps (0: the page) the rule writes its line."""
    return [step for step, texts in enumerate(incident_lines(watch(logging(rule, **changes), played))) if texts]


@pytest.mark.parametrize(
    ("when", "steps"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ({"step": "2..4"}, [2, 3, 4]),
        ({"step": 0}, [0]),
        ({"step": "<= 1"}, [0, 1]),
        ({"latency": ">= 0.40"}, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ({"latency": "< 0.40"}, []),
        ({"service_healthy": "< 1"}, [3]),
        ({"pressure": ">= 0.45"}, [5, 6, 7, 8]),
        ({"action": "restart_service"}, [3]),
        ({"action": "not do_nothing"}, [0, 3, 5, 6]),
        ({"flag": "warm"}, [5, 6, 7, 8]),
        ({"flag": "not warm"}, [0, 1, 2, 3, 4]),
        ({"uses": {"scale_up": 2}}, [6, 7, 8]),
        ({"uses": {"scale_up": ">= 1"}, "step": "< 7"}, [5, 6]),
    ],
)
def test_a_line_is_written_when_all_that_its_rule_asks_for_holds(when: dict[str, Any], steps: list[int]) -> None:
    played = [WAIT, WAIT, ActionType.RESTART_SERVICE, WAIT, ActionType.SCALE_UP, ActionType.SCALE_UP, WAIT, WAIT]
    pressure = {"initial": 0.01, "growth": 0.05, "threshold": 0.0}
    effects = {"scale_up": {"sets": "warm", "pressure": 0.2}}
    assert steps_with_line({"when": when}, played, pressure=pressure, actions=effects) == steps


def test_every_says_how_many_steps_lie_between_two_lines_at_least() -> None:
    assert steps_with_line({"every": 3}) == [0, 3, 6]
    assert steps_with_line({"every": 3, "when": {"step": ">= 2"}}) == [2, 5, 8]


def test_once_is_once_in_an_episode() -> None:
    assert steps_with_line({"once": True, "when": {"step": ">= 4"}}) == [4]


def test_chance_writes_some_of_the_lines() -> None:
    count = len(steps_with_line({"chance": 0.3}, [WAIT] * 400, max_steps=500))
    assert 80 < count < 160


def test_a_line_that_chance_left_out_may_come_at_the_next_step() -> None:
    steps = steps_with_line({"chance": 0.3, "every": 50}, [WAIT] * 40, max_steps=50)
    assert len(steps) == 1


@given(
    chances=st.lists(st.floats(0.001, 0.999), max_size=60),
    seed=st.integers(0, 2**32),
    limit=st.integers(0, 4),
    first=st.integers(-3, 0),
)
def test_rules_of_chance_alone_write_what_they_would_one_by_one(
    chances: list[float], seed: int, limit: int, first: int
) -> None:
    def written(**always: Any) -> list[list[str]]:
        texts = [(str(index), likely) for index, likely in enumerate(chances)]
        rules = [LogRule.model_validate({"source": "app", "text": t, "chance": c, **always}) for t, c in texts]
        logs = LogRules(rules, chance := Chance(np.random.default_rng(seed)))
        facts = Facts((0.5,) * len(FIGURES), None, frozenset())
        # What else is drawn in between belongs to the same stream.
        return [
            [rule.text for rule in logs.written(facts, step, limit)] + [str(chance.draw())] for step in range(first, 9)
        ]

    assert written() == written(when={"cpu_usage": ">= 0"})


def test_a_rule_may_speak_before_the_page_when_it_names_a_step_below_zero() -> None:
    lines = watch(logging({"when": {"step": -5}}), [WAIT] * 3).lines
    clocks = [line.clock for line in lines if line.kind == "incident"]
    assert [-6 * SAMPLE_SECONDS < clock < -5 * SAMPLE_SECONDS for clock in clocks] == [True]


def test_placeholders_are_filled_with_what_the_metrics_are_after_the_step() -> None:
    text = "{cpu} {memory} {latency_ms} {packet_loss} {error_rate} {health} {step} {host}"
    seen = watch(logging({"text": text}), [WAIT])
    after = seen.metrics[1]
    assert incident_lines(seen)[1] == [
        f"{after.cpu_usage:.1%} {after.memory_usage:.1%} {after.latency * 500:.0f} {after.packet_loss:.1%} "
        f"{after.error_rate:.1%} {after.health_score:.0%} 1 web-01".replace("%", "")
    ]


def test_a_range_of_whole_numbers_includes_both_ends() -> None:
    seen = watch(logging({"text": "{int:8-10} {int:5-5}"}, max_steps=90), [WAIT] * 80)
    assert {text for step in incident_lines(seen) for text in step} == {"8 5", "9 5", "10 5"}


def test_a_line_keeps_source_and_level_of_its_rule() -> None:
    seen = watch(logging({"source": "nginx", "level": "error", "text": "100 % {sure"}), [WAIT])
    line = next(line for line in seen.steps[0] if line.kind == "incident")
    assert (line.source, line.level, line.text) == ("nginx", "error", "100 % {sure")


def test_however_many_rules_fire_each_line_of_a_step_has_a_second_of_its_own() -> None:
    crowd = [{"text": f"rule {number}"} for number in range(200)]
    seen = watch(logging(*crowd, initial={"cpu_usage": 0.9, "error_rate": 0.6, "packet_loss": 0.5}), [WAIT] * 3)
    for step, lines in enumerate(seen.steps, 1):
        assert 5 <= len(lines) < SAMPLE_SECONDS
        clocks = [line.clock for line in lines]
        assert clocks == sorted(set(clocks))
        assert (step - 1) * SAMPLE_SECONDS < clocks[0] <= clocks[-1] < step * SAMPLE_SECONDS


def test_harmless_lines_come_now_and_then() -> None:
    seen = watch(logging(max_steps=400), [WAIT] * 400)
    counts = [sum(line.kind == "background" for line in step) for step in seen.steps]
    assert 0.1 < sum(counts) / len(counts) < 0.6
    assert max(counts) <= 2
    assert len({line.source for line in seen.lines if line.kind == "background"}) >= 5


def test_a_broken_file_of_harmless_lines_is_answered_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "_background.toml"
    path.write_text('[[logs]]\nsource = "cron"\ntext = "{user}"\n', encoding="utf-8")
    with pytest.raises(IncidentError, match=r"logs\[1\]\.text: \{user\} cannot be filled in") as caught:
        load_background(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
