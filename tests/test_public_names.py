"""What can be had from `noc_tui` itself."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import version

import pytest

import noc_tui


@pytest.mark.parametrize("name", noc_tui.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(noc_tui, name) is not None
    assert name in dir(noc_tui)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("SystemSimulator", "noc_tui.sim.simulator"),
        ("BatchSimulator", "noc_tui.sim.batch"),
        ("StepInfo", "noc_tui.sim.simulator"),
        ("SystemMetrics", "noc_tui.sim.metrics"),
        ("ActionType", "noc_tui.sim.actions"),
        ("ACTION_INDEX", "noc_tui.sim.actions"),
        ("IncidentType", "noc_tui.sim.catalog"),
    ],
)
def test_a_public_name_is_the_one_of_its_module(name: str, module: str) -> None:
    assert name in noc_tui.__all__
    assert getattr(noc_tui, name) is getattr(import_module(module), name)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'noc_tui' has no attribute 'Simulator'"):
        noc_tui.Simulator  # noqa: B018  (it is the access that fails)


def test_the_version_is_that_of_the_installed_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", noc_tui.__version__)
    assert noc_tui.__version__ == version("noc-tui")


def test_the_public_names_play_an_episode() -> None:
    simulator = noc_tui.SystemSimulator(0)
    metrics = simulator.reset(noc_tui.IncidentType.CPU_OVERLOAD)
    assert metrics.to_array().shape == (len(noc_tui.METRIC_NAMES),)
    metrics, info = simulator.step(noc_tui.ActionType.THROTTLE_CPU)
    assert info.step == 1
    assert list(noc_tui.ACTION_INDEX.values()) == [0, 1, 2, 3, 4, 5]
