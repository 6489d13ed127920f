"""What is needed of OpenEnv to be its client, without what its packages would bring along."""

from __future__ import annotations

from typing import Final

from noc_tui.remote.deferring import deferred_modules

_DEFERRED: Final = {
    "openenv.core": (),
    "openenv.core.rubrics": (),
    "openenv.core.env_server": (),
    "openenv.core.env_server.mcp_environment": ("get_server_tools",),
}

try:
    with deferred_modules(_DEFERRED):
        from openenv.core.client_types import StepResult  # type: ignore[import-untyped]
        from openenv.core.env_client import EnvClient  # type: ignore[import-untyped]
        from openenv.core.env_server.types import Action, Observation, State  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "openenv":
        raise
    raise ModuleNotFoundError(
        "playing on a server needs OpenEnv, which the extra `server` installs: pip install 'noc-tui[server]'",
        name="openenv",
    ) from None

__all__ = ["Action", "EnvClient", "Observation", "State", "StepResult"]
