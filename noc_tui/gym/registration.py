"""The ids under which Gymnasium knows the environments."""

from __future__ import annotations

from typing import Any, Final

from gymnasium.envs.registration import register, registry

from noc_tui import paths
from noc_tui.sim.catalog import incident_files

ENV_ID: Final = "noc_tui/NOC-v0"
"""An incident of the classic three, another each episode."""


def env_id(incident_type: str) -> str:
    """The id of the environment of one of the program's own incidents."""
    return f"noc_tui/{incident_type}-v0"


def register_environments() -> None:
    """Register what is not registered yet: `ENV_ID`, and an id for each incident file of the program."""
    _register(ENV_ID)
    for path in incident_files(paths.bundled_incidents_dir()):
        _register(env_id(path.stem), incident_type=path.stem)


def _register(name: str, **arguments: Any) -> None:
    # Without Gymnasium's own limit of steps: it would truncate an episode that resolves on its last step.
    if name not in registry:
        register(
            name,
            entry_point="noc_tui.gym.env:NOCSystemEnv",
            vector_entry_point="noc_tui.gym.vector:NOCSystemVectorEnv",
            kwargs=arguments,
        )
