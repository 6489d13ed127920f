"""What the author of an incident is warned of."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.bench.advice import advice, leaks
from noc_tui.bench.assess import Assessment, PlayerResult
from noc_tui.sim.actions import ACTIONS
from tests.factories import make_incident


def assessed(
    resolved: dict[str, float], silent: tuple[int, ...] = (), error: str | None = None, **file: Any
) -> Assessment:
    """An assessment in which every player resolved none of 100 episodes, but for the shares given."""

    def result(player: str) -> PlayerResult:
        won = round(resolved.get(player, 0) * 100)
        return PlayerResult(player, (("resolved", 7),) * won + (("crashed", 9),) * (100 - won), error)

    return Assessment(make_incident(**file), tuple(map(result, (*ACTIONS, "rules"))), silent)


def test_an_incident_that_only_thought_resolves_is_left_in_peace() -> None:
    assert advice(assessed({"rules": 0.4, "throttle_cpu": 0.94, "do_nothing": 0.49})) == []


def test_one_that_nobody_resolves_is_told_with_who_tried() -> None:
    (told,) = advice(assessed({}))
    assert told.startswith("cannot be resolved")
    assert "throttle_cpu" in told
    assert told.endswith("rules)")


def test_one_that_resolves_itself_is_told() -> None:
    (told,) = advice(assessed({"do_nothing": 0.5}))
    assert told == "resolves itself: waiting is enough in 50 % of the episodes, as in a control"


def test_a_control_resolves_itself() -> None:
    assert advice(assessed({"do_nothing": 1, "scale_up": 1}, difficulty="control")) == []
    (told,) = advice(assessed({"do_nothing": 0.94}, difficulty="control"))
    assert told == "is a control, but waiting resolves only 94 % of the episodes"


def test_an_action_that_always_wins_is_told_with_its_steps() -> None:
    (told,) = advice(assessed({"scale_up": 0.95, "clear_cache": 0.9}))
    assert told.startswith("scale_up in every step resolves 95 % of the episodes, in 7.0 steps")


def test_a_log_rule_that_never_wrote_is_told_by_its_number() -> None:
    (told,) = advice(assessed({"rules": 1}, silent=(3,)))
    assert told.startswith("logs[3] wrote no line")


def test_an_agent_that_failed_is_told() -> None:
    assert "rules failed: too late" in advice(assessed({"rules": 1}, error="too late"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("this is the disk_rot of old", "the id"),
        ("kernel: Disk-Rot, again", "the id"),
        ("the Bit rot! of {cpu} %", "the title"),
        ("BIT  ROT", "the title"),
        ("disk: rotating the log, bit by bit, rotten", None),
    ],
)
def test_a_line_that_names_the_incident_is_told(text: str, what: str | None) -> None:
    logs = [{"source": "app", "text": "fine"}, {"source": "app", "text": text}]
    told = leaks(make_incident(id="disk_rot", title="Bit rot", logs=logs))
    assert [clause.partition(",")[0] for clause in told] == ([f"logs[2] holds {what}"] if what else [])


def test_a_source_that_names_the_incident_is_told() -> None:
    assert leaks(make_incident(id="flood", logs=[{"source": "flood-guard", "text": "x"}]))
