"""Training of policies with Stable-Baselines3: PPO on the vector environment, exported to run in plain NumPy.

Raises `ModuleNotFoundError` when Stable-Baselines3, torch or TensorBoard is not installed. None of them is loaded yet.
"""

from __future__ import annotations

from importlib.util import find_spec

for _package in ("gymnasium", "stable_baselines3", "tensorboard", "torch"):
    if find_spec(_package) is None:
        raise ModuleNotFoundError(
            f"training needs {_package}, which the extra `train` installs: pip install 'noc-tui[train]'", name=_package
        )
