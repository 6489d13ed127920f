"""The probabilities of streak, resolution and crash, against simulated noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from noc_tui.review.odds import known, moved_metrics, turn, unmoved_metrics
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.simulator import NOISE_SD
from tests.factories import bundled_incident, make_incident
from tests.review.builders import simulator_of

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident

STEPS = 6


def expected(incident: Incident) -> tuple[float, float]:
    """How likely waiting resolves within some steps, and how likely it crashes, by the odds."""
    state = BatchState.of(simulator_of(incident))
    moved = moved_metrics(state.tables)
    odds, resolved, crashed = known(state), 0.0, 0.0
    for _ in range(STEPS):
        state.advance(np.array([0]))
        after = turn(odds, state, moved)
        odds = after.odds
        resolved += float(after.resolved[0])
        crashed += float(after.crashed[0])
    assert float(odds.alive[0]) + resolved + crashed == pytest.approx(1.0)
    return resolved, crashed


def simulated(incident: Incident, samples: int = 20_000) -> tuple[float, float]:
    """The same by chance."""
    state = BatchState.of(simulator_of(incident), samples)
    rng = np.random.default_rng(0)
    resolved = crashed = np.zeros(samples, dtype=bool)
    for _ in range(STEPS):
        ended = state.advance(np.zeros(samples, dtype=np.intp), rng.standard_normal((5, samples)) * NOISE_SD)
        resolved, crashed = resolved | (ended.resolved & ~crashed), crashed | (ended.crashed & ~resolved)
    return float(resolved.mean()), float(crashed.mean())


def hovering(recovery: float) -> Incident:
    """A latency that stays at its limit."""
    level = {"cpu_usage": 0.4, "memory_usage": 0.44, "latency": 0.197, "packet_loss": 0.01, "error_rate": 0.02}
    return make_incident(recovery=recovery, initial=level, baseline=level, pressure={"initial": 0.0})


@pytest.mark.parametrize(
    "incident",
    [
        hovering(0.35),
        hovering(0.1),
        make_incident(drift={"cpu_usage": 0.004}, initial={"cpu_usage": 0.635}),
        make_incident(drift={"memory_usage": 0.005}, initial={"memory_usage": 0.955}),
        make_incident(drift={"latency": -0.02}, initial={"latency": 0.25}),
    ],
    ids=["quick recovery", "slow recovery", "leaves the range", "near the crash", "comes into range"],
)
def test_the_odds_of_waiting_are_those_of_chance(incident: Incident) -> None:
    assert expected(incident) == pytest.approx(simulated(incident), abs=0.06)


def test_what_chance_alone_moves_is_known() -> None:
    state = BatchState.of(simulator_of(bundled_incident("cpu_overload")))
    assert [METRIC_NAMES[index] for index in unmoved_metrics(state.tables)] == ["packet_loss"]
    assert not unmoved_metrics(BatchState.of(simulator_of("flaky_nic")).tables).size
