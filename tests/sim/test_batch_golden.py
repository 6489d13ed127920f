"""Every recorded trajectory is met to the last bit on the batch path too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from noc_tui.sim.actions import ACTION_INDEX
from noc_tui.sim.batch import BatchSimulator, BatchStep
from noc_tui.sim.batch_state import BatchState
from noc_tui.sim.metrics import METRIC_NAMES
from tests.factories import NoiselessSimulator, bundled_incident
from tests.sim.test_golden import CLASSIC, PACK, recordings


def bits(values: Any) -> list[str]:
    """Six metrics in order, to the last bit."""
    ordered = [values[name] for name in METRIC_NAMES] if isinstance(values, dict) else values.tolist()
    return [float(value).hex() for value in ordered]


def assert_recorded(step: BatchStep, row: int, recorded: dict[str, Any]) -> None:
    assert bits(step.metrics[row]) == bits(recorded["metrics"])
    assert step.rewards[row] == pytest.approx(recorded["reward"], abs=1e-12, rel=0)
    got = (step.effective[row], step.resolved[row], step.crashed[row], step.truncated[row])
    assert got == tuple(recorded[key] for key in ("effective", "resolved", "crashed", "truncated"))


def play(queues: list[list[dict[str, Any]]]) -> int:
    """Play recordings side by side, those of a queue one after the other on one stream; how many steps were met."""
    first = [queue[0] for queue in queues]
    incidents = [bundled_incident(recording["incident"]) for recording in first]
    batch = BatchSimulator(incidents, len(queues), [recording["seed"] for recording in first])
    coming: list[list[dict[str, Any]]] = [[] for _ in queues]
    met = 0
    starting = np.ones(len(queues), dtype=np.bool_)
    while any(coming) or any(queues):
        metrics = batch.reset(mask=starting)
        for row in np.flatnonzero(starting).tolist():
            if queues[row]:
                recording = queues[row].pop(0)
                assert bits(metrics[row]) == bits(recording["initial"])
                coming[row] = list(recording["steps"])
        step = batch.step([ACTION_INDEX[steps[0]["action"]] if steps else 0 for steps in coming])
        starting = step.done.copy()
        for row, steps in enumerate(coming):
            if steps:
                assert_recorded(step, row, steps.pop(0))
                starting[row] |= not steps
                met += 1
    return met


@pytest.mark.parametrize("name", ["classic", "pack"])
def test_recordings_of_all_incidents_are_played_in_one_batch(name: str) -> None:
    chosen = [recording for recording in recordings(name) if recording.get("noise", True)]
    assert {recording["incident"] for recording in chosen} == set(CLASSIC if name == "classic" else PACK)
    assert play([[recording] for recording in chosen]) == sum(len(recording["steps"]) for recording in chosen)


def test_second_episodes_go_on_with_the_stream() -> None:
    chosen = recordings("continued")
    queues = [[first, second] for first, second in zip(chosen[::2], chosen[1::2], strict=True)]
    assert play(queues) == sum(len(recording["steps"]) for recording in chosen)


@pytest.mark.parametrize("incident", PACK)
def test_recordings_without_noise_are_played_in_one_state(incident: str) -> None:
    chosen = [one for one in recordings("pack") if one["incident"] == incident and not one["noise"]]
    assert len(chosen) >= 6
    simulator = NoiselessSimulator(0)
    simulator.reset(bundled_incident(incident))
    state = BatchState.of(simulator, len(chosen))
    for row, recording in enumerate(chosen):
        assert bits(state.metrics[:, row]) == bits(recording["initial"])
    for number in range(max(len(recording["steps"]) for recording in chosen)):
        steps = [recording["steps"][number] if number < len(recording["steps"]) else None for recording in chosen]
        result = state.advance(np.array([ACTION_INDEX[step["action"]] if step else 0 for step in steps]))
        for row, step in enumerate(steps):
            if step:
                assert bits(state.metrics[:, row]) == bits(step["metrics"])
                assert state.pressure[row] == step["pressure"]
                got = (state.streak[row], result.resolved[row], result.crashed[row])
                assert got == (step["streak"], step["resolved"], step["crashed"])
