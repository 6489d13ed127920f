"""Every recorded trajectory is met to the last bit."""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.sim.simulator import SystemSimulator
from tests.factories import NoiselessSimulator, bundled_incident

if TYPE_CHECKING:
    from noc_tui.sim.metrics import SystemMetrics

DATA = Path(__file__).parents[1] / "data"
CLASSIC = ("network_congestion", "memory_leak", "cpu_overload")
PACK = (
    "retry_storm", "cache_stampede", "gc_death_spiral", "regex_bad_deploy", "log_flood_disk_full",
    "conn_pool_exhaustion", "dns_failure", "syn_flood", "flaky_nic", "reconnect_herd", "tls_expiry",
    "noisy_neighbour", "backup_window", "cold_standby", "shard_rebalance", "slow_leak", "poison_backlog",
)  # fmt: skip


@cache
def recordings(name: str) -> list[dict[str, Any]]:
    with lzma.open(DATA / f"golden-{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def differences(recorded: dict[str, float], metrics: SystemMetrics) -> list[str]:
    return [
        f"{name}: recorded {recorded[name].hex()}, got {value.hex()}"
        for name, value in metrics._asdict().items()
        if value.hex() != float(recorded[name]).hex()
    ]


def assert_plays(recording: dict[str, Any], simulator: SystemSimulator, *, seed: int | None = None) -> None:
    metrics = simulator.reset(bundled_incident(recording["incident"]), seed)
    assert differences(recording["initial"], metrics) == []
    for number, step in enumerate(recording["steps"], 1):
        metrics, info = simulator.step(step["action"])
        where = f"{recording['incident']}, {recording['sequence']}, seed {recording['seed']}, step {number}"
        assert differences(step["metrics"], metrics) == [], where
        assert info.reward == pytest.approx(step["reward"], abs=1e-12, rel=0), where
        assert info.health == pytest.approx(step["health"], abs=1e-12, rel=0), where
        assert simulator.pressure.hex() == float(step["pressure"]).hex(), where
        got = (info.transition.streak, info.action_was_effective, info.resolved, info.crashed, info.truncated)
        assert got == tuple(step[key] for key in ("streak", "effective", "resolved", "crashed", "truncated")), where


@pytest.mark.parametrize("incident", CLASSIC)
def test_classic_incidents_follow_the_recorded_trajectories(incident: str) -> None:
    chosen = [recording for recording in recordings("classic") if recording["incident"] == incident]
    assert len(chosen) == 30
    for recording in chosen:
        assert_plays(recording, SystemSimulator(recording["seed"]))


@pytest.mark.parametrize("incident", PACK)
def test_pack_incidents_follow_the_recorded_trajectories_with_and_without_noise(incident: str) -> None:
    chosen = [recording for recording in recordings("pack") if recording["incident"] == incident]
    noisy = [recording for recording in chosen if recording["noise"]]
    assert len(noisy) == 4
    assert len(chosen) >= 10
    for recording in chosen:
        assert_plays(recording, SystemSimulator(recording["seed"]) if recording["noise"] else NoiselessSimulator(0))


def test_a_second_episode_of_one_simulator_goes_on_with_the_stream() -> None:
    pairs = recordings("continued")
    assert len(pairs) == 80
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        assert (first["sequence"], second["sequence"]) == ("continued0", "continued1")
        simulator = SystemSimulator(first["seed"])
        assert_plays(first, simulator)
        assert_plays(second, simulator)


def test_a_seed_given_to_reset_is_as_good_as_one_given_at_the_start() -> None:
    simulator = SystemSimulator(999)
    for recording in recordings("classic")[:3]:
        assert_plays(recording, simulator, seed=recording["seed"])
