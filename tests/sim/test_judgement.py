"""What an action is said to be worth against waiting: each thing that is weighed, on its own."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.sim.actions import ActionType
from noc_tui.sim.judgement import Judgement, judge
from tests.factories import NoiselessSimulator, make_incident

RESTART, THROTTLE, SCALE = ActionType.RESTART_SERVICE, ActionType.THROTTLE_CPU, ActionType.SCALE_UP


def judged(*played: ActionType, **incident: Any) -> Judgement:
    """The judgement of the last of these steps."""
    simulator = NoiselessSimulator(0)
    simulator.reset(make_incident(**incident))
    return judge([simulator.step(action)[1].transition for action in played][-1])


def test_what_moves_nothing_is_worth_nothing() -> None:
    found = judged(THROTTLE, initial={"cpu_usage": 0.9})
    assert found.moves_nothing
    assert found.worth == 0.0


def test_each_step_of_an_outage_costs_the_same_that_of_a_restart_included() -> None:
    def worth(action: ActionType, down_for: int) -> float:
        return judged(action, actions={str(action): {"down_for": down_for}}).worth

    step = -worth(RESTART, 0)
    assert step > 0
    assert worth(RESTART, 3) == pytest.approx(-4 * step)
    assert worth(THROTTLE, 3) == pytest.approx(-3 * step)
    assert worth(THROTTLE, 8) == pytest.approx(-8 * step) == pytest.approx(worth(THROTTLE, 500))


def test_what_falls_due_very_late_is_weighed_as_if_it_were_near() -> None:
    def worth(after: int) -> float:
        return judged(SCALE, actions={"scale_up": {"later": {"after": after, "latency": 0.5}}}).worth_later

    assert worth(50) == worth(8) < 0
    assert worth(2) < worth(8)


def test_what_falls_due_with_the_action_is_there_with_it_and_with_waiting() -> None:
    """Alone the action would relieve what is in range anyway; with what arrives it keeps it there."""
    actions = {"throttle_cpu": {"cpu_usage": -0.2}, "scale_up": {"later": {"after": 1, "cpu_usage": 0.4}}}
    alone = judged(THROTTLE, initial={"cpu_usage": 0.4}, actions=actions)
    along = judged(SCALE, THROTTLE, initial={"cpu_usage": 0.4}, actions=actions)
    assert along.worth > alone.worth + 0.5


@pytest.mark.parametrize(
    ("pressure", "flag"),
    [({"floor": 0.6, "floor_lifted_by": "space"}, "space"), ({"growth": 0.1, "growth_when_cured": -0.3}, "cured")],
)
def test_a_flag_that_goes_to_the_root_is_worth_what_the_pressure_then_does(pressure: dict[str, Any], flag: str) -> None:
    def worth(sets: str) -> float:
        return judged(
            THROTTLE,
            initial={"cpu_usage": 0.8},
            drift={"cpu_usage": 0.02},
            pressure={"initial": 0.6, "threshold": 0.9, "decay": 0.2, **pressure},
            actions={"throttle_cpu": {"sets": sets}, "scale_up": {"sets": flag}},
        ).worth

    assert worth(flag) > worth("nothing") == 0.0
