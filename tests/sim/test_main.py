"""`python -m noc_tui.sim`: a demonstration for those who have nothing but the simulator."""

from __future__ import annotations

import pytest

from noc_tui.sim.__main__ import main, remedy
from noc_tui.sim.actions import ActionType
from noc_tui.sim.metrics import SystemMetrics

CALM = SystemMetrics(0.4, 0.44, 0.09, 0.01, 1.0, 0.02)


def test_the_demonstration_plays_an_incident_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory_leak", "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Memory leak (medium), seed 3\n")
    assert "[FIRING:1] HostMemoryUnderPressure" in out
    assert "step 1  Clear cache: Memory 76.9 → 55.8 %" in out
    assert out.endswith("\nresolved at step 3\n")


def test_a_seed_shows_the_same_demonstration_again(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--seed", "11"])
    first = capsys.readouterr().out
    main(["--seed", "11"])
    assert capsys.readouterr().out == first
    assert first.startswith("Network congestion")


def test_an_incident_that_there_is_not_is_answered_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory_lek"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: no incident 'memory_lek': did you mean memory_leak?\n"


@pytest.mark.parametrize("seed", ["-1", "x", "1.5"])
def test_a_seed_that_is_no_whole_number_is_refused(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([f"--seed={seed}"])
    assert "is not a whole number from 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("levels", "action"),
    [
        ({}, ActionType.DO_NOTHING),
        ({"service_healthy": 0.0}, ActionType.DO_NOTHING),
        ({"cpu_usage": 0.9, "latency": 0.25}, ActionType.THROTTLE_CPU),
        ({"cpu_usage": 0.66, "latency": 0.5}, ActionType.REROUTE_TRAFFIC),
        ({"memory_usage": 0.9}, ActionType.CLEAR_CACHE),
        ({"error_rate": 0.4}, ActionType.RESTART_SERVICE),
    ],
)
def test_it_treats_the_worst_symptom(levels: dict[str, float], action: ActionType) -> None:
    assert remedy(CALM._replace(**levels)) is action
