"""What `docs/incidents.md` and `docs/simulator.md` say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noc_tui.bench.advice import advice
from noc_tui.bench.assess import assess
from noc_tui.sim import reward
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.alerts import AlertRule
from noc_tui.sim.catalog import load_file
from noc_tui.sim.conditions import KEYS
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.incident import (
    PLACEHOLDERS,
    ActionEffect,
    Incident,
    LogRule,
    Onset,
    Otherwise,
    Pressure,
)
from noc_tui.sim.metrics import METRICS
from noc_tui.sim.simulator import SystemSimulator

if TYPE_CHECKING:
    from pydantic import BaseModel

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "incidents.md").read_text(encoding="utf-8")
RULES = (DOCS / "simulator.md").read_text(encoding="utf-8")
THROTTLE, SCALE, WAIT = ActionType.THROTTLE_CPU, ActionType.SCALE_UP, ActionType.DO_NOTHING


def saved(tmp_path: Path, text: str) -> Incident:
    """The example, saved under its own id and loaded."""
    match = re.search(r'^id = "(\w+)"', text, re.MULTILINE)
    assert match is not None
    path = tmp_path / f"{match[1]}.toml"
    path.write_text(text, encoding="utf-8")
    return load_file(path)


def example(tmp_path: Path, incident_id: str) -> Incident:
    """The example of that id."""
    (text,) = re.findall(rf'```toml\n(id = "{incident_id}".*?)```', PAGE, re.DOTALL)
    return saved(tmp_path, text)


def worked_example(tmp_path: Path) -> Incident:
    return example(tmp_path, "cron_pileup")


def outcomes(incident: Incident, opening: list[ActionType], then: ActionType) -> set[tuple[str, int]]:
    """How the episodes of twenty seeds end, and after how many steps."""
    ends = set()
    for seed in range(20):
        simulator = SystemSimulator(seed)
        simulator.reset(incident)
        while not simulator.done:
            step = sum(simulator.uses)
            simulator.step(opening[step] if step < len(opening) else then)
        metrics = simulator.metrics
        outcome = "resolved" if metrics.is_resolved else "crashed" if metrics.is_critical else "truncated"
        ends.add((outcome, sum(simulator.uses)))
    return ends


class TestWorkedExample:
    def test_waiting_crashes_it_in_about_fifteen_steps(self, tmp_path: Path) -> None:
        ends = outcomes(worked_example(tmp_path), [], WAIT)
        assert {outcome for outcome, _ in ends} == {"crashed"}
        assert all(10 <= step <= 20 for _, step in ends)

    def test_throttling_twice_and_scaling_up_resolves_it_in_about_ten(self, tmp_path: Path) -> None:
        ends = outcomes(worked_example(tmp_path), [THROTTLE, THROTTLE, SCALE], WAIT)
        assert {outcome for outcome, _ in ends} == {"resolved"}
        assert all(9 <= step <= 11 for _, step in ends)

    def test_throttling_without_end_never_resolves_it(self, tmp_path: Path) -> None:
        assert "resolved" not in {outcome for outcome, _ in outcomes(worked_example(tmp_path), [], THROTTLE)}

    def test_restarting_crashes_it_in_seven(self, tmp_path: Path) -> None:
        ends = outcomes(worked_example(tmp_path), [], ActionType.RESTART_SERVICE)
        assert {outcome for outcome, _ in ends} == {"crashed"}
        assert all(6 <= step <= 8 for _, step in ends)


def test_the_smallest_example_is_resolved_by_its_one_action_and_not_by_waiting(tmp_path: Path) -> None:
    incident = example(tmp_path, "full_disk")
    assert {outcome for outcome, _ in outcomes(incident, [], ActionType.CLEAR_CACHE)} == {"resolved"}
    assert "resolved" not in {outcome for outcome, _ in outcomes(incident, [], WAIT)}


def test_the_worked_example_gives_no_reason_to_warn(tmp_path: Path) -> None:
    assert advice(assess(worked_example(tmp_path), range(5))) == []


def test_of_the_smallest_example_validate_says_what_the_page_says(tmp_path: Path) -> None:
    (told,) = advice(assess(example(tmp_path, "full_disk"), range(3)))
    assert told.startswith("clear_cache in every step resolves 100 % of the episodes")
    assert "`clear_cache` in every step resolves every episode" in PAGE


def test_the_wrong_files_of_the_page_are_told_in_the_words_of_the_page(tmp_path: Path) -> None:
    (text,) = re.findall(r'```toml\n(id = "full_disk".*?)```', PAGE, re.DOTALL)
    spoilt = text.replace("error_rate = -0.08", "presure = -0.08").replace("drift", "max_steps = 0\ndrift")
    log = '[[logs]]\nsource = "app"\ntext = "x"\n'
    path = tmp_path / "full_disk.toml"
    path.write_text(f'{spoilt}{log}{log}when.flag = "warm"\n', encoding="utf-8")
    with pytest.raises(IncidentError) as error:
        load_file(path)
    told = "\n".join(f"    {problem.removeprefix(f'{tmp_path}/')}" for problem in error.value.problems)
    assert f"\n\n{told}\n\n" in PAGE


def rows(title: str) -> str:
    """The part of the reference under a title."""
    return PAGE.split(f"### {title}\n")[1].split("\n### ")[0].split("\n## ")[0]


@pytest.mark.parametrize(
    ("title", "model"), [("Pressure", Pressure), ("Actions", ActionEffect), ("Actions", Otherwise), ("Logs", LogRule)]
)
def test_every_key_of_a_table_is_in_its_reference(title: str, model: type[BaseModel]) -> None:
    metrics = set(Onset.model_fields)
    assert [key for key in model.model_fields if key not in metrics and f"`{key}`" not in rows(title)] == []


def test_every_key_of_the_file_is_in_its_reference() -> None:
    told = re.findall(r"^\| `\[*(\w+)", rows("The file"), re.MULTILINE)
    assert sorted(told) == sorted(Incident.model_fields)


def test_every_metric_action_question_and_placeholder_is_in_the_reference() -> None:
    assert [name for name in Onset.model_fields if f"`{name}`" not in rows("Figures")] == []
    assert [action for action in ACTIONS if f"`{action}`" not in rows("Actions")] == []
    assert [key for key in KEYS if not re.search(rf"`{key}[`.]", rows("`when`"))] == []
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in rows("Placeholders")] == []


def test_every_key_of_an_alert_is_in_the_reference() -> None:
    part = PAGE.split("## Alerts and background lines")[1]
    keys = [field.alias or name for name, field in AlertRule.model_fields.items()]
    assert [key for key in keys if f"| `{key}` |" not in part] == []


def test_the_defaults_of_the_file_are_those_of_the_reference() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", rows("The file"), re.MULTILINE))
    real = {key: str(Incident.model_fields[key].default) for key in told}
    assert told == real
    assert set(told) == {"max_steps", "repeat_factor", "start_sd"}


class TestRules:
    def test_the_thresholds_are_those_of_the_page(self) -> None:
        told = re.findall(r"^\| `(\w+)` \| .* \| (?:below|at) ([\d.]+) \| (?:from ([\d.]+))? ?\|$", RULES, re.MULTILINE)
        assert [(name, float(healthy), float(crash) if crash else None) for name, healthy, crash in told] == [
            (spec.name, spec.healthy_below, spec.crash_at) for spec in METRICS
        ]

    def test_the_reward_terms_are_those_of_the_page(self) -> None:
        told = dict(re.findall(r"^\| `(\w+)` \| ([-+]?[\d.]+)", RULES.split("## Reward")[1], re.MULTILINE))
        assert list(told) == list(reward.REWARD_TERMS)
        assert [float(figure) for figure in told.values()] == [
            reward.HEALTH_DELTA_WEIGHT,
            reward.HEALTH_WEIGHT,
            reward.STEP_PENALTY,
            reward.RESOLUTION_BONUS,
            reward.CRASH_PENALTY,
            reward.INEFFECTIVE_PENALTY,
        ]

    def test_the_actions_stand_in_the_order_of_their_index(self) -> None:
        part = RULES.split("## Actions\n")[1].split("\n## ")[0]
        assert re.findall(r"`(\w+)`", part)[:6] == list(ACTIONS)
