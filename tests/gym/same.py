"""Whether two things that environments gave are the same: types, keys, shapes and every bit."""

from __future__ import annotations

from typing import Any

import numpy as np


def assert_same(ours: Any, theirs: Any, where: str = "") -> None:
    """Fail, and name the place, where two results differ."""
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), where
        assert ours.keys() == theirs.keys(), where
        for key, value in theirs.items():
            assert_same(ours[key], value, f"{where}/{key}")
    elif isinstance(theirs, tuple | list):
        assert len(ours) == len(theirs), where
        for k, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(one, other, f"{where}/{k}")
    elif isinstance(theirs, np.ndarray):
        assert (type(ours), ours.dtype, ours.shape) == (np.ndarray, theirs.dtype, theirs.shape), where
        if theirs.dtype == object:
            assert_same(ours.tolist(), theirs.tolist(), where)
        else:
            assert ours.tobytes() == theirs.tobytes(), f"{where}: {ours} {theirs}"
    else:
        assert type(ours) is type(theirs), where
        assert ours == theirs, where
