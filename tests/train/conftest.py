"""Tests of training need what the extra `train` installs, and leave torch one thread."""

from __future__ import annotations

import warnings

import pytest


@pytest.fixture(autouse=True, scope="session")
def _training() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what torch imports
        for package in ("stable_baselines3", "tensorboard"):
            pytest.importorskip(package, reason="the extra train is not installed")
        # Two threads on two busy cores wait for each other most of the time.
        pytest.importorskip("torch").set_num_threads(1)
